//! Live reads: queries by ids, all pages of them. Never from what was fetched before.

use crate::api::{self, Answer};
use crate::id;
use serde::de::DeserializeOwned;
use weft_integration::prelude::*;

/// Ids in one query: with them and the columns its address is a third of what Salesforce takes.
const IDS_TOGETHER: usize = 200;
/// Records that one question about the targets may have as its answer: what hangs on more is nothing to decide in one request.
const MAX_ROWS: usize = 20_000;

/// Records whose `column` names one of these ids, and for which `and` holds (a condition, or nothing).
pub fn by<T: DeserializeOwned>(
    object: &str,
    columns: &str,
    column: &str,
    ids: &[impl AsRef<str>],
    and: &str,
) -> Result<Vec<T>, Error> {
    let mut found = Vec::new();
    for soql in queries(object, columns, column, ids, and) {
        found.extend(rows(&soql)?);
    }
    Ok(found)
}

/// The same; nothing where the object is not there or may not be read.
pub fn by_if_readable<T: DeserializeOwned>(
    object: &str,
    columns: &str,
    column: &str,
    ids: &[impl AsRef<str>],
    and: &str,
) -> Result<Option<Vec<T>>, Error> {
    readable(by(object, columns, column, ids, and))
}

/// Nothing for what is not there or may not be read.
pub fn readable<T>(found: Result<T, Error>) -> Result<Option<T>, Error> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.class, ErrorClass::Forbidden | ErrorClass::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What is no id names no record, and must not spoil the query for the others.
fn queries(object: &str, columns: &str, column: &str, ids: &[impl AsRef<str>], and: &str) -> Vec<String> {
    let mut ids: Vec<String> = ids.iter().filter_map(|key| id::normalize(key.as_ref())).collect();
    ids.sort_unstable();
    ids.dedup();
    let and = if and.is_empty() { String::new() } else { format!(" AND {and}") };
    let query =
        |ids: &[String]| format!("SELECT {columns} FROM {object} WHERE {column} IN ('{}'){and}", ids.join("','"));
    ids.chunks(IDS_TOGETHER).map(query).collect()
}

/// All records of a query.
pub fn rows<T: DeserializeOwned>(soql: &str) -> Result<Vec<T>, Error> {
    let mut found = Vec::new();
    let mut request = api::query(soql);
    loop {
        let page: Answer<T> = api::success(request.send()?)?.json()?;
        found.extend(page.records);
        if page.done {
            return Ok(found);
        }
        if found.len() > MAX_ROWS {
            return Err(Error::new(
                ErrorClass::InvalidInput,
                "too-many",
                format!(
                    "More than {MAX_ROWS} records in Salesforce hang on this, so nothing was done. Choose fewer at once."
                ),
            ));
        }
        // Not done and no next page is no end: taking it for one would plan on half of it.
        let next = page.next_records_url.ok_or_else(incomplete)?;
        request = api::next_page(&next);
    }
}

fn incomplete() -> Error {
    let sentence = "Salesforce sent an incomplete page, so nothing was done. It is tried again.";
    Error::new(ErrorClass::Retry, "incomplete-page", sentence)
}

/// A text as SOQL writes it.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_are_asked_for_and_each_once() {
        let ids = ["005D0000001ABCd", "005D0000001ABCdIAO", "x' OR Id != '"];
        assert_eq!(
            queries("User", "Id", "ManagerId", &ids, "IsActive = true"),
            ["SELECT Id FROM User WHERE ManagerId IN ('005D0000001ABCdIAO') AND IsActive = true"]
        );
        assert!(queries("User", "Id", "Id", &["", "me"], "").is_empty());
    }

    #[test]
    fn a_query_of_many_ids_fits_into_an_address() {
        let ids: Vec<String> = (0..450).map(|number| format!("005D0000001A{number:03}")).collect();
        let queries = queries("User", &"Profile.UserLicense.Name,".repeat(30), "Id", &ids, "");
        assert_eq!(queries.len(), 3);
        // Salesforce refuses addresses of more than 16,384 bytes, with its headers 16,384 in all.
        assert!(queries.iter().all(|soql| api::query(soql).url.len() < 10_000));
    }

    #[test]
    fn a_text_cannot_end_its_quotes() {
        assert_eq!(quoted(r"a'b\"), r"'a\'b\\'");
    }
}
