//! Claims, leases, fences, lanes, due times and the memory for finished jobs.

use super::{Bench, START, job, on_every_engine, tenant};
use crate::store::{AuditEvent, Claim, CommitError, Job, JobKind, Store, WriteSet};
use std::sync::Arc;
use std::time::Duration;

const LEASE: Duration = Duration::from_secs(60);

on_every_engine! {
    a_job_is_claimed_once,
    a_lapsed_claim_is_given_to_the_next,
    a_renewed_claim_holds,
    a_stale_fence_changes_nothing,
    finishing_and_its_changes_are_one,
    a_finished_job_is_remembered_for_48_hours,
    a_released_job_comes_back_when_due,
    a_lane_runs_one_at_a_time_in_order,
    claims_by_kind_and_due_time,
    a_cancelled_job_is_not_done_unless_it_is_in_hand,
    waiting_ends_when_there_is_work,
    jobs_survive_a_restart_and_their_claims_do_not_hold_it_up,
}

async fn enqueue(store: &Store, jobs: impl IntoIterator<Item = Job>) {
    let write = jobs.into_iter().fold(WriteSet::default(), WriteSet::enqueue);
    store.control.commit(&tenant(), write).await.unwrap();
}

async fn claim(store: &Store, n: usize) -> Vec<Claim> {
    store.queue.claim(&[JobKind::Inbox], n, LEASE).await.unwrap()
}

fn ids(claims: &[Claim]) -> Vec<&str> {
    claims.iter().map(|claim| claim.job.id.as_str()).collect()
}

async fn finish(store: &Store, claim: &Claim) -> Result<(), CommitError> {
    store.queue.finish(claim, WriteSet::default()).await
}

async fn a_job_is_claimed_once(bench: Bench) {
    enqueue(&bench.store, [job("a"), job("b"), job("c")]).await;
    let first = claim(&bench.store, 2).await;
    assert_eq!(ids(&first), ["a", "b"]);
    assert_eq!(first[0], Claim { tenant: tenant(), job: job("a"), fence: 1 });
    assert_eq!(ids(&claim(&bench.store, 9).await), ["c"]);
    assert_eq!(claim(&bench.store, 9).await, []);
    assert_eq!(bench.store.queue.pending().await.unwrap(), [(JobKind::Inbox, 3)]);
}

async fn a_lapsed_claim_is_given_to_the_next(bench: Bench) {
    enqueue(&bench.store, [job("a")]).await;
    let first = claim(&bench.store, 1).await.remove(0);
    bench.clock.advance(LEASE - Duration::from_millis(1));
    assert_eq!(claim(&bench.store, 1).await, []);
    bench.clock.advance(Duration::from_millis(1));
    let second = claim(&bench.store, 1).await.remove(0);
    assert_eq!((first.fence, second.fence), (1, 2));
}

async fn a_renewed_claim_holds(bench: Bench) {
    enqueue(&bench.store, [job("a")]).await;
    let held = claim(&bench.store, 1).await.remove(0);
    bench.clock.advance(LEASE / 2);
    assert!(bench.store.queue.renew(&held, LEASE).await.unwrap());
    bench.clock.advance(LEASE / 2);
    assert_eq!(claim(&bench.store, 1).await, []);
    finish(&bench.store, &held).await.unwrap();
    assert!(!bench.store.queue.renew(&held, LEASE).await.unwrap());
}

async fn a_stale_fence_changes_nothing(bench: Bench) {
    enqueue(&bench.store, [job("a")]).await;
    let first = claim(&bench.store, 1).await.remove(0);
    bench.clock.advance(LEASE);
    let second = claim(&bench.store, 1).await.remove(0);
    let event = AuditEvent { actor: None, what: "x".into(), about: vec![], detail: String::new() };
    let stale = bench.store.queue.finish(&first, WriteSet::default().audit(event).enqueue(job("b"))).await;
    assert!(matches!(stale, Err(CommitError::Conflict(key)) if key.kind == "job" && key.id == "a"));
    assert!(!bench.store.queue.renew(&first, LEASE).await.unwrap());
    bench.store.queue.release(&first, START).await.unwrap();
    assert_eq!(claim(&bench.store, 9).await, [], "a stale release gives nothing back");
    assert_eq!(bench.store.control.audit(&tenant(), 0, 9).await.unwrap(), []);
    finish(&bench.store, &second).await.unwrap();
    assert_eq!(bench.store.queue.pending().await.unwrap(), []);
}

