//! Pages of an object, in the order of its key.

use crate::{api, objects, soql};
use weft_integration::prelude::*;

pub mod tokens {
    pub fn key(secret: &str) -> String {
        secret.to_owned()
    }
}

pub fn records(_object: &str, _keys: &[String]) -> Result<Vec<serde_json::Value>, Error> {
    Ok(Vec::new())
}

/// One page. The records stay in Salesforce's answer; the cursor is the last key, so that a listing goes on under another session.
pub fn fetch(request: &FetchRequest) -> Result<Page, Error> {
    let object = objects::find(&request.object)?.name;
    page(&object, request).map_err(|error| name_permission(&object, error))
}

fn page(object: &str, request: &FetchRequest) -> Result<Page, Error> {
    let columns = soql::columns(&request.fields)?;
    if !request.keys.is_empty() {
        let response = api::success(api::query(&soql::by_keys(object, &columns, &request.keys)?).send()?)?;
        if let Place::Cut(_) = place(&response)? {
            return Err(incomplete());
        }
        return Page::passthrough::<()>(response, "/records", None);
    }
    let after: Option<String> = cursor::decode(request.after.as_deref())?;
    let rows = if request.page_size == 0 { soql::MAX_PAGE } else { request.page_size.min(soql::MAX_PAGE) };
    let response = api::success(api::query(&soql::page(object, &columns, after.as_deref(), rows)?).send()?)?;
    let next = next(&response, rows)?;
    Page::passthrough(response, "/records", next.as_ref())
}

/// The last key of a page behind which there may be more.
fn next(response: &Response, rows: u32) -> Result<Option<String>, Error> {
    let Some(last) = place(response)?.last(rows) else { return Ok(None) };
    let key: Option<String> = response.lookup(&format!("/records/{last}/Id"))?;
    key.map(Some).ok_or_else(incomplete)
}

/// What the head of an answer says about how far it goes.
#[derive(Debug)]
enum Place {
    /// All records of the query are here: so many.
    Whole(u32),
    /// Salesforce cut the page short after so many, as it does with wide rows.
    Cut(u32),
}

fn place(response: &Response) -> Result<Place, Error> {
    match response.lookup("/done")? {
        Some(true) => response.lookup("/totalSize")?.map(Place::Whole).ok_or_else(incomplete),
        // Not done, and no next page named, is no end: taking it for one would lose records in silence.
        Some(false) => {
            let next: Option<String> = response.lookup("/nextRecordsUrl")?;
            next.as_deref().and_then(offset).filter(|count| *count > 0).map(Place::Cut).ok_or_else(incomplete)
        }
        None => Err(incomplete()),
    }
}

impl Place {
    /// Where the last record stands, if there may be more behind it.
    fn last(&self, rows: u32) -> Option<u32> {
        match *self {
            Self::Whole(count) => (count >= rows).then(|| count - 1),
            Self::Cut(count) => Some(count - 1),
        }
    }
}

/// The `2000` of `/services/data/v67.0/query/0r8xx000-2000`.
fn offset(next: &str) -> Option<u32> {
    next.rsplit_once('-')?.1.parse().ok()
}

/// An object that cannot be asked for looks like one that does not exist.
fn name_permission(object: &str, error: Error) -> Error {
    if error.code != "INVALID_TYPE" {
        return error;
    }
    let message = format!("{} Grant \"{}\" to the connected user.", error.message, objects::permission(object));
    Error { message, ..error }
}

fn incomplete() -> Error {
    Error::new(
        ErrorClass::Retry,
        "incomplete-page",
        "Salesforce sent an incomplete page, so nothing of it was kept. It is fetched again.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_goes_on_where_it_was_full_or_cut_short() {
        for (place, last) in [
            (Place::Whole(2000), Some(1999)),
            (Place::Whole(1999), None),
            (Place::Whole(0), None),
            (Place::Cut(700), Some(699)),
        ] {
            assert_eq!(place.last(2000), last, "{place:?}");
        }
    }

    #[test]
    fn the_next_address_tells_where_a_page_was_cut() {
        assert_eq!(offset("/services/data/v67.0/query/0r8xx3d5k-700"), Some(700));
        assert_eq!(offset("/services/data/v67.0/query/0r8xx3d5k"), None);
    }
}
