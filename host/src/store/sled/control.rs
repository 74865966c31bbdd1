//! Entities and the audit log on disk: reads go to the database, writes to the writer.

use super::keys::{self, Class};
use super::plan::{decode, from_json};
use super::writer::{Order, lock};
use super::{Disk, blocking, open};
use crate::domain::WorkspaceId;
use crate::store::{AuditRecord, CommitError, ControlStore, EntityKey, StoreError, Versioned, WriteSet};
use async_trait::async_trait;
use std::collections::BTreeSet;
use std::sync::Arc;

#[async_trait]
impl ControlStore for Disk {
    async fn load_raw(&self, tenant: &WorkspaceId, key: &EntityKey) -> Result<Option<Versioned<Vec<u8>>>, StoreError> {
        let (control, key) = (Arc::clone(&self.control), keys::entity(tenant, key));
        blocking(move || control.get(&key)?.map(|stored| decode(&stored)).transpose()).await
    }

    async fn list_raw(
        &self,
        tenant: &WorkspaceId,
        kind: &'static str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Versioned<Vec<u8>>)>, StoreError> {
        let (control, prefix) = (Arc::clone(&self.control), keys::kind(tenant, kind));
        let after = after.map(|id| [&prefix, id.as_bytes()].concat());
        blocking(move || {
            let pairs = control.scan(&prefix, after.as_deref(), limit)?;
            let id = |key: &[u8]| String::from_utf8_lossy(&key[prefix.len()..]).into_owned();
            pairs.iter().map(|(key, stored)| Ok((id(key), decode(stored)?))).collect()
        })
        .await
    }

    async fn commit(&self, tenant: &WorkspaceId, write: WriteSet) -> Result<(), CommitError> {
        self.order(|answer| Order::Commit(tenant.clone(), write, answer)).await
    }

    async fn audit(&self, tenant: &WorkspaceId, after: u64, limit: usize) -> Result<Vec<AuditRecord>, StoreError> {
        let (control, prefix) = (Arc::clone(&self.control), keys::class(tenant, Class::Audit));
        let after = keys::numbered(tenant, Class::Audit, after);
        blocking(move || {
            let pairs = control.scan(&prefix, Some(&after), limit)?;
            pairs.iter().map(|(_, stored)| from_json(stored)).collect()
        })
        .await
    }

    async fn audit_last(&self, tenant: &WorkspaceId) -> Result<Option<AuditRecord>, StoreError> {
        let (control, prefix) = (Arc::clone(&self.control), keys::class(tenant, Class::Audit));
        blocking(move || control.last(&prefix)?.map(|(_, stored)| from_json(&stored)).transpose()).await
    }

    async fn tenants(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        let control = Arc::clone(&self.control);
        let with_jobs = lock(&self.backlog).tenants();
        blocking(move || {
            let mut tenants: BTreeSet<_> = open::tenants(&control)?.into_iter().collect();
            tenants.extend(with_jobs);
            Ok(tenants.into_iter().collect())
        })
        .await
    }
}
