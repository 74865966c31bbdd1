//! What the guest plans, changes and admits.

use super::stage::{Stage, run_call};
use serde_json::json;
use weft::domain::{Change, ErrorClass, ObjectName, TargetOutcomeKind, VerdictKind};
use weft_simulators::okta::{Fault, OktaOptions, Role};

#[tokio::test]
async fn a_suspension_is_done_once_and_taken_back_without_loss() {
    let stage = Stage::small().await;
    let user = &stage.with_status("ACTIVE")[0];
    let plans = stage.prepare("suspend-user", json!({}), &[user]).await.unwrap();
    assert_eq!((plans[0].blockers.len(), plans[0].steps.len()), (0, 2), "{:?}", plans[0]);
    let result = stage.run(run_call("suspend-user", json!({}), &plans)).await;
    assert_eq!(result.outcomes[0].kind, TargetOutcomeKind::Done, "{:?}", result.outcomes);
    assert_eq!(stage.status(user), "SUSPENDED");
    let undo = result.outcomes[0].undo.clone().unwrap();
    assert!(undo.action.as_str() == "unsuspend-user" && undo.loses.is_empty());
    assert!(matches!(&result.changes[..], [Change::Put { row, .. }] if &*row.key == user));

    let again = stage.run(run_call("suspend-user", json!({}), &plans)).await;
    assert_eq!(again.outcomes[0].kind, TargetOutcomeKind::Already);
    assert!(stage.prepare("suspend-user", json!({}), &[user]).await.unwrap()[0].already);
    let back = stage.prepare("unsuspend-user", json!({}), &[user]).await.unwrap();
    let result = stage.run(run_call("unsuspend-user", json!({}), &back)).await;
    assert_eq!((result.outcomes[0].kind, stage.status(user).as_str()), (TargetOutcomeKind::Done, "ACTIVE"));
    stage.end().await;
}

#[tokio::test]
async fn what_okta_does_not_allow_is_said_before_it_is_asked() {
    let stage = Stage::small().await;
    let admin = stage.org.user("okta.admin@acme.example").unwrap()["id"].as_str().unwrap().to_owned();
    for (action, key, said) in [
        ("suspend-user", stage.with_status("DEPROVISIONED")[0].as_str(), "Okta suspends active users only"),
        ("unsuspend-user", &stage.with_status("STAGED")[0], "Okta unsuspends suspended users only"),
        ("deactivate-user", &admin, "The connection signs in to Okta as this user"),
        ("suspend-user", &admin, "The connection signs in to Okta as this user"),
        ("suspend-user", "00unobody", "Okta has no such user any more"),
    ] {
        let plan = &stage.prepare(action, json!({}), &[key]).await.unwrap()[0];
        assert!(plan.blockers.iter().any(|blocker| blocker.contains(said)), "{action}: {:?}", plan.blockers);
    }
    for group in ["Everyone", "CORP\\Domain Users"] {
        let inputs = json!({ "group": stage.org.group(group).unwrap() });
        let fault = stage.prepare("add-group-member", inputs, &[&admin]).await.unwrap_err();
        assert_eq!((fault.class, fault.code.as_str()), (ErrorClass::InvalidInput, "group"), "{group}");
    }
    assert!(stage.org.journal().iter().all(|entry| entry.method == "GET"));
    stage.end().await;
}

