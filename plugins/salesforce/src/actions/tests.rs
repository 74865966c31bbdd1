//! The rules of the four actions, without any request.

use super::change::Facts;
use super::role::Role;
use super::user::User;
use super::*;
use serde_json::{Value as Json, json};

const ADA: &str = "005D0000001AdaAIAS";
const VP: &str = "00ED0000001VpVpMAC";
const SALES: &str = "00ED0000001SaleMAC";

/// Ids of the tests in their long form.
fn long(id: &str) -> String {
    crate::id::normalize(&id[..15]).unwrap()
}

fn ada(change: Json) -> User {
    let mut record = json!({
        "attributes": { "type": "User", "url": "/services/data/v67.0/sobjects/User/x" },
        "Id": long(ADA), "Name": "Ada", "Username": "ada@acme.example", "IsActive": true, "UserType": "Standard",
        "UserRoleId": long(SALES), "UserRole": { "Name": "Sales" }
    });
    record.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    serde_json::from_value(record).unwrap()
}

fn facts() -> Facts {
    Facts {
        own_user: long("005D0000001MyseIAS"),
        other_admins: Some(2),
        target_admins: Vec::new(),
        named_in: vec![("Backup Approver".into(), Vec::new())],
        role: Some(Role { name: "VP".into(), portal_type: None }),
    }
}

fn planned(action: &str, inputs: Json, user: &User, facts: &Facts) -> TargetPlan {
    plan::target(change(action, &inputs.to_string()).unwrap().as_ref(), &user.id, Some(user), facts)
}

fn run_target(before: &str) -> RunTarget {
    RunTarget {
        key: long(ADA),
        record: "{}".into(),
        before: before.into(),
        idempotency_key: "k".into(),
        ext: Vec::new(),
    }
}

#[test]
fn every_offered_action_can_be_run_and_taken_back() {
    let offered = all();
    for action in &offered {
        assert!(change(&action.name, &json!({ "role": VP[..15] }).to_string()).is_ok(), "{}", action.name);
        assert!(offered.iter().any(|other| Some(&other.name) == action.inverse.as_ref()), "{}", action.name);
        assert!((1..=200).contains(&action.batch));
    }
    assert_eq!(change("no-such", "{}").err().map(|error| error.class), Some(ErrorClass::Bug));
}

#[test]
fn only_the_changed_field_is_sent() {
    let role = json!({ "role": &VP[..15] });
    for (action, inputs, body) in [
        ("deactivate-user", json!({}), json!({ "IsActive": false })),
        ("reactivate-user", json!({}), json!({ "IsActive": true })),
        ("assign-role", role, json!({ "UserRoleId": long(VP) })),
        ("remove-role", json!({}), json!({ "UserRoleId": null })),
    ] {
        let request = run::request(change(action, &inputs.to_string()).unwrap().as_ref(), &long(ADA)).unwrap();
        assert_eq!(request.method, "PATCH");
        assert_eq!(request.url, format!("/services/data/v67.0/sobjects/User/{}", long(ADA)));
        assert_eq!(serde_json::from_slice::<Json>(&request.body.unwrap()).unwrap(), body);
    }
}

#[test]
fn undo_holds_the_value_before() {
    let user = ada(json!({}));
    let without = ada(json!({ "UserRoleId": null, "UserRole": null }));
    let assign = json!({ "role": long(VP) });
    for (action, inputs, user, undo) in [
        ("deactivate-user", json!({}), &user, ("reactivate-user", json!({}))),
        ("assign-role", assign.clone(), &user, ("assign-role", json!({ "role": long(SALES) }))),
        ("assign-role", assign, &without, ("remove-role", json!({}))),
        ("remove-role", json!({}), &user, ("assign-role", json!({ "role": long(SALES) }))),
    ] {
        let found = planned(action, inputs, user, &facts()).undo.unwrap();
        assert_eq!((found.action.as_str(), serde_json::from_str(&found.inputs).unwrap()), undo, "{action}");
    }
}

#[test]
fn what_is_as_wanted_has_no_steps() {
    let inactive = ada(json!({ "IsActive": false, "UserRoleId": null }));
    for (action, inputs, user) in [
        ("deactivate-user", json!({}), &inactive),
        ("reactivate-user", json!({}), &ada(json!({}))),
        ("assign-role", json!({ "role": &SALES[..15] }), &ada(json!({}))),
        ("remove-role", json!({}), &inactive),
    ] {
        let plan = planned(action, inputs, user, &facts());
        assert!(plan.already && plan.steps.is_empty() && plan.undo.is_none(), "{action}");
    }
}

