//! When records were deleted, for who asks what is gone since.

use super::Data;
use crate::salesforce::schema::Object;

/// Deletions kept. Salesforce keeps fifteen days of them.
const KEPT: usize = 100_000;

/// A record that is gone, and when it went: milliseconds since 1970.
pub type Deletion = (Object, u32, i64);

impl Data {
    pub(super) fn note_deletion(&mut self, object: Object, number: u32) {
        let at = self.clock.now();
        let deletions = &mut self.changes.deletions;
        if deletions.len() >= KEPT {
            deletions.drain(..KEPT / 2);
        }
        deletions.push((object, number, at));
    }

    /// The records of an object that were deleted from a moment on and before another.
    pub fn deleted_between(&self, object: Object, from: i64, to: i64) -> impl Iterator<Item = &Deletion> {
        self.changes.deletions.iter().filter(move |(of, _, at)| *of == object && (from..to).contains(at))
    }
}
