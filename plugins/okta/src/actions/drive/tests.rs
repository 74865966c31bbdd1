//! What becomes of a target, by how it stands before and after.

use super::*;
use crate::actions::lifecycle;
use serde_json::json;

fn user(status: &str) -> User {
    User::of(&json!({ "id": "00u1", "status": status, "profile": { "login": "ada@acme.example" } })).unwrap()
}

fn facts(status: &str) -> Facts {
    Facts { users: [("00u1".to_owned(), user(status))].into(), ..Facts::default() }
}

fn target(before: &str) -> RunTarget {
    RunTarget {
        key: "00u1".into(),
        record: "{}".into(),
        before: json!({ "status": before }).to_string(),
        idempotency_key: "k".into(),
        ext: Vec::new(),
    }
}

fn judged(approved: &str, now: &str) -> Result<Standing, Box<Outcome>> {
    let suspend = lifecycle::find("suspend-user").unwrap();
    judge(standing(&suspend, "00u1", &facts(now)), &target(approved))
}

#[test]
fn only_what_was_approved_is_done() {
    assert!(judged("ACTIVE", "ACTIVE").is_ok());
    for (now, kind) in [
        ("SUSPENDED", OutcomeKind::Already),
        ("LOCKED_OUT", OutcomeKind::Changed),
        ("DEPROVISIONED", OutcomeKind::Changed),
    ] {
        assert_eq!(judged("ACTIVE", now).unwrap_err().kind, kind, "{now}");
    }
    let gone = judge(None, &target("ACTIVE")).unwrap_err();
    assert_eq!(gone.kind, OutcomeKind::Changed);
}

#[test]
fn a_lost_answer_is_told_by_the_record() {
    let suspend = lifecycle::find("suspend-user").unwrap();
    let after = |class, later: Option<&Facts>| {
        Work::Failed("00u1".into(), Error::new(class, "E", "No.")).outcome(&suspend, later)
    };
    let (made, unmade) = (facts("SUSPENDED"), facts("ACTIVE"));
    let lost = after(ErrorClass::Unknown, Some(&made));
    assert_eq!((lost.kind, lost.undo.is_some()), (OutcomeKind::Done, true));
    assert_eq!(after(ErrorClass::Unknown, Some(&unmade)).kind, OutcomeKind::Unknown);
    assert_eq!(after(ErrorClass::Unknown, None).kind, OutcomeKind::Unknown);
    assert_eq!(after(ErrorClass::InvalidInput, Some(&made)).kind, OutcomeKind::Already);
    assert_eq!(after(ErrorClass::Forbidden, Some(&unmade)).kind, OutcomeKind::Failed);
}

#[test]
fn what_happened_is_told_and_what_cannot_be_told_may_be_repeated() {
    let suspend = lifecycle::find("suspend-user").unwrap();
    for (now, kind, repeatable) in [
        ("SUSPENDED", VerdictKind::Done, false),
        ("ACTIVE", VerdictKind::NotDone, true),
        ("LOCKED_OUT", VerdictKind::Unknown, false),
    ] {
        let verdict = verdict(&suspend, &target("ACTIVE"), &facts(now));
        assert_eq!((verdict.kind, verdict.repeatable), (kind, repeatable), "{now}");
    }
    let clear = crate::actions::sessions::ClearSessions::of(&json!({})).unwrap();
    let untold = verdict(&clear, &target("ACTIVE"), &facts("ACTIVE"));
    assert!(untold.repeatable && untold.message.contains("does no harm"), "{}", untold.message);
}

#[test]
fn a_plan_says_that_nothing_is_left_to_do() {
    let suspend = lifecycle::find("suspend-user").unwrap();
    let plan = standing(&suspend, "00u1", &facts("SUSPENDED")).unwrap().plan("00u1");
    assert!(plan.already && plan.steps.is_empty() && plan.undo.is_none());
    assert_eq!(plan.warnings, ["The user is suspended."]);
    let plan = standing(&suspend, "00u1", &facts("STAGED")).unwrap().plan("00u1");
    assert_eq!((plan.blockers.len(), plan.steps.len()), (1, 0));
}
