//! How fast and how wide one connection may ask its tool, whatever calls are running for it.

use crate::plugins::manifest::Limits;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// The longest pause all calls of a connection make together because the tool asked one of them to: a wrong header must not
/// stop a connection for hours.
const MAX_PAUSE: Duration = Duration::from_secs(60);

/// The gate of one connection.
pub struct Gate {
    rate: DefaultDirectRateLimiter,
    slots: Arc<Semaphore>,
    paused_until: Mutex<Option<Instant>>,
}

impl Gate {
    /// A gate with the manifest's limits.
    pub fn new(limits: &Limits) -> Self {
        let per_second = NonZeroU32::new(limits.requests_per_second).unwrap_or(NonZeroU32::MIN);
        Self {
            rate: RateLimiter::direct(Quota::per_second(per_second)),
            slots: Arc::new(Semaphore::new(limits.concurrent_requests as usize)),
            paused_until: Mutex::new(None),
        }
    }

    /// Waits for a turn. The turn ends when the answer is dropped.
    pub async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        let turn = Arc::clone(&self.slots).acquire_owned().await.ok()?;
        let pause = *self.paused_until.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = pause {
            tokio::time::sleep_until(until).await;
        }
        self.rate.until_ready().await;
        Some(turn)
    }

    /// The tool said "too fast": nobody asks again before that.
    pub fn pause(&self, asked: Duration) {
        let until = Instant::now() + asked.min(MAX_PAUSE);
        let mut paused = self.paused_until.lock().unwrap_or_else(PoisonError::into_inner);
        *paused = Some(paused.map_or(until, |before| before.max(until)));
    }
}
