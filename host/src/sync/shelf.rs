//! Stored segments of a connection for work that goes through whole objects on a thread that may block: one segment in hand at a time,
//! however large the object is.

use crate::{
    domain::{ConnectionId, Field, WorkspaceId},
    plugins::Access,
    store::{
        SegmentInfo, Store, StoreError,
        rows::{Packed, RawRow, moment, unpack_raw},
    },
};
use std::collections::VecDeque;
use tokio::runtime::Handle;

/// Where segments are read from and put.
#[derive(Clone)]
pub(super) struct Shelf {
    store: Store,
    workspace: WorkspaceId,
    connection: ConnectionId,
    runtime: Handle,
}

impl Shelf {
    /// The segments of this connection.
    pub fn new(store: &Store, access: &Access) -> Self {
        Self {
            store: store.clone(),
            workspace: access.workspace.clone(),
            connection: access.connection.clone(),
            runtime: Handle::current(),
        }
    }

    /// Stores segments, and answers what a manifest says of them. Blocks.
    pub fn put(&self, packed: Vec<Packed>) -> Result<Vec<SegmentInfo>, StoreError> {
        let (infos, bytes) = packed.into_iter().map(|one| (one.info, one.bytes)).unzip();
        self.runtime.block_on(self.store.segments.put(&self.workspace, &self.connection, bytes))?;
        Ok(infos)
    }

    fn get(&self, segment: &SegmentInfo) -> Result<bytes::Bytes, StoreError> {
        let found =
            self.runtime.block_on(self.store.segments.get(&self.workspace, &self.connection, &[segment.hash]))?;
        found.into_iter().next().ok_or_else(|| StoreError::Damaged("a segment is missing".to_owned()))
    }
}

/// Which stored columns are wanted, in the order they are wanted in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Columns {
    picked: Vec<Option<usize>>,
    /// The stored column of which each row tells its moment.
    dated: Option<usize>,
}

impl Columns {
    /// The columns `wanted`, out of rows stored with `stored`. A column is the same when it has the name and the type of before.
    pub fn new(stored: &[Field], wanted: &[Field]) -> Self {
        let same = |field: &Field| stored.iter().position(|one| one.name == field.name && one.kind == field.kind);
        Self { picked: wanted.iter().map(same).collect(), dated: None }
    }

    /// Those that both have.
    pub fn common(stored: &[Field], wanted: &[Field]) -> (Self, Self) {
        let mut both = (Vec::new(), Vec::new());
        for (at, place) in Self::new(stored, wanted).picked.into_iter().enumerate() {
            if place.is_some() {
                both.0.push(place);
                both.1.push(Some(at));
            }
        }
        (Self { picked: both.0, dated: None }, Self { picked: both.1, dated: None })
    }

    /// With the moment in the field of this name.
    pub fn dated(mut self, stored: &[Field], by: &str) -> Self {
        self.dated = stored.iter().position(|field| field.name == by);
        self
    }

    /// Nothing is left out, moved or added.
    pub fn is_all(&self, stored: &[Field]) -> bool {
        self.picked.iter().copied().eq((0..stored.len()).map(Some))
    }
}

/// A row, and its moment in microseconds since 1970-01-01T00:00:00Z where one is asked for and known.
pub(super) type Dated = (RawRow, Option<i64>);

/// The rows of some segments in order of key. Its reads block.
pub(super) struct Rows<'a> {
    shelf: &'a Shelf,
    left: &'a [SegmentInfo],
    columns: Columns,
    loaded: VecDeque<Dated>,
}

impl<'a> Rows<'a> {
    /// From the first on.
    pub fn new(shelf: &'a Shelf, segments: &'a [SegmentInfo], columns: Columns) -> Self {
        Self { shelf, left: segments, columns, loaded: VecDeque::new() }
    }

    /// The key of the next row; none at the end.
    pub fn key(&self) -> Option<&str> {
        match self.loaded.front() {
            Some((row, _)) => Some(&row.key),
            None => self.left.first().map(|segment| segment.first.as_str()),
        }
    }

    /// The segment that begins with the next row; none in the middle of one.
    pub fn segment(&self) -> Option<&SegmentInfo> {
        self.left.first().filter(|_| self.loaded.is_empty())
    }

    /// Leaves out the segment that begins with the next row.
    pub fn skip_segment(&mut self) {
        self.left = self.left.get(1..).unwrap_or_default();
    }

    /// The next row.
    pub fn next(&mut self) -> Result<Option<Dated>, StoreError> {
        while self.loaded.is_empty() {
            let Some((first, left)) = self.left.split_first() else { return Ok(None) };
            self.left = left;
            let (loaded, columns) = (&mut self.loaded, &self.columns);
            unpack_raw(&self.shelf.get(first)?, |key, values| {
                let at = columns.dated.and_then(|at| moment(values.get(at)?));
                loaded.push_back((RawRow::pick(key, values, &columns.picked)?, at));
                Ok(())
            })?;
        }
        Ok(self.loaded.pop_front())
    }
}
