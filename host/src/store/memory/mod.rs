//! The store in memory, for tests and for trying things out: nothing survives the process.

mod control;
mod queue;
mod segments;

use super::backlog::Backlog;
use super::clock::Clock;
use super::wake::Bell;
use super::{AuditRecord, Job, Versioned};
use crate::domain::{ConnectionId, WorkspaceId};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// All three boundaries over maps under one lock.
pub(super) struct Memory {
    clock: Clock,
    bell: Bell,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    workspaces: BTreeMap<WorkspaceId, Workspace>,
    backlog: Backlog,
    /// By the number of the queue.
    jobs: HashMap<u64, Job>,
    shelves: HashMap<(WorkspaceId, ConnectionId), segments::Shelf>,
}

#[derive(Default)]
struct Workspace {
    entities: BTreeMap<(&'static str, String), Versioned<Vec<u8>>>,
    audit: Vec<AuditRecord>,
}

impl Memory {
    /// An empty store that goes by this clock.
    pub fn new(clock: Clock) -> Self {
        Self { clock, bell: Bell::default(), state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
