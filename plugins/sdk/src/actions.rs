//! Short ways to plan, to report what became of a target, and to verify.

use crate::bindings::exports::weft::integration::actions::{
    ChangedRecord, DeletedRecord, Outcome, OutcomeKind, Plan, RunResult, TargetPlan, Undo, Verdict, VerdictKind,
    Verification,
};
use crate::bindings::weft::integration::types::{Error, ErrorClass};

/// The member of `ext` that names the record an undo runs on.
const UNDO_KEY: &str = "undo-target";

impl Plan {
    /// A plan of these targets.
    pub fn new(targets: impl IntoIterator<Item = TargetPlan>) -> Self {
        Self { targets: targets.into_iter().collect(), warnings: Vec::new(), ext: Vec::new() }
    }
}

impl TargetPlan {
    /// The plan for a target: its key, how people know it, and the live state the plan rests on, as JSON text.
    pub fn new(key: impl Into<String>, title: impl Into<String>, before: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            title: title.into(),
            steps: Vec::new(),
            warnings: Vec::new(),
            blockers: Vec::new(),
            already: false,
            before: before.into(),
            undo: None,
            ext: Vec::new(),
        }
    }

    /// Adds what will be done.
    pub fn step(mut self, sentence: impl Into<String>) -> Self {
        self.steps.push(sentence.into());
        self
    }

    /// Adds what the approver should know.
    pub fn warning(mut self, sentence: impl Into<String>) -> Self {
        self.warnings.push(sentence.into());
        self
    }

    /// Adds why it cannot be done.
    pub fn blocker(mut self, sentence: impl Into<String>) -> Self {
        self.blockers.push(sentence.into());
        self
    }

    /// It is as wanted already.
    pub fn as_wanted(mut self) -> Self {
        self.already = true;
        self
    }

    /// How to take it back.
    pub fn taken_back_by(mut self, undo: Undo) -> Self {
        self.undo = Some(undo);
        self
    }
}

impl Undo {
    /// An undo that loses nothing.
    pub fn new(action: impl Into<String>, inputs: &serde_json::Value) -> Self {
        Self { action: action.into(), inputs: inputs.to_string(), loses: Vec::new() }
    }

    /// Adds what is lost all the same.
    pub fn losing(mut self, sentence: impl Into<String>) -> Self {
        self.loses.push(sentence.into());
        self
    }
}

impl Outcome {
    fn of(key: impl Into<String>, kind: OutcomeKind, message: impl Into<String>) -> Self {
        Self { key: key.into(), kind, message: message.into(), error: None, undo: None, ext: Vec::new() }
    }

    /// It is done.
    pub fn done(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self::of(key, OutcomeKind::Done, message)
    }

    /// It was as wanted already.
    pub fn already(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self::of(key, OutcomeKind::Already, message)
    }

    /// Not done: the live record is no longer what was approved.
    pub fn changed(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self::of(key, OutcomeKind::Changed, message)
    }

    /// Not done, or unknown when the error says so.
    pub fn failed(key: impl Into<String>, error: Error) -> Self {
        let kind = if error.class == ErrorClass::Unknown { OutcomeKind::Unknown } else { OutcomeKind::Failed };
        Self { error: Some(error.clone()), ..Self::of(key, kind, error.message) }
    }

    /// How to take it back, exact after the run.
    pub fn taken_back_by(mut self, undo: Undo) -> Self {
        self.undo = Some(undo);
        self
    }

    /// The undo runs on this record, not on the target: for what an action without target has made.
    pub fn undone_on(mut self, key: impl Into<String>) -> Self {
        self.ext.push((UNDO_KEY.into(), key.into()));
        self
    }
}

impl RunResult {
    /// One outcome a target, in the order asked.
    pub fn new(outcomes: impl IntoIterator<Item = Outcome>, changed: impl IntoIterator<Item = ChangedRecord>) -> Self {
        Self {
            outcomes: outcomes.into_iter().collect(),
            changed: changed.into_iter().collect(),
            deleted: Vec::new(),
            ext: Vec::new(),
        }
    }

    /// Adds records that are gone.
    pub fn without(mut self, deleted: impl IntoIterator<Item = DeletedRecord>) -> Self {
        self.deleted.extend(deleted);
        self
    }
}

impl ChangedRecord {
    /// A record as `fetch` would give it.
    pub fn new(object: &str, record: &serde_json::Value) -> Self {
        Self { object: object.into(), record: record.to_string() }
    }
}

impl DeletedRecord {
    /// A record that is gone.
    pub fn new(object: &str, key: impl Into<String>) -> Self {
        Self { object: object.into(), key: key.into() }
    }
}

impl Verdict {
    fn of(key: impl Into<String>, kind: VerdictKind, message: impl Into<String>, repeatable: bool) -> Self {
        Self { key: key.into(), kind, message: message.into(), repeatable, ext: Vec::new() }
    }

    /// It happened.
    pub fn done(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self::of(key, VerdictKind::Done, message, false)
    }

    /// It did not happen, and can be run again without harm.
    pub fn not_done(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self::of(key, VerdictKind::NotDone, message, true)
    }

    /// It cannot be told.
    pub fn unknown(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self::of(key, VerdictKind::Unknown, message, false)
    }

    /// As [`Outcome::undone_on`], for what was done.
    pub fn undone_on(mut self, key: impl Into<String>) -> Self {
        self.ext.push((UNDO_KEY.into(), key.into()));
        self
    }
}

impl Verification {
    /// One verdict a target, in the order asked.
    pub fn new(verdicts: impl IntoIterator<Item = Verdict>, changed: impl IntoIterator<Item = ChangedRecord>) -> Self {
        Self {
            verdicts: verdicts.into_iter().collect(),
            changed: changed.into_iter().collect(),
            deleted: Vec::new(),
            ext: Vec::new(),
        }
    }

    /// Adds records that are gone.
    pub fn without(mut self, deleted: impl IntoIterator<Item = DeletedRecord>) -> Self {
        self.deleted.extend(deleted);
        self
    }
}
