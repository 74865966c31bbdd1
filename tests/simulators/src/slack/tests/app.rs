//! A small app: a Web API client, and a server that notes what it is sent and answers as told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::slack::Slack;
use crate::slack::deliver::signature;

/// What the app does with a delivery.
#[derive(Clone)]
pub(super) enum Reply {
    /// 200 with this JSON, or with an empty body for null.
    Json(Value),
    Status(u16),
    /// 500 with `x-slack-no-retry: 1`.
    NoRetry,
    /// Never answers.
    Hang,
}

/// One delivery as the app saw it.
#[derive(Clone, Debug)]
pub(super) struct Received {
    pub path: String,
    pub headers: HashMap<String, String>,
    pub body: String,
}

impl Received {
    /// The form's `payload`, or the body, as JSON.
    pub fn json(&self) -> Value {
        self.form("payload")
            .map_or_else(|| serde_json::from_str(&self.body).unwrap(), |text| serde_json::from_str(&text).unwrap())
    }

    pub fn form(&self, name: &str) -> Option<String> {
        let mut pairs = url::form_urlencoded::parse(self.body.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// Whether the signature is right for this secret.
    pub fn is_signed(&self, secret: &str) -> bool {
        let timestamp = self.headers["x-slack-request-timestamp"].parse().unwrap();
        self.headers["x-slack-signature"] == signature(secret, timestamp, self.body.as_bytes())
    }
}

struct Shelf {
    received: Mutex<Vec<Received>>,
    replies: Mutex<Vec<Reply>>,
    changed: watch::Sender<usize>,
}

pub(super) struct App {
    pub url: String,
    api: String,
    http: reqwest::Client,
    shelf: Arc<Shelf>,
}

impl App {
    pub async fn start(slack: &Slack) -> App {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let changed = watch::Sender::new(0);
        let shelf = Arc::new(Shelf { received: Mutex::default(), replies: Mutex::default(), changed });
        let router = Router::new().fallback(receive).with_state(Arc::clone(&shelf));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        App { url, api: slack.api_url(), http: reqwest::Client::builder().no_proxy().build().unwrap(), shelf }
    }

    /// The next deliveries are answered so, in this order; later ones with an empty 200.
    pub fn reply(&self, replies: impl IntoIterator<Item = Reply>) {
        self.shelf.replies.lock().unwrap().extend(replies);
    }

    pub fn received(&self) -> Vec<Received> {
        self.shelf.received.lock().unwrap().clone()
    }

    pub fn last(&self) -> Received {
        self.received().pop().unwrap()
    }

    /// Waits until so many deliveries came in.
    pub async fn wait_for(&self, count: usize) {
        let mut changed = self.shelf.changed.subscribe();
        changed.wait_for(|have| *have >= count).await.unwrap();
    }

    /// A Web API call with JSON and the bot token.
    pub async fn call(&self, method: &str, body: Value) -> Value {
        self.response(method, "xoxb-simulated", body).await.json().await.unwrap()
    }

    pub async fn response(&self, method: &str, token: &str, body: Value) -> reqwest::Response {
        self.http.post(format!("{}/{method}", self.api)).bearer_auth(token).json(&body).send().await.unwrap()
    }

    /// A Web API call by GET.
    pub async fn get(&self, method: &str, query: &[(&str, &str)]) -> Value {
        let request = self.http.get(format!("{}/{method}", self.api)).bearer_auth("xoxb-simulated").query(query);
        request.send().await.unwrap().json().await.unwrap()
    }

    /// A post to an absolute address (a response_url, an upload address).
    pub async fn post(&self, url: &str, body: impl Into<reqwest::Body>) -> (u16, String) {
        let response = self.http.post(url).body(body).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// Posts a message with these blocks to #general: its timestamp.
    pub async fn message(&self, blocks: Value) -> String {
        let body = json!({ "channel": "C0GENERAL", "text": "Fallback", "blocks": blocks });
        let answer = self.call("chat.postMessage", body).await;
        assert_eq!(answer["ok"], true, "{answer}");
        answer["ts"].as_str().unwrap().to_owned()
    }
}

async fn receive(Shared(shelf): Shared<Arc<Shelf>>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let named = headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let received =
        Received { path: uri.path().into(), headers: named.collect(), body: String::from_utf8(body.to_vec()).unwrap() };
    shelf.received.lock().unwrap().push(received);
    shelf.changed.send_modify(|count| *count += 1);
    let reply = {
        let mut replies = shelf.replies.lock().unwrap();
        if replies.is_empty() { Reply::Json(Value::Null) } else { replies.remove(0) }
    };
    match reply {
        Reply::Json(Value::Null) => StatusCode::OK.into_response(),
        Reply::Json(value) => axum::Json(value).into_response(),
        Reply::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Reply::NoRetry => (StatusCode::INTERNAL_SERVER_ERROR, [("x-slack-no-retry", "1")]).into_response(),
        Reply::Hang => std::future::pending().await,
    }
}
