//! The notes tool: the smallest API that an integration can need. Listing in pages, one record, one change; bearer token; JSON.
//!
//! `GET /me`, `GET /notes?after=ID&limit=N`, `GET /notes/ID`, `PATCH /notes/ID {"done": true, "comment": "..."}`.

mod state;

pub use state::{Entry, Fault, Note};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State as Shared};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use futures::stream;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use state::State;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// What the tool gives on one page at most.
const MAX_PAGE: usize = 100;
/// A change is a few words.
const MAX_BODY_BYTES: usize = 16 << 10;

/// How to start.
#[derive(Clone, Debug)]
pub struct Options {
    /// The port; 0 takes a free one.
    pub port: u16,
    /// The only bearer token that is accepted.
    pub token: String,
    /// How many notes there are at first: `n00001`, `n00002`, ..., every fifth of them done.
    pub notes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { port: 0, token: "notes-token".into(), notes: 25 }
    }
}

/// A running notes tool. Dropping it stops it.
pub struct Notes {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<std::io::Result<()>>,
}

/// Starts the tool on the loopback address.
pub async fn start(options: Options) -> anyhow::Result<Notes> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
    let address = listener.local_addr()?;
    let state = Arc::new(Mutex::new(State::new(options.token, options.notes)));
    let app =
        Router::new().fallback(answer).layer(DefaultBodyLimit::max(MAX_BODY_BYTES)).with_state(Arc::clone(&state));
    let (stop, stopped) = oneshot::channel::<()>();
    let server = axum::serve(listener, app).with_graceful_shutdown(async {
        let _ = stopped.await;
    });
    Ok(Notes { address, state, stop: Some(stop), task: tokio::spawn(server.into_future()) })
}

impl Notes {
    /// Where it listens, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A note as it is now.
    pub fn note(&self, id: &str) -> Option<Note> {
        self.state().notes.get(id).cloned()
    }

    /// Gives a note another title, as somebody else at the tool would.
    pub fn retitle(&self, id: &str, title: &str) {
        self.state().change(id, |note| note.title = title.into());
    }

    /// Deletes a note, as somebody else at the tool would.
    pub fn delete(&self, id: &str) {
        self.state().notes.remove(id);
    }

    /// The next request of this method whose path starts so goes wrong. Several faults are used up in the order given.
    pub fn fail_next(&self, method: Method, path: &str, fault: Fault) {
        self.state().faults.push((method, path.into(), fault));
    }

    /// Every request so far, in order.
    pub fn journal(&self) -> Vec<Entry> {
        self.state().journal.clone()
    }

