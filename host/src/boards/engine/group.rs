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
        let numbered = keys.numbered(self.by.rows);
        let numbers = self.by.carried(numbered.numbers, numbered.unknown);
        let (mut rows, mut firsts) = (vec![0_u32; numbered.keys.len()], vec![0; numbered.keys.len()]);
        chosen.each(|row| {
            let number = numbers[row] as usize;
            if rows[number] == 0 {
                firsts[number] = row as u32;
            }
            rows[number] += 1;
        });
        let totals: Vec<Vec<Option<f64>>> =
            totals.iter().map(|total| total.of_groups(chosen, &numbers, rows.len())).collect();
        let group = |number: usize| {
            let totals = totals.iter().map(|total| total[number]).collect();
            let key = numbered.keys[number];
            (key, keys.group(key, firsts[number], rows[number] as usize, totals))
        };
        let there = (0..rows.len()).filter(|number| rows[*number] > 0);
        let mut groups: Vec<(u64, Group)> = there.map(group).collect();
        groups.sort_by_key(|(key, _)| *key);
        groups.into_iter().map(|(_, group)| group).collect()
    }
}

fn all_unknown(chosen: &Bits, totals: &[Totalled]) -> Vec<Group> {
    let Some(row) = chosen.ones().next() else { return Vec::new() };
    let numbers = vec![0; chosen.len()];
    let totals = totals.iter().flat_map(|total| total.of_groups(chosen, &numbers, 1)).collect();
    vec![Group { row, period: None, is_known: false, rows: chosen.count(), totals }]
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

    /// Of each row of the column the number of its group: small numbers, so that rows are counted by array reads.
    fn numbered(&self, rows: usize) -> Numbered {
        let unknown = self.dense as u32;
        let mut keys: Vec<u64> = (0..self.dense as u64).chain([LAST]).collect();
        let mut others: HashMap<u64, u32> = HashMap::new();
        let mut number = |key: u64| match key {
            LAST => unknown,
            dense if dense < u64::from(unknown) => dense as u32,
            other => *others.entry(other).or_insert_with(|| {
                keys.push(other);
                keys.len() as u32 - 1
            }),
        };
        let numbers = (0..rows).map(|row| number(self.at(row))).collect();
        Numbered { numbers, keys, unknown }
    }

    fn at(&self, row: usize) -> u64 {
        let Some((starts, column)) = self.periods else { return self.packed.at(row) };
        match &column.data {
            Data::Int(numbers) if column.known.get(row) => {
                starts.partition_point(|start| *start <= numbers.get(row)).saturating_sub(1) as u64
            }
            _ => LAST,
        }
    }

    fn group(&self, key: u64, row: u32, rows: usize, totals: Vec<Option<f64>>) -> Group {
        let is_known = key != LAST;
        let period = self.periods.filter(|_| is_known).map(|_| key as usize);
        Group { row, period, is_known, rows, totals }
    }
}

/// The groups that rows may be in.
struct Numbered {
    /// By row of the column.
    numbers: Vec<u32>,
    /// By number.
    keys: Vec<u64>,
    /// The number of the group of which nothing is known.
    unknown: u32,
}

impl Totalled {
    /// By group; `numbers` are those of the groups, by row.
    fn of_groups(&self, chosen: &Bits, numbers: &[u32], groups: usize) -> Vec<Option<f64>> {
        let none = match self.of {
            Total::Sum | Total::Average => 0.0,
            Total::Min => f64::INFINITY,
            Total::Max => f64::NEG_INFINITY,
        };
        let mut totals = vec![(none, 0_u64); groups];
        let Some(column) = &self.reach.column else { return vec![None; groups] };
        let at_end = (0..self.reach.rows).map(|row| number(column, row)).collect();
        let values = self.reach.carried(at_end, UNKNOWN);
        chosen.each(|row| {
            let value = values[row];
            if value.is_nan() {
                return;
            }
            let (total, count) = &mut totals[numbers[row] as usize];
            *total = match self.of {
                Total::Sum | Total::Average => *total + value,
                Total::Min => total.min(value),
                Total::Max => total.max(value),
            };
            *count += 1;
        });
        let finish = |(total, count): (f64, u64)| match self.of {
            _ if count == 0 => None,
            Total::Average => Some(total / count as f64),
            _ => Some(total),
        };
        totals.into_iter().map(finish).collect()
    }
}

/// Stands for a number that is not known: no column holds it.
const UNKNOWN: f64 = f64::NAN;

fn number(column: &Column, row: usize) -> f64 {
    match &column.data {
        Data::Int(numbers) if column.known.get(row) => numbers.get(row) as f64,
        Data::Float(numbers) if column.known.get(row) => numbers[row],
        _ => UNKNOWN,
    }
}
