//! The simulator's time: it runs by itself, or stands still until a test advances it.

use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;
use tokio::time::Instant;

/// How time passes in the simulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockMode {
    /// Like a wall clock; `advance` puts it forward.
    Running,
    /// Only `advance` moves it. Deadlines (3 s answers, trigger ids, retries, rate limits) fire when a test says so.
    Manual,
}

/// Microseconds since the Unix epoch, and waits that `advance` can end.
pub struct Clock {
    mode: ClockMode,
    start: Instant,
    epoch_micros: u64,
    advanced: Mutex<Duration>,
    moved: watch::Sender<u64>,
}

impl Clock {
    pub fn new(mode: ClockMode) -> Clock {
        let epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Clock {
            mode,
            start: Instant::now(),
            epoch_micros: u64::try_from(epoch.as_micros()).unwrap_or(u64::MAX),
            advanced: Mutex::new(Duration::ZERO),
            moved: watch::Sender::new(0),
        }
    }

    /// Time since the simulator started.
    pub fn elapsed(&self) -> Duration {
        let advanced = *self.advanced.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match self.mode {
            ClockMode::Running => self.start.elapsed() + advanced,
            ClockMode::Manual => advanced,
        }
    }

    /// Microseconds since the Unix epoch.
    pub fn micros(&self) -> u64 {
        self.epoch_micros + u64::try_from(self.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Puts the clock forward and wakes everything that waits for a time.
    pub fn advance(&self, by: Duration) {
        *self.advanced.lock().unwrap_or_else(std::sync::PoisonError::into_inner) += by;
        self.moved.send_modify(|count| *count += 1);
    }

    /// Waits until so much simulated time has passed.
    pub async fn wait(&self, time: Duration) {
        let end = self.elapsed() + time;
        let mut moved = self.moved.subscribe();
        loop {
            moved.borrow_and_update();
            let now = self.elapsed();
            if now >= end {
                return;
            }
            // Either way the loop looks again: an error means the time is over, or that the clock is gone.
            match self.mode {
                ClockMode::Manual => drop(moved.changed().await),
                ClockMode::Running => drop(tokio::time::timeout(end - now, moved.changed()).await),
            }
        }
    }
}
