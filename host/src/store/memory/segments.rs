//! Segments, manifests and notes in memory.

use super::Memory;
use crate::domain::{ConnectionId, Millis, ObjectName, WorkspaceId};
use crate::store::segments::{SPARED_MS, hash};
use crate::store::{FlipError, Manifest, ObjectRef, SegmentHash, SegmentStore, StoreError, limits};
use async_trait::async_trait;
use bytes::Bytes;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What is kept of a connection.
#[derive(Default)]
pub(super) struct Shelf {
    /// With the moment of the last put.
    segments: HashMap<SegmentHash, (Bytes, Millis)>,
    /// The current manifest, and the one before.
    objects: BTreeMap<ObjectName, (Manifest, Option<Manifest>)>,
    notes: BTreeMap<String, Bytes>,
}

impl Shelf {
    fn named(&self) -> HashSet<SegmentHash> {
        let manifests = self.objects.values().flat_map(|(current, before)| std::iter::once(current).chain(before));
        manifests.flat_map(|manifest| manifest.segments.iter().map(|segment| segment.hash)).collect()
    }

    fn flip(&mut self, object: &ObjectName, expect: u64, mut new: Manifest) -> Result<(), FlipError> {
        let current = self.objects.get(object).map(|(current, _)| current);
        let found = current.map_or(0, |current| current.generation);
        if found != expect {
            return Err(FlipError::Conflict { found });
        }
        if let Some(missing) = new.segments.iter().find(|segment| !self.segments.contains_key(&segment.hash)) {
            return Err(StoreError::missing_segment(&missing.hash).into());
        }
        new.generation = expect + 1;
        let before = current.cloned();
        self.objects.insert(object.clone(), (new, before));
        Ok(())
    }
}

impl Memory {
    fn read<T>(&self, tenant: &WorkspaceId, of: &ConnectionId, read: impl FnOnce(&Shelf) -> T) -> Option<T> {
        self.state().shelves.get(&(tenant.clone(), of.clone())).map(read)
    }

    fn write<T>(&self, tenant: &WorkspaceId, of: &ConnectionId, write: impl FnOnce(&mut Shelf) -> T) -> T {
        write(self.state().shelves.entry((tenant.clone(), of.clone())).or_default())
    }
}

#[async_trait]
impl SegmentStore for Memory {
    async fn put(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
        segments: Vec<Bytes>,
    ) -> Result<Vec<SegmentHash>, StoreError> {
        for segment in &segments {
            limits::check("a segment", segment.len(), limits::VALUE_BYTES)?;
        }
        let now = self.clock.now();
        Ok(self.write(tenant, of, |shelf| {
            let keep = |bytes: Bytes| {
                let hash = hash(&bytes);
                shelf.segments.insert(hash, (bytes, now));
                hash
            };
            segments.into_iter().map(keep).collect()
        }))
    }

    async fn get(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
        hashes: &[SegmentHash],
    ) -> Result<Vec<Bytes>, StoreError> {
        let state = self.state();
        let shelf = state.shelves.get(&(tenant.clone(), of.clone()));
        let find = |hash: &SegmentHash| {
            let found = shelf.and_then(|shelf| shelf.segments.get(hash));
            found.map(|(bytes, _)| bytes.clone()).ok_or_else(|| StoreError::missing_segment(hash))
        };
        hashes.iter().map(find).collect()
    }

    async fn manifest(&self, tenant: &WorkspaceId, object: &ObjectRef) -> Result<Option<Manifest>, StoreError> {
        let current = |shelf: &Shelf| shelf.objects.get(&object.object).map(|(current, _)| current.clone());
        Ok(self.read(tenant, &object.connection, current).flatten())
    }

    async fn manifests(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
    ) -> Result<Vec<(ObjectName, Manifest)>, StoreError> {
        let all = |shelf: &Shelf| {
            let objects = shelf.objects.iter();
            objects.map(|(name, (current, _))| (name.clone(), current.clone())).collect()
        };
        Ok(self.read(tenant, of, all).unwrap_or_default())
    }

    async fn flip(
        &self,
        tenant: &WorkspaceId,
        object: &ObjectRef,
        expect: u64,
        new: Manifest,
    ) -> Result<(), FlipError> {
        self.write(tenant, &object.connection, |shelf| shelf.flip(&object.object, expect, new))
    }

    async fn previous(&self, tenant: &WorkspaceId, object: &ObjectRef) -> Result<Option<Manifest>, StoreError> {
        let before = |shelf: &Shelf| shelf.objects.get(&object.object).and_then(|(_, before)| before.clone());
        Ok(self.read(tenant, &object.connection, before).flatten())
    }

    async fn note(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
        name: &str,
        value: Option<Bytes>,
    ) -> Result<(), StoreError> {
        limits::check_id("the name of a note", name)?;
        limits::check("a note", value.as_ref().map_or(0, Bytes::len), limits::VALUE_BYTES)?;
        self.write(tenant, of, |shelf| match value {
            Some(value) => shelf.notes.insert(name.to_owned(), value),
            None => shelf.notes.remove(name),
        });
        Ok(())
    }

    async fn read_note(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
        name: &str,
    ) -> Result<Option<Bytes>, StoreError> {
        Ok(self.read(tenant, of, |shelf| shelf.notes.get(name).cloned()).flatten())
    }

    async fn sweep(&self, tenant: &WorkspaceId, of: &ConnectionId) -> Result<u64, StoreError> {
        let now = self.clock.now();
        Ok(self.write(tenant, of, |shelf| {
            let (named, before) = (shelf.named(), shelf.segments.len());
            shelf.segments.retain(|hash, (_, put)| named.contains(hash) || now - *put < SPARED_MS);
            (before - shelf.segments.len()) as u64
        }))
    }

    async fn forget(&self, tenant: &WorkspaceId, of: &ConnectionId) -> Result<(), StoreError> {
        self.state().shelves.remove(&(tenant.clone(), of.clone()));
        Ok(())
    }
}
