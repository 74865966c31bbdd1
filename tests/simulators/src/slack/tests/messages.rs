//! chat.*: what is taken, what is refused, and who sees it.

use super::*;

async fn error(app: &App, method: &str, body: Value) -> Value {
    app.call(method, body).await["error"].clone()
}

#[tokio::test]
async fn a_bad_block_refuses_the_whole_message() {
    let (slack, app) = workspace().await;
    let blocks = json!([section("fine"), section(&"x".repeat(3001))]);
    let answer = app.call("chat.postMessage", json!({ "channel": "C0GENERAL", "text": "x", "blocks": blocks })).await;
    assert_eq!(answer["error"], "invalid_blocks");
    let want = "must be less than 3001 characters [json-pointer:/blocks/1/text/text]";
    assert_eq!(answer["errors"][1], want);
    assert_eq!(answer["response_metadata"]["messages"][1], format!("[ERROR] {want}"));
    assert!(slack.messages("C0GENERAL").is_empty());
    assert_eq!(rules(&slack), ["invalid_blocks"]);
}

#[tokio::test]
async fn blocks_may_come_as_a_form() {
    let (slack, app) = workspace().await;
    let blocks = json!([section("x")]).to_string();
    let answer = app.get("chat.postMessage", &[("channel", "#general"), ("text", "x"), ("blocks", &blocks)]).await;
    assert_eq!(answer["channel"], "C0GENERAL");
    assert_eq!(slack.messages("C0GENERAL")[0].blocks[0]["type"], "section");
    let answer = app.get("chat.postMessage", &[("channel", "#general"), ("text", "x"), ("blocks", "{not json")]).await;
    assert_eq!(answer["error"], "invalid_blocks_format");
}

#[tokio::test]
async fn text_is_wanted_beside_blocks() {
    let (slack, app) = workspace().await;
    let body = json!({ "channel": "C0GENERAL", "blocks": [section("x")] });
    assert_eq!(app.call("chat.postMessage", body.clone()).await["ok"], true);
    assert_eq!(rules(&slack), ["missing_text"]);
    slack.switch(|switches| switches.require_text = false);
    assert_eq!(app.call("chat.postMessage", body).await["ok"], true);
    assert_eq!(rules(&slack).len(), 1);
    assert_eq!(error(&app, "chat.postMessage", json!({ "channel": "C0GENERAL" })).await, "no_text");
}

#[tokio::test]
async fn new_blocks_can_be_switched_off() {
    let (slack, app) = workspace().await;
    slack.switch(|switches| switches.new_blocks = false);
    let cell = json!({ "type": "raw_text", "text": "x" });
    let table = json!({ "type": "data_table", "caption": "c", "rows": [[cell], [cell]] });
    let body = json!({ "channel": "C0GENERAL", "text": "x", "blocks": [table] });
    let answer = app.call("chat.postMessage", body).await;
    assert_eq!(answer["error"], "invalid_blocks");
    assert_eq!(answer["errors"], json!(["unsupported type: data_table [json-pointer:/blocks/0/type]"]));
    assert!(slack.violations().is_empty(), "the app could not know");
}

#[tokio::test]
async fn places_an_app_may_not_post_to() {
    let (slack, app) = workspace().await;
    slack.add_channel(Channel { is_archived: true, ..Channel::new("C0OLD", "old", &[BOT_USER]) });
    slack.add_channel(Channel { is_private: true, ..Channel::new("C0SECRET", "secret", &["U0ADA"]) });
    let post = async |channel: &str| error(&app, "chat.postMessage", json!({ "channel": channel, "text": "x" })).await;
    assert_eq!(post("C0NOWHERE").await, "channel_not_found");
    assert_eq!(post("C0RANDOM").await, "not_in_channel");
    assert_eq!(post("C0OLD").await, "is_archived");
    assert_eq!(post("C0SECRET").await, "channel_not_found");
    let to_person = app.call("chat.postMessage", json!({ "channel": "U0ADA", "text": "Hello" })).await;
    assert_eq!(to_person["channel"], "D0ADA");
    assert_eq!(slack.user("U0ADA").direct_messages()[0].text, "Hello");
    let body = json!({ "channel": "C0GENERAL", "text": "x", "thread_ts": "1.1" });
    assert_eq!(error(&app, "chat.postMessage", body).await, "thread_not_found");
    let body = json!({ "channel": "C0GENERAL", "text": "x", "metadata": { "event_type": "t" } });
    assert_eq!(error(&app, "chat.postMessage", body).await, "invalid_metadata_format");
}

#[tokio::test]
async fn ephemeral_messages_are_for_one_and_cannot_be_changed() {
    let (slack, app) = workspace().await;
    let body = json!({ "channel": "C0GENERAL", "user": "U0ADA", "text": "Psst" });
    let answer = app.call("chat.postEphemeral", body).await;
    let ts = answer["message_ts"].as_str().unwrap();
    assert_eq!(slack.user("U0ADA").messages("general").len(), 1);
    assert!(slack.user("U0GRACE").messages("general").is_empty());
    let update = json!({ "channel": "C0GENERAL", "ts": ts, "text": "No" });
    assert_eq!(error(&app, "chat.update", update).await, "message_not_found");
    let body = json!({ "channel": "C0ADMINS", "user": "U0MARGARET", "text": "x" });
    assert_eq!(error(&app, "chat.postEphemeral", body).await, "user_not_in_channel");
}

#[tokio::test]
async fn update_keeps_what_is_not_given() {
    let (slack, app) = workspace().await;
    let ts = app.message(json!([section("before")])).await;
    let update = json!({ "channel": "C0GENERAL", "ts": ts, "text": "New" });
    assert_eq!(app.call("chat.update", update).await["text"], "New");
    assert_eq!(slack.messages("C0GENERAL")[0].blocks.len(), 1, "blocks stay when they are not given");
    let update = json!({ "channel": "C0GENERAL", "ts": ts, "text": "New", "blocks": [] });
    app.call("chat.update", update).await;
    let message = slack.messages("C0GENERAL").remove(0);
    assert_eq!((message.blocks.len(), message.edited, message.ts.as_str()), (0, true, ts.as_str()));
    slack.user("U0ADA").say("general", "Mine").unwrap();
    let theirs = slack.messages("C0GENERAL")[1].ts.clone();
    let update = json!({ "channel": "C0GENERAL", "ts": theirs, "text": "x" });
    assert_eq!(error(&app, "chat.update", update).await, "cant_update_message");
    assert_eq!(
        error(&app, "chat.delete", json!({ "channel": "C0GENERAL", "ts": theirs })).await,
        "cant_delete_message"
    );
    assert_eq!(app.call("chat.delete", json!({ "channel": "C0GENERAL", "ts": ts })).await["ok"], true);
    assert_eq!(slack.messages("C0GENERAL").len(), 1);
}

#[tokio::test]
async fn ids_are_made_up_where_the_app_gave_none() {
    let (slack, app) = workspace().await;
    let blocks = json!([
        { "type": "actions", "elements": [{ "type": "button", "text": plain("Go") }] },
        { "type": "markdown", "block_id": "mine", "text": "x" },
    ]);
    app.message(blocks).await;
    let stored = slack.messages("C0GENERAL").remove(0).blocks;
    assert!(stored[0]["block_id"].is_string() && stored[0]["elements"][0]["action_id"].is_string());
    assert_ne!(stored[1]["block_id"], "mine", "Slack drops the id of a markdown block");
}
