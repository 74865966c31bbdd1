//! Entities, expectations, the audit chain, tenants.

use super::{Bench, job, on_every_engine, tenant};
use crate::domain::WorkspaceId;
use crate::store::{AuditEvent, CommitError, Entity, Expect, Store, StoreError, WriteSet, audit_is_whole};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Note {
    id: String,
    text: String,
}

impl Entity for Note {
    const KIND: &'static str = "note";

    fn id(&self) -> String {
        self.id.clone()
    }
}

/// A kind whose name begins like the other's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Notebook(String);

impl Entity for Notebook {
    const KIND: &'static str = "notebook";

    fn id(&self) -> String {
        self.0.clone()
    }
}

fn note(id: &str, text: &str) -> Note {
    Note { id: id.to_owned(), text: text.to_owned() }
}

fn event(what: &str) -> AuditEvent {
    AuditEvent {
        actor: None,
        what: what.to_owned(),
        about: vec![("note".into(), "a/b".into())],
        detail: "Zoë \"x\"".into(),
    }
}

async fn commit(store: &Store, write: WriteSet) -> Result<(), CommitError> {
    store.control.commit(&tenant(), write).await
}

async fn read(store: &Store, id: &str) -> Option<(u64, String)> {
    let found = store.control.load::<Note>(&tenant(), id).await.unwrap();
    found.map(|found| (found.version, found.value.text))
}

on_every_engine! {
    versions_grow_by_one,
    expectations_decide,
    a_refused_commit_leaves_nothing,
    lists_by_id_within_a_kind,
    audit_is_one_chain,
    the_audit_log_is_read_from_both_ends,
    tenants_are_apart,
    limits_are_kept,
    writers_at_the_same_time_lose_no_update,
}

async fn versions_grow_by_one(bench: Bench) {
    commit(&bench.store, WriteSet::default().create(&note("a", "one"))).await.unwrap();
    commit(&bench.store, WriteSet::default().put(&note("a", "two"))).await.unwrap();
    commit(&bench.store, WriteSet::default().update(2, &note("a", "three"))).await.unwrap();
    let bench = bench.restart();
    assert_eq!(read(&bench.store, "a").await, Some((3, "three".to_owned())));
    commit(&bench.store, WriteSet::default().delete::<Note>("a").delete::<Note>("never")).await.unwrap();
    assert_eq!(read(&bench.store, "a").await, None);
    commit(&bench.store, WriteSet::default().create(&note("a", "anew"))).await.unwrap();
    assert_eq!(read(&bench.store, "a").await, Some((1, "anew".to_owned())));
}

async fn expectations_decide(bench: Bench) {
    let key = Note::key_of("a");
    let conflicts =
        |result: Result<(), CommitError>| matches!(result, Err(CommitError::Conflict(found)) if found == key);
    assert!(conflicts(commit(&bench.store, WriteSet::default().update(1, &note("a", "x"))).await));
    commit(&bench.store, WriteSet::default().create(&note("a", "x"))).await.unwrap();
    assert!(conflicts(commit(&bench.store, WriteSet::default().create(&note("a", "y"))).await));
    assert!(conflicts(commit(&bench.store, WriteSet::default().update(2, &note("a", "y"))).await));
    let only_looks = WriteSet { expect: vec![(key.clone(), Expect::Version(1))], ..WriteSet::default() };
    commit(&bench.store, only_looks.put(&note("b", "y"))).await.unwrap();
    assert_eq!(read(&bench.store, "a").await, Some((1, "x".to_owned())));
}

async fn a_refused_commit_leaves_nothing(bench: Bench) {
    commit(&bench.store, WriteSet::default().enqueue(job("known"))).await.unwrap();
    for refused in [
        WriteSet::default().create(&note("a", "x")).audit(event("x")).enqueue(job("new")).update(7, &note("b", "x")),
        WriteSet::default().create(&note("a", "x")).audit(event("x")).enqueue(job("new")).enqueue(job("known")),
        WriteSet::default().create(&note("a", "x")).audit(event("x")).enqueue(job("new")).enqueue(job("new")),
    ] {
        commit(&bench.store, refused).await.unwrap_err();
    }
    let bench = bench.restart();
    assert_eq!(read(&bench.store, "a").await, None);
    assert_eq!(bench.store.control.audit(&tenant(), 0, 10).await.unwrap(), vec![]);
    assert_eq!(bench.store.queue.pending().await.unwrap(), vec![(crate::store::JobKind::Inbox, 1)]);
}

async fn lists_by_id_within_a_kind(bench: Bench) {
    let ids = ["", "a", "a/b", "b", "é", "z"];
    let all = ids.iter().rev().fold(WriteSet::default(), |write, id| write.put(&note(id, "x")));
    commit(&bench.store, all.put(&Notebook("aa".into()))).await.unwrap();
    let list = |after: Option<&'static str>, limit| {
        let control = Arc::clone(&bench.store.control);
        async move {
            let found = control.list::<Note>(&tenant(), after, limit).await.unwrap();
            found.into_iter().map(|note| note.value.id).collect::<Vec<_>>()
        }
    };
    assert_eq!(list(None, 10).await, ["", "a", "a/b", "b", "z", "é"]);
    assert_eq!(list(Some("a"), 2).await, ["a/b", "b"]);
    assert_eq!(list(Some("aa"), 1).await, ["b"]);
    assert_eq!(list(Some("é"), 1).await, [""; 0]);
    let other: Vec<_> = bench.store.control.list::<Notebook>(&tenant(), None, 9).await.unwrap();
    assert_eq!(other.len(), 1);
}