async fn finishing_and_its_changes_are_one(bench: Bench) {
    enqueue(&bench.store, [job("a"), job("b")]).await;
    let held = claim(&bench.store, 1).await.remove(0);
    let duplicate = bench.store.queue.finish(&held, WriteSet::default().enqueue(job("b"))).await;
    assert!(matches!(duplicate, Err(CommitError::DuplicateJob(id)) if id == "b"));
    let own = bench.store.queue.finish(&held, WriteSet::default().enqueue(job("a"))).await;
    assert!(matches!(own, Err(CommitError::DuplicateJob(id)) if id == "a"));
    bench.store.queue.finish(&held, WriteSet::default().enqueue(job("next"))).await.unwrap();
    let bench = bench.restart();
    assert_eq!(ids(&claim(&bench.store, 9).await), ["b", "next"]);
}

async fn a_finished_job_is_remembered_for_48_hours(mut bench: Bench) {
    enqueue(&bench.store, [job("a")]).await;
    finish(&bench.store, &claim(&bench.store, 1).await[0]).await.unwrap();
    for _ in 0..2 {
        bench = bench.restart();
        let again = bench.store.control.commit(&tenant(), WriteSet::default().enqueue(job("a"))).await;
        assert!(matches!(again, Err(CommitError::DuplicateJob(id)) if id == "a"));
        bench.hours(23);
    }
    bench.hours(2);
    enqueue(&bench.store, [job("a")]).await;
    let anew = claim(&bench.store, 1).await;
    assert_eq!(anew[0].fence, 1);
    finish(&bench.store, &anew[0]).await.unwrap();
    bench = bench.restart();
    bench.hours(47);
    let again = bench.store.control.commit(&tenant(), WriteSet::default().enqueue(job("a"))).await;
    assert!(matches!(again, Err(CommitError::DuplicateJob(_))), "counted from the last time it was finished");
}

async fn a_released_job_comes_back_when_due(bench: Bench) {
    enqueue(&bench.store, [job("a")]).await;
    let first = claim(&bench.store, 1).await.remove(0);
    bench.store.queue.release(&first, START + 5000).await.unwrap();
    assert_eq!(claim(&bench.store, 1).await, []);
    let bench = bench.restart();
    assert_eq!(claim(&bench.store, 1).await, []);
    bench.clock.advance(Duration::from_secs(5));
    let second = claim(&bench.store, 1).await.remove(0);
    assert_eq!((second.fence, second.job.due), (2, START + 5000));
    assert!(finish(&bench.store, &first).await.is_err());
}

async fn a_lane_runs_one_at_a_time_in_order(bench: Bench) {
    let lane = |id: &str, lane: &str| Job { lane: Some(lane.into()), ..job(id) };
    let early = Job { due: START - 5, ..lane("a2", "a") };
    enqueue(&bench.store, [lane("a1", "a"), early, lane("b1", "b"), job("free")]).await;
    let first = claim(&bench.store, 9).await;
    assert_eq!(ids(&first), ["a1", "b1", "free"], "in the order they came, even when the second was due before");
    assert_eq!(claim(&bench.store, 9).await, []);
    finish(&bench.store, &first[1]).await.unwrap();
    finish(&bench.store, &first[2]).await.unwrap();
    bench.store.queue.release(&first[0], START + 1000).await.unwrap();
    assert_eq!(claim(&bench.store, 9).await, [], "a job given back keeps its place at the head");
    let bench = bench.restart();
    bench.clock.advance(Duration::from_secs(1));
    let again = claim(&bench.store, 1).await;
    assert_eq!(ids(&again), ["a1"]);
    finish(&bench.store, &again[0]).await.unwrap();
    assert!(ids(&claim(&bench.store, 9).await).contains(&"a2"));
    let other = "T2".into();
    bench.store.control.commit(&other, WriteSet::default().enqueue(lane("x", "a"))).await.unwrap();
    assert_eq!(ids(&claim(&bench.store, 9).await), ["x"], "a lane belongs to its workspace");
}

