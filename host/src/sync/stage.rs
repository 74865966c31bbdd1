//! Where the fetch of an object stands, stored beside the rows it has packed, so that a restart goes on from there.

use crate::{
    domain::{ConnectionId, Field, Millis, ObjectName, Row, WorkspaceId},
    store::{SegmentInfo, Store, StoreError},
};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Staged segments are spared by sweeps for a day; a stage a little younger can be gone on with.
const STAGE_LIFE_MS: Millis = 20 * 60 * 60 * 1000;

/// The head of a stage. The segments packed so far stand in `parts` notes of their own, since a note holds 64 KiB.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Stage {
    pub fields: Vec<Field>,
    pub began_at: Millis,
    /// The last place in the listing before which every row is stored. Rows after it may be stored as well.
    pub cursor: Option<Vec<u8>>,
    parts: u32,
    #[serde(skip)]
    pub segments: Vec<SegmentInfo>,
    /// How many of the segments the parts hold.
    #[serde(skip)]
    saved: usize,
    /// The pages whose rows are not all stored: where each was fetched from, and its first key.
    #[serde(skip)]
    open: VecDeque<(Option<Vec<u8>>, Box<str>)>,
    /// Where the page in hand was fetched from.
    #[serde(skip)]
    here: Option<Vec<u8>>,
}

impl Stage {
    /// At the start of the object.
    pub fn new(fields: &[Field], began_at: Millis) -> Self {
        Self { fields: fields.to_vec(), began_at, ..Default::default() }
    }

    /// Rows stored so far.
    pub fn rows(&self) -> u64 {
        self.segments.iter().map(|segment| u64::from(segment.rows)).sum()
    }

    /// The rows of the page in hand that are not stored yet: after a restart the first page may overlap.
    pub fn unstored(&mut self, mut rows: Vec<Row>) -> Vec<Row> {
        if self.open.is_empty()
            && let Some(last) = self.segments.last()
        {
            rows.retain(|row| *row.key > *last.last);
        }
        if let Some(first) = rows.first() {
            self.open.push_back((self.here.clone(), first.key.clone()));
        }
        rows
    }

    /// These are stored now.
    pub fn stored(&mut self, segments: Vec<SegmentInfo>) {
        self.segments.extend(segments);
        let Some(last) = self.segments.last() else { return };
        while self.open.get(1).is_some_and(|(_, first)| **first <= *last.last) {
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
    /// What to go on from: a stage of the same fields that is not too old; a new one otherwise.
    pub async fn resume(&self, fields: &[Field], now: Millis) -> Result<Stage, StoreError> {
        let fresh = Stage::new(fields, now);
        let Some(head) = self.read(&self.head()).await? else { return Ok(fresh) };
        let Ok(mut stage) = postcard::from_bytes::<Stage>(&head) else { return Ok(fresh) };
        if stage.fields != fields || now - stage.began_at > STAGE_LIFE_MS {
            return Ok(fresh);
        }
        for part in 0..stage.parts {
            let note = self.read(&self.part(part)).await?.unwrap_or_default();
            match postcard::from_bytes::<Vec<SegmentInfo>>(&note) {
                Ok(segments) => stage.segments.extend(segments),
                Err(_) => return Ok(fresh),
            }
        }
        stage.saved = stage.segments.len();
        stage.here = stage.cursor.clone();
        Ok(stage)
    }

    /// Stores the stage: first what was packed since the last time, then the head that counts it in.
    pub async fn save(&self, stage: &mut Stage) -> Result<(), StoreError> {
        let Some((cursor, _)) = stage.open.front() else { return Ok(()) };
        stage.cursor = cursor.clone();
        let added = stage.segments.get(stage.saved..).unwrap_or_default();
        self.write(&self.part(stage.parts), Some(encode(&added)?)).await?;
        stage.saved = stage.segments.len();
        stage.parts += 1;
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
