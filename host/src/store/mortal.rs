//! A store whose process dies at a write that a test chooses: whatever survives is what the next process finds.

use super::{
    AuditRecord, Claim, CommitError, ControlStore, EntityKey, FlipError, JobKind, Lease, Manifest, ObjectRef,
    SegmentHash, SegmentStore, Store, StoreError, Versioned, WorkQueue, WriteSet,
};
use crate::domain::{ConnectionId, Millis, ObjectName, WorkspaceId};
use async_trait::async_trait;
use bytes::Bytes;
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// When the process dies, seen from its writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Death {
    /// The write is not done.
    Before,
    /// The write is done, and the process does not hear of it.
    After,
}

/// A store whose process dies at its nth write: that write and all later ones fail.
pub struct Mortal {
    inner: Store,
    left: AtomicI64,
    death: Death,
}

impl Mortal {
    /// The store as the process sees it, which lives for `left` writes more, and who knows whether it is dead.
    pub fn store(inner: &Store, left: i64, death: Death) -> (Store, Arc<Self>) {
        let mortal = Arc::new(Self { inner: inner.clone(), left: AtomicI64::new(left), death });
        let mut store = inner.clone();
        store.segments = mortal.clone();
        store.control = mortal.clone();
        store.queue = mortal.clone();
        (store, mortal)
    }

    /// It died.
    pub fn is_dead(&self) -> bool {
        self.left.load(Ordering::SeqCst) < 0
    }

    /// Does a write, if the process lives that long.
    async fn write<T, E: From<StoreError>>(&self, write: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let dead = || E::from(StoreError::Io("the process is dead".to_owned()));
        match self.left.fetch_sub(1, Ordering::SeqCst) {
            left if left > 0 => write.await,
            0 if self.death == Death::After => {
                write.await?;
                Err(dead())
            }
            _ => Err(dead()),
        }
    }
}

#[async_trait]
impl ControlStore for Mortal {
    async fn load_raw(&self, tenant: &WorkspaceId, key: &EntityKey) -> Result<Option<Versioned<Vec<u8>>>, StoreError> {
        self.inner.control.load_raw(tenant, key).await
    }

    async fn list_raw(
        &self,
        tenant: &WorkspaceId,
        kind: &'static str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Versioned<Vec<u8>>)>, StoreError> {
        self.inner.control.list_raw(tenant, kind, after, limit).await
    }

    async fn commit(&self, tenant: &WorkspaceId, write: WriteSet) -> Result<(), CommitError> {
        self.write(self.inner.control.commit(tenant, write)).await
    }

    async fn audit(&self, tenant: &WorkspaceId, after: u64, limit: usize) -> Result<Vec<AuditRecord>, StoreError> {
        self.inner.control.audit(tenant, after, limit).await
    }

    async fn audit_last(&self, tenant: &WorkspaceId) -> Result<Option<AuditRecord>, StoreError> {
        self.inner.control.audit_last(tenant).await
    }

    async fn tenants(&self) -> Result<Vec<WorkspaceId>, StoreError> {
        self.inner.control.tenants().await
    }
}

#[async_trait]
impl WorkQueue for Mortal {
    async fn claim(&self, kinds: &[JobKind], n: usize, lease: Lease) -> Result<Vec<Claim>, StoreError> {
        self.inner.queue.claim(kinds, n, lease).await
    }

    async fn renew(&self, claim: &Claim, lease: Lease) -> Result<bool, StoreError> {
        self.inner.queue.renew(claim, lease).await
    }

    async fn finish(&self, claim: &Claim, write: WriteSet) -> Result<(), CommitError> {
        self.write(self.inner.queue.finish(claim, write)).await
    }

    async fn release(&self, claim: &Claim, due: Millis) -> Result<(), StoreError> {
        self.write(self.inner.queue.release(claim, due)).await
    }

    async fn wait(&self) {
        self.inner.queue.wait().await;
    }

    async fn pending(&self) -> Result<Vec<(JobKind, usize)>, StoreError> {
        self.inner.queue.pending().await
    }
}

#[async_trait]
impl SegmentStore for Mortal {
    async fn put(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
        segments: Vec<Bytes>,
    ) -> Result<Vec<SegmentHash>, StoreError> {
        self.write(self.inner.segments.put(tenant, of, segments)).await
    }

    async fn get(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
        hashes: &[SegmentHash],
    ) -> Result<Vec<Bytes>, StoreError> {
        self.inner.segments.get(tenant, of, hashes).await
    }

    async fn manifest(&self, tenant: &WorkspaceId, object: &ObjectRef) -> Result<Option<Manifest>, StoreError> {
        self.inner.segments.manifest(tenant, object).await
    }

    async fn manifests(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
    ) -> Result<Vec<(ObjectName, Manifest)>, StoreError> {
        self.inner.segments.manifests(tenant, of).await
    }

    async fn flip(
        &self,
        tenant: &WorkspaceId,
        object: &ObjectRef,
        expect: u64,
        new: Manifest,
    ) -> Result<(), FlipError> {
        self.write(self.inner.segments.flip(tenant, object, expect, new)).await
    }

    async fn previous(&self, tenant: &WorkspaceId, object: &ObjectRef) -> Result<Option<Manifest>, StoreError> {
        self.inner.segments.previous(tenant, object).await
    }

    async fn note(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
        name: &str,
        value: Option<Bytes>,
    ) -> Result<(), StoreError> {
        self.write(self.inner.segments.note(tenant, of, name, value)).await
    }

    async fn read_note(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
        name: &str,
    ) -> Result<Option<Bytes>, StoreError> {
        self.inner.segments.read_note(tenant, of, name).await
    }

    async fn sweep(&self, tenant: &WorkspaceId, of: &ConnectionId) -> Result<u64, StoreError> {
        self.inner.segments.sweep(tenant, of).await
    }

    async fn forget(&self, tenant: &WorkspaceId, of: &ConnectionId) -> Result<(), StoreError> {
        self.write(self.inner.segments.forget(tenant, of)).await
    }
}
