//! How fast Okta lets us go on. With every answer Okta says how many requests of this kind it takes in a minute, how many are left, and
//! when the minute ends, in UTC seconds since 1970 (developer.okta.com/docs/reference/rl-best-practices: `X-Rate-Limit-Limit`,
//! `X-Rate-Limit-Remaining`, `X-Rate-Limit-Reset`). A fetch leaves a part of them to the org's other tools; actions are not held back.

use weft_integration::prelude::*;

/// A tenth of the requests of a minute stays for others.
const RESERVE_DIVISOR: u64 = 10;
/// The minute's rest, with a second of grace for clocks that differ; never longer, whatever a clock says.
const WAIT_MS: (u32, u32) = (1_000, 65_000);

/// What an answer says of the limit that it counted against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    limit: u64,
    remaining: u64,
    /// Seconds since 1970.
    reset: u64,
}

impl Rate {
    /// From the headers of an answer; none where they are not there.
    pub fn of(response: &Response) -> Option<Self> {
        let number = |name| response.header(name)?.trim().parse().ok();
        Some(Self {
            limit: number("x-rate-limit-limit")?,
            remaining: number("x-rate-limit-remaining")?,
            reset: number("x-rate-limit-reset")?,
        })
    }

    /// Until the limit is reset, in milliseconds.
    pub fn wait_ms(&self, now_ms: f64) -> u32 {
        let until = self.reset as f64 * 1000.0 - now_ms + 1000.0;
        // Within the bounds that follow, so nothing is cut off.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a minute")]
        let wait = until.clamp(f64::from(WAIT_MS.0), f64::from(WAIT_MS.1)) as u32;
        wait
    }

    fn is_low(&self) -> bool {
        self.remaining <= self.limit / RESERVE_DIVISOR
    }
}

/// When a fetch may go on after these answers, in milliseconds since 1970; none when at once.
pub fn resume_at<'a>(answers: impl IntoIterator<Item = &'a Response>, now_ms: f64) -> Option<f64> {
    let low = answers.into_iter().filter_map(Rate::of).filter(Rate::is_low);
    low.map(|rate| now_ms + f64::from(rate.wait_ms(now_ms))).reduce(f64::max)
}

/// An error when it is not yet time to go on.
pub fn keep(resume_at: Option<f64>, now_ms: f64) -> Result<(), Error> {
    let Some(left) = resume_at.map(|at| at - now_ms).filter(|left| *left > 0.0) else { return Ok(()) };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a minute")]
    let wait = left.clamp(f64::from(WAIT_MS.0), f64::from(WAIT_MS.1)) as u32;
    let sentence = "Nearly all requests that Okta takes in this minute are used. Fetching waits for the next one.";
    Err(Error::new(ErrorClass::Throttled, "rate-limit", sentence).after(Some(wait)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: f64 = 1_800_000_000_000.0;

    fn rate(limit: u64, remaining: u64, in_seconds: i64) -> Rate {
        Rate { limit, remaining, reset: u64::try_from(1_800_000_000 + in_seconds).unwrap() }
    }

    #[test]
    fn a_tenth_stays_for_others() {
        for (limit, remaining, low) in [(600, 61, false), (600, 60, true), (5, 1, false), (5, 0, true)] {
            assert_eq!(rate(limit, remaining, 30).is_low(), low, "{remaining} of {limit}");
        }
    }

    #[test]
    fn the_wait_ends_with_the_minute_whatever_the_clocks_say() {
        for (seconds, wait) in [(30, 31_000), (0, 1_000), (-500, 1_000), (5_000, 65_000)] {
            assert_eq!(rate(600, 0, seconds).wait_ms(NOW), wait);
        }
    }

    #[test]
    fn a_fetch_waits_until_it_is_time() {
        assert!(keep(None, NOW).is_ok() && keep(Some(NOW), NOW).is_ok());
        let error = keep(Some(NOW + 9_000.0), NOW).unwrap_err();
        assert_eq!((error.class, error.retry_after_ms), (ErrorClass::Throttled, Some(9_000)));
    }
}
