//! A data directory whose audit log was tampered with: journal, database, or both.

use super::StoreSettings;
use super::instance::Instance;
use super::journal::Journal;
use super::keys::{self, Class};
use super::open::hold;
use super::verify::{AuditReport, Compared, verify};
use crate::domain::WorkspaceId;
use crate::store::chain::Head;
use crate::store::exported::AuditFault;
use crate::store::{AuditEvent, Store, WriteSet};
use ::sled::Batch;
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn event(detail: &str) -> AuditEvent {
    AuditEvent { actor: None, what: "mark".into(), about: vec![("mark".into(), detail.into())], detail: detail.into() }
}

/// A directory with the logs of two workspaces, six records and three, in turn.
async fn written() -> (TempDir, PathBuf) {
    let dir = TempDir::new().unwrap();
    let data = dir.path().join("weft");
    let store = Store::open(&StoreSettings::new(&data)).unwrap();
    for n in 0..6 {
        store.control.commit(&"T1".into(), WriteSet::default().audit(event(&format!("one {n}")))).await.unwrap();
        if n % 2 == 0 {
            store.control.commit(&"T2".into(), WriteSet::default().audit(event(&format!("two {n}")))).await.unwrap();
        }
    }
    (dir, data)
}

fn broken(found: Result<AuditReport, AuditFault>) -> String {
    match found {
        Err(AuditFault::Broken(why)) => why,
        other => panic!("{other:?}"),
    }
}

/// Changes the database behind Weft's back.
fn tamper(data: &Path, change: impl FnOnce(&mut Batch)) {
    let control = Instance::open(&data.join("control"), 1 << 20).unwrap();
    let mut batch = Batch::default();
    change(&mut batch);
    control.apply(batch).unwrap();
    control.flush().unwrap();
}

#[tokio::test]
async fn a_whole_log_is_whole_in_every_state_of_its_directory() {
    let (dir, data) = written().await;
    let report = verify(&data, &[]).unwrap();
    let lengths: Vec<_> = report.heads.values().map(|head| head.seq).collect();
    assert_eq!((lengths, report.compared), (vec![6, 3], Compared::Database));
    assert_eq!(verify(&data, &[]).unwrap(), report, "looking changes nothing");
    let heads: Vec<Head> = report.heads.values().cloned().collect();

    let store = Store::open(&StoreSettings::new(&data)).unwrap();
    let running = verify(&data, &heads).unwrap();
    assert_eq!((running.heads, running.compared), (report.heads.clone(), Compared::InUse));
    let (backup, restored) = (dir.path().join("backup"), dir.path().join("restored"));
    store.backup(&backup).await.unwrap();
    drop(store);
    let kept = verify(&backup, &heads).unwrap();
    assert_eq!((kept.heads, kept.compared), (report.heads.clone(), Compared::Backup));
    Store::restore(&backup, &restored).unwrap();
    assert_eq!(verify(&restored, &heads).unwrap(), report, "the same heads after a restore");
    assert!(matches!(verify(dir.path(), &[]), Err(AuditFault::Unreadable(_))));
}

