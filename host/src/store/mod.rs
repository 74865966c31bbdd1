//! What is durable, behind three boundaries: [`SegmentStore`] for bulk rows, [`ControlStore`] for small entities, and
//! [`WorkQueue`] for what must still be done. All three answer only when the data would survive a power loss.

mod backlog;
mod chain;
mod clock;
mod control;
mod limits;
mod memory;
mod queue;
pub mod rows;
mod segments;
mod wake;

pub use chain::is_whole as audit_is_whole;
pub use clock::Clock;
pub use control::{AuditEvent, AuditRecord, CommitError, ControlStore, Entity, EntityKey, Expect, Versioned, WriteSet};
pub use queue::{Claim, Job, JobKind, Lease, WorkQueue};
pub use rows::patch_rows;
pub use segments::hash as segment_hash;
pub use segments::{FlipError, Manifest, ObjectRef, SegmentHash, SegmentInfo, SegmentStore};

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
        Self { segments: memory.clone(), control: memory.clone(), queue: memory }
    }
}
