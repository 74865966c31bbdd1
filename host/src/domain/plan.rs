//! Plans, runs and what became of them: interface `actions` of the WIT package as plain data, documented there (`wit/0.1/actions.wit`).

use super::{ActionName, Change, Fault};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// A record an action is to be run on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Target {
    pub key: String,
    /// As stored at the last sync, by field name.
    pub record: Map<String, Json>,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    pub action: ActionName,
    pub inputs: Map<String, Json>,
    pub targets: Vec<Target>,
}

/// How to take one target back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Undo {
    pub action: ActionName,
    pub inputs: Map<String, Json>,
    pub loses: Vec<String>,
    /// The key of the record it runs on, where that is not the target itself: what was created.
    #[serde(default)]
    pub target: Option<String>,
}

/// The plan for one target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetPlan {
    pub key: String,
    pub title: String,
    pub steps: Vec<String>,
    pub warnings: Vec<String>,
    pub blockers: Vec<String>,
    pub already: bool,
    /// JSON text, given back as it is.
    pub before: String,
    pub undo: Option<Undo>,
}

/// The plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub targets: Vec<TargetPlan>,
    pub warnings: Vec<String>,
}

/// A target at run time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunTarget {
    pub key: String,
    pub record: Map<String, Json>,
    pub before: String,
    pub idempotency_key: String,
}

/// What runs: exactly what was approved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunCall {
    pub action: ActionName,
    pub inputs: Map<String, Json>,
    pub targets: Vec<RunTarget>,
    pub attempt: u32,
}

/// What became of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetOutcomeKind {
    Done,
    Already,
    Failed,
    Changed,
    Unknown,
}

/// The outcome of one target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetOutcome {
    pub key: String,
    pub kind: TargetOutcomeKind,
    pub message: String,
    pub error: Option<Fault>,
    pub undo: Option<Undo>,
}

/// What a run answers: one outcome a target, in the order asked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunResult {
    pub outcomes: Vec<TargetOutcome>,
    pub changes: Vec<Change>,
}

/// What became of a target whose outcome was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictKind {
    Done,
    NotDone,
    Unknown,
}

/// The finding for one target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    pub key: String,
    pub kind: VerdictKind,
    pub message: String,
    /// Running it again with the same idempotency key can do no harm.
    pub repeatable: bool,
    /// The record that the plan's undo runs on, where that is not the target itself.
    pub undo_target: Option<String>,
}

/// What a verification answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Verification {
    pub verdicts: Vec<Verdict>,
    pub changes: Vec<Change>,
}
