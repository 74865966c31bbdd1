//! Reading an object: while the records of one page are read and packed, the tool is asked for the next.

use super::{
    archive,
    object::{ObjectError, ObjectFetch, blocking},
    stage::Stage,
};
use crate::{
    domain::{BorrowedRow, Fault, Row, Value},
    plugins::{FetchRequest, Page, Unread},
    store::{
        Manifest, StoreError,
        rows::{Packed, Packer, PageRows},
    },
};

/// Pages and rows between two checkpoints: what a restart fetches again, at most.
const CHECKPOINT_PAGES: u32 = 16;
const CHECKPOINT_ROWS: usize = 32_000;
/// Segments held back at most, so that not each page is a sync of the disk: a few MiB.
const SEGMENTS_AT_ONCE: usize = 64;
/// Rows packed at once, of those that were gathered: as many as a page has.
const ROWS_AT_ONCE: usize = 2_000;
/// Rows of an object that does not come in order of key: they are sorted in memory.
const MAX_UNORDERED_ROWS: usize = 500_000;

/// An object that is being read.
pub(super) struct Reading<'f, 'a> {
    fetch: &'f ObjectFetch<'a>,
    stage: Stage,
    /// Takes the rows in order of key. None after an error, which ends the reading.
    packer: Option<Packer>,
    /// Segments that are not stored yet.
    packed: Vec<Packed>,
    /// All rows so far of an object that comes in no order.
    gathered: Vec<Row>,
}

/// Which rows of a page are kept.
#[derive(Clone)]
struct Wanted {
    /// They are packed as they come.
    ordered: bool,
    /// Only those behind this key.
    after: Option<String>,
    /// The place of a moment, and the oldest one an archive keeps, in microseconds since 1970-01-01T00:00:00Z.
    oldest: Option<(usize, i64)>,
}

impl Wanted {
    fn wants(&self, row: &BorrowedRow<'_>) -> bool {
        let is_new = self.after.as_ref().is_none_or(|after| *row.key > **after);
        let is_old = self
            .oldest
            .is_some_and(|(at, oldest)| matches!(row.values.get(at), Some(Value::Time(moment)) if *moment < oldest));
        is_new && !is_old
    }

    fn read(&self, unread: Unread) -> Result<Taken, Fault> {
        let (mut packed, mut loose, mut rows) = (PageRows::default(), Vec::new(), 0);
        let page = unread.each(&mut |row| {
            rows += 1;
            match self.wants(&row) {
                true if self.ordered => packed.push(&row),
                true => loose.push(row.into_owned()),
                false => {}
            }
        })?;
        Ok(Taken { page: Page { rows: loose, ..page }, packed, rows })
    }
}

/// What a page brought.
struct Taken {
    /// With the rows of an object that comes in no order.
    page: Page,
    /// The rows of one that comes in order of key.
    packed: PageRows,
    /// How many rows it had, wanted or not.
    rows: usize,
}

impl<'f, 'a> Reading<'f, 'a> {
    /// From where the stage stands. `before` is what was stored when the reading began.
    pub fn new(fetch: &'f ObjectFetch<'a>, stage: Stage, before: Option<&Manifest>) -> Result<Self, StoreError> {
        // The rows of an archive are cut like those in store only when they are merged.
        let like = before.filter(|_| fetch.object.archive.is_none()).map_or(&[][..], |found| &found.segments);
        let packer = Some(Packer::new(like)?.leaving_out());
        Ok(Self { fetch, stage, packer, packed: Vec::new(), gathered: Vec::new() })
    }

    /// Reads to the last page and stores all rows.
    pub async fn whole(mut self) -> Result<Stage, ObjectError> {
        let fetch = self.fetch;
        let (mut pages, mut unsaved) = (0, 0);
        let mut request = fetch.request(&self.stage, self.stage.cursor.clone());
        let mut unread = fetch.ask(&request).await?;
        loop {
            let hoped = unread.next().map(|cursor| fetch.request(&self.stage, Some(cursor.to_vec())));
            let (ahead, taken) = tokio::join!(fetch.ahead(hoped.as_ref()), self.take(&request, unread));
            let (next, rows) = match taken {
                Err(error @ (ObjectError::Fault(_) | ObjectError::Stopped)) if pages > 0 => {
                    self.checkpoint().await?;
                    return Err(error);
                }
                taken => taken?,
            };
            // A page that was read at the second attempt may lead to another place.
            let following = next.clone().map(|cursor| fetch.request(&self.stage, Some(cursor)));
            let is_as_hoped = following.as_ref().map(|one| &one.after) == hoped.as_ref().map(|one| &one.after);
            let ahead = if is_as_hoped { ahead } else { fetch.ahead(following.as_ref()).await };
            self.stage.turned(next);
            pages += 1;
            unsaved += rows;
            // An empty page that leads on is the beginning of something slow at the tool: it is not begun twice.
            let is_due = pages % CHECKPOINT_PAGES == 0 || unsaved >= CHECKPOINT_ROWS || rows == 0 || ahead.is_err();
            if following.is_some() && is_due {
                self.checkpoint().await?;
                unsaved = 0;
            }
            match (following, ahead?) {
                (Some(following), Some(page)) => (request, unread) = (following, page),
                _ => return self.end().await,
            }
        }
    }

