//! Opens a data directory, or says in a sentence why not.

use super::instance::Instance;
use super::journal::Journal;
use super::keys::{self, Class};
use super::plan::{StoredJob, from_json};
use super::shelves::Shelves;
use super::writer::{SharedBacklog, Writer, lock};
use super::{Disk, FORMAT, reconcile, sync};
use crate::domain::WorkspaceId;
use crate::store::files;
use crate::store::{Clock, StoreError};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Pages of the control database kept in memory: all of it, usually.
const CONTROL_CACHE_BYTES: u64 = 64 << 20;
/// Orders that wait for the writer; beyond, callers wait to be allowed to wait.
const ORDERS: usize = 1024;

/// Where and how to store.
#[derive(Clone)]
pub struct StoreSettings {
    /// The data directory; created if it is missing. Nothing else may write into it.
    pub dir: PathBuf,
    /// What time it is.
    pub clock: Clock,
}

impl StoreSettings {
    /// In this directory, by the system's time.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into(), clock: Clock::system() }
    }
}

/// Why a data directory was not opened. Nothing stored in it was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The lock is held.
    #[error("the data directory {} is in use by another Weft; stop that one, or choose another directory", .0.display())]
    Locked(PathBuf),
    /// No writing there.
    #[error("the data directory {} cannot be written: {why}; give the user that runs Weft the right to, or make room", .dir.display())]
    NotWritable {
        /// The directory.
        dir: PathBuf,
        /// What the system says.
        why: std::io::Error,
    },
    /// A newer Weft wrote it.
    #[error(
        "the data directory {} was written by a newer Weft (format {found}; this one knows up to {known}); start the newer one",
        .dir.display()
    )]
    Newer {
        /// The directory.
        dir: PathBuf,
        /// Its format.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// What cannot be fetched again is damaged.
    #[error(
        "the control database in {} is damaged ({why}); Weft does not start on it. Restore the last backup into a new directory; \
         the audit log is also in {}/audit",
        .dir.display(), .dir.display()
    )]
    Damaged {
        /// The directory.
        dir: PathBuf,
        /// What was found.
        why: String,
    },
    /// The binary was linked without what makes a flush reach the disk.
    #[error(
        "this build of Weft would lose acknowledged data in a power loss (its sync_file_range is not its own); use another build"
    )]
    NotDurable,
}

impl Disk {
    /// Opens the directory. Blocks while the database recovers.
    pub fn open(settings: &StoreSettings) -> Result<Self, OpenError> {
        let dir = &settings.dir;
        if !sync::is_real() {
            return Err(OpenError::NotDurable);
        }
        let unwritable = |why| OpenError::NotWritable { dir: dir.clone(), why };
        let held = prepare(dir)?;
        check_format(dir)?;
        let failed = |error| match error {
            StoreError::Io(why) => unwritable(std::io::Error::other(why)),
            error => OpenError::Damaged { dir: dir.clone(), why: error.to_string() },
        };
        Self::load(settings, held).map_err(failed)
    }

    fn load(settings: &StoreSettings, held: File) -> Result<Self, StoreError> {
        let StoreSettings { dir, clock } = settings.clone();
        let control = Arc::new(Instance::open(&dir.join("control"), CONTROL_CACHE_BYTES)?);
        // Every page is read once, so that damage is found before anything is built on it.
        control.each(|_, _| Ok(()))?;
        let tenants = tenants(&control)?;
        let mut journal = Journal::open(&dir.join("audit"), clock.now())?;
        let heads = reconcile::reconcile(&control, &mut journal, &tenants)?;
        let backlog = SharedBacklog::default();
        for tenant in &tenants {
            load_jobs(&control, &backlog, tenant)?;
        }
        let bell = Arc::default();
        let (orders, received) = mpsc::channel(ORDERS);
        let writer = Writer {
            control: Arc::clone(&control),
            backlog: Arc::clone(&backlog),
            bell: Arc::clone(&bell),
            journal,
            heads,
            clock: clock.clone(),
            unsealed: vec![],
            dirty: false,
        };
        let thread = std::thread::Builder::new().name("store writer".to_owned()).spawn(move || writer.run(received));
        let thread = thread.map_err(|error| StoreError::Io(error.to_string()))?;
        let shelves = Arc::new(Shelves::new(dir.join("data"), clock.clone()));
        let (orders, writer) = (Some(orders), Some(thread));
        Ok(Self { dir, clock, bell, backlog, control, shelves, orders, writer, _lock: held })
    }
}

