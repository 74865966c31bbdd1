//! Slash commands, buttons and response URLs.

use super::app::Reply;
use super::*;

#[tokio::test]
async fn a_command_is_signed_and_complete() {
    let (slack, app) = workspace().await;
    slack.user("U0ADA").command("/boards", "idle seats", "general").await.unwrap();
    let received = app.last();
    assert_eq!(received.path, "/slack/commands");
    assert!(received.is_signed("simulated-signing-secret"));
    let want = [
        ("command", "/boards"),
        ("text", "idle seats"),
        ("user_id", "U0ADA"),
        ("channel_id", "C0GENERAL"),
        ("channel_name", "general"),
        ("team_id", "T0ACME"),
        ("api_app_id", APP_ID),
        ("is_enterprise_install", "false"),
    ];
    for (name, value) in want {
        assert_eq!(received.form(name).as_deref(), Some(value), "{name}");
    }
    assert!(received.form("trigger_id").is_some());
    assert!(slack.user("U0ADA").messages("general").is_empty(), "an empty answer shows nothing");
}

#[tokio::test]
async fn the_answer_of_a_command_is_ephemeral_unless_it_says_otherwise() {
    let (slack, app) = workspace().await;
    let ada = slack.user("U0ADA");
    app.reply([
        Reply::Json(json!({ "text": "Only you" })),
        Reply::Json(json!({ "text": "All", "response_type": "in_channel" })),
    ]);
    ada.command("/weft", "help", "general").await.unwrap();
    ada.command("/weft", "help", "general").await.unwrap();
    let texts = |user: &str| slack.user(user).messages("general").into_iter().map(|one| one.text).collect::<Vec<_>>();
    assert_eq!((texts("U0ADA"), texts("U0GRACE")), (vec!["Only you".into(), "All".into()], vec!["All".to_owned()]));
}

#[tokio::test]
async fn a_late_command_fails_and_is_not_retried() {
    let (slack, app) = workspace().await;
    app.reply([Reply::Hang]);
    let ada = slack.user("U0ADA");
    let running = tokio::spawn(async move { ada.command("/boards", "", "general").await });
    app.wait_for(1).await;
    slack.advance(THREE_SECONDS);
    assert_eq!(running.await.unwrap().unwrap().problem.as_deref(), Some("operation_timeout"));
    let shown = slack.user("U0ADA").messages("general").remove(0);
    assert_eq!(
        (shown.author, shown.text.as_str()),
        (Author::Slackbot, "/boards failed with the error \"operation_timeout\"")
    );
    assert_eq!(rules(&slack), ["late_answer"]);
    slack.advance(Duration::from_secs(600));
    assert_eq!(app.received().len(), 1);
}

#[tokio::test]
async fn a_failing_command_says_so() {
    let (slack, app) = workspace().await;
    app.reply([Reply::Status(500)]);
    let ada = slack.user("U0ADA");
    ada.command("/boards", "", "general").await.unwrap();
    assert_eq!(ada.messages("general")[0].text, "/boards failed with the error \"dispatch_failed\"");
    ada.command("/nosuch", "", "general").await.unwrap();
    assert!(ada.messages("general")[1].text.starts_with("/nosuch is not a valid command."));
    assert_eq!(app.received().len(), 1);
    assert!(slack.user("U0MARGARET").command("/boards", "", "it-admins").await.is_err(), "she is not in there");
}

#[tokio::test]
async fn signatures_can_be_spoilt_on_purpose() {
    let (slack, app) = workspace().await;
    let ada = slack.user("U0ADA");
    slack.fault(|faults| faults.wrong_signature = true);
    ada.command("/weft", "", "general").await.unwrap();
    assert!(!app.last().is_signed("simulated-signing-secret"));
    slack.fault(|faults| *faults = Faults { signature_age: 600, ..Faults::default() });
    let before: i64 = app.last().headers["x-slack-request-timestamp"].parse().unwrap();
    ada.command("/weft", "", "general").await.unwrap();
    let old: i64 = app.last().headers["x-slack-request-timestamp"].parse().unwrap();
    assert!(app.last().is_signed("simulated-signing-secret") && before - old >= 590);
    slack.fault(|faults| *faults = Faults { twice: true, ..Faults::default() });
    ada.command("/weft", "", "general").await.unwrap();
    let received = app.received();
    assert_eq!((received.len(), &received[2].body), (4, &received[3].body));
}

#[tokio::test]
async fn a_click_carries_the_message_the_state_and_a_response_url() {
    let (slack, app) = workspace().await;
    let choice = json!({ "type": "static_select", "action_id": "choice",
        "options": [{ "text": plain("Weekly"), "value": "w" }, { "text": plain("Daily"), "value": "d" }] });
    let accessory = json!({ "type": "section", "block_id": "pick", "text": plain("How often?"), "accessory": choice });
    let ts = app.message(json!([accessory, buttons(&["approve", "deny"])])).await;
    let grace = slack.user("U0GRACE");
    let message = grace.messages("general").remove(0);
    grace.choose(&message, "choice", "Daily").await.unwrap();
    let chosen = app.last().json();
    assert_eq!(chosen["actions"][0]["selected_option"]["value"], "d");
    grace.click(&message, "approve").await.unwrap();
    let clicked = app.last().json();
    assert_eq!(app.last().path, "/slack/interactions");
    assert_eq!(clicked["type"], "block_actions");
    assert_eq!(clicked["user"]["id"], "U0GRACE");
    assert_eq!(
        clicked["container"],
        json!({ "type": "message", "message_ts": ts, "channel_id": "C0GENERAL", "is_ephemeral": false })
    );
    assert_eq!(clicked["message"]["ts"], json!(ts));
    assert_eq!(clicked["channel"], json!({ "id": "C0GENERAL", "name": "general" }));
    assert_eq!(clicked["state"]["values"]["pick"]["choice"]["selected_option"]["value"], "d");
    assert_eq!(clicked["enterprise"], Value::Null);
    let action = &clicked["actions"][0];
    assert_eq!((&action["action_id"], &action["value"]), (&json!("approve"), &json!("approve-value")));
    assert!(grace.click(&message, "nothing").await.is_err());
    assert!(grace.act(&message, "choice", Gesture::Choose("never".into())).await.is_err());
}

