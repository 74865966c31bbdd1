//! Login history: what is new since the host last asked, in the order of the key, so that it is merged with the archive row by row.

use super::bulk::{self, Job, Step};
use super::windows::{Span, Start, Wanted, Windows};
use super::{Listing, fitting, place};
use crate::objects::KEPT_DAYS;
use crate::reading::Source;
use crate::{api, soql};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use weft_integration::prelude::*;

/// Logins are asked for again from so long before the newest one: Salesforce writes some of them late.
const OVERLAP_SECONDS: i64 = 86_400;

/// Where a listing stands.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Cursor {
    Windows(Windows),
    /// In a bulk job for all logins of a span.
    Job(Job, Span),
}

/// One page. The records stay in Salesforce's answer.
pub fn page(listing: &Listing<'_>, source: &Source) -> Result<Page, Error> {
    let columns = soql::columns(&listing.request.fields)?;
    match cursor::decode(listing.request.after.as_deref())? {
        None => {
            let span = span(listing.request.since(), now_ms());
            let job = if listing.request.since().is_none() && listing.is_large() {
                bulk::start(listing, &soql::select(&columns, source.object, &within(span)), columns.len())?
            } else {
                None
            };
            match job {
                Some(job) => Page::of_lines(Vec::new(), Some(&Cursor::Job(job, span))),
                None => turn(listing, source, &columns, Windows::new(span, Start::First)),
            }
        }
        Some(Cursor::Windows(windows)) => turn(listing, source, &columns, windows),
        Some(Cursor::Job(job, span)) => step(listing, &columns, job, span),
    }
}

/// From the newest known login, or from as long ago as logins are kept, until now. The end is fixed, so that the listing has one.
fn span(since: Option<&str>, now_ms: f64) -> Span {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are within 53 bits")]
    let now = (now_ms / 1000.0) as i64;
    let oldest = now - i64::from(KEPT_DAYS) * 86_400;
    let since = since.and_then(|text| text.parse::<Timestamp>().ok()).map(|since| since.as_second() - OVERLAP_SECONDS);
    Span { from: since.unwrap_or(oldest).max(oldest).min(now), to: now }
}

fn step(listing: &Listing<'_>, columns: &[String], job: Job, span: Span) -> Result<Page, Error> {
    match bulk::step(listing, columns, job)? {
        Step::Records { lines, next } => Page::of_lines(lines, Some(&Cursor::Job(next, span))),
        Step::GaveUp { lines, last } => {
            let start = last.map_or(Start::First, Start::Behind);
            Page::of_lines(lines, Some(&Cursor::Windows(Windows::new(span, start))))
        }
        Step::Done => Page::of_lines::<Cursor>(Vec::new(), None),
    }
}

fn turn(listing: &Listing<'_>, source: &Source, columns: &[String], mut windows: Windows) -> Result<Page, Error> {
    while let Some(wanted) = windows.headless() {
        let soql = ask(source, &["Id".to_owned()], &wanted, 1)?;
        match listing.ask(&api::query(&soql)) {
            Ok(response) => windows.headed(wanted.window, response.lookup("/records/0/Id")?),
            Err(error) => return shorter(windows, wanted.window, error),
        }
    }
    let Some(wanted) = windows.next() else { return Page::of_lines::<Cursor>(Vec::new(), None) };
    let asked = fitting(listing.rows(), |rows| {
        let response = listing.ask(&api::query(&ask(source, columns, &wanted, rows)?))?;
        let last = place::last_key(&response, rows)?;
        Ok((response, last))
    });
    let (response, last) = match asked {
        Ok(answer) => answer,
        Err(error) => return shorter(windows, wanted.window, error),
    };
    match last {
        Some(last) => windows.went_on(&wanted, last),
        None => windows.came(&wanted),
    }
    let next = (!windows.is_done()).then_some(Cursor::Windows(windows));
    Page::passthrough(response, "/records", next.as_ref())
}

/// Asks for half as long a time after an answer that took too long: on the next page, since there may be no time left in this call.
fn shorter(mut windows: Windows, window: usize, error: Error) -> Result<Page, Error> {
    if is_slow(&error) && windows.halve(window) {
        return Page::of_lines(Vec::new(), Some(&Cursor::Windows(windows)));
    }
    Err(error)
}

