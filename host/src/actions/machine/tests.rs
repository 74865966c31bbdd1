//! The rules as tables. Beside them: policies, and walks over all orders and at random.

use super::*;
use crate::{
    actions::{
        policy::ActionSettings,
        target::{Finding, TargetEvent, TargetState, start, step as step_target},
    },
    domain::{Role, TargetOutcomeKind, WorkspaceId},
};
use proptest::prelude::*;
use std::collections::HashSet;

const PLAN: &str = "plan-1";
const SENT: Millis = 1_000;
const LATE: Millis = SENT + 72 * 3_600_000;

fn actor(user: &str, role: Role) -> Actor {
    Actor { workspace: WorkspaceId::from("T1"), user: UserId::from(user), role }
}

fn prepared() -> Standing {
    Standing {
        state: RequestState::Prepared,
        requester: UserId::from("U-asks"),
        fingerprint: PLAN.to_owned(),
        policy: ActionSettings::default().policy(),
        expires_at: 2_000,
        requested_at: None,
        approvals: Vec::new(),
        escalated: false,
        decided: None,
        stops: 0,
        fence: 0,
        cancelled: None,
        ended_at: None,
    }
}

/// An event without borrowed parts, so that it can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum E {
    Submit,
    SubmitOther,
    SubmitStale,
    SubmitByOther,
    Approve,
    ApproveLate,
    ApproveOther,
    ApproveOwn,
    ApproveStranger,
    /// By the named person of this number.
    ApproveNamed(u8),
    ApproveNamedOther(u8),
    DenyNamed(u8),
    ApproveFallback,
    Escalate,
    EscalateLate,
    /// With so many others who could approve.
    Confirm(usize),
    ConfirmOther,
    ConfirmStale,
    ConfirmByOther,
    Deny,
    DenyLate,
    DenyStranger,
    Withdraw,
    WithdrawByOther,
    Cancel,
    CancelByAdmin,
    CancelByStranger,
    ExpireEarly,
    Expire,
    Stop,
    Claim(u64, u64),
    FinishDone(u64),
    FinishMixed(u64),
    FinishFailed(u64),
    FinishUnknown(u64),
    FinishStopped(u64),
    FinishOpen(u64),
}

const ALL: [E; 43] = [
    E::Submit,
    E::SubmitOther,
    E::SubmitStale,
    E::SubmitByOther,
    E::Approve,
    E::ApproveLate,
    E::ApproveOther,
    E::ApproveOwn,
    E::ApproveStranger,
    E::ApproveNamed(1),
    E::ApproveNamed(2),
    E::ApproveNamed(3),
    E::ApproveNamedOther(1),
    E::DenyNamed(3),
    E::ApproveFallback,
    E::Escalate,
    E::EscalateLate,
    E::Confirm(0),
    E::Confirm(1),
    E::ConfirmOther,
    E::ConfirmStale,
    E::ConfirmByOther,
    E::ApproveNamed(4),
    E::Deny,
    E::DenyLate,
    E::DenyStranger,
    E::Withdraw,
    E::WithdrawByOther,
    E::Cancel,
    E::CancelByAdmin,
    E::CancelByStranger,
    E::ExpireEarly,
    E::Expire,
    E::Stop,
    E::Claim(1, 0),
    E::Claim(2, 0),
    E::Claim(2, 1),
    E::FinishDone(1),
    E::FinishMixed(1),
    E::FinishFailed(1),
    E::FinishUnknown(1),
    E::FinishStopped(2),
    E::FinishOpen(1),
];

