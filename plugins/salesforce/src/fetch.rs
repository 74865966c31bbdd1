//! Pages of an object: how each object is read decides which listing gives them.

mod bulk;
mod columns;
mod csv;
mod logins;
mod merged;
mod place;
mod rows;
pub mod tokens;
mod windows;

use crate::describe::Described;
use crate::permissions::label;
use crate::reading::{Reading, Shape};
use crate::settings::Settings;
use crate::{api, budget, describe, objects, soql};
use serde_json::Value as Json;
use weft_integration::prelude::*;

/// The most rows Salesforce puts on one page.
const MAX_PAGE: u32 = soql::MAX_PAGE;

/// A page of so few rows that is still too long is the fault of something else.
const MIN_PAGE: u32 = 50;

/// One page of an object, or the records with some keys.
pub fn fetch(config: &str, request: &FetchRequest) -> Result<Page, Error> {
    let reading = objects::reading(&request.object)?;
    let page = match request.keys.is_empty() {
        true => page(&Listing { reading, request, settings: Settings::parse(config)? }),
        false => keyed(reading, request),
    };
    page.map_err(|error| name_permission(reading, error))
}

/// What a page is wanted of.
pub struct Listing<'a> {
    pub reading: &'static Reading,
    pub request: &'a FetchRequest,
    pub settings: Settings,
}

impl Listing<'_> {
    /// Sends a request of the listing. The org's other tools keep their share of its daily requests.
    pub fn ask(&self, request: &Request) -> Result<Response, Error> {
        let response = api::success(request.send()?)?;
        budget::keep(response.header(budget::HEADER), self.settings.api_budget_percent)?;
        Ok(response)
    }

    /// How many rows to ask for.
    pub fn rows(&self) -> u32 {
        if self.request.page_size == 0 { MAX_PAGE } else { self.request.page_size.min(MAX_PAGE) }
    }

    /// Whether there are so many records that they are asked for in bulk.
    pub fn is_large(&self) -> bool {
        self.reading.bulk && self.request.estimate().is_some_and(|count| count >= self.settings.bulk_threshold)
    }
}

fn page(listing: &Listing<'_>) -> Result<Page, Error> {
    match listing.reading.shape {
        Shape::Rows(source) => rows::page(listing, &source),
        Shape::Merged(parts) => merged::page(listing, parts),
        Shape::Logins(source) => logins::page(listing, &source),
        Shape::Tokens(_) => tokens::page(listing),
    }
}

/// Live records by key: never held back by the budget, since actions rest on them.
fn keyed(reading: &Reading, request: &FetchRequest) -> Result<Page, Error> {
    match reading.shape {
        Shape::Rows(source) | Shape::Logins(source) => rows::keyed(&source, request),
        Shape::Merged(parts) => Page::of_records::<_, ()>(&merged::keyed(parts, &request.keys)?, None),
        Shape::Tokens(_) => Page::of_records::<_, ()>(&tokens::keyed(&request.keys)?, None),
    }
}

/// The records with these keys, read live, with the same members as a fetch gives them: what an action changed.
pub fn records(object: &str, keys: &[String]) -> Result<Vec<Json>, Error> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    match objects::reading(object)?.shape {
        Shape::Merged(parts) => merged::keyed(parts, keys),
        Shape::Tokens(_) => Ok(tokens::keyed(keys)?.into_iter().map(Json::Object).collect()),
        Shape::Rows(source) | Shape::Logins(source) => {
            let object = objects::find(object)?;
            let fields = describe::visible(&object, &described(&object)?);
            api::read(&soql::keyed(&source, &soql::columns(&fields)?, keys)?)
        }
    }
}

/// The descriptions that decide which columns of an object are seen: its own, and those its columns lead to. One that is refused hides
/// its columns.
fn described(object: &ObjectType) -> Result<Described, Error> {
    let mut described = Described::new();
    for name in [object.name.as_str()].into_iter().chain(describe::far_objects(object)) {
        match api::success(api::describe(name).send()?).and_then(|response| response.json()) {
            Ok(describe) => drop(described.insert(name.to_owned(), describe)),
            Err(error) if is_refusal(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(described)
}

/// Asks for fewer rows as long as the answer is too long to be taken: rows may be wide.
fn fitting<T>(rows: u32, ask: impl Fn(u32) -> Result<T, Error>) -> Result<T, Error> {
    let mut rows = rows;
    loop {
        match ask(rows) {
            Err(error) if rows > MIN_PAGE && is_too_long(&error) => rows = (rows / 4).max(MIN_PAGE),
            answer => return answer,
        }
    }
}

/// For the host to hold, or for the guest to read.
fn is_too_long(error: &Error) -> bool {
    matches!(error.code.as_str(), "response-too-large" | "body-too-large")
}

/// Whether this object, or part of one, cannot be read, while the rest can.
pub fn is_refusal(error: &Error) -> bool {
    matches!(error.class, ErrorClass::Forbidden | ErrorClass::NotFound)
}

/// An object that cannot be asked for looks like one that does not exist.
fn name_permission(reading: &Reading, error: Error) -> Error {
    if error.code != "INVALID_TYPE" {
        return error;
    }
    let mut names: Vec<&str> = reading.sources().iter().map(|source| label(source.permission)).collect();
    names.dedup();
    let message = format!("{} Grant \"{}\" to the connected user.", error.message, names.join("\" and \""));
    Error { message, ..error }
}

/// A page that cannot be trusted to be whole.
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
    fn an_answer_that_is_too_long_is_asked_for_in_fewer_rows() {
        let too_long = || Error::bug("response-too-large", "");
        assert_eq!(fitting(2_000, |rows| if rows > 200 { Err(too_long()) } else { Ok(rows) }).unwrap(), 125);
        assert_eq!(fitting::<u32>(2_000, |_| Err(too_long())).unwrap_err().code, "response-too-large");
        assert_eq!(fitting::<u32>(2_000, |_| Err(Error::bug("x", ""))).unwrap_err().code, "x");
    }

    #[test]
    fn what_cannot_be_asked_for_names_every_permission() {
        let refusal = || Error::new(ErrorClass::Forbidden, "INVALID_TYPE", "Not there.");
        let named = name_permission(objects::reading("Package").unwrap(), refusal());
        assert_eq!(
            named.message,
            "Not there. Grant \"View Setup and Configuration\" and \"Download AppExchange Packages\" to the connected user."
        );
        let named = name_permission(objects::reading("License").unwrap(), refusal());
        assert_eq!(named.message, "Not there. Grant \"View Setup and Configuration\" to the connected user.");
    }
}
