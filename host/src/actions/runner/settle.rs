//! Storing what became of targets, and bringing the changes that came with it into the store's rows.

use super::{
    super::{
        call::Shape,
        jobs::{self, Why},
        request::{PendingPatch, RequestTarget},
        service::{about, target_of},
        target::{TargetEvent, TargetState, step},
    },
    Flow, Group, Run,
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
    /// The record that the plan's undo runs on, where that is not the target itself.
    pub undo_target: Option<String>,
}

impl Settlement {
    pub fn new(event: TargetEvent, message: String) -> Self {
        Self { event, message, undo: None, undo_target: None }
    }
}

impl Run<'_> {
    /// Stores what became of each, none for those that stay as they are, with audit rows and with the changes. Not under our
    /// fence: what is known about the tool is true whoever has the request now, and the version of a target keeps it from covering
    /// up what somebody else found since.
    pub(super) async fn settle(
        &mut self,
        group: &mut Group,
        settlements: Vec<Option<Settlement>>,
        changes: Vec<Change>,
    ) -> anyhow::Result<Flow> {
        let mut settled: Vec<(usize, RequestTarget)> = Vec::new();
        for (place, settlement) in settlements.into_iter().enumerate() {
            let Some(settlement) = settlement else { continue };
            let Ok(state) = step(group[place].value.state, settlement.event) else { return Ok(Flow::Lost) };
            settled.push((place, after(&group[place].value, state, settlement)));
        }
        if settled.is_empty() {
            return Ok(Flow::Again);
        }
        share(changes, &self.shape, &mut settled);
        let write = settled.iter().fold(WriteSet::default(), |write, (place, after)| {
            write.update(group[*place].version, after).audit(self.event(after))
        });
        let write = self.with_progress(write, group, &settled);
        match self.actions.store.control.commit(&self.claim.tenant, write).await {
            Ok(()) => {}
            Err(CommitError::Conflict(_) | CommitError::DuplicateJob(_)) => return Ok(Flow::Lost),
            Err(error) => return Err(error.into()),
        }
        for (place, value) in settled {
            group[place] = Versioned { version: group[place].version + 1, value };
        }
        self.patch(group).await
    }

    fn event(&self, after: &RequestTarget) -> crate::store::AuditEvent {
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
        event.about.extend(target_of(&after.frozen.plan));
        event
    }

    /// The write with a notice on it, when people were not told for a while.
    fn with_progress(&mut self, write: WriteSet, group: &Group, settled: &[(usize, RequestTarget)]) -> WriteSet {
        let now = self.actions.clock.now();
        let Some((place, last)) = settled.last().filter(|_| now - self.told_at >= TELL_EVERY) else { return write };
        self.told_at = now;
        let change = format!("{}-{}", last.position, group[*place].version + 1);
        write.enqueue(jobs::notice(&last.request, Why::Progress, &change, now))
    }

    /// Brings stored changes into the rows, then forgets them. Doing it twice is harmless.
    pub(super) async fn patch(&mut self, group: &mut Group) -> anyhow::Result<Flow> {
        if group.iter().all(|target| target.value.pending.is_none()) {
            return Ok(Flow::Again);
        }
        // The shape of now: a sync may have brought new fields since the call.
        let shape = self.actions.shape(self.claim, &self.request.value).await?;
        let pending = group.iter().filter_map(|target| target.value.pending.as_ref());
        let (fitting, stale): (Vec<_>, Vec<_>) =
            pending.partition(|pending| pending.fields == names(&shape, &pending.changes));
        if !stale.is_empty() {
            tracing::info!(request.id = %self.request.value.id, "The fields of changed records are others by now; the next sync brings them");
        }
        let changes: Vec<Change> = fitting.into_iter().flat_map(|pending| pending.changes.iter().cloned()).collect();
        self.show(&changes).await?;
        self.forget_pending(group).await
    }

    async fn show(&mut self, changes: &[Change]) -> anyhow::Result<()> {
        let (workspace, connection) = (&self.claim.tenant, &self.request.value.frozen.connection);
        let changed = patch_rows(&self.actions.store, workspace, connection, changes).await?;
        if !changed.is_empty() {
            self.shown = Some((self.actions.on_changed)(workspace, connection));
        }
        Ok(())
    }

    async fn forget_pending(&self, group: &mut Group) -> anyhow::Result<Flow> {
        let done = |target: &Versioned<RequestTarget>| RequestTarget { pending: None, ..target.value.clone() };
        let patched: Vec<(usize, RequestTarget)> = group
            .iter()
            .enumerate()
            .filter(|(_, target)| target.value.pending.is_some())
            .map(|(place, target)| (place, done(target)))
            .collect();
        let updates = patched.iter();
        let write =
            updates.fold(WriteSet::default(), |write, (place, after)| write.update(group[*place].version, after));
        match self.actions.store.control.commit(&self.claim.tenant, write).await {
            Ok(()) => {}
            Err(CommitError::Conflict(_)) => return Ok(Flow::Lost),
            Err(error) => return Err(error.into()),
        }
        for (place, value) in patched {
            group[place] = Versioned { version: group[place].version + 1, value };
        }
        Ok(Flow::Again)
    }
}

