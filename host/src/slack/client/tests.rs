//! The client against a server that answers as Slack does.

use super::*;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Json as Body, Router};
use std::sync::Mutex;

type Calls = Arc<Mutex<Vec<(String, Json)>>>;
type Answers = Arc<Mutex<std::vec::IntoIter<(StatusCode, Json)>>>;

/// A server that answers each method with the next of the given answers.
async fn server(answers: Vec<(StatusCode, Json)>) -> (Url, Calls) {
    let calls: Calls = Arc::default();
    let queue = Arc::new(Mutex::new(answers.into_iter()));
    let state = (calls.clone(), queue);
    let router = Router::new()
        .route(
            "/{*rest}",
            post(
                |State((calls, queue)): State<(Calls, Answers)>,
                 uri: axum::http::Uri,
                 headers: HeaderMap,
                 Body(body): Body<Json>| async move {
                    let token = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
                    let token = token.unwrap_or_default();
                    calls.lock().unwrap().push((format!("{} {token}", uri.path()), body));
                    let (status, answer) = queue.lock().unwrap().next().unwrap();
                    (status, [("retry-after", "0")], Body(answer)).into_response()
                },
            ),
        )
        .with_state(state);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/api", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, calls)
}

fn session(api: &Url) -> Session {
    Client::new(api).unwrap().session(&"T1".into(), &SecretString::from("xoxb-1"))
}

#[tokio::test]
async fn posts_with_the_token_to_the_api_given() {
    let (api, calls) = server(vec![(StatusCode::OK, json!({"ok": true, "ts": "17.1"}))]).await;
    let ts = session(&api).post("C1", None, &Message::text("x".repeat(5_000))).await.unwrap();
    assert_eq!(ts, "17.1");
    let calls = calls.lock().unwrap();
    assert_eq!(calls[0].0, "/api/chat.postMessage Bearer xoxb-1");
    assert_eq!(calls[0].1["text"].as_str().unwrap().chars().count(), 4_000);
}

#[tokio::test]
async fn waits_out_429_and_5xx() {
    let (api, calls) = server(vec![
        (StatusCode::TOO_MANY_REQUESTS, json!({"ok": false, "error": "ratelimited"})),
        (StatusCode::BAD_GATEWAY, json!({})),
        (StatusCode::OK, json!({"ok": true})),
    ])
    .await;
    session(&api).update("C1", "17.1", &Message::text("hello")).await.unwrap();
    assert_eq!(calls.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn refused_blocks_keep_their_pointers_and_are_not_tried_again() {
    let errors = json!(["must be less than 3001 characters [json-pointer:/blocks/0/text/text]"]);
    let (api, calls) =
        server(vec![(StatusCode::OK, json!({"ok": false, "error": "invalid_blocks", "errors": errors}))]).await;
    let error = session(&api).post("C1", None, &Message::text("hello")).await.unwrap_err();
    assert!(matches!(error, SlackError::InvalidBlocks { pointers } if pointers[0].contains("/blocks/0")));
    assert_eq!(calls.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_response_address_is_called_without_the_token_and_only_on_known_hosts() {
    let (api, calls) = server(vec![(StatusCode::OK, json!({"ok": true}))]).await;
    let session = session(&api);
    let address = api.join("/response/1").unwrap();
    session.respond(address.as_str(), Respond::Replacing, &Message::text("hello")).await.unwrap();
    assert_eq!(calls.lock().unwrap()[0].0, "/response/1 ");
    assert_eq!(calls.lock().unwrap()[0].1["replace_original"], true);
    let refused = session.respond("http://127.0.0.1:1/x", Respond::Privately, &Message::text("hello")).await;
    assert!(matches!(refused, Err(SlackError::Fatal(_))));
}
