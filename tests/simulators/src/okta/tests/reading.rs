//! Listings, lookups, scopes and limits.

use super::Lab;
use crate::okta::{Fault, OktaOptions, Role};
use std::collections::BTreeSet;
use std::time::Duration;

const EVERYBODY: &str = "/api/v1/users?filter=lastUpdated%20gt%20%221970-01-01T00%3A00%3A00.000Z%22";

#[tokio::test]
async fn deactivated_users_are_only_in_a_filtered_listing() {
    let lab = Lab::small().await;
    let statuses = |users: Vec<serde_json::Value>| -> BTreeSet<String> {
        users.iter().filter_map(|user| user["status"].as_str().map(str::to_owned)).collect()
    };
    assert!(!statuses(lab.all("/api/v1/users").await).contains("DEPROVISIONED"));
    let all = lab.all(EVERYBODY).await;
    assert_eq!(all.len(), lab.org.users().len());
    assert_eq!(statuses(all).len(), 8, "every status is there");
}

#[tokio::test]
async fn pages_lead_on_by_links_and_hold_each_record_once() {
    let lab = Lab::start(OktaOptions { page_rows: 7, ..OktaOptions::default() }).await;
    let users = lab.all(EVERYBODY).await;
    let ids: BTreeSet<&str> = users.iter().filter_map(|user| user["id"].as_str()).collect();
    assert_eq!((users.len(), ids.len()), (lab.org.users().len(), users.len()));
    let first = lab.get("/api/v1/groups?limit=3").await;
    let next = first.next().unwrap();
    assert!(next.contains("limit=3") && next.contains("after="), "{next}");
    lab.org.forget_cursors();
    let forgotten = lab.get(&next).await;
    assert_eq!((forgotten.status, forgotten.code()), (400, "E0000001"));
    for limit in ["0", "201", "many"] {
        assert_eq!(lab.get(&format!("/api/v1/users?limit={limit}")).await.status, 400, "{limit}");
    }
    assert_eq!(lab.get("/api/v1/logs?limit=1001").await.status, 400);
}

#[tokio::test]
async fn every_address_needs_its_own_scope_and_an_admin() {
    let mut lab = Lab::small().await;
    lab.token = lab.org.session(&["okta.users.read"]);
    assert_eq!(lab.get("/api/v1/users").await.status, 200);
    for path in ["/api/v1/groups", "/api/v1/apps", "/api/v1/logs", "/api/v1/meta/schemas/user/default"] {
        let refused = lab.get(path).await;
        assert_eq!((refused.status, refused.code()), (403, "E0000006"), "{path}");
        assert!(refused.header("www-authenticate").contains("error=\"insufficient_scope\""), "{path}");
    }
    let user = lab.with_status("ACTIVE");
    assert_eq!(lab.call("POST", &format!("/api/v1/users/{user}/lifecycle/suspend")).await.status, 403);
    lab.org.settings(|settings| settings.role = Role::None);
    let refused = lab.get("/api/v1/users").await;
    assert_eq!((refused.code(), refused.header("www-authenticate").as_str()), ("E0000006", ""));
    lab.token = "eyJnone".into();
    let unknown = lab.get("/api/v1/users").await;
    assert_eq!((unknown.status, unknown.code()), (401, "E0000011"));
    assert!(lab.org.unexpected().is_empty());
}

#[tokio::test]
async fn a_minute_takes_so_many_requests_of_a_kind() {
    let lab =
        Lab::start(OktaOptions { rate_limit: 2, rate_window: Duration::from_secs(3_600), ..OktaOptions::default() })
            .await;
    for left in ["1", "0"] {
        let got = lab.get("/api/v1/groups").await;
        assert_eq!((got.header("x-rate-limit-limit"), got.header("x-rate-limit-remaining")), ("2".into(), left.into()));
    }
    let over = lab.get("/api/v1/groups").await;
    assert_eq!((over.status, over.code()), (429, "E0000047"));
    assert!(over.header("x-rate-limit-reset").parse::<u64>().is_ok() && over.header("retry-after").is_empty());
    assert_eq!(lab.get("/api/v1/apps").await.status, 200, "another kind has its own");
}

#[tokio::test]
async fn what_is_not_there_is_said_and_what_nobody_should_ask_is_noted() {
    let lab = Lab::small().await;
    for path in ["/api/v1/users/00unobody", "/api/v1/groups/00gnone/users", "/api/v1/apps/0oanone/users"] {
        let got = lab.get(path).await;
        assert_eq!((got.status, got.code()), (404, "E0000007"), "{path}");
    }
    assert!(lab.org.unexpected().is_empty());
    assert_eq!(lab.get("/api/v1/policies").await.status, 404);
    assert_eq!(lab.get("/api/v1/users?page=2").await.status, 400);
    assert_eq!(lab.get("/api/v1/users?search=id%20pr").await.status, 400);
    assert_eq!(lab.org.unexpected().len(), 3);
    assert_eq!(lab.get("/api/v1/users?filter=status%20ne%20%22ACTIVE%22").await.code(), "E0000031");
}

#[tokio::test]
async fn members_assignments_and_sign_ins_are_all_there() {
    let lab = Lab::start(OktaOptions { page_rows: 9, ..OktaOptions::default() }).await;
    let (mut members, mut assigned) = (0, 0);
    for group in lab.all("/api/v1/groups?limit=40").await {
        members += lab.all(&format!("/api/v1/groups/{}/users", group["id"].as_str().unwrap())).await.len();
    }
    let active = lab.all("/api/v1/apps").await.len();
    let apps = lab.all("/api/v1/apps?includeNonDeleted=true").await;
    assert_eq!(apps.len(), active + 1, "inactive ones only when asked for");
    for app in apps {
        assigned += lab.all(&format!("/api/v1/apps/{}/users", app["id"].as_str().unwrap())).await.len();
    }
    let events =
        lab.all("/api/v1/logs?since=1970-01-01T00%3A00%3A00Z&filter=eventType%20eq%20%22user.session.start%22").await;
    assert_eq!((members, assigned, events.len()), lab.org.counts());
    assert!(events.is_sorted_by_key(|event| event["published"].as_str().map(str::to_owned)));
    let week = lab.all("/api/v1/logs").await;
    assert!(week.len() < events.len(), "without a start, a week");
}

#[tokio::test]
async fn trouble_comes_when_it_is_asked_for() {
    let lab = Lab::small().await;
    lab.org
        .fault("GET /api/v1/users", Fault::Refuse { status: 500, code: "E0000009", summary: "Internal Server Error" });
    lab.org.fault("GET /api/v1/users", Fault::Status(502));
    assert_eq!(lab.get("/api/v1/users").await.code(), "E0000009");
    assert_eq!(lab.get("/api/v1/users").await.status, 502);
    assert_eq!(lab.get("/api/v1/users").await.status, 200);
    lab.org.fault("GET /api/v1/users", Fault::Reset);
    let cut = lab.http.get(format!("{}/api/v1/users", lab.server.url())).send().await;
    assert!(cut.is_err());
    assert_eq!(lab.org.faults_left(), 0);
}
