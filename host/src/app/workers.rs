//! The one loop that takes work from the queue: each pool of kinds has room of its own, so that a long fetch never keeps a person waiting.

use super::{Hands, disconnect};
use crate::{
    domain::{Millis, reference},
    store::{AuditEvent, Claim, Clock, JobKind, Store, WriteSet},
    sync,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::{Notify, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// A job that failed this often is set aside, with its reason in the audit log: it would fail for ever.
const MAX_ATTEMPTS: u64 = 8;
/// Doubles with each attempt, up to [`LONGEST_BACKOFF_MS`].
const FIRST_BACKOFF_MS: Millis = 500;
const LONGEST_BACKOFF_MS: Millis = 5 * 60 * 1000;
/// When the store does not answer, it is asked again after this long.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// Kinds, how many at a time, and how long a claim holds.
const POOLS: &[(&[JobKind], usize, Duration)] = &[
    (&[JobKind::Inbox], 32, Duration::from_secs(60)),
    (&[JobKind::Notify, JobKind::Timer], 8, Duration::from_secs(60)),
    (&[JobKind::Run], 8, Duration::from_secs(60)),
    (&[JobKind::Sync], 2, sync::LEASE),
    (&[JobKind::Disconnect], 2, disconnect::LEASE),
];

/// Takes work until told to stop; what is in hand then is finished by `tracker`.
pub(super) async fn run(store: Store, clock: Clock, hands: Hands, stop: CancellationToken, tracker: TaskTracker) {
    let freed = Arc::new(Notify::new());
    let pools: Vec<_> = POOLS.iter().map(|pool| (pool, Arc::new(Semaphore::new(pool.1)))).collect();
    while !stop.is_cancelled() {
        let mut taken = 0;
        for ((kinds, _, lease), room) in &pools {
            let claims = match store.queue.claim(kinds, room.available_permits(), *lease).await {
                Ok(claims) => claims,
                Err(error) => {
                    tracing::error!(%error, "work cannot be claimed");
                    tokio::time::sleep(STORE_PAUSE).await;
                    Vec::new()
                }
            };
            taken += claims.len();
            for claim in claims {
                let Ok(permit) = room.clone().acquire_owned().await else { return };
                let (store, clock, hands) = (store.clone(), clock.clone(), hands.clone());
                let (freed, stop) = (freed.clone(), stop.clone());
                tracker.spawn(async move {
                    one(&store, &clock, &hands, claim, &stop).await;
                    drop(permit);
                    freed.notify_one();
                });
            }
        }
        if taken == 0 {
            tokio::select! {
                () = store.queue.wait() => {}
                () = freed.notified() => {}
                () = stop.cancelled() => {}
            }
        }
    }
}

async fn one(store: &Store, clock: &Clock, hands: &Hands, claim: Claim, stop: &CancellationToken) {
    let (task, job) = (hands.clone(), claim.clone());
    // A panic in one job is that job's failure, not the worker's.
    let mut work = tokio::spawn(async move { task.work(&job).await });
    let result = tokio::select! {
        result = &mut work => result,
        // A fetch can take an hour and goes on from its checkpoint: it is parked. All else is finished.
        () = stop.cancelled(), if claim.job.kind == JobKind::Sync => {
            work.abort();
            work.await.ok();
            return park(store, clock, &claim).await;
        }
    };
    let error = match result {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error,
        Err(panic) => anyhow::anyhow!("it panicked: {panic}"),
    };
    tracing::error!(job.id = claim.job.id, job.attempt = claim.fence, error = format!("{error:#}"), "a job failed");
    if let Err(error) = give_back(store, clock, hands, &claim).await {
        tracing::error!(job.id = claim.job.id, error = format!("{error:#}"), "a failed job could not be given back");
    }
}

async fn park(store: &Store, clock: &Clock, claim: &Claim) {
    if let Err(error) = store.queue.release(claim, clock.now()).await {
        tracing::warn!(job.id = claim.job.id, %error, "a parked job waits for its lease to run out");
    }
}

async fn give_back(store: &Store, clock: &Clock, hands: &Hands, claim: &Claim) -> anyhow::Result<()> {
    // Half a disconnected tool is worse than one that is disconnected late.
    if claim.fence < MAX_ATTEMPTS || claim.job.kind == JobKind::Disconnect {
        let backoff = (FIRST_BACKOFF_MS << claim.fence.min(16)).min(LONGEST_BACKOFF_MS);
        return Ok(store.queue.release(claim, clock.now() + backoff).await?);
    }
    let reference = reference();
    tracing::error!(reference, job.id = claim.job.id, "a job is set aside");
    let event = AuditEvent {
        actor: None,
        what: "job.abandoned".into(),
        about: vec![("job".into(), claim.job.id.clone())],
        detail: format!("Failed {MAX_ATTEMPTS} times and was set aside; the log has the reason under {reference}."),
    };
    if claim.job.kind == JobKind::Sync {
        // The next fetch hangs on this one.
        return hands.syncs.set_aside(claim, &reference, event).await;
    }
    Ok(store.queue.finish(claim, WriteSet::default().audit(event)).await?)
}
