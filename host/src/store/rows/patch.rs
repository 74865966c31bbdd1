//! Brings records as an action left them into the stored rows: only the segments they lie in are written anew.

use super::{Packer, StoreError, unpack};
use crate::domain::{Change, ConnectionId, ObjectName, Row, Value, WorkspaceId};
use crate::store::{FlipError, Manifest, ObjectRef, SegmentInfo, Store};
use bytes::Bytes;
use std::collections::BTreeMap;

/// Each conflict means that somebody else's flip got through; so many in a row means that something is broken.
const TRIES: usize = 16;

/// What becomes of each key: its new values, or gone.
type Wanted = BTreeMap<String, Option<Vec<Value>>>;

/// Brings these changes into the rows of a connection, and names the objects that are different now. Doing it again changes
/// nothing. An object that was never fetched is left alone, and so is a row whose number of values does not fit the stored fields:
/// the next sync brings both.
pub async fn patch_rows(
    store: &Store,
    tenant: &WorkspaceId,
    connection: &ConnectionId,
    changes: &[Change],
) -> Result<Vec<ObjectName>, StoreError> {
    let mut wanted = BTreeMap::<ObjectName, Wanted>::new();
    for change in changes {
        let (object, key, values) = match change {
            Change::Put { object, row } => (object, row.key.to_string(), Some(row.values.clone())),
            Change::Delete { object, key } => (object, key.clone(), None),
        };
        wanted.entry(object.clone()).or_default().insert(key, values);
    }
    let mut changed = Vec::new();
    for (object, wanted) in wanted {
        let of = ObjectRef { connection: connection.clone(), object };
        if patch_object(store, tenant, &of, &wanted).await? {
            changed.push(of.object);
        }
    }
    Ok(changed)
}

async fn patch_object(
    store: &Store,
    tenant: &WorkspaceId,
    of: &ObjectRef,
    wanted: &Wanted,
) -> Result<bool, StoreError> {
    for _ in 0..TRIES {
        let Some(before) = store.segments.manifest(tenant, of).await? else { return Ok(false) };
        let Some((after, segments)) = patched(store, tenant, of, &before, wanted).await? else { return Ok(false) };
        store.segments.put(tenant, &of.connection, segments).await?;
        match store.segments.flip(tenant, of, before.generation, after).await {
            Ok(()) => return Ok(true),
            Err(FlipError::Conflict { .. }) => {}
            Err(FlipError::Store(error)) => return Err(error),
        }
    }
    Err(StoreError::Io(format!("{} changed {TRIES} times while it was to be patched; try again", of.object)))
}

/// The manifest with the changes in it and the segments it needs, or none when there is nothing to change.
async fn patched(
    store: &Store,
    tenant: &WorkspaceId,
    of: &ObjectRef,
    before: &Manifest,
    wanted: &Wanted,
) -> Result<Option<(Manifest, Vec<Bytes>)>, StoreError> {
    let mut touched = BTreeMap::<usize, Vec<(&String, &Option<Vec<Value>>)>>::new();
    for (key, values) in wanted {
        if values.as_ref().is_some_and(|values| values.len() != before.fields.len()) {
            tracing::warn!(object = %of.object, "A changed record does not fit the stored fields; the next sync brings it");
            continue;
        }
        touched.entry(place(&before.segments, key)).or_default().push((key, values));
    }
    let mut after = before.clone();
    let mut new = Vec::new();
    // From the back, so that the places in front stay where they are.
    for (index, changes) in touched.into_iter().rev() {
        let old = before.segments.get(index..=index).unwrap_or_default();
        let mut rows = rows_of(store, tenant, of, old).await?;
        for (key, values) in changes {
            match values {
                Some(values) => rows.insert(key.clone(), values.clone()),
                None => rows.remove(key),
            };
        }
        let (infos, bytes) = repack(rows)?;
        after.segments.splice(index..index + old.len(), infos);
        new.extend(bytes);
    }
    after.rows = after.segments.iter().map(|segment| u64::from(segment.rows)).sum();
    Ok((after.segments != before.segments).then_some((after, new)))
}

/// The segment this key lies or would lie in.
fn place(segments: &[SegmentInfo], key: &str) -> usize {
    segments.partition_point(|segment| segment.first.as_str() <= key).saturating_sub(1)
}

async fn rows_of(
    store: &Store,
    tenant: &WorkspaceId,
    of: &ObjectRef,
    segments: &[SegmentInfo],
) -> Result<BTreeMap<String, Vec<Value>>, StoreError> {
    let hashes: Vec<_> = segments.iter().map(|segment| segment.hash).collect();
    let mut rows = BTreeMap::new();
    for bytes in store.segments.get(tenant, &of.connection, &hashes).await? {
        unpack(&bytes, |key, values| {
            rows.insert(key.to_owned(), values.iter().map(super::ValueRef::to_value).collect());
        })?;
    }
    Ok(rows)
}

fn repack(rows: BTreeMap<String, Vec<Value>>) -> Result<(Vec<SegmentInfo>, Vec<Bytes>), StoreError> {
    let mut packer = Packer::new(&[])?;
    for (key, values) in rows {
        packer.push(&Row { key: key.into(), values })?;
    }
    Ok(packer.finish()?.into_iter().map(|packed| (packed.info, packed.bytes)).unzip())
}