fn take(now: &Standing, event: E) -> Result<Standing, Refusal> {
    let (asks, admin) = (actor("U-asks", Role::Admin), actor("U-admin", Role::Admin));
    let stranger = actor("U-stranger", Role::Member);
    let tally =
        |done, failed, unknown, stopped, queued| Tally { done, failed, unknown, stopped, queued, ..Tally::default() };
    let finish = |fence, tally| step(now, Event::Finish { fence, tally, at: SENT + 3 });
    let named = |person: u8| actor(&format!("U-{person}"), Role::Member);
    let submit = |by, fingerprint, at| step(now, Event::Submit { by, fingerprint, stops: 0, at });
    let approve = |by, fingerprint, at| step(now, Event::Approve { by, fingerprint, stops: 0, at });
    let confirm = |by, fingerprint, others, at| step(now, Event::Confirm { by, fingerprint, others, stops: 0, at });
    let cancel = |by| step(now, Event::Cancel { by, stops: now.stops, at: SENT + 2 });
    let deny = |by, at| step(now, Event::Deny { by, fingerprint: PLAN, reason: None, at });
    match event {
        E::Submit => submit(&asks, PLAN, SENT),
        E::SubmitOther => submit(&asks, "plan-2", SENT),
        E::SubmitStale => submit(&asks, PLAN, 2_000),
        E::SubmitByOther => submit(&admin, PLAN, SENT),
        E::Approve => approve(&admin, PLAN, SENT + 1),
        E::ApproveLate => approve(&admin, PLAN, LATE),
        E::ApproveOther => approve(&admin, "plan-2", SENT + 1),
        E::ApproveOwn => approve(&asks, PLAN, SENT + 1),
        E::ApproveStranger => approve(&stranger, PLAN, SENT + 1),
        E::ApproveNamed(person) => approve(&named(person), PLAN, SENT + 1),
        E::ApproveNamedOther(person) => approve(&named(person), "plan-2", SENT + 1),
        E::DenyNamed(person) => deny(&named(person), SENT + 1),
        E::ApproveFallback => approve(&actor("U-fallback", Role::Member), PLAN, SENT + 1),
        E::Escalate => step(now, Event::Escalate { at: SENT + 1 }),
        E::EscalateLate => step(now, Event::Escalate { at: LATE }),
        E::Confirm(others) => confirm(&asks, PLAN, others, SENT),
        E::ConfirmOther => confirm(&asks, "plan-2", 0, SENT),
        E::ConfirmStale => confirm(&asks, PLAN, 0, 2_000),
        E::ConfirmByOther => confirm(&admin, PLAN, 0, SENT),
        E::Deny => deny(&admin, SENT + 1),
        E::DenyLate => deny(&admin, LATE),
        E::DenyStranger => deny(&stranger, SENT + 1),
        E::Withdraw => step(now, Event::Withdraw { by: &asks, at: SENT + 2 }),
        E::WithdrawByOther => step(now, Event::Withdraw { by: &admin, at: SENT + 2 }),
        E::Cancel => cancel(&asks),
        E::CancelByAdmin => cancel(&admin),
        E::CancelByStranger => cancel(&stranger),
        E::ExpireEarly => step(now, Event::Expire { at: SENT + 2 }),
        E::Expire => step(now, Event::Expire { at: LATE }),
        E::Stop => step(now, Event::Stop { at: SENT + 2 }),
        E::Claim(fence, stops) => step(now, Event::Claim { fence, stops }),
        E::FinishDone(fence) => finish(fence, tally(2, 0, 0, 0, 0)),
        E::FinishMixed(fence) => finish(fence, tally(1, 1, 0, 0, 0)),
        E::FinishFailed(fence) => finish(fence, tally(0, 2, 0, 0, 0)),
        E::FinishUnknown(fence) => finish(fence, tally(1, 0, 1, 1, 0)),
        E::FinishStopped(fence) => finish(fence, tally(1, 0, 0, 1, 0)),
        E::FinishOpen(fence) => finish(fence, tally(1, 0, 0, 0, 1)),
    }
}

fn after(events: &[E]) -> Standing {
    events.iter().fold(prepared(), |now, event| take(&now, *event).expect("the path is allowed"))
}

#[test]
fn each_allowed_step() {
    use RequestState as S;
    let table: &[(&[E], S)] = &[
        (&[E::Submit], S::Waiting),
        (&[E::Submit, E::Approve], S::Approved),
        (&[E::Submit, E::Deny], S::Denied),
        (&[E::Submit, E::Expire], S::Expired),
        (&[E::Withdraw], S::Withdrawn),
        (&[E::Submit, E::Withdraw], S::Withdrawn),
        (&[E::Submit, E::Approve, E::Withdraw], S::Withdrawn),
        (&[E::Submit, E::Approve, E::Stop], S::Stopped),
        (&[E::Submit, E::Approve, E::Cancel], S::Stopped),
        (&[E::Submit, E::Approve, E::Claim(1, 0), E::CancelByAdmin], S::Running),
        (&[E::Submit, E::Approve, E::Claim(1, 0), E::Cancel, E::Claim(2, 0), E::FinishStopped(2)], S::Stopped),
        (&[E::Submit, E::Approve, E::Claim(1, 0), E::Cancel, E::FinishDone(1)], S::Done),
        (&[E::Submit, E::Approve, E::Claim(1, 0)], S::Running),
        (&[E::Submit, E::Approve, E::Claim(1, 0), E::FinishDone(1)], S::Done),
        (&[E::Submit, E::Approve, E::Claim(1, 0), E::FinishMixed(1)], S::PartlyDone),
        (&[E::Submit, E::Approve, E::Claim(1, 0), E::FinishFailed(1)], S::Failed),
        (&[E::Submit, E::Approve, E::Claim(1, 0), E::FinishUnknown(1)], S::NeedsPerson),
        (&[E::Submit, E::Approve, E::Claim(1, 0), E::Claim(2, 1), E::FinishStopped(2)], S::Stopped),
    ];
    for (events, state) in table {
        assert_eq!(after(events).state, *state, "{events:?}");
    }
}