#[tokio::test]
async fn an_org_install_sends_no_team() {
    let mut options = SlackOptions::default();
    options.team.enterprise = Some("E0ACME".into());
    options.team.org_install = true;
    let (slack, app) = workspace_with(options).await;
    app.message(json!([buttons(&["go"])])).await;
    let ada = slack.user("U0ADA");
    ada.click(&ada.messages("general")[0], "go").await.unwrap();
    let payload = app.last().json();
    assert_eq!((&payload["team"], &payload["enterprise"]["id"]), (&Value::Null, &json!("E0ACME")));
    assert_eq!(payload["is_enterprise_install"], true);
}

/// Runs a command and gives its response_url.
async fn command_url(slack: &Slack, app: &App) -> String {
    slack.user("U0ADA").command("/weft", "", "general").await.unwrap();
    app.last().form("response_url").unwrap()
}

#[tokio::test]
async fn a_response_url_works_five_times_in_thirty_minutes() {
    let (slack, app) = workspace().await;
    let url = command_url(&slack, &app).await;
    for _ in 0..5 {
        assert_eq!(app.post(&url, r#"{"text":"x"}"#).await, (200, "ok".into()));
    }
    slack.advance(Duration::from_secs(10));
    assert_eq!(app.post(&url, r#"{"text":"x"}"#).await, (404, r#"{"error":"used_url","ok":false}"#.into()));
    let url = command_url(&slack, &app).await;
    slack.advance(Duration::from_secs(30 * 60));
    assert_eq!(app.post(&url, r#"{"text":"x"}"#).await, (404, r#"{"error":"expired_url","ok":false}"#.into()));
    assert_eq!(slack.user("U0ADA").messages("general").len(), 5);
    assert!(slack.user("U0GRACE").messages("general").is_empty(), "ephemeral unless in_channel");
}

#[tokio::test]
async fn a_response_url_checks_what_it_is_given() {
    let (slack, app) = workspace().await;
    let url = command_url(&slack, &app).await;
    let bad = json!({ "text": "x", "blocks": [section("")] }).to_string();
    assert_eq!(app.post(&url, bad).await, (400, "invalid_blocks".into()));
    assert_eq!(app.post(&url, "{}").await, (400, "no_text".into()));
    assert_eq!(app.post(&url, "text").await, (400, "invalid_payload".into()));
    let open = json!({ "text": "All", "response_type": "in_channel" }).to_string();
    assert_eq!(app.post(&url, open).await.0, 200);
    assert_eq!(slack.user("U0GRACE").messages("general").len(), 1);
    assert_eq!(app.post(&format!("{}/response/none", slack.url()), "{}").await.0, 404);
}

#[tokio::test]
async fn a_commands_response_url_replaces_nothing() {
    let (slack, app) = workspace().await;
    let url = command_url(&slack, &app).await;
    app.post(&url, r#"{"text":"Working"}"#).await;
    app.post(&url, r#"{"text":"Done","replace_original":true}"#).await;
    let texts: Vec<String> = slack.user("U0ADA").messages("general").into_iter().map(|one| one.text).collect();
    assert_eq!(texts, ["Working", "Done"]);
    assert_eq!(rules(&slack), ["replace_ignored"]);
}

#[tokio::test]
async fn a_buttons_response_url_replaces_and_deletes_even_an_ephemeral() {
    let (slack, app) = workspace().await;
    let ada = slack.user("U0ADA");
    let body = json!({ "channel": "C0GENERAL", "user": "U0ADA", "text": "One", "blocks": [buttons(&["next"])] });
    app.call("chat.postEphemeral", body).await;
    let message = ada.messages("general").remove(0);
    ada.click(&message, "next").await.unwrap();
    let payload = app.last().json();
    assert_eq!(payload["container"]["is_ephemeral"], true);
    assert!(payload.get("message").is_none(), "Slack does not send an ephemeral message back");
    let url = payload["response_url"].as_str().unwrap();
    app.post(url, json!({ "text": "Two", "replace_original": true }).to_string()).await;
    let now = ada.messages("general");
    assert_eq!((now.len(), now[0].text.as_str(), &now[0].ts), (1, "Two", &message.ts));
    app.post(url, json!({ "delete_original": true }).to_string()).await;
    assert!(ada.messages("general").is_empty());
    assert!(slack.violations().is_empty());
}

#[tokio::test]
async fn a_data_tables_button_can_be_clicked() {
    let (slack, app) = workspace().await;
    let cell = |text: &str| json!({ "type": "raw_text", "text": text });
    let button = json!({ "type": "button", "action_id": "row-1", "value": "005A", "text": plain("Act") });
    let rows = json!([[cell("Name"), cell("Act")], [cell("Ann"), { "type": "action_cell", "element": button }]]);
    app.message(json!([{ "type": "data_table", "block_id": "board", "caption": "Users", "rows": rows }])).await;
    let ada = slack.user("U0ADA");
    ada.click(&ada.messages("general")[0], "row-1").await.unwrap();
    let action = app.last().json()["actions"][0].clone();
    assert_eq!((&action["block_id"], &action["value"]), (&json!("board"), &json!("005A")));
}
