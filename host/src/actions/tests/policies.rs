//! Approval policies through a real guest: several approvals, actions that are off, reasons, the fallback approver, and a requester who is
//! alone.

use super::world::connection;
use super::*;
use crate::{
    actions::{EnteredPolicy, PoliciesView, PolicyOf, RequestView, Stands},
    domain::{ActionName, Actor, Outcome, Role},
};

fn member(user: &str) -> Actor {
    Actor { user: UserId::from(user), role: Role::Member, ..asks() }
}

/// The requester as the only admin there is.
fn only_admin() -> Actor {
    Actor { role: Role::Owner, ..asks() }
}

fn finish() -> ActionName {
    ActionName::from("finish-note")
}

/// Two of three named people.
fn two_of_three() -> EnteredPolicy {
    EnteredPolicy {
        stands: Stands::Own,
        needed: Some(2),
        only_named: true,
        people: ["U1", "U2", "U3"].map(UserId::from).to_vec(),
        expiry_hours: Some(72),
        reminder_hours: Some(24),
        ..EnteredPolicy::default()
    }
}

fn off() -> EnteredPolicy {
    EnteredPolicy { stands: Stands::Off, ..EnteredPolicy::default() }
}

/// One of the admins.
fn one() -> EnteredPolicy {
    EnteredPolicy { needed: Some(1), only_named: false, people: Vec::new(), ..two_of_three() }
}

impl World {
    /// Says so for the one action, as the windows stand.
    async fn say(&self, entered: &EnteredPolicy) -> PoliciesView {
        let version = self.actions().policies(&admin(), &connection()).await.unwrap().version;
        let of = PolicyOf { connection: connection(), action: Some(finish()), version };
        self.actions().set_policy(&admin(), &of, entered).await.unwrap()
    }

    async fn approve(&self, user: &str, request: &RequestView) -> Outcome<RequestView> {
        self.actions().decide(&member(user), &request.id, &request.fingerprint, Decision::Approve).await
    }
}

#[tokio::test]
async fn two_of_three_named_people_approve_what_runs_once() {
    let world = World::new().await;
    world.say(&two_of_three()).await;
    let sent = world.sent(&[1]).await;
    let words = "Needs the approval of 2 of <@U1>, <@U2> and <@U3> other than the requester. Waits 72 hours.";
    assert_eq!(sent.policy, words);
    assert_eq!(world.actions().offer(&asks(), &connection(), &finish()).await.unwrap().policy, words);
    assert_eq!(sent.approvers, ["U1", "U2", "U3"].map(UserId::from));
    let answer = world.actions().decide(&admin(), &sent.id, &sent.fingerprint, Decision::Approve).await;
    assert_eq!(refusal(answer), "Only <@U1>, <@U2> or <@U3> may decide this request. Nothing was decided.");

    let first = world.approve("U2", &sent).await.unwrap();
    assert_eq!((first.state, first.approvals.len(), first.needed), (RequestState::Waiting, 1, 2));
    world.work().await;
    assert_eq!(world.writes(), 0, "one is not enough");
    assert!(
        refusal(world.approve("U2", &sent).await).ends_with("1 of 2 approvals are given. Nothing was counted twice.")
    );
    assert_eq!(world.actions().waiting_for(&member("U2")).await.unwrap().len(), 0, "nothing is left to do for them");
    assert_eq!(world.actions().waiting_for(&member("U3")).await.unwrap().len(), 1);

    assert_eq!(world.approve("U3", &sent).await.unwrap().state, RequestState::Approved);
    assert_eq!(refusal(world.approve("U1", &sent).await), "Already approved by <@U3> at 2026-11-24 09:00 UTC.");
    world.work().await;
    assert_eq!(world.effects(), [note(1)]);
    let audit = world.audit().await;
    assert_eq!(
        audit[..5],
        ["policy.changed", "request.prepared", "request.sent", "request.approval-given", "request.approved"]
    );
}

#[tokio::test]
async fn approvers_of_the_same_millisecond_each_count_once() {
    let world = World::new().await;
    world.say(&two_of_three()).await;
    let sent = world.sent(&[1]).await;
    let [one, again, two, three] = ["U1", "U1", "U2", "U3"].map(|user| (world.actions(), member(user), sent.clone()));
    let click = async |(actions, actor, sent): (super::super::Actions, Actor, RequestView)| {
        actions.decide(&actor, &sent.id, &sent.fingerprint, Decision::Approve).await.is_ok()
    };
    let answers = tokio::join!(click(one), click(again), click(two), click(three));
    let taken = [answers.0, answers.1, answers.2, answers.3].iter().filter(|taken| **taken).count();
    assert_eq!(taken, 2, "{answers:?}");
    let view = world.actions().view(&asks(), &sent.id).await.unwrap();
    assert_eq!((view.state, view.approvals.len()), (RequestState::Approved, 2));
    assert_ne!(view.approvals[0].by, view.approvals[1].by);
    world.work().await;
    assert_eq!(world.effects(), [note(1)]);
}

