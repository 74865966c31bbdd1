//! One fetch of a connection: check, every object side by side, and what became of it.

use super::{
    Inner, Syncs,
    ended::{Run, Tally},
    object::{ObjectError, ObjectFetch},
    pages::Turn,
};
use crate::{
    connections::{Findings, ObjectState, Resolved},
    domain::{AppError, ConnectionId, ErrorClass, Fault, Millis, ObjectName, ObjectType},
    plugins::{AccessLevel, ObjectAccess},
    store::{Claim, WriteSet},
};
use futures::{FutureExt, StreamExt, stream::FuturesUnordered};
use serde::Deserialize;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// A worker that dies is replaced after this long.
pub const LEASE: Duration = Duration::from_secs(60);
/// An object that an action overtook is read again, at most this often.
const OVERTAKEN_ATTEMPTS: u32 = 3;

#[derive(Deserialize)]
pub(super) struct Payload {
    pub connection: ConnectionId,
    /// Its hour, for the daily fetch.
    scheduled: Option<Millis>,
}

impl Syncs {
    /// Does a job of kind `Sync`, and ends it together with what became of the connection.
    pub async fn work(&self, claim: &Claim) -> anyhow::Result<()> {
        let payload: Payload = serde_json::from_slice(&claim.job.payload)?;
        let inner = &*self.inner;
        // Before its credentials are opened: of one that is being disconnected they may be gone.
        let is_held = match inner.connections.load(&claim.tenant, &payload.connection).await {
            Ok(found) => found.value.status.is_held(),
            Err(AppError::Refused(_)) => true,
            Err(error) => return Err(error.into()),
        };
        if is_held {
            return inner.halted(claim).await;
        }
        let resolved = match inner.connections.resolve(&claim.tenant, &payload.connection).await {
            Ok(resolved) => resolved,
            Err(AppError::Refused(_)) => return Ok(inner.store.queue.finish(claim, WriteSet::default()).await?),
            Err(AppError::Fault(error)) => return Err(error),
            Err(error @ AppError::Inputs(_)) => return Err(error.into()),
        };
        if let Some(hour) = payload.scheduled {
            // The daily fetch joins the lane only at its hour, so that it never stands before a "Sync now".
            let still = resolved.connection.next_sync == Some(hour);
            let jobs = still.then(|| resolved.connection.sync_job(hour, false));
            return Ok(inner
                .store
                .queue
                .finish(claim, WriteSet { enqueue: jobs.into_iter().collect(), ..Default::default() })
                .await?);
        }
        inner.run(claim, resolved).await
    }
}

impl Inner {
    /// Fetches, for as long as the claim holds.
    pub(super) async fn run(&self, claim: &Claim, resolved: Resolved) -> anyhow::Result<()> {
        let connection = resolved.connection.id.clone();
        let halt = self.halts.begin(&connection);
        let held = self.hold(claim);
        let ended = tokio::select! {
            ended = self.fetch(claim, resolved, &halt) => ended,
            lost = held => lost,
        };
        self.halts.end(&connection);
        self.progress.end(&connection);
        ended
    }

    /// Renews the lease; ends when somebody else has the job.
    async fn hold(&self, claim: &Claim) -> anyhow::Result<()> {
        loop {
            tokio::time::sleep(LEASE / 3).await;
            if !self.store.queue.renew(claim, LEASE).await? {
                anyhow::bail!("job {} was taken over by another worker", claim.job.id);
            }
        }
    }

    async fn fetch(&self, claim: &Claim, mut resolved: Resolved, halt: &CancellationToken) -> anyhow::Result<()> {
        let id = resolved.connection.id.clone();
        let Some(mut run) = self.begin(claim, &id).await? else { return self.halted(claim).await };
        let checked = tokio::select! {
            checked = resolved.check() => checked,
            () = halt.cancelled() => return self.halted(claim).await,
        };
        let report = match checked {
            Ok(report) => report,
            Err(fault) => return self.stopped(claim, &id, &fault, Tally::default()).await,
        };
        let findings = Findings::new(id.clone(), self.clock.now(), report);
        self.learn(claim, &resolved, &findings).await?;
        // Boards call the connection as its tile will: by the account.
        resolved.connection.title.clone_from(&findings.report.account.name);
        resolved.findings = Some(findings);
        self.watcher.described(&claim.tenant, &resolved).await?;
        let (tally, fault) = self.objects(claim, &resolved, &mut run, halt).await?;
        if halt.is_cancelled() {
            return self.halted(claim).await;
        }
        self.store.segments.sweep(&claim.tenant, &id).await?;
        match fault {
            Some(fault) => self.stopped(claim, &id, &fault, tally).await,
            None => self.succeeded(claim, &resolved, run, tally).await,
        }
    }

