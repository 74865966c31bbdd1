//! The log as it is read: searched, paged with bounded work, exported whole.

use super::*;
use crate::domain::{Role, UserId};
use crate::store::{AuditEvent, Store, WriteSet, verify_exported_audit};
use futures::TryStreamExt;
use jiff::civil::date;
use std::time::Duration;

/// 2026-11-24 09:00 UTC.
const NOW: i64 = 1_795_510_800_000;

struct Desk {
    log: Audit,
    clock: Clock,
}

fn actor(user: &str, role: Role) -> Actor {
    Actor { workspace: "T1".into(), user: user.into(), role }
}

fn admin() -> Actor {
    actor("U2", Role::Admin)
}

impl Desk {
    fn new() -> Self {
        let clock = Clock::fixed(NOW);
        Self { log: Audit::new(Store::memory_at(clock.clone()), clock.clone(), TimeZone::UTC), clock }
    }

    async fn write(&self, by: Option<&str>, what: &str, detail: &str) {
        let event = AuditEvent {
            actor: by.map(|user| actor(user, Role::Member)),
            what: what.to_owned(),
            about: vec![("request".to_owned(), "r1".to_owned())],
            detail: detail.to_owned(),
        };
        self.log.store.control.commit(&"T1".into(), WriteSet::default().audit(event)).await.unwrap();
    }

    async fn many(&self, count: usize) {
        let event = AuditEvent { actor: None, what: "target.done".into(), about: vec![], detail: "x".into() };
        for at in (0..count).step_by(500) {
            let some = 500.min(count - at);
            let write = (0..some).fold(WriteSet::default(), |write, _| write.audit(event.clone()));
            self.log.store.control.commit(&"T1".into(), write).await.unwrap();
        }
    }

    async fn page(&self, search: &str, before: Option<u64>) -> (Vec<u64>, Rest) {
        let names = Names::from([("U1".into(), "Ada Lovelace".to_owned())]);
        let page = self.log.page(&admin(), &self.log.query(search), before, &names).await.unwrap();
        (page.records.iter().map(|record| record.seq).collect(), page.rest)
    }
}

#[tokio::test]
async fn every_word_must_fit_and_people_are_found_by_name() {
    let desk = Desk::new();
    desk.write(Some("U1"), "request.prepared", "Deactivate user on 2 target(s)").await;
    desk.write(Some("U3"), "request.approved", "plan 7f").await;
    desk.write(None, "connection.permitted", "Acme may be used by U1, before by everyone").await;
    desk.clock.advance(Duration::from_secs(24 * 3600));
    desk.write(Some("U3"), "request.denied", "Not today").await;
    for (search, expected) in [
        ("", vec![4, 3, 2, 1]),
        ("ada", vec![3, 1]),
        ("ADA deactivate", vec![1]),
        ("@ada", vec![3, 1]),
        ("<@U3>", vec![4, 2]),
        ("<@U3|grace> plan", vec![2]),
        ("weft", vec![3]),
        ("request.approved", vec![2]),
        ("kind:request.", vec![4, 2, 1]),
        ("kind:permitted", vec![3]),
        ("kind:approved u3", vec![2]),
        ("kind:quest", vec![]),
        ("2026-11-24", vec![3, 2, 1]),
        ("2026-11-25", vec![4]),
        ("today", vec![4]),
        ("yesterday ada", vec![3, 1]),
        ("2026-11", vec![4, 3, 2, 1]),
        ("2026-10", vec![]),
        ("from:2026-11-25", vec![4]),
        ("until:2026-11-24 kind:request.", vec![2, 1]),
        ("from:2026-11-24 until:2026-11-24 plan", vec![2]),
        ("2026-11-24 2026-11-25", vec![]),
        ("2026-13-01", vec![]),
        ("nowhere", vec![]),
    ] {
        assert_eq!(desk.page(search, None).await, (expected, Rest::Nothing), "{search}");
    }
}