fn after(before: &RequestTarget, state: TargetState, settlement: Settlement) -> RequestTarget {
    let planned = || Some(Undo { target: settlement.undo_target, ..before.frozen.plan.undo.clone()? });
    let undo = settlement.undo.or_else(planned).filter(|_| state == TargetState::Done);
    let message = settlement.message.trim();
    RequestTarget {
        state,
        message: (!message.is_empty()).then(|| message.chars().take(MAX_MESSAGE).collect()),
        undo,
        pending: None,
        ..before.clone()
    }
}

/// Puts each change down with the target it is about, and those about other records with the first that has room.
fn share(changes: Vec<Change>, shape: &Shape, settled: &mut [(usize, RequestTarget)]) {
    let mut rooms: Vec<(Vec<Change>, usize)> = settled.iter().map(|_| (Vec::new(), 0)).collect();
    let mut left_out = 0;
    for change in changes {
        let size = serde_json::to_vec(&change).map_or(usize::MAX, |json| json.len());
        let own = settled.iter().position(|(_, target)| is_about(&change, target));
        let has_room = |place: &usize| rooms[*place].1.saturating_add(size) <= MAX_PENDING;
        match own.filter(has_room).or_else(|| (0..rooms.len()).find(has_room)) {
            Some(place) => {
                rooms[place].1 += size;
                rooms[place].0.push(change);
            }
            None => left_out += 1,
        }
    }
    if left_out > 0 {
        tracing::warn!(
            changes.count = left_out,
            "Changed records are too many to be kept with the outcome; the next sync brings them"
        );
    }
    for ((_, target), (changes, _)) in settled.iter_mut().zip(rooms) {
        target.pending = (!changes.is_empty()).then(|| PendingPatch { fields: names(shape, &changes), changes });
    }
}

fn is_about(change: &Change, target: &RequestTarget) -> bool {
    let (object, key) = match change {
        Change::Put { object, row } => (object, row.key.as_ref()),
        Change::Delete { object, key } => (object, key.as_str()),
    };
    target.frozen.object.as_ref() == Some(object) && target.frozen.plan.key == key
}

/// The fields of the objects that these changes are about.
fn names(shape: &Shape, changes: &[Change]) -> Vec<(ObjectName, Vec<String>)> {
    let touched = |object: &ObjectName| {
        changes.iter().any(|change| matches!(change, Change::Put { object: of, .. } | Change::Delete { object: of, .. } if of == object))
    };
    let named = shape.iter().filter(|(object, _)| touched(object));
    named.map(|(object, fields)| (object.clone(), fields.iter().map(|field| field.name.clone()).collect())).collect()
}
