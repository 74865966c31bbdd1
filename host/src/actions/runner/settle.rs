//! Storing what became of a target, and bringing its changes into the store's rows.

use super::{
    super::{
        call::Shape,
        jobs::{self, Why},
        request::{PendingPatch, RequestTarget},
        service::about,
        target::{TargetEvent, TargetState, step},
    },
    Flow, Run,
};
use crate::{
    domain::{Change, Millis, ObjectName, Undo},
    store::{CommitError, Versioned, WriteSet, patch_rows},
};

/// People are told of progress at most this often: Slack takes about one edit a second in a channel, and others want some.
const TELL_EVERY: Millis = 3_000;

/// What is left of the store's 64 KiB for an entity beside the plan.
const MAX_PENDING: usize = 20 << 10;

/// Characters of a message that are kept.
const MAX_MESSAGE: usize = 1_000;

/// What there is to store about a target.
pub(super) struct Settlement {
    pub event: TargetEvent,
    pub message: String,
    pub undo: Option<Undo>,
    pub changes: Vec<Change>,
}

impl Settlement {
    pub fn new(event: TargetEvent, message: String) -> Self {
        Self { event, message, undo: None, changes: Vec::new() }
    }
}

impl Run<'_> {
    /// Stores it with its audit row. Not under our fence: what is known about the tool is true whoever has the request now, and
    /// the version of the target keeps it from covering up what somebody else found since.
    pub(super) async fn settle(
        &mut self,
        target: &mut Versioned<RequestTarget>,
        settlement: Settlement,
    ) -> anyhow::Result<Flow> {
        let Ok(state) = step(target.value.state, settlement.event) else { return Ok(Flow::Lost) };
        let after = self.settled(&target.value, state, settlement);
        let write = self.settling(target.version, &after);
        match self.actions.store.control.commit(&self.claim.tenant, write).await {
            Ok(()) => {}
            Err(CommitError::Conflict(_) | CommitError::DuplicateJob(_)) => return Ok(Flow::Lost),
            Err(error) => return Err(error.into()),
        }
        let done = after.state.is_final() && after.pending.is_none();
        *target = Versioned { version: target.version + 1, value: after };
        Ok(if done { Flow::Settled } else { Flow::Again })
    }

    fn settled(&self, before: &RequestTarget, state: TargetState, settlement: Settlement) -> RequestTarget {
        let undo = settlement.undo.or_else(|| before.frozen.plan.undo.clone()).filter(|_| state == TargetState::Done);
        let message = settlement.message.trim();
        RequestTarget {
            state,
            message: (!message.is_empty()).then(|| message.chars().take(MAX_MESSAGE).collect()),
            undo,
            pending: pending(&self.shape, settlement.changes),
            ..before.clone()
        }
    }

    fn settling(&mut self, version: u64, after: &RequestTarget) -> WriteSet {
        let what = match after.state {
            TargetState::Queued { .. } => "target.postponed",
            TargetState::Started { .. } => "target.started",
            TargetState::Done => "target.done",
            TargetState::Already => "target.already",
            TargetState::Failed => "target.failed",
            TargetState::Changed => "target.changed",
            TargetState::Unknown => "target.unknown",
            TargetState::Skipped => "target.skipped",
            TargetState::Stopped => "target.stopped",
        };
        let mut event = about(&self.request.value, None, what, after.message.clone().unwrap_or_default());
        event.about.push(("target".to_owned(), after.frozen.plan.key.clone()));
        let mut write = WriteSet::default().update(version, after).audit(event);
        let now = self.actions.clock.now();
        if now - self.told_at >= TELL_EVERY {
            self.told_at = now;
            let change = format!("{}-{}", after.position, version + 1);
            write = write.enqueue(jobs::notice(&after.request, Why::Progress, &change, now));
        }
        write
    }

    /// Brings stored changes into the rows, then forgets them. Doing it twice is harmless.
    pub(super) async fn patch(&mut self, target: &mut Versioned<RequestTarget>) -> anyhow::Result<Flow> {
        let (workspace, connection) = (&self.claim.tenant, &self.request.value.frozen.connection);
        if let Some(PendingPatch { fields, changes }) = &target.value.pending {
            // The shape of now: a sync may have brought new fields since the call.
            let shape = self.actions.shape(self.claim, &self.request.value).await?;
            if *fields == names(&shape, changes) {
                let changed = patch_rows(&self.actions.store, workspace, connection, changes).await?;
                if !changed.is_empty() {
                    self.shown = Some((self.actions.on_changed)(workspace, connection));
                }
            } else {
                tracing::info!(request.id = %target.value.request, "The fields of changed records are others by now; the next sync brings them");
            }
        }
        let after = RequestTarget { pending: None, ..target.value.clone() };
        match self.actions.store.control.commit(workspace, WriteSet::default().update(target.version, &after)).await {
            Ok(()) => {}
            Err(CommitError::Conflict(_)) => return Ok(Flow::Lost),
            Err(error) => return Err(error.into()),
        }
        *target = Versioned { version: target.version + 1, value: after };
        Ok(Flow::Again)
    }
}

fn pending(shape: &Shape, changes: Vec<Change>) -> Option<PendingPatch> {
    let pending = PendingPatch { fields: names(shape, &changes), changes };
    let size = serde_json::to_vec(&pending).map_or(usize::MAX, |json| json.len());
    if size > MAX_PENDING {
        tracing::warn!(
            size.bytes = size,
            "Changed records are too many to be kept with the outcome; the next sync brings them"
        );
        return None;
    }
    (!pending.changes.is_empty()).then_some(pending)
}

/// The fields of the objects that these changes are about.
fn names(shape: &Shape, changes: &[Change]) -> Vec<(ObjectName, Vec<String>)> {
    let touched = |object: &ObjectName| {
        changes.iter().any(|change| matches!(change, Change::Put { object: of, .. } | Change::Delete { object: of, .. } if of == object))
    };
    let named = shape.iter().filter(|(object, _)| touched(object));
    named.map(|(object, fields)| (object.clone(), fields.iter().map(|field| field.name.clone()).collect())).collect()
}
