//! Modals and the Home as the Web API changes them.

use super::*;

/// Runs a command and gives its trigger id.
async fn trigger(slack: &Slack, app: &App) -> String {
    slack.user("U0ADA").command("/weft", "", "general").await.unwrap();
    app.last().form("trigger_id").unwrap()
}

async fn open(app: &App, trigger_id: &str, view: Value) -> Value {
    app.call("views.open", json!({ "trigger_id": trigger_id, "view": view })).await
}

/// The message's button in a modal: clicking it gives a trigger for a push.
fn pushing() -> Value {
    modal(json!([buttons(&["more"])]))
}

#[tokio::test]
async fn a_trigger_lives_three_seconds_and_works_once() {
    let (slack, app) = workspace().await;
    let first = trigger(&slack, &app).await;
    let opened = open(&app, &first, modal(json!([section("x")]))).await;
    assert_eq!(opened["ok"], true, "{opened}");
    assert_eq!(open(&app, &first, modal(json!([section("x")]))).await["error"], "exchanged_trigger_id");
    let second = trigger(&slack, &app).await;
    slack.advance(THREE_SECONDS);
    assert_eq!(open(&app, &second, modal(json!([section("x")]))).await["error"], "expired_trigger_id");
    assert_eq!(open(&app, "1.2.abc", modal(json!([section("x")]))).await["error"], "invalid_trigger_id");
    let view = slack.user("U0ADA").modal().unwrap();
    assert_eq!(json!(view.id), opened["view"]["id"]);
    assert_eq!((&opened["view"]["root_view_id"], &opened["view"]["previous_view_id"]), (&json!(view.id), &Value::Null));
}

#[tokio::test]
async fn a_refused_view_leaves_its_trigger_alone() {
    let (slack, app) = workspace().await;
    let trigger = trigger(&slack, &app).await;
    let mut long = modal(json!([section("x")]));
    long["title"] = plain("A title of more than 24 characters");
    let refused = open(&app, &trigger, long).await;
    assert_eq!(refused["error"], "invalid_arguments");
    let lines = &refused["response_metadata"]["messages"];
    assert_eq!(lines[1], "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]");
    assert_eq!(rules(&slack), ["invalid_view"]);
    assert_eq!(open(&app, &trigger, modal(json!([section("x")]))).await["ok"], true);
    let huge: Vec<Value> = (0..90).map(|_| section(&"x".repeat(2990))).collect();
    assert_eq!(open(&app, &trigger, modal(json!(huge))).await["error"], "view_too_large");
}

#[tokio::test]
async fn three_modals_and_no_more() {
    let (slack, app) = workspace().await;
    let ada = slack.user("U0ADA");
    open(&app, &trigger(&slack, &app).await, pushing()).await;
    for height in 2..=4 {
        ada.click(&ada.modal().unwrap(), "more").await.unwrap();
        let trigger_id = app.last().json()["trigger_id"].clone();
        let answer = app.call("views.push", json!({ "trigger_id": trigger_id, "view": pushing() })).await;
        match height {
            4 => assert_eq!(answer["error"], "push_limit_reached"),
            _ => assert_eq!(answer["ok"], true, "{answer}"),
        }
    }
    let stack = ada.modals();
    assert_eq!(stack.len(), 3);
    assert_eq!((stack[2].previous.as_ref(), &stack[2].root), (Some(&stack[1].id), &stack[0].id));
    ada.close().await.unwrap();
    assert_eq!(ada.modals().len(), 2);
    ada.close_all().await.unwrap();
    assert!(ada.modal().is_none());
}

#[tokio::test]
async fn update_needs_no_trigger_and_guards_with_the_hash() {
    let (slack, app) = workspace().await;
    let ada = slack.user("U0ADA");
    let opened = open(&app, &trigger(&slack, &app).await, modal(json!([section("Loading")]))).await;
    let (id, hash) = (&opened["view"]["id"], &opened["view"]["hash"]);
    slack.advance(Duration::from_secs(60));
    let update = async |body: Value| app.call("views.update", body).await;
    let view = modal(json!([section("Ready")]));
    assert_eq!(update(json!({ "view_id": id, "hash": "0.0", "view": view })).await["error"], "hash_conflict");
    let updated = update(json!({ "view_id": id, "hash": hash, "view": view })).await;
    assert_eq!(updated["ok"], true);
    assert_ne!(&updated["view"]["hash"], hash);
    assert_eq!(update(json!({ "view_id": id, "hash": hash, "view": view })).await["error"], "hash_conflict");
    assert_eq!(update(json!({ "view_id": "V9", "view": view })).await["error"], "view_not_found");
    assert_eq!(ada.modal().unwrap().view["blocks"][0]["text"]["text"], "Ready");
    ada.close().await.unwrap();
    assert_eq!(update(json!({ "view_id": id, "view": view })).await["error"], "view_not_found");
}

#[tokio::test]
async fn external_ids_name_views_and_are_unique() {
    let (slack, app) = workspace().await;
    let mut view = modal(json!([section("x")]));
    view["external_id"] = json!("request-7");
    open(&app, &trigger(&slack, &app).await, view.clone()).await;
    let updated = app.call("views.update", json!({ "external_id": "request-7", "view": view })).await;
    assert_eq!(updated["ok"], true);
    slack.user("U0GRACE").command("/weft", "", "general").await.unwrap();
    let other = app.last().form("trigger_id").unwrap();
    assert_eq!(open(&app, &other, view).await["error"], "duplicate_external_id");
}

#[tokio::test]
async fn the_home_is_published_for_one_person() {
    let (slack, app) = workspace().await;
    let home = |text: &str| json!({ "type": "home", "blocks": [section(text), buttons(&["refresh"])] });
    let publish = async |body: Value| app.call("views.publish", body).await;
    let first = publish(json!({ "user_id": "U0ADA", "view": home("One") })).await;
    assert_eq!(first["ok"], true, "{first}");
    let again = publish(json!({ "user_id": "U0ADA", "view": home("Two"), "hash": first["view"]["hash"] })).await;
    assert_eq!(again["view"]["id"], first["view"]["id"]);
    let late = publish(json!({ "user_id": "U0ADA", "view": home("Late"), "hash": first["view"]["hash"] })).await;
    assert_eq!(late["error"], "hash_conflict");
    assert_eq!(publish(json!({ "user_id": "U0NO", "view": home("x") })).await["error"], "user_not_found");
    assert_eq!(publish(json!({ "user_id": "U0ADA", "view": pushing() })).await["error"], "invalid_arguments");
    let ada = slack.user("U0ADA");
    let shown = ada.home().unwrap();
    assert_eq!(shown.view["blocks"][0]["text"]["text"], "Two");
    assert!(slack.user("U0GRACE").home().is_none());
    ada.click(&shown, "refresh").await.unwrap();
    let payload = app.last().json();
    assert_eq!((&payload["view"]["type"], &payload["container"]["type"]), (&json!("home"), &json!("view")));
    assert!(payload.get("response_url").is_none());
}