    /// Reads the records of a page and keeps them. Answers where it leads and how many there were.
    async fn take(&mut self, request: &FetchRequest, unread: Unread) -> Result<(Option<Vec<u8>>, usize), ObjectError> {
        let wanted = self.wanted();
        let Taken { page, packed, rows } = self.fetch.page(request, unread, move |unread| wanted.read(unread)).await?;
        self.report(&page, rows);
        self.stage.incomplete = page.incomplete.or(self.stage.incomplete.take());
        self.stage.total = page.total.or(self.stage.total);
        self.stage.opened(packed.first()?, page.keyless);
        self.gather(page.rows)?;
        self.pack(packed).await?;
        Ok((page.next, rows))
    }

    fn wanted(&self) -> Wanted {
        let object = self.fetch.object;
        // What an archive would drop at once is not even packed.
        let oldest = object.archive.as_ref().and_then(|archive| {
            let at = self.fetch.fields.iter().position(|field| field.name == archive.by)?;
            Some((at, archive::oldest(archive, self.stage.began_at)))
        });
        let after = self.stage.stored_key().filter(|_| object.ordered).map(str::to_owned);
        Wanted { ordered: object.ordered, after, oldest }
    }

    /// Packs rows on a thread that may be busy, and stores what became whole when it is enough.
    async fn pack(&mut self, rows: PageRows) -> Result<(), ObjectError> {
        let Some(mut packer) = self.packer.take() else { return Ok(()) };
        let packed = blocking(move || {
            packer.push_page(rows)?;
            Ok(packer)
        });
        let mut packer = packed.await.map_err(|error| match error {
            StoreError::Unordered(_) => ObjectError::Kept(format!(
                "{} did not come in order of its key, as the integration promised: it was not replaced.",
                self.fetch.object.plural
            )),
            other => ObjectError::Store(other),
        })?;
        self.packed.extend(packer.take());
        self.packer = Some(packer);
        if self.packed.len() >= SEGMENTS_AT_ONCE { self.store().await } else { Ok(()) }
    }

    /// Keeps the rows of an object that comes in no order.
    fn gather(&mut self, rows: Vec<Row>) -> Result<(), ObjectError> {
        self.gathered.extend(rows);
        if self.gathered.len() <= MAX_UNORDERED_ROWS {
            return Ok(());
        }
        Err(ObjectError::Kept(format!(
            "{} has more than {MAX_UNORDERED_ROWS} records and does not come in order: it was not replaced.",
            self.fetch.object.plural
        )))
    }

    /// Stores the segments that are whole.
    async fn store(&mut self) -> Result<(), ObjectError> {
        if self.packed.is_empty() {
            return Ok(());
        }
        let access = &self.fetch.resolved.access;
        let (infos, bytes) = std::mem::take(&mut self.packed).into_iter().map(|one| (one.info, one.bytes)).unzip();
        self.fetch.inner.store.segments.put(&access.workspace, &access.connection, bytes).await?;
        self.stage.stored(infos);
        Ok(())
    }

    /// Notes the place, for a restart. Rows in no order are not worth one: they are kept only when all are there.
    async fn checkpoint(&mut self) -> Result<(), ObjectError> {
        if self.fetch.object.ordered {
            self.store().await?;
            self.fetch.stages().save(&mut self.stage).await?;
        }
        Ok(())
    }

    /// Packs and stores what is left.
    async fn end(mut self) -> Result<Stage, ObjectError> {
        let mut gathered = std::mem::take(&mut self.gathered);
        gathered.sort_by(|left, right| left.key.cmp(&right.key));
        gathered.dedup_by(|left, right| left.key == right.key);
        let mut gathered = gathered.into_iter().peekable();
        while gathered.peek().is_some() {
            let mut rows = PageRows::default();
            gathered.by_ref().take(ROWS_AT_ONCE).for_each(|row| rows.push(&row));
            self.pack(rows).await?;
        }
        if let Some(mut packer) = self.packer.take() {
            packer.end()?;
            self.packed.extend(packer.take());
            self.stage.left_out += packer.left_out();
        }
        self.store().await?;
        Ok(self.stage)
    }

    fn report(&self, page: &Page, rows: usize) {
        let fetch = self.fetch;
        let packed: u64 = self.packed.iter().map(|one| u64::from(one.info.rows)).sum();
        let rows = self.stage.rows() + packed + (self.gathered.len() + rows) as u64;
        fetch.inner.progress.advance(&fetch.resolved.access.connection, &fetch.object.name, |progress| {
            progress.rows = rows;
            progress.total = page.total.map(u64::from).or(progress.total);
        });
    }
}
