//! Errors: short ways to make one, and the usual meaning of HTTP statuses.

use crate::bindings::weft::integration::types::{Error, ErrorClass};

impl Error {
    /// An error. `code` is short and stable; `message` tells the person what happened, what was not done and what to do next.
    pub fn new(class: ErrorClass, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { class, code: code.into(), message: message.into(), retry_after_ms: None, detail: None, ext: Vec::new() }
    }

    /// How long to wait, in milliseconds, where the tool said so.
    pub fn after(mut self, milliseconds: Option<u32>) -> Self {
        self.retry_after_ms = milliseconds;
        self
    }

    /// A note for the log, without secrets and personal data.
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(serde_json::Value::String(detail.into()).to_string());
        self
    }

    /// A fault in the integration itself, or an answer of the tool that it does not understand.
    pub fn bug(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(ErrorClass::Bug, code, message)
    }

    /// A wrong input; `input` is its name.
    pub fn invalid_input(input: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(ErrorClass::InvalidInput, input, message)
    }
}

/// What a status usually asks of the host. Tools differ: map their own codes first.
pub fn class_of_status(status: u16) -> ErrorClass {
    match status {
        401 => ErrorClass::Reauthorize,
        402 | 403 => ErrorClass::Forbidden,
        404 | 410 => ErrorClass::NotFound,
        409 | 412 => ErrorClass::Conflict,
        429 => ErrorClass::Throttled,
        408 | 425 | 500..=599 => ErrorClass::Retry,
        400 | 422 => ErrorClass::InvalidInput,
        _ => ErrorClass::Bug,
    }
}

/// The error for an unsuccessful status with nothing known but the status.
pub(crate) fn of_status(status: u16, retry_after_ms: Option<u32>) -> Error {
    let class = class_of_status(status);
    let sentence = match class {
        ErrorClass::Reauthorize => "The tool no longer accepts the connection's credentials. Connect it again.",
        ErrorClass::Forbidden => "The tool does not allow this for the connected account. Grant it the permission.",
        ErrorClass::NotFound => "The tool has no such record any more.",
        ErrorClass::Conflict => "The record changed in the meantime, so nothing was done. Look at it again.",
        ErrorClass::Throttled => "The tool asks to slow down. It is tried again later.",
        ErrorClass::Retry => "The tool is not able to answer at the moment. It is tried again later.",
        ErrorClass::InvalidInput => "The tool refused the request as wrong, so nothing was done.",
        _ => "The tool gave an answer that the integration does not understand.",
    };
    Error::new(class, format!("http-{status}"), sentence).after(retry_after_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_say_what_to_do_next() {
        for (status, class) in [
            (400, ErrorClass::InvalidInput),
            (401, ErrorClass::Reauthorize),
            (403, ErrorClass::Forbidden),
            (404, ErrorClass::NotFound),
            (409, ErrorClass::Conflict),
            (418, ErrorClass::Bug),
            (429, ErrorClass::Throttled),
            (503, ErrorClass::Retry),
        ] {
            assert_eq!(of_status(status, None).class, class, "{status}");
        }
    }

    #[test]
    fn a_detail_is_json_text() {
        assert_eq!(Error::bug("x", "y").with_detail("a \"b\"").detail.as_deref(), Some(r#""a \"b\"""#));
    }
}
