//! Records as the last sync left them: a hint for plans, and names for people.

use crate::{
    domain::{ConnectionId, Description, Field, ObjectName, Value, WorkspaceId},
    store::{Manifest, ObjectRef, Store, StoreError, rows},
};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, BTreeSet};

/// Segments held at once while looking for keys: at most 64 KiB each, packed.
const SEGMENTS: usize = 32;

/// A record by field name.
pub type Record = Map<String, Json>;

/// The stored records of these keys; one that is not stored is missing in the answer. None when the object was never fetched.
pub async fn records(
    store: &Store,
    workspace: &WorkspaceId,
    connection: &ConnectionId,
    object: &ObjectName,
    keys: &[String],
) -> Result<Option<BTreeMap<String, Record>>, StoreError> {
    let of = ObjectRef { connection: connection.clone(), object: object.clone() };
    let Some(manifest) = store.segments.manifest(workspace, &of).await? else { return Ok(None) };
    let wanted: BTreeSet<&str> = keys.iter().map(String::as_str).collect();
    let mut found = BTreeMap::new();
    for hashes in homes(&manifest, &wanted).chunks(SEGMENTS) {
        for segment in store.segments.get(workspace, connection, hashes).await? {
            rows::unpack(&segment, |key, values| {
                if wanted.contains(key) {
                    let values = values.iter().map(rows::ValueRef::to_value);
                    found.insert(key.to_owned(), record(&manifest.fields, values));
                }
            })?;
        }
    }
    Ok(Some(found))
}

/// The segments in which these keys lie, if they are stored at all.
fn homes(manifest: &Manifest, wanted: &BTreeSet<&str>) -> Vec<crate::store::SegmentHash> {
    let holds = |first: &str, last: &str| wanted.range(first..).next().is_some_and(|key| *key <= last);
    let segments = manifest.segments.iter().filter(|segment| holds(segment.first.as_str(), segment.last.as_str()));
    segments.map(|segment| segment.hash).collect()
}

fn record(fields: &[Field], values: impl Iterator<Item = Value>) -> Record {
    fields.iter().zip(values).map(|(field, value)| (field.name.clone(), json(value))).collect()
}

fn json(value: Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => Json::Bool(flag),
        Value::Int(number) => Json::from(number),
        Value::Float(number) => Json::from(number),
        Value::Text(text) => Json::String(text.into()),
        Value::Date(day) => day_text(day).map_or(Json::Null, Json::String),
        Value::Time(moment) => {
            jiff::Timestamp::from_microsecond(moment).map_or(Json::Null, |moment| Json::String(moment.to_string()))
        }
        Value::List(texts) => texts.into_iter().map(|text| Json::String(text.into())).collect(),
    }
}

fn day_text(day: i32) -> Option<String> {
    let epoch = jiff::civil::Date::constant(1970, 1, 1);
    let span = jiff::Span::new().try_days(day).ok()?;
    epoch.checked_add(span).ok().map(|day| day.to_string())
}

/// What people call this record, or its key where that is not known.
pub fn title(description: &Description, object: &ObjectName, key: &str, record: Option<&Record>) -> String {
    let names = description.object(object).map(|object| [object.label.as_deref(), Some(object.primary.as_str())]);
    let texts = names.into_iter().flatten().flatten().filter_map(|name| record?.get(name)?.as_str());
    texts.into_iter().find(|text| !text.is_empty()).unwrap_or(key).to_owned()
}
