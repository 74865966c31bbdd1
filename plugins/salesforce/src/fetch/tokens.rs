//! OAuth tokens. Salesforce ends a listing of them after 2,500 rows without a word, so they are counted first and then asked for in
//! blocks; what is missing in the end is said. The only secret that is read is the one that can do nothing but delete the token: it is
//! turned into a key here and goes no further.

use super::{Listing, columns, incomplete};
use crate::api::{self, Answer};
use crate::record::{Record, Row};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use weft_integration::prelude::*;

/// Rows of one block: the most that Salesforce gives to one query.
const BLOCK: u32 = 2_500;
/// Pages of one block: 500 rows each, or fewer.
const MAX_BLOCK_PAGES: usize = 50;
/// Blocks that are searched for a key: a hundred thousand tokens.
const MAX_SEARCHED_BLOCKS: u32 = 40;
/// The column with the secret that only deletes.
const DELETE_TOKEN: &str = "DeleteToken";
/// The other columns.
const COLUMNS: [&str; 6] = ["AppName", "AppMenuItemId", "UserId", "CreatedDate", "LastUsedDate", "UseCount"];

/// Where a listing stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Cursor {
    offset: u32,
    /// How many there were at the start.
    counted: u32,
    /// How many came.
    came: u32,
}

/// A token's fingerprint: 64 characters of SHA-256. It tells nothing of the secret, and stays the same as long as the token lives.
pub fn key(delete_token: &str) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default();
    Sha256::digest(delete_token).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// One page: one block.
pub fn page(listing: &Listing<'_>) -> Result<Page, Error> {
    let at = match cursor::decode(listing.request.after.as_deref())? {
        Some(at) => at,
        None => Cursor { counted: count(listing)?, ..Cursor::default() },
    };
    let asked = block(at.offset, |request| listing.ask(request));
    let rows = match asked {
        Err(error) if at.offset > 0 && is_end(&error) => Vec::new(),
        rows => rows?,
    };
    turn(at, &rows)
}

fn count(listing: &Listing<'_>) -> Result<u32, Error> {
    let response = listing.ask(&api::query("SELECT COUNT() FROM OauthToken"))?;
    response.lookup("/totalSize")?.ok_or_else(incomplete)
}

/// Salesforce does not take the offset.
fn is_end(error: &Error) -> bool {
    matches!(error.code.as_str(), "NUMBER_OUTSIDE_VALID_RANGE" | "MALFORMED_QUERY")
}

fn turn(at: Cursor, rows: &[Box<RawValue>]) -> Result<Page, Error> {
    let records: Vec<_> = rows.iter().filter_map(|row| record(row)).collect();
    let came = at.came + u32::try_from(records.len()).unwrap_or(u32::MAX);
    let following = Cursor { offset: at.offset + BLOCK, came, ..at };
    if rows.len() >= BLOCK as usize {
        return Ok(Page::of_records(&records, Some(&following))?.of_total(Some(at.counted)));
    }
    let page = Page::of_records::<_, Cursor>(&records, None)?.of_total(Some(at.counted));
    Ok(if came < at.counted { page.incomplete(gap(came, at.counted)) } else { page })
}

fn gap(came: u32, counted: u32) -> String {
    format!(
        "Salesforce counts {counted} OAuth tokens and gave only {came} of them, so some are not shown. Revoke tokens that nobody \
         needs, then fetch again."
    )
}

fn block(offset: u32, ask: impl Fn(&Request) -> Result<Response, Error>) -> Result<Vec<Box<RawValue>>, Error> {
    let mut wanted = wanted();
    let mut answer = columns::ask(&mut wanted, |columns| {
        ask(&api::query(&query(columns, offset)))?.json::<Answer<Box<RawValue>>>()
    })?;
    let mut rows = answer.records;
    for _ in 0..MAX_BLOCK_PAGES {
        if answer.done {
            return Ok(rows);
        }
        let next = answer.next_records_url.as_deref().ok_or_else(incomplete)?;
        answer = ask(&api::next_page(next)).map_err(forgotten)?.json()?;
        rows.append(&mut answer.records);
    }
    Err(incomplete())
}

/// The next page of an answer is lost with the session that asked for it: the block is asked for again.
fn forgotten(error: Error) -> Error {
    match error.class {
        ErrorClass::Reauthorize | ErrorClass::CursorExpired => incomplete(),
        _ => error,
    }
}

/// The columns, the secret first: it takes the place of a key and is never left out.
fn wanted() -> Vec<String> {
    [DELETE_TOKEN].iter().chain(&COLUMNS).map(|&column| column.to_owned()).collect()
}

