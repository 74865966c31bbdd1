//! Installing the app.

use super::*;

#[tokio::test]
async fn a_code_is_good_once_and_for_its_client() {
    let (slack, app) = workspace().await;
    let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let back = "http://127.0.0.1:9/slack/oauth";
    let authorize = http.get(format!("{}/oauth/v2/authorize", slack.url())).query(&[
        ("client_id", "simulated.client"),
        ("scope", "commands,chat:write"),
        ("redirect_uri", back),
        ("state", "s1"),
    ]);
    let location = authorize.send().await.unwrap().headers()["location"].to_str().unwrap().to_owned();
    let location = url::Url::parse(&location).unwrap();
    let query: std::collections::HashMap<_, _> = location.query_pairs().into_owned().collect();
    assert_eq!(query["state"], "s1");
    let access = async |secret: &str, redirect: &str| -> Value {
        let form = [("code", query["code"].as_str()), ("redirect_uri", redirect)];
        let request =
            http.post(format!("{}/oauth.v2.access", slack.api_url())).basic_auth("simulated.client", Some(secret));
        request.form(&form).send().await.unwrap().json().await.unwrap()
    };
    assert_eq!(access("wrong", back).await["error"], "bad_client_secret");
    let grant = access("simulated-client-secret", back).await;
    assert_eq!((&grant["ok"], &grant["authed_user"]["id"]), (&json!(true), &json!("U0ADA")));
    assert_eq!((&grant["scope"], &grant["team"]["id"]), (&json!("commands,chat:write"), &json!("T0ACME")));
    assert_eq!(access("simulated-client-secret", back).await["error"], "invalid_code");
    let token = grant["access_token"].as_str().unwrap();
    let posted = app.response("chat.postMessage", token, json!({ "channel": "C0GENERAL", "text": "x" })).await;
    assert_eq!(posted.json::<Value>().await.unwrap()["ok"], true);
    let denied = app.response("users.list", token, json!({})).await;
    assert_eq!(denied.json::<Value>().await.unwrap()["error"], "missing_scope");
    assert!(!slack.journal_lines().contains("simulated-client-secret"));
}
