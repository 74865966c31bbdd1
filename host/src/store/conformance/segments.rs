//! Segments, flips, sweeps, notes, forgetting.

use super::{Bench, on_every_engine, tenant};
use crate::domain::{ConnectionId, Field, FieldType, ObjectName};
use crate::store::{FlipError, Manifest, ObjectRef, SegmentHash, SegmentInfo, Store, StoreError, segment_hash};
use bytes::Bytes;

on_every_engine! {
    puts_and_gets,
    flips_only_from_the_expected_generation,
    a_flip_needs_its_segments,
    keeps_the_manifest_before,
    a_large_manifest_comes_back_whole,
    sweeps_what_nobody_names_after_a_day,
    notes,
    forgets_a_connection_only,
    connections_and_tenants_are_apart,
}

fn connection() -> ConnectionId {
    "c-1".into()
}

fn user() -> ObjectRef {
    ObjectRef { connection: connection(), object: "User".into() }
}

fn segments(texts: &[&str]) -> Vec<Bytes> {
    texts.iter().map(|text| Bytes::copy_from_slice(text.as_bytes())).collect()
}

fn manifest(hashes: &[SegmentHash]) -> Manifest {
    let field = Field {
        name: "Email".into(),
        title: "Email".into(),
        help: None,
        kind: FieldType::Text,
        unit: None,
        pointer: "/Email".into(),
        format: None,
        choices: vec![],
        sealed: false,
        default: true,
    };
    let info = |(n, hash): (usize, &SegmentHash)| SegmentInfo {
        hash: *hash,
        first: format!("{n:06}a"),
        last: format!("{n:06}z"),
        rows: 2,
    };
    Manifest {
        generation: 0,
        fields: vec![field],
        fetched_at: super::START,
        rows: 2 * hashes.len() as u64,
        own_rows: false,
        segments: hashes.iter().enumerate().map(info).collect(),
    }
}

async fn put(store: &Store, texts: &[&str]) -> Vec<SegmentHash> {
    store.segments.put(&tenant(), &connection(), segments(texts)).await.unwrap()
}

async fn flip(store: &Store, expect: u64, hashes: &[SegmentHash]) -> Result<(), FlipError> {
    store.segments.flip(&tenant(), &user(), expect, manifest(hashes)).await
}

async fn get(store: &Store, hashes: &[SegmentHash]) -> Result<Vec<Bytes>, StoreError> {
    store.segments.get(&tenant(), &connection(), hashes).await
}

async fn puts_and_gets(bench: Bench) {
    let hashes = put(&bench.store, &["a", "b", "a", ""]).await;
    assert_eq!(hashes[0], hashes[2]);
    assert_eq!(hashes[1], segment_hash(b"b"));
    assert_eq!(put(&bench.store, &["b"]).await, hashes[1..2]);
    let bench = bench.restart();
    assert_eq!(get(&bench.store, &[hashes[1], hashes[0], hashes[3]]).await.unwrap(), segments(&["b", "a", ""]));
    assert!(matches!(get(&bench.store, &[hashes[0], [7; 16]]).await, Err(StoreError::Damaged(_))));
    let large = bench.store.segments.put(&tenant(), &connection(), vec![vec![0; (64 << 10) + 1].into()]).await;
    assert!(matches!(large, Err(StoreError::TooLarge { .. })));
}

async fn flips_only_from_the_expected_generation(bench: Bench) {
    let hashes = put(&bench.store, &["a", "b"]).await;
    assert!(matches!(flip(&bench.store, 1, &hashes).await, Err(FlipError::Conflict { found: 0 })));
    flip(&bench.store, 0, &hashes).await.unwrap();
    assert!(matches!(flip(&bench.store, 0, &hashes).await, Err(FlipError::Conflict { found: 1 })));
    let bench = bench.restart();
    flip(&bench.store, 1, &hashes[..1]).await.unwrap();
    let current = bench.store.segments.manifest(&tenant(), &user()).await.unwrap().unwrap();
    assert_eq!(current, Manifest { generation: 2, ..manifest(&hashes[..1]) });
}

async fn a_flip_needs_its_segments(bench: Bench) {
    assert!(matches!(flip(&bench.store, 0, &[[1; 16]]).await, Err(FlipError::Store(StoreError::Damaged(_)))));
    assert_eq!(bench.store.segments.manifest(&tenant(), &user()).await.unwrap(), None);
}

async fn keeps_the_manifest_before(bench: Bench) {
    let hashes = put(&bench.store, &["a", "b", "c"]).await;
    let store = &bench.store;
    for generation in 0..3 {
        flip(store, generation, &hashes[generation as usize..]).await.unwrap();
    }
    let before = store.segments.previous(&tenant(), &user()).await.unwrap().unwrap();
    assert_eq!(before, Manifest { generation: 2, ..manifest(&hashes[1..]) });
    let all = store.segments.manifests(&tenant(), &connection()).await.unwrap();
    assert_eq!(all, [(ObjectName::from("User"), Manifest { generation: 3, ..manifest(&hashes[2..]) })]);
}

