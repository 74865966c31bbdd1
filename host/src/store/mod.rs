//! What is durable, behind three boundaries: [`SegmentStore`] for bulk rows, [`ControlStore`] for small entities, and
//! [`WorkQueue`] for what must still be done. All three answer only when the data would survive a power loss.

mod control;
mod queue;
mod segments;

pub use control::{AuditEvent, AuditRecord, CommitError, ControlStore, Entity, EntityKey, Expect, Versioned, WriteSet};
pub use queue::{Claim, Job, JobKind, Lease, WorkQueue};
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
