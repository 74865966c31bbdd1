//! Cuts rows, as they come in order of key, into segments: along the boundaries of the generation before, so that a record that came
//! or went changes one segment and leaves the others as they are.

use super::{PageRows, RawRow, StoreError, ZSTD_LEVEL, encode, read, seal};
use crate::domain::Row;
use crate::store::limits::VALUE_BYTES;
use crate::store::{SegmentInfo, segment_hash};
use bytes::Bytes;
use std::ops::Range;

/// Rows of a new segment: about 40 KiB compressed at 500 bytes a row.
const ROWS: usize = 500;
/// A segment that grows beyond is cut in two.
const MOST_ROWS: usize = 2 * ROWS;
/// A segment that shrinks below both is joined with the next.
const FEWEST_ROWS: usize = ROWS / 4;
const FEWEST_RAW_BYTES: usize = VALUE_BYTES;
/// Raw rows held back at most; long texts get there before they are many.
const MOST_RAW_BYTES: usize = 1 << 20;

/// A finished segment.
#[derive(Clone, Debug)]
pub struct Packed {
    /// What the manifest says of it.
    pub info: SegmentInfo,
    /// What is put.
    pub bytes: Bytes,
}

/// Takes rows and gives segments. Holds one segment's rows at a time.
pub struct Packer {
    /// The first keys of the generation before, the later ones last crossed.
    boundaries: std::iter::Peekable<std::vec::IntoIter<String>>,
    raw: Vec<u8>,
    /// Where each row in `raw` ends.
    ends: Vec<usize>,
    last: Option<Box<str>>,
    /// Records too large to be stored; none: the first of them is an error.
    left_out: Option<u32>,
    compressor: zstd::bulk::Compressor<'static>,
    done: Vec<Packed>,
}

impl Packer {
    /// Starts a generation that follows the one with these segments (none: the first).
    pub fn new(before: &[SegmentInfo]) -> Result<Self, StoreError> {
        let boundaries: Vec<String> = before.iter().map(|segment| segment.first.clone()).collect();
        Ok(Self {
            boundaries: boundaries.into_iter().peekable(),
            raw: vec![],
            ends: vec![],
            last: None,
            left_out: None,
            compressor: zstd::bulk::Compressor::new(ZSTD_LEVEL)
                .map_err(|error| StoreError::Io(format!("rows cannot be compressed: {error}")))?,
            done: vec![],
        })
    }

    /// Leaves out records too large to be stored, and counts them, so that one of them does not stop all the others.
    pub fn leaving_out(mut self) -> Self {
        self.left_out = Some(0);
        self
    }

    /// How many records were left out so far.
    pub fn left_out(&self) -> u32 {
        self.left_out.unwrap_or_default()
    }

    /// Takes a row. Its key must come after that of the row before: [`StoreError::Unordered`].
    pub fn push(&mut self, row: &Row) -> Result<(), StoreError> {
        self.take_row(&row.key, |raw| encode(row, raw))
    }

    /// Takes the rows of a page, as [`Packer::push`] takes each.
    pub fn push_page(&mut self, mut page: PageRows) -> Result<(), StoreError> {
        page.take_errors().into_iter().try_for_each(|error| self.too_large(error))?;
        for row in page.rows() {
            let (key, stored) = row?;
            self.take_row(key, |raw| {
                raw.extend_from_slice(stored);
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Takes a row in its stored form.
    pub fn push_raw(&mut self, row: &RawRow) -> Result<(), StoreError> {
        self.take_row(&row.key, |raw| row.encode(raw))
    }

    fn take_row(
        &mut self,
        key: &str,
        encode: impl FnOnce(&mut Vec<u8>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        if self.last.as_ref().is_some_and(|last| *key <= **last) {
            return Err(StoreError::Unordered(key.to_owned()));
        }
        let mut crossed = false;
        while self.boundaries.next_if(|first| **first <= *key).is_some() {
            crossed = true;
        }
        let few = self.ends.len() < FEWEST_ROWS && self.raw.len() < FEWEST_RAW_BYTES;
        if (crossed && !few) || self.raw.len() > MOST_RAW_BYTES {
            self.cut(self.ends.len())?;
        } else if self.ends.len() == MOST_ROWS {
            self.cut(ROWS)?;
        }
        let from = self.raw.len();
        self.last = Some(key.into());
        if let Err(error) = encode(&mut self.raw) {
            self.raw.truncate(from);
            return self.too_large(error);
        }
        self.ends.push(self.raw.len());
        Ok(())
    }

    fn too_large(&mut self, error: StoreError) -> Result<(), StoreError> {
        match (&mut self.left_out, error) {
            (Some(count), StoreError::TooLarge { .. }) => {
                *count += 1;
                Ok(())
            }
            (_, error) => Err(error),
        }
    }

    /// The segments finished since the last call.
    pub fn take(&mut self) -> Vec<Packed> {
        std::mem::take(&mut self.done)
    }

    /// The rest.
    pub fn finish(mut self) -> Result<Vec<Packed>, StoreError> {
        self.end()?;
        Ok(self.done)
    }

    /// Makes segments of all rows taken so far.
    pub fn end(&mut self) -> Result<(), StoreError> {
        self.cut(self.ends.len())
    }

    /// Finishes the first `rows` rows.
    fn cut(&mut self, rows: usize) -> Result<(), StoreError> {
        self.segment(0..rows)?;
        let end = self.start(rows);
        self.raw.drain(..end);
        self.ends.drain(..rows);
        self.ends.iter_mut().for_each(|row_end| *row_end -= end);
        Ok(())
    }

    fn start(&self, row: usize) -> usize {
        row.checked_sub(1).map_or(0, |before| self.ends[before])
    }

    /// Packs these rows into a segment, or into as many as it takes.
    fn segment(&mut self, rows: Range<usize>) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let raw = &self.raw[self.start(rows.start)..self.start(rows.end)];
        let too_large = match seal(&mut self.compressor, raw) {
            Ok(bytes) if bytes.len() <= VALUE_BYTES => {
                let first = self.key(rows.start)?;
                let last = self.key(rows.end - 1)?;
                let info = SegmentInfo { hash: segment_hash(&bytes), first, last, rows: rows.len() as u32 };
                self.done.push(Packed { info, bytes: bytes.into() });
                return Ok(());
            }
            Ok(bytes) => StoreError::TooLarge { what: "a record", size: bytes.len(), limit: VALUE_BYTES },
            Err(error @ StoreError::TooLarge { .. }) => error,
            Err(error) => return Err(error),
        };
        if rows.len() == 1 {
            return self.too_large(too_large);
        }
        let middle = rows.start + rows.len() / 2;
        self.segment(rows.start..middle)?;
        self.segment(middle..rows.end)
    }

    fn key(&self, row: usize) -> Result<String, StoreError> {
        let mut rest = &self.raw[self.start(row)..];
        read::<&str>(&mut rest).map(str::to_owned)
    }
}

/// These rows, in order of key, as one segment.
pub fn pack(rows: &[Row]) -> Result<Bytes, StoreError> {
    let mut raw = Vec::new();
    for row in rows {
        encode(row, &mut raw)?;
    }
    let mut compressor = zstd::bulk::Compressor::new(ZSTD_LEVEL)
        .map_err(|error| StoreError::Io(format!("rows cannot be compressed: {error}")))?;
    let bytes = seal(&mut compressor, &raw)?;
    crate::store::limits::check("a segment", bytes.len(), VALUE_BYTES)?;
    Ok(bytes.into())
}