async fn a_cancelled_job_is_not_done_unless_it_is_in_hand(mut bench: Bench) {
    let later = Job { due: START + 3_600_000, ..job("later") };
    let in_lane = |id: &str| Job { lane: Some("lane".to_owned()), ..job(id) };
    enqueue(&bench.store, [in_lane("held"), in_lane("next"), in_lane("last"), later.clone()]).await;
    let held = claim(&bench.store, 1).await.remove(0);
    let gone = ["held", "next", "later", "never"].into_iter().fold(WriteSet::default(), WriteSet::cancel);
    bench.store.control.commit(&tenant(), gone).await.unwrap();
    finish(&bench.store, &held).await.unwrap();
    bench.hours(2);
    bench = bench.restart();
    assert_eq!(ids(&claim(&bench.store, 9).await), ["last"], "who waited behind it is next");
    let again = bench.store.control.commit(&tenant(), WriteSet::default().enqueue(later)).await;
    assert!(matches!(again, Err(CommitError::DuplicateJob(_))), "its id is known");
}

async fn claims_by_kind_and_due_time(bench: Bench) {
    let of = |id: &str, kind, due| Job { kind, due, ..job(id) };
    enqueue(
        &bench.store,
        [
            of("later", JobKind::Timer, START + 1000),
            of("sync", JobKind::Sync, START),
            of("second", JobKind::Run, START - 1),
            of("first", JobKind::Notify, START - 2),
        ],
    )
    .await;
    let kinds = [JobKind::Run, JobKind::Notify, JobKind::Timer, JobKind::Run];
    let due = bench.store.queue.claim(&kinds, 9, LEASE).await.unwrap();
    assert_eq!(ids(&due), ["first", "second"]);
    bench.clock.advance(Duration::from_secs(1));
    assert_eq!(ids(&bench.store.queue.claim(&kinds, 9, LEASE).await.unwrap()), ["later"]);
}

async fn waiting_ends_when_there_is_work(bench: Bench) {
    let queue = Arc::clone(&bench.store.queue);
    let (waits, begun) = tokio::sync::oneshot::channel();
    let waiter = tokio::spawn(async move {
        waits.send(()).unwrap();
        loop {
            let claims = queue.claim(&[JobKind::Inbox], 1, LEASE).await.unwrap();
            if !claims.is_empty() {
                return claims;
            }
            queue.wait().await;
        }
    });
    begun.await.unwrap();
    enqueue(&bench.store, [Job { due: START + 3_600_000, ..job("a") }]).await;
    bench.hours(1);
    assert_eq!(ids(&waiter.await.unwrap()), ["a"]);
}

async fn jobs_survive_a_restart_and_their_claims_do_not_hold_it_up(bench: Bench) {
    enqueue(&bench.store, [job("a"), job("b")]).await;
    let before = claim(&bench.store, 1).await.remove(0);
    let on_disk = bench.dir.is_some();
    let bench = bench.restart();
    if !on_disk {
        bench.clock.advance(LEASE);
    }
    let mut after = claim(&bench.store, 9).await;
    after.sort_by_key(|claim| claim.job.id.clone());
    assert_eq!((ids(&after), after[0].fence, after[1].fence), (vec!["a", "b"], 2, 1));
    assert!(finish(&bench.store, &before).await.is_err(), "the claim of the process before is stale");
}
