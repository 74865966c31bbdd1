//! An exported log: whatever is done to it is found.

use super::chain::Head;
use super::exported::{AuditFault, ExportedRecord, verify};
use super::{AuditEvent, AuditRecord};
use crate::domain::{Actor, Role, WorkspaceId};
use proptest::prelude::*;

/// A chain of this many records.
pub fn chain(tenant: &WorkspaceId, length: u64) -> Vec<AuditRecord> {
    let mut head = Head::default();
    let actor = Actor { workspace: tenant.clone(), user: "U1".into(), role: Role::Admin };
    let event = |n: u64| AuditEvent {
        actor: n.is_multiple_of(2).then(|| actor.clone()),
        what: "request.approved".to_owned(),
        about: vec![("request".to_owned(), format!("r{n}"))],
        detail: format!("Zoë said “{n}”\n"),
    };
    (0..length).map(|n| head.link(tenant, 1_000 + n as i64, event(n))).collect()
}

fn line(tenant: &WorkspaceId, record: &AuditRecord) -> String {
    serde_json::to_string(&ExportedRecord::new(tenant, record.clone())).unwrap() + "\n"
}

/// The lines of two workspaces' logs, one after the other.
fn lines() -> Vec<String> {
    let of = |tenant: &str, length| {
        let tenant = WorkspaceId::from(tenant);
        chain(&tenant, length).iter().map(|record| line(&tenant, record)).collect::<Vec<_>>()
    };
    [of("T1", 6), of("T2", 3)].concat()
}

fn broken(lines: &[String], noted: &[Head]) -> Option<String> {
    match verify(lines.concat().as_bytes(), noted) {
        Ok(_) => None,
        Err(AuditFault::Broken(why)) => Some(why),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_whole_log_says_where_it_ends() {
    let heads = verify(lines().concat().as_bytes(), &[]).unwrap();
    let last = chain(&"T1".into(), 6).pop().unwrap();
    assert_eq!(heads[&"T1".into()], Head::of(&last));
    assert_eq!(heads[&"T2".into()].seq, 3);
    assert_eq!(verify(&b""[..], &[]).unwrap().len(), 0);
}

#[test]
fn the_first_bad_record_is_named() {
    type Tampering = fn(&mut Vec<String>);
    let cases: [(&str, Tampering, &str); 7] = [
        (
            "changed",
            |all| all[2] = all[2].replace("r2", "r9"),
            "line 3: workspace T1: record 3 was changed: its hash does not fit what it says",
        ),
        (
            "taken out",
            |all| drop(all.remove(1)),
            "line 2: workspace T1: record 2 is missing: record 3 stands in its place",
        ),
        ("swapped", |all| all.swap(0, 1), "line 1: workspace T1: record 1 is missing: record 2 stands in its place"),
        (
            "twice",
            |all| all.insert(1, all[0].clone()),
            "line 2: workspace T1: record 2 is missing: record 1 stands in its place",
        ),
        (
            "put in another workspace",
            |all| all[0] = all[0].replacen("\"T1\"", "\"T3\"", 1),
            "line 1: workspace T3: record 1 was changed: its hash does not fit what it says",
        ),
        (
            "written otherwise",
            |all| all[0] = all[0].replacen(':', ": ", 1),
            "line 1: workspace T1: record 1 is not written as Weft writes it",
        ),
        ("cut", |all| all[8].truncate(50), "line 9: it ends in the middle: the file was cut"),
    ];
    for (what, change, expected) in cases {
        let mut all = lines();
        change(&mut all);
        assert_eq!(broken(&all, &[]).as_deref(), Some(expected), "{what}");
    }
}

#[test]
fn a_replaced_record_does_not_fit_its_neighbour() {
    let tenant = WorkspaceId::from("T1");
    let mut records = chain(&tenant, 5);
    let mut forged = Head::of(&records[1]);
    let mut event = records[2].event.clone();
    event.detail = "Nothing happened".to_owned();
    records[2] = forged.link(&tenant, records[2].at, event);
    let all: Vec<String> = records.iter().map(|record| line(&tenant, record)).collect();
    let expected = "line 4: workspace T1: record 4 does not follow the record before it: one of the two was replaced";
    assert_eq!(broken(&all, &[]).as_deref(), Some(expected));
}

#[test]
fn a_head_noted_down_finds_what_was_cut_or_replaced_as_a_whole() {
    let all = lines();
    let noted = [Head::of(&chain(&"T1".into(), 6)[5]), Head::of(&chain(&"T2".into(), 3)[0])];
    assert_eq!(broken(&all, &noted), None);
    let cut = [&all[..5], &all[6..]].concat();
    assert_eq!(broken(&cut, &[]), None, "a cut at the end shows in nothing else");
    assert!(broken(&cut, &noted).unwrap().starts_with("record 6 with the hash "));
}

#[test]
fn a_head_reads_as_it_is_written() {
    let head = Head::of(&chain(&"T1".into(), 2)[1]);
    assert_eq!(head.to_string().parse(), Ok(head));
    for wrong in ["", "1", "1:", "1:abc", &format!("x:{}", "0".repeat(64)), &format!("1:{}", "g".repeat(64))] {
        assert!(wrong.parse::<Head>().is_err(), "{wrong}");
    }
}

proptest! {
    /// Whatever is done to a log of which the head is known: it is found.
    #[test]
    fn any_change_is_found(at in 0..9_usize, to in 0..9_usize, kind in 0..5_usize, place in 0..400_usize, byte in any::<u8>()) {
        let before = lines();
        let mut all = before.clone();
        match kind {
            0 => {
                let mut bytes = all[at].clone().into_bytes();
                let place = place % bytes.len();
                bytes[place] = byte;
                all[at] = String::from_utf8_lossy(&bytes).into_owned();
            }
            1 => drop(all.remove(at)),
            2 => all.insert(to, before[at].clone()),
            3 => all.swap(at, to),
            _ => all.truncate(at),
        }
        let noted = [Head::of(&chain(&"T1".into(), 6)[5]), Head::of(&chain(&"T2".into(), 3)[2])];
        // Lines of different workspaces have no order among each other.
        let of = |all: &[String], tenant: &str| all.iter().filter(|line| line.contains(&format!("{{\"workspace\":\"{tenant}\""))).cloned().collect::<Vec<_>>();
        let is_same = ["T1", "T2"].iter().all(|tenant| of(&all, tenant) == of(&before, tenant)) && all.len() == before.len();
        let found = verify(all.concat().as_bytes(), &noted);
        prop_assert_eq!(found.is_ok(), is_same, "{:?}", found);
    }
}
