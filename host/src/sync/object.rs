//! One object, from its first page (or the last checkpoint) to the flip.

use super::{
    Inner,
    stage::{Stage, Stages},
};
use crate::{
    connections::{ObjectState, Resolved},
    domain::{ErrorClass, Fault, Field, ObjectType, Row},
    plugins::{FetchRequest, Page},
    store::{
        FlipError, Manifest, ObjectRef, StoreError,
        rows::{Packed, Packer},
    },
};
use std::time::Duration;

/// A wish; the integration knows better.
const PAGE_SIZE: u32 = 2_000;
/// Pages between two checkpoints: what a restart fetches again, at most.
const CHECKPOINT_PAGES: u32 = 16;
/// Attempts at one page before the object is given up until the next fetch.
const PAGE_ATTEMPTS: u32 = 5;
/// An integration that says "wait" for longer than this is left alone until the next fetch.
const MAX_WAIT: Duration = Duration::from_secs(120);
/// Rows of an object that does not come in order of key: they are sorted in memory.
const MAX_UNORDERED_ROWS: usize = 500_000;

/// Why an object was not replaced.
#[derive(Debug, thiserror::Error)]
pub(super) enum ObjectError {
    /// Said by the integration or its tool.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// In the words of a person.
    #[error("{0}")]
    Kept(String),
    /// An action changed the object while it was read: what was read is older.
    #[error("It was changed by an action while it was fetched. The last good data was kept; fetch again.")]
    Overtaken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One object of one fetch.
pub(super) struct ObjectFetch<'a> {
    pub inner: &'a Inner,
    pub resolved: &'a Resolved,
    pub object: &'a ObjectType,
    pub fields: Vec<Field>,
    pub own_rows: bool,
}