#[tokio::test]
async fn several_users_have_an_outcome_each() {
    let stage = Stage::small().await;
    let active = stage.with_status("ACTIVE");
    let (good, moved, gone) = (&active[0], &active[1], &active[2]);
    let plans = stage.prepare("suspend-user", json!({}), &[good, moved, gone]).await.unwrap();
    stage.org.turn(moved, "LOCKED_OUT");
    let refusal = Fault::Refuse {
        status: 403,
        code: "E0000006",
        summary: "You do not have permission to perform the requested action",
    };
    stage.org.fault(&format!("POST /api/v1/users/{gone}/lifecycle/suspend"), refusal);
    let result = stage.run(run_call("suspend-user", json!({}), &plans)).await;
    let kinds: Vec<_> = result.outcomes.iter().map(|outcome| outcome.kind).collect();
    assert_eq!(kinds, [TargetOutcomeKind::Done, TargetOutcomeKind::Changed, TargetOutcomeKind::Failed]);
    assert_eq!((stage.status(moved).as_str(), stage.status(gone).as_str()), ("LOCKED_OUT", "ACTIVE"));
    stage.end().await;
}

#[tokio::test]
async fn after_a_lost_answer_the_user_is_read_again_and_not_asked_twice() {
    let stage = Stage::small().await;
    let user = &stage.with_status("ACTIVE")[0];
    let suspend = format!("POST /api/v1/users/{user}/lifecycle/suspend");
    let plans = stage.prepare("suspend-user", json!({}), &[user]).await.unwrap();
    stage.org.fault(&suspend, Fault::LostResponse);
    let result = stage.run(run_call("suspend-user", json!({}), &plans)).await;
    assert_eq!(result.outcomes[0].kind, TargetOutcomeKind::Done, "{:?}", result.outcomes);
    assert_eq!(stage.org.calls(&suspend), 1);

    let other = &stage.with_status("ACTIVE")[1];
    let suspend = format!("POST /api/v1/users/{other}/lifecycle/suspend");
    let plans = stage.prepare("suspend-user", json!({}), &[other]).await.unwrap();
    stage.org.fault(&suspend, Fault::Reset);
    let call = run_call("suspend-user", json!({}), &plans);
    let result = stage.run(call.clone()).await;
    assert_eq!(result.outcomes[0].kind, TargetOutcomeKind::Unknown, "{:?}", result.outcomes);
    let shape: [(ObjectName, _); 1] = [("User".into(), stage.declared("User"))];
    let verified = stage.guest.verify(&stage.access, call, &shape).await.unwrap();
    assert_eq!((verified.verdicts[0].kind, verified.verdicts[0].repeatable), (VerdictKind::NotDone, true));
    assert_eq!(stage.org.calls(&suspend), 1);
    stage.end().await;
}

#[tokio::test]
async fn a_deactivation_that_goes_on_behind_the_answer_counts_as_done() {
    let stage = Stage::small().await;
    stage.org.slow_transitions(true);
    let user = &stage.with_status("ACTIVE")[0];
    let plans = stage.prepare("deactivate-user", json!({}), &[user]).await.unwrap();
    let undo = plans[0].undo.clone().unwrap();
    assert!(undo.action.as_str() == "activate-user" && !undo.loses.is_empty());
    let call = run_call("deactivate-user", json!({}), &plans);
    let result = stage.run(call.clone()).await;
    assert_eq!(result.outcomes[0].kind, TargetOutcomeKind::Done);
    let shape: [(ObjectName, _); 1] = [("User".into(), stage.declared("User"))];
    let verified = stage.guest.verify(&stage.access, call, &shape).await.unwrap();
    assert_eq!(verified.verdicts[0].kind, VerdictKind::Done);
    stage.org.slow_transitions(false);
    assert_eq!(stage.status(user), "DEPROVISIONED");
    let plans = stage.prepare("activate-user", json!({}), &[user]).await.unwrap();
    let result = stage.run(run_call("activate-user", json!({}), &plans)).await;
    assert_eq!((result.outcomes[0].kind, stage.status(user).as_str()), (TargetOutcomeKind::Done, "PROVISIONED"));
    stage.end().await;
}

