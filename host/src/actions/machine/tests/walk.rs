//! All orders of events up to a depth, and random long ones, together with targets: what must never happen does not.

use super::{policies::two_of_three, *};
use std::collections::BTreeSet;

/// A policy, and in plain facts who may say yes under it.
#[derive(Clone, Debug)]
struct Case {
    policy: Policy,
    needed: usize,
    allowed: &'static [&'static str],
    may_confirm: bool,
}

fn cases() -> Vec<Case> {
    let base = ActionSettings::default().policy();
    let named: &[&str] = &["U-1", "U-2", "U-3"];
    let case = |policy, needed, allowed, may_confirm| Case { policy, needed, allowed, may_confirm };
    let with_fallback = Policy { fallback: Some("U-fallback".into()), ..two_of_three() };
    let mine = Policy {
        approval: Approval::Several(2),
        approvers: vec!["U-1".into(), "U-asks".into()],
        self_approval: true,
        only_named: true,
        ..base.clone()
    };
    let word = Policy { typed_confirmation: true, ..base.clone() };
    vec![
        case(base.clone(), 1, &["U-admin"], false),
        case(two_of_three(), 2, named, false),
        case(with_fallback, 2, named, false),
        case(mine, 2, &["U-1", "U-asks"], false),
        case(word.clone(), 1, &["U-admin"], true),
        case(Policy { approval: Approval::Several(2), ..word }, 2, &["U-admin"], true),
        case(Policy { approval: Approval::None, ..base }, 0, &[], false),
    ]
}

/// Who says yes in time to the plan that is there.
fn says_yes(event: E) -> Option<&'static str> {
    match event {
        E::Approve => Some("U-admin"),
        E::ApproveOwn => Some("U-asks"),
        E::ApproveStranger => Some("U-stranger"),
        E::ApproveFallback => Some("U-fallback"),
        E::ApproveNamed(1) => Some("U-1"),
        E::ApproveNamed(2) => Some("U-2"),
        E::ApproveNamed(_) => Some("U-3"),
        _ => None,
    }
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
    cancelled: bool,
    case: Case,
    /// Kept beside the request, by the events alone.
    yes: BTreeSet<&'static str>,
    no: bool,
    escalated: bool,
    confirmed: bool,
}

impl Scene {
    fn new(targets: usize, case: Case) -> Self {
        Self {
            request: Standing { policy: case.policy.clone(), ..prepared() },
            targets: vec![TargetState::Queued { attempts: 0 }; targets],
            stops: 0,
            stopped_since_approval: false,
            cancelled: false,
            case,
            yes: BTreeSet::new(),
            no: false,
            escalated: false,
            confirmed: false,
        }
    }

    /// A yes that was taken must be one that counts, and the first of its person.
    fn note(&mut self, event: E) {
        if let Some(person) = says_yes(event) {
            let is_fallback = self.escalated && self.case.policy.fallback == Some(person.into());
            assert!(self.case.allowed.contains(&person) || is_fallback, "{person} does not count: {self:?}");
            assert!(self.yes.insert(person), "{person} counts twice: {self:?}");
        }
        match event {
            E::Escalate => self.escalated = true,
            E::Confirm(others) => {
                assert!(others == 0 && self.case.may_confirm, "confirmed though not alone: {self:?}");
                self.confirmed = true;
            }
            E::Cancel | E::CancelByAdmin => self.cancelled = true,
            E::Deny | E::DenyNamed(_) => self.no = true,
            E::ApproveLate
            | E::ApproveOther
            | E::ApproveNamedOther(_)
            | E::DenyLate
            | E::DenyStranger
            | E::CancelByStranger => {
                panic!("{event:?} was taken: {self:?}")
            }
            _ => {}
        }
    }

    /// The scene after this, when it is allowed. Panics when a rule is broken.
    fn after(&self, world: World) -> Option<Self> {
        let mut next = self.clone();
        match world {
            World::Request(event) => {
                next.request = take(&self.request, event).ok()?;
                assert!(!self.request.state.is_final(), "{:?} was left by {event:?}", self.request.state);
                next.note(event);
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

    /// The same for scenes from which the same can follow.
    fn key(&self) -> String {
        format!("{:?}", (&self.request, &self.targets, self.stops.min(2), self.stopped_since_approval))
    }

    fn may_start(&self, target: usize, fence: u64) {
        assert!(self.confirmed || self.yes.len() >= self.case.needed, "undecided: {self:?}");
        assert!(!self.no, "denied: {self:?}");
        assert_eq!((self.request.state, self.request.fence), (RequestState::Running, fence));
        assert!(!self.stopped_since_approval && self.request.ended_at.is_none(), "after the end: {self:?}");
        assert!(!self.cancelled, "after a cancellation: {self:?}");
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
    let mut scenes = vec![Scene::new(1, cases().remove(0))];
    let mut walked = 0;
    for _ in 0..DEPTH {
        scenes = scenes.iter().flat_map(|scene| worlds.iter().filter_map(|world| scene.after(*world))).collect();
        seen.extend(scenes.iter().map(|scene| scene.request.state));
        walked += scenes.len();
    }
    assert!(walked > 50_000, "only {walked} orders were walked");
    assert_eq!(seen.len(), 12, "every state is reached: {seen:?}");
}

/// Under every policy, to a greater depth: what two orders lead to is walked on from once.
#[test]
fn every_order_keeps_the_rules_of_each_policy() {
    const DEPTH: usize = 12;
    let worlds = all_worlds();
    for case in cases() {
        let mut known = HashSet::new();
        let mut scenes = vec![Scene::new(1, case.clone())];
        let mut ran = 0;
        for _ in 0..DEPTH {
            let next = scenes.iter().flat_map(|scene| worlds.iter().filter_map(|world| scene.after(*world)));
            scenes = next.filter(|scene| known.insert(scene.key())).collect();
            ran += scenes.iter().filter(|scene| scene.request.state == RequestState::Done).count();
        }
        assert!(ran > 0, "nothing ran under {case:?}: the walk proves nothing");
        assert!(known.len() > 300, "only {} scenes under {case:?}", known.len());
    }
}

fn any_world() -> impl Strategy<Value = World> {
    let target_event = proptest::sample::select(TARGET_EVENTS.to_vec());
    prop_oneof![
        2 => proptest::sample::select(ALL.to_vec()).prop_map(World::Request),
        2 => proptest::sample::select(vec![E::Submit, E::Approve, E::ApproveNamed(1), E::ApproveNamed(2), E::Confirm(0)])
            .prop_map(World::Request),
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
    fn no_path_runs_what_it_must_not(
        case in proptest::sample::select(cases()),
        path in proptest::collection::vec(any_world(), 1..80),
    ) {
        let mut scene = Scene::new(3, case);
        for world in path {
            if let Some(next) = scene.after(world) {
                scene = next;
            }
        }
    }
}
