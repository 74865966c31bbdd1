//! Order: each sort key packed into 64 bits, and the first so many rows picked without sorting the rest.

use super::bits::Bits;
use super::column::{Column, Data};
use super::filter::Reach;
use super::link::Reached;
use std::cmp::Ordering;

/// The packed key of what is not known: last, whichever way the order goes.
pub(super) const LAST: u64 = u64::MAX;

/// A column to sort by.
#[derive(Clone, Debug)]
pub struct Sort {
    /// The column.
    pub by: Reach,
    /// Largest first. The unknown comes last all the same.
    pub descending: bool,
}

/// The first `count` of the chosen rows in this order. Equal rows follow in the order of their keys, so that pages never overlap.
pub fn first_rows(chosen: &Bits, sorts: &[Sort], count: usize) -> Vec<u32> {
    if sorts.is_empty() {
        return chosen.ones().take(count).collect();
    }
    if count == 0 {
        return Vec::new();
    }
    let keys: Vec<Keys<'_>> = sorts.iter().map(Keys::new).collect();
    let compare = |a: &(u64, u32), b: &(u64, u32)| {
        let rest = || keys[1..].iter().map(|key| key.at(a.1).cmp(&key.at(b.1))).find(|order| order.is_ne());
        a.0.cmp(&b.0).then_with(|| rest().unwrap_or(Ordering::Equal)).then(a.1.cmp(&b.1))
    };
    // Twice as many as asked are held before the worse half goes: each row is then looked at about once.
    let room = count.saturating_mul(2).max(1024);
    let mut held: Vec<(u64, u32)> = Vec::with_capacity(room.min(chosen.len()));
    let mut worst: Option<(u64, u32)> = None;
    for row in chosen.ones() {
        let entry = (keys[0].at(row), row);
        if worst.is_some_and(|worst| compare(&entry, &worst).is_gt()) {
            continue;
        }
        held.push(entry);
        if held.len() == room {
            held.select_nth_unstable_by(count - 1, compare);
            held.truncate(count);
            worst = held.last().copied();
        }
    }
    held.sort_unstable_by(compare);
    held.truncate(count);
    held.into_iter().map(|entry| entry.1).collect()
}

/// A sort key ready to be read by base row.
enum Keys<'a> {
    Column(Packed<'a>),
    Through(&'a [u32], Packed<'a>),
    Values(Vec<u64>),
}

impl<'a> Keys<'a> {
    fn new(sort: &'a Sort) -> Self {
        let Some(column) = &sort.by.column else { return Self::Values(Vec::new()) };
        let packed = Packed::new(column, sort.descending);
        match (sort.by.steps.as_slice(), sort.by.steps.first().map(|link| &link.rows)) {
            ([_], Some(Reached::One(rows))) => Self::Through(rows, packed),
            (_, Some(_)) => {
                let at_end = (0..sort.by.rows).map(|row| packed.at(row)).collect();
                Self::Values(sort.by.carried(at_end, LAST))
            }
            (_, None) => Self::Column(packed),
        }
    }

    fn at(&self, row: u32) -> u64 {
        match self {
            Self::Column(packed) => packed.at(row as usize),
            Self::Through(rows, packed) => packed.at(rows[row as usize] as usize),
            Self::Values(values) => values.get(row as usize).copied().unwrap_or(LAST),
        }
    }
}

/// A column read as packed keys.
pub(super) struct Packed<'a> {
    column: &'a Column,
    ranks: &'a [u32],
    descending: bool,
}

impl<'a> Packed<'a> {
    /// Ranks the texts of a text column, once.
    pub fn new(column: &'a Column, descending: bool) -> Self {
        Self { column, ranks: column.texts().map_or(&[], |texts| texts.ranks()), descending }
    }

    /// The key of a row of the column; a row past the end is not known.
    pub fn at(&self, row: usize) -> u64 {
        if !self.column.known.get(row) {
            return LAST;
        }
        let ascending = match &self.column.data {
            Data::Bool(bits) => u64::from(bits.get(row)),
            Data::Int(numbers) => numbers.get(row).cast_unsigned() ^ (1 << 63),
            Data::Float(numbers) => pack_float(numbers[row]),
            Data::Dictionary(_, codes) => u64::from(self.ranks[codes.get(row)]),
            Data::Heap(_) => u64::from(self.ranks[row]),
            // By the first item; a list without items comes after all that have some.
            Data::Lists(lists) => match lists.get(row).first() {
                Some(code) => u64::from(self.ranks[*code as usize]),
                None => return LAST - 1,
            },
        };
        // One step below LAST is kept free at both ends: the two largest numbers of 64 bits sort as one.
        let ascending = ascending.min(LAST - 2);
        if self.descending { LAST - 2 - ascending } else { ascending }
    }
}

/// The bits of a float, turned so that they sort as the numbers do; both zeros are one.
fn pack_float(number: f64) -> u64 {
    let bits = if number == 0.0 { 0 } else { number.to_bits() };
    if bits >> 63 == 1 { !bits } else { bits | (1 << 63) }
}
