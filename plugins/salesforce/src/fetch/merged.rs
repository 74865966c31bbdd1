//! Records made of the rows of several objects of Salesforce, or of rows and what is made of them: part after part, each in the order
//! of its key, which is the order of the whole, since keys of one part start alike.

use super::{Listing, columns, fitting, incomplete, is_refusal};
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

/// Rows, and the key behind which there may be more.
type Rows = (Vec<Box<RawValue>>, Option<String>);

/// One page: rows of one part.
pub fn page(listing: &Listing<'_>, parts: &[Part]) -> Result<Page, Error> {
    let mut at: Cursor = cursor::decode(listing.request.after.as_deref())?.unwrap_or_default();
    let mut refusal = None;
    while let Some(part) = parts.get(at.part) {
        match rows(listing, part, &mut at) {
            Ok((rows, next)) => return turn(parts, at, &rows, next),
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
        _ => finish(parts, &at, &[], None),
    }
}

/// At the start of the part behind this one.
fn leave(at: &Cursor) -> Cursor {
    Cursor { part: at.part + 1, after: None, missing: Vec::new(), refused: at.refused.clone(), keyless: at.keyless }
}

fn turn(parts: &[Part], mut at: Cursor, rows: &[Box<RawValue>], next: Option<String>) -> Result<Page, Error> {
    let records: Vec<_> = rows.iter().filter_map(|row| record(&parts[at.part], row)).collect();
    at.keyless += u32::try_from(rows.len() - records.len()).unwrap_or(u32::MAX);
    let following = match next {
        Some(key) => Some(Cursor { after: Some(key), ..at.clone() }),
        None => Some(leave(&at)).filter(|following| following.part < parts.len()),
    };
    match following {
        Some(following) => finish(parts, &following, &records, Some(&following)),
        None => finish(parts, &at, &records, None),
    }
}

fn finish(parts: &[Part], at: &Cursor, records: &[Record<'_>], next: Option<&Cursor>) -> Result<Page, Error> {
    let page = Page::of_records(records, next)?;
    Ok(match gaps(parts, at) {
        Some(sentence) => page.incomplete(sentence),
        None => page,
    })
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

fn rows(listing: &Listing<'_>, part: &Part, at: &mut Cursor) -> Result<Rows, Error> {
    let mut wanted = columns_of(part);
    wanted.retain(|column| !at.missing.contains(column));
    let after = at.after.clone();
    let answer = columns::ask(&mut wanted, |columns| match part.source.tooling {
        true => tooling(&part.source, columns, |request| listing.ask(request)),
        false => fitting(listing.rows(), |rows| {
            let soql = soql::page(&part.source, columns, after.as_deref(), rows)?;
            let answer: Answer<Box<RawValue>> = listing.ask(&api::query(&soql))?.json()?;
            let next = last_key(&answer, rows)?;
            Ok((answer.records, next))
        }),
    });
    at.missing = columns_of(part);
    at.missing.retain(|column| !wanted.contains(column));
    answer
}

/// All rows, in the order of the key: the Tooling API does not promise to order every object.
fn tooling(
    source: &Source,
    columns: &[String],
    ask: impl Fn(&Request) -> Result<Response, Error>,
) -> Result<Rows, Error> {
    let conditions: Vec<String> = source.filter.map(str::to_owned).into_iter().collect();
    let mut answer: Answer<Box<RawValue>> =
        ask(&api::tooling_query(&soql::select(columns, source.object, &conditions)))?.json()?;
    let mut rows = answer.records;
    for _ in 0..MAX_TOOLING_PAGES {
        if answer.done {
            rows.sort_by_cached_key(|row| key(&Row::of(row)));
            return Ok((rows, None));
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

/// The key behind which there may be more.
fn last_key(answer: &Answer<Box<RawValue>>, rows: u32) -> Result<Option<String>, Error> {
    if answer.done && answer.records.len() < rows as usize {
        return Ok(None);
    }
    answer.records.iter().rev().find_map(|row| key(&Row::of(row))).map(Some).ok_or_else(incomplete)
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
    (part.finish)(&mut record);
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
