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
        let linked = self.persons.linked.get(name.as_ref()).into_iter().flatten().filter_map(|key| far.row_of(key));
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
                    && !self.persons.are_apart(&name, &far.keys().get(*candidate as usize))
            };
            let rows: Vec<u32> = (0..far.rows() as u32).filter(is_it).collect();
            (number, rows)
        });
        let (key, rows) = found.into_iter().find(|(_, rows)| !rows.is_empty()).unzip();
        let rows = rows.unwrap_or_default();
        Candidates { key, total: rows.len(), rows: rows.into_iter().take(limit).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::identity::{MATCH_NONE, MATCH_PERSON, MATCH_SEVERAL, PersonLinks, SharedKey};
    use super::super::link::{KeyPair, NO_ROW};
    use super::super::table::{TableBuilder, TableOrigin};
    use super::*;
    use crate::domain::{Field, FieldType, Normalizer, Value};
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use std::sync::Arc;

    const FIELDS: [&str; 3] = ["Id", "mail", "name"];
    /// Rows of each table.
    const ROWS: usize = 5;

    fn table(rows: &[[Option<u8>; 2]]) -> Table {
        let fields = FIELDS.iter().map(|name| Field::plain(name, FieldType::Text)).collect();
        let mut builder = TableBuilder::new(TableOrigin::default(), fields, "Id", rows.len());
        for (number, row) in rows.iter().enumerate() {
            let key = number.to_string();
            let text =
                |value: &Option<u8>| value.map_or(Value::Null, |value| Value::from(format!("v{value}").as_str()));
            let values: Vec<Value> = [Value::from(key.as_str())].into_iter().chain(row.iter().map(text)).collect();
            builder.push(&key, &values).unwrap();
        }
        builder.finish().unwrap()
    }

    fn rows() -> impl Strategy<Value = Vec<[Option<u8>; 2]>> {
        prop::collection::vec(prop::array::uniform2(prop::option::of(0..3_u8)), ROWS)
    }

    proptest! {
        /// What a join says of a row and what can be picked for it never differ.
        #[test]
        fn agree_with_the_join(
            near in rows(),
            far in rows(),
            said in prop::collection::btree_map((0..ROWS, 0..ROWS + 1), any::<bool>(), 0..4),
        ) {
            let said: BTreeMap<(usize, usize), bool> = said;
            let pairs = said.into_iter().map(|((near, far), same)| (near.to_string(), far.to_string(), same));
            let key = |field: &str| SharedKey {
                kind: field.into(),
                pair: KeyPair { local: field.into(), remote: field.into(), normalizer: Normalizer::Folded },
            };
            let keys = FIELDS[1..].iter().map(|field| key(field)).collect();
            let identity = Identity { keys, persons: Arc::new(PersonLinks::new(pairs)) };
            let (near, far) = (table(&near), table(&far));
            let (matched, how) = identity.resolve(&near, &far);
            for (row, matched) in matched.into_iter().enumerate() {
                let Candidates { key, rows, total } = identity.candidates(&near, row as u32, &far, ROWS);
                prop_assert_eq!(rows.len(), total);
                match how.how.value(row).as_text() {
                    Some(MATCH_SEVERAL) => prop_assert!(total > 1),
                    None | Some(MATCH_NONE) => prop_assert_eq!((total, matched), (0, NO_ROW)),
                    Some(found) => {
                        let kind = key.map_or(MATCH_PERSON, |key| FIELDS[key + 1]);
                        prop_assert_eq!((found, rows.as_slice()), (kind, &[matched][..]));
                    }
                }
            }
        }
    }
}
