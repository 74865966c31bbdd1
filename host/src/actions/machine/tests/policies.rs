//! Several approvals, the fallback approver, and the word of a requester who is alone.

use super::*;

/// Two of three named people.
pub fn two_of_three() -> Policy {
    Policy {
        approval: Approval::Several(2),
        approvers: ["U-1", "U-2", "U-3"].map(UserId::from).to_vec(),
        only_named: true,
        ..ActionSettings::default().policy()
    }
}

fn under(policy: Policy, events: &[E]) -> Standing {
    let begun = Standing { policy, ..prepared() };
    events.iter().fold(begun, |now, event| take(&now, *event).expect("the path is allowed"))
}

fn refusal(now: &Standing, event: E) -> String {
    take(now, event).expect_err("it is refused").to_string()
}

#[test]
fn it_waits_until_enough_people_have_said_yes() {
    let now = under(two_of_three(), &[E::Submit, E::ApproveNamed(1)]);
    assert_eq!((now.state, now.approvals.len(), &now.decided), (RequestState::Waiting, 1, &None));
    assert_eq!(
        refusal(&now, E::ApproveNamed(1)),
        "You approved this at 1970-01-01 00:00 UTC: 1 of 2 approvals are given. Nothing was counted twice."
    );
    assert_eq!(
        refusal(&now, E::Approve),
        "Only <@U-1>, <@U-2> or <@U-3> may decide this request. Nothing was decided.",
        "an admin who is not named"
    );
    assert!(refusal(&now, E::ApproveNamedOther(2)).starts_with("What you decided on"));
    assert_eq!(refusal(&now, E::Claim(1, 0)), "This request is not approved, so nothing of it may run.");

    let done = take(&now, E::ApproveNamed(3)).unwrap();
    assert_eq!(done.state, RequestState::Approved);
    let by: Vec<&str> = done.approvals.iter().map(|yes| yes.by.as_str()).collect();
    assert_eq!(by, ["U-1", "U-3"]);
    assert_eq!(done.decided.as_ref().map(|decided| decided.by.as_str()), Some("U-3"));
    assert_eq!(refusal(&done, E::ApproveNamed(2)), "Already approved by <@U-3> at 1970-01-01 00:00 UTC.");
}

#[test]
fn one_no_denies_also_of_somebody_who_had_said_yes() {
    let now = under(two_of_three(), &[E::Submit, E::ApproveNamed(1)]);
    assert_eq!(take(&now, E::DenyNamed(2)).unwrap().state, RequestState::Denied);
    let denied = take(&now, E::DenyNamed(1)).unwrap();
    assert_eq!(denied.state, RequestState::Denied);
    assert_eq!(refusal(&denied, E::ApproveNamed(2)), "Already denied by <@U-1> at 1970-01-01 00:00 UTC.");
}

#[test]
fn a_stop_between_two_approvals_leaves_the_last_one_to_count() {
    let now = under(two_of_three(), &[E::Submit, E::ApproveNamed(1)]);
    let by = actor("U-2", Role::Member);
    let last = step(&now, Event::Approve { by: &by, fingerprint: PLAN, stops: 1, at: SENT + 1 }).unwrap();
    assert!(take(&last, E::Claim(1, 1)).is_ok() && take(&last, E::Claim(1, 2)).is_err());
}

#[test]
fn the_fallback_approver_counts_from_the_reminder_on() {
    let policy = Policy { fallback: Some("U-fallback".into()), ..two_of_three() };
    let now = under(policy, &[E::Submit, E::ApproveNamed(1)]);
    assert!(refusal(&now, E::ApproveFallback).starts_with("Only <@U-1>, <@U-2> or <@U-3> may decide"));
    let now = take(&now, E::Escalate).unwrap();
    assert!(now.escalated && now.state == RequestState::Waiting);
    assert_eq!(refusal(&now, E::Escalate), "Nobody else is to be asked about this request.");
    assert_eq!(take(&now, E::ApproveFallback).unwrap().state, RequestState::Approved);
    let without = under(two_of_three(), &[E::Submit]);
    assert_eq!(refusal(&without, E::Escalate), "Nobody else is to be asked about this request.");
    assert!(refusal(&without, E::EscalateLate).starts_with("This request expired"));
}

#[test]
fn a_requester_who_is_alone_confirms_where_the_policy_says_so() {
    let allowed = Policy { typed_confirmation: true, ..ActionSettings::default().policy() };
    let now = under(allowed.clone(), &[E::Confirm(0)]);
    assert_eq!((now.state, now.requested_at), (RequestState::Approved, Some(SENT)));
    assert!(now.decided.as_ref().is_some_and(|decided| decided.self_confirmed && decided.by.as_str() == "U-asks"));
    assert_eq!(refusal(&now, E::Approve), "Already confirmed by <@U-asks> at 1970-01-01 00:00 UTC.");

    let not_alone = "You cannot confirm this alone: somebody else can approve it, or its approval policy does not allow that. Nothing \
                     was sent; prepare it again.";
    let asks_nobody = Policy { approval: Approval::None, ..allowed.clone() };
    let others_decide = Policy { only_named: true, ..allowed.clone() };
    let rows = [
        (allowed.clone(), E::Confirm(1), not_alone),
        (ActionSettings::default().policy(), E::Confirm(0), not_alone),
        (asks_nobody, E::Confirm(0), not_alone),
        (others_decide, E::Confirm(0), not_alone),
        (
            allowed.clone(),
            E::ConfirmByOther,
            "Only <@U-asks>, who made this request, may do that. Nothing was changed.",
        ),
    ];
    for (policy, event, sentence) in rows {
        assert_eq!(refusal(&under(policy.clone(), &[]), event), sentence, "{event:?} under {policy:?}");
    }
    let begun = under(allowed, &[]);
    assert!(refusal(&begun, E::ConfirmOther).starts_with("What you decided on"));
    assert!(refusal(&begun, E::ConfirmStale).starts_with("This preview is too old"));
}

/// Requests that were stored before several people could approve.
#[test]
fn a_standing_stored_before_reads_and_writes_the_same_bytes() {
    let stored = r#"{"state":"waiting","requester":"U1","fingerprint":"f","policy":{"approval":"one","approvers":[],"self_approval":false,"expiry":1,"reminder":1},"expires_at":1,"requested_at":1,"decided":{"by":"U2","at":1,"approve":true,"reason":null},"stops":0,"fence":0,"ended_at":null}"#;
    let read: Standing = serde_json::from_str(stored).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), stored);
}
