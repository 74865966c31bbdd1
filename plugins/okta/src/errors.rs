//! Okta's errors as the host needs them. Their body is `{errorCode, errorSummary, errorLink, errorId, errorCauses}` (spec, schema
//! `Error`); with an OAuth token it may be empty, and the reason stands in a header that guests do not see.

use serde::Deserialize;
use weft_integration::prelude::*;

/// Of what Okta says, in characters: a person reads it in Slack.
const MAX_TEXT: usize = 300;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Body {
    error_code: String,
    error_summary: String,
    error_causes: Vec<Cause>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Cause {
    error_summary: String,
}

/// The error in an answer with a status that is no success. `wait_ms` is how long Okta asks to wait.
pub fn of_answer(status: u16, body: &[u8], wait_ms: Option<u32>) -> Error {
    let body: Body = serde_json::from_slice(body).unwrap_or_default();
    let says = says(&body);
    let (class, sentence) = match body.error_code.as_str() {
        // "Invalid token provided", "The access token is expired".
        "E0000011" => (ErrorClass::Reauthorize, GONE.to_owned()),
        "E0000006" | "E0000015" => (ErrorClass::Forbidden, format!("{FORBIDDEN} {says}")),
        "E0000007" => (ErrorClass::NotFound, "Okta has no such record any more.".to_owned()),
        "E0000047" => (ErrorClass::Throttled, SLOW.to_owned()),
        // "Internal Server Error", "Service is in read only mode".
        "E0000009" | "E0000010" => (ErrorClass::Retry, format!("{LATER} {says}")),
        // "Invalid search criteria": of a listing, that its cursor is not taken any more.
        "E0000031" => (ErrorClass::Bug, format!("Okta did not understand the integration. {says}")),
        _ => of_status(status, &says),
    };
    let code = if body.error_code.is_empty() { format!("http-{status}") } else { body.error_code };
    let wait_ms = wait_ms.filter(|_| class == ErrorClass::Throttled);
    Error::new(class, code, sentence.trim_end()).after(wait_ms)
}

const GONE: &str = "Okta no longer accepts the login of this connection. Connect it again.";
const FORBIDDEN: &str = "Okta does not let the connected account do this, so it was not done. The app in Okta needs the scope for it, and the \
     account an admin role that may do it.";
const SLOW: &str = "Okta takes no more requests of this kind in this minute. It is tried again in the next one.";
const LATER: &str = "Okta could not do it at the moment. It is tried again later.";

fn of_status(status: u16, says: &str) -> (ErrorClass, String) {
    let class = http::class_of_status(status);
    let sentence = match class {
        ErrorClass::Reauthorize => GONE.to_owned(),
        ErrorClass::Forbidden => format!("{FORBIDDEN} {says}"),
        ErrorClass::NotFound => format!("Okta has no such record or address. {says}"),
        ErrorClass::Throttled => SLOW.to_owned(),
        ErrorClass::Retry => format!("{LATER} {says}"),
        ErrorClass::Bug => format!("Okta gave an answer that the integration does not understand. {says}"),
        _ => format!("Okta refused, so it was not done. {says}"),
    };
    (class, sentence)
}

/// The causes say what is wrong; the summary often only names the operation (`Api validation failed: suspendUser`).
fn says(body: &Body) -> String {
    let causes: Vec<&str> =
        body.error_causes.iter().map(|cause| cause.error_summary.trim()).filter(|text| !text.is_empty()).collect();
    let text = if causes.is_empty() { body.error_summary.trim().to_owned() } else { causes.join(" ") };
    if text.is_empty() { String::new() } else { format!("Okta says: {}", shorten(&text)) }
}

/// One line of at most [`MAX_TEXT`] characters.
fn shorten(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}

/// Whether this object, or part of one, cannot be read, while the rest can.
pub fn is_refusal(error: &Error) -> bool {
    matches!(error.class, ErrorClass::Forbidden | ErrorClass::NotFound)
}

/// Whether the answer may have been lost behind Okta's door: it may have happened.
pub fn is_doubtful(error: &Error) -> bool {
    matches!(error.class, ErrorClass::Unknown)
        || matches!(error.code.as_str(), "E0000009" | "http-500" | "http-502" | "http-504" | "http-408")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_say_what_to_do_next() {
        for (status, body, class, code) in [
            (
                401,
                r#"{"errorCode":"E0000011","errorSummary":"Invalid token provided"}"#,
                ErrorClass::Reauthorize,
                "E0000011",
            ),
            (403, r#"{"errorCode":"E0000006","errorSummary":"No."}"#, ErrorClass::Forbidden, "E0000006"),
            (404, r#"{"errorCode":"E0000007","errorSummary":"Not found"}"#, ErrorClass::NotFound, "E0000007"),
            (429, r#"{"errorCode":"E0000047"}"#, ErrorClass::Throttled, "E0000047"),
            (500, r#"{"errorCode":"E0000009"}"#, ErrorClass::Retry, "E0000009"),
            (
                400,
                r#"{"errorCode":"E0000001","errorSummary":"Api validation failed: x"}"#,
                ErrorClass::InvalidInput,
                "E0000001",
            ),
            (403, "", ErrorClass::Forbidden, "http-403"),
            (401, "", ErrorClass::Reauthorize, "http-401"),
            (503, "<html>", ErrorClass::Retry, "http-503"),
        ] {
            let error = of_answer(status, body.as_bytes(), Some(5_000));
            assert_eq!((error.class, error.code.as_str()), (class, code), "{status} {body}");
            assert_eq!(error.retry_after_ms.is_some(), class == ErrorClass::Throttled);
        }
    }

    #[test]
    fn causes_are_what_is_told() {
        let body = r#"{"errorCode":"E0000001","errorSummary":"Api validation failed: suspendUser","errorLink":"E0000001","errorId":"oae1",
            "errorCauses":[{"errorSummary":"Cannot suspend a user that is not active"}]}"#;
        let error = of_answer(400, body.as_bytes(), None);
        assert_eq!(
            error.message,
            "Okta refused, so it was not done. Okta says: Cannot suspend a user that is not active"
        );
        assert!(of_answer(400, "x".repeat(9_000).as_bytes(), None).message.len() < 100);
    }
}
