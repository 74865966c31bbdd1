//! Requests from the draft to the changed tool, through a real guest, a real store and a simulated tool.

mod cancel;
mod crash;
mod disconnect;
mod permissions;
mod policies;
mod world;

use super::{Decision, RequestState, TargetState};
use crate::domain::{AppError, UserId};
use axum::http::{Method, StatusCode};
use std::{sync::atomic::Ordering, time::Duration};
use weft_simulators::notes::{Fault, Options};
use world::{World, admin, asks, draft, note, owner, workspace};

const HOUR: Duration = Duration::from_secs(3_600);

fn refusal<T: std::fmt::Debug>(outcome: Result<T, AppError>) -> String {
    match outcome.expect_err("it is refused") {
        AppError::Refused(sentence) => sentence,
        other => panic!("{other:?}"),
    }
}

fn states(view: &super::RequestView) -> Vec<TargetState> {
    view.targets.iter().map(|target| target.state).collect()
}

#[tokio::test]
async fn a_request_is_prepared_approved_run_and_shown() {
    let world = World::new().await;
    let preview = world.prepared(&[1, 2]).await;
    assert_eq!(preview.state, RequestState::Prepared);
    assert_eq!(preview.targets[0].title, "Note 1");
    assert_eq!(preview.targets[0].steps, ["Mark the note as done."]);
    assert_eq!(world.told().await, [] as [&str; 0], "a preview is nobody else's business");

    let sent = world.actions().submit(&asks(), &preview.id, &preview.fingerprint, None).await.unwrap();
    assert_eq!(sent.state, RequestState::Waiting);
    assert_eq!(sent.approvers, [UserId::from("U-admin"), UserId::from("U-owner")]);
    assert_eq!(world.actions().waiting_for(&admin()).await.unwrap().len(), 1);
    assert_eq!(world.actions().waiting_for(&asks()).await.unwrap().len(), 0);
    assert_eq!(world.writes(), 0, "nothing runs before the decision");

    let approved = world.actions().decide(&admin(), &sent.id, &sent.fingerprint, Decision::Approve).await.unwrap();
    assert_eq!(approved.state, RequestState::Approved);
    world.work().await;

    let done = world.actions().view(&asks(), &sent.id).await.unwrap();
    assert_eq!(done.state, RequestState::Done);
    assert_eq!(states(&done), [TargetState::Done, TargetState::Done]);
    assert_eq!(world.effects(), [note(1), note(2)]);
    assert!(world.stored_done(1).await && world.stored_done(2).await && !world.stored_done(3).await);
    assert_eq!(world.changed.load(Ordering::SeqCst), 1, "boards look once for both");
    assert_eq!(world.told().await, ["Changed", "Changed", "Changed", "Changed"]);
    let audit = [
        "request.prepared",
        "request.sent",
        "request.approved",
        "request.started",
        "target.started",
        "target.started",
        "target.done",
        "target.done",
        "request.done",
    ];
    assert_eq!(world.audit().await, audit);
    assert_eq!(world.actions().requested_by(&asks()).await.unwrap()[0].state, RequestState::Done);
    assert_eq!(
        refusal(world.actions().undo_drafts(&asks(), &sent.id).await),
        "Nothing of this request can be taken back by Weft. Nothing was changed."
    );
}

#[tokio::test]
async fn a_second_click_a_late_click_and_a_strangers_click_get_plain_answers() {
    let world = World::new().await;
    let sent = world.sent(&[1]).await;
    let decide = async |actor: crate::domain::Actor, fingerprint: &str| {
        world.actions().decide(&actor, &sent.id, fingerprint, Decision::Approve).await
    };
    assert_eq!(
        refusal(decide(asks(), &sent.fingerprint).await),
        "Only an admin or the owner may decide this request. Nothing was decided."
    );
    assert!(
        refusal(decide(admin(), "another plan").await)
            .starts_with("What you decided on is not what this request holds now.")
    );
    decide(admin(), &sent.fingerprint).await.unwrap();
    assert_eq!(
        refusal(decide(owner(), &sent.fingerprint).await),
        "Already approved by <@U-admin> at 2026-11-24 09:00 UTC."
    );

    let late = world.sent(&[2]).await;
    world.clock.advance(72 * HOUR);
    let answer = world.actions().decide(&admin(), &late.id, &late.fingerprint, Decision::Approve).await;
    assert!(refusal(answer).starts_with("This request expired at 2026-11-27 09:00 UTC; nothing was run."));
}