async fn a_large_manifest_comes_back_whole(bench: Bench) {
    let hash = put(&bench.store, &["a"]).await[0];
    let many = vec![hash; 5000];
    flip(&bench.store, 0, &many).await.unwrap();
    flip(&bench.store, 1, &many[1..]).await.unwrap();
    let bench = bench.restart();
    let current = bench.store.segments.manifest(&tenant(), &user()).await.unwrap().unwrap();
    assert_eq!(current, Manifest { generation: 2, ..manifest(&many[1..]) });
    let before = bench.store.segments.previous(&tenant(), &user()).await.unwrap().unwrap();
    assert_eq!(before.segments.len(), 5000);
}

async fn sweeps_what_nobody_names_after_a_day(bench: Bench) {
    let store = &bench.store;
    let hashes = put(store, &["first", "second", "third", "orphan"]).await;
    for generation in 0..3 {
        flip(store, generation, &hashes[generation as usize..=generation as usize]).await.unwrap();
    }
    let (tenant, of) = (tenant(), connection());
    let sweep = || store.segments.sweep(&tenant, &of);
    bench.hours(20);
    let late = put(store, &["late", "orphan"]).await;
    bench.hours(3);
    assert_eq!(sweep().await.unwrap(), 0, "nothing goes within its day");
    bench.hours(4);
    assert_eq!(sweep().await.unwrap(), 1, "the first manifest's; the orphan was put again, the last two are named");
    assert!(get(store, &hashes[..1]).await.is_err());
    get(store, &[hashes[1], hashes[2], hashes[3], late[0]]).await.unwrap();
    bench.hours(24);
    assert_eq!(sweep().await.unwrap(), 2);
    get(store, &hashes[1..3]).await.unwrap();
}

async fn notes(bench: Bench) {
    let (tenant, of) = (tenant(), connection());
    let note = |name: &'static str, value: Option<&'static [u8]>| {
        let (store, of, tenant) = (bench.store.clone(), of.clone(), tenant.clone());
        async move { store.segments.note(&tenant, &of, name, value.map(Bytes::from_static)).await }
    };
    assert_eq!(bench.store.segments.read_note(&tenant, &of, "cursor").await.unwrap(), None);
    note("cursor", Some(b"1")).await.unwrap();
    note("cursor", Some(b"2")).await.unwrap();
    note("other", Some(b"3")).await.unwrap();
    note("other", None).await.unwrap();
    assert!(note("large", Some(&[0; (64 << 10) + 1])).await.is_err());
    let bench = bench.restart();
    assert_eq!(bench.store.segments.read_note(&tenant, &of, "cursor").await.unwrap().unwrap(), "2");
    assert_eq!(bench.store.segments.read_note(&tenant, &of, "other").await.unwrap(), None);
}

async fn forgets_a_connection_only(bench: Bench) {
    let store = &bench.store;
    let other: ConnectionId = "c-10".into();
    store.segments.put(&tenant(), &other, segments(&["kept"])).await.unwrap();
    let hashes = put(store, &["a"]).await;
    flip(store, 0, &hashes).await.unwrap();
    store.segments.forget(&tenant(), &connection()).await.unwrap();
    assert!(get(store, &hashes).await.is_err());
    assert_eq!(store.segments.manifests(&tenant(), &connection()).await.unwrap(), []);
    store.segments.forget(&tenant(), &"never".into()).await.unwrap();
    let kept = store.segments.get(&tenant(), &other, &[segment_hash(b"kept")]).await.unwrap();
    assert_eq!(kept, segments(&["kept"]));
    let hashes = put(store, &["anew"]).await;
    flip(store, 0, &hashes).await.unwrap();
}

async fn connections_and_tenants_are_apart(bench: Bench) {
    let store = &bench.store;
    let hashes = put(store, &["a"]).await;
    flip(store, 0, &hashes).await.unwrap();
    for (tenant, of) in [("T1", "c-2"), ("T2", "c-1"), ("T1", "../T1/c-1"), ("T1/c-1", "..")] {
        assert!(store.segments.get(&tenant.into(), &of.into(), &hashes).await.is_err());
        let object = ObjectRef { connection: of.into(), object: "User".into() };
        assert_eq!(store.segments.manifest(&tenant.into(), &object).await.unwrap(), None);
        store.segments.note(&tenant.into(), &of.into(), "n", Some(Bytes::from_static(b"x"))).await.unwrap();
    }
    assert_eq!(store.segments.read_note(&tenant(), &connection(), "n").await.unwrap(), None);
}
