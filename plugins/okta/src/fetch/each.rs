//! Objects that are listed for each record of another one: the members of every group, the users of every application. The walk from one
//! to the next is the cursor. What is broken at one of them is told, and does not stop the others.

use crate::objects::Each;
use crate::{api, pace};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::VecDeque;
use weft_integration::prelude::*;

/// Listings that are asked for side by side: with their next pages they fit into a cursor.
const SIDE_BY_SIDE: usize = 6;
/// How often one listing is tried, beside the tries of the host.
const TRIES: u8 = 2;
/// Of what was said of the first broken one, in characters.
const MAX_REASON: usize = 200;

/// Where the walk stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Walk {
    parents: Parents,
    /// Still to be listed.
    queue: VecDeque<Place>,
    broken: u32,
    /// The id of the first broken one, and why.
    first_broken: Option<(String, String)>,
    /// In milliseconds since 1970; at once for none.
    resume_at: Option<f64>,
}

/// How far the listing of the parents has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Parents {
    #[default]
    Start,
    At(String),
    End,
}

/// One parent, and how far its own listing has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Place {
    id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    #[serde(default, skip_serializing_if = "is_none_yet")]
    tries: u8,
}

/// Left out of the cursor, which is short.
fn is_none_yet(tries: &u8) -> bool {
    *tries == 0
}

/// What one request at a place gave: records, and where it goes on there.
type Listed = Result<(Vec<Json>, Option<String>), Error>;

/// One page: the next few listings of the walk.
pub fn page(each: &Each, request: &FetchRequest) -> Result<Page, Error> {
    let mut walk: Walk = cursor::decode(request.after.as_deref())?.unwrap_or_default();
    pace::keep(walk.resume_at.take(), now_ms())?;
    let mut seen = Vec::new();
    if walk.queue.is_empty() {
        seen.extend(walk.refill(each)?);
    }
    let places: Vec<Place> = walk.queue.drain(..walk.queue.len().min(SIDE_BY_SIDE)).collect();
    let requests: Vec<Request> = places.iter().map(|place| place.request(each)).collect();
    let mut listed = Vec::new();
    for (place, answer) in places.into_iter().zip(http::all(&requests)) {
        let found = answer.and_then(api::success).and_then(|response| {
            let found = (api::list(&response)?, api::next(&response));
            seen.push(response);
            Ok(found)
        });
        listed.push((place, found));
    }
    let records = walk.take(each, listed)?;
    walk.resume_at = pace::resume_at(&seen, now_ms());
    walk.turn(each, &records)
}

impl Place {
    fn new(id: String) -> Self {
        Self { id, next: None, tries: 0 }
    }

    fn request(&self, each: &Each) -> Request {
        self.next.as_ref().map_or_else(|| each.first(&self.id), http::get)
    }
}

impl Walk {
    /// Reads the next page of parents, if there is one. Answers what was read.
    fn refill(&mut self, each: &Each) -> Result<Option<Response>, Error> {
        let response = match &self.parents {
            Parents::Start => api::success(each.of.first(each.of.limit).send()?)?,
            Parents::At(next) => api::success(http::get(next).send()?).map_err(super::forgotten)?,
            Parents::End => return Ok(None),
        };
        let ids = api::list(&response)?;
        let ids = ids.iter().filter_map(|parent| parent["id"].as_str()).filter(|id| api::is_id(id));
        self.queue.extend(ids.map(|id| Place::new(id.to_owned())));
        self.parents = api::next(&response).map_or(Parents::End, Parents::At);
        Ok(Some(response))
    }

    /// Takes in what the listings gave. An error is for all of them: what waiting or a person cures.
    fn take(&mut self, each: &Each, listed: Vec<(Place, Listed)>) -> Result<Vec<Json>, Error> {
        let passing = |found: &Listed| found.as_ref().is_err_and(|error| error.class == ErrorClass::Retry);
        let is_outage = listed.len() > 1 && listed.iter().all(|(_, found)| passing(found));
        let mut records = Vec::new();
        for (place, found) in listed {
            match found {
                Ok((children, next)) => {
                    records.extend(children.iter().filter_map(|child| (each.record)(&place.id, child)));
                    if let Some(next) = next {
                        self.queue.push_front(Place { next: Some(next), ..place });
                    }
                }
                Err(error) if is_outage || ends_page(&error) => return Err(error),
                // It was deleted since the parents were listed.
                Err(error) if error.class == ErrorClass::NotFound && place.next.is_none() => {}
                Err(error) => self.stumble(place, &error),
            }
        }
        Ok(records)
    }

    /// Tries a listing again, from its beginning, or notes that it is broken.
    fn stumble(&mut self, place: Place, error: &Error) {
        let may_pass = error.class == ErrorClass::Retry || place.next.is_some();
        if may_pass && place.tries + 1 < TRIES {
            self.queue.push_back(Place { next: None, tries: place.tries + 1, ..place });
            return;
        }
        self.broken += 1;
        let reason = || error.message.chars().take(MAX_REASON).collect();
        self.first_broken.get_or_insert_with(|| (place.id, reason()));
    }

    fn turn(self, each: &Each, records: &[Json]) -> Result<Page, Error> {
        let is_done = self.queue.is_empty() && self.parents == Parents::End;
        let page = Page::of_records(records, (!is_done).then_some(&self))?;
        Ok(match &self.first_broken {
            Some((id, reason)) => page.incomplete(format!(
                "{} of the {} could not be looked into, so what belongs to them is missing. The first is {id}: {reason}",
                self.broken, each.parents
            )),
            None => page,
        })
    }
}

/// What is not about one listing.
fn ends_page(error: &Error) -> bool {
    matches!(error.class, ErrorClass::Throttled | ErrorClass::Exhausted | ErrorClass::Reauthorize | ErrorClass::Unknown)
}

#[cfg(test)]
mod tests;
