//! Deliveries to the app: signed, within 3 seconds, over HTTP or Socket Mode.

mod events;
pub(super) mod payload;

use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::World;
use super::journal::{Entry, EntryKind};
use super::limits as limit;
pub use events::EventOutcome;
pub(super) use events::{event, uninstall, url_verification};

/// What came back for one delivery.
#[derive(Clone, Debug, Default)]
pub struct Delivered {
    /// HTTP status; 0 when no answer came.
    pub status: u16,
    /// The answer: JSON if it was JSON, a string otherwise, null if empty.
    pub body: Value,
    /// What Slack makes of it: `operation_timeout`, `dispatch_failed`, `http_error`, ... None when all is well.
    pub problem: Option<String>,
    /// The answer's `x-slack-no-retry` header.
    pub no_retry: bool,
}

impl Delivered {
    fn failed(problem: &str) -> Delivered {
        Delivered { problem: Some(problem.into()), ..Delivered::default() }
    }

    pub fn is_ok(&self) -> bool {
        self.problem.is_none()
    }
}

/// Ways to make deliveries go wrong.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    /// Seconds the signed timestamp lies in the past (or the future, if negative).
    pub signature_age: i64,
    /// Signs with another secret.
    pub wrong_signature: bool,
    /// Sends every delivery twice; the answer to the second counts.
    pub twice: bool,
}

/// What is delivered, which decides where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    Command,
    Interaction,
    Options,
    Event,
}

/// One delivery on its way.
pub(super) struct Outgoing {
    pub route: Route,
    /// For the journal: the command, the interaction's or event's type.
    pub what: String,
    /// What the app is to read, for the journal and for Socket Mode.
    pub payload: Value,
    pub headers: Vec<(&'static str, String)>,
}

/// The signature Slack puts on a body: `v0=` and hex of HMAC-SHA256 over `v0:timestamp:body`.
pub(super) fn signature(secret: &str, timestamp: i64, body: &[u8]) -> String {
    // HMAC takes keys of any length, so this cannot fail.
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(format!("v0:{timestamp}:").as_bytes());
    mac.update(body);
    format!("v0={}", hex::encode(mac.finalize().into_bytes()))
}

/// Sends one delivery and notes it in the journal.
pub(super) async fn send(world: &Arc<World>, outgoing: Outgoing) -> Delivered {
    let started = world.at_ms();
    let twice = world.faults.lock().unwrap_or_else(PoisonError::into_inner).twice;
    let mut delivered = attempt(world, &outgoing).await;
    if twice {
        delivered = attempt(world, &outgoing).await;
    }
    if delivered.problem.as_deref() == Some("operation_timeout") {
        let detail = format!("{}: no answer within {} s", outgoing.what, limit::ANSWER_SECONDS);
        world.write(|state| state.journal.violation("late_answer", detail));
    }
    let entry = Entry {
        number: 0,
        at_ms: started,
        kind: EntryKind::Delivery,
        what: outgoing.what,
        request: outgoing.payload,
        status: delivered.status,
        response: delivered.body.clone(),
        took_ms: world.at_ms() - started,
    };
    world.write(|state| state.journal.add(entry));
    delivered
}

async fn attempt(world: &Arc<World>, outgoing: &Outgoing) -> Delivered {
    let url = world.read(|state| match outgoing.route {
        Route::Command => state.urls.commands.clone(),
        Route::Interaction => state.urls.interactions.clone(),
        Route::Options => state.urls.options.clone().or_else(|| state.urls.interactions.clone()),
        Route::Event => state.urls.events.clone(),
    });
    match url {
        Some(url) => post(world, &url, outgoing).await,
        None => world.sockets.deliver(&world.clock, outgoing).await,
    }
}

fn body_of(outgoing: &Outgoing) -> (&'static str, String) {
    const FORM: &str = "application/x-www-form-urlencoded";
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    match outgoing.route {
        Route::Event => ("application/json", outgoing.payload.to_string()),
        Route::Command => {
            for (name, value) in outgoing.payload.as_object().into_iter().flatten() {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                form.append_pair(name, &text);
            }
            (FORM, form.finish())
        }
        Route::Interaction | Route::Options => {
            form.append_pair("payload", &outgoing.payload.to_string());
            (FORM, form.finish())
        }
    }
}

async fn post(world: &Arc<World>, url: &str, outgoing: &Outgoing) -> Delivered {
    let (kind, body) = body_of(outgoing);
    let faults = *world.faults.lock().unwrap_or_else(PoisonError::into_inner);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let timestamp = i64::try_from(now).unwrap_or(i64::MAX) - faults.signature_age;
    let secret = if faults.wrong_signature { "another secret" } else { &world.signing_secret };
    let mut request = world
        .http
        .post(url)
        .header("content-type", kind)
        .header("user-agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
        .header("x-slack-request-timestamp", timestamp)
        .header("x-slack-signature", signature(secret, timestamp, body.as_bytes()));
    for (name, value) in &outgoing.headers {
        request = request.header(*name, value);
    }
    let exchange = async {
        let response = request.body(body).send().await?;
        let no_retry = response.headers().get("x-slack-no-retry").is_some_and(|value| value == "1");
        Ok::<_, reqwest::Error>((response.status().as_u16(), no_retry, response.text().await?))
    };
    tokio::select! {
        answer = exchange => match answer {
            Ok((status, no_retry, text)) => {
                let body = match text.as_str() {
                    "" => Value::Null,
                    text => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
                };
                let problem = (status != 200).then(|| "http_error".to_owned());
                Delivered { status, body, problem, no_retry }
            }
            Err(_) => Delivered::failed("connection_failed"),
        },
        () = world.clock.wait(Duration::from_secs(limit::ANSWER_SECONDS)) => Delivered::failed("operation_timeout"),
    }
}

/// The certificate check Slack makes on a command's address.
pub(super) async fn ssl_check(world: &Arc<World>) -> Delivered {
    let payload = json!({ "ssl_check": "1", "token": payload::VERIFICATION_TOKEN });
    send(world, Outgoing { route: Route::Command, what: "ssl_check".into(), payload, headers: Vec::new() }).await
}
