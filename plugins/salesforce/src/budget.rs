//! The org's daily API requests: each answer says how many are used. Fetching leaves the rest to others; actions are never held back.

use crate::errors::EXHAUSTED_WAIT_MS;
use weft_integration::prelude::*;

/// The header, in lower case.
pub const HEADER: &str = "sforce-limit-info";

/// An error when this share of the day's requests, or more, is used.
pub fn keep(header: Option<&str>, percent: u32) -> Result<(), Error> {
    let Some((used, limit)) = header.and_then(usage) else { return Ok(()) };
    if limit == 0 || used.saturating_mul(100) < limit.saturating_mul(percent.into()) {
        return Ok(());
    }
    let sentence = format!(
        "{used} of the {limit} API requests of this Salesforce org for 24 hours are used. Fetching stops at {percent} %, so that \
         something is left for others. What was fetched is kept; it goes on in some hours."
    );
    Err(Error::new(ErrorClass::Exhausted, "api-budget", sentence).after(Some(EXHAUSTED_WAIT_MS)))
}

/// `api-usage=10018/100000`: used, then the limit. What else stands there is about single apps.
fn usage(header: &str) -> Option<(u64, u64)> {
    let usage = header.split([';', ',']).find_map(|part| part.trim().strip_prefix("api-usage="))?;
    let (used, limit) = usage.split_once('/')?;
    Some((used.trim().parse().ok()?, limit.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fetching_stops_at_the_share_and_not_before() {
        for (header, percent, stops) in [
            (Some("api-usage=59999/100000"), 60, false),
            (Some("api-usage=60000/100000"), 60, true),
            (Some("api-usage=10018/100000; per-app-api-usage=249/250(appName=x)"), 60, false),
            (Some("per-app-api-usage=249/250(appName=x); api-usage=99/100"), 99, true),
            (Some("api-usage=100/100"), 100, true),
            (Some("api-usage=99/100"), 100, false),
            (Some("api-usage=0/0"), 60, false),
            (Some("api-usage=many/100"), 60, false),
            (Some("nonsense"), 60, false),
            (None, 60, false),
        ] {
            let kept = keep(header, percent);
            assert_eq!(kept.is_err(), stops, "{header:?} at {percent}");
            if let Err(error) = kept {
                assert_eq!(error.class, ErrorClass::Exhausted);
                assert!(error.retry_after_ms.is_some());
            }
        }
    }
}
