//! What becomes of a connection as its fetch begins, goes on and ends: each step is stored as it happens, so that whatever stops a fetch
//! loses nothing of it.

use super::{Inner, Syncs, drift, object::ObjectError, run::Payload};
use crate::{
    connections::{Connection, Findings, ObjectState, Resolved, Status},
    domain::{AppError, ConnectionId, ErrorClass, Fault, Millis, ObjectName},
    plugins::{AccessLevel, Report},
    store::{AuditEvent, Claim, CommitError, Entity, Versioned, WriteSet},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How often a whole fetch is tried again soon, before it waits for its next hour.
const SOON_ATTEMPTS: u64 = 4;
/// A spent allowance is looked at again after this long, when the tool does not say.
const EXHAUSTED_WAIT_MS: Millis = 60 * 60 * 1000;
/// Objects that failed for a passing reason are tried again after this long, and so often before the next day.
const AGAIN_WAIT_MS: Millis = 30 * 60 * 1000;
const AGAIN_TIMES: u32 = 3;
/// A fetch that stopped is gone on with for this long; then all is fetched anew. As long as a stage lives.
const RUN_LIFE_MS: Millis = 20 * 60 * 60 * 1000;
/// Others change a connection seldom: whoever loses against them so often is not losing by chance.
const CHANGE_ATTEMPTS: usize = 16;
/// Bytes for the sentences about all objects of a connection, out of the 64 KiB that it may be stored in.
const SENTENCES_BYTES: usize = 32 << 10;

/// A fetch that began and is not over. It outlives its job: a fetch that had to stop goes on with the same one.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Run {
    connection: ConnectionId,
    pub began_at: Millis,
    /// The objects that were replaced since.
    pub done: BTreeSet<ObjectName>,
    /// How often it was begun again for objects that failed.
    again: u32,
}

impl Entity for Run {
    const KIND: &'static str = "sync-run";

    fn id(&self) -> String {
        self.connection.0.clone()
    }
}

/// How far a fetch came.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub done: usize,
    pub wanted: usize,
    /// Some failed for a passing reason.
    pub is_worth_again: bool,
}

impl Syncs {
    /// Ends a job of kind `Sync` that failed too often: the connection says so, and its next fetch is due as ever. `reference` finds
    /// the reason in the log.
    pub async fn set_aside(&self, claim: &Claim, reference: &str, event: AuditEvent) -> anyhow::Result<()> {
        let inner = &*self.inner;
        let payload: Payload = serde_json::from_slice(&claim.job.payload)?;
        let found = match inner.connections.load(&claim.tenant, &payload.connection).await {
            Ok(found) => found,
            Err(AppError::Refused(_)) => {
                return Ok(inner.store.queue.finish(claim, WriteSet::default().audit(event)).await?);
            }
            Err(error) => return Err(error.into()),
        };
        if found.value.status.is_held() {
            return Ok(inner.store.queue.finish(claim, WriteSet::default().audit(event)).await?);
        }
        let due = inner.next(&payload.connection);
        let problem = format!(
            "The fetch failed again and again for a reason that lies with Weft, not with the tool. What was stored is kept. \"Sync now\" tries again at once; the log has more under {reference}."
        );
        let after = Connection { status: Status::Error, problem: Some(problem), next_sync: Some(due), ..found.value };
        let write = WriteSet::default()
            .update(found.version, &after)
            .audit(event)
            .enqueue(after.sync_job(due, true))
            .enqueue(after.notice("set-aside", inner.clock.now()));
        Ok(inner.store.queue.finish(claim, write).await?)
    }
}

impl Inner {
    /// Goes on with the fetch that had to stop, or begins one. A fetch that came to its end and only tries again what failed is gone on
    /// with at its hour alone: who asks for a fetch means all of it. None: it is not to be fetched (any more).
    pub(super) async fn begin(&self, claim: &Claim, connection: &ConnectionId) -> anyhow::Result<Option<Run>> {
        let now = self.clock.now();
        let stopped = self.store.control.load::<Run>(&claim.tenant, connection.as_str()).await?;
        let found = self.reload(claim, connection).await?;
        if found.value.status.is_held() {
            return Ok(None);
        }
        let is_its_hour = found.value.next_sync == Some(claim.job.due);
        let run = stopped
            .map(|found| found.value)
            .filter(|run| now - run.began_at < RUN_LIFE_MS && (run.again == 0 || is_its_hour))
            .unwrap_or_else(|| Run { connection: connection.clone(), began_at: now, done: BTreeSet::new(), again: 0 });
        let marked = Connection { status: Status::Syncing, ..found.value };
        let write = WriteSet::default().update(found.version, &marked).put(&run).enqueue(marked.notice("syncing", now));
        self.store.control.commit(&claim.tenant, write).await?;
        Ok(Some(run))
    }

