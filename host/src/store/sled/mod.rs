//! The store on sled 0.34.7: one database for control entities, the queue and the audit log, and one for each connection's
//! re-fetchable rows. What is known to go wrong with the engine is handled here: see `sync`, `instance` and `journal`.

mod backup;
mod control;
mod data;
mod instance;
mod journal;
mod keys;
mod manifest;
mod open;
mod plan;
mod queue;
mod reconcile;
mod shelves;
mod sync;
#[cfg(test)]
mod tests;
mod verify;
#[cfg(test)]
mod verify_tests;
mod writer;

pub use backup::restore;
pub use open::{Condition, OpenError, StoreSettings, condition};
pub use verify::{AuditReport, Compared, verify};

use super::clock::Clock;
use super::wake::Bell;
use super::{StoreError, files};
use instance::Instance;
use shelves::Shelves;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot};
use writer::{Order, SharedBacklog};

/// The form of what lies in the data directory. A higher one is from a newer Weft.
const FORMAT: u32 = 1;

/// An open data directory.
pub(super) struct Disk {
    dir: PathBuf,
    clock: Clock,
    bell: Arc<Bell>,
    backlog: SharedBacklog,
    control: Arc<Instance>,
    shelves: Arc<Shelves>,
    /// None while it closes.
    orders: Option<mpsc::Sender<Order>>,
    writer: Option<JoinHandle<()>>,
    /// Held as long as the directory is in use; dropped last.
    _lock: File,
}

impl Disk {
    /// Has the writer do it, and waits until it is durable.
    async fn order<T, E: From<StoreError>>(
        &self,
        order: impl FnOnce(oneshot::Sender<Result<T, E>>) -> Order,
    ) -> Result<T, E> {
        let stopped = || StoreError::Io("its writer has stopped; start Weft again".to_owned());
        let (answer, answered) = oneshot::channel();
        let orders = self.orders.as_ref().ok_or_else(stopped)?;
        orders.send(order(answer)).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }

    /// Copies control entities, the queue and the audit log into this new directory, as they are at one moment. The rows of
    /// connections are not in it, since a sync fetches them again, and neither is any key.
    pub(super) async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let (dir, to) = (self.dir.clone(), to.to_owned());
        let aside = files::beside(&to, "new");
        let begun = (to.clone(), aside.clone());
        let export = blocking(move || backup::begin(&begun.0, &begun.1)).await?;
        let mark = self.order(|answer| Order::Export(export, answer)).await?;
        blocking(move || backup::finish(&dir, &to, &aside, mark)).await
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(Err(_)) = self.writer.take().map(JoinHandle::join) {
            tracing::error!("The store's writer has panicked");
        }
    }
}

/// Runs what may wait for the disk beside the runtime.
async fn blocking<T: Send + 'static, E: From<StoreError> + Send + 'static>(
    run: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    let ended = |error: tokio::task::JoinError| StoreError::Io(format!("a read or write was broken off: {error}"));
    tokio::task::spawn_blocking(run).await.map_err(ended)?
}
