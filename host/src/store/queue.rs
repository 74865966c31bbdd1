//! Work that must still be done: claimed under a lease, fenced, and finished together with what it changed.

use super::{CommitError, StoreError, WriteSet};
use crate::domain::{Millis, WorkspaceId};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Who takes the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobKind {
    /// A verified payload from Slack.
    Inbox,
    /// Fetch a connection's objects.
    Sync,
    /// Run or resume an approved request.
    Run,
    /// Tell people, in Slack, what became of a request, a connection or a board.
    Notify,
    /// Remind, expire, and what else waits for its hour.
    Timer,
    /// One step of taking a connection apart.
    Disconnect,
}

/// A piece of work. At most 64 KiB.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Unique in the workspace, also against jobs finished within the last 48 hours: the key that makes redelivery harmless.
    pub id: String,
    /// Who takes it.
    pub kind: JobKind,
    /// Jobs of one lane run one at a time, in the order they came.
    pub lane: Option<String>,
    /// Not before this moment.
    pub due: Millis,
    /// JSON.
    pub payload: Vec<u8>,
}

/// How long a claim holds without renewal.
pub type Lease = Duration;

/// A job in hand. Its fence is higher than that of every earlier claim of the same job.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Whose it is.
    pub tenant: WorkspaceId,
    /// The work.
    pub job: Job,
    /// 1 for the first claim.
    pub fence: u64,
}

/// Claims, leases and fences.
#[async_trait]
pub trait WorkQueue: Send + Sync {
    /// Takes up to `n` due jobs of these kinds. A claim whose lease ran out is given to the next who asks.
    async fn claim(&self, kinds: &[JobKind], n: usize, lease: Lease) -> Result<Vec<Claim>, StoreError>;

    /// Holds a claim for another lease. False: somebody else has it, stop.
    async fn renew(&self, claim: &Claim, lease: Lease) -> Result<bool, StoreError>;

    /// Ends the job and commits what it changed, in one step. A stale fence is a [`CommitError::Conflict`] on kind `job`.
    async fn finish(&self, claim: &Claim, write: WriteSet) -> Result<(), CommitError>;

    /// Gives the job back, due at `due`; how often it was claimed shows in the next fence.
    async fn release(&self, claim: &Claim, due: Millis) -> Result<(), StoreError>;

    /// Resolves when a job may have become due: a commit enqueued one, a claim was given back, or the next due time came.
    async fn wait(&self);

    /// Jobs not finished, by kind: for metrics and for tests that leave nothing behind.
    async fn pending(&self) -> Result<Vec<(JobKind, usize)>, StoreError>;
}
