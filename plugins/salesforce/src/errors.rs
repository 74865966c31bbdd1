//! What Salesforce's errors mean: a list of errors, one error object, an OAuth error, a page of HTML, or nothing at all. Decided by code;
//! by text only where Salesforce uses one code for two things.

use serde::Deserialize;
use serde_json::Value as Json;
use weft_integration::prelude::*;

/// The longest text of Salesforce's that is shown.
const MAX_TEXT: usize = 400;
/// The daily allowance is a rolling one: some of it is back after this.
pub const EXHAUSTED_WAIT_MS: u32 = 4 * 3600 * 1000;
/// Requests of more than 20 seconds are counted; they end by themselves.
const CONCURRENT_WAIT_MS: u32 = 10_000;

/// The member of an error that names a column which does not exist, or not for this user.
const COLUMN: &str = "column";
/// What Salesforce says of a session that is of the wrong kind rather than over.
const UNFIT_SESSIONS: [&str; 2] = ["not valid for use with the REST API", "is not attached to Agent"];

/// What is said of a lock: Salesforce did nothing, and will when the lock is gone.
pub const LOCKED: &str =
    "Salesforce is changing groups or roles at the moment and locks them. It is tried again later.";

#[derive(Debug, Deserialize)]
struct Item {
    #[serde(rename = "errorCode", alias = "statusCode", default)]
    code: String,
    #[serde(default)]
    message: String,
}

/// The error in an answer with a status that is no success.
pub fn of_answer(status: u16, body: &[u8]) -> Error {
    let json: Option<Json> = serde_json::from_slice(body).ok();
    match json {
        Some(Json::Array(items)) => of_items(status, items),
        Some(object @ Json::Object(_)) if object.get("error").is_some() => of_oauth(status, &object),
        Some(object @ Json::Object(_)) => of_items(status, vec![object]),
        _ => of_status(status),
    }
}

fn of_items(status: u16, items: Vec<Json>) -> Error {
    let items: Vec<Item> = items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect();
    let Some(first) = items.first().filter(|item| !item.code.is_empty()) else { return of_status(status) };
    let texts: Vec<&str> = items.iter().map(|item| item.message.as_str()).collect();
    of_code(status, &first.code, &shorten(&texts.join(" ")))
}

/// One error by its code.
fn of_code(status: u16, code: &str, text: &str) -> Error {
    let lock =
        text.contains("could not acquire lock") || text.contains("Group membership operation already in progress");
    let (class, sentence) = match code {
        _ if lock => (ErrorClass::Retry, LOCKED.into()),
        // A new login would get the same kind of session, and the same answer, for ever.
        "INVALID_SESSION_ID" | "INVALID_AUTH_HEADER" if UNFIT_SESSIONS.iter().any(|unfit| text.contains(unfit)) => (
            ErrorClass::Forbidden,
            format!(
                "The login works, and its session may not use the REST API. Give the app the scope \"api\", and see that it is an \
                 app of this org. Salesforce says: {text}"
            ),
        ),
        "UNABLE_TO_LOCK_ROW" => (ErrorClass::Retry, LOCKED.into()),
        "INVALID_SESSION_ID" | "INVALID_AUTH_HEADER" => (
            ErrorClass::Reauthorize,
            "Salesforce no longer accepts the login of this connection. Connect it again.".into(),
        ),
        "REQUEST_LIMIT_EXCEEDED" => return limit(code, text),
        "INVALID_FIELD" => return missing_field(code, text),
        "INVALID_TYPE" => (
            ErrorClass::Forbidden,
            format!("This org does not have the object, or the connected user may not see it. Salesforce says: {text}"),
        ),
        "INVALID_FIELD_FOR_INSERT_UPDATE"
        | "INSUFFICIENT_ACCESS"
        | "INSUFFICIENT_ACCESS_OR_READONLY"
        | "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
        | "TXN_SECURITY_METERING_ERROR" => (
            ErrorClass::Forbidden,
            format!("Salesforce does not let the connected user do this, so it was not done. Salesforce says: {text}"),
        ),
        "API_DISABLED_FOR_ORG" | "API_CURRENTLY_DISABLED" | "FUNCTIONALITY_NOT_ENABLED" => (
            ErrorClass::Forbidden,
            format!("The connected user needs the permission \"API Enabled\". Salesforce says: {text}"),
        ),
        "NOT_FOUND" | "ENTITY_IS_DELETED" => (ErrorClass::NotFound, "Salesforce has no such record any more.".into()),
        "INVALID_QUERY_LOCATOR" => (
            ErrorClass::CursorExpired,
            "Salesforce forgot the listing. Fetching starts again from the beginning.".into(),
        ),
        "LICENSE_LIMIT_EXCEEDED" => (
            ErrorClass::InvalidInput,
            format!(
                "No seat of the user's licence is free, so nothing was done. Free one or buy more. Salesforce says: {text}"
            ),
        ),
        "SERVER_UNAVAILABLE" | "QUERY_TIMEOUT" | "UNKNOWN_EXCEPTION" => (
            ErrorClass::Retry,
            format!("Salesforce could not do it at the moment. It is tried again later. Salesforce says: {text}"),
        ),
        "MALFORMED_QUERY" | "QUERY_TOO_COMPLICATED" | "METHOD_NOT_ALLOWED" => {
            (ErrorClass::Bug, format!("Salesforce did not understand the integration. Salesforce says: {text}"))
        }
        _ => (class_of_status(status), format!("Salesforce refused, so it was not done. Salesforce says: {text}")),
    };
    Error::new(class, code, sentence)
}

