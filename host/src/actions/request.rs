//! What is stored of a request. All that a person decides on is frozen when it is prepared, and only the standing moves.

use super::{
    machine::Standing,
    target::{Tally, TargetState},
};
use crate::{
    domain::{
        Action, ActionName, BoardId, Change, ConnectionId, IntegrationId, Millis, ObjectName, RecordRef, RequestId,
        TargetPlan, Undo, UserId, WorkspaceId,
    },
    store::Entity,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// What somebody wants run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Through which connection.
    pub connection: ConnectionId,
    /// What.
    pub action: ActionName,
    /// As typed in the form: texts, numbers, booleans, `2026-11-24`, keys of references. Checked in `prepare`.
    pub inputs: Map<String, Json>,
    /// On which records; empty for an action without object.
    pub targets: Vec<RecordRef>,
    /// How the records were chosen, in words, where nobody chose them one by one.
    pub chosen: Option<String>,
    /// The board it was asked for from.
    pub board: Option<BoardId>,
    /// The request it takes back.
    pub undo_of: Option<RequestId>,
}

/// What was frozen, apart from the targets, which are entities of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frozen {
    /// Where.
    pub workspace: WorkspaceId,
    /// Through which connection.
    pub connection: ConnectionId,
    /// The connection's title at that time.
    pub connection_title: String,
    /// Its integration.
    pub integration: IntegrationId,
    /// SHA-256 of the integration's component that made the plan, in hex.
    pub digest: String,
    /// The action as it was described.
    pub action: Action,
    /// Checked and typed.
    pub inputs: Map<String, Json>,
    /// The inputs for people: `(title, text)`.
    pub shown: Vec<(String, String)>,
    /// How the records were chosen, in words, where nobody chose them one by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen: Option<String>,
    /// Warnings about the whole.
    pub warnings: Vec<String>,
    /// The board it was asked for from.
    pub board: Option<BoardId>,
    /// The request it takes back.
    pub undo_of: Option<RequestId>,
    /// How many targets there are.
    pub targets: u32,
    /// When the live records were read.
    pub prepared_at: Millis,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// What was frozen.
    pub frozen: Frozen,
    /// Why it is wanted, in the requester's words.
    pub reason: Option<String>,
    /// Who is asked to decide, as of when it was sent; of a preview, who would be.
    pub asked: Vec<UserId>,
    /// What moves.
    pub standing: Standing,
    /// How its targets ended.
    pub tally: Option<Tally>,
}

impl Entity for Request {
    const KIND: &'static str = "request";

    fn id(&self) -> String {
        self.id.0.clone()
    }
}

/// One target of a request. Its id sorts by position within the request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestTarget {
    /// Whose.
    pub request: RequestId,
    /// Its place, from 0.
    pub position: u32,
    /// What was frozen.
    pub frozen: FrozenTarget,
    /// What moves.
    pub state: TargetState,
    /// For the person, once there is something to say.
    pub message: Option<String>,
    /// How to take it back, exact once it has run.
    pub undo: Option<Undo>,
    /// How often a look into the tool failed.
    pub checks: u32,
    /// Changes that came with the outcome and are not in the store's rows yet.
    pub pending: Option<PendingPatch>,
}

/// What was frozen of a target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrozenTarget {
    /// The record; none for an action without object.
    pub object: Option<ObjectName>,
    /// As stored when the plan was made, by field name.
    pub record: Map<String, Json>,
    /// Its plan, with its key.
    pub plan: TargetPlan,
}

/// Changed records on their way into the store's rows. Stored with the outcome, so that a crash between the two loses nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PendingPatch {
    /// The names of the fields that the values stand for, by object: rows of another shape are not patched.
    pub fields: Vec<(ObjectName, Vec<String>)>,
    /// The changes.
    pub changes: Vec<Change>,
}

impl Entity for RequestTarget {
    const KIND: &'static str = "request-target";

    fn id(&self) -> String {
        target_id(&self.request, self.position)
    }
}

/// The id of the target at this place. Four digits sort up to the most targets a request can have.
pub fn target_id(request: &RequestId, position: u32) -> String {
    format!("{request}/{position:04}")
}

impl RequestTarget {
    /// The same for every attempt at this target of this request.
    pub fn idempotency_key(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.id().as_bytes()).update(b"\0").update(self.frozen.plan.key.as_bytes());
        hasher.finalize().to_hex().to_string()
    }
}

/// Stands for a request that is not over, so that open ones are found without reading all that ever were.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenRequest {
    /// Which.
    pub request: RequestId,
}

impl Entity for OpenRequest {
    const KIND: &'static str = "request-open";

    fn id(&self) -> String {
        self.request.0.clone()
    }
}

/// Stands for a request under its requester, the newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestOf {
    /// Whose.
    pub user: UserId,
    /// Which.
    pub request: RequestId,
}

impl Entity for RequestOf {
    const KIND: &'static str = "request-of";

    fn id(&self) -> String {
        format!("{}/{}", self.user, newest_first(&self.request))
    }
}

/// Ids sort by time of creation; with every digit turned over they sort the other way round.
fn newest_first(request: &RequestId) -> String {
    request.0.chars().map(|digit| char::from_digit(15 - digit.to_digit(16).unwrap_or(0), 16).unwrap_or(digit)).collect()
}

/// The workspace was stopped. Its version counts how often: nothing runs that was allowed under another count.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StopMark {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Millis,
}

impl StopMark {
    /// The one id of its kind.
    pub const ID: &'static str = "workspace";
}

impl Entity for StopMark {
    const KIND: &'static str = "stop";

    fn id(&self) -> String {
        Self::ID.to_owned()
    }
}

/// BLAKE3 of all that a person decides on, in hex.
pub fn fingerprint(
    frozen: &Frozen,
    policy: &super::policy::Policy,
    targets: &[RequestTarget],
) -> Result<String, serde_json::Error> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&serde_json::to_vec(&(frozen, policy))?);
    for target in targets {
        hasher.update(b"\0").update(&serde_json::to_vec(&target.frozen)?);
    }
    Ok(hasher.finalize().to_hex().to_string())
}

#[cfg(test)]
pub(super) mod tests;
