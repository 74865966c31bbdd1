//! Events: App Home, retries, handshakes, uninstalling.

use super::app::Reply;
use super::*;

#[tokio::test]
async fn opening_the_home_is_an_event() {
    let (slack, app) = workspace().await;
    let outcome = slack.user("U0ADA").open_home().await;
    assert!(outcome.first.is_ok());
    let received = app.last();
    assert_eq!(received.path, "/slack/events");
    assert!(received.is_signed("simulated-signing-secret"));
    let envelope = received.json();
    assert_eq!((&envelope["type"], &envelope["event_id"]), (&json!("event_callback"), &json!(outcome.event_id)));
    assert_eq!((&envelope["event"]["type"], &envelope["event"]["tab"]), (&json!("app_home_opened"), &json!("home")));
    assert!(envelope["event"].get("view").is_none(), "nothing was published yet");
    let home = json!({ "type": "home", "blocks": [section("x")] });
    app.call("views.publish", json!({ "user_id": "U0ADA", "view": home })).await;
    slack.user("U0ADA").open_home().await;
    assert_eq!(app.last().json()["event"]["view"]["type"], "home");
}

#[tokio::test]
async fn a_failed_event_is_retried_three_times() {
    let (slack, app) = workspace().await;
    app.reply([Reply::Status(500), Reply::Status(503), Reply::Hang, Reply::Status(500)]);
    slack.user("U0ADA").open_home().await;
    app.wait_for(2).await;
    slack.wait_for("the first retry's end", |slack| (slack.journal().len() == 2).then_some(())).await.unwrap();
    slack.advance(Duration::from_secs(60));
    app.wait_for(3).await;
    slack.advance(THREE_SECONDS);
    slack.wait_for("the second retry's end", |slack| (slack.journal().len() == 3).then_some(())).await.unwrap();
    slack.advance(Duration::from_secs(300));
    slack.wait_for("the end", |slack| rules(slack).contains(&"event_lost").then_some(())).await.unwrap();
    let received = app.received();
    let header = |index: usize, name: &str| received[index].headers.get(name).cloned();
    assert_eq!(header(0, "x-slack-retry-num"), None);
    let numbers: Vec<_> = (1..4).map(|index| header(index, "x-slack-retry-num").unwrap()).collect();
    let reasons: Vec<_> = (1..4).map(|index| header(index, "x-slack-retry-reason").unwrap()).collect();
    assert_eq!(
        (numbers, reasons),
        (
            vec!["1".into(), "2".into(), "3".into()],
            vec!["http_error".to_owned(), "http_error".into(), "http_timeout".into()]
        )
    );
    assert_eq!(received[0].json()["event_id"], received[3].json()["event_id"]);
}

#[tokio::test]
async fn an_app_can_stop_retries() {
    let (slack, app) = workspace().await;
    app.reply([Reply::NoRetry]);
    slack.user("U0ADA").open_home().await;
    slack.user("U0GRACE").open_home().await;
    slack.advance(Duration::from_secs(600));
    assert_eq!(app.received().len(), 2);
}

#[tokio::test]
async fn handshakes() {
    let (slack, app) = workspace().await;
    app.reply([Reply::Json(json!({ "challenge": "challenge-1" })), Reply::Json(json!({ "challenge": "wrong" }))]);
    slack.verify_events_url().await.unwrap();
    assert!(slack.verify_events_url().await.is_err());
    assert!(slack.ssl_check().await.is_ok());
    assert_eq!(app.last().form("ssl_check").as_deref(), Some("1"));
}

#[tokio::test]
async fn uninstalling_ends_the_token() {
    let (slack, app) = workspace().await;
    slack.uninstall().await;
    let types: Vec<Value> = app.received().iter().map(|one| one.json()["event"]["type"].clone()).collect();
    assert_eq!(types, ["tokens_revoked", "app_uninstalled"]);
    assert_eq!(app.get("auth.test", &[]).await["error"], "account_inactive");
}

#[tokio::test]
async fn an_app_that_is_not_there_is_a_failed_connection() {
    let (slack, app) = workspace().await;
    slack.connect("http://127.0.0.1:1");
    let delivered = slack.user("U0ADA").command("/weft", "", "general").await.unwrap();
    assert_eq!((delivered.status, delivered.problem.as_deref()), (0, Some("connection_failed")));
    drop(app);
}
