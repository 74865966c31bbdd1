//! One fetch of a connection: check, every object side by side, and what became of it.

use super::{
    Inner, Syncs,
    object::{ObjectError, ObjectFetch},
};
use crate::{
    connections::{Connection, Findings, ObjectState, Resolved, Status},
    domain::{AppError, ConnectionId, ErrorClass, Fault, Millis, ObjectName, ObjectType},
    plugins::{AccessLevel, ObjectAccess, Report},
    store::{AuditEvent, Claim, Versioned, WriteSet},
};
use futures::{FutureExt, StreamExt, stream};
use serde::Deserialize;
use std::{collections::BTreeMap, time::Duration};

/// A worker that dies is replaced after this long.
pub const LEASE: Duration = Duration::from_secs(60);
/// How often a whole fetch is tried again soon, before it waits for its next hour.
const SOON_ATTEMPTS: u64 = 4;
/// An object that an action overtook is read again, at most this often.
const OVERTAKEN_ATTEMPTS: u32 = 3;
/// A spent allowance is looked at again after this long, when the tool does not say.
const EXHAUSTED_WAIT_MS: Millis = 60 * 60 * 1000;

#[derive(Deserialize)]
struct Payload {
    connection: ConnectionId,
    /// Its hour, for the daily fetch.
    scheduled: Option<Millis>,
}

type Results = Vec<(ObjectName, Result<ObjectState, ObjectError>)>;

impl Syncs {
    /// Does a job of kind `Sync`, and ends it together with what became of the connection.
    pub async fn work(&self, claim: &Claim) -> anyhow::Result<()> {
        let payload: Payload = serde_json::from_slice(&claim.job.payload)?;
        let inner = &*self.inner;
        let resolved = match inner.connections.resolve(&claim.tenant, &payload.connection).await {
            Ok(resolved) => resolved,
            Err(AppError::Refused(_)) => return Ok(inner.store.queue.finish(claim, WriteSet::default()).await?),
            Err(AppError::Fault(error)) => return Err(error),
            Err(error @ AppError::Inputs(_)) => return Err(error.into()),
        };
        if resolved.connection.status == Status::Paused {
            return Ok(inner.store.queue.finish(claim, WriteSet::default()).await?);
        }
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
        let held = inner.hold(claim);
        let ended = tokio::select! {
            ended = inner.fetch(claim, resolved) => ended,
            lost = held => lost,
        };
        inner.progress.end(&payload.connection);
        ended
    }
}

impl Inner {
    /// Renews the lease; ends when somebody else has the job.
    async fn hold(&self, claim: &Claim) -> anyhow::Result<()> {
        loop {
            tokio::time::sleep(LEASE / 3).await;
            if !self.store.queue.renew(claim, LEASE).await? {
                anyhow::bail!("job {} was taken over by another worker", claim.job.id);
            }
        }
    }

    async fn fetch(&self, claim: &Claim, mut resolved: Resolved) -> anyhow::Result<()> {
        self.mark_syncing(claim, &resolved.connection).await?;
        let report = match resolved.integration.check(&resolved.access).await {
            Ok(report) => report,
            Err(fault) => return self.failed(claim, &resolved.connection, &fault).await,
        };
        let findings = Findings { connection: resolved.connection.id.clone(), checked_at: self.clock.now(), report };
        self.store.control.commit(&claim.tenant, WriteSet::default().put(&findings)).await?;
        // Boards call the connection as its tile will: by the account.
        resolved.connection.title.clone_from(&findings.report.account.name);
        resolved.findings = Some(findings);
        self.watcher.described(&claim.tenant, &resolved).await?;
        let results = self.objects(&resolved).await;
        self.store.segments.sweep(&claim.tenant, &resolved.connection.id).await?;
        if let Some(fault) = stops_all(&results) {
            return self.failed(claim, &resolved.connection, &fault).await;
        }
        self.succeeded(claim, &resolved, results).await
    }

    async fn objects(&self, resolved: &Resolved) -> Results {
        let Some(findings) = &resolved.findings else { return Vec::new() };
        let objects = &resolved.integration.description().objects;
        let wanted: Vec<_> = objects.iter().filter(|object| readable(&findings.report, object)).collect();
        let totals = wanted.iter().map(|object| {
            let total = findings.of(&object.name).and_then(|found| found.estimate).map(u64::from);
            (object.name.clone(), total)
        });
        self.progress.begin(&resolved.connection.id, totals);
        // Boxed: a closure that borrows inside a stream is not `Send` for every lifetime.
        let fetches: Vec<_> =
            wanted.into_iter().map(|object| self.object(resolved, findings, object).boxed()).collect();
        stream::iter(fetches).buffer_unordered(self.config.parallel_objects.max(1)).collect().await
    }

    async fn object(
        &self,
        resolved: &Resolved,
        findings: &Findings,
        object: &ObjectType,
    ) -> (ObjectName, Result<ObjectState, ObjectError>) {
        let own_rows = findings.of(&object.name).is_some_and(|found| found.access == AccessLevel::OwnRows);
        let fetch = ObjectFetch { inner: self, resolved, object, fields: findings.fields(object), own_rows };
        let mut attempt = 1;
        let result = loop {
            match fetch.run().await {
                Err(ObjectError::Overtaken) if attempt < OVERTAKEN_ATTEMPTS => attempt += 1,
                other => break other,
            }
        };
        if result.is_ok() {
            self.progress.advance(&resolved.connection.id, &object.name, |progress| progress.done = true);
            self.watcher.changed(&resolved.access.workspace, &resolved.connection.id);
        }
        (object.name.clone(), result)
    }