#[tokio::test]
async fn one_no_ends_it_whoever_has_said_yes() {
    let world = World::new().await;
    world.say(&two_of_three()).await;
    let sent = world.sent(&[1]).await;
    world.approve("U1", &sent).await.unwrap();
    let deny = Decision::Deny { reason: None };
    let denied = world.actions().decide(&member("U2"), &sent.id, &sent.fingerprint, deny).await.unwrap();
    assert_eq!(denied.state, RequestState::Denied);
    assert_eq!(refusal(world.approve("U3", &sent).await), "Already denied by <@U2> at 2026-11-24 09:00 UTC.");
    world.work().await;
    assert_eq!(world.writes(), 0);
}

const OFF: &str = "“Finish note” cannot be used on “Team notes”, so nothing was done. An admin turned it off for this connection: \
                   nobody can ask for it.";

#[tokio::test]
async fn an_action_that_is_off_is_offered_prepared_sent_approved_and_run_for_nobody() {
    let world = World::new().await;
    let actions = world.actions();
    let (preview, waits, approved) = (world.prepared(&[1]).await, world.sent(&[2]).await, world.approved(&[3]).await);
    world.say(&off()).await;
    assert!(actions.offered(&asks(), &[connection()], None).await.unwrap().is_empty());
    assert_eq!(refusal(actions.offer(&asks(), &connection(), &finish()).await), OFF);
    assert_eq!(refusal(actions.prepare(&asks(), draft(&[4])).await), OFF);
    assert_eq!(refusal(actions.submit(&asks(), &preview.id, &preview.fingerprint, None).await), OFF);
    let answer = actions.decide(&admin(), &waits.id, &waits.fingerprint, Decision::Approve).await;
    assert_eq!(refusal(answer), OFF);
    world.work().await;
    let view = actions.view(&asks(), &approved.id).await.unwrap();
    assert_eq!(view.state, RequestState::Failed);
    assert!(view.targets[0].message.as_deref().unwrap().contains("An admin turned it off for this connection"));
    assert_eq!(world.writes(), 0);

    world.say(&EnteredPolicy::default()).await;
    assert_eq!(actions.offered(&asks(), &[connection()], None).await.unwrap().len(), 1, "it is on again");
    assert!(actions.decide(&admin(), &waits.id, &waits.fingerprint, Decision::Approve).await.is_ok());
}

#[tokio::test]
async fn an_action_turned_off_while_it_runs_stops_at_the_next_call() {
    let world = World::with(Options { notes: 30, ..Options::default() }).await;
    // The action takes ten targets a call: the last is a call of its own.
    let running = world.approved(&[1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13]).await;
    world.notes.fail_next(Method::PATCH, "/notes/n00012", Fault::Status(StatusCode::TOO_MANY_REQUESTS, None));
    world.work().await;
    let before = world.writes();
    world.say(&off()).await;
    world.work_after(HOUR).await;
    assert_eq!(world.writes(), before, "no call begins any more");
    let view = world.actions().view(&asks(), &running.id).await.unwrap();
    assert_eq!(view.state, RequestState::PartlyDone);
    let why = view.targets[9].message.as_deref();
    assert_eq!(
        why,
        Some("“Finish note” was not run. An admin turned it off for this connection: nobody can ask for it.")
    );
}

#[tokio::test]
async fn what_was_sent_keeps_its_policy_and_what_was_not_is_prepared_again() {
    let world = World::new().await;
    let (preview, sent) = (world.prepared(&[1]).await, world.sent(&[2]).await);
    world.say(&two_of_three()).await;
    assert_eq!(
        refusal(world.actions().submit(&asks(), &preview.id, &preview.fingerprint, None).await),
        "The approval policy was changed since this was prepared. Nothing was sent: prepare it again."
    );
    let approved = world.actions().decide(&admin(), &sent.id, &sent.fingerprint, Decision::Approve).await.unwrap();
    assert_eq!(approved.state, RequestState::Approved);
}