#[test]
fn days_begin_where_the_zone_says() {
    let zone = TimeZone::get("Asia/Tokyo").unwrap();
    let query = Query::parse("2026-11-24", date(2026, 11, 24), &zone);
    let at = |at: i64| {
        let event = AuditEvent { actor: None, what: "x".into(), about: vec![], detail: String::new() };
        AuditRecord { seq: 1, at, event, previous: String::new(), hash: String::new() }
    };
    let start = NOW - 18 * 3600 * 1000;
    for (moment, expected) in
        [(start - 1, false), (start, true), (start + 86_399_999, true), (start + 86_400_000, false)]
    {
        assert_eq!(query.fits(&at(moment), &Names::new()), expected, "{moment}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_to_the_first_record() {
    let desk = Desk::new();
    desk.many(45).await;
    let (first, rest) = desk.page("", None).await;
    assert_eq!((first.first(), first.last(), rest), (Some(&45), Some(&26), Rest::Before(26)));
    let (second, rest) = desk.page("", Some(26)).await;
    assert_eq!((second.first(), second.last(), rest), (Some(&25), Some(&6), Rest::Before(6)));
    assert_eq!(desk.page("", Some(6)).await, (vec![5, 4, 3, 2, 1], Rest::Nothing));
    assert_eq!(desk.page("", Some(1)).await, (vec![], Rest::Nothing));
    assert_eq!(Desk::new().page("", None).await, (vec![], Rest::Nothing));
}

#[tokio::test]
async fn a_page_that_is_full_at_the_first_record_is_the_last() {
    let desk = Desk::new();
    desk.many(20).await;
    assert_eq!(desk.page("", None).await.1, Rest::Nothing);
}

#[tokio::test]
async fn no_page_looks_at_more_than_it_may() {
    let desk = Desk::new();
    desk.write(Some("U1"), "request.approved", "the needle").await;
    desk.many(2 * search::LOOKED_AT).await;
    let last = 2 * search::LOOKED_AT as u64 + 1;
    let (found, rest) = desk.page("needle", None).await;
    assert_eq!((found, rest), (vec![], Rest::Unseen(last + 1 - search::LOOKED_AT as u64, NOW)));
    let Rest::Unseen(before, _) = rest else { panic!() };
    let (found, rest) = desk.page("needle", Some(before)).await;
    assert_eq!((found, rest), (vec![], Rest::Unseen(2, NOW)));
    assert_eq!(desk.page("needle", Some(2)).await, (vec![1], Rest::Nothing));
}

#[tokio::test]
async fn a_day_long_past_is_found_at_once() {
    let desk = Desk::new();
    desk.write(Some("U1"), "request.approved", "long ago").await;
    desk.clock.advance(Duration::from_secs(30 * 24 * 3600));
    desk.many(3 * search::LOOKED_AT).await;
    assert_eq!(desk.page("2026-11-24", None).await, (vec![1], Rest::Nothing));
    assert_eq!(desk.page("until:2026-11-30 ada", None).await, (vec![1], Rest::Nothing));
    assert_eq!(desk.page("2026-12-01", None).await, (vec![], Rest::Nothing));
}

#[tokio::test]
async fn people_without_a_name_are_told_where_names_matter() {
    let desk = Desk::new();
    desk.write(Some("U1"), "board.shared", "shared with U7 as viewer, WEFT and U77X as editor").await;
    let page = |search: &'static str| {
        let log = desk.log.clone();
        async move { log.page(&admin(), &log.query(search), None, &Names::new()).await.unwrap().unnamed }
    };
    let unnamed: Vec<UserId> = ["U1", "U7", "U77X"].map(UserId::from).to_vec();
    assert_eq!(page("zoe").await, unnamed);
    assert_eq!(page("").await, []);
    assert_eq!(page("kind:board. today").await, []);
}

#[tokio::test]
async fn only_admins_read_and_export() {
    let desk = Desk::new();
    desk.write(Some("U1"), "request.approved", "secret plans").await;
    let member = actor("U1", Role::Member);
    let refused = |error: AppError| matches!(error, AppError::Refused(sentence) if sentence.starts_with("Only admins"));
    assert!(refused(desk.log.page(&member, &desk.log.query(""), None, &Names::new()).await.unwrap_err()));
    assert!(refused(desk.log.record(&member, 1).await.unwrap_err()));
    assert!(refused(desk.log.export(&member, AuditFormat::Csv).await.err().unwrap()));
    assert_eq!(desk.page("", None).await.0, [1], "a refusal is no event");
    assert_eq!(desk.log.record(&admin(), 1).await.unwrap().event.detail, "secret plans");
    assert!(matches!(desk.log.record(&admin(), 2).await, Err(AppError::Refused(_))));
}

async fn bytes(file: &AuditFile) -> Vec<u8> {
    let pieces: Vec<bytes::Bytes> = file.stream().try_collect().await.unwrap();
    let bytes = pieces.concat();
    assert_eq!(bytes.len() as u64, file.bytes, "the length that was promised");
    bytes
}

#[tokio::test]
async fn an_export_as_json_lines_can_be_checked_outside() {
    let desk = Desk::new();
    desk.many(700).await;
    let export = desk.log.export(&admin(), AuditFormat::JsonLines).await.unwrap();
    assert_eq!((export.records, export.files.len()), (701, 1));
    assert_eq!(export.files[0].name, "audit log 2026-11-24.jsonl");
    desk.write(Some("U1"), "request.approved", "after the export").await;
    let text = String::from_utf8(bytes(&export.files[0]).await).unwrap();
    let heads = verify_exported_audit(text.as_bytes(), &[]).unwrap();
    assert_eq!(heads[&"T1".into()].seq, 701);
    let last: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(last["event"]["what"], "audit.exported");
    // As somebody without Weft would check it.
    let sealed: Vec<_> = ["workspace", "seq", "at", "event", "previous"]
        .iter()
        .map(|member| {
            let line = text.lines().last().unwrap();
            let raw: std::collections::BTreeMap<&str, &serde_json::value::RawValue> =
                serde_json::from_str(line).unwrap();
            raw[member].get().to_owned()
        })
        .collect();
    let hash = blake3::hash(format!("[{}]", sealed.join(",")).as_bytes()).to_hex().to_string();
    assert_eq!(last["hash"], hash.as_str());
}

#[tokio::test]
async fn an_export_larger_than_a_file_may_be_is_several() {
    let mut desk = Desk::new();
    desk.many(1_000).await;
    desk.log.file_bytes = 150_000;
    let export = desk.log.export(&admin(), AuditFormat::JsonLines).await.unwrap();
    assert!(export.files.len() > 1);
    assert_eq!(export.files[1].name, "audit log 2026-11-24 part 2.jsonl");
    let mut whole = Vec::new();
    for file in &export.files {
        assert!(file.bytes <= 150_000);
        whole.extend(bytes(file).await);
    }
    assert_eq!(verify_exported_audit(whole.as_slice(), &[]).unwrap()[&"T1".into()].seq, 1_001);
}

#[tokio::test]
async fn an_export_as_csv_runs_nothing() {
    let desk = Desk::new();
    desk.write(Some("U1"), "request.denied", "=cmd|' /C calc'!A0, \"no\"").await;
    let export = desk.log.export(&admin(), AuditFormat::Csv).await.unwrap();
    let text = String::from_utf8(bytes(&export.files[0]).await).unwrap();
    let mut reader = csv::Reader::from_reader(text.strip_prefix('\u{feff}').unwrap().as_bytes());
    assert_eq!(reader.headers().unwrap().iter().take(3).collect::<Vec<_>>(), ["seq", "at", "actor"]);
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
    let first: Vec<&str> = rows[0].iter().take(7).collect();
    let expected =
        ["1", "2026-11-24T09:00:00Z", "U1", "member", "request.denied", "request r1", "'=cmd|' /C calc'!A0, \"no\""];
    assert_eq!(first, expected);
    assert_eq!((rows.len(), &rows[1][4]), (2, "audit.exported"));
}

#[tokio::test]
async fn who_administers_is_recorded_when_it_changes() {
    let store = Store::memory();
    let workspace = "T1".into();
    for administrators in [&["U1"][..], &["U1"], &["U1", "U2"], &["U3", "U2"]] {
        let administrators = administrators.iter().map(|user| UserId::from(*user)).collect();
        note_roles(&store, &workspace, administrators).await.unwrap();
    }
    let records = store.control.audit(&workspace, 0, 10).await.unwrap();
    let said: Vec<&str> = records.iter().map(|record| record.event.detail.as_str()).collect();
    assert_eq!(
        said,
        [
            "owner U1, no admins",
            "owner U1, admins U2; before: owner U1, no admins",
            "owner U3, admins U2; before: owner U1, admins U2"
        ]
    );
}
