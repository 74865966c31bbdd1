//! Entities and the audit log in memory.

use super::{Memory, State};
use crate::domain::{Millis, WorkspaceId};
use crate::store::backlog::Entry;
use crate::store::chain::Head;
use crate::store::{
    AuditRecord, CommitError, ControlStore, EntityKey, Expect, StoreError, Versioned, WriteSet, limits,
};
use async_trait::async_trait;
use std::collections::BTreeSet;
use std::ops::Bound;

impl State {
    /// Whether the write set may happen.
    pub(super) fn check(&self, tenant: &WorkspaceId, write: &WriteSet, now: Millis) -> Result<(), CommitError> {
        limits::check_write(tenant, write)?;
        for (key, expect) in &write.expect {
            let found = self.version(tenant, key);
            let holds = match expect {
                Expect::Absent => found.is_none(),
                Expect::Version(version) => found == Some(*version),
            };
            if !holds {
                return Err(CommitError::Conflict(key.clone()));
            }
        }
        let mut new = BTreeSet::new();
        for job in &write.enqueue {
            if !new.insert(&job.id) || self.backlog.knows(&(tenant.clone(), job.id.clone()), now) {
                return Err(CommitError::DuplicateJob(job.id.clone()));
            }
        }
        Ok(())
    }

    fn version(&self, tenant: &WorkspaceId, key: &EntityKey) -> Option<u64> {
        let workspace = self.workspaces.get(tenant)?;
        workspace.entities.get(&(key.kind, key.id.clone())).map(|entity| entity.version)
    }

    /// Does it, after it was checked.
    pub(super) fn apply(&mut self, tenant: &WorkspaceId, write: WriteSet, now: Millis) {
        let workspace = self.workspaces.entry(tenant.clone()).or_default();
        for (key, value) in write.put {
            let entity =
                workspace.entities.entry((key.kind, key.id)).or_insert(Versioned { version: 0, value: vec![] });
            *entity = Versioned { version: entity.version + 1, value };
        }
        for key in write.delete {
            workspace.entities.remove(&(key.kind, key.id));
        }
        let mut head = workspace.audit.last().map(Head::of).unwrap_or_default();
        workspace.audit.extend(write.audit.into_iter().map(|event| head.link(tenant, now, event)));
        for id in write.cancel {
            if let Some(number) = self.backlog.waiting(&(tenant.clone(), id), now) {
                self.backlog.finish(number, now);
                self.jobs.remove(&number);
            }
        }
        for job in write.enqueue {
            let number = self.backlog.next_number();
            self.backlog.insert(number, Entry::new(tenant, &job));
            self.jobs.insert(number, job);
        }
    }
}

#[async_trait]
impl ControlStore for Memory {
    async fn load_raw(&self, tenant: &WorkspaceId, key: &EntityKey) -> Result<Option<Versioned<Vec<u8>>>, StoreError> {
        let state = self.state();
        let workspace = state.workspaces.get(tenant);
        Ok(workspace.and_then(|workspace| workspace.entities.get(&(key.kind, key.id.clone())).cloned()))
    }

    async fn list_raw(
        &self,
        tenant: &WorkspaceId,
        kind: &'static str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Versioned<Vec<u8>>)>, StoreError> {
        let state = self.state();
        let Some(workspace) = state.workspaces.get(tenant) else { return Ok(vec![]) };
        let from = match after {
            Some(id) => Bound::Excluded((kind, id.to_owned())),
            None => Bound::Included((kind, String::new())),
        };
        let rows = workspace.entities.range((from, Bound::Unbounded)).take_while(|((found, _), _)| *found == kind);
        Ok(rows.take(limit).map(|((_, id), entity)| (id.clone(), entity.clone())).collect())
    }

    async fn commit(&self, tenant: &WorkspaceId, write: WriteSet) -> Result<(), CommitError> {
        let now = self.clock.now();
        {
            let mut state = self.state();
            state.check(tenant, &write, now)?;
            state.apply(tenant, write, now);
        }
        self.bell.ring();
        Ok(())
    }

    async fn audit(&self, tenant: &WorkspaceId, after: u64, limit: usize) -> Result<Vec<AuditRecord>, StoreError> {
        let state = self.state();
        let Some(workspace) = state.workspaces.get(tenant) else { return Ok(vec![]) };
        // The first has the number 1.
        Ok(workspace.audit.iter().skip(after as usize).take(limit).cloned().collect())
    }

    async fn audit_last(&self, tenant: &WorkspaceId) -> Result<Option<AuditRecord>, StoreError> {
        Ok(self.state().workspaces.get(tenant).and_then(|workspace| workspace.audit.last().cloned()))
    }

    async fn tenants(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        let state = self.state();
        let stored = state.workspaces.iter().filter(|(_, held)| !held.entities.is_empty() || !held.audit.is_empty());
        let mut tenants = state.backlog.tenants();
        tenants.extend(stored.map(|(tenant, _)| tenant.clone()));
        Ok(tenants.into_iter().collect())
    }
}
