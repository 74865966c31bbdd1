//! What one action is, as rules without any request: what it has to read, where a target stands, and what is left to do.

use super::write::Write;
use serde_json::Value as Json;
use weft_integration::prelude::*;

/// A target as asked for. An action that makes something has one with an empty key.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub key: &'a str,
    /// As stored at the last sync: a hint only.
    pub record: &'a str,
}

/// One action with its inputs.
pub trait Operation {
    /// What plans rest on, read live for all targets of a call.
    type Facts;

    /// Reads it: one query a kind, not one a target.
    fn read(&self, targets: &[Asked<'_>]) -> Result<Self::Facts, Error>;

    /// Where a target stands; none where Salesforce has no such record.
    fn stand(&self, key: &str, facts: &Self::Facts) -> Option<Standing>;

    /// The object that its targets are records of.
    fn object(&self) -> &'static str {
        "User"
    }

    /// What it means that Salesforce has no such record.
    fn absent(&self) -> Absent {
        Absent::Gone("Salesforce has no such user any more.")
    }

    /// Records that Salesforce itself makes or changes along with what was written for these targets.
    fn aftermath(&self, _keys: &[&str]) -> Result<Vec<Touched>, Error> {
        Ok(Vec::new())
    }
}

/// What a record that is not there means for an action.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Absent {
    /// It cannot be done any more.
    Gone(&'static str),
    /// It is as wanted.
    Wanted(&'static str),
}

/// A record of this integration's objects that a run may have changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Touched {
    pub object: &'static str,
    pub key: String,
}

impl Touched {
    /// A record by its key.
    pub fn new(object: &'static str, key: impl Into<String>) -> Self {
        Self { object, key: key.into() }
    }
}

/// Something to do for a target: in one go, and before what comes after it.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// For the plan: what will be done.
    pub says: String,
    /// For the outcome: that it is done.
    pub done: String,
    pub writes: Vec<Write>,
    pub kind: StepKind,
}

/// What a step is to the steps beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// What comes after it makes sense only when it is done.
    Needed,
    /// What comes after it makes sense even when it failed.
    Optional,
    /// Done only when the step before it was refused, which stays a failure.
    Instead,
}

/// Where a target stands.
#[derive(Debug)]
pub struct Standing {
    /// As people know the record.
    pub title: String,
    /// What the approval rests on. Numbers count what will go away: they may fall, all else must stay.
    pub before: Json,
    /// That it is as wanted.
    pub made: String,
    /// What is left to do; nothing when it is as wanted.
    pub steps: Vec<Step>,
    /// What follows by itself.
    pub notes: Vec<String>,
    pub warnings: Vec<String>,
    pub blockers: Vec<String>,
    pub undo: Option<Undo>,
    /// The record that an action without target wants, where it is there.
    pub record: Option<String>,
    /// Records that change with it, besides those that are written.
    pub also: Vec<Touched>,
}

impl Standing {
    /// A target that is as wanted until a step is added.
    pub fn new(title: impl Into<String>, before: Json, made: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            before,
            made: made.into(),
            steps: Vec::new(),
            notes: Vec::new(),
            warnings: Vec::new(),
            blockers: Vec::new(),
            undo: None,
            record: None,
            also: Vec::new(),
        }
    }

    /// Adds what is to be done, in words before and after; nothing where there is nothing to write.
    pub fn step(&mut self, says: impl Into<String>, done: impl Into<String>, writes: Vec<Write>) {
        self.add(StepKind::Needed, says.into(), done.into(), writes);
    }

    /// Adds what is to be done, and does not keep the rest from being done.
    pub fn optional_step(&mut self, says: impl Into<String>, done: impl Into<String>, writes: Vec<Write>) {
        self.add(StepKind::Optional, says.into(), done.into(), writes);
    }

    /// Adds what is to be done when Salesforce refuses the step before.
    pub fn instead(&mut self, says: impl Into<String>, done: impl Into<String>, writes: Vec<Write>) {
        self.add(StepKind::Instead, says.into(), done.into(), writes);
    }

    fn add(&mut self, kind: StepKind, says: String, done: String, writes: Vec<Write>) {
        if !writes.is_empty() {
            self.steps.push(Step { says, done, writes, kind });
        }
    }

    /// Adds what follows by itself.
    pub fn note(&mut self, sentence: impl Into<String>) {
        self.notes.push(sentence.into());
    }

    /// Adds what the approver should know.
    pub fn warning(&mut self, sentence: impl Into<String>) {
        self.warnings.push(sentence.into());
    }

    /// Adds why it cannot be done.
    pub fn blocker(&mut self, sentence: impl Into<String>) {
        self.blockers.push(sentence.into());
    }

    /// Adds a record that changes with it.
    pub fn touching(&mut self, object: &'static str, key: &str) {
        self.also.push(Touched::new(object, key));
    }

    /// Whether nothing is left to do.
    pub fn is_made(&self) -> bool {
        self.steps.is_empty()
    }

    /// The plan for this target.
    pub fn plan(self, key: &str) -> TargetPlan {
        let made = self.is_made();
        let mut plan = TargetPlan::new(key, self.title, self.before.to_string());
        plan.warnings = self.warnings;
        // Blocked or as wanted: nothing will be done, so nothing is announced.
        if made && self.blockers.is_empty() {
            return plan.as_wanted();
        }
        plan.blockers = self.blockers;
        plan.steps = self.steps.into_iter().map(|step| step.says).chain(self.notes).collect();
        plan.undo = self.undo;
        plan
    }
}

/// Whether a live state is still the one that was approved. What an earlier attempt removed is no change: counts may fall.
pub fn holds(approved: &Json, now: &Json) -> bool {
    match (approved, now) {
        (Json::Number(approved), Json::Number(now)) => now.as_u64() <= approved.as_u64(),
        (Json::Object(approved), Json::Object(now)) => {
            approved.len() == now.len()
                && approved.iter().all(|(name, value)| now.get(name).is_some_and(|now| holds(value, now)))
        }
        _ => approved == now,
    }
}
