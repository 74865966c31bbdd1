//! Reading back what a run changed, in the shape that a fetch gives: boards show it at once. What is not found any more is gone.

use super::operation::Touched;
use crate::{fetch, id};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use weft_integration::prelude::*;

/// Keys that one fetch takes.
const KEYS_TOGETHER: usize = 200;

/// What ids of our objects begin with.
const PREFIXES: &[(&str, &str)] = &[
    ("005", "User"),
    ("00E", "UserRole"),
    ("00G", "Group"),
    ("011", "GroupMember"),
    ("0PS", "PermissionSet"),
    ("0Pa", "PermissionSetAssignment"),
    ("0PG", "PermissionSetGroup"),
    ("0PM", "PermissionSetGroupComponent"),
    ("2LA", "LicenseAssignment"),
    ("051", "LicenseAssignment"),
    ("100", "License"),
    ("0PL", "License"),
    ("050", "License"),
];

/// The records that a target's key and the state before it name.
pub fn named(key: &str, before: &str) -> Vec<Touched> {
    let mut named = of_id(key).into_iter().collect();
    collect(&serde_json::from_str(before).unwrap_or_default(), &mut named);
    named
}

fn collect(value: &Json, into: &mut Vec<Touched>) {
    match value {
        Json::String(text) => into.extend(of_id(text)),
        Json::Array(items) => items.iter().for_each(|item| collect(item, into)),
        Json::Object(members) => members.values().for_each(|member| collect(member, into)),
        _ => {}
    }
}

/// The record that an id names, by what it begins with.
pub fn of_id(text: &str) -> Option<Touched> {
    let id = id::normalize(text)?;
    let (_, object) = PREFIXES.iter().find(|(prefix, _)| id.starts_with(prefix))?;
    Some(Touched::new(object, id))
}

/// Reads these records again. What was done is told even when they cannot be read: the next sync brings them.
pub fn read_back(touched: Vec<Touched>) -> (Vec<ChangedRecord>, Vec<DeletedRecord>) {
    let mut keys: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for Touched { object, key } in touched {
        keys.entry(object).or_default().insert(key);
    }
    let (mut changed, mut deleted) = (Vec::new(), Vec::new());
    for (object, keys) in keys {
        let keys: Vec<String> = keys.into_iter().collect();
        match read(object, &keys) {
            Ok(found) => sort(object, &keys, found, &mut changed, &mut deleted),
            Err(error) => log(
                Level::Warn,
                "records could not be read back after an action",
                &[("object", object), ("code", &error.code)],
            ),
        }
    }
    (changed, deleted)
}

fn sort(
    object: &str,
    keys: &[String],
    found: Vec<Json>,
    changed: &mut Vec<ChangedRecord>,
    deleted: &mut Vec<DeletedRecord>,
) {
    let is_there = |key: &String| found.iter().any(|record| id::same(record["Id"].as_str(), Some(key)));
    // Users, and what hangs on them alone, are never deleted: one that is not found is one that may not be seen.
    let stays = ["User", "UserLogin", "License"].contains(&object);
    let gone = keys.iter().filter(|key| !stays && !is_there(key));
    deleted.extend(gone.map(|key| DeletedRecord::new(object, key)));
    changed.extend(found.iter().map(|record| ChangedRecord::new(object, record)));
}

fn read(object: &str, keys: &[String]) -> Result<Vec<Json>, Error> {
    if object == "OauthToken" {
        // They are only ever ended: to look through all tokens of the org for one that is gone would take long.
        return Ok(Vec::new());
    }
    let mut records = Vec::new();
    for keys in keys.chunks(KEYS_TOGETHER) {
        records.extend(fetch::records(object, keys)?);
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_the_state_before_name_the_records_to_look_at() {
        let before = r#"{"IsActive":true,"Assignment":"0PaD0000001AbCd","Licences":3,"Note":"005"}"#;
        let found = named("005D0000001AbCd", before);
        let objects: Vec<&str> = found.iter().map(|touched| touched.object).collect();
        assert_eq!(objects, ["User", "PermissionSetAssignment"]);
        assert!(named("", "null").is_empty() && named("f00d", "nonsense").is_empty());
    }

    #[test]
    fn what_is_not_found_is_gone_but_users_never_are() {
        let keys = ["0PaD0000001AbCdEAF", "0PaD0000001AbCeEAF"].map(|key| id::normalize(&key[..15]).unwrap());
        let (mut changed, mut deleted) = (Vec::new(), Vec::new());
        let found = vec![serde_json::json!({ "Id": keys[0] })];
        sort("PermissionSetAssignment", &keys, found, &mut changed, &mut deleted);
        assert_eq!((changed.len(), deleted[0].key.as_str()), (1, keys[1].as_str()));
        let (mut changed, mut deleted) = (Vec::new(), Vec::new());
        sort("User", &keys, Vec::new(), &mut changed, &mut deleted);
        assert!(changed.is_empty() && deleted.is_empty());
    }
}
