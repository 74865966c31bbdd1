//! What is let in, what is kept before the answer, and what is answered.

use super::*;

#[tokio::test]
async fn a_wrong_or_old_signature_is_401_and_nothing_is_stored() {
    let house = House::new().await;
    let body = "command=%2Fweft&text=help&team_id=T1&user_id=U1&trigger_id=1";
    let now = NOW / 1000;
    let old = now - 301;
    for (timestamp, signature) in [
        (now.to_string(), "v0=00".to_owned()),
        (now.to_string(), String::new()),
        (now.to_string(), sign("other", now, body.as_bytes())),
        (old.to_string(), sign(SECRET, old, body.as_bytes())),
        (String::new(), sign(SECRET, now, body.as_bytes())),
    ] {
        for path in ["/slack/commands", "/slack/interactions", "/slack/events"] {
            assert_eq!(house.send_signed(path, body, &timestamp, &signature).await.status(), 401);
        }
    }
    assert_eq!(house.inbox().await, 0);
    assert!(house.store.control.tenants().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_body_over_a_megabyte_is_413() {
    let house = House::new().await;
    assert_eq!(house.send("/slack/events", &"x".repeat((1 << 20) + 1)).await.status(), 413);
    assert_eq!(house.inbox().await, 0);
}

#[tokio::test]
async fn a_command_is_in_the_inbox_before_its_200() {
    let house = House::new().await;
    let answer = house.command("/weft", "help").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.text().await.unwrap(), "");
    assert_eq!(house.inbox().await, 1);
    assert!(house.slack.take().is_empty(), "the work comes after the answer");
    let envelope = house.first_in_inbox().await;
    assert_eq!((envelope.workspace.as_str(), envelope.user.unwrap().as_str()), ("T1", "U1"));
}

#[tokio::test]
async fn the_same_delivery_again_is_200_and_nothing_more() {
    let house = House::new().await;
    let event = json!({"type": "event_callback", "team_id": "T1", "event_id": "Ev1",
        "event": {"type": "app_home_opened", "user": "U1", "tab": "home"}})
    .to_string();
    for _ in 0..3 {
        assert_eq!(house.send("/slack/events", &event).await.status(), 200);
    }
    assert_eq!(house.inbox().await, 1);
    house.work().await;
    assert_eq!(house.send("/slack/events", &event).await.status(), 200);
    assert_eq!(house.inbox().await, 0, "also after it was worked off");
    assert_eq!(SlackApi::methods(&house.slack.take()), ["views.publish"]);
}

#[tokio::test]
async fn checks_of_the_address_are_answered_and_not_stored() {
    let house = House::new().await;
    assert_eq!(house.send("/slack/commands", "ssl_check=1&token=x").await.status(), 200);
    let answer = house.send("/slack/events", r#"{"type":"url_verification","challenge":"c7","token":"x"}"#).await;
    assert_eq!(answer.json::<Json>().await.unwrap()["challenge"], "c7");
    assert_eq!(house.inbox().await, 0);
}

#[tokio::test]
async fn what_is_not_understood_is_acknowledged_and_dropped() {
    let house = House::new().await;
    assert_eq!(house.send("/slack/events", "not json").await.status(), 200);
    assert_eq!(house.send("/slack/interactions", "no=payload").await.status(), 200);
    let pinned = r#"{"type":"event_callback","team_id":"T1","event_id":"E","event":{"type":"pin_added"}}"#;
    assert_eq!(house.send("/slack/events", pinned).await.status(), 200);
    let unknown = json!({"type": "from_the_future", "team": {"id": "T1"}, "user": {"id": "U1"}});
    assert_eq!(house.interaction(&unknown).await.status(), 200);
    assert_eq!(house.inbox().await, 0);
}

#[tokio::test]
async fn a_workspace_without_an_install_is_dropped_when_worked() {
    let house = House::new().await;
    let body = "command=%2Fweft&text=help&team_id=T9&user_id=U1&trigger_id=1";
    assert_eq!(house.send("/slack/commands", body).await.status(), 200);
    house.work().await;
    assert!(house.slack.take().is_empty());
    assert_eq!(house.inbox().await, 0);
}

#[tokio::test]
async fn unknown_words_get_examples_in_private() {
    let house = House::new().await;
    house.command("/weft", "brew coffee").await;
    house.work().await;
    let calls = house.slack.take();
    assert_eq!(SlackApi::methods(&calls), ["response/1"]);
    assert_eq!(calls[0].1["response_type"], "ephemeral");
    assert_eq!(calls[0].1["replace_original"], false);
    assert!(calls[0].1["blocks"].to_string().contains("/boards"), "{}", calls[0].1);
}

#[tokio::test]
async fn a_sent_modal_gets_a_placeholder_that_the_worker_replaces_later() {
    let house = House::new().await;
    let meta = r#"{"view":"preview","request":"r1","fingerprint":"f"}"#;
    let payload = json!({"type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U1"}, "trigger_id": "t7",
        "view": {"id": "V1", "type": "modal", "private_metadata": meta, "state": {"values": {}}}});
    let answer: Json = house.interaction(&payload).await.json().await.unwrap();
    assert_eq!(answer["response_action"], "update");
    let early = house.store.queue.claim(&[JobKind::Inbox], 1, Duration::from_secs(60)).await.unwrap();
    assert!(early.is_empty(), "the placeholder needs its head start");
    house.work().await;
    let calls = house.slack.take();
    assert_eq!(SlackApi::methods(&calls), ["views.update"]);
    assert_eq!(calls[0].1["view_id"], "V1");
    assert!(calls[0].1["view"].to_string().contains("no such request"), "{}", calls[0].1);
}

#[tokio::test]
async fn a_click_on_a_request_that_is_gone_gets_a_plain_answer() {
    let house = House::new().await;
    let button = Press::Approve { request: "r1".into(), fingerprint: "f".into() }.button("Approve", Style::Plain);
    let payload = json!({"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U2"}, "trigger_id": "t8",
        "response_url": house.api.join("/response/2").unwrap(),
        "container": {"channel_id": "D1", "message_ts": "17.1"},
        "actions": [{"action_id": button["action_id"], "block_id": "x", "value": button["value"]}]});
    assert_eq!(house.interaction(&payload).await.status(), 200);
    house.work().await;
    let calls = house.slack.take();
    assert_eq!(SlackApi::methods(&calls), ["response/2"]);
    assert!(calls[0].1["text"].as_str().unwrap().contains("no such request"), "{}", calls[0].1);
}

