//! One suite for every engine: what the three boundaries promise, run on memory and on disk.

mod control;
mod queue;
mod rows;
mod segments;

use super::{Clock, Job, JobKind, Store, StoreSettings};
use crate::domain::{Millis, WorkspaceId};
use std::time::Duration;
use tempfile::TempDir;

/// A Tuesday.
const START: Millis = 1_795_478_400_000;

/// A store under test, and its time.
struct Bench {
    store: Store,
    clock: Clock,
    dir: Option<TempDir>,
}

impl Bench {
    fn memory() -> Self {
        let clock = Clock::fixed(START);
        Self { store: Store::memory_at(clock.clone()), clock, dir: None }
    }

    fn disk() -> Self {
        let (clock, dir) = (Clock::fixed(START), TempDir::new().unwrap());
        let store = Store::open(&StoreSettings { dir: dir.path().join("weft"), clock: clock.clone() }).unwrap();
        Self { store, clock, dir: Some(dir) }
    }

    /// Ends the process that has the store and starts another, as far as the engine can tell.
    fn restart(self) -> Self {
        let Self { store, clock, dir } = self;
        let Some(dir) = dir else { return Self { store, clock, dir } };
        drop(store);
        let store = Store::open(&StoreSettings { dir: dir.path().join("weft"), clock: clock.clone() }).unwrap();
        Self { store, clock, dir: Some(dir) }
    }

    fn hours(&self, hours: u64) {
        self.clock.advance(Duration::from_secs(hours * 3600));
    }
}

/// Each of these functions as a test on each engine.
macro_rules! on_every_engine {
    ($($test:ident),+ $(,)?) => {
        mod memory {
            $(#[tokio::test] async fn $test() { super::$test(super::Bench::memory()).await; })+
        }
        mod disk {
            $(#[tokio::test] async fn $test() { super::$test(super::Bench::disk()).await; })+
        }
    };
}
use on_every_engine;

fn tenant() -> WorkspaceId {
    "T1".into()
}

fn job(id: &str) -> Job {
    Job { id: id.to_owned(), kind: JobKind::Inbox, lane: None, due: START, payload: id.as_bytes().to_vec() }
}
