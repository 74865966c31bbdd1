//! A manifest as it lies on disk: in parts no larger than a value may be, with a head that says which parts are the current ones.

use crate::store::limits::VALUE_BYTES;
use crate::store::{Manifest, SegmentHash, SegmentInfo, StoreError, segment_hash};
use serde::{Deserialize, Serialize};

/// Which manifests an object has.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Head {
    pub current: Body,
    pub previous: Option<Body>,
}

/// Where the bytes of a manifest lie, and what they must be.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Body {
    pub generation: u64,
    pub bytes: u64,
    pub hash: SegmentHash,
}

impl Body {
    /// How many parts it has.
    pub fn parts(&self) -> u64 {
        self.bytes.div_ceil(VALUE_BYTES as u64)
    }
}

#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    /// All but the segments, as JSON: fields may gain members.
    about: &'a [u8],
    segments: Vec<SegmentInfo>,
}

/// The manifest's bytes.
pub fn encode(mut manifest: Manifest) -> Result<(Body, Vec<u8>), StoreError> {
    let damaged = |error: &dyn std::fmt::Display| StoreError::Damaged(format!("a manifest cannot be written: {error}"));
    let segments = std::mem::take(&mut manifest.segments);
    let about = serde_json::to_vec(&manifest).map_err(|error| damaged(&error))?;
    let bytes = postcard::to_stdvec(&Stored { about: &about, segments }).map_err(|error| damaged(&error))?;
    let body = Body { generation: manifest.generation, bytes: bytes.len() as u64, hash: segment_hash(&bytes) };
    Ok((body, bytes))
}

/// The manifest of these bytes.
pub fn decode(body: &Body, bytes: &[u8]) -> Result<Manifest, StoreError> {
    let damaged = |why: &dyn std::fmt::Display| StoreError::Damaged(format!("a manifest cannot be read: {why}"));
    if segment_hash(bytes) != body.hash {
        return Err(damaged(&"it is not what was written"));
    }
    let stored: Stored<'_> = postcard::from_bytes(bytes).map_err(|error| damaged(&error))?;
    let mut manifest: Manifest = serde_json::from_slice(stored.about).map_err(|error| damaged(&error))?;
    manifest.segments = stored.segments;
    Ok(manifest)
}
