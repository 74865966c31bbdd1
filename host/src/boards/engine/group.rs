//! Rows counted and totalled by the value they have in one column.

use super::bits::Bits;
use super::column::{Column, Data};
use super::filter::Reach;
use super::order::{LAST, Packed};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// How rows are put into groups.
#[derive(Clone, Debug)]
pub struct Grouping {
    /// Rows with the same value here belong together; so do those of which it is not known.
    pub by: Reach,
    /// Of dates and timestamps: where each period starts, ascending. A value belongs to the last one that does not start after it.
    pub periods: Option<Vec<i64>>,
}

/// What is made of a number of the rows of each group.
#[derive(Clone, Debug)]
pub struct Totalled {
    /// How.
    pub of: Total,
    /// Of which number.
    pub reach: Reach,
}

/// How numbers become one. Unknown ones are passed over; of none at all nothing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Total {
    /// All together.
    Sum,
    /// Their mean.
    Average,
    /// The smallest.
    Min,
    /// The largest.
    Max,
}

/// Rows that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// One of its rows, to read what they have in common.
    pub row: u32,
    /// Of periods: the number of the period; none where the value is not known.
    pub period: Option<usize>,
    /// The value is known.
    pub is_known: bool,
    /// How many.
    pub rows: usize,
    /// One for each total asked for.
    pub totals: Vec<Option<f64>>,
}

impl Grouping {
    /// The groups of the chosen rows in the order of their values, the unknown last.
    pub fn groups(&self, chosen: &Bits, totals: &[Totalled]) -> Vec<Group> {
        let Some(column) = &self.by.column else { return all_unknown(chosen, totals) };
        let keys = Keys::new(column, self.periods.as_deref());
        let mut numbers: HashMap<u64, usize> = HashMap::new();
        let mut dense = vec![usize::MAX; keys.dense_len()];
        let mut groups: Vec<(u64, Group)> = Vec::new();
        let mut members: Vec<(u32, u32)> = Vec::with_capacity(if totals.is_empty() { 0 } else { chosen.count() });
        for row in chosen.ones() {
            let key = self.by.row(row).map_or(LAST, |at| keys.at(at as usize));
            let number = match dense.get_mut(key as usize) {
                Some(number) if *number != usize::MAX => *number,
                Some(number) => {
                    *number = groups.len();
                    groups.len()
                }
                None => *numbers.entry(key).or_insert(groups.len()),
            };
            if number == groups.len() {
                groups.push((key, keys.group(key, row)));
            }
            groups[number].1.rows += 1;
            if !totals.is_empty() {
                members.push((row, number as u32));
            }
        }
        for total in totals {
            let values = total.of_groups(&members, groups.len());
            groups.iter_mut().zip(values).for_each(|((_, group), value)| group.totals.push(value));
        }
        groups.sort_by_key(|(key, _)| *key);
        groups.into_iter().map(|(_, group)| group).collect()
    }
}

fn all_unknown(chosen: &Bits, totals: &[Totalled]) -> Vec<Group> {
    let Some(row) = chosen.ones().next() else { return Vec::new() };
    let members: Vec<(u32, u32)> = chosen.ones().map(|row| (row, 0)).collect();
    let totals = totals.iter().flat_map(|total| total.of_groups(&members, 1)).collect();
    vec![Group { row, period: None, is_known: false, rows: members.len(), totals }]
}

/// What tells groups apart, by the row of the column.
struct Keys<'a> {
    packed: Packed<'a>,
    periods: Option<(&'a [i64], &'a Column)>,
    dense: usize,
}

impl<'a> Keys<'a> {
    fn new(column: &'a Column, periods: Option<&'a [i64]>) -> Self {
        // Ranks of texts are small numbers: groups are found by an array read instead of a hash.
        let dense = match (&column.data, periods) {
            (_, Some(periods)) => periods.len(),
            (Data::Bool(_), _) => 2,
            _ => column.texts().map_or(0, |texts| texts.len()),
        };
        Self { packed: Packed::new(column, false), periods: periods.map(|periods| (periods, column)), dense }
    }

    fn dense_len(&self) -> usize {
        self.dense
    }

    fn at(&self, row: usize) -> u64 {
        let Some((starts, column)) = self.periods else { return self.packed.at(row) };
        match &column.data {
            Data::Int(numbers) if column.known.get(row) => {
                starts.partition_point(|start| *start <= numbers[row]).saturating_sub(1) as u64
            }
            _ => LAST,
        }
    }

    fn group(&self, key: u64, row: u32) -> Group {
        let is_known = key != LAST;
        let period = self.periods.filter(|_| is_known).map(|_| key as usize);
        Group { row, period, is_known, rows: 0, totals: Vec::new() }
    }
}

impl Totalled {
    /// By group; `members` are rows with the number of their group.
    fn of_groups(&self, members: &[(u32, u32)], groups: usize) -> Vec<Option<f64>> {
        let mut totals = vec![(0.0_f64, 0_u64); groups];
        for (row, group) in members {
            let Some(number) = self.number(*row) else { continue };
            let (total, count) = &mut totals[*group as usize];
            *total = match self.of {
                _ if *count == 0 => number,
                Total::Sum | Total::Average => *total + number,
                Total::Min => total.min(number),
                Total::Max => total.max(number),
            };
            *count += 1;
        }
        let finish = |(total, count): (f64, u64)| match self.of {
            _ if count == 0 => None,
            Total::Average => Some(total / count as f64),
            _ => Some(total),
        };
        totals.into_iter().map(finish).collect()
    }

    fn number(&self, row: u32) -> Option<f64> {
        let (column, at) = (self.reach.column.as_ref()?, self.reach.row(row)? as usize);
        match &column.data {
            Data::Int(numbers) if column.known.get(at) => Some(numbers[at] as f64),
            Data::Float(numbers) if column.known.get(at) => Some(numbers[at]),
            _ => None,
        }
    }
}