    /// Stores what a check found, and tells what is different in the fields since the one before.
    pub(super) async fn learn(&self, claim: &Claim, resolved: &Resolved, findings: &Findings) -> anyhow::Result<()> {
        let id = &resolved.connection.id;
        let mut news = BTreeMap::new();
        for declared in &resolved.integration.description().objects {
            let before = resolved.findings.as_ref().and_then(|before| before.of(&declared.name));
            let told = before.zip(findings.of(&declared.name));
            if let Some(text) = told.and_then(|(before, after)| drift::news(declared, before, after)) {
                tracing::info!(connection.id = %id, object = %declared.name, news = text, "Fields of {} changed", declared.name);
                news.insert(declared.name.0.clone(), shortened(text, 1));
            }
        }
        let events: Vec<AuditEvent> = news
            .iter()
            .map(|(object, text)| {
                about(id, "schema.changed", format!("{}: {object}: {text}", resolved.connection.title))
            })
            .collect();
        let told = |connection: &mut Connection| {
            for state in connection.objects.values_mut() {
                state.news = None;
            }
            for (object, text) in &news {
                connection.objects.entry(object.clone()).or_default().news = Some(text.clone());
            }
        };
        self.change(claim, id, told, || events.iter().cloned().fold(WriteSet::default(), WriteSet::audit)).await?;
        Ok(findings.save(&self.store, &claim.tenant).await?)
    }

    /// Stores what became of one object, at once: it stays so whatever becomes of the others.
    pub(super) async fn keep(
        &self,
        claim: &Claim,
        run: &mut Run,
        name: &ObjectName,
        result: Result<ObjectState, ObjectError>,
    ) -> anyhow::Result<()> {
        if result.is_ok() {
            run.done.insert(name.clone());
        }
        if let Err(error) = &result {
            let detail = match error {
                ObjectError::Fault(fault) => fault.detail.as_deref(),
                _ => None,
            };
            tracing::warn!(connection.id = %run.connection, object = %name, %error, detail, "{name} was not replaced");
        }
        let state = |connection: &mut Connection| {
            let count = connection.objects.len();
            let state = connection.objects.entry(name.0.clone()).or_default();
            match &result {
                Ok(fetched) => {
                    let problem = fetched.problem.clone().map(|text| shortened(text, count));
                    *state = ObjectState { problem, news: state.news.take(), ..fetched.clone() };
                }
                Err(error) => state.problem = Some(shortened(error.to_string(), count)),
            }
        };
        self.change(claim, &run.connection, state, || WriteSet::default().put(run)).await
    }

    /// Changes the stored connection, however often somebody else does so meanwhile.
    async fn change(
        &self,
        claim: &Claim,
        id: &ConnectionId,
        change: impl Fn(&mut Connection),
        write: impl Fn() -> WriteSet,
    ) -> anyhow::Result<()> {
        for _ in 0..CHANGE_ATTEMPTS {
            let Versioned { version, mut value } = self.reload(claim, id).await?;
            change(&mut value);
            match self.store.control.commit(&claim.tenant, write().update(version, &value)).await {
                Err(CommitError::Conflict(_)) => {}
                committed => return Ok(committed?),
            }
        }
        anyhow::bail!("connection {id} changed {CHANGE_ATTEMPTS} times while it was to be stored")
    }

    /// Every object was asked for.
    pub(super) async fn succeeded(
        &self,
        claim: &Claim,
        resolved: &Resolved,
        run: Run,
        tally: Tally,
    ) -> anyhow::Result<()> {
        let found = self.reload(claim, &resolved.connection.id).await?;
        if found.value.status.is_held() {
            return self.halted(claim).await;
        }
        let before = found.value;
        let mut objects = before.objects.clone();
        if let Some(findings) = &resolved.findings {
            note_missing(&mut objects, &findings.report);
        }
        let all_failed = !objects.is_empty() && objects.values().all(|state| state.fetched_at.is_none());
        let again = tally.is_worth_again && run.again < AGAIN_TIMES;
        let due = if again { self.clock.now() + AGAIN_WAIT_MS } else { self.next(&before.id) };
        let after = Connection {
            title: resolved.connection.title.clone(),
            status: if all_failed { Status::Error } else { Status::Connected },
            problem: all_failed.then(|| "No object could be fetched. See each of them for what to do.".to_owned()),
            base_url: resolved.access.credentials.base_url(),
            objects,
            next_sync: Some(due),
            ..before
        };
        let write = if again {
            WriteSet::default().put(&Run { again: run.again + 1, ..run })
        } else {
            WriteSet::default().delete::<Run>(run.id())
        };
        let write = write
            .update(found.version, &after)
            .audit(ended(&after, "sync.finished"))
            .enqueue(after.sync_job(due, true))
            .enqueue(after.notice("synced", self.clock.now()));
        Ok(self.store.queue.finish(claim, write).await?)
    }