#[test]
fn each_refusal_is_a_plain_sentence() {
    let table: &[(&[E], E, &str)] = &[
        (&[], E::Approve, "This request was not sent for approval yet, so there is nothing to decide."),
        (
            &[],
            E::SubmitStale,
            "This preview is too old: what it shows was read before 1970-01-01 00:00 UTC. Prepare it again; nothing was sent.",
        ),
        (&[], E::SubmitByOther, "Only <@U-asks>, who made this request, may do that. Nothing was changed."),
        (&[E::Submit], E::Submit, "This request was sent already. Nothing was sent twice."),
        (&[E::Submit, E::Approve], E::Approve, "Already approved by <@U-admin> at 1970-01-01 00:00 UTC."),
        (&[E::Submit, E::Approve], E::Deny, "Already approved by <@U-admin> at 1970-01-01 00:00 UTC."),
        (&[E::Submit, E::Deny], E::Approve, "Already denied by <@U-admin> at 1970-01-01 00:00 UTC."),
        (
            &[E::Submit],
            E::ApproveLate,
            "This request expired at 1970-01-04 00:00 UTC; nothing was run. Ask <@U-asks> to request it again.",
        ),
        (
            &[E::Submit, E::Expire],
            E::Approve,
            "This request expired at 1970-01-04 00:00 UTC; nothing was run. Ask <@U-asks> to request it again.",
        ),
        (
            &[E::Submit],
            E::ApproveOther,
            "What you decided on is not what this request holds now. Nothing was decided; open the request again and look at its plan.",
        ),
        (&[E::Submit], E::ApproveStranger, "Only an admin or the owner may decide this request. Nothing was decided."),
        (&[E::Submit], E::DenyStranger, "Only an admin or the owner may decide this request. Nothing was decided."),
        (
            &[E::Submit],
            E::ApproveOwn,
            "You cannot decide your own request: somebody else must look at it. You can withdraw it.",
        ),
        (&[E::Submit, E::Withdraw], E::Approve, "<@U-asks> withdrew this request; nothing was run."),
        (
            &[E::Submit, E::Approve, E::Claim(1, 0)],
            E::Withdraw,
            "This request is running already; what has begun cannot be taken back here. Wait for its results.",
        ),
        (
            &[E::Submit, E::Approve, E::Claim(1, 0), E::FinishDone(1)],
            E::Withdraw,
            "This request is over: done. Nothing was changed.",
        ),
        (
            &[E::Submit, E::Approve],
            E::Claim(2, 1),
            "This request was stopped; what had not run by then will not run. Request it again if it is still wanted.",
        ),
        (&[E::Submit], E::Cancel, "This request is not approved, so nothing of it may run."),
        (
            &[E::Submit, E::Approve, E::Claim(1, 0)],
            E::CancelByStranger,
            "Only <@U-asks>, who made this request, or an admin may do that. Nothing was changed.",
        ),
        (
            &[E::Submit, E::Approve, E::Claim(1, 0), E::CancelByAdmin],
            E::Cancel,
            "<@U-admin> cancelled the rest of this request at 1970-01-01 00:00 UTC; what had not begun by then does not run.",
        ),
        (&[E::Submit, E::Approve, E::Claim(2, 0)], E::Claim(1, 0), "Another runner has taken this request over."),
    ];
    for (events, event, sentence) in table {
        let refusal = take(&after(events), *event).expect_err("it is refused");
        assert_eq!(refusal.to_string(), *sentence, "{events:?} then {event:?}");
    }
}

#[test]
fn self_approval_and_named_approvers_are_settings() {
    let mut now = after(&[E::Submit]);
    now.policy.self_approval = true;
    assert_eq!(take(&now, E::ApproveOwn).map(|next| next.state), Ok(RequestState::Approved));
    now.policy.approvers.push(UserId::from("U-stranger"));
    assert_eq!(take(&now, E::ApproveStranger).map(|next| next.state), Ok(RequestState::Approved));
}

#[test]
fn nobody_is_asked_where_the_policy_asks_nobody() {
    let mut now = prepared();
    now.policy.approval = Approval::None;
    let now = take(&now, E::Submit).expect("it is sent");
    assert_eq!(now.state, RequestState::Approved);
    assert!(take(&now, E::Deny).is_err());
}

mod policies;
mod walk;
