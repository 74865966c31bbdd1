//! Bulk API 2.0 queries: a job is made, Salesforce works on it, and its results are fetched in pieces, in the order of the key.
//!
//! A listing that cannot be had this way, or no longer, goes on page by page behind the last key it has: the order is the same.

use super::csv::{Cells, Converted};
use super::{Listing, csv, incomplete};
use crate::api::{self, DATA};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::io::{self, Read};
use weft_integration::prelude::*;

/// Cells of one piece of results. As CSV that is a few MiB, within the answer the manifest allows, and as JSON within the memory.
const PIECE_CELLS: usize = 200_000;
/// Rows of one piece, at most: the host takes 50,000 on a page.
const MAX_PIECE: u32 = 20_000;
/// Rows of one piece, at least: if not even these fit into an answer, page by page is the better way.
const MIN_PIECE: u32 = 250;
/// A job is looked at again after half of its age, so that the looks become fewer, but not sooner than this: some are done at once.
const SHORTEST_WAIT_MS: f64 = 250.0;
/// And not later than this.
const LONGEST_WAIT_MS: f64 = 15_000.0;
/// A job that takes longer is given up: half a million rows take some minutes.
const PATIENCE_MS: f64 = 45.0 * 60.0 * 1000.0;
/// Bytes taken from the host at once.
const CHUNK: usize = 256 << 10;

/// A job and how far its results are read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    id: String,
    /// When it was made, in milliseconds since 1970.
    made: f64,
    /// Rows of one piece.
    rows: u32,
    /// Where the next piece starts, in Salesforce's words; none for the first.
    locator: Option<String>,
    /// The last key that was read.
    last: Option<String>,
    /// All is read.
    ended: bool,
}

/// What looking at a job brought.
#[derive(Debug, PartialEq)]
pub enum Step {
    /// Records, and where it goes on.
    Records { lines: Vec<u8>, next: Job },
    /// There is no more to come from this job: go on behind the last key.
    GaveUp { lines: Vec<u8>, last: Option<String> },
    /// All was read.
    Done,
}

/// Makes a job for the rows of a query; none when Salesforce does not want to do it in bulk.
pub fn start(listing: &Listing<'_>, select: &str, columns: usize) -> Result<Option<Job>, Error> {
    #[derive(Deserialize)]
    struct Made {
        id: String,
    }
    let made = listing.ask(&create(&format!("{select} ORDER BY Id"))?).and_then(|response| response.json::<Made>());
    match made {
        Ok(Made { id }) => {
            Ok(Some(Job { id, made: now_ms(), rows: piece(columns), locator: None, last: None, ended: false }))
        }
        Err(error) if ends_listing(&error) => Err(error),
        Err(error) => {
            log(Level::Info, "not in bulk", &[("object", listing.reading.object), ("code", &error.code)]);
            Ok(None)
        }
    }
}

/// What is wrong with the connection as a whole, and not only with the Bulk API.
fn ends_listing(error: &Error) -> bool {
    matches!(error.class, ErrorClass::Reauthorize) || error.code == "api-budget"
}

/// Rows of one piece with so many columns.
fn piece(columns: usize) -> u32 {
    u32::try_from(PIECE_CELLS / columns.max(1)).unwrap_or(MAX_PIECE).clamp(MIN_PIECE, MAX_PIECE)
}

/// Looks at a job: waits for it, reads a piece of it, or ends it.
pub fn step(listing: &Listing<'_>, columns: &[String], job: Job) -> Result<Step, Error> {
    if job.ended {
        delete(&job);
        return Ok(Step::Done);
    }
    let ready = job.locator.is_some();
    if !ready {
        match state(listing, &job)? {
            State::Ready => {}
            State::Working => return wait(job, now_ms()),
            State::Over => return Ok(give_up(job, Vec::new())),
        }
    }
    read(listing, columns, job)
}

