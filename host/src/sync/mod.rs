//! Fetching: at connect, on demand and every day, a connection's objects are read whole and replace what was stored, each by
//! itself. What fails is reported by name; the rest goes on.

mod archive;
mod compare;
mod drift;
mod ended;
mod halt;
mod object;
mod pages;
mod progress;
mod reading;
mod run;
mod shelf;
mod stage;
#[cfg(test)]
mod tests;
mod verdict;

pub use progress::{ObjectProgress, Progress};
pub use run::LEASE;

use crate::{
    config::SyncConfig,
    connections::{Connections, Resolved, Status},
    domain::{Actor, AppError, ConnectionId, Millis, Outcome, WorkspaceId},
    store::{AuditEvent, Clock, CommitError, Store, WriteSet},
};
use async_trait::async_trait;
use halt::Halts;
use std::sync::Arc;

/// What others do when a connection changes under them.
#[async_trait]
pub trait Watcher: Send + Sync {
    /// The objects and fields of a connection were learned anew.
    async fn described(&self, workspace: &WorkspaceId, resolved: &Resolved) -> Outcome<()>;
    /// Stored rows of a connection changed.
    fn changed(&self, workspace: &WorkspaceId, connection: &ConnectionId);
}

/// Fetches connections.
#[derive(Clone)]
pub struct Syncs {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    clock: Clock,
    connections: Connections,
    config: SyncConfig,
    progress: Progress,
    halts: Halts,
    watcher: Arc<dyn Watcher>,
}

impl Syncs {
    /// `watcher` is told of every change.
    pub fn new(
        store: Store,
        clock: Clock,
        connections: Connections,
        config: SyncConfig,
        watcher: Arc<dyn Watcher>,
    ) -> Self {
        let (progress, halts) = Default::default();
        Self { inner: Arc::new(Inner { store, clock, connections, config, progress, halts, watcher }) }
    }

    /// How far the fetches under way are.
    pub fn progress(&self) -> &Progress {
        &self.inner.progress
    }

    /// "Sync now": answers at once; a fetch that is under way or waiting already is the answer as well.
    pub async fn request(&self, actor: &Actor, connection: &ConnectionId) -> Outcome<()> {
        let found = self.inner.connections.load(&actor.workspace, connection).await?.value;
        match found.status {
            Status::Paused => {
                let sentence =
                    format!("“{}” is paused, so nothing was fetched. An admin resumes it first.", found.title);
                return Err(AppError::Refused(sentence));
            }
            Status::Disconnecting => {
                let sentence = format!("“{}” is being disconnected, so nothing was fetched.", found.title);
                return Err(AppError::Refused(sentence));
            }
            _ => {}
        }
        let write = WriteSet::default()
            .enqueue(found.sync_job(self.inner.clock.now() / SAME_REQUEST_MS * SAME_REQUEST_MS, false))
            .audit(AuditEvent {
                actor: Some(actor.clone()),
                what: "sync.requested".into(),
                about: vec![("connection".into(), connection.0.clone())],
                detail: format!("Asked for a fetch of {}", found.title),
            });
        match self.inner.store.control.commit(&actor.workspace, write).await {
            Ok(()) | Err(CommitError::DuplicateJob(_)) => Ok(()),
            Err(error) => Err(AppError::Fault(error.into())),
        }
    }
}

/// Wishes within the same ten seconds are one wish.
const SAME_REQUEST_MS: Millis = 10_000;