#[tokio::test]
async fn a_reason_is_asked_for_where_the_policy_wants_one() {
    let world = World::new().await;
    world.say(&EnteredPolicy { reason: true, ..one() }).await;
    let preview = world.prepared(&[1]).await;
    assert!(preview.needs_reason);
    let wrong = ("reason".to_owned(), "Say why: the approval policy of this action wants a reason.".to_owned());
    for reason in [None, Some("  ".to_owned())] {
        let problems = world.actions().send_problems(&asks(), &preview.id, reason.as_deref(), None).await.unwrap();
        assert_eq!(problems, std::slice::from_ref(&wrong));
        let answer = world.actions().submit(&asks(), &preview.id, &preview.fingerprint, reason).await;
        assert!(matches!(answer, Err(AppError::Inputs(inputs)) if inputs == [wrong.clone()]));
    }
    let reason = Some("spring cleaning".to_owned());
    assert_eq!(world.actions().send_problems(&asks(), &preview.id, reason.as_deref(), None).await.unwrap(), []);
    let sent = world.actions().submit(&asks(), &preview.id, &preview.fingerprint, reason).await.unwrap();
    assert_eq!(sent.state, RequestState::Waiting);
}

#[tokio::test]
async fn a_policy_of_nobody_runs_what_is_sent() {
    let world = World::new().await;
    world.say(&EnteredPolicy { needed: Some(0), ..one() }).await;
    let sent = world.sent(&[1]).await;
    assert_eq!((sent.state, sent.policy.as_str()), (RequestState::Approved, "Needs no approval."));
    world.work().await;
    assert_eq!(world.effects(), [note(1)]);
}

#[tokio::test]
async fn a_requester_who_is_alone_types_a_word_where_an_admin_allowed_it() {
    let world = World::new().await;
    world.connected(|connected| connected.approvers = vec![asks().user]);
    let alone = only_admin();
    let preview = world.actions().prepare(&alone, draft(&[1])).await.unwrap();
    assert!(!preview.can_confirm);
    let answer = world.actions().submit(&alone, &preview.id, &preview.fingerprint, None).await;
    assert!(refusal(answer).starts_with("Nobody but you could approve this, and you cannot approve your own request."));
    let answer = world.actions().confirm(&alone, &preview.id, &preview.fingerprint, None, "CONFIRM").await;
    assert!(refusal(answer).starts_with("You cannot confirm this alone"));

    world.say(&EnteredPolicy { typed_confirmation: true, ..one() }).await;
    let preview = world.actions().prepare(&alone, draft(&[1])).await.unwrap();
    assert!(preview.can_confirm);
    let wrong = ("confirmation".to_owned(), "Type CONFIRM to run it without another approver.".to_owned());
    let problems = world.actions().send_problems(&alone, &preview.id, None, Some("yes")).await.unwrap();
    assert_eq!(problems, [wrong]);
    let answer = world.actions().confirm(&alone, &preview.id, &preview.fingerprint, None, "yes").await;
    assert!(matches!(answer, Err(AppError::Inputs(_))));
    let answer = world.actions().submit(&alone, &preview.id, &preview.fingerprint, None).await;
    assert!(refusal(answer).starts_with("Nobody but you could approve this: type CONFIRM in the preview"));

    let view = world.actions().confirm(&alone, &preview.id, &preview.fingerprint, None, " CONFIRM ").await.unwrap();
    assert_eq!(view.state, RequestState::Approved);
    assert!(view.decision.is_some_and(|decided| decided.self_confirmed));
    world.work().await;
    assert_eq!(world.effects(), [note(1)]);
    assert!(world.audit().await.contains(&"request.self-confirmed".to_owned()));
}

#[tokio::test]
async fn nobody_confirms_alone_once_there_is_somebody_else() {
    let world = World::new().await;
    world.connected(|connected| connected.approvers = vec![asks().user]);
    world.say(&EnteredPolicy { typed_confirmation: true, ..one() }).await;
    let preview = world.actions().prepare(&only_admin(), draft(&[1])).await.unwrap();
    assert!(preview.can_confirm);
    world.connected(|connected| connected.approvers.push(UserId::from("U-new")));
    let answer = world.actions().confirm(&only_admin(), &preview.id, &preview.fingerprint, None, "CONFIRM").await;
    assert!(refusal(answer).starts_with("You cannot confirm this alone: somebody else can approve it"));
    assert_eq!(world.writes(), 0);
}

#[tokio::test]
async fn too_few_who_could_approve_is_said_before_it_is_sent() {
    let world = World::new().await;
    let mut named = two_of_three();
    named.people = vec![asks().user, UserId::from("U1")];
    world.say(&named).await;
    let preview = world.prepared(&[1]).await;
    assert_eq!(
        refusal(world.actions().submit(&asks(), &preview.id, &preview.fingerprint, None).await),
        "This needs the approval of 2 people, and only 1 could approve a request of yours. Nothing was sent. An admin can change that in the \
         approval policies of this connection."
    );
}

