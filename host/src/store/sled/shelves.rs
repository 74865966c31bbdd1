//! The databases of connections, one directory each, opened when they are needed and closed when many are: deleting a connection is
//! deleting its directory.

use super::data::Data;
use super::instance::io;
use super::{Disk, blocking};
use crate::domain::{ConnectionId, Millis, ObjectName, WorkspaceId};
use crate::store::files;
use crate::store::{Clock, FlipError, Manifest, ObjectRef, SegmentHash, SegmentStore, StoreError, limits};
use async_trait::async_trait;
use bytes::Bytes;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Databases open at once: each holds a thread and a cache.
const OPEN: usize = 64;
/// Bytes of a directory's name made from an id.
const NAME_BYTES: usize = 200;

/// Whose rows.
type Of = (WorkspaceId, ConnectionId);
/// Opened once, whoever comes first.
type Slot = Arc<Mutex<Option<Arc<Data>>>>;

/// Databases with the order of their last use.
#[derive(Default)]
struct Slots {
    uses: u64,
    by_connection: HashMap<Of, (u64, Slot)>,
}

/// All connections' databases.
pub struct Shelves {
    dir: PathBuf,
    clock: Clock,
    slots: Mutex<Slots>,
}

impl Shelves {
    /// Below this directory.
    pub fn new(dir: PathBuf, clock: Clock) -> Self {
        Self { dir, clock, slots: Mutex::default() }
    }

    fn slot(&self, of: &Of) -> Slot {
        let Slots { uses, by_connection } = &mut *lock(&self.slots);
        *uses += 1;
        if !by_connection.contains_key(of) && by_connection.len() >= OPEN {
            close_idle(by_connection);
        }
        let (used, slot) = by_connection.entry(of.clone()).or_default();
        *used = *uses;
        Arc::clone(slot)
    }

    /// The database of the connection; none when nothing was stored and it is only to be read.
    fn data(&self, of: &Of, create: bool) -> Result<Option<Arc<Data>>, StoreError> {
        let slot = self.slot(of);
        let mut held = lock(&slot);
        let path = self.path(of)?;
        if held.is_none() && (create || path.exists()) {
            *held = Some(Arc::new(self.open(&path, of)?));
        }
        Ok(held.clone())
    }

    fn path(&self, (tenant, connection): &Of) -> Result<PathBuf, StoreError> {
        Ok(self.dir.join(file_name(tenant.as_str())?).join(file_name(connection.as_str())?))
    }

    /// Opens it; what is damaged is moved aside and begun anew, since a sync fetches it again.
    fn open(&self, path: &Path, of: &Of) -> Result<Data, StoreError> {
        let owner = format!("{}/{}", of.0, of.1);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| io(parent, &error))?;
        }
        match Data::open(path, &owner) {
            Err(StoreError::Damaged(why)) => {
                let aside = files::beside(path, &format!("corrupt-{}", self.clock.now()));
                tracing::error!(
                    workspace = %of.0, connection = %of.1, why, aside = %aside.display(),
                    "The stored rows of connection {} are damaged; they were moved aside and the next sync fetches them again", of.1,
                );
                files::rename(path, &aside).map_err(|error| io(path, &error))?;
                Data::open(path, &owner)
            }
            opened => opened,
        }
    }

    fn now(&self) -> Millis {
        self.clock.now()
    }

    fn forget(&self, of: &Of) -> Result<(), StoreError> {
        let slot = self.slot(of);
        let mut held = lock(&slot);
        if let Some(data) = held.take() {
            data.close("its connection was deleted");
        }
        let path = self.path(of)?;
        let remove = || -> std::io::Result<()> {
            let gone = files::beside(&path, "deleted");
            files::remove_tree(&gone)?;
            if path.exists() {
                files::rename(&path, &gone)?;
            }
            files::remove_tree(&gone)?;
            moved_aside(&path)?.iter().try_for_each(|dir| files::remove_tree(dir))
        };
        remove().map_err(|error| io(&path, &error))
    }
}

