//! Small entities: compare-and-set, with the audit rows and the jobs that belong to a change in the same commit.

use super::{Job, StoreError};
use crate::domain::{Actor, Millis, WorkspaceId};
use async_trait::async_trait;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Names an entity inside a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntityKey {
    /// [`Entity::KIND`].
    pub kind: &'static str,
    /// Unique in the kind; no `/` needed or forbidden, at most 255 bytes.
    pub id: String,
}

/// A stored type.
pub trait Entity: Serialize + DeserializeOwned + Send + Sync {
    /// Stable for ever: part of the key on disk.
    const KIND: &'static str;

    /// Unique in the kind.
    fn id(&self) -> String;

    /// Its key.
    fn key(&self) -> EntityKey {
        Self::key_of(self.id())
    }

    /// The key of the entity with this id.
    fn key_of(id: impl Into<String>) -> EntityKey {
        EntityKey { kind: Self::KIND, id: id.into() }
    }
}

/// A value and the version it was read at. Versions of a key grow by one with each put.
#[derive(Clone, Debug, PartialEq)]
pub struct Versioned<T> {
    /// 1 for the first put.
    pub version: u64,
    /// The value.
    pub value: T,
}

/// What must hold for a commit to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// No such entity.
    Absent,
    /// It is at this version.
    Version(u64),
}

/// Something that happened, for the audit log. No secrets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditEvent {
    /// Who, or none for Weft itself.
    pub actor: Option<Actor>,
    /// Dotted, stable: `request.approved`.
    pub what: String,
    /// The ids it is about: `[("request", "..."), ("connection", "...")]`.
    pub about: Vec<(String, String)>,
    /// In words.
    pub detail: String,
}

/// An audit event in its chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// 1, 2, 3 ... in the workspace.
    pub seq: u64,
    /// When it was committed.
    pub at: Millis,
    /// What happened.
    pub event: AuditEvent,
    /// BLAKE3 of the record before, in hex; 64 zeros for the first.
    pub previous: String,
    /// BLAKE3 of all of the above, in hex.
    pub hash: String,
}

/// One change, all or nothing.
#[derive(Clone, Debug, Default)]
pub struct WriteSet {
    /// Checked first.
    pub expect: Vec<(EntityKey, Expect)>,
    /// JSON of each entity, at most 64 KiB.
    pub put: Vec<(EntityKey, Vec<u8>)>,
    /// Entities to remove; one that is absent is fine.
    pub delete: Vec<EntityKey>,
    /// Appended to the workspace's audit log.
    pub audit: Vec<AuditEvent>,
    /// Put into the queue. A job whose id is known already, done or not, is a [`CommitError::DuplicateJob`].
    pub enqueue: Vec<Job>,
    /// Ids of jobs that are not to be done any more. One that somebody has in hand stays theirs; one that is not there is fine.
    pub cancel: Vec<String>,
}

impl WriteSet {
    /// Puts an entity that must not exist yet.
    pub fn create<E: Entity>(mut self, entity: &E) -> Self {
        self.expect.push((entity.key(), Expect::Absent));
        self.put(entity)
    }

    /// Puts an entity that must be at this version.
    pub fn update<E: Entity>(mut self, version: u64, entity: &E) -> Self {
        self.expect.push((entity.key(), Expect::Version(version)));
        self.put(entity)
    }

    /// Puts an entity, whatever is there.
    #[expect(clippy::expect_used, reason = "entities are plain data with string keys: they always serialise")]
    pub fn put<E: Entity>(mut self, entity: &E) -> Self {
        self.put.push((entity.key(), serde_json::to_vec(entity).expect("an entity serialises")));
        self
    }

    /// Removes an entity.
    pub fn delete<E: Entity>(mut self, id: impl Into<String>) -> Self {
        self.delete.push(E::key_of(id));
        self
    }

    /// Appends to the audit log.
    pub fn audit(mut self, event: AuditEvent) -> Self {
        self.audit.push(event);
        self
    }

    /// Takes a waiting job out of the queue.
    pub fn cancel(mut self, id: impl Into<String>) -> Self {
        self.cancel.push(id.into());
        self
    }

    /// Puts a job into the queue.
    pub fn enqueue(mut self, job: Job) -> Self {
        self.enqueue.push(job);
        self
    }
}

/// Why a commit did not happen. Nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// An expectation did not hold: read again and decide anew.
    #[error("{} {} changed meanwhile", .0.kind, .0.id)]
    Conflict(EntityKey),
    /// The work was taken on before: say what was said then.
    #[error("job {0} was taken on before")]
    DuplicateJob(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Small, transactional, and declarative: a write set maps to one transaction in any engine.
#[async_trait]
pub trait ControlStore: Send + Sync {
    /// The entity's JSON.
    async fn load_raw(&self, tenant: &WorkspaceId, key: &EntityKey) -> Result<Option<Versioned<Vec<u8>>>, StoreError>;

    /// Entities of a kind in order of id, from after `after`, at most `limit`.
    async fn list_raw(
        &self,
        tenant: &WorkspaceId,
        kind: &'static str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Versioned<Vec<u8>>)>, StoreError>;

    /// Answers when durable. Waiters of the same moment share one sync of the disk.
    async fn commit(&self, tenant: &WorkspaceId, write: WriteSet) -> Result<(), CommitError>;

    /// Audit records in order, from after `after`, at most `limit`.
    async fn audit(&self, tenant: &WorkspaceId, after: u64, limit: usize) -> Result<Vec<AuditRecord>, StoreError>;

    /// The newest audit record; none before the first.
    async fn audit_last(&self, tenant: &WorkspaceId) -> Result<Option<AuditRecord>, StoreError>;

    /// The workspaces with anything stored.
    async fn tenants(&self) -> Result<Vec<WorkspaceId>, StoreError>;
}

impl dyn ControlStore {
    /// The entity with this id.
    pub async fn load<E: Entity>(&self, tenant: &WorkspaceId, id: &str) -> Result<Option<Versioned<E>>, StoreError> {
        self.load_raw(tenant, &E::key_of(id)).await?.map(|raw| decode(&raw)).transpose()
    }

    /// Entities in order of id, from after `after`, at most `limit`.
    pub async fn list<E: Entity>(
        &self,
        tenant: &WorkspaceId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Versioned<E>>, StoreError> {
        let rows = self.list_raw(tenant, E::KIND, after, limit).await?;
        rows.iter().map(|(_, raw)| decode(raw)).collect()
    }

    /// Audit records before the number `before`, the newest first, at most `limit`.
    pub async fn audit_before(
        &self,
        tenant: &WorkspaceId,
        before: u64,
        limit: usize,
    ) -> Result<Vec<AuditRecord>, StoreError> {
        // Numbers have no gaps.
        let after = before.saturating_sub(1).saturating_sub(limit as u64);
        let wanted = before.saturating_sub(1) - after;
        let mut records = self.audit(tenant, after, wanted as usize).await?;
        records.reverse();
        Ok(records)
    }
}

fn decode<E: Entity>(raw: &Versioned<Vec<u8>>) -> Result<Versioned<E>, StoreError> {
    let value = serde_json::from_slice(&raw.value)
        .map_err(|error| StoreError::Damaged(format!("{} cannot be read: {error}", E::KIND)))?;
    Ok(Versioned { version: raw.version, value })
}
