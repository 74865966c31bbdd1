//! The audit log through the door: a window that is paged and searched, only for admins, and the channel that follows it.

use super::*;
use crate::slack::block::Style;
use crate::slack::press::Press;
use crate::store::AuditEvent;

impl House {
    async fn happened(&self, by: Option<&str>, what: &str, detail: &str) {
        let actor = by.map(|user| Actor { workspace: "T1".into(), user: user.into(), role: Role::Member });
        let event = AuditEvent {
            actor,
            what: what.into(),
            about: vec![("connection".into(), "c1".into())],
            detail: detail.into(),
        };
        self.store.control.commit(&"T1".into(), WriteSet::default().audit(event)).await.unwrap();
    }

    async fn types(&self, user: &str, text: &str) -> Json {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("command", "/weft"),
                ("text", text),
                ("team_id", "T1"),
                ("user_id", user),
                ("channel_id", "C1"),
            ])
            .extend_pairs([("trigger_id", format!("{user}{text}").as_str())])
            .finish();
        self.send("/slack/commands", &body).await;
        self.window().await
    }

    /// The window after what was done: the last one drawn.
    async fn window(&self) -> Json {
        self.work().await;
        let calls = self.slack.take();
        let drawn = calls.iter().rev().find(|(method, _)| method == "views.update");
        drawn.unwrap_or_else(|| panic!("{calls:?}")).1["view"].clone()
    }

    async fn clicks(&self, user: &str, press: &Press) -> Json {
        let button = press.button("x", Style::Plain);
        let payload = json!({"type": "block_actions", "team": {"id": "T1"}, "user": {"id": user},
            "trigger_id": format!("t{}", self.clock.now()),
            "view": {"type": "modal", "id": "V1", "private_metadata": "", "state": {"values": {}}},
            "actions": [{"action_id": button["action_id"], "block_id": "x", "value": button["value"]}]});
        self.interaction(&payload).await;
        self.window().await
    }
}

fn rows(view: &Json) -> usize {
    view["blocks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|block| block["accessory"]["action_id"] == "press.audit-record")
        .count()
}

#[tokio::test]
async fn an_admin_pages_and_searches_and_looks_at_one() {
    let house = House::new().await;
    for n in 0..25 {
        house.happened(Some("U1"), "board.created", &format!("Board “{n}”")).await;
    }
    house.happened(Some("U2"), "connection.permitted", "Everything").await;
    let view = house.types("U2", "audit").await;
    assert_eq!(rows(&view), 20);
    let text = view.to_string();
    assert!(text.contains("<@U2> changed who may use a connection") && text.contains("Older"), "{text}");
    assert!(!text.contains("Newest"));

    let older = house.clicks("U2", &Press::ShowAudit { search: String::new(), before: Some(7) }).await;
    assert_eq!(rows(&older), 6);
    assert!(older.to_string().contains("Newest") && !older.to_string().contains("Older"));

    let found = house.types("U2", "audit “3”").await;
    assert_eq!(rows(&found), 1);
    let found = house.types("U2", "audit person u2").await;
    assert_eq!(rows(&found), 1, "by a name that only Slack knows");
    let record = house.clicks("U2", &Press::AuditRecord { seq: 4 }).await;
    let text = record.to_string();
    assert!(text.contains("Record 4") && text.contains("board.created") && text.contains("connection: c1"), "{text}");
}

#[tokio::test]
async fn what_is_filled_in_is_looked_for_in_the_window_below() {
    let house = House::new().await;
    house.happened(Some("U1"), "board.created", "Board one").await;
    house.happened(Some("U7"), "board.deleted", "Board one").await;
    house.clicks("U2", &Press::ShowAudit { search: String::new(), before: None }).await;
    let field = |value: Json| json!({"value": value});
    let values = json!({
        "words": field(json!({"type": "plain_text_input", "value": "one"})),
        "people": field(json!({"type": "users_select", "selected_user": "U7"})),
        "kind": field(json!({"type": "static_select", "selected_option": {"value": "kind:board."}})),
        "from": field(json!({"type": "datepicker", "selected_date": "2026-11-24"})),
        "until": field(json!({"type": "datepicker", "selected_date": null})),
    });
    let meta = json!({"view": "audit-search", "below": "V1"}).to_string();
    let sent = json!({"type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U2"},
        "view": {"type": "modal", "id": "V2", "private_metadata": meta, "state": {"values": values}}});
    let answer: Json = house.interaction(&sent).await.json().await.unwrap();
    assert_eq!(answer, json!({}), "the form goes");
    house.work().await;
    let calls = house.slack.take();
    let (_, drawn) = calls.iter().find(|(method, _)| method == "views.update").unwrap();
    assert_eq!(drawn["view_id"], "V1");
    let text = drawn["view"].to_string();
    assert!(text.contains("one <@U7> kind:board. from:2026-11-24") && text.contains("deleted a board"), "{text}");
    assert_eq!(rows(&drawn["view"]), 1);
}

