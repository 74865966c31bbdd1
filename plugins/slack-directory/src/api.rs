//! Slack's Web API: an answer is HTTP 200 with `ok`, whatever became of the request.

use crate::errors::{self, Refusal};
use weft_integration::prelude::*;

/// The longest answer read into the guest: what the manifest lets the host take.
const MAX_ANSWER_BYTES: u32 = 32 << 20;

/// A call of a method that reads.
pub fn method(name: &str) -> Request {
    http::get(format!("/{name}"))
}

/// The answer, when it is a good one.
pub fn ok(response: Response) -> Result<Response, Error> {
    match refusal(&response)? {
        None => Ok(response),
        Some(refusal) => Err(errors::error(&refusal)),
    }
}

/// What Slack refused, if it did. An answer that is no answer of the Web API is an error.
pub fn refusal(response: &Response) -> Result<Option<Refusal>, Error> {
    if let Some(error) = errors::of_status(response.status, response.retry_after_ms()) {
        return Err(error);
    }
    match response.lookup::<bool>("/ok")? {
        Some(true) => Ok(None),
        Some(false) => Ok(Some(Refusal {
            code: response.lookup("/error")?.unwrap_or_default(),
            needed: response.lookup("/needed")?,
        })),
        None => Err(errors::not_the_web_api()),
    }
}

/// The whole body.
pub fn body(response: &Response) -> Result<Vec<u8>, Error> {
    response.body.read_to_end(MAX_ANSWER_BYTES)
}
