//! Pages of an object: how each object is read decides which listing gives them.

mod each;
mod keyed;
mod listing;
mod logins;

use crate::objects::{self, Shape};
use weft_integration::prelude::*;

pub use keyed::records;

/// One page of an object, or the records with some keys.
pub fn fetch(request: &FetchRequest) -> Result<Page, Error> {
    let declared = objects::find(&request.object)?;
    if !request.keys.is_empty() {
        return Page::of_records::<_, ()>(&records(declared, &request.keys)?, None);
    }
    match &declared.shape {
        Shape::Whole(whole) => listing::page(whole, request),
        Shape::Each(each) => each::page(each, request),
        Shape::Logins => logins::page(request),
    }
}

/// A place that Okta does not take any more: the listing is begun again.
fn forgotten(error: Error) -> Error {
    match error.class {
        ErrorClass::InvalidInput | ErrorClass::NotFound | ErrorClass::Bug => Error {
            class: ErrorClass::CursorExpired,
            message: "Okta forgot where the listing stopped. Fetching starts again from the beginning.".into(),
            ..error
        },
        _ => error,
    }
}