#[tokio::test]
async fn two_approvers_at_once_run_it_once() {
    let world = World::new().await;
    let sent = world.sent(&[1]).await;
    let (first, second) = (world.actions(), world.actions());
    let (admin, owner) = (admin(), owner());
    let (first, second) = tokio::join!(
        first.decide(&admin, &sent.id, &sent.fingerprint, Decision::Approve),
        second.decide(&owner, &sent.id, &sent.fingerprint, Decision::Approve),
    );
    assert_eq!([first.is_ok(), second.is_ok()].iter().filter(|ok| **ok).count(), 1);
    world.work().await;
    assert_eq!(world.effects(), [note(1)]);
}

#[tokio::test]
async fn what_is_denied_withdrawn_or_expired_never_runs() {
    let world = World::new().await;
    let denied = world.sent(&[1]).await;
    let deny = Decision::Deny { reason: Some("still in use".to_owned()) };
    let denied = world.actions().decide(&admin(), &denied.id, &denied.fingerprint, deny).await.unwrap();
    assert_eq!(denied.state, RequestState::Denied);
    assert_eq!(denied.decision.and_then(|decided| decided.reason).as_deref(), Some("still in use"));

    let withdrawn = world.approved(&[2]).await;
    assert_eq!(world.actions().withdraw(&asks(), &withdrawn.id).await.unwrap().state, RequestState::Withdrawn);

    let waits = world.sent(&[3]).await;
    world.told().await;
    world.work_after(24 * HOUR).await;
    assert_eq!(world.told().await, ["Reminder"]);
    world.work_after(48 * HOUR).await;
    let expired = world.actions().view(&asks(), &waits.id).await.unwrap();
    assert_eq!((expired.state, states(&expired)), (RequestState::Expired, vec![TargetState::Stopped]));
    assert_eq!(world.told().await, ["Changed"]);
    assert_eq!(world.writes(), 0);
    assert_eq!(world.store.queue.pending().await.unwrap(), [], "no work is left over");
}

