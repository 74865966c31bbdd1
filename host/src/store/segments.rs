//! Bulk rows: immutable content-addressed segments, and one manifest an object that a sync flips when it is whole.

use super::StoreError;
use crate::domain::{ConnectionId, Field, Millis, ObjectName, ObjectRef, WorkspaceId};
use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// BLAKE3 of a segment's bytes, shortened to 128 bits.
pub type SegmentHash = [u8; 16];

/// How long a segment that no manifest names survives a sweep, in milliseconds.
pub(super) const SPARED_MS: Millis = 24 * 3600 * 1000;

/// The hash of a segment's bytes.
pub fn hash(segment: &[u8]) -> SegmentHash {
    let mut short = SegmentHash::default();
    short.copy_from_slice(&blake3::hash(segment).as_bytes()[..16]);
    short
}

/// A segment as the manifest knows it. Segments stand in order of key and do not overlap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentInfo {
    /// Its content.
    pub hash: SegmentHash,
    /// The first key in it.
    pub first: String,
    /// The last key in it.
    pub last: String,
    /// How many rows.
    pub rows: u32,
}

/// The whole of an object at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Grows by one with each flip, which sets it.
    pub generation: u64,
    /// What the values of each row are, in order.
    pub fields: Vec<Field>,
    /// When the fetch that filled it began.
    pub fetched_at: Millis,
    /// How many rows.
    pub rows: u64,
    /// Only the rows of the connected account.
    pub own_rows: bool,
    /// In order of key.
    pub segments: Vec<SegmentInfo>,
}

/// Why a flip did not happen.
#[derive(Debug, thiserror::Error)]
pub enum FlipError {
    /// The generation is another one: somebody flipped meanwhile.
    #[error("the object's generation is {found}, not the one expected")]
    Conflict {
        /// What it is.
        found: u64,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Bulk, immutable, key-value shaped: the same on any engine.
#[async_trait]
pub trait SegmentStore: Send + Sync {
    /// Stores segments of at most 64 KiB each. One that is there already costs nothing. They survive a sweep for 24 hours even
    /// when no manifest names them, so that a sync can resume.
    async fn put(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
        segments: Vec<Bytes>,
    ) -> Result<Vec<SegmentHash>, StoreError>;

    /// The segments with these hashes, in this order. One that is missing is [`StoreError::Damaged`].
    async fn get(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
        hashes: &[SegmentHash],
    ) -> Result<Vec<Bytes>, StoreError>;

    /// The manifest, or none before the first flip.
    async fn manifest(&self, tenant: &WorkspaceId, object: &ObjectRef) -> Result<Option<Manifest>, StoreError>;

    /// The manifests of a connection.
    async fn manifests(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
    ) -> Result<Vec<(ObjectName, Manifest)>, StoreError>;

    /// Replaces the manifest when its generation is `expect` (0: none yet), durably, after its segments. The one before is kept
    /// for comparison; older ones go.
    async fn flip(&self, tenant: &WorkspaceId, object: &ObjectRef, expect: u64, new: Manifest)
    -> Result<(), FlipError>;

    /// The manifest before the current one.
    async fn previous(&self, tenant: &WorkspaceId, object: &ObjectRef) -> Result<Option<Manifest>, StoreError>;

    /// A small note beside the data, at most 64 KiB: where a sync stands. Durable; `None` removes it.
    async fn note(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
        name: &str,
        value: Option<Bytes>,
    ) -> Result<(), StoreError>;

    /// The note of this name.
    async fn read_note(&self, tenant: &WorkspaceId, of: &ConnectionId, name: &str)
    -> Result<Option<Bytes>, StoreError>;

    /// Removes segments that no manifest names. Answers how many went.
    async fn sweep(&self, tenant: &WorkspaceId, of: &ConnectionId) -> Result<u64, StoreError>;

    /// Removes all of a connection, and gives the space back.
    async fn forget(&self, tenant: &WorkspaceId, of: &ConnectionId) -> Result<(), StoreError>;
}
