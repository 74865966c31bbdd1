//! The database of one connection: its segments with the moment of their last put, its manifests, its notes.

use super::instance::Instance;
use super::manifest::{self, Body, Head};
use crate::domain::{Millis, ObjectName};
use crate::store::limits::VALUE_BYTES;
use crate::store::segments::SPARED_MS;
use crate::store::{FlipError, Manifest, SegmentHash, StoreError, segment_hash};
use ::sled::{Batch, IVec};
use bytes::Bytes;
use std::collections::HashSet;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Pages kept in memory; whoever needs rows often keeps them as columns.
const CACHE_BYTES: u64 = 16 << 20;
/// Values of one batch: while it is applied, every database of the process waits.
const BATCH: usize = 32;
/// A segment put again is marked as such no more often than this, so that repeating a put costs nothing; the sweep allows for it.
const MARKED_EVERY_MS: Millis = 3600 * 1000;
/// The form of the keys, which lead with it. The directory is the workspace's and the connection's.
const FORM: u8 = 1;

/// An open database of a connection.
pub struct Data {
    instance: Instance,
    /// One writer at a time.
    writing: Mutex<()>,
}

impl Data {
    /// Opens or creates it. `owner` says whose it is; another one's is [`StoreError::Damaged`].
    pub fn open(path: &Path, owner: &str) -> Result<Self, StoreError> {
        let data = Self { instance: Instance::open(path, CACHE_BYTES)?, writing: Mutex::new(()) };
        let key = [FORM, b'o'];
        match data.instance.get(&key)? {
            None => data.write(|batch| batch.insert(&key[..], owner))?,
            Some(found) if found == owner.as_bytes() => {}
            Some(_) => return Err(StoreError::Damaged("the directory holds another connection's rows".to_owned())),
        }
        for (object, head) in data.heads()? {
            data.manifest_of(&object, &head.current)?;
            head.previous.map(|body| data.manifest_of(&object, &body)).transpose()?;
        }
        Ok(data)
    }

    /// Takes nothing more.
    pub fn close(&self, why: &str) {
        self.instance.kill(why);
    }

    fn lock(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One batch, durably.
    fn write(&self, fill: impl FnOnce(&mut Batch)) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        fill(&mut batch);
        self.instance.apply(batch)?;
        self.instance.flush()
    }

    /// See [`crate::store::SegmentStore::put`].
    pub fn put(&self, segments: &[Bytes], now: Millis) -> Result<Vec<SegmentHash>, StoreError> {
        let _writing = self.lock();
        let mut hashes = Vec::with_capacity(segments.len());
        let mut changed = false;
        for some in segments.chunks(BATCH) {
            let mut batch = Batch::default();
            for segment in some {
                let hash = segment_hash(segment);
                hashes.push(hash);
                let marked = self.instance.get(&keyed(b't', &hash))?.and_then(|stored| moment(&stored));
                if marked.is_some_and(|at| now - at < MARKED_EVERY_MS) {
                    continue;
                }
                changed = true;
                batch.insert(keyed(b't', &hash), &now.to_be_bytes());
                if marked.is_none() {
                    batch.insert(keyed(b's', &hash), &segment[..]);
                }
            }
            self.instance.apply(batch)?;
        }
        if changed {
            self.instance.flush()?;
        }
        Ok(hashes)
    }

    /// See [`crate::store::SegmentStore::get`].
    pub fn get(&self, hashes: &[SegmentHash]) -> Result<Vec<Bytes>, StoreError> {
        let find = |hash: &SegmentHash| {
            let stored = self.instance.get(&keyed(b's', hash))?.ok_or_else(|| StoreError::missing_segment(hash))?;
            if segment_hash(&stored) != *hash {
                return Err(StoreError::Damaged(format!("segment {} is not what was written", hex::encode(hash))));
            }
            Ok(Bytes::copy_from_slice(&stored))
        };
        hashes.iter().map(find).collect()
    }

    /// The current manifest, or the one before.
    pub fn manifest(&self, object: &ObjectName, previous: bool) -> Result<Option<Manifest>, StoreError> {
        let Some(head) = self.head(object)? else { return Ok(None) };
        let body = if previous { head.previous } else { Some(head.current) };
        body.map(|body| self.manifest_of(object, &body)).transpose()
    }

    /// All current manifests.
    pub fn manifests(&self) -> Result<Vec<(ObjectName, Manifest)>, StoreError> {
        let read = |(object, head): (ObjectName, Head)| {
            let manifest = self.manifest_of(&object, &head.current)?;
            Ok((object, manifest))
        };
        self.heads()?.into_iter().map(read).collect()
    }