/// One code for two limits: too many long requests at once, and the allowance of the day.
fn limit(code: &str, text: &str) -> Error {
    if text.contains("Concurrent") {
        let sentence = "Too many long requests run in this Salesforce org at once. It is tried again in a moment.";
        return Error::new(ErrorClass::Throttled, code, sentence).after(Some(CONCURRENT_WAIT_MS));
    }
    let sentence = "The API requests of this Salesforce org are used up for the last 24 hours. What was fetched is kept; it goes on in some hours.";
    Error::new(ErrorClass::Exhausted, code, sentence).after(Some(EXHAUSTED_WAIT_MS))
}

/// Names the column in `No such column 'Foo' on entity 'Bar'. If you are ...`, also for the program, as the member `column`.
fn missing_field(code: &str, text: &str) -> Error {
    let quoted = |before: &str| text.split(before).nth(1).and_then(|rest| rest.split('\'').next());
    match quoted("column '").or_else(|| quoted("relationship '")) {
        Some(column) => {
            let sentence = format!(
                "The connected user cannot read the field {column}. Give their profile or a permission set read access to it, then check the connection again."
            );
            let mut error = Error::new(ErrorClass::Forbidden, code, sentence);
            error.ext.push((COLUMN.to_owned(), column.to_owned()));
            error
        }
        None => {
            let sentence = format!("The connected user cannot read one of the fields. Salesforce says: {text}");
            Error::new(ErrorClass::Forbidden, code, sentence)
        }
    }
}

/// The column or relationship that this error says does not exist.
pub fn missing_column(error: &Error) -> Option<&str> {
    error.ext.iter().find(|(name, _)| name == COLUMN).map(|(_, column)| column.as_str())
}

fn of_oauth(status: u16, object: &Json) -> Error {
    let text = |name: &str| object.get(name).and_then(Json::as_str).unwrap_or_default();
    let code = text("error");
    let class = match code {
        "invalid_grant" | "invalid_client" | "invalid_client_id" | "invalid_session" => ErrorClass::Reauthorize,
        _ => class_of_status(status),
    };
    let description = shorten(text("error_description"));
    Error::new(class, code, format!("Salesforce refused the login: {description}. Connect it again if this stays."))
}

fn of_status(status: u16) -> Error {
    let class = class_of_status(status);
    let sentence = match class {
        ErrorClass::Reauthorize => "Salesforce no longer accepts the login of this connection. Connect it again.",
        ErrorClass::Forbidden => "Salesforce does not let the connected user do this.",
        ErrorClass::NotFound => "Salesforce has no such record or address.",
        ErrorClass::Throttled => "Salesforce asks to slow down. It is tried again later.",
        ErrorClass::Retry => "Salesforce is not reachable or under maintenance. It is tried again later.",
        _ => "Salesforce gave an answer that the integration does not understand.",
    };
    Error::new(class, format!("http-{status}"), sentence)
}

/// 420 is Salesforce's own "slow down"; 406 comes and goes.
fn class_of_status(status: u16) -> ErrorClass {
    match status {
        420 => ErrorClass::Throttled,
        406 => ErrorClass::Retry,
        414 | 431 => ErrorClass::Bug,
        _ => http::class_of_status(status),
    }
}

/// One line of at most [`MAX_TEXT`] characters.
fn shorten(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests;