#[tokio::test]
async fn what_the_database_says_otherwise_is_found() {
    let tenant = WorkspaceId::from("T1");
    let key = |seq| keys::numbered(&tenant, Class::Audit, seq);
    type Tampering<'a> = &'a dyn Fn(&mut Batch);
    let cases: [(Tampering<'_>, &str); 4] = [
        (
            &|batch| batch.insert(key(3), "{}"),
            "workspace T1: record 3 says something else in the database than in the journal",
        ),
        (&|batch| batch.remove(key(2)), "workspace T1: record 2 is in the journal and not in the database"),
        (
            &|batch| batch.insert(key(7), "{}"),
            "workspace T1: record 7 is in the database and not in the journal, which ends at record 6",
        ),
        (&|batch| batch.insert(key(0), "{}"), "workspace T1: the database has a record 0 that nobody wrote"),
    ];
    for (change, expected) in cases {
        let (_dir, data) = written().await;
        tamper(&data, change);
        let why = broken(verify(&data, &[]));
        assert!(why.starts_with(expected), "{why}");
    }
    let (_dir, data) = written().await;
    fs::remove_dir_all(data.join("control")).unwrap();
    assert!(broken(verify(&data, &[])).contains("is missing"));
}

#[tokio::test]
async fn both_cut_alike_is_found_by_a_head_that_was_noted() {
    let (_dir, data) = written().await;
    let noted: Vec<Head> = verify(&data, &[]).unwrap().heads.values().cloned().collect();
    let journal = data.join("audit/audit-000001.jsonl");
    let text = fs::read_to_string(&journal).unwrap();
    let cut = text.trim_end().rfind('\n').unwrap() + 1;
    fs::write(&journal, &text[..cut]).unwrap();
    assert!(broken(verify(&data, &[])).contains("record 6 is in the database and not in the journal"));
    tamper(&data, |batch| batch.remove(keys::numbered(&"T1".into(), Class::Audit, 6)));
    verify(&data, &[]).unwrap();
    assert!(broken(verify(&data, &noted)).starts_with("record 6 with the hash "));
}

#[tokio::test]
async fn what_is_half_written_is_fine_only_while_it_is_written() {
    let (_dir, data) = written().await;
    let journal = data.join("audit/audit-000001.jsonl");
    let text = fs::read_to_string(&journal).unwrap();
    fs::write(&journal, &text[..text.len() - 9]).unwrap();
    let why = broken(verify(&data, &[]));
    assert!(why.starts_with("audit-000001.jsonl, line 10: it ends in the middle"), "{why}");
    let _held = hold(&data).unwrap().unwrap();
    let report = verify(&data, &[]).unwrap();
    assert_eq!((report.heads[&"T1".into()].seq, report.compared), (5, Compared::InUse));
}

/// A journal of several files.
fn several(dir: &Path) -> Vec<PathBuf> {
    let (mut one, mut two) = (Head::default(), Head::default());
    let mut journal = Journal::open_sized(dir, 0, 1500).unwrap();
    for n in 0..12 {
        let (tenant, head): (WorkspaceId, _) =
            if n % 3 == 0 { ("T2".into(), &mut two) } else { ("T1".into(), &mut one) };
        let record = head.link(&tenant, n, event(&n.to_string()));
        journal.append(&[(tenant, record)]).unwrap();
    }
    let mut files: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn a_file_that_is_missing_or_empty_is_named() {
    for (change, expected) in [
        (
            fs::remove_file as fn(PathBuf) -> std::io::Result<()>,
            "the file audit-000002.jsonl of the journal is missing",
        ),
        (|path| fs::write(path, ""), "audit-000002.jsonl is empty: the file was cut"),
    ] {
        let dir = TempDir::new().unwrap();
        let files = several(&dir.path().join("audit"));
        assert!(files.len() > 2);
        change(files[1].clone()).unwrap();
        fs::write(dir.path().join("control.backup"), "").unwrap();
        assert_eq!(broken(verify(dir.path(), &[])), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Whatever is done to the lines of a journal whose heads were noted: it is found.
    #[test]
    fn any_change_of_the_journal_is_found(at in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(), kind in 0..5_usize, byte in any::<u8>()) {
        let dir = TempDir::new().unwrap();
        let files = several(&dir.path().join("audit"));
        fs::write(dir.path().join("control.backup"), "").unwrap();
        let noted: Vec<Head> = verify(dir.path(), &[]).unwrap().heads.values().cloned().collect();
        let file = &files[at.index(files.len())];
        let before = fs::read(file).unwrap();
        let mut lines: Vec<Vec<u8>> = before.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        let (one, other) = (at.index(lines.len()), to.index(lines.len()));
        match kind {
            0 => { let place = to.index(lines[one].len()); lines[one][place] = byte; }
            1 => drop(lines.remove(one)),
            2 => lines.insert(other, lines[one].clone()),
            3 => lines.swap(one, other),
            _ => lines.truncate(one),
        }
        let after = lines.concat();
        fs::write(file, &after).unwrap();
        let found = verify(dir.path(), &noted);
        prop_assert_eq!(found.is_ok(), after == before, "{:?}", found);
    }
}
