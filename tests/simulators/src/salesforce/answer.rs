//! What the org answers to a call, before it becomes an HTTP response.

use super::fail::Fail;
use super::org::Inner;
use serde::Serialize;
use std::fmt;
use std::sync::Arc;

const JSON: &str = "application/json;charset=UTF-8";

/// A body that is written piece by piece while it is sent.
#[derive(Clone)]
pub struct Pieces(Arc<Write>);

/// Writes the piece of a number.
type Write = dyn Fn(&Inner, usize) -> Option<Vec<u8>> + Send + Sync;

impl Pieces {
    /// A body of what `write` answers for 0, 1, 2 and so on until it answers `None`.
    pub fn new(write: impl Fn(&Inner, usize) -> Option<Vec<u8>> + Send + Sync + 'static) -> Pieces {
        Pieces(Arc::new(write))
    }

    /// The piece of this number.
    pub fn get(&self, org: &Inner, number: usize) -> Option<Vec<u8>> {
        (self.0)(org, number)
    }
}

impl fmt::Debug for Pieces {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Pieces")
    }
}

/// Status, body and headers.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub content_type: &'static str,
    pub body: Vec<u8>,
    /// The body instead, where it is too large to be in memory as a whole.
    pub pieces: Option<Pieces>,
    pub headers: Vec<(&'static str, String)>,
    /// The path or method does not exist.
    pub unexpected: bool,
}

impl Answer {
    fn new(status: u16, content_type: &'static str, body: Vec<u8>) -> Answer {
        Answer { status, content_type, body, pieces: None, headers: Vec::new(), unexpected: false }
    }

    /// A 200 that is written while it is sent.
    pub fn streamed(content_type: &'static str, pieces: Pieces) -> Answer {
        Answer { pieces: Some(pieces), ..Answer::new(200, content_type, Vec::new()) }
    }

    /// JSON that is written already.
    pub fn raw(status: u16, body: Vec<u8>) -> Answer {
        Answer::new(status, JSON, body)
    }

    /// JSON.
    pub fn json<T: Serialize>(status: u16, body: &T) -> Answer {
        // Plain data with text keys: writing it cannot fail.
        Answer::raw(status, serde_json::to_vec(body).unwrap_or_default())
    }

    /// No body.
    pub fn empty(status: u16) -> Answer {
        Answer::new(status, "", Vec::new())
    }

    /// A page.
    pub fn html(status: u16, body: String) -> Answer {
        Answer::new(status, "text/html;charset=UTF-8", body.into_bytes())
    }

    /// Plain text.
    pub fn text(status: u16, body: &str) -> Answer {
        Answer::new(status, "text/plain;charset=UTF-8", body.as_bytes().to_vec())
    }

    /// `a=1&b=2`, as the revoke endpoint answers.
    pub fn form(status: u16, body: &str) -> Answer {
        Answer::new(status, "application/x-www-form-urlencoded", body.as_bytes().to_vec())
    }

    /// Sends the browser elsewhere.
    pub fn redirect(to: &str) -> Answer {
        Answer::empty(302).with("location", to)
    }

    /// A refusal, as the array of one object that data resources send.
    pub fn refusal(fail: &Fail) -> Answer {
        Answer { unexpected: fail.unexpected, ..Answer::json(fail.status, &[fail.to_json()]) }
    }

    /// The same with one header more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Answer {
        self.headers.push((name, value.into()));
        self
    }
}