    /// Fetches what is not done yet. A fault of the whole connection stops all of it: each object at its next page.
    async fn objects(
        &self,
        claim: &Claim,
        resolved: &Resolved,
        run: &mut Run,
        halt: &CancellationToken,
    ) -> anyhow::Result<(Tally, Option<Fault>)> {
        let side_by_side = self.config.parallel_objects.max(1);
        let wanted = wanted(resolved, side_by_side);
        self.show(resolved, &wanted, run);
        let (turns, stop) = (Semaphore::new(side_by_side), halt.child_token());
        let left = wanted.iter().filter(|(object, _)| !run.done.contains(&object.name));
        // Boxed: a closure that borrows inside a stream is not `Send` for every lifetime.
        let mut fetches: FuturesUnordered<_> = left
            .map(|&(object, found)| {
                let fields = found.map_or_else(|| object.fields.clone(), |found| found.fields(&object.fields));
                let turn = Turn::new(&turns);
                self.object(ObjectFetch { inner: self, resolved, object, found, fields, turn, stop: &stop }).boxed()
            })
            .collect();
        let (mut fault, mut is_worth_again) = (None, false);
        while let Some((name, result)) = fetches.next().await {
            match result {
                Err(ObjectError::Stopped) => {}
                Err(ObjectError::Fault(one)) if stops_all(&one) => {
                    stop.cancel();
                    fault.get_or_insert(one);
                }
                result => {
                    is_worth_again |= result.as_ref().is_err_and(is_passing);
                    self.keep(claim, run, &name, result).await?;
                }
            }
        }
        let done = wanted.iter().filter(|(object, _)| run.done.contains(&object.name)).count();
        Ok((Tally { done, wanted: wanted.len(), is_worth_again }, fault))
    }

    async fn object(&self, fetch: ObjectFetch<'_>) -> (ObjectName, Result<ObjectState, ObjectError>) {
        let (access, object) = (&fetch.resolved.access, &fetch.object.name);
        fetch.turn.take().await;
        let mut attempt = 1;
        let result = loop {
            match fetch.run().await {
                Err(ObjectError::Overtaken) if attempt < OVERTAKEN_ATTEMPTS => attempt += 1,
                other => break other,
            }
        };
        fetch.turn.leave();
        if result.is_ok() {
            self.progress.advance(&access.connection, object, |progress| progress.done = true);
            self.watcher.changed(&access.workspace, &access.connection);
        }
        (object.clone(), result)
    }

    /// Begins to show how far it is.
    fn show(&self, resolved: &Resolved, wanted: &[(&ObjectType, Option<&ObjectAccess>)], run: &Run) {
        let connection = &resolved.connection;
        let totals = wanted.iter().map(|(object, found)| {
            // Of an archived object only what is new is read.
            let counted = found.filter(|_| object.archive.is_none()).and_then(|found| found.estimate);
            (object.name.clone(), counted.map(u64::from))
        });
        self.progress.begin(&connection.id, totals);
        for object in &run.done {
            let rows = connection.objects.get(object.as_str()).map_or(0, |state| state.rows);
            self.progress.advance(&connection.id, object, |progress| (progress.rows, progress.done) = (rows, true));
        }
    }
}

/// What the credentials may read, the small objects first: boards fill early. Beside them the largest one begins at once, where
/// objects are fetched side by side: it takes the longest, and at the end nothing would run beside it.
fn wanted(resolved: &Resolved, side_by_side: usize) -> Vec<(&ObjectType, Option<&ObjectAccess>)> {
    let found = |object: &ObjectType| resolved.findings.as_ref().and_then(|findings| findings.of(&object.name));
    let objects = resolved.integration.description().objects.iter();
    let mut wanted: Vec<_> = objects.map(|object| (object, found(object))).collect();
    wanted.retain(|(_, found)| {
        found.is_none_or(|found| matches!(found.access, AccessLevel::Full | AccessLevel::OwnRows))
    });
    wanted.sort_by_key(|(object, found)| {
        let stored = resolved.connection.objects.get(object.name.as_str()).map_or(0, |state| state.rows);
        found.and_then(|found| found.estimate).map_or(stored, u64::from)
    });
    if wanted.len() > side_by_side && side_by_side > 1 {
        wanted.rotate_right(1);
    }
    wanted
}

/// Whether the fault of one object is a fault of the connection.
fn stops_all(fault: &Fault) -> bool {
    matches!(fault.class, ErrorClass::Reauthorize | ErrorClass::Exhausted)
}

/// Whether it may be over in half an hour.
fn is_passing(error: &ObjectError) -> bool {
    match error {
        ObjectError::Fault(fault) => matches!(fault.class, ErrorClass::Retry | ErrorClass::Throttled),
        _ => false,
    }
}
