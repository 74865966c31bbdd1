//! `/jobs/query/{id}/results`: the rows of a complete job, written as they are sent.

use super::state::{Job, State};
use crate::salesforce::answer::{Answer, Pieces};
use crate::salesforce::api::{Call, Caller};
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::org::Inner;
use crate::salesforce::sync::{lock, read};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Rows of a page when the caller names no number: the service chooses, and says so in a header.
const USUAL_PAGE: usize = 50_000;
/// Rows written at a time: a few hundred kilobytes, whatever the page.
const PIECE: usize = 1000;

/// `GET /jobs/query/{id}/results?locator=&maxRecords=`.
pub fn results(org: &Inner, caller: &Caller, call: &Call<'_>, id: &str) -> Outcome<Answer> {
    let job = lock(&org.jobs).find(caller.access.user, id).cloned().ok_or_else(Fail::not_found)?;
    if job.version != caller.version {
        let message = format!("The job was made in version {}.0, its results can be read in no other", job.version);
        return Err(Fail::new(409, "INVALIDVERSION", message));
    }
    if job.state != State::JobComplete {
        return Err(Fail::bad("INVALIDJOBSTATE", "Results are there once the state of the job is JobComplete"));
    }
    let from = match call.query.get("locator") {
        None | Some("null") => 0,
        Some(locator) => place_of(locator)
            .filter(|from| *from < job.found.len())
            .ok_or_else(|| Fail::bad("INVALIDLOCATOR", format!("Invalid locator: {locator}")))?,
    };
    let most = match call.query.get("maxRecords").map(str::parse) {
        None => USUAL_PAGE,
        Some(Ok(most)) if most > 0 => most,
        Some(_) => return Err(Fail::bad("INVALIDJOB", "maxRecords must be a positive number")),
    };
    Ok(page(org, job, from, most))
}

fn page(org: &Inner, job: Job, from: usize, most: usize) -> Answer {
    let to = job.found.len().min(from.saturating_add(most));
    let data = read(&org.data);
    let there = job.found.page(from, to - from).into_iter().filter(|number| data.exists(job.object, *number)).count();
    let locator = if to < job.found.len() { URL_SAFE_NO_PAD.encode(to.to_string()) } else { "null".to_owned() };
    let pieces = Pieces::new(move |org, number| piece(org, &job, from, to, number));
    Answer::streamed("text/csv; charset=UTF-8", pieces)
        .with("sforce-locator", locator)
        .with("sforce-numberofrecords", there.to_string())
}

fn place_of(locator: &str) -> Option<usize> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(locator).ok()?).ok()?.parse().ok()
}

/// Piece 0 begins with the names of the columns.
fn piece(org: &Inner, job: &Job, from: usize, to: usize, number: usize) -> Option<Vec<u8>> {
    let start = from + number * PIECE;
    if number > 0 && start >= to {
        return None;
    }
    let mut out = Vec::new();
    if number == 0 {
        job.dialect.header(&mut out, &job.columns);
    }
    let data = read(&org.data);
    let rows = job.found.page(start, PIECE.min(to - start));
    for row in rows.into_iter().filter_map(|number| data.row(job.object, number)) {
        job.dialect.record(&mut out, &row, &job.columns);
    }
    Some(out)
}