/// Closes the database that was idle longest. One that is in use stays, however long ago it was asked for.
fn close_idle(slots: &mut HashMap<Of, (u64, Slot)>) {
    let idle = |slot: &Slot| {
        Arc::strong_count(slot) == 1 && lock(slot).as_ref().is_none_or(|data| Arc::strong_count(data) == 1)
    };
    let oldest = slots.iter().filter(|(_, (_, slot))| idle(slot)).min_by_key(|(_, (used, _))| *used);
    if let Some(of) = oldest.map(|(of, _)| of.clone()) {
        slots.remove(&of);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was damaged once and moved aside.
fn moved_aside(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    let (Some(parent), Some(name)) = (path.parent().filter(|parent| parent.exists()), path.file_name()) else {
        return Ok(vec![]);
    };
    let start = [name.as_encoded_bytes(), b".corrupt-"].concat();
    let entries = fs::read_dir(parent)?.collect::<Result<Vec<_>, _>>()?;
    let aside = entries.into_iter().filter(|entry| entry.file_name().as_encoded_bytes().starts_with(&start));
    Ok(aside.map(|entry| entry.path()).collect())
}

/// An id as the name of a directory: letters, digits, `-` and `_` as they are, other bytes as `%XX`.
fn file_name(id: &str) -> Result<String, StoreError> {
    let mut name = String::new();
    for byte in id.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => name.push(char::from(byte)),
            _ => name.push_str(&format!("%{byte:02X}")),
        }
    }
    limits::check("the id of a workspace or connection", name.len(), NAME_BYTES)?;
    if name.is_empty() {
        return Err(StoreError::Damaged("the id of a workspace or connection is empty".to_owned()));
    }
    Ok(name)
}

impl Disk {
    /// Reads what is stored of a connection, or the default when nothing is.
    async fn read<T: Default + Send + 'static>(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
        read: impl FnOnce(&Data) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (shelves, of) = (Arc::clone(&self.shelves), (tenant.clone(), of.clone()));
        blocking(move || shelves.data(&of, false)?.map_or_else(|| Ok(T::default()), |data| read(&data))).await
    }

    async fn write<T: Send + 'static, E: From<StoreError> + Send + 'static>(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
        write: impl FnOnce(&Data, Millis) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let (shelves, of) = (Arc::clone(&self.shelves), (tenant.clone(), of.clone()));
        blocking(move || match shelves.data(&of, true)? {
            Some(data) => write(&data, shelves.now()),
            None => Err(StoreError::Io("it could not be created".to_owned()).into()),
        })
        .await
    }
}

#[async_trait]
impl SegmentStore for Disk {
    async fn put(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
        segments: Vec<Bytes>,
    ) -> Result<Vec<SegmentHash>, StoreError> {
        for segment in &segments {
            limits::check("a segment", segment.len(), limits::VALUE_BYTES)?;
        }
        self.write(tenant, of, move |data, now| data.put(&segments, now)).await
    }

    async fn get(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
        hashes: &[SegmentHash],
    ) -> Result<Vec<Bytes>, StoreError> {
        let wanted = hashes.to_vec();
        let found = self.read(tenant, of, move |data| data.get(&wanted)).await?;
        match hashes.first() {
            Some(hash) if found.is_empty() => Err(StoreError::missing_segment(hash)),
            _ => Ok(found),
        }
    }

    async fn manifest(&self, tenant: &WorkspaceId, object: &ObjectRef) -> Result<Option<Manifest>, StoreError> {
        let name = object.object.clone();
        self.read(tenant, &object.connection, move |data| data.manifest(&name, false)).await
    }

    async fn manifests(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
    ) -> Result<Vec<(ObjectName, Manifest)>, StoreError> {
        self.read(tenant, of, Data::manifests).await
    }

    async fn flip(
        &self,
        tenant: &WorkspaceId,
        object: &ObjectRef,
        expect: u64,
        new: Manifest,
    ) -> Result<(), FlipError> {
        limits::check_id("the name of an object", object.object.as_str())?;
        let name = object.object.clone();
        self.write(tenant, &object.connection, move |data, _| data.flip(&name, expect, new)).await
    }

    async fn previous(&self, tenant: &WorkspaceId, object: &ObjectRef) -> Result<Option<Manifest>, StoreError> {
        let name = object.object.clone();
        self.read(tenant, &object.connection, move |data| data.manifest(&name, true)).await
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
        let name = name.to_owned();
        self.write(tenant, of, move |data, _| data.note(&name, value.as_ref())).await
    }

    async fn read_note(
        &self,
        tenant: &WorkspaceId,
        of: &ConnectionId,
        name: &str,
    ) -> Result<Option<Bytes>, StoreError> {
        let name = name.to_owned();
        self.read(tenant, of, move |data| data.read_note(&name)).await
    }

    async fn sweep(&self, tenant: &WorkspaceId, of: &ConnectionId) -> Result<u64, StoreError> {
        let now = self.clock.now();
        self.read(tenant, of, move |data| data.sweep(now)).await
    }

    async fn forget(&self, tenant: &WorkspaceId, of: &ConnectionId) -> Result<(), StoreError> {
        let (shelves, of) = (Arc::clone(&self.shelves), (tenant.clone(), of.clone()));
        blocking(move || shelves.forget(&of)).await
    }
}
