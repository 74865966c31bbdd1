//! The page and the control calls it makes.

use super::*;

async fn post(slack: &Slack, what: &str, body: Value) -> (u16, Value) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let response = http.post(format!("{}/_control/{what}", slack.url())).json(&body).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap_or_default())
}

async fn text(slack: &Slack, path: &str) -> String {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    http.get(format!("{}{path}", slack.url())).send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn every_file_of_the_page_is_served() {
    let (slack, _app) = workspace().await;
    let page = text(&slack, "/").await;
    let named: Vec<&str> = page.split('"').filter(|part| part.starts_with("/page/")).collect();
    assert!(named.len() >= 3, "{named:?}");
    for path in named {
        assert!(!text(&slack, path).await.is_empty(), "{path}");
    }
    assert!(slack.unexpected().is_empty());
}

#[tokio::test]
async fn the_page_acts_and_sees() {
    let (slack, app) = workspace().await;
    let said = json!({ "user": "U0ADA", "channel": "C0GENERAL", "text": "/boards idle" });
    assert_eq!(post(&slack, "say", said).await.0, 200);
    assert_eq!(app.last().form("text").as_deref(), Some("idle"));
    post(&slack, "say", json!({ "user": "U0ADA", "channel": "C0GENERAL", "text": "Hello" })).await;
    app.message(json!([buttons(&["go"])])).await;
    let state: Value =
        serde_json::from_str(&text(&slack, "/_control/state?user=U0ADA&channel=C0GENERAL").await).unwrap();
    let messages = state["messages"].as_array().unwrap();
    assert_eq!((messages.len(), &messages[0]["author"]["name"]), (2, &json!("Ada Lovelace")));
    let place = json!({ "channel": "C0GENERAL", "ts": messages[1]["ts"] });
    let click =
        json!({ "user": "U0ADA", "place": place, "block_id": "buttons", "action_id": "go", "gesture": "press" });
    assert_eq!(post(&slack, "act", click).await, (200, json!({ "status": 200, "problem": null })));
    assert_eq!(app.last().json()["actions"][0]["action_id"], "go");
    let (status, body) = post(&slack, "submit", json!({ "user": "U0ADA" })).await;
    assert_eq!((status, &body["problem"]), (409, &json!("U0ADA has no modal open")));
    assert_eq!(post(&slack, "dance", json!({})).await.0, 404);
    assert!(text(&slack, "/_control/journal").await.lines().count() >= 3);
}

#[tokio::test]
async fn fields_typed_in_the_page_go_with_the_submission() {
    let (slack, app) = workspace().await;
    slack.user("U0ADA").command("/weft", "", "general").await.unwrap();
    let trigger_id = app.last().form("trigger_id").unwrap();
    let field = json!({ "type": "input", "block_id": "why", "label": plain("Why"),
        "element": { "type": "plain_text_input", "action_id": "why" } });
    let opened = app.call("views.open", json!({ "trigger_id": trigger_id, "view": modal(json!([field])) })).await;
    let place = json!({ "view": opened["view"]["id"] });
    let body = json!({ "user": "U0ADA", "place": place, "fields": [["why", "why", { "text": "Because" }]] });
    assert_eq!(post(&slack, "submit", body).await, (200, json!({ "outcome": "closed" })));
    assert_eq!(app.last().json()["view"]["state"]["values"]["why"]["why"]["value"], "Because");
}

#[tokio::test]
async fn changes_are_pushed_to_the_page() {
    let (slack, app) = workspace().await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut events = http.get(format!("{}/_control/events", slack.url())).send().await.unwrap();
    let first = events.chunk().await.unwrap().unwrap();
    app.message(json!([section("x")])).await;
    let second = events.chunk().await.unwrap().unwrap();
    assert_ne!(first, second);
    slack.shutdown().await;
    while let Ok(Some(_)) = events.chunk().await {}
}

#[tokio::test]
async fn two_workspaces_live_side_by_side_and_shut_down() {
    let (first, _) = workspace().await;
    let (second, _) = workspace().await;
    assert_ne!(first.url(), second.url());
    first.shutdown().await;
    first.shutdown().await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    assert!(http.get(first.url()).send().await.is_err());
    assert!(http.get(second.url()).send().await.is_ok());
}
