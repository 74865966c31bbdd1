//! All rows of another tool that a row may be: what a join across tools does not pick from, and a person can.

use super::identity::Identity;
use super::key_index::key_at;
use super::table::Table;

/// Far rows that match one near row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidates {
    /// The number of the key by which they match; none where an admin linked them.
    pub key: Option<usize>,
    /// The first of them.
    pub rows: Vec<u32>,
    /// How many there are.
    pub total: usize,
}

impl Identity {
    /// The far rows that [`Identity::resolve`] finds for a near row, the first `limit` of them. Reads the far columns from end to end:
    /// for single rows that people look at.
    pub fn candidates(&self, near: &Table, row: u32, far: &Table, limit: usize) -> Candidates {
        let name = near.keys().get(row as usize);
        let linked = self.persons.linked.get(name).into_iter().flatten().filter_map(|key| far.row_of(key));
        let linked: Vec<u32> = linked.collect();
        if !linked.is_empty() {
            return Candidates { key: None, total: linked.len(), rows: linked.into_iter().take(limit).collect() };
        }
        let found = self.keys.iter().enumerate().map(|(number, key)| {
            let columns = near.column_of(&key.pair.local).zip(far.column_of(&key.pair.remote));
            let wanted = columns.and_then(|(local, _)| key_at(local, row as usize, key.pair.normalizer));
            let is_it = |candidate: &u32| {
                let far_key = columns.and_then(|(_, remote)| key_at(remote, *candidate as usize, key.pair.normalizer));
                far_key.is_some()
                    && far_key == wanted
                    && !self.persons.are_apart(name, far.keys().get(*candidate as usize))
            };
            let rows: Vec<u32> = (0..far.rows() as u32).filter(is_it).collect();
            (number, rows)
        });
        let (key, rows) = found.into_iter().find(|(_, rows)| !rows.is_empty()).unzip();
        let rows = rows.unwrap_or_default();
        Candidates { key, total: rows.len(), rows: rows.into_iter().take(limit).collect() }
    }
}
