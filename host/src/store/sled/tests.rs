//! What only a directory can go through: locks, formats, damage, conflicts with the journal, backups.

use super::journal::Journal;
use super::{OpenError, StoreSettings};
use crate::domain::WorkspaceId;
use crate::store::chain::Head;
use crate::store::{
    AuditEvent, Entity, Job, JobKind, Manifest, ObjectRef, Store, StoreError, WriteSet, audit_is_whole,
};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

#[derive(Serialize, Deserialize)]
struct Mark(u32);

impl Entity for Mark {
    const KIND: &'static str = "mark";

    fn id(&self) -> String {
        format!("{:06}", self.0)
    }
}

fn tenant() -> WorkspaceId {
    "T1".into()
}

fn open(dir: &Path) -> Result<Store, OpenError> {
    Store::open(&StoreSettings::new(dir))
}

fn event(detail: &str) -> AuditEvent {
    AuditEvent { actor: None, what: "mark".into(), about: vec![], detail: detail.into() }
}

async fn commit(store: &Store, number: u32) {
    let job = Job { id: number.to_string(), kind: JobKind::Run, lane: None, due: 0, payload: vec![1] };
    let write = WriteSet::default().create(&Mark(number)).audit(event(&number.to_string())).enqueue(job);
    store.control.commit(&tenant(), write).await.unwrap();
}

/// What the audit log says.
async fn said(store: &Store) -> Vec<String> {
    let records = store.control.audit(&tenant(), 0, usize::MAX).await.unwrap();
    assert!(audit_is_whole(&tenant(), &records));
    records.into_iter().map(|record| record.event.detail).collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { assert!(fs::copy(&path, &target).is_ok()) }
    }
}

fn replace(dir: &Path, by: &Path) {
    fs::remove_dir_all(dir).unwrap();
    copy(by, dir);
}

fn overwrite(file: &Path) {
    let length = fs::metadata(file).unwrap().len() as usize;
    fs::write(file, vec![0xAB; length]).unwrap();
}

/// The paths of all files below.
fn files_below(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect();
    files.sort();
    files
}

#[tokio::test]
async fn a_directory_in_use_is_refused_until_it_is_free() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path()).unwrap();
    let clone = store.clone();
    drop(store);
    let error = open(dir.path()).err().unwrap();
    assert!(matches!(error, OpenError::Locked(_)), "{error}");
    drop(clone);
    open(dir.path()).unwrap();
}

#[tokio::test]
async fn a_newer_format_is_refused() {
    let dir = TempDir::new().unwrap();
    drop(open(dir.path()).unwrap());
    fs::write(dir.path().join("format"), "2\n").unwrap();
    assert!(matches!(open(dir.path()), Err(OpenError::Newer { found: 2, known: 1, .. })));
    fs::write(dir.path().join("format"), "?").unwrap();
    assert!(matches!(open(dir.path()), Err(OpenError::Damaged { .. })));
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_refused() {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("file"), "").unwrap();
    let error = open(&dir.path().join("file/weft")).err().unwrap();
    assert!(matches!(error, OpenError::NotWritable { .. }), "{error}");
}

#[tokio::test]
async fn a_damaged_control_database_is_refused() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path()).unwrap();
    commit(&store, 1).await;
    drop(store);
    overwrite(&dir.path().join("control/db"));
    let error = open(dir.path()).err().unwrap();
    assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
    assert!(error.to_string().contains("backup"), "{error}");
}

#[tokio::test]
async fn damaged_rows_are_moved_aside_and_begun_anew() {
    let dir = TempDir::new().unwrap();
    let object = ObjectRef { connection: "c1".into(), object: "User".into() };
    let store = open(dir.path()).unwrap();
    let empty = Manifest { generation: 0, fields: vec![], fetched_at: 0, rows: 0, own_rows: false, segments: vec![] };
    store.segments.flip(&tenant(), &object, 0, empty.clone()).await.unwrap();
    drop(store);
    overwrite(&dir.path().join("data/T1/c1/db"));
    let store = open(dir.path()).unwrap();
    assert_eq!(store.segments.manifest(&tenant(), &object).await.unwrap(), None);
    store.segments.flip(&tenant(), &object, 0, empty).await.unwrap();
    let names = || fs::read_dir(dir.path().join("data/T1")).unwrap().count();
    assert_eq!(names(), 2);
    store.segments.forget(&tenant(), &object.connection).await.unwrap();
    assert_eq!(names(), 0, "what was moved aside goes with its connection");
}

#[tokio::test]
async fn more_connections_than_may_be_open_at_once() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path()).unwrap();
    for round in 0..2 {
        for n in 0..70 {
            let of = format!("c{n}").as_str().into();
            let found = store.segments.read_note(&tenant(), &of, "n").await.unwrap();
            assert_eq!(found.is_some(), round == 1);
            store.segments.note(&tenant(), &of, "n", Some(bytes::Bytes::from_static(b"x"))).await.unwrap();
        }
    }
}