impl ObjectFetch<'_> {
    /// Reads it whole and replaces what was stored. Answers how it stands then.
    pub async fn run(&self) -> Result<ObjectState, ObjectError> {
        let stages = self.stages();
        let stage = stages.resume(&self.fields, self.inner.clock.now()).await?;
        let whole = match self.read(stage).await {
            Err(ObjectError::Fault(fault)) if fault.class == ErrorClass::CursorExpired => {
                let fresh = Stage::new(&self.fields, self.inner.clock.now());
                self.read(fresh).await?
            }
            other => other?,
        };
        stages.clear(&whole).await?;
        self.replace(&whole).await?;
        Ok(ObjectState { rows: whole.rows(), fetched_at: Some(whole.began_at), problem: None })
    }

    /// Pages until the last one; the next page is fetched while one is packed.
    async fn read(&self, mut stage: Stage) -> Result<Stage, ObjectError> {
        let mut packer = Packer::new(&self.before().await?.map(|found| found.segments).unwrap_or_default())?;
        let mut gathered = Vec::new();
        let mut pages = 0;
        let mut page = self.page(stage.cursor.clone()).await?;
        loop {
            self.report(&stage, &page);
            let Page { rows, next, .. } = page;
            let ahead = self.ahead(next.clone());
            let (ahead, packed) = if self.object.ordered {
                let (ahead, packed) = tokio::join!(ahead, self.pack(packer, rows, &mut stage));
                (ahead, packed?)
            } else {
                gather(&mut gathered, rows, self.object)?;
                (ahead.await, packer)
            };
            packer = packed;
            pages += 1;
            if self.object.ordered && (ahead.is_err() || pages % CHECKPOINT_PAGES == 0) {
                self.stages().save(&mut stage).await?;
            }
            stage.turned(next);
            match ahead? {
                Some(following) => page = following,
                None => break,
            }
        }
        if !self.object.ordered {
            gathered.sort_by(|left: &Row, right| left.key.cmp(&right.key));
            gathered.dedup_by(|left, right| left.key == right.key);
            packer = self.pack(packer, gathered, &mut stage).await?;
        }
        self.store(packer.finish()?, &mut stage).await?;
        Ok(stage)
    }

    async fn ahead(&self, next: Option<Vec<u8>>) -> Result<Option<Page>, Fault> {
        match next {
            Some(cursor) => self.page(Some(cursor)).await.map(Some),
            None => Ok(None),
        }
    }

    /// Packs rows on a thread that may be busy, and stores what became whole.
    async fn pack(&self, mut packer: Packer, rows: Vec<Row>, stage: &mut Stage) -> Result<Packer, ObjectError> {
        let rows = stage.unstored(rows);
        let packing = tokio::task::spawn_blocking(move || {
            rows.iter().try_for_each(|row| packer.push(row))?;
            Ok::<_, StoreError>(packer)
        });
        let mut packer =
            packing.await.map_err(|error| StoreError::Io(error.to_string()))?.map_err(|error| match error {
                StoreError::Unordered(_) => ObjectError::Kept(format!(
                    "{} did not come in order of its key, as the integration promised: it was not replaced.",
                    self.object.plural
                )),
                other => ObjectError::Store(other),
            })?;
        self.store(packer.take(), stage).await?;
        Ok(packer)
    }

    async fn store(&self, packed: Vec<Packed>, stage: &mut Stage) -> Result<(), ObjectError> {
        if packed.is_empty() {
            return Ok(());
        }
        let access = &self.resolved.access;
        let (infos, bytes): (Vec<_>, Vec<_>) = packed.into_iter().map(|one| (one.info, one.bytes)).unzip();
        self.inner.store.segments.put(&access.workspace, &access.connection, bytes).await?;
        stage.stored(infos);
        Ok(())
    }

    async fn replace(&self, stage: &Stage) -> Result<(), ObjectError> {
        let access = &self.resolved.access;
        let before = self.before().await?;
        let (generation, rows) = before.as_ref().map_or((0, 0), |found| (found.generation, found.rows));
        if stage.rows() == 0 && rows > 0 {
            return Err(ObjectError::Kept(format!(
                "{} came back empty although {rows} were there before: the last good data was kept.",
                self.object.plural
            )));
        }
        let manifest = Manifest {
            generation: generation + 1,
            fields: self.fields.clone(),
            fetched_at: stage.began_at,
            rows: stage.rows(),
            own_rows: self.own_rows,
            segments: stage.segments.clone(),
        };
        self.inner.store.segments.flip(&access.workspace, &self.of(), generation, manifest).await.map_err(|error| {
            match error {
                FlipError::Store(error) => ObjectError::Store(error),
                FlipError::Conflict { .. } => ObjectError::Overtaken,
            }
        })
    }

    /// What is stored now.
    async fn before(&self) -> Result<Option<Manifest>, StoreError> {
        self.inner.store.segments.manifest(&self.resolved.access.workspace, &self.of()).await
    }

    fn of(&self) -> ObjectRef {
        ObjectRef { connection: self.resolved.access.connection.clone(), object: self.object.name.clone() }
    }

    /// One page, patiently: the host has retried what takes seconds already.
    async fn page(&self, after: Option<Vec<u8>>) -> Result<Page, Fault> {
        let mut attempt = 1;
        loop {
            let fault = match self.fetch(after.clone()).await {
                Ok(page) => return Ok(page),
                Err(fault) => fault,
            };
            let wait = match fault.class {
                ErrorClass::Retry => Duration::from_millis(250 << attempt),
                ErrorClass::Throttled => Duration::from_millis(fault.retry_after_ms.unwrap_or(5_000).into()),
                _ => return Err(fault),
            };
            if attempt == PAGE_ATTEMPTS || wait > MAX_WAIT {
                return Err(fault);
            }
            attempt += 1;
            tokio::time::sleep(wait).await;
        }
    }

    async fn fetch(&self, after: Option<Vec<u8>>) -> Result<Page, Fault> {
        let request = FetchRequest {
            object: self.object.name.clone(),
            fields: self.fields.clone(),
            key: self.object.key.clone(),
            after,
            keys: Vec::new(),
            page_size: PAGE_SIZE,
            since: None,
            estimate: None,
        };
        self.resolved.integration.fetch(&self.resolved.access, request).await
    }

    fn report(&self, stage: &Stage, page: &Page) {
        let rows = stage.rows() + page.rows.len() as u64;
        self.inner.progress.advance(&self.resolved.access.connection, &self.object.name, |progress| {
            progress.rows = rows;
            progress.total = page.total.map(u64::from).or(progress.total);
        });
    }

    fn stages(&self) -> Stages<'_> {
        let access = &self.resolved.access;
        Stages {
            store: &self.inner.store,
            workspace: &access.workspace,
            connection: &access.connection,
            object: &self.object.name,
        }
    }
}

/// Keeps the rows of an object that comes in no order.
fn gather(gathered: &mut Vec<Row>, rows: Vec<Row>, object: &ObjectType) -> Result<(), ObjectError> {
    gathered.extend(rows);
    if gathered.len() <= MAX_UNORDERED_ROWS {
        return Ok(());
    }
    Err(ObjectError::Kept(format!(
        "{} has more than {MAX_UNORDERED_ROWS} records and does not come in order: it was not replaced.",
        object.plural
    )))
}
