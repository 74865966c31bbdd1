//! Faults on request, limits, packing, the journal.

use super::{Lab, OrgOptions, query_path};
use crate::salesforce::Fault;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value as Json, json};
use std::io::Write;

#[tokio::test]
async fn calls_fail_as_asked_and_then_work_again() {
    let lab = Lab::small().await;
    lab.org.fault_times("GET /services/data/*/limits", 2, Fault::Status { status: 503, retry_after: Some(7) });
    lab.org.fault("GET /services/data/*/limits", Fault::Status { status: 429, retry_after: None });
    let first = lab.request("GET", "/limits").send().await.unwrap();
    assert_eq!((first.status().as_u16(), first.headers()["retry-after"].to_str().unwrap()), (503, "7"));
    assert_eq!(lab.refused("GET", "/limits", None).await, (503, "SERVER_UNAVAILABLE".into()));
    assert_eq!(lab.refused("GET", "/limits", None).await, (429, "REQUEST_LIMIT_EXCEEDED".into()));
    assert_eq!(lab.call("GET", "/limits", None).await.0, 200);
    lab.org.fault(
        "* /services/data/**",
        Fault::Refuse { status: 400, code: "UNABLE_TO_LOCK_ROW", message: "could not acquire lock" },
    );
    assert_eq!(lab.refused("GET", "/limits", None).await, (400, "UNABLE_TO_LOCK_ROW".into()));
    lab.org.fault("* /services/data/**", Fault::Status { status: 500, retry_after: None });
    assert_eq!(lab.refused("GET", "/limits", None).await, (500, "UNKNOWN_EXCEPTION".into()));
    assert_eq!(lab.org.faults_left(), 0);
}

#[tokio::test]
async fn html_comes_where_json_was_asked_for() {
    let lab = Lab::small().await;
    lab.org.fault("* /services/data/**", Fault::Maintenance);
    lab.org.fault("* /services/data/**", Fault::HtmlInsteadOfJson);
    for status in [503, 200] {
        let response = lab.request("GET", "/limits").send().await.unwrap();
        assert_eq!(response.status(), status);
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    }
}

#[tokio::test]
async fn a_truncated_answer_is_no_json() {
    let lab = Lab::small().await;
    lab.org.fault("GET /services/data/*/query", Fault::Truncated);
    let response = lab.request("GET", &query_path("SELECT Id FROM User")).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.json::<Json>().await.is_err());
}

#[tokio::test]
async fn an_expired_session_stays_expired() {
    let lab = Lab::small().await;
    lab.org.fault("GET /services/data/*/limits", Fault::ExpiredSession);
    for _ in 0..2 {
        assert_eq!(lab.refused("GET", "/limits", None).await, (401, "INVALID_SESSION_ID".into()));
    }
}

#[tokio::test]
async fn a_lost_response_leaves_the_work_done_and_a_reset_does_not() {
    let lab = Lab::small().await;
    let id = lab.ordinary_user();
    let path = format!("/sobjects/User/{id}");
    lab.org.fault("PATCH /services/data/*/sobjects/User/*", Fault::Reset);
    lab.org.fault("PATCH /services/data/*/sobjects/User/*", Fault::LostResponse);
    assert!(lab.request("PATCH", &path).json(&json!({ "IsActive": false })).send().await.is_err());
    assert_eq!(lab.org.field(&id, "IsActive").unwrap(), true);
    assert!(lab.request("PATCH", &path).json(&json!({ "IsActive": false })).send().await.is_err());
    assert_eq!(lab.org.field(&id, "IsActive").unwrap(), false);
    assert_eq!(lab.call("GET", &path, None).await.0, 200, "the next connection is good");
    let cut: Vec<_> =
        lab.org.journal().into_iter().filter(|entry| entry.status == 0).map(|entry| entry.fault.unwrap()).collect();
    assert_eq!(cut, ["Reset", "LostResponse"]);
    lab.server.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_held_call_waits_for_the_gate() {
    let lab = Lab::small().await;
    let gate = lab.org.hold("GET /services/data/*/limits");
    let held = tokio::spawn(lab.request("GET", "/limits").send());
    gate.arrived(1).await;
    assert!(!held.is_finished());
    assert_eq!(lab.call("GET", "/sobjects", None).await.0, 200, "others pass");
    gate.open();
    assert_eq!(held.await.unwrap().unwrap().status(), 200);

    let gate = lab.org.hold("GET /services/data/*/limits");
    let held = tokio::spawn(lab.request("GET", "/limits").send());
    gate.arrived(1).await;
    lab.server.shutdown().await.unwrap();
    assert_eq!(held.await.unwrap().unwrap().status(), 200, "stopping opens the gates");
}

#[tokio::test]
async fn the_daily_allowance_ends() {
    let lab = Lab::start(OrgOptions { users: 50, daily_requests: 2, ..OrgOptions::default() }).await;
    for _ in 0..2 {
        assert_eq!(lab.call("GET", "/limits", None).await.0, 200);
    }
    let response = lab.request("GET", "/limits").send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), response.headers()["sforce-limit-info"].to_str().unwrap()),
        (403, "api-usage=2/2")
    );
    let expected = json!([{ "message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED" }]);
    assert_eq!(response.json::<Json>().await.unwrap(), expected);
    lab.org.settings(|settings| settings.daily_requests = 10);
    let text = "ConcurrentRequests (Concurrent API Requests) Limit exceeded.";
    lab.org.fault("* /services/data/**", Fault::Refuse { status: 403, code: "REQUEST_LIMIT_EXCEEDED", message: text });
    assert_eq!(lab.call("GET", "/limits", None).await.1[0]["message"], text);
}