    /// See [`crate::store::SegmentStore::flip`].
    pub fn flip(&self, object: &ObjectName, expect: u64, mut new: Manifest) -> Result<(), FlipError> {
        let _writing = self.lock();
        let head = self.head(object)?;
        let found = head.as_ref().map_or(0, |head| head.current.generation);
        if found != expect {
            return Err(FlipError::Conflict { found });
        }
        for segment in &new.segments {
            if self.instance.get(&keyed(b't', &segment.hash))?.is_none() {
                return Err(StoreError::missing_segment(&segment.hash).into());
            }
        }
        new.generation = expect + 1;
        let (body, bytes) = manifest::encode(new)?;
        let (current, before) = head.map_or((None, None), |head| (Some(head.current), head.previous));
        let stored = Head { current: body.clone(), previous: current };
        let stored = postcard::to_stdvec(&stored).map_err(|error| StoreError::Damaged(error.to_string()))?;
        self.write(|batch| {
            for (number, part) in (0..).zip(bytes.chunks(VALUE_BYTES)) {
                batch.insert(part_key(object, body.generation, number), part);
            }
            batch.insert(keyed(b'h', object.as_str().as_bytes()), stored);
            if let Some(old) = before {
                (0..old.parts()).for_each(|number| batch.remove(part_key(object, old.generation, number)));
            }
        })?;
        Ok(())
    }

    fn head(&self, object: &ObjectName) -> Result<Option<Head>, StoreError> {
        let stored = self.instance.get(&keyed(b'h', object.as_str().as_bytes()))?;
        stored.map(|stored| read_head(&stored)).transpose()
    }

    fn heads(&self) -> Result<Vec<(ObjectName, Head)>, StoreError> {
        let prefix = [FORM, b'h'];
        let name = |key: &IVec| ObjectName(String::from_utf8_lossy(&key[prefix.len()..]).into_owned());
        let pairs = self.instance.scan(&prefix, None, usize::MAX)?;
        pairs.iter().map(|(key, stored)| Ok((name(key), read_head(stored)?))).collect()
    }

    fn manifest_of(&self, object: &ObjectName, body: &Body) -> Result<Manifest, StoreError> {
        let mut bytes = Vec::with_capacity(body.bytes as usize);
        for number in 0..body.parts() {
            bytes
                .extend_from_slice(&self.instance.get(&part_key(object, body.generation, number))?.unwrap_or_default());
        }
        manifest::decode(body, &bytes)
    }

    /// See [`crate::store::SegmentStore::note`].
    pub fn note(&self, name: &str, value: Option<&Bytes>) -> Result<(), StoreError> {
        let _writing = self.lock();
        let key = keyed(b'n', name.as_bytes());
        self.write(|batch| match value {
            Some(value) => batch.insert(key, &value[..]),
            None => batch.remove(key),
        })
    }

    /// See [`crate::store::SegmentStore::read_note`].
    pub fn read_note(&self, name: &str) -> Result<Option<Bytes>, StoreError> {
        let stored = self.instance.get(&keyed(b'n', name.as_bytes()))?;
        Ok(stored.map(|stored| Bytes::copy_from_slice(&stored)))
    }

    /// See [`crate::store::SegmentStore::sweep`].
    pub fn sweep(&self, now: Millis) -> Result<u64, StoreError> {
        let _writing = self.lock();
        let named = self.named()?;
        let prefix = [FORM, b't'];
        let old = |at: Option<Millis>| at.is_none_or(|at| now - at >= SPARED_MS + MARKED_EVERY_MS);
        let mut gone = 0;
        let mut after: Option<IVec> = None;
        loop {
            let pairs = self.instance.scan(&prefix, after.as_deref(), BATCH)?;
            let Some((last, _)) = pairs.last() else { break };
            after = Some(last.clone());
            let mut batch = Batch::default();
            for (key, _) in pairs.iter().filter(|(_, stored)| old(moment(stored))) {
                let hash = &key[prefix.len()..];
                if !named.contains(hash) {
                    batch.remove(key);
                    batch.remove(keyed(b's', hash));
                    gone += 1;
                }
            }
            self.instance.apply(batch)?;
        }
        self.instance.flush()?;
        Ok(gone)
    }

    /// The segments that a manifest names.
    fn named(&self) -> Result<HashSet<Vec<u8>>, StoreError> {
        let mut named = HashSet::new();
        for (object, head) in self.heads()? {
            for body in std::iter::once(head.current).chain(head.previous) {
                let manifest = self.manifest_of(&object, &body)?;
                named.extend(manifest.segments.iter().map(|segment| segment.hash.to_vec()));
            }
        }
        Ok(named)
    }
}

fn read_head(stored: &[u8]) -> Result<Head, StoreError> {
    postcard::from_bytes(stored)
        .map_err(|error| StoreError::Damaged(format!("a manifest's head cannot be read: {error}")))
}

fn moment(stored: &[u8]) -> Option<Millis> {
    stored.first_chunk().map(|bytes| Millis::from_be_bytes(*bytes))
}

fn keyed(class: u8, name: &[u8]) -> Vec<u8> {
    [&[FORM, class], name].concat()
}

fn part_key(object: &ObjectName, generation: u64, number: u64) -> Vec<u8> {
    let mut key = vec![FORM, b'm', object.as_str().len().min(255) as u8];
    key.extend_from_slice(object.as_str().as_bytes());
    key.extend_from_slice(&generation.to_be_bytes());
    key.extend_from_slice(&number.to_be_bytes());
    key
}