async fn audit_is_one_chain(bench: Bench) {
    commit(&bench.store, WriteSet::default().audit(event("a")).audit(event("b"))).await.unwrap();
    let bench = bench.restart();
    commit(&bench.store, WriteSet::default().audit(event("c"))).await.unwrap();
    let mut records = bench.store.control.audit(&tenant(), 0, 10).await.unwrap();
    let said: Vec<_> = records.iter().map(|record| (record.seq, record.event.what.as_str())).collect();
    assert_eq!(said, [(1, "a"), (2, "b"), (3, "c")]);
    assert!(audit_is_whole(&tenant(), &records));
    assert!(!audit_is_whole(&"T2".into(), &records), "a chain belongs to its workspace");
    assert_eq!(bench.store.control.audit(&tenant(), 1, 1).await.unwrap(), records[1..2]);
    records[1].event.detail.push('.');
    assert!(!audit_is_whole(&tenant(), &records), "a changed record breaks the chain");
}

async fn the_audit_log_is_read_from_both_ends(bench: Bench) {
    let (control, tenant) = (Arc::clone(&bench.store.control), tenant());
    assert_eq!(control.audit_last(&tenant).await.unwrap(), None);
    assert_eq!(control.audit_before(&tenant, 1, 3).await.unwrap(), []);
    let seven = (0..7).fold(WriteSet::default(), |write, n| write.audit(event(&n.to_string())));
    commit(&bench.store, seven).await.unwrap();
    control.commit(&"T10".into(), WriteSet::default().audit(event("x"))).await.unwrap();
    assert_eq!(control.audit_last(&tenant).await.unwrap().map(|record| record.seq), Some(7));
    for (before, limit, expected) in [(8, 3, vec![7, 6, 5]), (5, 3, vec![4, 3, 2]), (2, 3, vec![1]), (1, 3, vec![])] {
        let found = control.audit_before(&tenant, before, limit).await.unwrap();
        assert_eq!(found.iter().map(|record| record.seq).collect::<Vec<_>>(), expected);
    }
    assert_eq!(control.audit(&tenant, 5, 9).await.unwrap().len(), 2);
    assert_eq!(control.audit(&tenant, 9, 9).await.unwrap(), []);
}

async fn tenants_are_apart(bench: Bench) {
    // One's name begins like the other's.
    let (one, two): (WorkspaceId, WorkspaceId) = ("T1".into(), "T10".into());
    for tenant in [&one, &two] {
        let write = WriteSet::default().create(&note("a", tenant.as_str())).audit(event("x")).enqueue(job("j"));
        bench.store.control.commit(tenant, write).await.unwrap();
    }
    bench.store.control.commit(&one, WriteSet::default().delete::<Note>("a")).await.unwrap();
    let bench = bench.restart();
    let control = &bench.store.control;
    assert_eq!(control.load::<Note>(&two, "a").await.unwrap().unwrap().value.text, "T10");
    assert_eq!(control.list::<Note>(&one, None, 9).await.unwrap(), vec![]);
    assert_eq!(control.audit(&two, 0, 9).await.unwrap().len(), 1);
    assert_eq!(control.tenants().await.unwrap(), [one, two]);
}

async fn limits_are_kept(bench: Bench) {
    let too_large = |result: Result<(), CommitError>| matches!(result, Err(CommitError::Store(StoreError::TooLarge { size, limit, .. })) if size > limit);
    let large = "x".repeat(64 << 10);
    assert!(too_large(commit(&bench.store, WriteSet::default().put(&note("a", &large))).await));
    assert!(too_large(commit(&bench.store, WriteSet::default().put(&note(&large[..256], "x"))).await));
    let escaped = AuditEvent { detail: "\u{1}".repeat(12 << 10), ..event("x") };
    assert!(too_large(commit(&bench.store, WriteSet::default().audit(escaped)).await));
    let mut payload = job("a");
    payload.payload = large.into_bytes();
    commit(&bench.store, WriteSet::default().enqueue(payload.clone())).await.unwrap();
    payload.id = "b".into();
    payload.payload.push(0);
    assert!(too_large(commit(&bench.store, WriteSet::default().enqueue(payload)).await));
}

async fn writers_at_the_same_time_lose_no_update(bench: Bench) {
    commit(&bench.store, WriteSet::default().create(&note("n", "0"))).await.unwrap();
    let writer = |store: Store| async move {
        for _ in 0..10 {
            loop {
                let found = store.control.load::<Note>(&tenant(), "n").await.unwrap().unwrap();
                let next = note("n", &(found.value.text.parse::<u32>().unwrap() + 1).to_string());
                match commit(&store, WriteSet::default().update(found.version, &next).audit(event("count"))).await {
                    Ok(()) => break,
                    Err(CommitError::Conflict(_)) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        }
    };
    let writers: Vec<_> = (0..4).map(|_| tokio::spawn(writer(bench.store.clone()))).collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let bench = bench.restart();
    assert_eq!(read(&bench.store, "n").await, Some((41, "40".to_owned())));
    let records = bench.store.control.audit(&tenant(), 0, 99).await.unwrap();
    assert!(records.len() == 40 && audit_is_whole(&tenant(), &records));
}
