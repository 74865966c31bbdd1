//! Reading back what a run changed, in the shape that a fetch gives: boards show it at once. What is not found any more is gone.

use crate::{fetch, objects};
use std::collections::BTreeMap;
use weft_integration::prelude::*;

/// Records read back at most; each is a request. What is left out, the next fetch brings.
const MAX_RECORDS: usize = 200;

/// Reads these records again. What was done is told even when they cannot be read.
pub fn read_back(touched: Vec<(&'static str, String)>) -> (Vec<ChangedRecord>, Vec<DeletedRecord>) {
    let mut keys: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (object, key) in touched.into_iter().take(MAX_RECORDS) {
        let known = keys.entry(object).or_default();
        if !known.contains(&key) {
            known.push(key);
        }
    }
    let (mut changed, mut deleted) = (Vec::new(), Vec::new());
    for (object, keys) in keys {
        match objects::find(object).and_then(|declared| Ok((declared, fetch::records(declared, &keys)?))) {
            Ok((_, found)) => {
                let is_there = |key: &String| found.iter().any(|record| record["id"] == *key);
                deleted.extend(keys.iter().filter(|key| !is_there(key)).map(|key| DeletedRecord::new(object, key)));
                changed.extend(found.iter().map(|record| ChangedRecord::new(object, record)));
            }
            Err(error) => log(
                Level::Warn,
                "records could not be read back after an action",
                &[("object", object), ("code", &error.code)],
            ),
        }
    }
    (changed, deleted)
}