#[tokio::test]
async fn what_changed_since_the_plan_is_not_run_and_the_rest_is() {
    let world = World::new().await;
    let request = world.approved(&[1, 2, 3, 4]).await;
    world.notes.retitle(&note(2), "Do not touch");
    world.notes.delete(&note(3));
    world.notes.fail_next(Method::PATCH, "/notes/n00004", Fault::Status(StatusCode::FORBIDDEN, None));
    world.work().await;
    let view = world.actions().view(&asks(), &request.id).await.unwrap();
    assert_eq!(view.state, RequestState::PartlyDone);
    assert_eq!(states(&view), [TargetState::Done, TargetState::Changed, TargetState::Changed, TargetState::Failed]);
    assert_eq!(view.targets[1].message.as_deref(), Some("The note has another title now, so nothing was done."));
    assert_eq!(view.tally.unwrap().words(), "1 done, 1 failed, 2 changed meanwhile");

    assert!(view.can_retry);
    let rest = world.actions().retry_draft(&asks(), &request.id).await.unwrap();
    let keys: Vec<&str> = rest.targets.iter().map(|target| target.key.as_str()).collect();
    assert_eq!(keys, [note(2), note(3), note(4)]);
    let again = world.actions().prepare(&asks(), rest).await.unwrap();
    assert_eq!(again.state, RequestState::Prepared, "it is looked at and approved like any other");
    assert_eq!(again.targets[0].title, "Do not touch", "the live record");
    assert_eq!(states(&again)[1], TargetState::Skipped, "what is gone is blocked");
    assert!(refusal(world.actions().retry_draft(&asks(), &again.id).await).starts_with("Some targets"));
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_not_repeated() {
    let world = World::new().await;
    let request = world.approved(&[1, 2]).await;
    world.notes.fail_next(Method::PATCH, "/notes/n00001", Fault::LoseAnswer);
    world.work().await;
    let view = world.actions().view(&asks(), &request.id).await.unwrap();
    assert_eq!((view.state, states(&view)), (RequestState::Done, vec![TargetState::Done, TargetState::Done]));
    assert!(
        view.targets[0].message.as_deref().unwrap().starts_with("The answer was lost, then looked up: it was done.")
    );
    assert_eq!(world.effects(), [note(1), note(2)]);
    assert!(world.stored_done(1).await, "the look brings the record as well");
}

#[tokio::test]
async fn a_tool_that_stumbles_is_looked_at_later_and_a_busy_one_waited_for() {
    let world = World::new().await;
    let request = world.approved(&[1, 2]).await;
    world.notes.fail_next(Method::PATCH, "/notes/n00001", Fault::Status(StatusCode::BAD_GATEWAY, None));
    world.notes.fail_next(Method::PATCH, "/notes/n00002", Fault::Status(StatusCode::TOO_MANY_REQUESTS, None));
    world.work().await;
    assert_eq!(world.effects(), [] as [String; 0]);
    let view = world.actions().view(&asks(), &request.id).await.unwrap();
    assert_eq!(
        (view.state, states(&view)),
        (RequestState::Running, vec![TargetState::Started { attempt: 1 }, TargetState::Queued { attempts: 1 }])
    );
    world.work_after(Duration::from_secs(4)).await;
    assert_eq!(world.writes(), 2, "the tool is left alone for a while");
    world.work_after(Duration::from_secs(1)).await;
    let view = world.actions().view(&asks(), &request.id).await.unwrap();
    assert_eq!((view.state, world.effects()), (RequestState::Done, vec![note(1), note(2)]));
    assert_eq!(world.writes(), 4, "each was sent a second time, after a look into the tool");
}

#[tokio::test]
async fn a_tool_that_stays_down_ends_in_a_sentence() {
    let world = World::new().await;
    let request = world.approved(&[1]).await;
    for _ in 0..50 {
        world.notes.fail_next(Method::PATCH, "/notes/n00001", Fault::Status(StatusCode::TOO_MANY_REQUESTS, None));
    }
    world.work().await;
    for _ in 0..10 {
        world.work_after(HOUR).await;
    }
    let view = world.actions().view(&asks(), &request.id).await.unwrap();
    assert_eq!(view.state, RequestState::Failed);
    assert!(view.targets[0].message.as_deref().unwrap().starts_with("Not done after 6 attempts."));
}

#[tokio::test]
async fn stop_halts_what_runs_and_what_is_queued() {
    let world = World::with(Options { notes: 30, ..Options::default() }).await;
    // The action takes ten targets a call: the two last are a call of their own.
    let running = world.approved(&[1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14]).await;
    let queued = world.approved(&[16]).await;
    let waiting = world.sent(&[17]).await;
    world.notes.fail_next(Method::PATCH, "/notes/n00002", Fault::Status(StatusCode::TOO_MANY_REQUESTS, None));
    let claim = world.claim().await.unwrap();
    world.actions().work(&claim).await.unwrap();
    let nine = [1, 3, 4, 6, 7, 8, 9, 11, 12].map(note);
    assert_eq!(world.effects(), nine);

    assert!(refusal(world.actions().stop(&asks()).await).starts_with("Only an admin or the owner can stop"));
    let met = world.actions().stop(&admin()).await.unwrap();
    assert_eq!(met, super::Stopped { stopped: vec![queued.id.clone()], running: vec![running.id.clone()], waiting: 1 });
    world.work_after(HOUR).await;
    let view = world.actions().view(&asks(), &running.id).await.unwrap();
    assert_eq!(view.state, RequestState::Stopped);
    let states = states(&view);
    let stopped: Vec<usize> = (0..12).filter(|place| states[*place] == TargetState::Stopped).collect();
    assert_eq!(stopped, [1, 10, 11], "what was not done, and what was not begun");
    assert_eq!(world.actions().view(&asks(), &queued.id).await.unwrap().state, RequestState::Stopped);
    let nine = [1, 3, 4, 6, 7, 8, 9, 11, 12].map(note);
    assert_eq!(world.effects(), nine);

    world.actions().decide(&admin(), &waiting.id, &waiting.fingerprint, Decision::Approve).await.unwrap();
    world.work().await;
    assert_eq!(world.effects()[9..], [note(17)], "a decision after the stop counts");
}

#[tokio::test]
async fn protected_records_are_refused_at_request_at_approval_and_at_run() {
    let world = World::new().await;
    let sent = world.sent(&[1]).await;
    let approved = world.approved(&[1, 2]).await;
    world.connected(|connected| connected.protected.push(note(1)));
    let sentence = "Note 1 is protected (an emergency account, or the account Weft itself uses): no action may change it. Nothing was done to it.";
    assert_eq!(refusal(world.actions().prepare(&asks(), draft(&[1, 2])).await), sentence);
    let answer = world.actions().decide(&admin(), &sent.id, &sent.fingerprint, Decision::Approve).await;
    assert_eq!(refusal(answer), sentence);
    world.work().await;
    let view = world.actions().view(&asks(), &approved.id).await.unwrap();
    assert_eq!((view.state, states(&view)), (RequestState::PartlyDone, vec![TargetState::Failed, TargetState::Done]));
    assert_eq!(view.targets[0].message.as_deref(), Some(sentence));
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_said_before_anything_is_stored() {
    let world = World::with(Options { notes: 600, ..Options::default() }).await;
    let actions = world.actions();
    let all: Vec<usize> = (1..=501).collect();
    assert!(
        refusal(actions.prepare(&asks(), draft(&all)).await)
            .starts_with("These are 501 records; a request takes at most 500")
    );
    assert!(refusal(actions.prepare(&asks(), draft(&[])).await).starts_with("“Finish note” is run on Note records"));
    assert!(
        refusal(actions.prepare(&asks(), draft(&[601])).await)
            .starts_with("n00601 is not among the Note records fetched last")
    );
    let mut wrong = draft(&[1]);
    wrong.inputs.insert("comment".to_owned(), serde_json::json!("x".repeat(501)));
    let Err(AppError::Inputs(inputs)) = actions.prepare(&asks(), wrong).await else { panic!("it is refused") };
    assert_eq!(inputs, [("comment".to_owned(), "Enter at most 500 characters; these are 501.".to_owned())]);
    world.connected(|connected| drop(connected.disabled.insert("finish-note".into(), "Grant \"Edit notes\".".into())));
    assert!(
        refusal(actions.prepare(&asks(), draft(&[1])).await)
            .ends_with("“Team notes”, so nothing was done. Grant \"Edit notes\".")
    );
    assert_eq!(world.audit().await, [] as [&str; 0]);

    world.connected(|connected| connected.disabled.clear());
    let done = world.prepared(&[5]).await;
    assert!(done.targets[0].already);
    let answer = actions.submit(&asks(), &done.id, &done.fingerprint, None).await;
    assert_eq!(refusal(answer), "Everything is already as wanted, so there is nothing to ask for. Nothing was sent.");
    world.notes.delete(&note(6));
    let blocked = world.prepared(&[6]).await;
    assert_eq!(states(&blocked), [TargetState::Skipped]);
    let answer = actions.submit(&asks(), &blocked.id, &blocked.fingerprint, None).await;
    assert!(refusal(answer).starts_with("No record is left to run on"));
}

#[tokio::test]
async fn five_hundred_targets_run_and_progress_is_told() {
    let world = World::with(Options { notes: 500, ..Options::default() }).await;
    let all: Vec<usize> = (1..=500).collect();
    let request = world.approved(&all).await;
    world.work().await;
    let view = world.actions().view(&asks(), &request.id).await.unwrap();
    assert_eq!((view.state, view.targets.len()), (RequestState::Done, 500));
    assert_eq!(view.tally.unwrap().words(), "400 done, 100 already as wanted");
    assert_eq!(world.effects().len(), 400);
    assert_eq!(world.actions().requested_by(&asks()).await.unwrap()[0].targets.len(), 5);
}

#[tokio::test]
async fn a_preview_nobody_sends_is_forgotten() {
    let world = World::new().await;
    let preview = world.prepared(&[1, 2]).await;
    world.work_after(HOUR).await;
    let answer = world.actions().submit(&asks(), &preview.id, &preview.fingerprint, None).await;
    assert_eq!(refusal(answer), "There is no such request any more. Prepare it again; nothing was done.");
    let left = world.store.control.list::<super::request::RequestTarget>(&workspace(), None, 10).await.unwrap();
    assert!(left.is_empty());
    assert_eq!(world.store.queue.pending().await.unwrap(), [], "no work is left over");
}

#[tokio::test]
async fn only_those_concerned_see_a_request() {
    let world = World::new().await;
    let sent = world.sent(&[1]).await;
    let stranger = crate::domain::Actor { user: UserId::from("U-else"), ..asks() };
    assert!(world.actions().view(&stranger, &sent.id).await.is_err());
    assert!(world.actions().view(&admin(), &sent.id).await.is_ok());
    assert!(world.actions().card(&workspace(), &sent.id).await.is_ok());
}

#[tokio::test]
async fn offered_actions_name_what_fits() {
    let world = World::new().await;
    let offered = async |connection: &str| {
        let notes = crate::domain::ObjectRef { connection: connection.into(), object: "Note".into() };
        world.actions().offered(&asks(), &[world::connection()], Some(&notes)).await.unwrap()
    };
    assert!(!offered("another").await[0].fits, "notes of another tool");
    let offered = offered(world::connection().as_str()).await;
    assert_eq!(offered.len(), 1);
    assert!(offered[0].fits && offered[0].connection_title == "Team notes");
    world.connected(|connected| drop(connected.disabled.insert("finish-note".into(), "Grant \"Edit notes\".".into())));
    assert!(world.actions().offered(&asks(), &[world::connection()], None).await.unwrap().is_empty());
}
