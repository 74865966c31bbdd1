//! Tokens, scopes, rates, people and channels.

use super::*;

#[tokio::test]
async fn tokens_are_checked_before_anything_else() {
    let (slack, app) = workspace().await;
    let error = async |token: &str| -> Value {
        app.response("auth.test", token, json!({})).await.json::<Value>().await.unwrap()["error"].clone()
    };
    assert_eq!(error("xoxb-wrong").await, "invalid_auth");
    assert_eq!(error("xapp-simulated").await, "not_allowed_token_type");
    let anonymous = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer: Value =
        anonymous.post(format!("{}/auth.test", slack.api_url())).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["error"], "not_authed");
    let me = app.get("auth.test", &[]).await;
    assert_eq!((&me["ok"], &me["team_id"], &me["user_id"]), (&json!(true), &json!("T0ACME"), &json!(BOT_USER)));
    assert!(slack.unexpected().is_empty());
}

#[tokio::test]
async fn a_missing_scope_names_both_sides() {
    let scopes = vec!["users:read".to_owned()];
    let (_slack, app) = workspace_with(SlackOptions { scopes, ..SlackOptions::default() }).await;
    let answer = app.call("chat.postMessage", json!({ "channel": "C0GENERAL", "text": "x" })).await;
    assert_eq!(answer["error"], "missing_scope");
    assert_eq!((&answer["needed"], &answer["provided"]), (&json!("chat:write"), &json!("users:read")));
    let user = app.get("users.info", &[("user", "U0ADA")]).await;
    assert_eq!(user["user"]["real_name"], "Ada Lovelace");
    assert!(user["user"]["profile"].get("email").is_none(), "email needs users:read.email");
}

#[tokio::test]
async fn unknown_methods_and_paths_are_noted() {
    let (slack, app) = workspace().await;
    assert_eq!(app.call("chat.postMesage", json!({})).await["error"], "unknown_method");
    app.post(&format!("{}/elsewhere", slack.url()), "").await;
    assert_eq!(slack.unexpected(), ["method chat.postMesage", "path /elsewhere"]);
}

#[tokio::test]
async fn a_channel_takes_a_burst_and_then_one_message_a_second() {
    let (slack, app) = workspace().await;
    let post = async |channel: &str| {
        let body = json!({ "channel": channel, "text": "x" });
        app.response("chat.postMessage", "xoxb-simulated", body).await
    };
    for _ in 0..5 {
        assert_eq!(post("C0GENERAL").await.status(), 200);
    }
    let refused = post("C0GENERAL").await;
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (429, &"1".parse().unwrap()));
    assert_eq!(refused.json::<Value>().await.unwrap()["error"], "ratelimited");
    assert_eq!(post("C0ADMINS").await.status(), 200, "another channel has its own limit");
    slack.advance(Duration::from_secs(1));
    assert_eq!(post("C0GENERAL").await.status(), 200);
    assert_eq!(post("C0GENERAL").await.status(), 429);
    slack.switch(|switches| switches.rate_limits = false);
    assert_eq!(post("C0GENERAL").await.status(), 200);
}

#[tokio::test]
async fn tiers_and_injected_refusals() {
    let (slack, app) = workspace().await;
    for _ in 0..20 {
        assert_eq!(app.get("users.list", &[]).await["ok"], true);
    }
    assert_eq!(app.get("users.list", &[]).await["error"], "ratelimited");
    slack.refuse("users.info", 2, 30);
    let refused = app.response("users.info", "xoxb-simulated", json!({})).await;
    assert_eq!(refused.headers()["retry-after"], "30");
    assert_eq!(app.get("users.info", &[("user", "U0ADA")]).await["error"], "ratelimited");
    assert_eq!(app.get("users.info", &[("user", "U0ADA")]).await["ok"], true);
}

#[tokio::test]
async fn people_and_groups() {
    let (_slack, app) = workspace().await;
    let found = app.get("users.lookupByEmail", &[("email", "GRACE@example.com")]).await;
    assert_eq!(found["user"]["id"], "U0GRACE");
    assert_eq!(app.get("users.lookupByEmail", &[("email", "no@example.com")]).await["error"], "users_not_found");
    assert_eq!(app.get("users.info", &[("user", "U0NOBODY")]).await["error"], "user_not_found");
    assert_eq!(
        app.call("users.info", json!({ "user": "U0ADA" })).await["error"],
        "user_not_found",
        "JSON is not read here"
    );
    let page = app.get("users.list", &[("limit", "3")]).await;
    assert_eq!(page["members"].as_array().unwrap().len(), 3);
    let cursor = page["response_metadata"]["next_cursor"].as_str().unwrap();
    let rest = app.get("users.list", &[("limit", "3"), ("cursor", cursor)]).await;
    assert_eq!(rest["members"].as_array().unwrap().len(), 2, "four people and the bot");
    assert_eq!(rest["response_metadata"]["next_cursor"], "");
    let groups = app.get("usergroups.list", &[("include_users", "true")]).await;
    assert_eq!(groups["usergroups"][0]["users"], json!(["U0GRACE"]));
    let members = app.get("usergroups.users.list", &[("usergroup", "S0APPROVERS")]).await;
    assert_eq!(members["users"], json!(["U0GRACE"]));
}

