//! Objects whose rows are their records: pages in the order of the key, or a bulk job for many.

use super::bulk::{self, Job, Step};
use super::place::{self, Place};
use super::{Listing, fitting, incomplete};
use crate::reading::Source;
use crate::{api, soql};
use serde::{Deserialize, Serialize};
use weft_integration::prelude::*;

/// Where a listing stands.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Cursor {
    /// Behind this key; at the start for none. It outlives the session, as a page address of Salesforce does not.
    Behind(Option<String>),
    /// In a bulk job.
    Job(Job),
}

/// One page. The records stay in Salesforce's answer.
pub fn page(listing: &Listing<'_>, source: &Source) -> Result<Page, Error> {
    let columns = soql::columns(&listing.request.fields)?;
    match cursor::decode(listing.request.after.as_deref())? {
        None if listing.is_large() => start(listing, source, &columns),
        None => behind(listing, source, &columns, None),
        Some(Cursor::Behind(key)) => behind(listing, source, &columns, key.as_deref()),
        Some(Cursor::Job(job)) => step(listing, &columns, job),
    }
}

/// Asks in bulk; page by page where Salesforce refuses that.
fn start(listing: &Listing<'_>, source: &Source, columns: &[String]) -> Result<Page, Error> {
    let conditions: Vec<String> = source.filter.map(str::to_owned).into_iter().collect();
    match bulk::start(listing, &soql::select(columns, source.object, &conditions), columns.len())? {
        Some(job) => Page::of_lines(Vec::new(), Some(&Cursor::Job(job))),
        None => behind(listing, source, columns, None),
    }
}

fn step(listing: &Listing<'_>, columns: &[String], job: Job) -> Result<Page, Error> {
    match bulk::step(listing, columns, job)? {
        Step::Records { lines, next } => Page::of_lines(lines, Some(&Cursor::Job(next))),
        Step::GaveUp { lines, last } => Page::of_lines(lines, Some(&Cursor::Behind(last))),
        Step::Done => Page::of_lines::<Cursor>(Vec::new(), None),
    }
}

fn behind(listing: &Listing<'_>, source: &Source, columns: &[String], after: Option<&str>) -> Result<Page, Error> {
    let (response, last) = fitting(listing.rows(), |rows| {
        let response = listing.ask(&api::query(&soql::page(source, columns, after, rows)?))?;
        let last = place::last_key(&response, rows)?;
        Ok((response, last))
    })?;
    let next = last.map(|key| Cursor::Behind(Some(key)));
    Page::passthrough(response, "/records", next.as_ref())
}

/// The records with these keys, in one answer.
pub fn keyed(source: &Source, request: &FetchRequest) -> Result<Page, Error> {
    let columns = soql::columns(&request.fields)?;
    let response = api::success(api::query(&soql::keyed(source, &columns, &request.keys)?).send()?)?;
    if let Place::Cut(_) = Place::of(&response)? {
        return Err(incomplete());
    }
    Page::passthrough::<()>(response, "/records", None)
}
