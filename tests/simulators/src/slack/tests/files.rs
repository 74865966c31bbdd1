//! Files v2.

use super::*;

async fn upload(app: &App, name: &str, bytes: &str) -> String {
    let length = bytes.len().to_string();
    let answer = app.get("files.getUploadURLExternal", &[("filename", name), ("length", &length)]).await;
    assert_eq!(answer["ok"], true, "{answer}");
    let (status, _) = app.post(answer["upload_url"].as_str().unwrap(), bytes.to_owned()).await;
    assert_eq!(status, 200);
    answer["file_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_share_comes_after_the_answer() {
    let (slack, app) = workspace().await;
    let file = upload(&app, "users.csv", "name\nAnn\n").await;
    let body =
        json!({ "files": [{ "id": file, "title": "Users" }], "channel_id": "C0GENERAL", "initial_comment": "Here" });
    let answer = app.call("files.completeUploadExternal", body).await;
    assert_eq!((&answer["ok"], &answer["files"][0]["shares"]), (&json!(true), &json!({})));
    assert!(slack.messages("C0GENERAL").is_empty());
    let image = json!({ "type": "image", "alt_text": "x", "slack_file": { "id": file } });
    let body = json!({ "channel": "C0GENERAL", "text": "x", "blocks": [image] });
    assert_eq!(app.call("chat.postMessage", body.clone()).await["error"], "invalid_blocks");
    slack.advance(Duration::from_secs(1));
    let message = slack.wait_for("the share", |slack| slack.messages("C0GENERAL").pop()).await.unwrap();
    assert_eq!((message.text.as_str(), &message.files), ("Here", &vec![file.clone()]));
    let info = app.get("files.info", &[("file", &file)]).await;
    assert_eq!(info["file"]["shares"]["public"]["C0GENERAL"][0]["ts"], json!(message.ts));
    assert_eq!(slack.file_bytes(&file).unwrap(), b"name\nAnn\n");
    assert_eq!(app.call("chat.postMessage", body).await["ok"], true);
}

#[tokio::test]
async fn uploads_are_held_to_what_was_announced() {
    let (_slack, app) = workspace().await;
    let answer = app.get("files.getUploadURLExternal", &[("filename", "a.csv"), ("length", "5")]).await;
    let url = answer["upload_url"].as_str().unwrap();
    assert_eq!(app.post(url, "too long").await.0, 400);
    let complete = json!({ "files": [{ "id": answer["file_id"] }], "channel_id": "C0GENERAL" });
    assert_eq!(app.call("files.completeUploadExternal", complete).await["error"], "file_not_found");
    assert_eq!(app.post(url, "12345").await.0, 200);
    assert_eq!(app.post(url, "12345").await.0, 410);
    assert_eq!(app.get("files.getUploadURLExternal", &[("filename", "a.csv")]).await["error"], "invalid_arguments");
}

#[tokio::test]
async fn completion_has_its_traps() {
    let (_slack, app) = workspace().await;
    let file = upload(&app, "a.csv", "12345").await;
    let with = |more: Value| {
        let mut body = json!({ "files": [{ "id": file }] });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let call = async |more: Value| app.call("files.completeUploadExternal", with(more)).await["error"].clone();
    assert_eq!(call(json!({ "channel_id": "C0RANDOM" })).await, "not_in_channel");
    assert_eq!(call(json!({ "channel_id": "C0NO" })).await, "channel_not_found");
    let markdown = json!([{ "type": "markdown", "text": "x" }]);
    assert_eq!(call(json!({ "channel_id": "C0GENERAL", "blocks": markdown })).await, "internal_error");
    assert_eq!(app.get("files.info", &[("file", &file)]).await["error"], "file_not_found", "not completed");
}

#[tokio::test]
async fn a_file_that_a_person_drops_is_told_and_given_to_the_token_alone() {
    let (slack, app) = workspace().await;
    let id = slack.user("U0ADA").drop_file("people.csv", b"email\na@b\n").await.unwrap();
    let event = app.last().json()["event"].clone();
    assert_eq!(
        (&event["type"], &event["file_id"], &event["user_id"]),
        (&json!("file_shared"), &json!(id), &json!("U0ADA"))
    );
    assert_eq!(event["channel_id"], "D0ADA");
    let info = app.get("files.info", &[("file", &id)]).await;
    assert_eq!((&info["file"]["size"], &info["file"]["user"]), (&json!(10), &json!("U0ADA")));
    let address = info["file"]["url_private_download"].as_str().unwrap();
    let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    assert_eq!(http.get(address).send().await.unwrap().status(), 302, "the login page");
    let given = http.get(address).bearer_auth("xoxb-simulated").send().await.unwrap();
    assert_eq!(given.bytes().await.unwrap().as_ref(), b"email\na@b\n");
    slack.drop_scope("files:read");
    assert_eq!(http.get(address).bearer_auth("xoxb-simulated").send().await.unwrap().status(), 302);
}
