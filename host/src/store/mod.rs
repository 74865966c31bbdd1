//! What is durable, behind three boundaries: [`SegmentStore`] for bulk rows, [`ControlStore`] for small entities, and
//! [`WorkQueue`] for what must still be done. All three answer only when the data would survive a power loss.

mod backlog;
mod chain;
mod clock;
#[cfg(test)]
mod conformance;
mod control;
mod exported;
#[cfg(test)]
mod exported_tests;
mod files;
mod limits;
mod memory;
#[cfg(test)]
pub mod mortal;
mod queue;
pub mod rows;
pub mod seal;
mod segments;
mod sled;
mod wake;

pub use crate::domain::ObjectRef;
pub use chain::{Head as AuditHead, is_whole as audit_is_whole};
pub use clock::Clock;
pub use control::{AuditEvent, AuditRecord, CommitError, ControlStore, Entity, EntityKey, Expect, Versioned, WriteSet};
pub use exported::{AuditFault, ExportedRecord, verify as verify_exported_audit};
pub use queue::{Claim, Job, JobKind, Lease, WorkQueue};
pub use rows::patch_rows;
pub use segments::hash as segment_hash;
pub use segments::{FlipError, Manifest, SegmentHash, SegmentInfo, SegmentStore};

pub use self::sled::{AuditReport, Compared, Condition, OpenError, StoreSettings, condition, verify as verify_audit};

use std::path::Path;
use std::sync::Arc;

/// Why the store could not do it. Conflicts are not here: they are answers, not failures.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The medium failed or is full: nothing that was not acknowledged can be relied on.
    #[error("the data directory cannot be used: {0}")]
    Io(String),
    /// What was read is not what was written.
    #[error("stored data is damaged: {0}")]
    Damaged(String),
    /// Rows must be packed in order of key, each key once.
    #[error("record {0} does not come after the one before it")]
    Unordered(String),
    /// A value over the limit of its place.
    #[error("{what} is {size} bytes, over the limit of {limit}")]
    TooLarge {
        /// The value.
        what: &'static str,
        /// Its size.
        size: usize,
        /// The limit.
        limit: usize,
    },
}

/// The three boundaries, as one handle.
#[derive(Clone)]
pub struct Store {
    /// Bulk rows.
    pub segments: Arc<dyn SegmentStore>,
    /// Small entities and the audit log.
    pub control: Arc<dyn ControlStore>,
    /// Work.
    pub queue: Arc<dyn WorkQueue>,
    /// None in memory.
    disk: Option<Arc<sled::Disk>>,
}

impl StoreError {
    fn missing_segment(hash: &SegmentHash) -> Self {
        Self::Damaged(format!("segment {} is missing", hex::encode(hash)))
    }
}

impl Store {
    /// A store that is gone with the process.
    pub fn memory() -> Self {
        Self::memory_at(Clock::system())
    }

    /// The same, going by this clock.
    pub fn memory_at(clock: Clock) -> Self {
        let memory = Arc::new(memory::Memory::new(clock));
        Self { segments: memory.clone(), control: memory.clone(), queue: memory, disk: None }
    }

    /// Opens a data directory, or creates it. Blocks while the databases recover. The directory is free again when the last clone of
    /// the store is dropped.
    pub fn open(settings: &StoreSettings) -> Result<Self, OpenError> {
        let disk = Arc::new(sled::Disk::open(settings)?);
        Ok(Self { segments: disk.clone(), control: disk.clone(), queue: disk.clone(), disk: Some(disk) })
    }

    /// Copies what cannot be fetched again (entities, queue, audit log) into a new directory, as it is at one moment; work goes on
    /// meanwhile, commits wait while the entities are read. No key is in it. A store in memory has nothing to keep.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        match &self.disk {
            Some(disk) => disk.backup(to).await,
            None => Err(StoreError::Io("a store in memory cannot be backed up".to_owned())),
        }
    }

    /// Fills a fresh directory from a backup; [`Store::open`] opens it. Jobs that waited at the time of the backup wait again.
    pub fn restore(backup: &Path, into: &Path) -> Result<(), StoreError> {
        sled::restore(backup, into)
    }
}
