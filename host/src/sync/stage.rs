//! Where the fetch of an object stands, stored beside the rows it has packed, so that a restart goes on from there.

use crate::{
    domain::{ConnectionId, Field, Millis, ObjectName, WorkspaceId},
    store::{SegmentHash, SegmentInfo, Store, StoreError, segment_hash},
};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Staged segments are spared by sweeps for a day; a stage a little younger can be gone on with.
const STAGE_LIFE_MS: Millis = 20 * 60 * 60 * 1000;

/// The head of a stage. The segments packed so far stand in `parts` notes of their own, since a note holds 64 KiB.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Stage {
    /// What the fields were that its rows hold: see [`shape`].
    shape: SegmentHash,
    pub began_at: Millis,
    /// The last place in the listing before which every row is stored. Rows after it may be stored as well.
    pub cursor: Option<Vec<u8>>,
    /// The newest stored moment when it began, for an archived object: the same for all of its pages.
    pub since: Option<i64>,
    /// How many records there are in all, as the last page that said so said.
    pub total: Option<u32>,
    /// What the tool did not let us read.
    pub incomplete: Option<String>,
    /// Records left out before `cursor`: they have no key.
    keyless: u32,
    parts: u32,
    #[serde(skip)]
    pub segments: Vec<SegmentInfo>,
    /// How many of the segments the parts hold.
    #[serde(skip)]
    saved: usize,
    /// The pages whose rows are not all stored, the first of them first.
    #[serde(skip)]
    open: VecDeque<OpenPage>,
    /// Where the page in hand was fetched from.
    #[serde(skip)]
    here: Option<Vec<u8>>,
    /// Records left out up to the page in hand.
    #[serde(skip)]
    pub left_out: u32,
}

/// A page of which rows wait to be stored.
#[derive(Clone, Debug, PartialEq)]
struct OpenPage {
    /// Where it was fetched from.
    cursor: Option<Vec<u8>>,
    first: Box<str>,
    /// Records left out before it.
    keyless: u32,
}

/// What makes rows of two fetches alike: names, types and places of their fields. Titles and choices may change.
pub(super) fn shape(fields: &[Field]) -> SegmentHash {
    let essence = fields.iter().map(|field| (&field.name, field.kind, &field.pointer, &field.format));
    let text: Vec<String> = essence.map(|one| format!("{one:?}")).collect();
    segment_hash(text.join("\n").as_bytes())
}

impl Stage {
    /// At the start of the object.
    pub fn new(fields: &[Field], began_at: Millis, since: Option<i64>) -> Self {
        Self { shape: shape(fields), began_at, since, ..Default::default() }
    }

    /// Rows stored so far.
    pub fn rows(&self) -> u64 {
        self.segments.iter().map(|segment| u64::from(segment.rows)).sum()
    }

    /// The last key of which the page in hand need not tell again: after a restart the first page may overlap.
    pub fn stored_key(&self) -> Option<&str> {
        self.segments.last().filter(|_| self.open.is_empty()).map(|last| last.last.as_str())
    }

    /// The rows of the page in hand begin with `first`, where it has any that are not stored. `keyless` records of it were left out.
    pub fn opened(&mut self, first: Option<&str>, keyless: u32) {
        if let Some(first) = first {
            self.open.push_back(OpenPage { cursor: self.here.clone(), first: first.into(), keyless: self.left_out });
        }
        self.left_out += keyless;
    }

    /// These are stored now.
    pub fn stored(&mut self, segments: Vec<SegmentInfo>) {
        self.segments.extend(segments);
        let Some(last) = self.segments.last() else { return };
        while self.open.get(1).is_some_and(|page| *page.first <= *last.last) {
            self.open.pop_front();
        }
    }

    /// The next page starts here.
    pub fn turned(&mut self, cursor: Option<Vec<u8>>) {
        self.here = cursor;
    }
}

/// The stage of one object.
pub(super) struct Stages<'a> {
    pub store: &'a Store,
    pub workspace: &'a WorkspaceId,
    pub connection: &'a ConnectionId,
    pub object: &'a ObjectName,
}

impl Stages<'_> {
    /// What to go on from: a stage of the same fields that is not too old. Another one is removed.
    pub async fn resume(&self, fields: &[Field], now: Millis) -> Result<Option<Stage>, StoreError> {
        let Some(head) = self.read(&self.head()).await? else { return Ok(None) };
        let Ok(mut stage) = postcard::from_bytes::<Stage>(&head) else { return Ok(None) };
        if stage.shape != shape(fields) || now - stage.began_at > STAGE_LIFE_MS {
            self.clear(&stage).await?;
            return Ok(None);
        }
        for part in 0..stage.parts {
            let note = self.read(&self.part(part)).await?.unwrap_or_default();
            match postcard::from_bytes::<Vec<SegmentInfo>>(&note) {
                Ok(segments) => stage.segments.extend(segments),
                Err(_) => return Ok(None),
            }
        }
        stage.saved = stage.segments.len();
        stage.here = stage.cursor.clone();
        stage.left_out = stage.keyless;
        Ok(Some(stage))
    }

    /// Stores the stage: first what was packed since the last time, then the head that counts it in.
    pub async fn save(&self, stage: &mut Stage) -> Result<(), StoreError> {
        let (cursor, keyless) = match stage.open.front() {
            Some(page) => (page.cursor.clone(), page.keyless),
            // Every row of the pages so far is stored.
            None => (stage.here.clone(), stage.left_out),
        };
        (stage.cursor, stage.keyless) = (cursor, keyless);
        let added = stage.segments.get(stage.saved..).unwrap_or_default();
        if !added.is_empty() {
            self.write(&self.part(stage.parts), Some(encode(&added)?)).await?;
            stage.saved = stage.segments.len();
            stage.parts += 1;
        }
        self.write(&self.head(), Some(encode(stage)?)).await
    }

    /// The object is whole, or starts anew.
    pub async fn clear(&self, stage: &Stage) -> Result<(), StoreError> {
        self.write(&self.head(), None).await?;
        for part in 0..stage.parts {
            self.write(&self.part(part), None).await?;
        }
        Ok(())
    }

    fn head(&self) -> String {
        format!("stage/{}", self.object)
    }

    fn part(&self, number: u32) -> String {
        format!("stage/{}/{number}", self.object)
    }

    async fn read(&self, name: &str) -> Result<Option<bytes::Bytes>, StoreError> {
        self.store.segments.read_note(self.workspace, self.connection, name).await
    }

    async fn write(&self, name: &str, value: Option<bytes::Bytes>) -> Result<(), StoreError> {
        self.store.segments.note(self.workspace, self.connection, name, value).await
    }
}

fn encode(value: &impl Serialize) -> Result<bytes::Bytes, StoreError> {
    postcard::to_allocvec(value).map(Into::into).map_err(|error| StoreError::Damaged(error.to_string()))
}
