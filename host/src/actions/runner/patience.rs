//! How long failures wait, and when they end.

use crate::domain::{ErrorClass, Fault, Millis};

/// Calls for one target. With the delays below the last comes about three minutes after the first; a tool that is down longer
/// needs a person.
pub(super) const MAX_ATTEMPTS: u32 = 6;

/// Failed looks into the tool for one target.
pub(super) const MAX_CHECKS: u32 = 8;

/// The first delay; each further one is twice as long.
const FIRST_DELAY: Millis = 5_000;

/// The longest delay that is our own choice.
const LONGEST_DELAY: Millis = 10 * 60 * 1000;

/// The delay when the tool's allowance is used up and the tool does not say until when.
const EXHAUSTED_DELAY: Millis = 60 * 60 * 1000;

/// The delay while a person must repair the connection; with the checks above they have some three hours.
const PERSON_DELAY: Millis = 30 * 60 * 1000;

/// How long to wait after the `n`th failure, counted from 0.
pub(super) fn delay(fault: &Fault, n: u32) -> Millis {
    let own = FIRST_DELAY.saturating_mul(1 << n.min(16)).min(LONGEST_DELAY);
    let asked = fault.retry_after_ms.map(Millis::from);
    match fault.class {
        ErrorClass::Exhausted => asked.unwrap_or(EXHAUSTED_DELAY).max(own),
        ErrorClass::Reauthorize => PERSON_DELAY,
        _ => asked.unwrap_or(0).max(own),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_and_heed_the_tool() {
        let fault = |class, after| Fault { retry_after_ms: after, ..Fault::new(class, "CODE", "later") };
        let retry = fault(ErrorClass::Retry, None);
        let delays: Vec<Millis> = (0..9).map(|n| delay(&retry, n)).collect();
        assert_eq!(delays, [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 600_000, 600_000]);
        assert_eq!(delay(&fault(ErrorClass::Throttled, Some(90_000)), 0), 90_000);
        assert_eq!(delay(&fault(ErrorClass::Throttled, Some(1)), 0), 5_000);
        assert_eq!(delay(&fault(ErrorClass::Exhausted, None), 0), EXHAUSTED_DELAY);
        assert_eq!(delay(&retry, u32::MAX), LONGEST_DELAY);
    }
}
