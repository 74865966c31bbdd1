//! One database of the engine, guarded: created whole or not at all, its panics caught, and dead after its first failure, because what
//! the engine does after an I/O error cannot be relied on.

use crate::store::StoreError;
use crate::store::files;
use ::sled::{Batch, Config, Db, Error, IVec};
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

/// The engine's own thread writes what is buffered and cleans up at this pace; commits do not wait for it.
const BACKGROUND_FLUSH_MS: u64 = 1000;
/// A database that was closed a moment ago is let go by the engine's threads shortly after.
const LOCK_TRIES: usize = 200;
const LOCK_PAUSE: Duration = Duration::from_millis(10);

/// The first key of every database, there from its creation on. All other keys begin with a higher byte.
const BORN: &[u8] = &[0];

/// A pair of the database.
pub type Pair = (IVec, IVec);

/// An open database.
pub struct Instance {
    db: Db,
    path: PathBuf,
    /// Why it is dead.
    dead: OnceLock<String>,
}

impl Instance {
    /// Opens a database, or creates it. [`StoreError::Damaged`] when it cannot be read, [`StoreError::Io`] when the disk fails.
    pub fn open(path: &Path, cache_bytes: u64) -> Result<Self, StoreError> {
        if !path.exists() {
            create(path).map_err(|error| io(path, &error))?;
        }
        let db = guarded(|| open_unlocked(path, cache_bytes))?;
        // The engine may take a damaged file for an empty database.
        if guarded(|| db.get(BORN))?.is_none() {
            return Err(StoreError::Damaged("it has lost its content".to_owned()));
        }
        files::sync_dir(path).map_err(|error| io(path, &error))?;
        Ok(Self { db, path: path.to_owned(), dead: OnceLock::new() })
    }

    /// The value of a key.
    pub fn get(&self, key: &[u8]) -> Result<Option<IVec>, StoreError> {
        self.attempt(|| self.db.get(key))
    }

    /// All pairs whose key starts like this, in order, from after the key `after`, at most `limit`.
    pub fn scan(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<Pair>, StoreError> {
        self.attempt(|| {
            let from = after.map_or_else(|| prefix.to_vec(), |after| [after, &[0]].concat());
            let starts = |pair: &Result<Pair, Error>| pair.as_ref().map_or(true, |(key, _)| key.starts_with(prefix));
            self.db.range(from..).take_while(starts).take(limit).collect()
        })
    }

    /// The last pair whose key starts like this.
    pub fn last(&self, prefix: &[u8]) -> Result<Option<Pair>, StoreError> {
        self.attempt(|| self.db.scan_prefix(prefix).next_back().transpose())
    }

    /// Shows every pair but the first in order, until one is refused.
    pub fn each(&self, mut visit: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let mut refused = Ok(());
        self.attempt(|| {
            for pair in self.db.range([BORN, BORN].concat()..) {
                let (key, value) = pair?;
                refused = visit(&key, &value);
                if refused.is_err() {
                    break;
                }
            }
            Ok(())
        })?;
        refused
    }

    /// Does all of it or nothing; durable after the next [`Self::flush`].
    pub fn apply(&self, batch: Batch) -> Result<(), StoreError> {
        self.attempt(|| self.db.apply_batch(batch))
    }

    /// Answers when all that was applied would survive a power loss.
    pub fn flush(&self) -> Result<(), StoreError> {
        self.attempt(|| self.db.flush()).map(drop)
    }

    /// Ends it: what was not flushed cannot be relied on.
    pub fn kill(&self, why: &str) {
        drop(self.dead.set(why.to_owned()));
    }

    /// Runs it unless a failure came before, and remembers a failure.
    fn attempt<T>(&self, run: impl FnOnce() -> Result<T, Error>) -> Result<T, StoreError> {
        if let Some(why) = self.dead.get() {
            return Err(StoreError::Io(format!(
                "it failed before ({why}); put the disk in order and start Weft again"
            )));
        }
        guarded(run).inspect_err(|error| {
            tracing::error!(path = %self.path.display(), %error, "A database has failed and takes nothing more until the next start");
            self.kill(&error.to_string());
        })
    }
}

fn open_unlocked(path: &Path, cache_bytes: u64) -> Result<Db, Error> {
    let config = Config::new().path(path).cache_capacity(cache_bytes).flush_every_ms(Some(BACKGROUND_FLUSH_MS));
    for _ in 0..LOCK_TRIES {
        match config.open() {
            Err(Error::Io(error)) if error.to_string().contains("could not acquire lock") => {
                std::thread::sleep(LOCK_PAUSE);
            }
            opened => return opened,
        }
    }
    config.open()
}

/// Creates an empty database aside and gives it its name when it is whole: the engine does not sync its first files.
fn create(path: &Path) -> std::io::Result<()> {
    let aside = files::beside(path, "new");
    files::remove_tree(&aside)?;
    let created = guarded(|| {
        let db = open_unlocked(&aside, BLANK_CACHE_BYTES)?;
        db.insert(BORN, &[])?;
        db.flush()
    });
    created.map_err(std::io::Error::other)?;
    // The engine's threads go on for a moment, and hold its lock until they are through.
    File::open(aside.join("db"))?.lock()?;
    files::sync_tree(&aside)?;
    files::rename(&aside, path)
}

/// For a database with nothing in it.
const BLANK_CACHE_BYTES: u64 = 1 << 20;

/// The engine panics on some kinds of damage.
fn guarded<T>(run: impl FnOnce() -> Result<T, Error>) -> Result<T, StoreError> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(Error::Io(error))) => Err(StoreError::Io(error.to_string())),
        Ok(Err(error)) => Err(StoreError::Damaged(error.to_string())),
        Err(panic) => {
            let said = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
            Err(StoreError::Damaged(format!("the engine gave up: {}", said.unwrap_or("without a word"))))
        }
    }
}

/// An I/O error with the path it is about.
pub fn io(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Io(format!("{}: {error}", path.display()))
}
