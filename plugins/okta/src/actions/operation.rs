//! What one action is, as rules without any request: where a user stands, and what is left to do.

use super::facts::{Facts, User};
use serde_json::Value as Json;
use weft_integration::prelude::*;

/// One action with its inputs.
pub trait Operation {
    /// Reads live what plans rest on, for all targets of a call.
    fn read(&self, keys: &[&str]) -> Result<Facts, Error>;

    /// Where a user stands.
    fn stand(&self, user: &User, facts: &Facts) -> Standing;

    /// The one request that does it.
    fn request(&self, user: &str) -> Request;

    /// Records that change with it: object and key.
    fn touched(&self, user: &str, facts: &Facts) -> Vec<(&'static str, String)>;

    /// Why Okta cannot tell whether it happened, where it cannot. Doing it again does no harm then.
    fn untold(&self) -> Option<&'static str> {
        None
    }
}

/// Where a user stands.
#[derive(Debug)]
pub struct Standing {
    /// As people know the user.
    pub title: String,
    /// What the approval rests on.
    pub before: Json,
    /// It is as wanted.
    pub is_made: bool,
    /// That it is.
    pub made: String,
    /// What is to be done.
    pub step: String,
    /// What follows by itself.
    pub notes: Vec<String>,
    pub warnings: Vec<String>,
    pub blockers: Vec<String>,
    pub undo: Option<Undo>,
}

impl Standing {
    /// A user for whom this is left to do.
    pub fn new(user: &User, before: Json, step: impl Into<String>, made: impl Into<String>) -> Self {
        Self {
            title: user.title(),
            before,
            is_made: false,
            made: made.into(),
            step: step.into(),
            notes: Vec::new(),
            warnings: Vec::new(),
            blockers: Vec::new(),
            undo: None,
        }
    }

    /// The plan for this user.
    pub fn plan(self, key: &str) -> TargetPlan {
        let mut plan = TargetPlan::new(key, self.title, self.before.to_string());
        // Blocked or as wanted: nothing will be done, so nothing is announced.
        if self.is_made {
            return plan.warning(self.made).as_wanted();
        }
        plan.warnings = self.warnings;
        if !self.blockers.is_empty() {
            plan.blockers = self.blockers;
            return plan;
        }
        plan.steps = [self.step].into_iter().chain(self.notes).collect();
        plan.undo = self.undo;
        plan
    }

    /// Whether the user is still as the approval saw them.
    pub fn is_as_approved(&self, before: &str) -> bool {
        serde_json::from_str::<Json>(before).is_ok_and(|before| before == self.before)
    }
}
