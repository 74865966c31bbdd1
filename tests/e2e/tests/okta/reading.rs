//! What the guest reads, and what it does when Okta does not let it.

use super::stage::Stage;
use std::collections::BTreeSet;
use std::time::Duration;
use weft::domain::{ErrorClass, Value};
use weft::plugins::AccessLevel;
use weft_simulators::okta::{Fault, OktaOptions, Role};

#[tokio::test]
async fn every_record_is_fetched_once_although_each_page_needs_a_new_session() {
    let stage = Stage::new(OktaOptions { page_rows: 9, ..OktaOptions::default() }).await;
    let (members, assigned, sign_ins) = stage.org.counts();
    let (users, groups) = (stage.org.users().len(), stage.org.groups().len());
    for (object, count) in [
        ("User", users),
        ("Group", groups),
        ("GroupMember", members),
        ("Application", 8),
        ("ApplicationAssignment", assigned),
        ("Login", sign_ins),
    ] {
        let fetched = stage.all(object, |org| org.expire_sessions()).await.unwrap();
        let keys: BTreeSet<&str> = fetched.rows.iter().map(|row| &*row.key).collect();
        assert_eq!((fetched.rows.len(), keys.len()), (count, count), "{object}");
        assert_eq!(fetched.incomplete, None, "{object}");
    }
    stage.end().await;
}

#[tokio::test]
async fn users_have_a_name_a_status_and_the_orgs_own_attributes() {
    let stage = Stage::small().await;
    let report = stage.check().await;
    assert_eq!(report.account.name, "acme.okta.com");
    assert_eq!(report.account.user.as_deref(), stage.org.user("okta.admin@acme.example").unwrap()["id"].as_str());
    assert!(report.actions.iter().all(|found| found.allowed));
    let fields = stage.fields("User").await;
    let at = |name: &str| fields.iter().position(|field| field.name == name).unwrap();
    let page = stage.page("User", &fields, None).await.unwrap();
    let expected = stage.org.users().into_iter().find(|user| user["profile"]["contractEnd"].is_string()).unwrap();
    let row = page.rows.iter().find(|row| expected["id"] == *row.key).unwrap();
    let profile = &expected["profile"];
    let name = format!("{} {}", profile["firstName"].as_str().unwrap(), profile["lastName"].as_str().unwrap());
    assert_eq!(row.values[at("name")], name.as_str().into());
    assert_eq!(row.values[at("status")], expected["status"].as_str().unwrap().into());
    assert!(
        matches!(row.values[at("custom_contractEnd")], Value::Date(_)),
        "{:?}",
        row.values[at("custom_contractEnd")]
    );
    assert!(matches!(row.values[at("custom_badge")], Value::Int(_)));
    assert!(matches!(row.values[at("created")], Value::Time(_)));
    stage.end().await;
}

#[tokio::test]
async fn a_scope_that_is_missing_is_named_and_the_rest_is_read() {
    let scopes = ["okta.users.read", "okta.logs.read"];
    let stage = Stage::with_scopes(OktaOptions::default(), &scopes).await;
    for (object, scope) in [("Application", "okta.apps.read"), ("GroupMember", "okta.groups.read")] {
        let found = stage.access_to(object).await;
        assert_eq!(found.access, AccessLevel::None, "{object}");
        assert!(found.permission.unwrap().contains(scope), "{object}");
    }
    let users = stage.access_to("User").await;
    assert_eq!((users.access, users.extra.len()), (AccessLevel::Full, 0), "own attributes need a scope of their own");
    let report = stage.check().await;
    let action = |name: &str| report.actions.iter().find(|found| found.action.as_str() == name).unwrap();
    assert!(action("deactivate-user").allowed && !action("add-group-member").allowed);
    assert!(!stage.all("Login", |_| {}).await.unwrap().rows.is_empty());
    let fault = stage.all("Application", |_| {}).await.err().unwrap();
    assert_eq!(fault.class, ErrorClass::Forbidden);
    stage.org.settings(|settings| settings.role = Role::None);
    assert!(stage.check().await.objects.iter().all(|found| found.access == AccessLevel::None));
    stage.end().await;
}

#[tokio::test]
async fn one_broken_group_is_told_and_the_others_are_read() {
    let stage = Stage::small().await;
    let (members, ..) = stage.org.counts();
    let vpn = stage.org.group("VPN").unwrap();
    let refusal = Fault::Refuse { status: 500, code: "E0000009", summary: "Internal Server Error" };
    stage.org.fault_times(&format!("GET /api/v1/groups/{vpn}/users"), 2, refusal);
    let fetched = stage.all("GroupMember", |_| {}).await.unwrap();
    let missing =
        stage.org.users().iter().filter(|user| stage.org.is_member(&vpn, user["id"].as_str().unwrap())).count();
    assert_eq!(fetched.rows.len(), members - missing);
    let said = fetched.incomplete.unwrap();
    assert!(said.contains("1 of the groups") && said.contains(&vpn), "{said}");
    // Once is no trouble.
    stage.org.fault(&format!("GET /api/v1/groups/{vpn}/users"), Fault::Status(500));
    let fetched = stage.all("GroupMember", |_| {}).await.unwrap();
    assert_eq!((fetched.rows.len(), fetched.incomplete), (members, None));
    stage.end().await;
}

#[tokio::test]
async fn a_listing_that_okta_forgot_is_begun_again() {
    let stage = Stage::new(OktaOptions { page_rows: 9, ..OktaOptions::default() }).await;
    let fields = stage.declared("User");
    let first = stage.page("User", &fields, None).await.unwrap();
    stage.org.forget_cursors();
    let fault = stage.page("User", &fields, first.next).await.unwrap_err();
    assert_eq!(fault.class, ErrorClass::CursorExpired);
    stage.end().await;
}

#[tokio::test]
async fn a_fetch_leaves_requests_to_others_and_says_how_long_it_waits() {
    let options =
        OktaOptions { page_rows: 2, rate_limit: 3, rate_window: Duration::from_secs(30), ..OktaOptions::default() };
    let stage = Stage::new(options).await;
    let fields = stage.declared("Group");
    let (mut after, mut asked) = (None, 0);
    let fault = loop {
        match stage.page("Group", &fields, after.clone()).await {
            Ok(page) => after = Some(page.next.expect("the limit comes before the end")),
            Err(fault) => break fault,
        }
        asked += 1;
    };
    assert_eq!(fault.class, ErrorClass::Throttled);
    assert!(fault.retry_after_ms.is_some_and(|wait| (1_000..=32_000).contains(&wait)), "{:?}", fault.retry_after_ms);
    assert_eq!(stage.org.calls("GET /api/v1/groups"), asked, "it waits before it is told to");
    assert!(stage.org.journal().iter().all(|entry| entry.status != 429));
    stage.end().await;
}

#[tokio::test]
async fn a_refusal_for_speed_says_when_the_minute_ends() {
    let options = OktaOptions { rate_limit: 0, rate_window: Duration::from_secs(40), ..OktaOptions::default() };
    let stage = Stage::new(options).await;
    let fault = stage.page("Group", &stage.declared("Group"), None).await.unwrap_err();
    assert_eq!((fault.class, fault.code.as_str()), (ErrorClass::Throttled, "E0000047"));
    assert!(fault.retry_after_ms.is_some_and(|wait| (30_000..=42_000).contains(&wait)), "{:?}", fault.retry_after_ms);
    stage.end().await;
}
