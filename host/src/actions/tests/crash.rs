//! The process dies at every durable step, before it and right after it. Whatever survives is resumed by a new process.

use super::world::{World, admin, asks, note};
use crate::{
    actions::{Decision, RequestState, TargetState},
    domain::AppError,
    store::{
        Claim, JobKind,
        mortal::{Death, Mortal},
    },
};
use std::time::Duration;
use weft_simulators::notes::Options;

#[tokio::test]
async fn a_crash_at_any_durable_step_of_a_run_loses_nothing_and_repeats_nothing() {
    let world = World::with(Options { notes: 1_000, ..Options::default() }).await;
    for death in [Death::Before, Death::After] {
        let mut survived = false;
        let mut steps = 0;
        while !survived {
            let numbers = fresh::<TARGETS>(&world);
            let request = world.approved(&numbers).await;
            survived = run_until_death(&world, steps, death).await;
            world.work_after(Duration::from_secs(61)).await;
            let when = format!("death {death:?} write {steps}");
            let view = world.actions().view(&asks(), &request.id).await.unwrap();
            assert_eq!(view.state, RequestState::Done, "{when}");
            for number in numbers {
                let effects = world.effects().iter().filter(|done| **done == note(number)).count();
                assert_eq!(effects, 1, "{when}: note {number}");
                assert!(world.stored_done(number).await, "{when}: the row of note {number} is not patched");
            }
            steps += 1;
        }
        assert!(steps > 12, "a run of two calls has only {steps} durable steps");
    }
    world.audit().await;
    let jobs = world.store.queue.pending().await.unwrap();
    assert!(jobs.iter().all(|(kind, _)| *kind != JobKind::Run), "{jobs:?}");
}

/// The action takes ten in a call: two calls.
const TARGETS: usize = 11;

/// Notes that are not done and that no request touched.
fn fresh<const COUNT: usize>(world: &World) -> [usize; COUNT] {
    let mut open = (1..=1_000).filter(|number| world.notes.note(&note(*number)).is_some_and(|note| !note.done));
    std::array::from_fn(|_| open.next().unwrap())
}

/// Runs the next job in a process that dies after this many writes. Whether it lived to the end.
async fn run_until_death(world: &World, writes: i64, death: Death) -> bool {
    let (store, mortal) = Mortal::store(&world.store, writes, death);
    let claim = world.store.queue.claim(&[JobKind::Run], 1, Duration::from_secs(60)).await.unwrap().pop().unwrap();
    let _ = world.actions_over(store).work(&claim).await;
    !mortal.is_dead()
}

#[tokio::test]
async fn a_crash_at_any_durable_step_of_a_decision_leaves_it_made_or_not_made() {
    let world = World::with(Options { notes: 60, ..Options::default() }).await;
    for death in [Death::Before, Death::After] {
        let [number] = fresh(&world);
        let sent = world.sent(&[number]).await;
        let (store, _) = Mortal::store(&world.store, 0, death);
        let answer = world.actions_over(store).decide(&admin(), &sent.id, &sent.fingerprint, Decision::Approve).await;
        assert!(answer.is_err());
        let again = world.actions().decide(&admin(), &sent.id, &sent.fingerprint, Decision::Approve).await;
        assert_eq!(again.is_ok(), death == Death::Before, "{death:?}");
        world.work().await;
        assert_eq!(world.effects().iter().filter(|done| **done == note(number)).count(), 1);
    }
}

#[tokio::test]
async fn two_runners_of_one_request_do_nothing_twice() {
    let world = World::new().await;
    let request = world.approved(&[1, 2, 3]).await;
    let old: Claim = world.claim().await.unwrap();
    world.clock.advance(Duration::from_secs(61));
    let new = world.claim().await.unwrap();
    assert!(new.fence > old.fence);
    let (first, second) = (world.actions(), world.actions());
    let (first, second) = tokio::join!(first.work(&new), second.work(&old));
    first.unwrap();
    second.unwrap();
    let view = world.actions().view(&asks(), &request.id).await.unwrap();
    assert_eq!(view.state, RequestState::Done);
    assert!(view.targets.iter().all(|target| target.state == TargetState::Done));
    assert_eq!(world.effects(), [note(1), note(2), note(3)]);
}

#[tokio::test]
async fn what_was_begun_waits_for_a_connection_that_a_person_must_repair() {
    let world = World::new().await;
    let request = world.approved(&[1]).await;
    // The intent is the second write of a run, after the claim.
    assert!(!run_until_death(&world, 1, Death::After).await);
    assert_eq!(world.writes(), 0);
    let broken = Err(AppError::refused("Connect it again."));
    let repaired = std::mem::replace(&mut *world.office.0.lock().unwrap(), broken);
    world.work_after(Duration::from_secs(61)).await;
    let view = world.actions().view(&asks(), &request.id).await.unwrap();
    assert_eq!(view.targets[0].state, TargetState::Started { attempt: 1 });

    *world.office.0.lock().unwrap() = repaired;
    world.work_after(Duration::from_secs(30 * 60)).await;
    let view = world.actions().view(&asks(), &request.id).await.unwrap();
    assert_eq!((view.state, world.effects()), (RequestState::Done, vec![note(1)]));
}

#[tokio::test]
async fn what_can_never_be_looked_up_needs_a_person() {
    let world = World::with(Options { notes: 20, ..Options::default() }).await;
    let begun = fresh::<TARGETS>(&world);
    let request = world.approved(&begun).await;
    assert!(!run_until_death(&world, 1, Death::After).await);
    *world.office.0.lock().unwrap() = Err(AppError::refused("Connect it again."));
    for _ in 0..10 {
        world.work_after(Duration::from_secs(3_600)).await;
    }
    let view = world.actions().view(&asks(), &request.id).await.unwrap();
    assert_eq!(view.state, RequestState::NeedsPerson);
    let states: Vec<TargetState> = view.targets.iter().map(|target| target.state).collect();
    assert!(states[..10].iter().all(|state| *state == TargetState::Unknown), "{states:?}");
    assert_eq!(states[10..], [TargetState::Failed], "the second call was never begun");
    let message = "It may have happened, and it could not be looked up. Connect it again.";
    assert_eq!(view.targets[0].message.as_deref(), Some(message));
    assert_eq!(world.writes(), 0, "it is never run again in silence");
}
