//! Records made of the rows of several objects of Salesforce, or of rows and what is made of them: part after part, each in the order
//! of its key, which is the order of the whole, since keys of one part start alike.

use super::{Listing, columns, fitting, incomplete, is_refusal, place};
use crate::api::{self, Answer};
use crate::permissions::label;
use crate::reading::{Part, Source};
use crate::record::{Record, Row};
use crate::{id, soql};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use serde_json::value::RawValue;
use weft_integration::prelude::*;

/// Pages of an answer over the Tooling API that are followed: no org has so many packages.
const MAX_TOOLING_PAGES: usize = 20;

/// Where a listing stands.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Cursor {
    /// Which part.
    part: usize,
    /// Behind this key of it.
    after: Option<String>,
    /// Columns of it that do not exist, or not for this user.
    missing: Vec<String>,
    /// Parts that could not be read.
    refused: Vec<usize>,
    /// Rows that were left out, since they have no key.
    keyless: u32,
}

/// What came of a part.
enum Found {
    /// Rows to make records of, and the key behind which there may be more.
    Rows(Vec<Box<RawValue>>, Option<String>),
    /// An answer whose rows are the records but for the names of their columns, and the same key.
    Answer(Response, Option<String>),
}

/// One page: rows of one part.
pub fn page(listing: &Listing<'_>, parts: &[Part]) -> Result<Page, Error> {
    let mut at: Cursor = cursor::decode(listing.request.after.as_deref())?.unwrap_or_default();
    let mut refusal = None;
    while let Some(part) = parts.get(at.part) {
        match find(listing, part, &mut at) {
            Ok(Found::Rows(rows, next)) => return made(parts, at, &rows, next),
            Ok(Found::Answer(answer, next)) => return passed(parts, at, answer, next),
            Err(error) if parts.len() > 1 && is_refusal(&error) => {
                at.refused.push(at.part);
                at = leave(&at);
                refusal = Some(error);
            }
            Err(error) => return Err(error),
        }
    }
    match refusal {
        Some(error) if at.refused.len() == parts.len() => Err(error),
        _ => Ok(with_gaps(parts, &at, Page::of_lines::<()>(Vec::new(), None)?)),
    }
}

/// At the start of the part behind this one.
fn leave(at: &Cursor) -> Cursor {
    Cursor { part: at.part + 1, after: None, missing: Vec::new(), refused: at.refused.clone(), keyless: at.keyless }
}

/// Behind a key of this part, else at the start of the next; none behind the last part.
fn following(parts: &[Part], at: &Cursor, next: Option<String>) -> Option<Cursor> {
    match next {
        Some(key) => Some(Cursor { after: Some(key), ..at.clone() }),
        None => Some(leave(at)).filter(|following| following.part < parts.len()),
    }
}

/// A page of records that are made here.
fn made(parts: &[Part], mut at: Cursor, rows: &[Box<RawValue>], next: Option<String>) -> Result<Page, Error> {
    let records: Vec<_> = rows.iter().filter_map(|row| record(&parts[at.part], row)).collect();
    at.keyless += u32::try_from(rows.len() - records.len()).unwrap_or(u32::MAX);
    let following = following(parts, &at, next);
    let page = Page::of_records(&records, following.as_ref())?;
    Ok(with_gaps(parts, following.as_ref().unwrap_or(&at), page))
}

/// A page of records that stay with the host, which is told where their fields lie.
fn passed(parts: &[Part], at: Cursor, answer: Response, next: Option<String>) -> Result<Page, Error> {
    let part = &parts[at.part];
    let following = following(parts, &at, next);
    let pointers = part.columns.iter().map(|(field, column)| (*field, format!("/{}", column.replace('.', "/"))));
    let page = Page::passthrough(answer, "/records", following.as_ref())?
        .with_pointers(pointers)
        .with_values(part.kind.map(|kind| ("Kind", kind.to_owned())));
    Ok(with_gaps(parts, following.as_ref().unwrap_or(&at), page))
}

fn with_gaps(parts: &[Part], at: &Cursor, page: Page) -> Page {
    match gaps(parts, at) {
        Some(sentence) => page.incomplete(sentence),
        None => page,
    }
}