#[tokio::test]
async fn assignments_that_a_deactivation_takes_leave_the_boards() {
    let stage = Stage::small().await;
    let user = stage.with_status("ACTIVE").into_iter().find(|user| !stage.org.apps_of(user).is_empty()).unwrap();
    let apps = stage.org.apps_of(&user).len();
    let plans = stage.prepare("deactivate-user", json!({}), &[&user]).await.unwrap();
    let result = stage.run(run_call("deactivate-user", json!({}), &plans)).await;
    let gone = |change: &&Change| matches!(change, Change::Delete { object, .. } if object.as_str() == "ApplicationAssignment");
    assert_eq!(result.changes.iter().filter(gone).count(), apps, "{:?}", result.changes);
    stage.end().await;
}

#[tokio::test]
async fn members_come_and_go() {
    let stage = Stage::small().await;
    let (user, group) = (&stage.with_status("ACTIVE")[0], stage.org.group("Project Phoenix").unwrap());
    let inputs = json!({ "group": group });
    for (action, inverse, is_in) in
        [("add-group-member", "remove-group-member", true), ("remove-group-member", "add-group-member", false)]
    {
        let plans = stage.prepare(action, inputs.clone(), &[user]).await.unwrap();
        let result = stage.run(run_call(action, inputs.clone(), &plans)).await;
        assert_eq!(result.outcomes[0].kind, TargetOutcomeKind::Done, "{action}: {:?}", result.outcomes);
        assert_eq!(stage.org.is_member(&group, user), is_in);
        let undo = result.outcomes[0].undo.clone().unwrap();
        assert!(undo.action.as_str() == inverse && undo.loses.is_empty());
        let of_member = |change: &&Change| match change {
            Change::Put { object, .. } => object.as_str() == "GroupMember" && is_in,
            Change::Delete { object, .. } => object.as_str() == "GroupMember" && !is_in,
        };
        assert_eq!(result.changes.iter().filter(of_member).count(), 1, "{action}: {:?}", result.changes);
    }
    let inputs = json!({ "group": stage.org.group("Sales").unwrap() });
    let plan = &stage.prepare("add-group-member", inputs, &[user]).await.unwrap()[0];
    assert!(plan.already || plan.warnings.iter().any(|warning| warning.contains("Salesforce")), "{:?}", plan.warnings);
    stage.end().await;
}

#[tokio::test]
async fn sessions_are_cleared_and_cleared_again_where_it_cannot_be_told() {
    let stage = Stage::small().await;
    let user = &stage.with_status("ACTIVE")[0];
    stage.org.sign_in(user);
    let plans = stage.prepare("clear-user-sessions", json!({}), &[user]).await.unwrap();
    assert!(plans[0].undo.is_none());
    let call = run_call("clear-user-sessions", json!({}), &plans);
    stage.org.fault(&format!("DELETE /api/v1/users/{user}/sessions"), Fault::Reset);
    let result = stage.run(call.clone()).await;
    assert_eq!(result.outcomes[0].kind, TargetOutcomeKind::Unknown);
    let shape: [(ObjectName, _); 1] = [("User".into(), stage.declared("User"))];
    let verified = stage.guest.verify(&stage.access, call.clone(), &shape).await.unwrap();
    assert!(verified.verdicts[0].repeatable);
    let result = stage.run(call).await;
    assert_eq!((result.outcomes[0].kind, stage.org.sessions_of(user)), (TargetOutcomeKind::Done, 0));
    stage.end().await;
}

#[tokio::test]
async fn an_account_that_may_only_read_is_told_what_it_needs() {
    let stage = Stage::new(OktaOptions::default()).await;
    stage.org.settings(|settings| settings.role = Role::ReadOnly);
    let user = &stage.with_status("ACTIVE")[0];
    let plans = stage.prepare("suspend-user", json!({}), &[user]).await.unwrap();
    let result = stage.run(run_call("suspend-user", json!({}), &plans)).await;
    let outcome = &result.outcomes[0];
    assert_eq!(outcome.kind, TargetOutcomeKind::Failed);
    assert!(outcome.message.contains("an admin role that may do it"), "{}", outcome.message);
    stage.end().await;
}
