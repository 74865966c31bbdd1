//! What changed between two snapshots of an object: both are in order of key, and segments that did not change are not even read.

use super::shelf::{Columns, Rows, Shelf};
use crate::{
    connections::Changes,
    domain::Field,
    store::{SegmentInfo, StoreError, rows::RawRow},
};
use std::cmp::Ordering;

/// A snapshot: its rows, and what their values are.
#[derive(Clone, Copy)]
pub(super) struct Snapshot<'a> {
    pub fields: &'a [Field],
    pub segments: &'a [SegmentInfo],
}

/// A key at which two snapshots differ.
pub(super) enum Difference {
    Added(RawRow),
    Changed(RawRow),
    Removed(RawRow),
}

/// Counts the records that came, changed and went. Only columns that both snapshots have are compared. Blocks.
pub(super) fn count(shelf: &Shelf, before: Snapshot<'_>, after: Snapshot<'_>) -> Result<Changes, StoreError> {
    let mut changes = Changes::default();
    each(shelf, before, after, |difference| {
        match difference {
            Difference::Added(_) => changes.added += 1,
            Difference::Changed(_) => changes.changed += 1,
            Difference::Removed(_) => changes.removed += 1,
        }
        Ok(())
    })?;
    Ok(changes)
}

/// Shows each difference, in order of key, with the row as it is after (as it was before, when it is gone), in the columns that
/// both snapshots have. Blocks.
pub(super) fn each(
    shelf: &Shelf,
    before: Snapshot<'_>,
    after: Snapshot<'_>,
    mut visit: impl FnMut(Difference) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let (old_columns, new_columns) = Columns::common(before.fields, after.fields);
    let alike = old_columns.is_all(before.fields) && new_columns.is_all(after.fields);
    let mut old = Rows::new(shelf, before.segments, old_columns);
    let mut new = Rows::new(shelf, after.segments, new_columns);
    loop {
        let same = |(left, right): (&SegmentInfo, &SegmentInfo)| left.hash == right.hash;
        if alike && old.segment().zip(new.segment()).is_some_and(same) {
            old.skip_segment();
            new.skip_segment();
            continue;
        }
        let order = match (old.key(), new.key()) {
            (None, None) => return Ok(()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(left), Some(right)) => left.cmp(right),
        };
        let was = if order.is_le() { old.next()? } else { None };
        let is = if order.is_ge() { new.next()? } else { None };
        match (was, is) {
            (Some((was, _)), None) => visit(Difference::Removed(was))?,
            (None, Some((is, _))) => visit(Difference::Added(is))?,
            (Some((was, _)), Some((is, _))) if was != is => visit(Difference::Changed(is))?,
            _ => {}
        }
    }
}
