//! Sign-ins: what is new in the System Log since the host last asked, oldest first.

use super::listing::{self, Cursor, RECORDS};
use crate::objects::{EVENT, KEPT_BY_OKTA_DAYS};
use jiff::{SignedDuration, Timestamp};
use weft_integration::prelude::*;

/// Sign-ins are asked for again from so long before the newest one: events may be published late.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);
/// The most that one page holds (spec, `GET /api/v1/logs`: an integer between 0 and 1000).
const LIMIT: &str = "1000";

/// One page. A query with an end has a last page; should Okta lead on from an empty one all the same, that is the end.
pub fn page(request: &FetchRequest) -> Result<Page, Error> {
    let first = || span(request.since(), now_ms()).map(|(since, until)| logs(&since, &until));
    let at: Option<Cursor> = cursor::decode(request.after.as_deref())?;
    let first = if at.is_none() { Some(first()?) } else { None };
    let (response, next) = listing::turn(at, || first.unwrap_or_else(|| http::get("/api/v1/logs")))?;
    let is_empty = response.lookup::<String>("/0/uuid")?.is_none();
    Page::passthrough(response, RECORDS, next.filter(|_| !is_empty).as_ref())
}

fn logs(since: &str, until: &str) -> Request {
    http::get("/api/v1/logs")
        .query("since", since)
        .query("until", until)
        .query("filter", &format!("eventType eq \"{EVENT}\""))
        .query("limit", LIMIT)
        .query("sortOrder", "ASCENDING")
}

/// From the newest known sign-in, or from as long ago as Okta keeps them, until now. The end is fixed, so that the listing has one.
fn span(since: Option<&str>, now_ms: f64) -> Result<(String, String), Error> {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are within 53 bits")]
    let now = Timestamp::from_millisecond(now_ms as i64).map_err(|error| {
        Error::bug("clock", "The clock shows no time that can be asked for.").with_detail(error.to_string())
    })?;
    let oldest = now - SignedDuration::from_hours(24 * i64::from(KEPT_BY_OKTA_DAYS));
    let since = since.and_then(|text| text.parse::<Timestamp>().ok()).map_or(oldest, |since| since - OVERLAP);
    let written = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
    Ok((written(since.clamp(oldest, now)), written(now)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: f64 = 1_800_000_000_000.0; // 2027-01-15T08:00:00Z

    #[test]
    fn only_what_is_new_is_asked_for() {
        for (since, from) in [
            (None, "2026-10-17T08:00:00.000Z"),
            (Some("2027-01-14T10:00:00Z"), "2027-01-13T10:00:00.000Z"),
            (Some("2020-01-01T00:00:00Z"), "2026-10-17T08:00:00.000Z"),
            (Some("2030-01-01T00:00:00Z"), "2027-01-15T08:00:00.000Z"),
            (Some("yesterday"), "2026-10-17T08:00:00.000Z"),
        ] {
            let found = span(since, NOW).unwrap();
            assert_eq!(found, (from.to_owned(), "2027-01-15T08:00:00.000Z".to_owned()), "{since:?}");
        }
    }

    #[test]
    fn the_query_has_an_end_and_an_order() {
        let request = logs("a", "b");
        assert_eq!(
            request.url,
            "/api/v1/logs?since=a&until=b&filter=eventType%20eq%20%22user.session.start%22&limit=1000&sortOrder=ASCENDING"
        );
    }
}