    async fn mark_syncing(&self, claim: &Claim, connection: &Connection) -> anyhow::Result<()> {
        let found = self.reload(claim, &connection.id).await?;
        let marked = Connection { status: Status::Syncing, ..found.value };
        let write =
            WriteSet::default().update(found.version, &marked).enqueue(marked.notice("syncing", self.clock.now()));
        Ok(self.store.control.commit(&claim.tenant, write).await?)
    }

    async fn succeeded(&self, claim: &Claim, resolved: &Resolved, results: Results) -> anyhow::Result<()> {
        let found = self.reload(claim, &resolved.connection.id).await?;
        let before = found.value.clone();
        let findings = resolved.findings.as_ref();
        let mut objects = before.objects.clone();
        for (name, result) in results {
            let state = objects.entry(name.0).or_default();
            match result {
                Ok(fetched) => *state = fetched,
                Err(error) => {
                    tracing::warn!(connection.id = %before.id, %error, "an object was not replaced");
                    state.problem = Some(error.to_string());
                }
            }
        }
        if let Some(findings) = findings {
            note_missing(&mut objects, &findings.report);
        }
        let all_failed = !objects.is_empty() && objects.values().all(|state| state.fetched_at.is_none());
        let due = self.next(&before.id);
        let after = Connection {
            title: resolved.connection.title.clone(),
            status: if all_failed { Status::Error } else { Status::Connected },
            problem: all_failed.then(|| "No object could be fetched. See each of them for what to do.".to_owned()),
            base_url: resolved.access.credentials.base_url(),
            objects,
            next_sync: Some(due),
            ..before
        };
        let write = WriteSet::default()
            .update(found.version, &after)
            .audit(ended(&after, "sync.finished"))
            .enqueue(after.sync_job(due, true))
            .enqueue(after.notice("synced", self.clock.now()));
        Ok(self.store.queue.finish(claim, write).await?)
    }

    /// The whole of it failed: now, or for as long as the fault says. What was stored stays.
    async fn failed(&self, claim: &Claim, connection: &Connection, fault: &Fault) -> anyhow::Result<()> {
        tracing::warn!(connection.id = %connection.id, fault.code = fault.code, fault.detail = fault.detail, "a fetch failed: {fault}");
        let passing = matches!(fault.class, ErrorClass::Retry | ErrorClass::Throttled);
        if passing && claim.fence < SOON_ATTEMPTS {
            let wait = fault.retry_after_ms.map_or(1_000 << claim.fence.min(6), Millis::from);
            return Ok(self.store.queue.release(claim, self.clock.now() + wait).await?);
        }
        let found = self.reload(claim, &connection.id).await?;
        let due = match fault.class {
            ErrorClass::Exhausted => self.clock.now() + fault.retry_after_ms.map_or(EXHAUSTED_WAIT_MS, Millis::from),
            _ => self.next(&connection.id),
        };
        let status = if fault.class == ErrorClass::Reauthorize { Status::NeedsReauthorization } else { Status::Error };
        let after = Connection { status, problem: Some(fault.message.clone()), next_sync: Some(due), ..found.value };
        let write = WriteSet::default()
            .update(found.version, &after)
            .audit(ended(&after, "sync.failed"))
            .enqueue(after.sync_job(due, true))
            .enqueue(after.notice("failed", self.clock.now()));
        Ok(self.store.queue.finish(claim, write).await?)
    }

    async fn reload(&self, claim: &Claim, id: &ConnectionId) -> anyhow::Result<Versioned<Connection>> {
        Ok(self.connections.load(&claim.tenant, id).await?)
    }

    /// One interval from now, give or take a twentieth by the connection's id, so that connections do not all fetch at once.
    fn next(&self, connection: &ConnectionId) -> Millis {
        let interval = Millis::from(self.config.interval_hours) * 60 * 60 * 1000;
        let spread = interval / 10;
        let hash = blake3::hash(connection.as_str().as_bytes());
        let slot = Millis::from(u16::from_le_bytes([hash.as_bytes()[0], hash.as_bytes()[1]]));
        self.clock.now() + interval - spread / 2 + spread * slot / Millis::from(u16::MAX)
    }
}

fn readable(report: &Report, object: &ObjectType) -> bool {
    let found: Option<&ObjectAccess> = report.objects.iter().find(|found| found.object == object.name);
    found.is_none_or(|found| matches!(found.access, AccessLevel::Full | AccessLevel::OwnRows))
}

/// Objects that were not even asked for say which permission is missing.
fn note_missing(objects: &mut BTreeMap<String, ObjectState>, report: &Report) {
    for found in report.objects.iter().filter(|found| found.access == AccessLevel::None) {
        let permission = found.permission.clone().unwrap_or_else(|| "These credentials may not read it.".into());
        objects.entry(found.object.0.clone()).or_default().problem = Some(permission);
    }
}

/// The fault of one object that is a fault of the connection.
fn stops_all(results: &Results) -> Option<Fault> {
    results.iter().find_map(|(_, result)| match result {
        Err(ObjectError::Fault(fault)) if matches!(fault.class, ErrorClass::Reauthorize | ErrorClass::Exhausted) => {
            Some(fault.clone())
        }
        _ => None,
    })
}

fn ended(connection: &Connection, what: &str) -> AuditEvent {
    let rows: u64 = connection.objects.values().map(|state| state.rows).sum();
    AuditEvent {
        actor: None,
        what: what.into(),
        about: vec![("connection".into(), connection.id.0.clone())],
        detail: format!("{}: {rows} records in store", connection.title),
    }
}
