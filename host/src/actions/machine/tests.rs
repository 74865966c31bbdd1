//! The rules as tables, walked over all orders, and at random together with targets.

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
        decided: None,
        stops: 0,
        fence: 0,
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
    Deny,
    DenyLate,
    DenyStranger,
    Withdraw,
    WithdrawByOther,
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

const ALL: [E; 26] = [
    E::Submit,
    E::SubmitOther,
    E::SubmitStale,
    E::SubmitByOther,
    E::Approve,
    E::ApproveLate,
    E::ApproveOther,
    E::ApproveOwn,
    E::ApproveStranger,
    E::Deny,
    E::DenyLate,
    E::DenyStranger,
    E::Withdraw,
    E::WithdrawByOther,
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
    let tally = |done, failed, unknown, stopped, queued| Tally { done, failed, unknown, stopped, queued, ..Tally::default() };
    let finish = |fence, tally| step(now, Event::Finish { fence, tally, at: SENT + 3 });
    let submit = |by, fingerprint, at| step(now, Event::Submit { by, fingerprint, stops: 0, at });
    let approve = |by, fingerprint, at| step(now, Event::Approve { by, fingerprint, stops: 0, at });
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
        E::Deny => deny(&admin, SENT + 1),
        E::DenyLate => deny(&admin, LATE),
        E::DenyStranger => deny(&stranger, SENT + 1),
        E::Withdraw => step(now, Event::Withdraw { by: &asks, at: SENT + 2 }),
        E::WithdrawByOther => step(now, Event::Withdraw { by: &admin, at: SENT + 2 }),
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
        (&[], E::SubmitStale, "This preview is too old: what it shows was read before 1970-01-01 00:00 UTC. Prepare it again; nothing was sent."),
        (&[], E::SubmitByOther, "Only <@U-asks>, who made this request, may do that. Nothing was changed."),
        (&[E::Submit], E::Submit, "This request was sent already. Nothing was sent twice."),
        (&[E::Submit, E::Approve], E::Approve, "Already approved by <@U-admin> at 1970-01-01 00:00 UTC."),
        (&[E::Submit, E::Approve], E::Deny, "Already approved by <@U-admin> at 1970-01-01 00:00 UTC."),
        (&[E::Submit, E::Deny], E::Approve, "Already denied by <@U-admin> at 1970-01-01 00:00 UTC."),
        (&[E::Submit], E::ApproveLate, "This request expired at 1970-01-04 00:00 UTC; nothing was run. Ask <@U-asks> to request it again."),
        (&[E::Submit, E::Expire], E::Approve, "This request expired at 1970-01-04 00:00 UTC; nothing was run. Ask <@U-asks> to request it again."),
        (&[E::Submit], E::ApproveOther, "What you decided on is not what this request holds now. Nothing was decided; open the request again and look at its plan."),
        (&[E::Submit], E::ApproveStranger, "Only an admin or the owner may decide this request. Nothing was decided."),
        (&[E::Submit], E::DenyStranger, "Only an admin or the owner may decide this request. Nothing was decided."),
        (&[E::Submit], E::ApproveOwn, "You cannot decide your own request: somebody else must look at it. You can withdraw it."),
        (&[E::Submit, E::Withdraw], E::Approve, "<@U-asks> withdrew this request; nothing was run."),
        (&[E::Submit, E::Approve, E::Claim(1, 0)], E::Withdraw, "This request is running already; what has begun cannot be taken back here. Wait for its results."),
        (&[E::Submit, E::Approve, E::Claim(1, 0), E::FinishDone(1)], E::Withdraw, "This request is over: done. Nothing was changed."),
        (&[E::Submit, E::Approve], E::Claim(2, 1), "This request was stopped; what had not run by then will not run. Request it again if it is still wanted."),
        (&[E::Submit, E::Approve, E::Claim(2, 0)], E::Claim(1, 0), "Another runner has taken this request over."),
    ];
    for (events, event, sentence) in table {
        let refusal = take(&after(events), *event).expect_err("it is refused");
        assert_eq!(refusal.to_string(), *sentence, "{events:?} then {event:?}");
    }
}

/// Walks every order of all events. A refused event leaves all as it was, so only accepted ones lead on.
#[test]
fn every_order_of_events_keeps_the_rules() {
    let mut seen = HashSet::new();
    let walked = walk(&prepared(), &mut Vec::new(), &mut seen);
    assert!(walked > 1_000, "only {walked} paths were walked");
    let states: HashSet<RequestState> = seen;
    assert_eq!(states.len(), 12, "every state is reached: {states:?}");
}