    /// The whole of it stopped: now, or for as long as the fault says. What was stored stays, and so do the objects that were
    /// replaced and the checkpoints of those that were not.
    pub(super) async fn stopped(
        &self,
        claim: &Claim,
        connection: &ConnectionId,
        fault: &Fault,
        tally: Tally,
    ) -> anyhow::Result<()> {
        tracing::warn!(connection.id = %connection, fault.code = fault.code, fault.detail = fault.detail, "a fetch stopped: {fault}");
        let passing = matches!(fault.class, ErrorClass::Retry | ErrorClass::Throttled);
        if passing && claim.fence < SOON_ATTEMPTS {
            let wait = fault.retry_after_ms.map_or(1_000 << claim.fence.min(6), Millis::from);
            return Ok(self.store.queue.release(claim, self.clock.now() + wait).await?);
        }
        let found = self.reload(claim, connection).await?;
        if found.value.status.is_held() {
            return self.halted(claim).await;
        }
        let (now, daily) = (self.clock.now(), self.next(connection));
        let due = match fault.class {
            ErrorClass::Exhausted => daily.min(now + fault.retry_after_ms.map_or(EXHAUSTED_WAIT_MS, Millis::from)),
            _ => daily,
        };
        let has_data = found.value.objects.values().any(|state| state.fetched_at.is_some());
        let status = match fault.class {
            ErrorClass::Reauthorize => Status::NeedsReauthorization,
            // Boards and actions work; the rest follows by itself.
            ErrorClass::Exhausted if has_data => Status::Connected,
            _ => Status::Error,
        };
        let problem = shortened(sentence(fault, tally, due), 1);
        let after = Connection { status, problem: Some(problem), next_sync: Some(due), ..found.value };
        let write = WriteSet::default()
            .update(found.version, &after)
            .audit(ended(&after, "sync.failed"))
            .enqueue(after.sync_job(due, true))
            .enqueue(after.notice("failed", now));
        Ok(self.store.queue.finish(claim, write).await?)
    }

    async fn reload(&self, claim: &Claim, id: &ConnectionId) -> anyhow::Result<Versioned<Connection>> {
        Ok(self.connections.load(&claim.tenant, id).await?)
    }

    /// One interval from now, give or take a twentieth by the connection's id, so that connections do not all fetch at once.
    pub(super) fn next(&self, connection: &ConnectionId) -> Millis {
        let interval = Millis::from(self.config.interval_hours) * 60 * 60 * 1000;
        let spread = interval / 10;
        let hash = blake3::hash(connection.as_str().as_bytes());
        let slot = Millis::from(u16::from_le_bytes([hash.as_bytes()[0], hash.as_bytes()[1]]));
        self.clock.now() + interval - spread / 2 + spread * slot / Millis::from(u16::MAX)
    }
}

/// What happened, how far it came, and when it goes on.
fn sentence(fault: &Fault, tally: Tally, due: Millis) -> String {
    let Tally { done, wanted, .. } = tally;
    let far = (wanted > 0).then(|| format!("{done} of {wanted} objects are done"));
    let at = jiff::Timestamp::from_millisecond(due).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let rest = match (fault.class, far) {
        (ErrorClass::Exhausted, Some(far)) => format!("It goes on at {} UTC; {far}.", at.strftime("%Y-%m-%d %H:%M")),
        (ErrorClass::Exhausted, None) => format!("It goes on at {} UTC.", at.strftime("%Y-%m-%d %H:%M")),
        (ErrorClass::Reauthorize, Some(far)) => format!("{far}; the others follow when it is connected again."),
        _ => return fault.message.clone(),
    };
    format!("The fetch stopped. {} {rest}", fault.message)
}

/// A text no longer than one of `count` texts may be.
fn shortened(mut text: String, count: usize) -> String {
    let most = (SENTENCES_BYTES / count.max(1)).clamp(100, 1_000);
    if text.len() > most {
        text.truncate(text.floor_char_boundary(most - 3));
        text.push('…');
    }
    text
}

/// Objects that were not even asked for say which permission is missing.
fn note_missing(objects: &mut BTreeMap<String, ObjectState>, report: &Report) {
    for found in report.objects.iter().filter(|found| found.access == AccessLevel::None) {
        let permission = found.permission.clone().unwrap_or_else(|| "These credentials may not read it.".into());
        objects.entry(found.object.0.clone()).or_default().problem = Some(shortened(permission, report.objects.len()));
    }
}

fn ended(connection: &Connection, what: &str) -> AuditEvent {
    let rows: u64 = connection.objects.values().map(|state| state.rows).sum();
    about(&connection.id, what, format!("{}: {rows} records in store", connection.title))
}

fn about(connection: &ConnectionId, what: &str, detail: String) -> AuditEvent {
    AuditEvent { actor: None, what: what.into(), about: vec![("connection".into(), connection.0.clone())], detail }
}
