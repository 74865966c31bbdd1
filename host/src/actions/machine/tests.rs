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
        approvals: Vec::new(),
        escalated: false,
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
    let tally =
        |done, failed, unknown, stopped, queued| Tally { done, failed, unknown, stopped, queued, ..Tally::default() };
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

/// What happens in a workspace: to the request, to one of its targets, or to all of it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum World {
    Request(E),
    ClaimNow(u64),
    Start(usize, u64),
    Target(usize, TargetEvent),
    StopWorkspace,
}

/// A request with its targets, and what the rules say about them.
#[derive(Clone, Debug)]
struct Scene {
    request: Standing,
    targets: Vec<TargetState>,
    stops: u64,
    stopped_since_approval: bool,
}

impl Scene {
    fn new(targets: usize) -> Self {
        let targets = vec![TargetState::Queued { attempts: 0 }; targets];
        Self { request: prepared(), targets, stops: 0, stopped_since_approval: false }
    }

    /// The scene after this, when it is allowed. Panics when a rule is broken.
    fn after(&self, world: World) -> Option<Self> {
        let mut next = self.clone();
        match world {
            World::Request(event) => {
                next.request = take(&self.request, event).ok()?;
                assert!(!self.request.state.is_final(), "{:?} was left by {event:?}", self.request.state);
                if next.request.state == RequestState::Approved {
                    // As `service` does it: a decision counts from the stops of now.
                    next.request.stops = self.stops;
                    next.stopped_since_approval = false;
                }
            }
            World::ClaimNow(fence) => {
                next.request = step(&self.request, Event::Claim { fence, stops: self.stops }).ok()?;
                assert!(fence > self.request.fence, "a claim went back");
            }
            World::StopWorkspace => (next.stops, next.stopped_since_approval) = (self.stops + 1, true),
            World::Start(target, fence) => {
                next.targets[target] = start(&self.request, fence, self.stops, self.targets[target]).ok()?;
                self.may_start(target, fence);
            }
            World::Target(target, event) => {
                next.targets[target] = step_target(self.targets[target], event).ok()?;
                moves_as_it_may(self.targets[target], event, next.targets[target]);
            }
        }
        Some(next)
    }

    fn may_start(&self, target: usize, fence: u64) {
        let decided = self.request.decided.as_ref();
        assert!(
            decided.is_some_and(|decided| decided.approve && decided.by == UserId::from("U-admin")),
            "undecided: {self:?}"
        );
        assert_eq!((self.request.state, self.request.fence), (RequestState::Running, fence));
        assert!(!self.stopped_since_approval && self.request.ended_at.is_none(), "after the end: {self:?}");
        assert!(matches!(self.targets[target], TargetState::Queued { .. }), "twice: {self:?}");
    }
}

fn moves_as_it_may(was: TargetState, event: TargetEvent, is: TargetState) {
    assert!(!was.is_final(), "{was:?} was left by {event:?}");
    assert!(!matches!(is, TargetState::Started { .. }), "only an intent starts a target, not {event:?}");
    if matches!((was, is), (TargetState::Started { .. }, TargetState::Queued { .. })) {
        let known = [TargetEvent::NothingDone, TargetEvent::Verified(Finding::NotDone { again: true })];
        assert!(known.contains(&event), "{event:?} does not tell that nothing was done");
    }
}

const TARGET_EVENTS: [TargetEvent; 11] = [
    TargetEvent::Answered(TargetOutcomeKind::Done),
    TargetEvent::Answered(TargetOutcomeKind::Already),
    TargetEvent::Answered(TargetOutcomeKind::Changed),
    TargetEvent::Answered(TargetOutcomeKind::Unknown),
    TargetEvent::NothingDone,
    TargetEvent::Verified(Finding::Done),
    TargetEvent::Verified(Finding::NotDone { again: true }),
    TargetEvent::Verified(Finding::NotDone { again: false }),
    TargetEvent::Verified(Finding::Unknown),
    TargetEvent::Refused,
    TargetEvent::Stop,
];

fn all_worlds() -> Vec<World> {
    let requests = ALL.into_iter().map(World::Request);
    let claims = [1, 2].map(World::ClaimNow);
    let starts = [1, 2].map(|fence| World::Start(0, fence));
    let targets = TARGET_EVENTS.into_iter().map(|event| World::Target(0, event));
    requests.chain(claims).chain(starts).chain(targets).chain([World::StopWorkspace]).collect()
}

/// Walks every order of all events up to a depth. A refused event leaves all as it was, so only accepted ones lead on.
#[test]
fn every_order_of_events_keeps_the_rules() {
    const DEPTH: usize = 9;
    let worlds = all_worlds();
    let mut seen = HashSet::new();
    let mut scenes = vec![Scene::new(1)];
    let mut walked = 0;
    for _ in 0..DEPTH {
        scenes = scenes.iter().flat_map(|scene| worlds.iter().filter_map(|world| scene.after(*world))).collect();
        seen.extend(scenes.iter().map(|scene| scene.request.state));
        walked += scenes.len();
    }
    assert!(walked > 50_000, "only {walked} orders were walked");
    assert_eq!(seen.len(), 12, "every state is reached: {seen:?}");
}

fn any_world() -> impl Strategy<Value = World> {
    let target_event = proptest::sample::select(TARGET_EVENTS.to_vec());
    prop_oneof![
        2 => proptest::sample::select(ALL.to_vec()).prop_map(World::Request),
        2 => proptest::sample::select(vec![E::Submit, E::Approve]).prop_map(World::Request),
        2 => (1..5_u64).prop_map(World::ClaimNow),
        6 => (0..3_usize, 1..5_u64).prop_map(|(target, fence)| World::Start(target, fence)),
        6 => (0..3_usize, target_event).prop_map(|(target, event)| World::Target(target, event)),
        1 => Just(World::StopWorkspace),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// No path runs a target without a valid decision, twice without a look in between, or after it was stopped, denied,
    /// withdrawn or expired; and nothing that is final moves.
    #[test]
    fn no_path_runs_what_it_must_not(path in proptest::collection::vec(any_world(), 1..80)) {
        let mut scene = Scene::new(3);
        for world in path {
            if let Some(next) = scene.after(world) {
                scene = next;
            }
        }
    }
}