/// How a data directory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It is not there yet.
    Missing,
    /// It can be opened.
    Free,
    /// Another process has it open.
    InUse,
}

/// Looks whether a data directory can be used. Leaves nothing in it but its lock.
pub fn condition(dir: &Path) -> Result<Condition, OpenError> {
    let unwritable = |why| OpenError::NotWritable { dir: dir.to_owned(), why };
    if !dir.exists() {
        return Ok(Condition::Missing);
    }
    if dir.join("format").exists() {
        check_format(dir)?;
    }
    let trial = dir.join("trial");
    fs::write(&trial, "x").and_then(|()| fs::remove_file(&trial)).map_err(unwritable)?;
    Ok(if hold(dir).map_err(unwritable)?.is_some() { Condition::Free } else { Condition::InUse })
}

/// Makes the directory, takes its lock and tries to write.
fn prepare(dir: &Path) -> Result<File, OpenError> {
    let unwritable = |why| OpenError::NotWritable { dir: dir.to_owned(), why };
    if !dir.exists() {
        make_private(dir).map_err(unwritable)?;
    }
    hold(dir).map_err(unwritable)?.ok_or_else(|| OpenError::Locked(dir.to_owned()))
}

/// The lock of a directory that is there; none when another process holds it.
pub fn hold(dir: &Path) -> std::io::Result<Option<File>> {
    let held = File::options().create(true).truncate(false).write(true).open(dir.join("lock"))?;
    match held.try_lock() {
        Ok(()) => Ok(Some(held)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(why)) => Err(why),
    }
}

/// Makes a directory only its owner can look into.
pub fn make_private(dir: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(dir)
}

/// Refuses a newer format; marks a new directory with ours.
fn check_format(dir: &Path) -> Result<(), OpenError> {
    let path = dir.join("format");
    match fs::read_to_string(&path) {
        Ok(text) => match text.trim().parse::<u32>() {
            Ok(found) if found <= FORMAT => Ok(()),
            Ok(found) => Err(OpenError::Newer { dir: dir.to_owned(), found, known: FORMAT }),
            Err(error) => {
                Err(OpenError::Damaged { dir: dir.to_owned(), why: format!("the file format cannot be read: {error}") })
            }
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            files::write(&path, format!("{FORMAT}\n").as_bytes())
                .map_err(|why| OpenError::NotWritable { dir: dir.to_owned(), why })
        }
        Err(why) => Err(OpenError::NotWritable { dir: dir.to_owned(), why }),
    }
}

/// The workspaces with any key.
pub fn tenants(control: &Instance) -> Result<Vec<WorkspaceId>, StoreError> {
    let mut tenants = Vec::new();
    let mut after: Option<Vec<u8>> = None;
    while let Some((key, _)) = control.scan(&[keys::FORM], after.as_deref(), 1)?.pop() {
        let tenant = keys::tenant(&key).ok_or_else(|| StoreError::Damaged("a key has no workspace".to_owned()))?;
        after = Some(keys::past(&tenant));
        tenants.push(tenant);
    }
    Ok(tenants)
}

fn load_jobs(control: &Instance, backlog: &SharedBacklog, tenant: &WorkspaceId) -> Result<(), StoreError> {
    let damaged = || StoreError::Damaged("a key of the queue is too short".to_owned());
    let mut backlog = lock(backlog);
    for (key, stored) in control.scan(&keys::class(tenant, Class::Job), None, usize::MAX)? {
        let number = keys::number(&key).ok_or_else(damaged)?;
        backlog.insert(number, from_json::<StoredJob>(&stored)?.entry(tenant));
    }
    let finished = keys::class(tenant, Class::Finished);
    for (key, stored) in control.scan(&finished, None, usize::MAX)? {
        let id = String::from_utf8_lossy(&key[finished.len()..]).into_owned();
        let at = stored.first_chunk().ok_or_else(damaged)?;
        backlog.remember((tenant.clone(), id), i64::from_be_bytes(*at));
    }
    Ok(())
}
