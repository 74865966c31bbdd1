//! The rows of one page in their stored form. They are packed only when the page turned out to be whole; until then they take one
//! allocation, however many values they have.

use super::{StoreError, encode, read};
use crate::domain::Row;
use std::ops::Deref;

/// Rows, one behind the other.
#[derive(Debug, Default)]
pub struct PageRows {
    raw: Vec<u8>,
    /// Where each row in `raw` ends.
    ends: Vec<usize>,
    /// What was wrong with the others.
    errors: Vec<StoreError>,
}

impl PageRows {
    /// Takes a row. What is wrong with one is told when the page is packed.
    pub fn push<T: Deref<Target = str>>(&mut self, row: &Row<T>) {
        let from = self.raw.len();
        match encode(row, &mut self.raw) {
            Ok(()) => self.ends.push(self.raw.len()),
            Err(error) => {
                self.raw.truncate(from);
                self.errors.push(error);
            }
        }
    }

    /// The key of the first row.
    pub fn first(&self) -> Result<Option<&str>, StoreError> {
        if self.ends.is_empty() { Ok(None) } else { read(&mut self.raw.as_slice()).map(Some) }
    }

    /// What is wrong with rows that were not taken.
    pub(super) fn take_errors(&mut self) -> Vec<StoreError> {
        std::mem::take(&mut self.errors)
    }

    /// Each row: its key, and its stored form.
    pub(super) fn rows(&self) -> impl Iterator<Item = Result<(&str, &[u8]), StoreError>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| {
            let row = &self.raw[start..*end];
            Ok((read(&mut { row })?, row))
        })
    }
}
