//! One object, from its first page (or the last checkpoint) to the flip.

use super::{
    Inner, archive, compare,
    compare::{Difference, Snapshot},
    pages::Turn,
    reading::Reading,
    shelf::Shelf,
    stage::{Stage, Stages},
    verdict::{self, After, Before},
};
use crate::{
    connections::{Changes, ObjectState, Resolved},
    domain::{Change, ErrorClass, Fault, Field, ObjectType},
    plugins::{AccessLevel, FetchRequest, ObjectAccess},
    store::{FlipError, Manifest, ObjectRef, SegmentInfo, StoreError, patch_rows},
};
use tokio_util::sync::CancellationToken;

/// A wish; the integration knows better.
const PAGE_SIZE: u32 = 2_000;
/// Rows of an archive: boards hold them in memory.
const MAX_ARCHIVED_ROWS: u64 = 20_000_000;
/// Records that actions changed while the object was fetched, at most: a request changes 500.
const MAX_OVERLAID: usize = 10_000;

/// Why an object was not replaced.
#[derive(Debug, thiserror::Error)]
pub(super) enum ObjectError {
    /// Said by the integration or its tool.
    #[error("{}", .0.message)]
    Fault(#[from] Fault),
    /// In the words of a person.
    #[error("{0}")]
    Kept(String),
    /// An action changed the object while it was read: what was read is older.
    #[error("It was changed by an action while it was fetched. The last good data was kept; fetch again.")]
    Overtaken,
    /// The whole fetch must stop. What was read is a checkpoint.
    #[error("The fetch stopped before this object was done.")]
    Stopped,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One object of one fetch.
pub(super) struct ObjectFetch<'a> {
    pub inner: &'a Inner,
    pub resolved: &'a Resolved,
    pub object: &'a ObjectType,
    /// What the last check found; none when it said nothing of the object.
    pub found: Option<&'a ObjectAccess>,
    pub fields: Vec<Field>,
    pub turn: Turn<'a>,
    pub stop: &'a CancellationToken,
}

impl ObjectFetch<'_> {
    /// Reads it whole and replaces what was stored. Answers how it stands then.
    pub async fn run(&self) -> Result<ObjectState, ObjectError> {
        let stages = self.stages();
        let before = self.before().await?;
        let stage = match stages.resume(&self.fields, self.inner.clock.now()).await? {
            Some(stage) => stage,
            None => self.fresh(before.as_ref()).await?,
        };
        let whole = match Reading::new(self, stage, before.as_ref())?.whole().await {
            Err(ObjectError::Fault(fault)) if fault.class == ErrorClass::CursorExpired => {
                if let Some(old) = stages.resume(&self.fields, self.inner.clock.now()).await? {
                    stages.clear(&old).await?;
                }
                let fresh = self.fresh(before.as_ref()).await?;
                Reading::new(self, fresh, before.as_ref())?.whole().await?
            }
            other => other?,
        };
        let replaced = self.replace(&whole, before).await;
        if !matches!(replaced, Err(ObjectError::Store(_))) {
            stages.clear(&whole).await?;
        }
        let (rows, changes) = replaced?;
        let problems = [whole.incomplete.clone(), self.left_out(whole.left_out)];
        let problem = problems.into_iter().flatten().collect::<Vec<_>>().join(" ");
        Ok(ObjectState {
            rows,
            fetched_at: Some(whole.began_at),
            problem: (!problem.is_empty()).then_some(problem),
            changes,
            news: None,
        })
    }

    fn left_out(&self, count: u32) -> Option<String> {
        let verb = if count == 1 { "record was" } else { "records were" };
        (count > 0).then(|| format!("{count} {verb} left out: no {}, or too large to be stored.", self.object.key))
    }

    /// A stage at the start of the object.
    async fn fresh(&self, before: Option<&Manifest>) -> Result<Stage, ObjectError> {
        let since = match (&self.object.archive, before) {
            (Some(archive), Some(before)) => {
                let (shelf, by, stored) = (self.shelf(), archive.by.clone(), before.clone());
                blocking(move || archive::newest(&shelf, snapshot(&stored), &by)).await?
            }
            _ => None,
        };
        Ok(Stage::new(&self.fields, self.inner.clock.now(), since))
    }

    /// Puts what was fetched in the place of what is stored. `before` is what was stored when the reading began.
    async fn replace(&self, stage: &Stage, before: Option<Manifest>) -> Result<(u64, Option<Changes>), ObjectError> {
        let access = &self.resolved.access;
        let now = self.before().await?;
        if let Some(objection) = self.objection(stage, now.as_ref()) {
            return Err(ObjectError::Kept(objection));
        }
        let segments = self.merged(stage, now.as_ref()).await?;
        let generation = now.as_ref().map_or(0, |found| found.generation);
        let manifest = Manifest {
            generation: generation + 1,
            fields: self.fields.clone(),
            fetched_at: stage.began_at,
            rows: segments.iter().map(|segment| u64::from(segment.rows)).sum(),
            own_rows: self.own_rows(),
            segments,
        };
        let rows = manifest.rows;
        let overlaid = self.overlaid(before, now.as_ref()).await?;
        let changes = self.changes(now, &manifest).await?;
        self.inner.store.segments.flip(&access.workspace, &self.of(), generation, manifest).await.map_err(|error| {
            match error {
                FlipError::Store(error) => ObjectError::Store(error),
                FlipError::Conflict { .. } => ObjectError::Overtaken,
            }
        })?;
        patch_rows(&self.inner.store, &access.workspace, &access.connection, &overlaid).await?;
        Ok((rows, changes))
    }

