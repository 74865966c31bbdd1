//! What the org answers to a call, before it becomes an HTTP response.

use super::fail::Fail;
use serde::Serialize;

const JSON: &str = "application/json;charset=UTF-8";

/// Status, body and headers.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub content_type: &'static str,
    pub body: Vec<u8>,
    pub headers: Vec<(&'static str, String)>,
    /// The path or method does not exist.
    pub unexpected: bool,
}

impl Answer {
    fn new(status: u16, content_type: &'static str, body: Vec<u8>) -> Answer {
        Answer { status, content_type, body, headers: Vec::new(), unexpected: false }
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
