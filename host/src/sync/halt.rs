//! Fetches that a person wants to end: told at once, they stop at the next page and keep what they have.

use super::{Inner, Syncs, ended::Run};
use crate::{
    domain::{ConnectionId, WorkspaceId},
    store::{Claim, WriteSet},
};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio_util::sync::CancellationToken;

/// The fetches under way. A connection has one at a time: its lane sees to that.
#[derive(Debug, Default)]
pub(super) struct Halts {
    running: Mutex<HashMap<ConnectionId, CancellationToken>>,
}

impl Halts {
    /// A fetch begins; the token says when it is to stop.
    pub fn begin(&self, connection: &ConnectionId) -> CancellationToken {
        let token = CancellationToken::new();
        self.lock().insert(connection.clone(), token.clone());
        token
    }

    /// It ended.
    pub fn end(&self, connection: &ConnectionId) {
        self.lock().remove(connection);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ConnectionId, CancellationToken>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Syncs {
    /// The connection was stored as one that is not fetched: a fetch under way stops at its next page. One that begins sees it by itself.
    pub fn halt(&self, connection: &ConnectionId) {
        if let Some(token) = self.inner.halts.lock().get(connection) {
            token.cancel();
        }
    }

    /// The connection goes: how far its fetch was goes with it.
    pub async fn forget(&self, workspace: &WorkspaceId, connection: &ConnectionId) -> anyhow::Result<()> {
        let write = WriteSet::default().delete::<Run>(connection.0.clone());
        Ok(self.inner.store.control.commit(workspace, write).await?)
    }
}

impl Inner {
    /// Ends the job of a fetch that was told to stop. The objects that were done are stored, of the others the checkpoints; a later fetch
    /// goes on with the same run.
    pub(super) async fn halted(&self, claim: &Claim) -> anyhow::Result<()> {
        Ok(self.store.queue.finish(claim, WriteSet::default()).await?)
    }
}