/// Salesforce gave up, or the host did before it.
fn is_slow(error: &Error) -> bool {
    matches!(error.code.as_str(), "QUERY_TIMEOUT" | "answer-lost")
}

fn ask(source: &Source, columns: &[String], wanted: &Wanted, rows: u32) -> Result<String, Error> {
    let mut conditions = within(wanted.span);
    match &wanted.start {
        Start::First => {}
        Start::With(key) => conditions.push(soql::from(key)?),
        Start::Behind(key) => conditions.push(soql::behind(key)?),
    }
    if let Some(before) = &wanted.before {
        conditions.push(soql::before(before)?);
    }
    Ok(format!("{} ORDER BY Id LIMIT {rows}", soql::select(columns, source.object, &conditions)))
}

fn within(span: Span) -> Vec<String> {
    vec![format!("LoginTime >= {}", moment(span.from)), format!("LoginTime < {}", moment(span.to))]
}

/// As SOQL writes points in time: without quotes.
fn moment(seconds: i64) -> String {
    Timestamp::from_second(seconds).unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects;
    use crate::reading::Shape;

    /// 2026-11-24T08:00:00Z
    const NOW: f64 = 1_795_507_200_000.0;

    fn source() -> Source {
        match objects::reading("LoginHistory").unwrap().shape {
            Shape::Logins(source) => source,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_first_fetch_asks_for_as_long_as_logins_are_kept_and_later_ones_for_what_is_new() {
        for (since, from) in [
            (None, "2024-11-24T08:00:00Z"),
            (Some("2026-11-23T07:30:00.123Z"), "2026-11-22T07:30:00Z"),
            (Some("2019-01-01T00:00:00Z"), "2024-11-24T08:00:00Z"),
            (Some("2030-01-01T00:00:00Z"), "2026-11-24T08:00:00Z"),
            (Some("nonsense"), "2024-11-24T08:00:00Z"),
        ] {
            let span = span(since, NOW);
            assert_eq!(
                (moment(span.from).as_str(), moment(span.to).as_str()),
                (from, "2026-11-24T08:00:00Z"),
                "{since:?}"
            );
        }
    }

    #[test]
    fn a_page_is_asked_for_by_time_and_in_order_of_the_key() {
        let columns = ["Id".to_owned(), "Status".to_owned()];
        let span = Span { from: 1_795_420_800, to: 1_795_507_200 };
        let wanted = Wanted { window: 0, span, start: Start::First, before: None };
        assert_eq!(
            ask(&source(), &columns, &wanted, 2000).unwrap(),
            "SELECT Id,Status FROM LoginHistory WHERE LoginTime >= 2026-11-23T08:00:00Z AND LoginTime < 2026-11-24T08:00:00Z ORDER BY Id LIMIT 2000"
        );
        let (key, later) = ("0YaR0000000zlh9KAA".to_owned(), "0YaR0000000zlhAKAQ".to_owned());
        let wanted = Wanted { start: Start::With(key.clone()), before: Some(later), ..wanted };
        let soql = ask(&source(), &columns, &wanted, 10).unwrap();
        assert!(
            soql.contains(" AND Id >= '0YaR0000000zlh9KAA' AND Id < '0YaR0000000zlhAKAQ' ORDER BY Id LIMIT 10"),
            "{soql}"
        );
        let wanted = Wanted { start: Start::Behind(key), before: None, ..wanted };
        assert!(ask(&source(), &columns, &wanted, 10).unwrap().contains(" AND Id > '0YaR0000000zlh9KAA' ORDER BY"));
        let hostile = Wanted { start: Start::Behind("' OR Id != '".into()), ..wanted };
        assert!(ask(&source(), &columns, &hostile, 10).is_err());
    }

    #[test]
    fn only_a_slow_answer_halves_the_window() {
        let windows = || Windows::new(span(None, NOW), Start::First);
        let slow = Error::new(ErrorClass::Retry, "QUERY_TIMEOUT", "late");
        let page = shorter(windows(), 0, slow).unwrap();
        let Some(Cursor::Windows(halved)) = cursor::decode(page.next.as_deref()).unwrap() else { panic!() };
        assert_ne!(halved, windows());
        let other = Error::new(ErrorClass::Retry, "http-503", "down");
        assert_eq!(shorter(windows(), 0, other).unwrap_err().code, "http-503");
    }
}