#[tokio::test]
async fn options_are_answered_at_once_and_never_stored() {
    let house = House::new().await;
    let payload = json!({"type": "block_suggestion", "team": {"id": "T1"}, "user": {"id": "U1"}, "action_id": "choose-row",
        "block_id": "row/b9/n1", "value": "ada"});
    let answer: Json = house.interaction(&payload).await.json().await.unwrap();
    assert_eq!(answer, json!({"options": []}));
    assert_eq!(house.inbox().await, 0);
}

#[tokio::test]
async fn removing_the_app_is_in_the_audit_log() {
    let house = House::new().await;
    let event = r#"{"type":"event_callback","team_id":"T1","event_id":"Ev9","event":{"type":"app_uninstalled"}}"#;
    house.send("/slack/events", event).await;
    house.work().await;
    let audit = house.store.control.audit(&"T1".into(), 0, 10).await.unwrap();
    assert_eq!(audit[0].event.what, "slack.uninstalled");
}

#[tokio::test]
async fn a_modal_opened_too_late_is_said_in_words() {
    let house = House::new().await;
    house.slack.failing.lock().unwrap().push(("views.open", "expired_trigger_id"));
    house.command("/weft", "run").await;
    house.work().await;
    let calls = house.slack.take();
    assert_eq!(SlackApi::methods(&calls), ["views.open", "response/1"]);
    assert!(calls[1].1["text"].as_str().unwrap().contains("click again"));
}

#[tokio::test]
async fn connecting_opens_a_window_with_the_link_or_says_who_may() {
    let house = House::new().await;
    house.command("/weft", "connect salesforce").await;
    house.work().await;
    let calls = house.slack.take();
    assert_eq!(SlackApi::methods(&calls), ["views.open", "views.update"]);
    assert!(calls[1].1["view"].to_string().contains("Only admins"), "U1 is a member");
}