fn wait(job: Job, now: f64) -> Result<Step, Error> {
    let age = now - job.made;
    if age > PATIENCE_MS {
        return Ok(give_up(job, Vec::new()));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between the two waits")]
    let wait = (age / 2.0).clamp(SHORTEST_WAIT_MS, LONGEST_WAIT_MS) as u32;
    let sentence = "Salesforce puts the records together. They are fetched as soon as they are ready.";
    Err(Error::new(ErrorClass::Throttled, "bulk-job", sentence).after(Some(wait)))
}

fn give_up(job: Job, lines: Vec<u8>) -> Step {
    log(Level::Info, "a bulk job was given up", &[("job", &job.id)]);
    delete(&job);
    Step::GaveUp { lines, last: job.last }
}

/// What a job is doing.
#[derive(Debug, PartialEq, Eq)]
enum State {
    Working,
    Ready,
    /// It failed, was aborted, or is gone.
    Over,
}

fn state(listing: &Listing<'_>, job: &Job) -> Result<State, Error> {
    match listing.ask(&about(&job.id)).and_then(|response| response.json::<Info>()) {
        Ok(info) => Ok(info.state()),
        Err(error) if is_passing(&error) => Err(error),
        Err(_) => Ok(State::Over),
    }
}

/// Waiting helps, or a person: the job itself may be all right.
fn is_passing(error: &Error) -> bool {
    matches!(error.class, ErrorClass::Retry | ErrorClass::Throttled | ErrorClass::Exhausted | ErrorClass::Reauthorize)
}

#[derive(Deserialize)]
struct Info {
    state: String,
}

impl Info {
    fn state(&self) -> State {
        match self.state.as_str() {
            "JobComplete" => State::Ready,
            "UploadComplete" | "InProgress" | "Open" => State::Working,
            _ => State::Over,
        }
    }
}

fn read(listing: &Listing<'_>, columns: &[String], mut job: Job) -> Result<Step, Error> {
    match listing.ask(&results(&job)) {
        Ok(response) => {
            let converted = convert(&response, columns, job.last.as_deref())?;
            let locator = response.header("sforce-locator").map(str::to_owned);
            Ok(turn(job, locator, converted))
        }
        Err(error) if error.code == "response-too-large" && job.rows > MIN_PIECE => {
            job.rows = (job.rows / 2).max(MIN_PIECE);
            Ok(Step::Records { lines: Vec::new(), next: job })
        }
        Err(error) if is_passing(&error) => Err(error),
        Err(_) => Ok(give_up(job, Vec::new())),
    }
}

fn convert(response: &Response, columns: &[String], after: Option<&str>) -> Result<Converted, Error> {
    let said = response.header("sforce-numberofrecords").and_then(|text| text.trim().parse::<u32>().ok());
    let mut converted = Converted::default();
    let cells = Cells::new(io::BufReader::with_capacity(CHUNK, Rest(&response.body)), columns).map_err(broken)?;
    csv::lines(cells, after, &mut converted).map_err(broken)?;
    if converted.in_order && said.is_some_and(|said| said != converted.seen) {
        return Err(incomplete());
    }
    Ok(converted)
}

fn broken(error: csv::Broken) -> Error {
    let sentence = "Salesforce sent results that cannot be read, so nothing of them was kept. They are fetched again.";
    Error::new(ErrorClass::Retry, "bulk-results", sentence).with_detail(error.to_string())
}

/// Where it goes on after a piece: the next one, the end, or page by page where the rows turned out not to be in order.
fn turn(mut job: Job, locator: Option<String>, converted: Converted) -> Step {
    let Converted { lines, last, in_order, .. } = converted;
    job.last = last.or(job.last);
    if !in_order {
        return give_up(job, lines);
    }
    // The word stands for nothing; no header at all does, too.
    job.locator = locator.filter(|locator| !locator.is_empty() && locator != "null");
    job.ended = job.locator.is_none();
    Step::Records { lines, next: job }
}

fn create(soql: &str) -> Result<Request, Error> {
    http::post(format!("{DATA}/jobs/query")).json(&json!({
        "operation": "query",
        "query": soql,
        "contentType": "CSV",
        "columnDelimiter": "COMMA",
        "lineEnding": "LF",
    }))
}

fn about(job: &str) -> Request {
    http::get(format!("{DATA}/jobs/query")).segment(job)
}

fn results(job: &Job) -> Request {
    let request = about(&job.id).segment("results").header("accept", "text/csv");
    let request = request.query("maxRecords", &job.rows.to_string());
    match &job.locator {
        Some(locator) => request.query("locator", locator),
        None => request,
    }
}

/// Its results would lie there for a week. One that is still at work cannot be deleted; Salesforce ends and forgets it by itself.
fn delete(job: &Job) {
    let request = http::delete(format!("{DATA}/jobs/query")).segment(&job.id);
    if let Err(error) = request.send().and_then(api::success) {
        log(Level::Debug, "a bulk job was left to Salesforce", &[("code", &error.code)]);
    }
}

/// The rest of a body, piece by piece.
struct Rest<'a>(&'a Body);

impl Read for Rest<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = u32::try_from(into.len()).unwrap_or(u32::MAX);
        let bytes = self.0.read(most).map_err(|error| io::Error::other(error.code))?;
        into[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}

#[cfg(test)]
mod tests;
