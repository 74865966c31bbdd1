//! Time for guests: the time of day, and what is left of the call.

use std::time::{Duration, SystemTime};
use tokio::time::Instant;

/// The clock of one call.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    deadline: Instant,
}

impl Clock {
    /// A clock whose call ends at `deadline`.
    pub fn new(deadline: Instant) -> Self {
        Self { deadline }
    }

    /// Milliseconds since 1970-01-01T00:00:00Z, a whole number.
    pub fn now_ms(self) -> f64 {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        (since.as_secs_f64() * 1000.0).floor()
    }

    /// What is left of the call.
    pub fn remaining(self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// The same in milliseconds.
    pub fn remaining_ms(self) -> u32 {
        u32::try_from(self.remaining().as_millis()).unwrap_or(u32::MAX)
    }
}
