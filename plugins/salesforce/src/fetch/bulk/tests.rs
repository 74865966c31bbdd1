//! Jobs as requests, and what their answers lead to.

use super::*;

fn job() -> Job {
    Job { id: "750R0000000zlh9IAA".into(), made: 1_000.0, rows: 5_000, locator: None, last: None, ended: false }
}

fn converted(last: Option<&str>, in_order: bool) -> Converted {
    Converted { lines: b"{}\n".to_vec(), last: last.map(str::to_owned), seen: 1, in_order }
}

#[test]
fn a_job_is_made_polled_read_and_ended_by_these_requests() {
    let request = create("SELECT Id FROM User ORDER BY Id").unwrap();
    assert_eq!((request.method.as_str(), request.url.as_str()), ("POST", "/services/data/v67.0/jobs/query"));
    let body: serde_json::Value = serde_json::from_slice(&request.body.unwrap()).unwrap();
    assert_eq!(body["query"], "SELECT Id FROM User ORDER BY Id");
    assert_eq!((&body["operation"], &body["contentType"]), (&json!("query"), &json!("CSV")));
    assert_eq!(about("750A").url, "/services/data/v67.0/jobs/query/750A");
    assert_eq!(results(&job()).url, "/services/data/v67.0/jobs/query/750R0000000zlh9IAA/results?maxRecords=5000");
    let further = Job { locator: Some("MTAwMDA=".into()), ..job() };
    assert!(results(&further).url.ends_with("/results?maxRecords=5000&locator=MTAwMDA%3D"));
}

#[test]
fn states_say_whether_to_wait_to_read_or_to_leave_it() {
    for (state, means) in [
        ("UploadComplete", State::Working),
        ("InProgress", State::Working),
        ("JobComplete", State::Ready),
        ("Failed", State::Over),
        ("Aborted", State::Over),
        ("SomethingNew", State::Over),
    ] {
        assert_eq!(Info { state: state.into() }.state(), means, "{state}");
    }
}

#[test]
fn a_young_job_is_looked_at_sooner() {
    for (now, waits) in [(1_000.0, 250), (2_000.0, 500), (21_000.0, 10_000), (91_000.0, 15_000)] {
        let error = wait(job(), now).unwrap_err();
        assert_eq!((error.class, error.code.as_str()), (ErrorClass::Throttled, "bulk-job"));
        assert_eq!(error.retry_after_ms, Some(waits));
    }
}

#[test]
fn pieces_lead_on_until_the_locator_is_null() {
    let Step::Records { next, .. } = turn(job(), Some("MTAw".into()), converted(Some("005A"), true)) else { panic!() };
    assert_eq!((next.locator.as_deref(), next.last.as_deref(), next.ended), (Some("MTAw"), Some("005A"), false));
    for locator in [Some("null".to_owned()), Some(String::new()), None] {
        let Step::Records { next, .. } = turn(next.clone(), locator, converted(None, true)) else { panic!() };
        // A piece without rows does not forget the last key.
        assert_eq!((next.locator, next.last.as_deref(), next.ended), (None, Some("005A"), true));
    }
}

#[test]
fn wide_rows_come_in_smaller_pieces() {
    for (columns, rows) in [(1, MAX_PIECE), (10, 20_000), (40, 5_000), (140, 1_428), (2_000, MIN_PIECE)] {
        assert_eq!(piece(columns), rows, "{columns}");
    }
}

#[test]
fn only_what_concerns_the_connection_ends_the_listing() {
    for (class, code, ends) in [
        (ErrorClass::Reauthorize, "INVALID_SESSION_ID", true),
        (ErrorClass::Exhausted, "api-budget", true),
        (ErrorClass::Exhausted, "LIMIT_EXCEEDED", false),
        (ErrorClass::InvalidInput, "INVALIDENTITY", false),
        (ErrorClass::InvalidInput, "API_ERROR", false),
        (ErrorClass::Forbidden, "INVALID_TYPE", false),
        (ErrorClass::Retry, "http-503", false),
    ] {
        assert_eq!(ends_listing(&Error::new(class, code, "")), ends, "{code}");
    }
}
