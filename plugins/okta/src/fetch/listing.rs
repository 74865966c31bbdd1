//! Objects that one listing gives: Okta says where the next page is. Records that need nothing more stay in its answer.

use super::forgotten;
use crate::objects::Listing;
use crate::{api, pace};
use serde::{Deserialize, Serialize};
use weft_integration::prelude::*;

/// The whole body of an answer is the array of records.
pub const RECORDS: &str = "";

/// Where a listing stands.
#[derive(Debug, Serialize, Deserialize)]
pub struct Cursor {
    /// The next page, as Okta gave it.
    pub next: String,
    /// In milliseconds since 1970; at once for none.
    pub resume_at: Option<f64>,
}

/// One page.
pub fn page(listing: &Listing, request: &FetchRequest) -> Result<Page, Error> {
    let (response, next) = turn(cursor::decode(request.after.as_deref())?, || listing.first(listing.limit))?;
    if listing.finish.is_none() {
        return Page::passthrough(response, RECORDS, next.as_ref());
    }
    let records: Vec<_> = api::list(&response)?.into_iter().map(|record| listing.finished(record)).collect();
    Page::of_records(&records, next.as_ref())
}

/// The answer at this place, and the place after it.
pub fn turn(at: Option<Cursor>, first: impl FnOnce() -> Request) -> Result<(Response, Option<Cursor>), Error> {
    let response = match at {
        None => api::success(first().send()?)?,
        Some(at) => {
            pace::keep(at.resume_at, now_ms())?;
            api::success(http::get(at.next).send()?).map_err(forgotten)?
        }
    };
    let resume_at = pace::resume_at([&response], now_ms());
    let next = api::next(&response).map(|next| Cursor { next, resume_at });
    Ok((response, next))
}
