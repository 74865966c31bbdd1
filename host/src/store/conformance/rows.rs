//! Patching stored rows.

use super::{Bench, on_every_engine, tenant};
use crate::domain::{Change, ConnectionId, Field, FieldType, ObjectName, Row, Value};
use crate::store::rows::{Packer, unpack};
use crate::store::{Manifest, ObjectRef, Store, patch_rows};
use std::collections::BTreeMap;

on_every_engine! { patches_rows, patches_at_the_same_time_all_arrive }

fn connection() -> ConnectionId {
    "c".into()
}

fn of() -> ObjectRef {
    ObjectRef { connection: connection(), object: "User".into() }
}

fn field(name: &str) -> Field {
    Field {
        name: name.into(),
        title: name.into(),
        help: None,
        kind: FieldType::Text,
        unit: None,
        pointer: format!("/{name}"),
        format: None,
        choices: vec![],
        sealed: false,
        default: true,
    }
}

fn row(n: usize, text: &str) -> Row {
    Row { key: format!("{n:06}").into(), values: vec![text.into(), Value::Int(n as i64)] }
}

fn put(row: Row) -> Change {
    Change::Put { object: "User".into(), row }
}

fn delete(n: usize) -> Change {
    Change::Delete { object: "User".into(), key: format!("{n:06}") }
}

async fn fill(store: &Store, rows: usize) {
    let mut packer = Packer::new(&[]).unwrap();
    (0..rows).for_each(|n| packer.push(&row(2 * n, "old")).unwrap());
    let packed = packer.finish().unwrap();
    let (infos, bytes): (Vec<_>, Vec<_>) = packed.into_iter().map(|packed| (packed.info, packed.bytes)).unzip();
    store.segments.put(&tenant(), &connection(), bytes).await.unwrap();
    let manifest = Manifest {
        generation: 0,
        fields: vec![field("a"), field("b")],
        fetched_at: 0,
        rows: rows as u64,
        own_rows: false,
        segments: infos,
    };
    store.segments.flip(&tenant(), &of(), 0, manifest).await.unwrap();
}

async fn manifest(store: &Store) -> Manifest {
    store.segments.manifest(&tenant(), &of()).await.unwrap().unwrap()
}

async fn stored(store: &Store) -> BTreeMap<String, Vec<Value>> {
    let manifest = manifest(store).await;
    let hashes: Vec<_> = manifest.segments.iter().map(|segment| segment.hash).collect();
    let mut rows = BTreeMap::new();
    for (bytes, info) in
        store.segments.get(&tenant(), &connection(), &hashes).await.unwrap().iter().zip(&manifest.segments)
    {
        let before = rows.len();
        unpack(bytes, |key, values| {
            assert!((info.first.as_str()..=info.last.as_str()).contains(&key));
            rows.insert(key.to_owned(), values.iter().map(|value| value.to_value()).collect());
        })
        .unwrap();
        assert_eq!(rows.len() - before, info.rows as usize);
    }
    assert_eq!(rows.len() as u64, manifest.rows);
    rows
}

async fn patches_rows(bench: Bench) {
    let store = &bench.store;
    let user = vec![ObjectName::from("User")];
    assert!(
        patch_rows(store, &tenant(), &connection(), &[put(row(1, "x"))]).await.unwrap().is_empty(),
        "never fetched"
    );
    fill(store, 5000).await;
    let before = manifest(store).await;
    let changes = [put(row(2, "new")), put(row(3, "inserted")), delete(4), delete(5), put(row(99_999, "last"))];
    assert_eq!(patch_rows(store, &tenant(), &connection(), &changes).await.unwrap(), user);
    let rows = stored(store).await;
    assert_eq!(rows.len(), 5001);
    assert_eq!(rows["000002"], row(2, "new").values);
    assert_eq!(rows["000003"], row(3, "inserted").values);
    assert_eq!(rows["099999"], row(99_999, "last").values);
    assert!(!rows.contains_key("000004"));
    let after = manifest(store).await;
    let same = after.segments.iter().filter(|segment| before.segments.contains(segment)).count();
    assert_eq!(same, before.segments.len() - 2, "only the first and the last segment were written anew");
    assert!(patch_rows(store, &tenant(), &connection(), &changes).await.unwrap().is_empty(), "again: nothing to do");
    let unfit = Row { key: "000002".into(), values: vec![] };
    assert!(patch_rows(store, &tenant(), &connection(), &[put(unfit)]).await.unwrap().is_empty());
    let all: Vec<_> = (0..100_000).map(delete).collect();
    assert_eq!(patch_rows(store, &tenant(), &connection(), &all).await.unwrap(), user);
    assert!(stored(store).await.is_empty());
    assert_eq!(patch_rows(store, &tenant(), &connection(), &changes[..1]).await.unwrap(), user);
    assert_eq!(stored(store).await.len(), 1);
}

async fn patches_at_the_same_time_all_arrive(bench: Bench) {
    fill(&bench.store, 100).await;
    let patch = |n: usize| {
        let store = bench.store.clone();
        tokio::spawn(async move { patch_rows(&store, &tenant(), &connection(), &[put(row(2 * n, "new"))]).await })
    };
    let patches: Vec<_> = (0..8).map(patch).collect();
    for patch in patches {
        patch.await.unwrap().unwrap();
    }
    let new = stored(&bench.store).await.values().filter(|values| values[0] == "new".into()).count();
    assert_eq!(new, 8);
}