fn walk(now: &Standing, path: &mut Vec<E>, seen: &mut HashSet<RequestState>) -> usize {
    const DEPTH: usize = 9;
    seen.insert(now.state);
    let allowed: Vec<(E, Standing)> =
        ALL.iter().filter_map(|event| take(now, *event).ok().map(|next| (*event, next))).collect();
    if now.state.is_final() {
        assert!(allowed.is_empty(), "a final state was left: {path:?} then {allowed:?}");
    }
    if may_run(now, 1, 0).is_ok() || may_run(now, 2, 0).is_ok() {
        let approved = now.decided.as_ref().is_some_and(|decided| decided.approve && decided.by == UserId::from("U-admin"));
        assert!(approved, "it may run without a valid decision: {path:?}");
        assert!(path.contains(&E::Submit) && path.contains(&E::Approve));
        for over in [E::Deny, E::Expire, E::Withdraw, E::Stop] {
            assert!(!path.contains(&over), "it may run after {over:?}: {path:?}");
        }
    }
    if path.len() == DEPTH {
        return 1;
    }
    let mut walked = 1;
    for (event, next) in allowed {
        path.push(event);
        walked += walk(&next, path, seen);
        path.pop();
    }
    walked
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

/// What happens in the world of the property: to the request, to a target, or to the workspace.
#[derive(Clone, Debug)]
enum World {
    Request(E),
    Start { target: usize, fence: u64 },
    Target { target: usize, event: TargetEvent },
    StopWorkspace,
    ClaimNow(u64),
}

fn worlds() -> impl Strategy<Value = World> {
    let events = prop_oneof![
        Just(TargetEvent::Answered(TargetOutcomeKind::Done)),
        Just(TargetEvent::Answered(TargetOutcomeKind::Failed)),
        Just(TargetEvent::Answered(TargetOutcomeKind::Changed)),
        Just(TargetEvent::Answered(TargetOutcomeKind::Unknown)),
        Just(TargetEvent::NothingDone),
        Just(TargetEvent::Verified(Finding::Done)),
        Just(TargetEvent::Verified(Finding::NotDone { again: true })),
        Just(TargetEvent::Verified(Finding::NotDone { again: false })),
        Just(TargetEvent::Verified(Finding::Unknown)),
        Just(TargetEvent::Refused),
        Just(TargetEvent::Stop),
    ];
    prop_oneof![
        3 => proptest::sample::select(ALL.to_vec()).prop_map(World::Request),
        3 => prop_oneof![Just(E::Submit), Just(E::Approve), Just(E::Claim(1, 0))].prop_map(World::Request),
        6 => (0..3_usize, 1..4_u64).prop_map(|(target, fence)| World::Start { target, fence }),
        6 => (0..3_usize, events).prop_map(|(target, event)| World::Target { target, event }),
        1 => Just(World::StopWorkspace),
        1 => (1..4_u64).prop_map(World::ClaimNow),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// No path runs a target without a valid decision, twice without a look in between, or after it was stopped, denied,
    /// withdrawn or expired; and nothing that is final moves.
    #[test]
    fn no_path_runs_what_it_must_not(path in proptest::collection::vec(worlds(), 1..60)) {
        let mut request = prepared();
        let mut targets = [TargetState::Queued { attempts: 0 }; 3];
        let mut stops = 0;
        let mut stopped_since_approval = false;
        for world in path {
            match world {
                World::Request(event) => {
                    let was = request.clone();
                    if let Ok(next) = take(&was, event) {
                        prop_assert!(!was.state.is_final(), "{:?} was left by {event:?}", was.state);
                        if next.state == RequestState::Approved {
                            // As `service` does it: the decision counts from the stops of now.
                            request = Standing { stops, ..next };
                            stopped_since_approval = false;
                        } else {
                            request = next;
                        }
                    }
                }
                World::ClaimNow(fence) => if let Ok(next) = step(&request, Event::Claim { fence, stops }) {
                    prop_assert!(fence > request.fence || request.state == RequestState::Approved);
                    request = next;
                },
                World::StopWorkspace => {
                    stops += 1;
                    stopped_since_approval = true;
                }
                World::Start { target, fence } => if let Ok(next) = start(&request, fence, stops, targets[target]) {
                    prop_assert_eq!(request.state, RequestState::Running);
                    prop_assert_eq!(request.fence, fence);
                    let decided = request.decided.as_ref();
                    prop_assert!(decided.is_some_and(|decided| decided.approve && decided.by != request.requester));
                    prop_assert!(!stopped_since_approval);
                    prop_assert!(request.ended_at.is_none());
                    prop_assert!(matches!(targets[target], TargetState::Queued { .. }));
                    targets[target] = next;
                },
                World::Target { target, event } => if let Ok(next) = step_target(targets[target], event) {
                    prop_assert!(!targets[target].is_final());
                    prop_assert!(!matches!(next, TargetState::Started { .. }), "only an intent starts a target");
                    if let (TargetState::Started { .. }, TargetState::Queued { .. }) = (targets[target], next) {
                        let known = matches!(event, TargetEvent::NothingDone | TargetEvent::Verified(Finding::NotDone { again: true }));
                        prop_assert!(known, "a begun target may run again only when it is known not to have happened");
                    }
                    targets[target] = next;
                },
            }
        }
    }
}