    /// Stops listening and waits until open requests are answered.
    pub async fn shutdown(mut self) -> anyhow::Result<()> {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        (&mut self.task).await??;
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Drop for Notes {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A panic of one request must not hide the state from the test that looks for its cause.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is wrong with a request: status, the tool's code, words.
type Refusal = (StatusCode, &'static str, String);

async fn answer(
    Shared(state): Shared<Arc<Mutex<State>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut state = lock(&state);
    let fault = state.take_fault(&method, uri.path());
    let before = state.effects;
    let (status, json) = match &fault {
        Some(Fault::Status(status, _)) => (*status, json!({ "error": "fault", "message": "as told" })),
        _ => match route(&mut state, &method, &uri, &headers, &body) {
            Ok(json) => (StatusCode::OK, json),
            Err((status, code, message)) => (status, json!({ "error": code, "message": message })),
        },
    };
    let effect = state.effects > before;
    state.journal.push(Entry {
        method: method.to_string(),
        path: uri.path().into(),
        query: uri.query().unwrap_or_default().into(),
        status: status.as_u16(),
        effect,
        idempotency_key: headers.get("idempotency-key").and_then(|text| text.to_str().ok()).map(Into::into),
    });
    respond(fault, status, &json)
}

fn respond(fault: Option<Fault>, status: StatusCode, json: &Json) -> Response {
    let text = json.to_string();
    let json_type = [(header::CONTENT_TYPE, "application/json")];
    match fault {
        None | Some(Fault::Status(_, None)) => (status, json_type, text).into_response(),
        Some(Fault::Status(_, Some(seconds))) => {
            (status, json_type, [(header::RETRY_AFTER, seconds.to_string())], text).into_response()
        }
        // A body that fails before its first byte: the connection ends and not even the status arrives.
        Some(Fault::LoseAnswer) => {
            Body::from_stream(stream::iter([Err::<Bytes, _>(std::io::Error::other("as told"))])).into_response()
        }
        Some(Fault::Html) => {
            (StatusCode::OK, [(header::CONTENT_TYPE, "text/html")], "<html>Maintenance</html>").into_response()
        }
        Some(Fault::Truncated) => (status, json_type, text[..text.len() / 2].to_owned()).into_response(),
    }
}

fn route(state: &mut State, method: &Method, uri: &Uri, headers: &HeaderMap, body: &Bytes) -> Result<Json, Refusal> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|text| text.to_str().ok());
    if bearer.and_then(|text| text.strip_prefix("Bearer ")) != Some(&state.token) {
        return Err((StatusCode::UNAUTHORIZED, "unauthorized", "No such token.".into()));
    }
    let segments: Vec<&str> = uri.path().trim_start_matches('/').split('/').collect();
    match (method, segments.as_slice()) {
        (&Method::GET, ["me"]) => Ok(json!({ "id": "acct-1", "name": "Notes", "notes": state.notes.len() })),
        (&Method::GET, ["notes"]) => list(state, uri),
        (&Method::GET, ["notes", id]) => state.notes.get(*id).map(|note| json!(note)).ok_or_else(|| missing(id)),
        (&Method::PATCH, ["notes", id]) => finish(state, id, headers, body),
        (_, ["me"] | ["notes"] | ["notes", _]) => {
            Err((StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", format!("{method} is not offered.")))
        }
        _ => Err((StatusCode::NOT_FOUND, "no-such-path", format!("{} is not offered.", uri.path()))),
    }
}

fn missing(id: &str) -> Refusal {
    (StatusCode::NOT_FOUND, "not-found", format!("There is no note {id}."))
}

fn wrong(message: impl Into<String>) -> Refusal {
    (StatusCode::BAD_REQUEST, "bad-request", message.into())
}

fn list(state: &State, uri: &Uri) -> Result<Json, Refusal> {
    let (mut after, mut limit) = (String::new(), MAX_PAGE);
    for (name, text) in url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        match &*name {
            "after" => after = text.into_owned(),
            "limit" => limit = text.parse().map_err(|_| wrong("limit must be a number."))?,
            other => return Err(wrong(format!("There is no parameter {other}."))),
        }
    }
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(wrong(format!("limit must be between 1 and {MAX_PAGE}.")));
    }
    let page: Vec<&Note> = state.notes.values().filter(|note| note.id > after).take(limit).collect();
    let last = page.last().map(|note| note.id.as_str());
    let next = last.filter(|last| state.notes.keys().any(|id| id.as_str() > *last));
    Ok(json!({ "notes": page, "next": next }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    done: bool,
    comment: Option<String>,
}

fn finish(state: &mut State, id: &str, headers: &HeaderMap, body: &Bytes) -> Result<Json, Refusal> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|text| text.to_str().ok());
    if content_type != Some("application/json") {
        return Err(wrong("The body must be application/json."));
    }
    let change: Change = serde_json::from_slice(body).map_err(|error| wrong(error.to_string()))?;
    if !change.done {
        return Err(wrong("A note can only be finished."));
    }
    let key = headers.get("idempotency-key").and_then(|text| text.to_str().ok());
    if key.is_none_or(|key| state.keys_seen.insert(key.to_owned())) {
        state.change(id, |note| {
            note.done = true;
            note.comment = change.comment.or(note.comment.take());
        });
    }
    state.notes.get(id).map(|note| json!(note)).ok_or_else(|| missing(id))
}

#[cfg(test)]
mod tests;
