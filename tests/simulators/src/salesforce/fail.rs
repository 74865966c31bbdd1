//! Refusals: an HTTP status, one of Salesforce's error codes, its text, and the fields it is about.

use serde_json::{Value as Json, json};
use std::borrow::Cow;

/// Why a call, or one item of a call, was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fail {
    pub status: u16,
    pub code: Cow<'static, str>,
    pub message: String,
    pub fields: Vec<String>,
    /// Whether the caller asked for a path or method that does not exist: a mistake of the caller's code, not of its data.
    pub unexpected: bool,
}

/// What most things here answer.
pub type Outcome<T> = Result<T, Fail>;

impl Fail {
    /// A refusal without fields.
    pub fn new(status: u16, code: &'static str, message: impl Into<String>) -> Fail {
        Fail { status, code: Cow::Borrowed(code), message: message.into(), fields: Vec::new(), unexpected: false }
    }

    /// A 400.
    pub fn bad(code: &'static str, message: impl Into<String>) -> Fail {
        Fail::new(400, code, message)
    }

    /// The same refusal, naming a field.
    #[must_use]
    pub fn on(mut self, field: &str) -> Fail {
        self.fields.push(field.to_owned());
        self
    }

    /// No such record, by a well-formed id.
    pub fn not_found() -> Fail {
        Fail::new(404, "NOT_FOUND", "The requested resource does not exist")
    }

    /// No such path.
    pub fn no_path() -> Fail {
        Fail { unexpected: true, ..Fail::not_found() }
    }

    /// The path exists, the method does not.
    pub fn method(method: &str, allowed: &str) -> Fail {
        let message = format!("HTTP Method '{method}' not allowed. Allowed are {allowed}");
        Fail { unexpected: true, ..Fail::new(405, "METHOD_NOT_ALLOWED", message) }
    }

    /// The session is over, or never was.
    pub fn session() -> Fail {
        Fail::new(401, "INVALID_SESSION_ID", "Session expired or invalid")
    }

    /// The body is not the JSON that was expected.
    pub fn json(message: impl Into<String>) -> Fail {
        Fail::bad("JSON_PARSER_ERROR", message)
    }

    /// As an item of the array a data resource answers with.
    pub fn to_json(&self) -> Json {
        let mut body = json!({ "message": self.message, "errorCode": self.code });
        if !self.fields.is_empty() || self.code == "ENTITY_IS_DELETED" {
            body["fields"] = json!(self.fields);
        }
        body
    }

    /// As an item of `errors` in the answer of a collection.
    pub fn to_item(&self) -> Json {
        json!({ "statusCode": self.code, "message": self.message, "fields": self.fields })
    }
}
