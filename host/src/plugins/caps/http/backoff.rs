//! How long to wait before a read is tried again.

use std::time::{Duration, SystemTime};

/// Retries after the first attempt.
pub const MAX_RETRIES: u32 = 4;
/// The first wait is at most this; each further one at most twice the one before.
const BASE: Duration = Duration::from_millis(250);
/// No wait is longer, unless the tool asks for it.
const CEILING: Duration = Duration::from_secs(8);

/// Statuses after which a read may be tried again.
pub fn is_passing(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}

/// How long to wait before retry number `retry` (from 0), or none when it is not worth it: too many, or no time left. `dice` is
/// between 0 and 1: waits are spread over the whole range, so that many clients do not come back together.
pub fn wait(retry: u32, retry_after: Option<Duration>, remaining: Duration, dice: f64) -> Option<Duration> {
    if retry >= MAX_RETRIES {
        return None;
    }
    let spread = BASE.saturating_mul(1 << retry).min(CEILING).mul_f64(dice.clamp(0.0, 1.0));
    let wait = match retry_after {
        Some(asked) => asked + spread.min(BASE),
        None => spread,
    };
    (wait < remaining).then_some(wait)
}

/// What `Retry-After` says: seconds, or a date.
pub fn retry_after(header: &str, now: SystemTime) -> Option<Duration> {
    match header.trim().parse::<u32>() {
        Ok(seconds) => Some(Duration::from_secs(seconds.into())),
        Err(_) => Some(httpdate::parse_http_date(header.trim()).ok()?.duration_since(now).unwrap_or_default()),
    }
}

/// A number between 0 and 1.
pub fn dice() -> f64 {
    f64::from(getrandom::u32().unwrap_or(u32::MAX / 2)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_are_spread_and_end() {
        let long = Duration::from_secs(60);
        let millis = |retry, after: Option<u64>, dice| {
            wait(retry, after.map(Duration::from_secs), long, dice).map(|wait| wait.as_millis())
        };
        assert_eq!(millis(0, None, 1.0), Some(250));
        assert_eq!(millis(3, None, 1.0), Some(2_000));
        assert_eq!(millis(3, None, 0.0), Some(0));
        assert_eq!(millis(4, None, 0.0), None);
        assert_eq!(millis(0, Some(3), 1.0), Some(3_250));
        assert_eq!(millis(0, Some(90), 0.0), None, "longer than what is left");
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(retry_after("7", now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:47 GMT", now), Some(Duration::from_secs(10)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:07 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
    }
}
