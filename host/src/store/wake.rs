//! Waiting for work: woken by a change of the queue, by the next due time, or by a clock that was moved.

use super::clock::Clock;
use crate::domain::Millis;
use std::time::Duration;
use tokio::sync::Notify;

/// A waiter looks again at least this often. A wake-up between a worker's look and its wait can be lost when several workers share
/// the queue; so it costs a second at most. The system's clock may also be set.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Wakes who waits for work.
#[derive(Default)]
pub(super) struct Bell(Notify);

impl Bell {
    /// Something may be claimable now.
    pub fn ring(&self) {
        self.0.notify_waiters();
        // And one who is about to wait.
        self.0.notify_one();
    }

    /// Resolves at a ring, or at `next`.
    pub async fn wait(&self, clock: &Clock, next: Option<Millis>) {
        let left = next.map_or(LONGEST_WAIT, |at| Duration::from_millis(at.saturating_sub(clock.now()).max(0) as u64));
        tokio::select! {
            () = self.0.notified() => {}
            () = clock.moved() => {}
            () = tokio::time::sleep(left.min(LONGEST_WAIT)) => {}
        }
    }
}
