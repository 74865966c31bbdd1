//! A write set as one batch of the engine: checked against what is stored, then encoded. Nothing happens here yet.

use super::instance::Instance;
use super::keys::{self, Class};
use crate::domain::{Millis, WorkspaceId};
use crate::store::backlog::{Backlog, Entry};
use crate::store::chain::Head;
use crate::store::{
    AuditRecord, CommitError, EntityKey, Expect, Job, JobKind, StoreError, Versioned, WriteSet, limits,
};
use ::sled::Batch;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// A commit about to happen.
pub struct Plan {
    pub batch: Batch,
    /// Where the workspace's chain stands after it.
    pub head: Head,
    pub audit: Vec<AuditRecord>,
    pub jobs: Vec<(u64, Entry)>,
    /// Numbers of jobs that end undone.
    pub cancelled: Vec<u64>,
}

/// All of an unfinished job but its payload, as stored.
#[derive(Serialize, Deserialize)]
pub struct StoredJob {
    id: String,
    kind: JobKind,
    lane: Option<String>,
    due: Millis,
    fence: u64,
}

impl StoredJob {
    /// What is stored of this entry. Leases are not: they end with the process that took them.
    pub fn of(entry: &Entry) -> Self {
        let Entry { of, kind, lane, due, fence, .. } = entry.clone();
        Self { id: of.1, kind, lane, due, fence }
    }

    /// The entry, claimed by nobody.
    pub fn entry(self, tenant: &WorkspaceId) -> Entry {
        let Self { id, kind, lane, due, fence } = self;
        Entry { of: (tenant.clone(), id), kind, lane, due, fence, leased_until: None }
    }
}

/// Checks a write set and encodes it.
pub fn plan(
    control: &Instance,
    backlog: &Backlog,
    head: Head,
    tenant: &WorkspaceId,
    write: WriteSet,
    now: Millis,
) -> Result<Plan, CommitError> {
    limits::check_write(tenant, &write)?;
    check_expectations(control, tenant, &write)?;
    check_jobs(backlog, tenant, &write.enqueue, now)?;
    let mut plan = Plan { batch: Batch::default(), head, audit: vec![], jobs: vec![], cancelled: vec![] };
    plan.entities(control, tenant, write.put, write.delete)?;
    for event in write.audit {
        let record = plan.head.link(tenant, now, event);
        plan.batch.insert(keys::numbered(tenant, Class::Audit, record.seq), json(&record)?);
        plan.audit.push(record);
    }
    for id in write.cancel {
        let Some(number) = backlog.waiting(&(tenant.clone(), id.clone()), now) else { continue };
        plan.end(tenant, number, &id, now);
        plan.cancelled.push(number);
    }
    for (number, job) in (backlog.next_number()..).zip(write.enqueue) {
        let entry = Entry::new(tenant, &job);
        plan.batch.insert(keys::numbered(tenant, Class::Job, number), json(&StoredJob::of(&entry))?);
        plan.batch.insert(keys::numbered(tenant, Class::Payload, number), job.payload);
        plan.jobs.push((number, entry));
    }
    Ok(plan)
}

fn check_expectations(control: &Instance, tenant: &WorkspaceId, write: &WriteSet) -> Result<(), CommitError> {
    for (key, expect) in &write.expect {
        let found = version(control, tenant, key)?;
        let holds = match expect {
            Expect::Absent => found.is_none(),
            Expect::Version(version) => found == Some(*version),
        };
        if !holds {
            return Err(CommitError::Conflict(key.clone()));
        }
    }
    Ok(())
}

fn check_jobs(backlog: &Backlog, tenant: &WorkspaceId, jobs: &[Job], now: Millis) -> Result<(), CommitError> {
    let mut new = BTreeSet::new();
    for job in jobs {
        if !new.insert(&job.id) || backlog.knows(&(tenant.clone(), job.id.clone()), now) {
            return Err(CommitError::DuplicateJob(job.id.clone()));
        }
    }
    Ok(())
}

impl Plan {
    /// The job is not in the queue any more, and its id is known as finished.
    pub fn end(&mut self, tenant: &WorkspaceId, number: u64, id: &str, now: Millis) {
        self.batch.remove(keys::numbered(tenant, Class::Job, number));
        self.batch.remove(keys::numbered(tenant, Class::Payload, number));
        self.batch.insert(keys::finished(tenant, id), &now.to_be_bytes());
    }

    fn entities(
        &mut self,
        control: &Instance,
        tenant: &WorkspaceId,
        put: Vec<(EntityKey, Vec<u8>)>,
        delete: Vec<EntityKey>,
    ) -> Result<(), StoreError> {
        let mut versions = HashMap::new();
        for (key, value) in put {
            let before = match versions.get(&key) {
                Some(version) => *version,
                None => version(control, tenant, &key)?.unwrap_or(0),
            };
            let stored = [&u64::to_be_bytes(before + 1)[..], &value].concat();
            self.batch.insert(keys::entity(tenant, &key), stored);
            versions.insert(key, before + 1);
        }
        for key in delete {
            self.batch.remove(keys::entity(tenant, &key));
        }
        Ok(())
    }
}

fn version(control: &Instance, tenant: &WorkspaceId, key: &EntityKey) -> Result<Option<u64>, StoreError> {
    let stored = control.get(&keys::entity(tenant, key))?;
    stored.map(|stored| decode(&stored).map(|entity| entity.version)).transpose()
}

/// An entity as stored.
pub fn decode(stored: &[u8]) -> Result<Versioned<Vec<u8>>, StoreError> {
    let (version, value) =
        stored.split_first_chunk().ok_or_else(|| StoreError::Damaged("an entity is too short".to_owned()))?;
    Ok(Versioned { version: u64::from_be_bytes(*version), value: value.to_vec() })
}

/// JSON as stored, within the limit of a value.
pub fn json<T: Serialize>(value: &T) -> Result<Vec<u8>, StoreError> {
    let json = serde_json::to_vec(value).map_err(|error| StoreError::Damaged(error.to_string()))?;
    limits::check("a stored record", json.len(), limits::VALUE_BYTES)?;
    Ok(json)
}

/// What was stored with [`json`].
pub fn from_json<T: serde::de::DeserializeOwned>(stored: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(stored).map_err(|error| StoreError::Damaged(format!("a record cannot be read: {error}")))
}