#[tokio::test]
async fn a_member_gets_a_refusal_whatever_they_click() {
    let house = House::new().await;
    house.happened(Some("U2"), "board.created", "Secret plans").await;
    let mut windows = vec![house.types("U1", "audit").await];
    for press in [
        Press::ShowAudit { search: "secret".into(), before: None },
        Press::AuditRecord { seq: 1 },
        Press::ExportAudit { format: crate::audit::AuditFormat::Csv },
    ] {
        windows.push(house.clicks("U1", &press).await);
    }
    for view in windows {
        let text = view.to_string();
        assert!(text.contains("Only admins and the owner read the audit log") && !text.contains("Secret"), "{text}");
    }
    assert_eq!(house.store.control.audit(&"T1".into(), 0, 9).await.unwrap().len(), 1);
}

/// What was posted to the channel, in order.
fn told(house: &House) -> Vec<String> {
    let calls = house.slack.take().into_iter();
    let posts = calls.filter(|(method, call)| method == "chat.postMessage" && call["channel"] == "C9");
    posts.map(|(_, call)| call["blocks"].to_string()).collect()
}

#[tokio::test]
async fn the_channel_is_told_each_record_once_and_in_order() {
    let house = House::new().await;
    house.happened(None, "board.created", "before").await;
    let tell = || async { house.door.tell_audit(&"T1".into(), "C9").await };
    assert_eq!(tell().await.unwrap(), 0, "it begins with what comes");
    for n in 0..30 {
        house.happened(Some("U2"), "board.created", &format!("Board {n:02}.")).await;
    }
    house.slack.failing.lock().unwrap().push(("chat.postMessage", "channel_not_found"));
    assert!(tell().await.is_err(), "what Slack did not take is told again");
    house.slack.take();
    assert_eq!([tell().await.unwrap(), tell().await.unwrap(), tell().await.unwrap()], [25, 5, 0]);
    let told = told(&house);
    assert_eq!(told.len(), 2);
    let places: Vec<usize> = (0..25).map(|n| told[0].find(&format!("Board {n:02}.")).unwrap()).collect();
    assert!(places.is_sorted() && !told[0].contains("before") && !told[0].contains("<@"), "{}", told[0]);
    assert!(told[0].contains("Person U2 created a board"), "{}", told[0]);
    assert!(told[1].contains("Board 25.") && told[1].contains("Board 29."));
}

#[tokio::test(start_paused = true)]
async fn following_goes_on_where_it_stood_and_ends_when_told() {
    let house = House::new().await;
    let stop = tokio_util::sync::CancellationToken::new();
    house.door.tell_audit(&"T1".into(), "C9").await.unwrap();
    house.happened(None, "board.created", "while it was down").await;
    let follow = tokio::spawn({
        let (door, stop) = (house.door.clone(), stop.clone());
        async move { door.follow_audit("T1".into(), "C9".into(), stop).await }
    });
    while !house.slack.calls.lock().unwrap().iter().any(|(method, _)| method == "chat.postMessage") {
        tokio::task::yield_now().await;
    }
    stop.cancel();
    follow.await.unwrap();
    assert!(told(&house)[0].contains("while it was down"));
}
