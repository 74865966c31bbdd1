//! Socket Mode: `apps.connections.open`, and envelopes over a WebSocket to any one of the app's connections.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};

use super::World;
use super::clock::Clock;
use super::deliver::{Delivered, Outgoing, Route};
use super::limits as limit;
use super::options::APP_ID;

/// The app's connections and the envelopes that wait for an acknowledgement.
#[derive(Default)]
pub(crate) struct Sockets(Mutex<Lines>);

#[derive(Default)]
struct Lines {
    tickets: Vec<String>,
    connections: Vec<(u64, mpsc::UnboundedSender<String>)>,
    waiting: HashMap<String, oneshot::Sender<Value>>,
    count: u64,
}

impl Sockets {
    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends an envelope to one connection (in turn) and waits for its acknowledgement.
    pub(super) async fn deliver(&self, clock: &Clock, outgoing: &Outgoing) -> Delivered {
        let Some(answer) = self.dispatch(outgoing) else {
            return Delivered { problem: Some("connection_failed".into()), ..Delivered::default() };
        };
        tokio::select! {
            body = answer => match body {
                Ok(body) => Delivered { status: 200, body, problem: None, no_retry: false },
                Err(_) => Delivered { problem: Some("connection_failed".into()), ..Delivered::default() },
            },
            () = clock.wait(Duration::from_secs(limit::ANSWER_SECONDS)) => {
                Delivered { problem: Some("operation_timeout".into()), ..Delivered::default() }
            }
        }
    }

    fn dispatch(&self, outgoing: &Outgoing) -> Option<oneshot::Receiver<Value>> {
        let mut lines = self.lock();
        lines.count += 1;
        let envelope_id = format!("envelope-{}", lines.count);
        let kind = match outgoing.route {
            Route::Command => "slash_commands",
            Route::Interaction | Route::Options => "interactive",
            Route::Event => "events_api",
        };
        let mut envelope = json!({
            "envelope_id": envelope_id,
            "type": kind,
            "payload": outgoing.payload,
            "accepts_response_payload": outgoing.route != Route::Event,
        });
        for (name, value) in &outgoing.headers {
            match *name {
                "x-slack-retry-num" => envelope["retry_attempt"] = json!(value.parse::<u64>().unwrap_or_default()),
                _ => envelope["retry_reason"] = json!(value),
            }
        }
        let turn = usize::try_from(lines.count).unwrap_or_default();
        let count = lines.connections.len();
        let (_, line) = lines.connections.get(turn.checked_rem(count)?)?;
        line.send(envelope.to_string()).ok()?;
        let (sender, receiver) = oneshot::channel();
        lines.waiting.insert(envelope_id, sender);
        Some(receiver)
    }

    /// Tells every connection to go; `link_disabled` and `refresh_requested` end them as well.
    pub(super) fn disconnect(&self, reason: &str) {
        let mut lines = self.lock();
        let envelope = json!({ "type": "disconnect", "reason": reason, "debug_info": { "host": "simulator" } });
        for (_, line) in &lines.connections {
            // A closed line is gone anyway.
            drop(line.send(envelope.to_string()));
        }
        if reason != "warning" {
            lines.connections.clear();
        }
    }

    fn acknowledge(&self, text: &str) {
        let Ok(ack) = serde_json::from_str::<Value>(text) else { return };
        let id = ack.get("envelope_id").and_then(Value::as_str).unwrap_or_default();
        if let Some(waiting) = self.lock().waiting.remove(id) {
            // Nobody waits any more when the 3 seconds are over.
            drop(waiting.send(ack.get("payload").cloned().unwrap_or_default()));
        }
    }
}

/// `apps.connections.open`: an address that works once.
pub(super) fn open(world: &World) -> Value {
    let mut lines = world.sockets.lock();
    lines.count += 1;
    let ticket = format!("ticket-{}", lines.count);
    lines.tickets.push(ticket.clone());
    let base = world.url.replacen("http://", "ws://", 1);
    json!({ "url": format!("{base}/link?ticket={ticket}&app_id={APP_ID}") })
}

/// The WebSocket itself.
pub(super) async fn connect(
    Shared(world): Shared<Arc<World>>,
    Query(query): Query<HashMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let ticket = query.get("ticket").cloned().unwrap_or_default();
    let allowed = {
        let mut lines = world.sockets.lock();
        let before = lines.tickets.len();
        lines.tickets.retain(|one| *one != ticket);
        lines.tickets.len() < before && lines.connections.len() < limit::SOCKETS
    };
    if !allowed {
        return (StatusCode::FORBIDDEN, "link_disabled").into_response();
    }
    upgrade.on_upgrade(move |socket| serve(world, socket))
}

async fn serve(world: Arc<World>, mut socket: WebSocket) {
    let (sender, mut outgoing) = mpsc::unbounded_channel();
    let number = {
        let mut lines = world.sockets.lock();
        lines.count += 1;
        let number = lines.count;
        let hello = json!({
            "type": "hello",
            "num_connections": lines.connections.len() + 1,
            "debug_info": { "host": "simulator", "approximate_connection_time": 18060 },
            "connection_info": { "app_id": APP_ID },
        });
        // The receiver is right here.
        drop(sender.send(hello.to_string()));
        lines.connections.push((number, sender));
        number
    };
    world.write(|_| ());
    loop {
        tokio::select! {
            () = world.stopped() => break,
            text = outgoing.recv() => match text {
                Some(text) => if socket.send(Message::Text(text.into())).await.is_err() { break },
                None => break,
            },
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => world.sockets.acknowledge(&text),
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => {}
            },
        }
    }
    world.sockets.lock().connections.retain(|(one, _)| *one != number);
    world.write(|_| ());
}
