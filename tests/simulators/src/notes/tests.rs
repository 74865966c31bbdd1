//! The notes tool, seen from outside.

use super::*;
use serde_json::Value;

async fn get(notes: &Notes, path: &str) -> (u16, Value) {
    let request = reqwest::Client::new().get(notes.url() + path).bearer_auth("notes-token");
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

async fn finish(notes: &Notes, id: &str, key: &str, body: Value) -> reqwest::Result<reqwest::Response> {
    let url = format!("{}/notes/{id}", notes.url());
    reqwest::Client::new().patch(url).bearer_auth("notes-token").header("idempotency-key", key).json(&body).send().await
}

#[tokio::test]
async fn pages_cover_every_note_once() {
    let notes = start(Options::default()).await.unwrap();
    let (mut after, mut ids) = (String::new(), Vec::new());
    loop {
        let (status, page) = get(&notes, &format!("/notes?after={after}&limit=10")).await;
        assert_eq!(status, 200);
        ids.extend(page["notes"].as_array().unwrap().iter().map(|note| note["id"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => after = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(ids.len(), 25);
    assert!(ids.is_sorted());
    notes.shutdown().await.unwrap();
}

#[tokio::test]
async fn what_is_not_offered_is_refused() {
    let notes = start(Options::default()).await.unwrap();
    for (path, status) in [
        ("/notes?limit=0", 400),
        ("/notes?limit=101", 400),
        ("/notes?size=1", 400),
        ("/notes/n99999", 404),
        ("/elsewhere", 404),
    ] {
        assert_eq!(get(&notes, path).await.0, status, "{path}");
    }
    assert_eq!(finish(&notes, "n00001", "k", json!({ "done": false })).await.unwrap().status(), 400);
    assert_eq!(finish(&notes, "n00001", "k", json!({ "done": true, "title": "x" })).await.unwrap().status(), 400);
    let anonymous = reqwest::get(notes.url() + "/me").await.unwrap();
    assert_eq!(anonymous.status(), 401);
    assert!(notes.journal().iter().all(|entry| !entry.effect && entry.status >= 400));
}

#[tokio::test]
async fn one_idempotency_key_has_one_effect() {
    let notes = start(Options::default()).await.unwrap();
    for comment in ["first", "second"] {
        let body = json!({ "done": true, "comment": comment });
        assert_eq!(finish(&notes, "n00001", "key-1", body).await.unwrap().status(), 200);
    }
    let note = notes.note("n00001").unwrap();
    assert_eq!((note.done, note.comment.as_deref()), (true, Some("first")));
    assert_eq!(notes.journal().iter().filter(|entry| entry.effect).count(), 1);
}

#[tokio::test]
async fn faults_come_once_and_a_lost_answer_has_an_effect() {
    let notes = start(Options::default()).await.unwrap();
    notes.fail_next(Method::GET, "/notes", Fault::Status(StatusCode::TOO_MANY_REQUESTS, Some(3)));
    assert_eq!(get(&notes, "/notes").await.0, 429);
    assert_eq!(get(&notes, "/notes").await.0, 200);

    notes.fail_next(Method::PATCH, "/notes/n00002", Fault::LoseAnswer);
    let lost = finish(&notes, "n00002", "key-2", json!({ "done": true })).await;
    assert!(lost.is_err_and(|error| error.status().is_none()));
    assert!(notes.note("n00002").unwrap().done);
}