/// What is not there, for a person.
fn gaps(parts: &[Part], at: &Cursor) -> Option<String> {
    let mut sentences: Vec<String> = Vec::new();
    for part in at.refused.iter().filter_map(|&place| parts.get(place)) {
        let permission = label(part.source.permission);
        sentences.push(format!(
            "Without the {}: grant \"{permission}\" to the connected user, or the org does not have them.",
            part.title
        ));
    }
    if at.keyless > 0 {
        sentences.push(format!("Salesforce gave {} record(s) without an id; they were left out.", at.keyless));
    }
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

fn find(listing: &Listing<'_>, part: &Part, at: &mut Cursor) -> Result<Found, Error> {
    let mut wanted = columns_of(part);
    wanted.retain(|column| !at.missing.contains(column));
    let after = at.after.as_deref();
    let found = columns::ask(&mut wanted, |columns| match part.source.tooling {
        true => tooling(&part.source, columns, |request| listing.ask(request)).map(|rows| Found::Rows(rows, None)),
        false => fitting(listing.rows(), |rows| {
            let answer = listing.ask(&api::query(&soql::page(&part.source, columns, after, rows)?))?;
            let next = place::last_key(&answer, rows)?;
            Ok(match part.finish {
                Some(_) => Found::Rows(answer.json::<Answer<_>>()?.records, next),
                None => Found::Answer(answer, next),
            })
        }),
    });
    at.missing = columns_of(part);
    at.missing.retain(|column| !wanted.contains(column));
    found
}

/// All rows, in the order of the key: the Tooling API does not promise to order every object.
fn tooling(
    source: &Source,
    columns: &[String],
    ask: impl Fn(&Request) -> Result<Response, Error>,
) -> Result<Vec<Box<RawValue>>, Error> {
    let conditions: Vec<String> = source.filter.map(str::to_owned).into_iter().collect();
    let mut answer: Answer<Box<RawValue>> =
        ask(&api::tooling_query(&soql::select(columns, source.object, &conditions)))?.json()?;
    let mut rows = answer.records;
    for _ in 0..MAX_TOOLING_PAGES {
        if answer.done {
            rows.sort_by_cached_key(|row| key(&Row::of(row)));
            return Ok(rows);
        }
        let next = answer.next_records_url.as_deref().ok_or_else(incomplete)?;
        answer = ask(&api::next_page(next))?.json()?;
        rows.append(&mut answer.records);
    }
    Err(Error::bug(
        "too-many-pages",
        "Salesforce answered with more pages than this object can have, so nothing of it was kept.",
    ))
}

fn key(row: &Row<'_>) -> Option<String> {
    let id: String = serde_json::from_str(row.get("Id")?.get()).ok()?;
    id::normalize(&id)
}

fn columns_of(part: &Part) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for (_, column) in part.columns {
        if !columns.iter().any(|known| known == column) {
            columns.push((*column).to_owned());
        }
    }
    columns
}

/// The record made of a row; none for one without a key.
fn record<'a>(part: &Part, row: &'a RawValue) -> Option<Record<'a>> {
    let row = Row::of(row);
    let key = key(&row)?;
    let mut record = Record::default();
    for (field, column) in part.columns {
        record.read(field, row.get(column));
    }
    if let Some(kind) = part.kind {
        record.set("Kind", &kind);
    }
    if let Some(finish) = part.finish {
        finish(&mut record);
    }
    record.set("Id", &key);
    Some(record)
}

/// The records with these keys, read live. A key tells by its first characters which part it belongs to.
pub fn keyed(parts: &[Part], keys: &[String]) -> Result<Vec<Json>, Error> {
    let mut records = Vec::new();
    for part in parts {
        let own: Vec<&String> = keys.iter().filter(|key| key.starts_with(part.prefix)).collect();
        if own.is_empty() {
            continue;
        }
        let rows = columns::ask(&mut columns_of(part), |columns| {
            let soql = soql::keyed(&part.source, columns, &own)?;
            let request = if part.source.tooling { api::tooling_query(&soql) } else { api::query(&soql) };
            api::success(request.send()?)?.json::<Answer<Box<RawValue>>>()
        })?;
        if !rows.done {
            return Err(incomplete());
        }
        for record in rows.records.iter().filter_map(|row| record(part, row)) {
            records.push(serde_json::to_value(&record).map_err(|_| incomplete())?);
        }
    }
    Ok(records)
}

#[cfg(test)]
mod tests;