#[tokio::test]
async fn a_call_without_a_good_token_is_401() {
    let lab = Lab::small().await;
    let url = format!("{}/services/data/v67.0/limits", lab.server.url());
    for token in [None, Some("Bearer nonsense"), Some("Basic eDp5")] {
        let mut request = lab.http.get(&url);
        if let Some(token) = token {
            request = request.header("authorization", token);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 401);
        let expected = json!([{ "message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID" }]);
        assert_eq!(response.json::<Json>().await.unwrap(), expected);
    }
    assert_eq!(
        lab.http.get(&url).header("authorization", format!("OAuth {}", lab.token)).send().await.unwrap().status(),
        200
    );
}

#[tokio::test]
async fn bodies_are_packed_both_ways() {
    let lab = Lab::small().await;
    let plain = reqwest::Client::builder().no_gzip().build().unwrap();
    let url = format!("{}/services/data/v67.0{}", lab.server.url(), query_path("SELECT Id, Name FROM User"));
    let asked = plain.get(&url).bearer_auth(&lab.token).header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(asked.headers()["content-encoding"], "gzip");
    let packed = asked.bytes().await.unwrap();
    let unasked = plain.get(&url).bearer_auth(&lab.token).send().await.unwrap();
    assert_eq!(unasked.headers().get("content-encoding"), None);
    assert!(packed.len() * 2 < unasked.bytes().await.unwrap().len());
    assert_eq!(lab.soql("SELECT Id, Name FROM User").await["totalSize"], 120);

    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(br#"{"Title":"Packed"}"#).unwrap();
    let id = lab.ordinary_user();
    let request = lab.request("PATCH", &format!("/sobjects/User/{id}")).header("content-encoding", "gzip");
    assert_eq!(request.body(packer.finish().unwrap()).send().await.unwrap().status(), 204);
    assert_eq!(lab.org.field(&id, "Title").unwrap(), "Packed");
    let broken =
        lab.request("PATCH", &format!("/sobjects/User/{id}")).header("content-encoding", "gzip").body("no gzip");
    assert_eq!(broken.send().await.unwrap().status(), 400);
    let bomb = lab.request("PATCH", &format!("/sobjects/User/{id}")).body(vec![b' '; 9 << 20]);
    assert_eq!(bomb.send().await.unwrap().status(), 413);
}

#[tokio::test]
async fn the_journal_tells_who_asked_what_and_no_token() {
    let lab = Lab::small().await;
    lab.soql("SELECT Id FROM UserRole").await;
    lab.call("GET", "/nothing", None).await;
    let form = [("grant_type", "refresh_token"), ("refresh_token", "5Aepsecret")];
    lab.http.post(format!("{}/services/oauth2/token", lab.server.url())).form(&form).send().await.unwrap();
    let url = format!("{}/services/oauth2/revoke?token=5Aepsecret", lab.server.url());
    lab.http.get(url).send().await.unwrap();
    let lines = lab.http.get(format!("{}/journal", lab.server.url())).send().await.unwrap().text().await.unwrap();
    let entries: Vec<Json> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(entries.len(), 4, "looking at the journal is not part of it");
    assert_eq!(
        (&entries[0]["soql"], &entries[0]["user"]),
        (&json!("SELECT Id FROM UserRole"), &json!("integration@acme.example"))
    );
    assert_eq!((&entries[1]["unexpected"], &entries[1]["status"]), (&json!(true), &json!(404)));
    assert!(!lines.contains(&lab.token) && !lines.contains("secret"), "{lines}");
    assert_eq!((lab.org.calls("GET /services/data/*/query"), lab.org.calls("* /services/oauth2/*")), (1, 2));
    assert_eq!(lab.org.unexpected().len(), 1);
}