#[tokio::test]
async fn the_directory_is_paged_strictly() {
    let (slack, app) = workspace().await;
    slack.switch(|switches| (switches.rate_limits, switches.limit_required_from) = (false, 5));
    let error = async |query: &[(&str, &str)]| app.get("users.list", query).await["error"].clone();
    assert_eq!(error(&[]).await, "limit_required", "five users are too many at once here");
    assert_eq!(error(&[("limit", "1001")]).await, "invalid_limit");
    assert_eq!(error(&[("limit", "many")]).await, "invalid_limit");
    for foreign in ["page:5", "page:x", "dXNlcg=="] {
        assert_eq!(error(&[("limit", "2"), ("cursor", foreign)]).await, "invalid_cursor", "{foreign}");
    }
    assert_eq!(error(&[("limit", "2"), ("team_id", "T0OTHER")]).await, "team_access_not_granted");
    slack.change_user("U0LINUS", |user| user.deleted = true);
    slack.change_user("U0MARGARET", |user| (user.is_restricted, user.has_2fa) = (true, Some(false)));
    let page = app.get("users.list", &[("limit", "5")]).await;
    let user = |id: &str| page["members"].as_array().unwrap().iter().find(|user| user["id"] == id).unwrap().clone();
    let (gone, guest) = (user("U0LINUS"), user("U0MARGARET"));
    assert_eq!((&gone["deleted"], gone.get("is_admin"), gone.get("tz")), (&json!(true), None, None));
    assert_eq!((&guest["is_restricted"], &guest["has_2fa"]), (&json!(true), &json!(false)));
    assert_eq!(user("U0ADA").get("has_2fa"), None, "Slack tells it to few");
}

#[tokio::test]
async fn user_groups_come_with_what_is_asked_for() {
    let (slack, app) = workspace().await;
    slack.add_group(Group { disabled: Some(1_710_000_000), ..Group::new("S0OLD", "old", "Old", &[]) });
    let some = app.get("usergroups.list", &[]).await;
    assert_eq!(some["usergroups"].as_array().unwrap().len(), 1, "disabled ones only when asked for");
    assert_eq!(some["usergroups"][0].get("users"), None, "and so are users");
    let all = app.get("usergroups.list", &[("include_disabled", "true")]).await;
    assert_eq!((&all["usergroups"][0]["user_count"], &all["usergroups"][0]["date_delete"]), (&json!(1), &json!(0)));
    assert_eq!(all["usergroups"][1]["date_delete"], 1_710_000_000);
    slack.switch(|switches| switches.user_groups = false);
    assert_eq!(app.get("usergroups.list", &[]).await["error"], "plan_upgrade_required");
    slack.drop_scope("usergroups:read");
    let refused = app.get("usergroups.list", &[]).await;
    assert_eq!((&refused["error"], &refused["needed"]), (&json!("missing_scope"), &json!("usergroups:read")));
}

#[tokio::test]
async fn conversations() {
    let (_slack, app) = workspace().await;
    let opened = app.call("conversations.open", json!({ "users": "U0ADA" })).await;
    assert_eq!((&opened["channel"]["id"], &opened["already_open"]), (&json!("D0ADA"), &json!(false)));
    assert_eq!(app.call("conversations.open", json!({ "users": ["U0ADA"] })).await["already_open"], true);
    assert_eq!(app.call("conversations.open", json!({ "users": "U0NOBODY" })).await["error"], "user_not_found");
    let info = app.get("conversations.info", &[("channel", "C0ADMINS")]).await;
    assert_eq!((&info["channel"]["name"], &info["channel"]["is_member"]), (&json!("it-admins"), &json!(true)));
    let members = app.get("conversations.members", &[("channel", "C0ADMINS")]).await;
    assert_eq!(members["members"].as_array().unwrap().len(), 4);
    let list = app.get("conversations.list", &[("types", "public_channel,im")]).await;
    assert_eq!(list["channels"].as_array().unwrap().len(), 4);
    assert_eq!(app.get("conversations.info", &[("channel", "C1")]).await["error"], "channel_not_found");
}

#[tokio::test]
async fn the_journal_is_json_lines_without_tokens() {
    let (slack, app) = workspace().await;
    let body = json!({ "channel": "C0GENERAL", "text": "Hello", "token": "xoxb-simulated" });
    app.call("chat.postMessage", body).await;
    let lines = slack.journal_lines();
    let line: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&line["kind"], &line["what"], &line["status"]),
        (&json!("api"), &json!("chat.postMessage"), &json!(200))
    );
    assert_eq!(line["request"]["text"], "Hello");
    assert!(!lines.contains("xoxb-simulated"));
    assert_eq!(slack.calls("chat.postMessage").len(), 1);
}

#[tokio::test]
async fn bodies_that_are_no_json_are_refused() {
    let (slack, app) = workspace().await;
    let post = async |body: &'static str| -> Value {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = http.post(format!("{}/chat.postMessage", slack.api_url())).bearer_auth("xoxb-simulated");
        request.header("content-type", "application/json").body(body).send().await.unwrap().json().await.unwrap()
    };
    assert_eq!(post("{").await["error"], "invalid_json");
    assert_eq!(post("[]").await["error"], "json_not_object");
    drop(app);
}
