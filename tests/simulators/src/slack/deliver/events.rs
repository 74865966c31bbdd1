//! Events: retried at once, after a minute and after five, unless the app says no.

use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use serde_json::{Value, json};

use super::{Delivered, Outgoing, Route, payload, send};
use crate::slack::World;
use crate::slack::options::BOT_USER;

/// Waits before the first, second and third retry.
const RETRY_AFTER: [Duration; 3] = [Duration::ZERO, Duration::from_secs(60), Duration::from_secs(300)];

/// What became of the first attempt of an event.
#[derive(Clone, Debug)]
pub struct EventOutcome {
    /// Slack's name of the event, the same in every retry.
    pub event_id: String,
    pub first: Delivered,
}

/// Sends an event; retries go on in the background.
pub(in crate::slack) async fn event(world: &Arc<World>, inner: Value) -> EventOutcome {
    let seconds = world.clock.micros() / 1_000_000;
    let envelope = world.write(|state| payload::event(state, inner, seconds));
    let event_id = envelope["event_id"].as_str().unwrap_or_default().to_owned();
    let first = once(world, &envelope, None).await;
    if retries(&first) {
        let (again, reason) = (Arc::clone(world), reason(&first));
        world.spawn(async move { retry(again, envelope, reason).await });
    }
    EventOutcome { event_id, first }
}

async fn once(world: &Arc<World>, envelope: &Value, retry: Option<(usize, &str)>) -> Delivered {
    let what = envelope.pointer("/event/type").and_then(Value::as_str).unwrap_or("event").to_owned();
    let mut headers = Vec::new();
    if let Some((number, reason)) = retry {
        headers.push(("x-slack-retry-num", number.to_string()));
        headers.push(("x-slack-retry-reason", reason.to_owned()));
    }
    send(world, Outgoing { route: Route::Event, what, payload: envelope.clone(), headers }).await
}

/// Slack takes any 2xx as taken.
fn retries(delivered: &Delivered) -> bool {
    !(200..300).contains(&delivered.status) && !delivered.no_retry
}

fn reason(delivered: &Delivered) -> String {
    let word = match delivered.problem.as_deref() {
        Some("operation_timeout") => "http_timeout",
        Some("connection_failed") => "connection_failed",
        _ => "http_error",
    };
    word.to_owned()
}

async fn retry(world: Arc<World>, envelope: Value, mut why: String) {
    for (index, wait) in RETRY_AFTER.into_iter().enumerate() {
        world.clock.wait(wait).await;
        let delivered = once(&world, &envelope, Some((index + 1, &why))).await;
        if !retries(&delivered) {
            return;
        }
        why = reason(&delivered);
    }
    let event_id = &envelope["event_id"];
    world.write(|state| state.journal.violation("event_lost", format!("{event_id}: given up after 3 retries")));
}

/// The handshake when an events address is entered in the app's settings.
pub(in crate::slack) async fn url_verification(world: &Arc<World>) -> anyhow::Result<()> {
    let challenge = format!("challenge-{}", world.write(|state| state.next()));
    let payload = json!({ "type": "url_verification", "token": payload::VERIFICATION_TOKEN, "challenge": challenge });
    let outgoing = Outgoing { route: Route::Event, what: "url_verification".into(), payload, headers: Vec::new() };
    let delivered = send(world, outgoing).await;
    let echoed = delivered.body.as_str().or_else(|| delivered.body.get("challenge")?.as_str());
    if delivered.is_ok() && echoed == Some(challenge.as_str()) {
        return Ok(());
    }
    bail!("the events address did not answer the challenge: status {}, body {}", delivered.status, delivered.body)
}

/// Removes the app: tokens die first, then the app hears of it.
pub(in crate::slack) async fn uninstall(world: &Arc<World>) {
    world.write(|state| {
        state.uninstalled = true;
        state.tokens.values_mut().filter(|token| !token.is_app).for_each(|token| token.revoked = true);
        state.views.clear();
        state.stacks.clear();
        state.homes.clear();
    });
    event(world, json!({ "type": "tokens_revoked", "tokens": { "oauth": [], "bot": [BOT_USER] } })).await;
    event(world, json!({ "type": "app_uninstalled" })).await;
}