#[tokio::test]
async fn the_fallback_approver_is_asked_when_nobody_decided_until_the_reminder() {
    let world = World::new().await;
    world.say(&EnteredPolicy { fallback: Some("U9".into()), ..one() }).await;
    let sent = world.sent(&[1]).await;
    assert!(refusal(world.approve("U9", &sent).await).starts_with("Only an admin or the owner may decide"));
    world.told().await;
    world.work_after(24 * HOUR).await;
    let mut told = world.told().await;
    told.sort();
    assert_eq!(told, ["Changed", "Reminder"]);
    let view = world.actions().view(&member("U9"), &sent.id).await.unwrap();
    assert_eq!((view.also_asked, &view.approvers[0]), (Some("U9".into()), &"U9".into()));
    assert_eq!(world.actions().waiting_for(&member("U9")).await.unwrap().len(), 1);
    assert_eq!(world.approve("U9", &sent).await.unwrap().state, RequestState::Approved);
    world.work().await;
    assert_eq!(world.effects(), [note(1)]);
    assert!(world.audit().await.contains(&"request.escalated".to_owned()));
}

#[tokio::test]
async fn only_admins_say_it_and_nobody_overwrites_what_they_have_not_seen() {
    let world = World::new().await;
    let actions = world.actions();
    let of = PolicyOf { connection: connection(), action: Some(finish()), version: 0 };
    let sentence =
        "Only <@U-admin> or <@U-owner> can change the approval policies of “Team notes”. Nothing was changed.";
    assert_eq!(refusal(actions.policies(&asks(), &connection()).await), sentence);
    assert_eq!(refusal(actions.set_policy(&asks(), &of, &off()).await), sentence);

    let view = actions.set_policy(&admin(), &of, &two_of_three()).await.unwrap();
    assert_eq!((view.version, view.actions[0].view.stands), (1, Stands::Own));
    actions.set_policy(&admin(), &of, &two_of_three()).await.unwrap();
    assert_eq!(world.audit().await, ["policy.changed"], "the same payload delivered again changes nothing");
    assert_eq!(
        refusal(actions.set_policy(&owner(), &of, &off()).await),
        "Somebody else changed these approval policies meanwhile. Nothing was saved: open the window again."
    );
    let wrong = EnteredPolicy { people: Vec::new(), ..two_of_three() };
    let answer = actions.set_policy(&admin(), &PolicyOf { version: 1, ..of.clone() }, &wrong).await;
    assert!(matches!(answer, Err(AppError::Inputs(inputs)) if inputs[0].0 == "people"));
    let gone = PolicyOf { action: Some("gone".into()), version: 1, ..of.clone() };
    assert!(refusal(actions.set_policy(&admin(), &gone, &off()).await).starts_with("This connection does not offer"));
    let whole = PolicyOf { action: None, version: 1, ..of.clone() };
    assert!(refusal(actions.set_policy(&admin(), &whole, &off()).await).starts_with("A whole connection is not"));

    let view = actions.set_policy(&owner(), &PolicyOf { version: 1, ..of.clone() }, &off()).await.unwrap();
    assert_eq!((view.version, view.actions[0].view.words().as_str()), (2, "Off: nobody can ask for it."));
    let view = actions.set_policy(&owner(), &PolicyOf { version: 2, ..of }, &EnteredPolicy::default()).await.unwrap();
    assert_eq!(view.actions[0].view.stands, Stands::Follows);
    let records = world.store.control.audit(&workspace(), 0, 10).await.unwrap();
    let details: Vec<&str> = records.iter().map(|record| record.event.detail.as_str()).collect();
    let own = "Needs the approval of 2 of <@U1>, <@U2> and <@U3> other than the requester. Waits 72 hours.";
    assert_eq!(
        details,
        [
            format!("Finish note: {own}; before: nothing said"),
            format!("Finish note: off; before: {own}"),
            "Finish note: nothing said; before: off".to_owned(),
        ]
    );
}

#[tokio::test]
async fn the_default_of_a_connection_holds_for_what_has_no_policy_of_its_own() {
    let world = World::new().await;
    let of = PolicyOf { connection: connection(), action: None, version: 0 };
    world.actions().set_policy(&admin(), &of, &two_of_three()).await.unwrap();
    assert_eq!(world.prepared(&[1]).await.needed, 2);
    world.say(&one()).await;
    assert_eq!(world.prepared(&[1]).await.needed, 1);
    world.say(&EnteredPolicy::default()).await;
    assert_eq!(world.prepared(&[1]).await.needed, 2);
}
