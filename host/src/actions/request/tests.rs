//! What is frozen stays the same through the store, and ids sort as they must.

use super::*;
use crate::{
    actions::{machine::RequestState, policy::ActionSettings},
    domain::{Effect, Reversal},
};
use proptest::prelude::*;
use serde_json::json;

/// A request for tests of what is made of requests.
pub fn request() -> Request {
    let action = Action {
        name: ActionName::from("remove-role"),
        title: "Remove role".to_owned(),
        help: String::new(),
        object: Some(ObjectName::from("User")),
        inputs: Vec::new(),
        effect: Effect::Change,
        reversal: Reversal::Lossless,
        inverse: Some(ActionName::from("assign-role")),
        idempotent: true,
        batch: 1,
        touches: Vec::new(),
    };
    let frozen = Frozen {
        workspace: WorkspaceId::from("T1"),
        connection: ConnectionId::from("c1"),
        connection_title: "Acme".to_owned(),
        integration: IntegrationId::from("salesforce"),
        digest: "00".to_owned(),
        action,
        inputs: Map::new(),
        shown: Vec::new(),
        warnings: Vec::new(),
        board: None,
        chosen: None,
        undo_of: None,
        targets: 1,
        prepared_at: 0,
    };
    let standing = Standing {
        state: RequestState::Prepared,
        requester: UserId::from("U1"),
        fingerprint: String::new(),
        policy: ActionSettings::default().policy(),
        expires_at: 0,
        requested_at: None,
        approvals: Vec::new(),
        escalated: false,
        decided: None,
        stops: 0,
        fence: 0,
        cancelled: None,
        ended_at: None,
    };
    Request { id: RequestId::fresh(), frozen, reason: None, asked: Vec::new(), standing, tally: None }
}

/// A queued target `k<position>`.
pub fn target(position: u32) -> RequestTarget {
    let plan = TargetPlan {
        key: format!("k{position}"),
        title: String::new(),
        steps: Vec::new(),
        warnings: Vec::new(),
        blockers: Vec::new(),
        already: false,
        before: "null".to_owned(),
        undo: None,
    };
    RequestTarget {
        request: RequestId::from("r1"),
        position,
        frozen: FrozenTarget { object: Some(ObjectName::from("User")), record: Map::new(), plan },
        state: TargetState::Queued { attempts: 0 },
        message: None,
        undo: None,
        checks: 0,
        pending: None,
    }
}

#[test]
fn what_is_approved_is_each_frozen_part() {
    let (base, policy) = (request(), ActionSettings::default().policy());
    let print = |change: &dyn Fn(&mut Request, &mut RequestTarget)| {
        let (mut request, mut target) = (base.clone(), target(0));
        change(&mut request, &mut target);
        fingerprint(&request.frozen, &policy, &[target]).unwrap()
    };
    let same = print(&|_, _| {});
    assert_eq!(
        print(&|request, target| {
            request.standing.state = RequestState::Running;
            target.state = TargetState::Done;
            target.message = Some("moved".to_owned());
        }),
        same
    );
    assert_ne!(print(&|request, _| drop(request.frozen.inputs.insert("role".to_owned(), json!("x")))), same);
    assert_ne!(print(&|request, _| request.frozen.connection = ConnectionId::from("c2")), same);
    assert_ne!(print(&|request, _| request.frozen.action.inverse = None), same);
    assert_ne!(print(&|_, target| target.frozen.plan.key = "other".to_owned()), same);
    assert_ne!(print(&|_, target| target.frozen.plan.before = "{}".to_owned()), same);
    assert_ne!(print(&|_, target| target.frozen.plan.steps.push("one more".to_owned())), same);
}

#[test]
fn keys_are_the_same_for_each_attempt_and_differ_between_targets() {
    let begun = RequestTarget { state: TargetState::Started { attempt: 3 }, ..target(0) };
    assert_eq!(target(0).idempotency_key(), begun.idempotency_key());
    assert_ne!(target(0).idempotency_key(), target(1).idempotency_key());
}

#[test]
fn ids_sort_as_they_must() {
    let request = RequestId::from("r1");
    assert!(target_id(&request, 9) < target_id(&request, 10) && target_id(&request, 99) < target_id(&request, 100));
    let [older, newer] = ["019ab0", "019ab1"].map(RequestId::from);
    let of = |request| RequestOf { user: UserId::from("U1"), request }.id();
    assert!(of(newer) < of(older));
}

proptest! {
    /// Otherwise a number would make a request that nobody touched look forged.
    #[test]
    fn numbers_survive_the_store(number in any::<f64>().prop_filter("JSON has no other", |number| number.is_finite())) {
        let mut target = target(0);
        target.frozen.record.insert("number".to_owned(), json!(number));
        let stored: RequestTarget = serde_json::from_slice(&serde_json::to_vec(&target).unwrap()).unwrap();
        prop_assert_eq!(stored, target);
    }
}
