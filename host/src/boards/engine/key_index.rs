//! Rows by their key texts: what a relationship is resolved with.

use super::bits::Bits;
use super::column::Column;
use super::link::NO_ROW;
use super::normalize::normalized;
use crate::domain::Normalizer;
use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};

/// No row in a slot.
const FREE: u64 = u64::MAX;
/// Keys looked up side by side, so that the machine waits for their memory once and not one after the other.
const BATCH: usize = 256;

/// The rows of a column by their normalized texts. Its memory is one number a slot: at millions of rows the time goes into waiting
/// for memory, so a slot holds half of the hash beside the row, and a text is read where that half is the same.
pub struct KeyIndex<'a> {
    column: &'a Column,
    how: Normalizer,
    /// Seeded: key texts come from outside and may be chosen to collide.
    hasher: RandomState,
    slots: Vec<u64>,
    duplicates: usize,
    /// Rows whose key later rows have as well.
    shared: Bits,
}

impl<'a> KeyIndex<'a> {
    /// Of rows that share their key the first is kept.
    pub fn new(column: &'a Column, rows: usize, how: Normalizer) -> Self {
        let slots = vec![FREE; (rows * 2).next_power_of_two().max(2)];
        let mut index =
            Self { column, how, hasher: RandomState::new(), slots, duplicates: 0, shared: Bits::filled(rows, false) };
        for row in 0..rows {
            let Some(key) = key_at(column, row, how) else { continue };
            let hash = index.hasher.hash_one(key.as_ref());
            match index.probe(hash, &key) {
                Ok(first) => {
                    index.duplicates += 1;
                    index.shared.set(first as usize);
                }
                Err(free) => index.slots[free] = tag(hash) | row as u64,
            }
        }
        index
    }

    /// Rows that share their key with an earlier row: they are never found.
    pub fn duplicates(&self) -> usize {
        self.duplicates
    }

    /// Whether later rows have the key of this row as well.
    pub fn is_shared(&self, row: u32) -> bool {
        self.shared.get(row as usize)
    }

    /// The rows with these normalized keys, or [`NO_ROW`]. `count` is how many there will be.
    pub fn find<'k>(&self, keys: impl Iterator<Item = Option<Cow<'k, str>>>, count: usize) -> Vec<u32> {
        let mut found = Vec::with_capacity(count);
        let mut keys = keys.map(|key| key.map(|key| (self.hasher.hash_one(key.as_ref()), key)));
        let (mut batch, mut slots) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH));
        loop {
            batch.clear();
            batch.extend(keys.by_ref().take(BATCH));
            if batch.is_empty() {
                return found;
            }
            slots.clear();
            let slot = |key: &Option<(u64, Cow<'_, str>)>| {
                key.as_ref().map_or(FREE, |(hash, _)| self.slots[self.place(*hash)])
            };
            slots.extend(batch.iter().map(slot));
            found.extend(batch.iter().zip(&slots).map(|(key, slot)| match key {
                Some(_) if *slot == FREE => NO_ROW,
                Some((hash, key)) if self.holds(*slot, *hash, key) => row_of(*slot),
                Some((hash, key)) => self.probe(*hash, key).unwrap_or(NO_ROW),
                None => NO_ROW,
            }));
        }
    }

    /// The row with this key, or the slot that is free for it. Half of the slots are free, so that there is one.
    fn probe(&self, hash: u64, key: &str) -> Result<u32, usize> {
        let mut at = self.place(hash);
        loop {
            match self.slots[at] {
                FREE => return Err(at),
                slot if self.holds(slot, hash, key) => return Ok(row_of(slot)),
                _ => at = (at + 1) & (self.slots.len() - 1),
            }
        }
    }

    fn place(&self, hash: u64) -> usize {
        hash as usize & (self.slots.len() - 1)
    }

    fn holds(&self, slot: u64, hash: u64, key: &str) -> bool {
        let row = row_of(slot) as usize;
        // What is normal already is compared where it stands.
        let is_it =
            || self.column.is_kept_as(row, key) || key_at(self.column, row, self.how).is_some_and(|at| at == key);
        slot & tag(u64::MAX) == tag(hash) && is_it()
    }
}

/// The half of a hash that a slot holds: the one that does not choose the slot.
fn tag(hash: u64) -> u64 {
    hash >> 32 << 32
}

fn row_of(slot: u64) -> u32 {
    slot as u32
}

/// The text of a row that relationships compare, normalized.
pub fn key_at(column: &Column, row: usize, how: Normalizer) -> Option<Cow<'_, str>> {
    let folds = matches!(how, Normalizer::Folded | Normalizer::Email);
    normalized(how, column.key_text(row, folds)?)
}