#[test]
fn blockers_name_the_reason() {
    let user = ada(json!({}));
    let own = Facts { own_user: ADA[..15].to_owned(), ..facts() };
    let last = Facts { other_admins: Some(0), target_admins: vec![long(ADA)], ..facts() };
    let unread = Facts { other_admins: None, ..facts() };
    let portal = ada(json!({ "UserType": "PowerPartner" }));
    let system = ada(json!({ "UserType": "AutomatedProcess" }));
    let assign = json!({ "role": long(VP) });
    for (action, inputs, user, facts, blocker) in [
        ("deactivate-user", json!({}), &user, &facts(), None),
        ("deactivate-user", json!({}), &user, &unread, None),
        ("deactivate-user", json!({}), &user, &own, Some("Weft itself is connected as this user.")),
        ("deactivate-user", json!({}), &user, &last, Some("No other active user could administer the org.")),
        ("deactivate-user", json!({}), &system, &facts(), Some("Salesforce runs this user itself.")),
        ("deactivate-user", json!({}), &portal, &facts(), None),
        (
            "assign-role",
            assign,
            &portal,
            &facts(),
            Some("The role of a portal, partner or guest user follows from their account."),
        ),
        ("remove-role", json!({}), &system, &facts(), Some("Salesforce runs this user itself.")),
    ] {
        let plan = planned(action, inputs, user, facts);
        assert_eq!(plan.blockers.first().map(String::as_str), blocker, "{action}");
    }
}

#[test]
fn whom_others_name_is_warned_about() {
    let named = Facts { named_in: vec![("Backup Approver".into(), vec![long(ADA)])], ..facts() };
    let warnings = |facts: &Facts| planned("deactivate-user", json!({}), &ada(json!({})), facts).warnings;
    assert!(warnings(&named)[0].contains("Backup Approver"));
    assert!(warnings(&facts()).is_empty());
}

#[test]
fn steps_name_both_roles() {
    let plan = planned("assign-role", json!({ "role": long(VP) }), &ada(json!({})), &facts());
    assert_eq!(plan.steps, ["Assign the role VP in place of Sales."]);
    assert_eq!(plan.title, "Ada (ada@acme.example)");
}

#[test]
fn a_role_must_be_an_id() {
    for inputs in [json!({}), json!({ "role": "VP" }), json!({ "role": 1 })] {
        assert_eq!(change("assign-role", &inputs.to_string()).err().map(|error| error.code), Some("role".to_owned()));
    }
}

#[test]
fn a_target_that_changed_is_left_alone() {
    let deactivate = change("deactivate-user", "{}").unwrap();
    let user = ada(json!({}));
    let before = deactivate.before(&user).to_string();
    let kind = |user: Option<&User>, before: &str| {
        run::judge(deactivate.as_ref(), &run_target(before), user).map(|_| ()).map_err(|outcome| outcome.kind)
    };
    assert_eq!(kind(Some(&user), &before), Ok(()));
    assert_eq!(kind(Some(&ada(json!({ "Username": "eve@acme.example" }))), &before), Err(OutcomeKind::Changed));
    assert_eq!(kind(Some(&ada(json!({ "IsActive": false }))), &before), Err(OutcomeKind::Already));
    assert_eq!(kind(None, &before), Err(OutcomeKind::Changed));
    assert_eq!(kind(Some(&user), "nonsense"), Err(OutcomeKind::Changed));
}

#[test]
fn a_role_in_its_short_form_is_no_change() {
    let remove = change("remove-role", "{}").unwrap();
    let before = remove.before(&ada(json!({ "UserRoleId": &SALES[..15] }))).to_string();
    assert!(run::holds(remove.as_ref(), &before, &ada(json!({}))));
    assert!(!run::holds(remove.as_ref(), &before, &ada(json!({ "UserRoleId": long(VP) }))));
}

#[test]
fn verdicts_tell_done_from_not_done_from_unknown() {
    let deactivate = change("deactivate-user", "{}").unwrap();
    let before = deactivate.before(&ada(json!({}))).to_string();
    let verdict = |user: Option<&User>| {
        let verdict = verify::verdict(deactivate.as_ref(), &run_target(&before), user);
        (verdict.kind, verdict.repeatable)
    };
    assert_eq!(verdict(Some(&ada(json!({ "IsActive": false })))), (VerdictKind::Done, false));
    assert_eq!(verdict(Some(&ada(json!({})))), (VerdictKind::NotDone, true));
    assert_eq!(verdict(Some(&ada(json!({ "Username": "x" })))), (VerdictKind::Unknown, false));
    assert_eq!(verdict(None), (VerdictKind::Unknown, false));
}

#[test]
fn actions_are_allowed_where_salesforce_lets_the_column_be_changed() {
    let described = |updateable: bool| -> Described {
        let column = |name| json!({ "name": name, "label": name, "type": "x", "updateable": updateable });
        let user = json!({ "fields": [column("IsActive"), column("UserRoleId")] });
        [("User".to_owned(), serde_json::from_value(user).unwrap())].into()
    };
    let access = |described: &Described| access(described, &Permissions::default());
    assert!(access(&described(true)).iter().all(|found| found.allowed));
    assert!(access(&described(false)).iter().all(|found| !found.allowed && found.permission.is_some()));
    assert!(access(&Described::new()).iter().all(|found| !found.allowed));
    let named: Vec<String> = all().into_iter().map(|action| action.name).collect();
    assert!(access(&Described::new()).iter().map(|found| &found.action).eq(&named));
}