    fn objection(&self, stage: &Stage, now: Option<&Manifest>) -> Option<String> {
        let now = now?;
        let before = Before { rows: now.rows, own_rows: now.own_rows, fetched_at: now.fetched_at };
        let is_archived = self.object.archive.is_some();
        if is_archived && now.rows + stage.rows() > MAX_ARCHIVED_ROWS {
            let kept = format!("{} would be more than {MAX_ARCHIVED_ROWS} records", self.object.plural);
            return Some(format!("{kept}, the most that is kept: nothing was added."));
        }
        let after = After {
            // Few new ones are no loss of the others.
            rows: if is_archived { now.rows } else { stage.rows() },
            own_rows: self.own_rows(),
            is_incomplete: stage.incomplete.is_some(),
            counted: self.found.and_then(|found| found.estimate).or(stage.total).map(u64::from),
        };
        let objection = verdict::objection(&self.object.plural, Some(before), after)?;
        let permission = self.found.and_then(|found| found.permission.as_deref()).unwrap_or_default();
        Some(format!("{objection} {permission}").trim_end().to_owned())
    }

    /// The segments of the new snapshot: what was fetched, and for an archived object what is stored as well.
    async fn merged(&self, stage: &Stage, now: Option<&Manifest>) -> Result<Vec<SegmentInfo>, ObjectError> {
        // With nothing in store there is nothing to merge with, and what is too old was left out already.
        let stored_rows = now.map_or(0, |now| now.rows);
        let Some(archive) = self.object.archive.clone().filter(|_| stored_rows > 0) else {
            return Ok(stage.segments.clone());
        };
        let (shelf, fields, fetched) = (self.shelf(), self.fields.clone(), stage.segments.clone());
        let (stored, oldest) = (now.cloned(), archive::oldest(&archive, stage.began_at));
        let merge = move || {
            let stored = stored.as_ref().map_or(Snapshot { fields: &[], segments: &[] }, snapshot);
            archive::merge(&shelf, stored, Snapshot { fields: &fields, segments: &fetched }, &archive.by, oldest)
        };
        Ok(blocking(merge).await?)
    }

    async fn changes(&self, now: Option<Manifest>, new: &Manifest) -> Result<Option<Changes>, ObjectError> {
        let Some(now) = now else { return Ok(None) };
        let (shelf, new) = (self.shelf(), new.clone());
        Ok(Some(blocking(move || compare::count(&shelf, snapshot(&now), snapshot(&new))).await?))
    }

    /// What actions changed while the object was read: it is newer than what was fetched, and is put on top of it.
    async fn overlaid(&self, before: Option<Manifest>, now: Option<&Manifest>) -> Result<Vec<Change>, ObjectError> {
        let (Some(before), Some(now)) = (before, now) else { return Ok(Vec::new()) };
        if before.generation == now.generation || super::stage::shape(&now.fields) != super::stage::shape(&self.fields)
        {
            return Ok(Vec::new());
        }
        let (shelf, now, object) = (self.shelf(), now.clone(), self.object.name.clone());
        let gather = move || {
            let mut changes = Vec::new();
            compare::each(&shelf, snapshot(&before), snapshot(&now), |difference| {
                if changes.len() == MAX_OVERLAID {
                    return Err(StoreError::TooLarge {
                        what: "what actions changed meanwhile",
                        size: MAX_OVERLAID + 1,
                        limit: MAX_OVERLAID,
                    });
                }
                let object = object.clone();
                changes.push(match difference {
                    Difference::Added(row) | Difference::Changed(row) => Change::Put { object, row: row.to_row()? },
                    Difference::Removed(row) => Change::Delete { object, key: row.key.into() },
                });
                Ok(())
            })?;
            Ok(changes)
        };
        match blocking(gather).await {
            Err(StoreError::TooLarge { .. }) => Err(ObjectError::Overtaken),
            gathered => Ok(gathered?),
        }
    }

    /// What is stored now.
    async fn before(&self) -> Result<Option<Manifest>, StoreError> {
        self.inner.store.segments.manifest(&self.resolved.access.workspace, &self.of()).await
    }

    fn of(&self) -> ObjectRef {
        ObjectRef { connection: self.resolved.access.connection.clone(), object: self.object.name.clone() }
    }

    fn own_rows(&self) -> bool {
        self.found.is_some_and(|found| found.access == AccessLevel::OwnRows)
    }

    /// The request for the page at this place.
    pub fn request(&self, stage: &Stage, after: Option<Vec<u8>>) -> FetchRequest {
        FetchRequest {
            object: self.object.name.clone(),
            fields: self.fields.clone(),
            key: self.object.key.clone(),
            after,
            keys: Vec::new(),
            page_size: PAGE_SIZE,
            since: stage.since,
            estimate: self.found.and_then(|found| found.estimate),
        }
    }

    fn shelf(&self) -> Shelf {
        Shelf::new(&self.inner.store, &self.resolved.access)
    }

    /// Where its checkpoints are.
    pub fn stages(&self) -> Stages<'_> {
        let access = &self.resolved.access;
        Stages {
            store: &self.inner.store,
            workspace: &access.workspace,
            connection: &access.connection,
            object: &self.object.name,
        }
    }
}

fn snapshot(manifest: &Manifest) -> Snapshot<'_> {
    Snapshot { fields: &manifest.fields, segments: &manifest.segments }
}

/// Work on a thread that may be busy.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| StoreError::Io(error.to_string()))?
}
