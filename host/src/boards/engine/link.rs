//! Joins resolved to row numbers, once for each pair of tables: after that a join is an array read.

use super::bits::Bits;
use super::column::{Column, Data};
use super::identity::{Identity, Matches};
use super::key_index::{KeyIndex, key_at};
use super::normalize::normalized;
use super::table::Table;
use crate::domain::{Cardinality, Normalizer, ObjectRef};
use std::sync::Arc;

/// No row.
pub const NO_ROW: u32 = u32::MAX;

/// A join of two tables as seen from one side.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EdgeKey {
    /// The object at the near end.
    pub near: ObjectRef,
    /// The object at the far end.
    pub object: ObjectRef,
    /// How many records stand at the far end.
    pub cardinality: Cardinality,
    /// What tells that two rows belong together.
    pub by: By,
}

/// What tells that two rows belong together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// A relationship inside a tool: one field on each side.
    Relationship(KeyPair),
    /// Identity keys across tools. Always seen as leading to one record at most.
    Identity(Arc<Identity>),
}

/// Two fields whose texts are compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyPair {
    /// The field of the near table.
    pub local: String,
    /// The field of the far table.
    pub remote: String,
    /// How their texts are made equal.
    pub normalizer: Normalizer,
}

impl By {
    /// The pairs of fields of which one at least must be there for anything to be known.
    pub fn pairs(&self) -> Vec<&KeyPair> {
        match self {
            Self::Relationship(pair) => vec![pair],
            Self::Identity(identity) => identity.keys.iter().map(|key| &key.pair).collect(),
        }
    }

    fn flipped(&self) -> Self {
        match self {
            Self::Relationship(KeyPair { local, remote, normalizer }) => {
                Self::Relationship(KeyPair { local: remote.clone(), remote: local.clone(), normalizer: *normalizer })
            }
            Self::Identity(identity) => Self::Identity(identity.clone()),
        }
    }
}

impl EdgeKey {
    /// It is the join across tools that the other one was before an admin said something else of two records.
    pub fn replaces(&self, other: &Self) -> bool {
        let is_identity = |edge: &Self| matches!(edge.by, By::Identity(_));
        is_identity(self) && is_identity(other) && self.object == other.object
    }

    /// The same relationship from its other end.
    pub fn flipped(&self) -> Self {
        let cardinality = match self.cardinality {
            Cardinality::ToOne => Cardinality::ToMany,
            Cardinality::ToMany => Cardinality::ToOne,
        };
        Self { near: self.object.clone(), object: self.near.clone(), cardinality, by: self.by.flipped() }
    }
}

/// A relationship between two tables.
#[derive(Debug)]
pub struct Link {
    /// Where each near row leads.
    pub rows: Reached,
    /// Rows on the side of "one" that share their key with an earlier row: they are never reached.
    pub duplicates: usize,
    /// Across tools: how each near row was matched.
    pub matches: Option<Matches>,
}

/// Far rows by near row.
#[derive(Debug)]
pub enum Reached {
    /// At most one: its number, or [`NO_ROW`].
    One(Vec<u32>),
    /// Any number: where the run of each near row ends, and the runs behind each other, ascending.
    Many {
        /// The same relationship from its other end: the near row of each far one.
        leads: Arc<Link>,
        /// Where each run ends.
        ends: Vec<u32>,
        /// The runs.
        rows: Vec<u32>,
    },
}

impl Reached {
    /// How many near rows there are.
    pub fn near_rows(&self) -> usize {
        match self {
            Self::One(rows) => rows.len(),
            Self::Many { ends, .. } => ends.len(),
        }
    }
}

