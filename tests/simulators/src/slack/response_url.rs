//! response_url: 5 posts in 30 minutes without a token; only an element's own message can be replaced or deleted.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::World;
use super::api::{Draft, NewMessage};
use super::journal::{Entry, EntryKind};
use super::limits as limit;
use super::state::{Author, ResponseUrl, State};

/// Makes an address for something a person just did. `source` is the message whose element was used.
pub(super) fn mint(
    state: &mut State,
    url: &str,
    user: &str,
    channel: &str,
    source: Option<&str>,
    now: Duration,
) -> String {
    let id = format!("R{:06}", state.next());
    let kept = ResponseUrl {
        user: user.into(),
        channel: channel.into(),
        born: now,
        uses: 0,
        source: source.map(str::to_owned),
    };
    state.response_urls.insert(id.clone(), kept);
    format!("{url}/response/{id}")
}

/// A post to a response_url.
pub(super) async fn receive(Shared(world): Shared<Arc<World>>, Path(id): Path<String>, body: Bytes) -> Response {
    let started = world.at_ms();
    let parsed: Option<Value> = serde_json::from_slice(&body).ok();
    let (status, answer) = match &parsed {
        Some(body @ Value::Object(_)) => respond(&world, &id, body),
        _ => (StatusCode::BAD_REQUEST, "invalid_payload".to_owned()),
    };
    let entry = Entry {
        number: 0,
        at_ms: started,
        kind: EntryKind::ResponseUrl,
        what: id,
        request: parsed.unwrap_or_default(),
        status: status.as_u16(),
        response: json!(answer),
        took_ms: 0,
    };
    world.write(|state| state.journal.add(entry));
    if status == StatusCode::NOT_FOUND {
        return (status, axum::Json(json!({ "ok": false, "error": answer }))).into_response();
    }
    let mut response = (status, answer).into_response();
    if status == StatusCode::TOO_MANY_REQUESTS {
        response.headers_mut().insert("retry-after", 1.into());
    }
    response
}

fn respond(world: &World, id: &str, body: &Value) -> (StatusCode, String) {
    let now = world.clock.elapsed();
    let micros = world.clock.micros();
    world.write(|state| {
        let Some(found) = state.response_urls.get(id).cloned() else {
            return (StatusCode::NOT_FOUND, "invalid_url".into());
        };
        if now.saturating_sub(found.born) >= Duration::from_secs(limit::RESPONSE_URL_SECONDS) {
            return (StatusCode::NOT_FOUND, "expired_url".into());
        }
        if found.uses >= limit::RESPONSE_URL_USES {
            return (StatusCode::NOT_FOUND, "used_url".into());
        }
        if state.rates.injected("response_url").is_some()
            || state.switches.rate_limits && state.rates.take_response_url(id, now).is_err()
        {
            return (StatusCode::TOO_MANY_REQUESTS, "ratelimited".into());
        }
        match apply(state, &found, body, micros) {
            Ok(()) => {
                if let Some(url) = state.response_urls.get_mut(id) {
                    url.uses += 1;
                }
                (StatusCode::OK, "ok".into())
            }
            Err(error) => (StatusCode::BAD_REQUEST, error),
        }
    })
}

fn apply(state: &mut State, url: &ResponseUrl, body: &Value, micros: u64) -> Result<(), String> {
    let flag = |name: &str| body.get(name).and_then(Value::as_bool).unwrap_or(false);
    if flag("delete_original") {
        let source = url.source.as_deref().ok_or("no_source_message")?;
        state.messages.retain(|message| message.channel != url.channel || message.ts != source);
        return Ok(());
    }
    let draft = Draft::from_json(body);
    draft.check(state, "response_url").map_err(|error| error.error)?;
    if flag("replace_original") {
        match url.source.as_deref().filter(|ts| state.message(&url.channel, ts).is_some()) {
            Some(source) => return replace(state, &url.channel, source, &draft),
            None => {
                // A slash command has no message to replace: Slack posts a second one.
                let detail = "replace_original on a response_url without a message of its own is ignored";
                state.journal.violation("replace_ignored", detail);
            }
        }
    }
    let in_channel = body.get("response_type").and_then(Value::as_str) == Some("in_channel");
    let source_thread = url
        .source
        .as_deref()
        .and_then(|ts| state.message(&url.channel, ts))
        .and_then(|message| message.thread_ts.clone());
    let thread_ts = body.get("thread_ts").and_then(Value::as_str).map(str::to_owned).or(source_thread);
    let visible_to = (!in_channel).then(|| url.user.clone());
    let channel = url.channel.clone();
    NewMessage { channel, author: Author::App, draft, thread_ts, visible_to, files: Vec::new() }.store(state, micros);
    Ok(())
}

fn replace(state: &mut State, channel: &str, ts: &str, draft: &Draft) -> Result<(), String> {
    let blocks = state.with_ids(draft.block_list());
    let message = state.message_mut(channel, ts).ok_or("message_not_found")?;
    message.text = draft.kept_text();
    message.blocks = blocks;
    message.attachments = draft.attachment_list();
    message.metadata = draft.metadata.clone();
    message.edited = message.visible_to.is_none();
    message.inputs.clear();
    Ok(())
}
