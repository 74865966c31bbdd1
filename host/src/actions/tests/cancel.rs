//! Cancelling what has not begun of one request: what is in hand ends, others run on, and a crash loses nothing.

use super::{
    refusal,
    world::{World, admin, asks, note},
};
use crate::{
    actions::{RequestState, TargetState},
    domain::{Actor, UserId},
    store::{
        JobKind,
        mortal::{Death, Mortal},
    },
};
use axum::http::{Method, StatusCode};
use std::time::Duration;
use weft_simulators::notes::{Fault, Options};

const HOUR: Duration = Duration::from_secs(3_600);

/// Twelve notes that are not done: the action takes ten a call.
const TWELVE: [usize; 12] = [1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14];

/// Of the first call all but this one is done; the tool is too busy for it, and the runner waits.
async fn halfway(world: &World) -> crate::actions::RequestView {
    let running = world.approved(&TWELVE).await;
    world.notes.fail_next(Method::PATCH, "/notes/n00002", Fault::Status(StatusCode::TOO_MANY_REQUESTS, None));
    let claim = world.claim().await.unwrap();
    world.actions().work(&claim).await.unwrap();
    assert_eq!(world.effects().len(), 9);
    running
}

#[tokio::test]
async fn what_has_not_begun_does_not_run_and_other_requests_do() {
    let world = World::with(Options { notes: 30, ..Options::default() }).await;
    let running = halfway(&world).await;
    let other = world.approved(&[16]).await;
    let stranger = Actor { user: UserId::from("U-else"), ..asks() };
    assert!(refusal(world.actions().cancel(&stranger, &running.id).await).starts_with("Only <@U-asks>, who made"));
    assert!(world.actions().view(&asks(), &running.id).await.unwrap().can_be_cancelled());

    let cancelled = world.actions().cancel(&asks(), &running.id).await.unwrap();
    assert_eq!(cancelled.state, RequestState::Running, "until what has begun is over");
    assert!(!cancelled.can_be_cancelled());
    assert!(refusal(world.actions().cancel(&admin(), &running.id).await).starts_with("<@U-asks> cancelled the rest"));
    world.work_after(HOUR).await;

    let view = world.actions().view(&asks(), &running.id).await.unwrap();
    assert_eq!((view.state, view.words()), (RequestState::Stopped, "cancelled"));
    let tally = view.tally.unwrap();
    assert_eq!((tally.done, tally.stopped), (9, 3));
    assert_eq!(view.targets[11].message.as_deref(), Some("Cancelled before it was run."));
    assert!(view.can_retry, "it can be asked for again");
    assert_eq!(world.actions().view(&asks(), &other.id).await.unwrap().state, RequestState::Done);
    assert_eq!(world.effects()[9..], [note(16)]);
    assert!(refusal(world.actions().cancel(&asks(), &other.id).await).starts_with("This request is over: done."));
    let audit = world.audit().await;
    assert_eq!(audit.iter().filter(|what| *what == "request.cancelled").count(), 1);
    assert_eq!(audit.iter().filter(|what| *what == "target.stopped").count(), 3);
}

#[tokio::test]
async fn an_approved_request_that_waits_for_its_turn_ends_at_once() {
    let world = World::new().await;
    let queued = world.approved(&[1]).await;
    let view = world.actions().cancel(&admin(), &queued.id).await.unwrap();
    assert_eq!((view.state, view.words()), (RequestState::Stopped, "cancelled"));
    world.work_after(HOUR).await;
    assert_eq!(world.writes(), 0);
    let jobs = world.store.queue.pending().await.unwrap();
    assert!(jobs.iter().all(|(kind, _)| *kind != JobKind::Run), "no run is left over: {jobs:?}");
}

#[tokio::test]
async fn a_cancellation_beside_a_runner_lets_no_call_begin_afterwards() {
    for _ in 0..20 {
        let world = World::with(Options { notes: 30, ..Options::default() }).await;
        let request = world.approved(&TWELVE).await;
        let claim = world.claim().await.unwrap();
        let (runner, person) = (world.actions(), world.actions());
        let cancel = async {
            let taken = person.cancel(&admin(), &request.id).await.is_ok();
            (taken, world.audit().await.iter().filter(|what| *what == "target.started").count())
        };
        let (ran, (taken, begun)) = tokio::join!(runner.work(&claim), cancel);
        ran.unwrap();
        world.work_after(HOUR).await;
        let view = world.actions().view(&asks(), &request.id).await.unwrap();
        assert!(view.state.is_final(), "{:?}", view.state);
        if taken {
            let all = world.audit().await.iter().filter(|what| *what == "target.started").count();
            assert_eq!(all, begun, "a target began after the cancellation was taken");
        }
    }
}

#[tokio::test]
async fn a_crash_around_a_cancellation_leaves_it_made_or_not_made() {
    for death in [Death::Before, Death::After] {
        let world = World::with(Options { notes: 30, ..Options::default() }).await;
        let request = halfway(&world).await;
        let (store, _) = Mortal::store(&world.store, 0, death);
        assert!(world.actions_over(store).cancel(&asks(), &request.id).await.is_err());
        let again = world.actions().cancel(&asks(), &request.id).await;
        assert_eq!(again.is_ok(), death == Death::Before, "{death:?}");
        world.work_after(HOUR).await;
        let view = world.actions().view(&asks(), &request.id).await.unwrap();
        assert_eq!((view.state, world.effects().len()), (RequestState::Stopped, 9), "{death:?}");
        assert!(view.targets.iter().all(|target| matches!(target.state, TargetState::Done | TargetState::Stopped)));
    }
}

#[tokio::test]
async fn a_run_that_dies_at_any_step_after_a_cancellation_ends_as_cancelled() {
    for death in [Death::Before, Death::After] {
        let (mut steps, mut survived) = (0, false);
        while !survived {
            let world = World::with(Options { notes: 30, ..Options::default() }).await;
            let request = halfway(&world).await;
            world.actions().cancel(&asks(), &request.id).await.unwrap();
            world.clock.advance(HOUR);
            let claim = world.claim().await.unwrap();
            let (store, mortal) = Mortal::store(&world.store, steps, death);
            let _ = world.actions_over(store).work(&claim).await;
            survived = !mortal.is_dead();
            world.work_after(Duration::from_secs(61)).await;
            let view = world.actions().view(&asks(), &request.id).await.unwrap();
            let tally = view.tally.unwrap();
            assert_eq!((view.words(), tally.done, tally.stopped), ("cancelled", 9, 3), "{death:?} {steps}");
            assert_eq!(world.effects().len(), 9, "{death:?} {steps}");
            steps += 1;
        }
        assert!(steps > 3, "only {steps} durable steps");
    }
}
