//! The time the store goes by: the system's, or one that tests set and move.

use crate::domain::Millis;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::Notify;

/// Tells the time. Clones share it.
#[derive(Clone)]
pub struct Clock(Arc<Inner>);

struct Inner {
    /// None: the system's time.
    fixed: Option<Millis>,
    shift: AtomicI64,
    moved: Notify,
}

impl Clock {
    /// The system's time.
    pub fn system() -> Self {
        Self::from(None)
    }

    /// Stands still at this moment until it is moved.
    pub fn fixed(at: Millis) -> Self {
        Self::from(Some(at))
    }

    fn from(fixed: Option<Millis>) -> Self {
        Self(Arc::new(Inner { fixed, shift: AtomicI64::new(0), moved: Notify::new() }))
    }

    /// This moment.
    pub fn now(&self) -> Millis {
        self.0.fixed.unwrap_or_else(|| jiff::Timestamp::now().as_millisecond()) + self.0.shift.load(Ordering::SeqCst)
    }

    /// Moves the time forward, and wakes who waits for a later one.
    pub fn advance(&self, by: Duration) {
        self.0.shift.fetch_add(millis(by), Ordering::SeqCst);
        self.0.moved.notify_waiters();
    }

    /// Resolves when the time was moved.
    pub(super) async fn moved(&self) {
        self.0.moved.notified().await;
    }
}

/// A duration in milliseconds.
pub(super) fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX / 4)
}