impl Link {
    /// Resolves a relationship. A field that is not there reaches nothing.
    pub fn resolve(near: &Table, edge: &EdgeKey, far: &Table) -> Self {
        match (&edge.by, edge.cardinality) {
            (By::Identity(identity), _) => {
                let (rows, matches) = identity.resolve(near, far);
                Self { rows: Reached::One(rows), duplicates: 0, matches: Some(matches) }
            }
            (By::Relationship(pair), Cardinality::ToOne) => {
                let (local, remote) = (near.column_of(&pair.local), far.column_of(&pair.remote));
                let (rows, duplicates) = lead(local, near.rows(), remote, far.rows(), pair.normalizer);
                Self { rows: Reached::One(rows), duplicates, matches: None }
            }
            (_, Cardinality::ToMany) => {
                let leads = far.link(&edge.flipped(), near);
                let duplicates = leads.duplicates;
                Self { rows: invert(leads, near.rows()), duplicates, matches: None }
            }
        }
    }

    /// Near rows of which it is not known where they lead: those with several matches, and those with no key to match by.
    pub fn unclear(&self) -> Option<&Bits> {
        self.matches.as_ref().map(|matches| &matches.unclear)
    }

    /// The far row of a to-one relationship, or the first of a to-many one.
    pub fn first(&self, row: u32) -> Option<u32> {
        match &self.rows {
            Reached::One(rows) => rows.get(row as usize).copied().filter(|row| *row != NO_ROW),
            Reached::Many { .. } => self.all(row).first().copied(),
        }
    }

    /// All far rows.
    pub fn all(&self, row: u32) -> &[u32] {
        let row = row as usize;
        match &self.rows {
            Reached::One(rows) => match rows.get(row) {
                Some(far) if *far != NO_ROW => std::slice::from_ref(far),
                _ => &[],
            },
            Reached::Many { ends, rows, .. } => {
                let start = if row == 0 { 0 } else { ends[row - 1] as usize };
                &rows[start..ends[row] as usize]
            }
        }
    }

    /// The row that each row leads to, of a to-one relationship.
    pub fn leads(&self) -> &[u32] {
        match &self.rows {
            Reached::One(rows) => rows,
            Reached::Many { .. } => &[],
        }
    }

    /// Bytes held, without those of the other end.
    pub fn bytes(&self) -> usize {
        match &self.rows {
            Reached::One(rows) => rows.len() * 4 + self.matches.as_ref().map_or(0, Matches::bytes),
            Reached::Many { ends, rows, .. } => (ends.len() + rows.len()) * 4,
        }
    }
}

/// For each row of `from` the row of `to` with the same key. Of rows in `to` that share a key the first is kept.
fn lead(
    from: Option<&Column>,
    from_rows: usize,
    to: Option<&Column>,
    to_rows: usize,
    how: Normalizer,
) -> (Vec<u32>, usize) {
    let (Some(from), Some(to)) = (from, to) else { return (vec![NO_ROW; from_rows], 0) };
    let index = KeyIndex::new(to, to_rows, how);
    // A dictionary is looked up once for each distinct text.
    if let Data::Dictionary(texts, codes) = &from.data {
        let found = index.find(texts.iter().map(|text| normalized(how, text)), texts.len());
        let at = |row| if from.known.get(row) { found[codes.get(row)] } else { NO_ROW };
        return ((0..from_rows).map(at).collect(), index.duplicates());
    }
    (index.find((0..from_rows).map(|row| key_at(from, row, how)), from_rows), index.duplicates())
}

/// Turns how long each run is into where it starts, and answers how long all are. Who fills the runs moves each start on to its end.
pub(super) fn starts(lengths: &mut [u32]) -> u32 {
    let mut total = 0;
    for run in lengths {
        total += std::mem::replace(run, total);
    }
    total
}

/// Turns "which one does each far row lead to" into "which far rows does each near row have".
fn invert(link: Arc<Link>, near_rows: usize) -> Reached {
    let leads = link.leads();
    let mut ends = vec![0; near_rows];
    leads.iter().filter(|near| **near != NO_ROW).for_each(|near| ends[*near as usize] += 1);
    let mut rows = vec![0; starts(&mut ends) as usize];
    for (far, near) in leads.iter().enumerate().filter(|(_, near)| **near != NO_ROW) {
        let end = &mut ends[*near as usize];
        rows[*end as usize] = far as u32;
        *end += 1;
    }
    Reached::Many { leads: link, ends, rows }
}