fn query(columns: &[String], offset: u32) -> String {
    let soql = format!("SELECT {} FROM OauthToken LIMIT {BLOCK}", columns.join(","));
    if offset == 0 { soql } else { format!("{soql} OFFSET {offset}") }
}

/// The record of a row: without the secret. None for a row that has none, which cannot be told from others.
fn record(row: &RawValue) -> Option<Record<'_>> {
    let row = Row::of(row);
    let secret: String = serde_json::from_str(row.get(DELETE_TOKEN)?.get()).ok()?;
    if secret.is_empty() {
        return None;
    }
    let mut record = Record::default();
    for column in COLUMNS {
        record.read(column, row.get(column));
    }
    record.set("Key", &key(&secret));
    Some(record)
}

/// The records with these keys, read live: all tokens are looked through, since Salesforce does not know our keys.
pub fn keyed(keys: &[String]) -> Result<Vec<Json>, Error> {
    let mut found = Vec::new();
    for number in 0..MAX_SEARCHED_BLOCKS {
        let rows = block(number * BLOCK, |request| api::success(request.send()?));
        let rows = match rows {
            Err(error) if number > 0 && is_end(&error) => break,
            rows => rows?,
        };
        let wanted = |record: &Record<'_>| record.get("Key").is_some_and(|key: String| keys.contains(&key));
        for record in rows.iter().filter_map(|row| record(row)).filter(wanted) {
            found.push(serde_json::to_value(&record).map_err(|_| incomplete())?);
        }
        if rows.len() < BLOCK as usize || found.len() >= keys.len() {
            break;
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects;
    use serde_json::json;

    fn row(secret: &str) -> Box<RawValue> {
        let row = json!({ "attributes": { "type": "OauthToken" }, "DeleteToken": secret, "AppName": "Mailer", "UseCount": 3 });
        serde_json::value::to_raw_value(&row).unwrap()
    }

    #[test]
    fn all_that_is_shown_is_asked_for() {
        let fields = objects::find("OauthToken").unwrap().fields;
        let shown: Vec<&str> = fields.iter().map(|field| field.name.as_str()).filter(|name| *name != "Key").collect();
        assert_eq!(shown, COLUMNS);
    }

    #[test]
    fn the_secret_becomes_a_key_and_goes_no_further() {
        let row_of = row("very secret");
        let record = record(&row_of).unwrap().json();
        assert_eq!(record["Key"], key("very secret"));
        assert_eq!(record["Key"].as_str().unwrap().len(), 64);
        assert_eq!(key("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let text = serde_json::to_string(&record).unwrap();
        assert!(!text.contains("secret") && text.contains("Mailer") && !text.contains("attributes"), "{text}");
        assert!(super::record(&row("")).is_none());
    }

    #[test]
    fn no_other_secret_is_asked_for() {
        let soql = query(&wanted(), 0);
        assert_eq!(
            soql,
            "SELECT DeleteToken,AppName,AppMenuItemId,UserId,CreatedDate,LastUsedDate,UseCount FROM OauthToken LIMIT 2500"
        );
        assert!(query(&wanted(), 2500).ends_with(" LIMIT 2500 OFFSET 2500"));
    }

    #[test]
    fn blocks_follow_until_one_is_not_full() {
        let at = Cursor { offset: 0, counted: 2_600, came: 0 };
        let rows: Vec<_> = (0..BLOCK).map(|number| row(&number.to_string())).collect();
        let page = turn(at, &rows).unwrap();
        assert_eq!(page.total, Some(2_600));
        let next: Cursor = cursor::decode(page.next.as_deref()).unwrap().unwrap();
        assert_eq!(next, Cursor { offset: 2_500, counted: 2_600, came: 2_500 });
        let last = turn(next, &rows[..100]).unwrap();
        assert!(last.next.is_none() && last.ext.is_empty());
    }

    #[test]
    fn what_did_not_come_is_said() {
        let at = Cursor { offset: 2_500, counted: 4_000, came: 2_500 };
        // One of them cannot be told from others.
        let page = turn(at, &[row("a"), row("")]).unwrap();
        let (_, sentence) = page.ext.iter().find(|(name, _)| name == "incomplete").unwrap();
        assert!(sentence.contains("4000 OAuth tokens") && sentence.contains("2501"), "{sentence}");
        // More than were counted is no gap: some are new.
        assert!(turn(Cursor { counted: 1, ..Cursor::default() }, &[row("a"), row("b")]).unwrap().ext.is_empty());
    }
}
