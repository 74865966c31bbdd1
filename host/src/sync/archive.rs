//! Objects that the tool forgets and Weft keeps: what was fetched is merged with what is stored, by key, and what is too old goes.
//! Both sides are read as streams, so that an archive of any size takes the memory of two segments.

use super::{
    compare::Snapshot,
    shelf::{Columns, Dated, Rows, Shelf},
};
use crate::{
    domain::{Archive, Field, Millis},
    store::{SegmentInfo, StoreError, rows::Packer},
};

/// Segments put at once: each put is a sync of the disk.
const SEGMENTS_AT_ONCE: usize = 64;
const DAY_MS: Millis = 24 * 60 * 60 * 1000;

/// The oldest moment that is kept, in microseconds since 1970-01-01T00:00:00Z.
pub(super) fn oldest(archive: &Archive, now: Millis) -> i64 {
    (now - Millis::from(archive.days) * DAY_MS).saturating_mul(1000)
}

/// The newest moment in store, in microseconds since 1970-01-01T00:00:00Z. Blocks.
pub(super) fn newest(shelf: &Shelf, stored: Snapshot<'_>, by: &str) -> Result<Option<i64>, StoreError> {
    let columns = Columns::new(stored.fields, &[]).dated(stored.fields, by);
    let mut rows = Rows::new(shelf, stored.segments, columns);
    let mut newest = None;
    while let Some((_, at)) = rows.next()? {
        newest = newest.max(at);
    }
    Ok(newest)
}

/// Merges what was fetched (with `fields`) into what is stored, and stores the result: a record that was fetched replaces the stored
/// one, columns that were not stored are unknown in the old rows, and records from before `oldest` are dropped. One whose age is
/// not known is kept. Blocks.
pub(super) fn merge(
    shelf: &Shelf,
    stored: Snapshot<'_>,
    fetched: Snapshot<'_>,
    by: &str,
    oldest: i64,
) -> Result<Vec<SegmentInfo>, StoreError> {
    let columns = |of: &[Field]| Columns::new(of, fetched.fields).dated(of, by);
    let mut old = Rows::new(shelf, stored.segments, columns(stored.fields));
    let mut new = Rows::new(shelf, fetched.segments, columns(fetched.fields));
    let mut packer = Packer::new(stored.segments)?.leaving_out();
    let (mut done, mut packed) = (Vec::new(), Vec::new());
    while let Some((row, at)) = next(&mut old, &mut new)? {
        if at.is_some_and(|at| at < oldest) {
            continue;
        }
        packer.push_raw(&row)?;
        packed.extend(packer.take());
        if packed.len() >= SEGMENTS_AT_ONCE {
            done.extend(shelf.put(std::mem::take(&mut packed))?);
        }
    }
    packed.extend(packer.finish()?);
    done.extend(shelf.put(packed)?);
    Ok(done)
}

/// The next row of either; the fetched one where both have the key.
fn next(old: &mut Rows<'_>, new: &mut Rows<'_>) -> Result<Option<Dated>, StoreError> {
    match (old.key(), new.key()) {
        (Some(left), Some(right)) if left < right => old.next(),
        (Some(left), Some(right)) if left == right => {
            old.next()?;
            new.next()
        }
        (Some(_), None) => old.next(),
        _ => new.next(),
    }
}