#[tokio::test]
async fn the_journal_wins_over_an_older_database() {
    let (dir, older) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let store = open(dir.path()).unwrap();
    commit(&store, 1).await;
    drop(store);
    copy(&dir.path().join("control"), older.path());
    let store = open(dir.path()).unwrap();
    commit(&store, 2).await;
    commit(&store, 3).await;
    drop(store);
    replace(&dir.path().join("control"), older.path());
    let store = open(dir.path()).unwrap();
    assert_eq!(said(&store).await, ["1", "2", "3"]);
    store.control.commit(&tenant(), WriteSet::default().audit(event("4"))).await.unwrap();
    assert_eq!(said(&store).await, ["1", "2", "3", "4"]);
}

#[tokio::test]
async fn the_journal_wins_over_another_history() {
    let (dir, other) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    for (dir, numbers) in [(&dir, 1..4), (&other, 7..9)] {
        let store = open(dir.path()).unwrap();
        for number in numbers {
            commit(&store, number).await;
        }
    }
    replace(&dir.path().join("audit"), &other.path().join("audit"));
    let store = open(dir.path()).unwrap();
    assert_eq!(said(&store).await, ["7", "8"]);
}

#[tokio::test]
async fn an_unfinished_or_missing_journal_is_made_whole_from_the_database() {
    let dir = TempDir::new().unwrap();
    let store = open(dir.path()).unwrap();
    for number in 1..=3 {
        commit(&store, number).await;
    }
    drop(store);
    let journal = dir.path().join("audit/audit-000001.jsonl");
    let whole = fs::read(&journal).unwrap();
    for damaged in [&whole[..whole.len() - 7], &whole[..200], &[&whole[..whole.len() - 3], b"\0\0\n{}\n"].concat(), b""]
    {
        fs::write(&journal, damaged).unwrap();
        drop(open(dir.path()).unwrap());
        assert!(fs::read(&journal).unwrap() == whole, "the same lines again");
    }
    fs::remove_dir_all(dir.path().join("audit")).unwrap();
    let store = open(dir.path()).unwrap();
    assert_eq!(said(&store).await, ["1", "2", "3"]);
    assert!(fs::read(&journal).unwrap() == whole);
}

#[test]
fn the_journal_goes_on_in_new_files() {
    let dir = TempDir::new().unwrap();
    let (mut head, mut records) = (Head::default(), Vec::new());
    for round in 0..5 {
        let mut journal = Journal::open_sized(dir.path(), 0, 2000).unwrap();
        assert_eq!(journal.heads().get(&tenant()).cloned().unwrap_or_default(), head);
        for n in 0..10 {
            let record = head.link(&tenant(), 0, event(&format!("{round} {n}")));
            journal.append(&[(tenant(), record.clone())]).unwrap();
            records.push(record);
        }
        assert_eq!(journal.records(&tenant()).unwrap(), records);
    }
    let files = files_below(dir.path());
    assert!(files.len() > 5);
    // A file taken out of the middle is noticed.
    fs::remove_file(&files[2]).unwrap();
    let journal = Journal::open_sized(dir.path(), 0, 2000).unwrap();
    assert!(matches!(journal.records(&tenant()), Err(StoreError::Damaged(_))));
}

#[tokio::test]
async fn a_backup_taken_at_work_restores_to_one_moment() {
    let dir = TempDir::new().unwrap();
    let (data, backup, restored) = (dir.path().join("weft"), dir.path().join("backup"), dir.path().join("restored"));
    let store = open(&data).unwrap();
    fs::write(data.join("weft.key"), "secret").unwrap();
    commit(&store, 0).await;
    let work = tokio::spawn({
        let store = store.clone();
        async move {
            for number in 1..40 {
                commit(&store, number).await;
            }
        }
    });
    tokio::task::yield_now().await;
    store.backup(&backup).await.unwrap();
    work.await.unwrap();
    assert!(matches!(store.backup(&backup).await, Err(StoreError::Io(_))), "a backup replaces nothing");
    let names: Vec<_> =
        files_below(&backup).iter().map(|path| path.strip_prefix(&backup).unwrap().to_owned()).collect();
    assert_eq!(names, ["audit/audit-000001.jsonl", "control.backup", "format"].map(PathBuf::from));

    Store::restore(&backup, &restored).unwrap();
    assert!(Store::restore(&backup, &data).is_err(), "only into a fresh directory");
    let store = open(&restored).unwrap();
    let marks = store.control.list::<Mark>(&tenant(), None, usize::MAX).await.unwrap();
    let numbers: Vec<_> = marks.iter().map(|mark| mark.value.0.to_string()).collect();
    assert!(!numbers.is_empty());
    assert_eq!(said(&store).await, numbers);
    assert_eq!(store.queue.pending().await.unwrap(), [(JobKind::Run, numbers.len())]);

    let file = backup.join("control.backup");
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&file, bytes).unwrap();
    let damaged = Store::restore(&backup, &dir.path().join("again"));
    assert!(matches!(damaged, Err(StoreError::Damaged(_))), "{damaged:?}");
    assert!(!dir.path().join("again").exists());
}
