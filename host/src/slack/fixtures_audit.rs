//! Records of the audit log for tests: what an ordinary day holds, and what a tool could put into one.

use super::client::Message;
use super::fixtures::NOW;
use super::render::{AuditLine, AuditView, ask_audit, audit, audit_feed, audit_record};
use crate::audit::{Names, Rest};
use crate::domain::{Actor, Role};
use crate::store::{AuditEvent, AuditRecord};
use serde_json::Value as Json;

fn line(seq: u64, by: Option<&str>, what: &str, about: &[(&str, &str)], detail: &str) -> AuditLine {
    let actor = by.map(|user| Actor { workspace: "T1".into(), user: user.into(), role: Role::Admin });
    let about = about.iter().map(|(kind, id)| ((*kind).to_owned(), (*id).to_owned())).collect();
    let event = AuditEvent { actor, what: what.to_owned(), about, detail: detail.to_owned() };
    let hash = |sign: &str| sign.repeat(64);
    let record = AuditRecord { seq, at: NOW, event, previous: hash("a"), hash: hash("b") };
    AuditLine { record, subject: None }
}

fn lines() -> Vec<AuditLine> {
    let request = [("request", "r1"), ("connection", "c1"), ("action", "deactivate-user")];
    let of_request = |line: AuditLine| AuditLine { subject: Some("Deactivate user in Acme *Inc*".into()), ..line };
    let target = [&request[..], &[("target", "005000000000001AAA"), ("title", "Ada <b>")]].concat();
    vec![
        of_request(line(45, None, "target.done", &target, "")),
        of_request(line(44, Some("U2"), "request.approved", &request, &format!("plan {}", "7f".repeat(32)))),
        line(
            43,
            Some("U1"),
            "connection.permitted",
            &[("connection", "c1")],
            "Acme may be used by U7, U9, before by everyone",
        ),
        line(42, None, "policy.changed-somehow", &[], "one approver"),
    ]
}

fn names() -> Names {
    Names::from(
        [("U1", "Ada *Lovelace*"), ("U2", "Grace Hopper"), ("U7", "Linus"), ("U9", "")]
            .map(|(id, name)| (id.into(), name.to_owned())),
    )
}

fn view(search: &str, before: Option<u64>, lines: Vec<AuditLine>, rest: Rest) -> AuditView {
    AuditView { search: search.to_owned(), before, lines, rest, names: names(), unnamed: 0 }
}

/// Every window of the log.
pub fn views() -> Vec<(&'static str, Json)> {
    let full = (0..20).flat_map(|_| lines()).take(20).collect();
    let unseen = Rest::Unseen(41, NOW - 86_400_000);
    vec![
        ("audit", audit(&view("", None, lines(), Rest::Before(42)))),
        ("audit_full_page", audit(&view("", Some(46), full, Rest::Before(26)))),
        ("audit_found", audit(&view("@U1 *permitted* 2026-11", Some(99), lines()[2..3].to_vec(), unseen))),
        ("audit_none_so_far", audit(&AuditView { unnamed: 7, ..view("zoe", None, Vec::new(), unseen) })),
        ("audit_none", audit(&view("zoe", None, Vec::new(), Rest::Nothing))),
        ("audit_empty", audit(&view("", None, Vec::new(), Rest::Nothing))),
        ("audit_record", audit_record(&lines()[0], &names())),
        ("audit_record_of_a_person", audit_record(&lines()[2], &names())),
        ("audit_search", ask_audit("", "V1")),
        ("audit_search_again", ask_audit("ada request.approved", "V1")),
    ]
}

/// What the channel that follows the log is told.
pub fn feed(count: usize) -> Message {
    let lines: Vec<AuditLine> = lines().into_iter().rev().take(count).collect();
    audit_feed(&lines, &names())
}

fn hostile_line(text: &str) -> AuditLine {
    let mut line = line(1, Some("U1"), text, &[(text, text), ("target", text)], text);
    line.subject = Some(text.to_owned());
    line
}

/// A page of a log into which a tool wrote this.
pub fn hostile(text: &str) -> Json {
    audit(&view(text, None, vec![hostile_line(text)], Rest::Nothing))
}

/// The same record whole.
pub fn hostile_record(text: &str) -> Json {
    audit_record(&hostile_line(text), &Names::from([("U1".into(), text.to_owned())]))
}

/// The same in the channel.
pub fn hostile_feed(text: &str) -> Message {
    audit_feed(&vec![hostile_line(text); 25], &Names::from([("U1".into(), text.to_owned())]))
}
