//! Recorded shapes of Salesforce's errors, and what the host must do next.

use super::*;

fn list(code: &str, text: &str) -> String {
    serde_json::json!([{ "message": text, "errorCode": code, "fields": [] }]).to_string()
}

#[test]
fn codes_say_what_to_do_next() {
    let table = [
        (401, "INVALID_SESSION_ID", "Session expired or invalid", ErrorClass::Reauthorize),
        (401, "INVALID_SESSION_ID", "This session is not valid for use with the REST API", ErrorClass::Forbidden),
        (401, "INVALID_SESSION_ID", "Connected app is not attached to Agent", ErrorClass::Forbidden),
        (401, "INVALID_AUTH_HEADER", "INVALID_JWT_FORMAT", ErrorClass::Reauthorize),
        (403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", ErrorClass::Exhausted),
        (
            403,
            "REQUEST_LIMIT_EXCEEDED",
            "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
            ErrorClass::Throttled,
        ),
        (400, "INVALID_TYPE", "sObject type 'InstalledSubscriberPackage' is not supported.", ErrorClass::Forbidden),
        (
            403,
            "INSUFFICIENT_ACCESS_OR_READONLY",
            "insufficient access rights on cross-reference id",
            ErrorClass::Forbidden,
        ),
        (400, "INSUFFICIENT_ACCESS", "insufficient access rights on cross-reference id", ErrorClass::Forbidden),
        (
            403,
            "FUNCTIONALITY_NOT_ENABLED",
            "This feature is not currently enabled for this user.",
            ErrorClass::Forbidden,
        ),
        (404, "ENTITY_IS_DELETED", "entity is deleted", ErrorClass::NotFound),
        (400, "ENTITY_IS_DELETED", "entity is deleted", ErrorClass::NotFound),
        (400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record", ErrorClass::Retry),
        (400, "UNKNOWN_EXCEPTION", "Group membership operation already in progress", ErrorClass::Retry),
        (400, "FIELD_INTEGRITY_EXCEPTION", "could not acquire lock", ErrorClass::Retry),
        (500, "UNKNOWN_EXCEPTION", "An unexpected error occurred.", ErrorClass::Retry),
        (400, "FIELD_INTEGRITY_EXCEPTION", "You cannot deactivate the Default Workflow User", ErrorClass::InvalidInput),
        (400, "LICENSE_LIMIT_EXCEEDED", "License Limit Exceeded", ErrorClass::InvalidInput),
        (400, "MALFORMED_QUERY", "unexpected token", ErrorClass::Bug),
        (400, "INVALID_QUERY_LOCATOR", "invalid query locator", ErrorClass::CursorExpired),
        (503, "SERVER_UNAVAILABLE", "", ErrorClass::Retry),
    ];
    for (status, code, text, class) in table {
        let error = of_answer(status, list(code, text).as_bytes());
        assert_eq!((error.class, error.code.as_str()), (class, code), "{code}: {text}");
    }
}

#[test]
fn salesforces_own_text_reaches_the_person() {
    let text = "You cannot deactivate a user who is the default owner of cases";
    let error = of_answer(400, list("FIELD_INTEGRITY_EXCEPTION", text).as_bytes());
    assert!(error.message.contains(text), "{}", error.message);
}

#[test]
fn a_column_that_cannot_be_read_is_named() {
    let text = "\nSELECT Id,NumberOfFailedLogins FROM User\n          ^\nERROR at Row:1:Column:11\nNo such column 'NumberOfFailedLogins' on entity 'User'.";
    let error = of_answer(400, list("INVALID_FIELD", text).as_bytes());
    assert_eq!(error.class, ErrorClass::Forbidden);
    assert!(error.message.contains("the field NumberOfFailedLogins."), "{}", error.message);
    assert_eq!(missing_column(&error), Some("NumberOfFailedLogins"));
    let path =
        "Didn't understand relationship 'Related' in field path. If you are attempting to use a custom relationship,";
    assert_eq!(missing_column(&of_answer(400, list("INVALID_FIELD", path).as_bytes())), Some("Related"));
    let other = of_answer(400, list("INVALID_FIELD", "something else").as_bytes());
    assert_eq!((other.class, missing_column(&other)), (ErrorClass::Forbidden, None));
}

#[test]
fn every_item_of_a_list_is_told() {
    let body = r#"[{"message":"First.","errorCode":"REQUIRED_FIELD_MISSING"},{"message":"Second.","errorCode":"X"}]"#;
    assert!(of_answer(400, body.as_bytes()).message.ends_with("First. Second."));
}

#[test]
fn other_shapes_are_understood_too() {
    for (status, body, class, code) in [
        (400, r#"{"errorCode":"INVALID_TYPE","message":"x"}"#, ErrorClass::Forbidden, "INVALID_TYPE"),
        (
            400,
            r#"{"error":"invalid_grant","error_description":"expired access/refresh token"}"#,
            ErrorClass::Reauthorize,
            "invalid_grant",
        ),
        (503, "<html><body>Down for maintenance</body></html>", ErrorClass::Retry, "http-503"),
        (420, "", ErrorClass::Throttled, "http-420"),
        (404, "", ErrorClass::NotFound, "http-404"),
        (403, "Bad_OAuth_Token", ErrorClass::Forbidden, "http-403"),
        (500, "[]", ErrorClass::Retry, "http-500"),
        (414, "[{\"x\":1}]", ErrorClass::Bug, "http-414"),
    ] {
        let error = of_answer(status, body.as_bytes());
        assert_eq!((error.class, error.code.as_str()), (class, code), "{status} {body}");
    }
}

#[test]
fn long_texts_are_cut_at_a_character() {
    assert_eq!(shorten(&"ü".repeat(500)).chars().count(), MAX_TEXT + 3);
    assert_eq!(shorten("a\n  b"), "a b");
}
