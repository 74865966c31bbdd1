//! The Web API: one entry that checks token, scope and rate, and a function per method.

mod args;
mod chat;
mod conversations;
mod files;
mod permission;
mod post;
mod users;
mod views;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::blocks::{Policy, Refusal};
use super::journal::{Entry, EntryKind};
use super::state::State;
use super::{World, oauth, socket};
use args::Args;
pub(super) use args::Args as CallArgs;
pub(super) use files::shared as file_shared;
pub(super) use post::{Draft, NewMessage, message_json};
pub(super) use views::{check as check_view, install as install_view, replace as replace_view, view_json};

/// A refusal with HTTP 200 and `ok: false`.
#[derive(Debug)]
pub(super) struct ApiError {
    pub error: String,
    pub more: Map<String, Value>,
}

impl ApiError {
    pub fn new(error: &str) -> ApiError {
        ApiError { error: error.into(), more: Map::new() }
    }

    /// With Slack's two copies of the explanation.
    fn explained(error: &str, lines: Vec<String>) -> ApiError {
        let tagged: Vec<String> = lines.iter().map(|line| format!("[ERROR] {line}")).collect();
        let mut more = Map::new();
        if !lines.is_empty() {
            more.insert("errors".into(), json!(lines));
            more.insert("response_metadata".into(), json!({ "messages": tagged }));
        }
        ApiError { error: error.into(), more }
    }

    /// From Block Kit faults, noted as a violation unless only the rollout is to blame.
    pub fn refused(state: &mut State, refusal: &Refusal, whence: &str) -> ApiError {
        let lines: Vec<String> = refusal.faults.iter().map(super::blocks::Fault::words).collect();
        if !refusal.rollout {
            let rule = if whence.starts_with("view") { "invalid_view" } else { "invalid_blocks" };
            state.journal.violation(rule, format!("{whence}: {}: {}", refusal.error, lines.join("; ")));
        }
        ApiError::explained(refusal.error, lines)
    }
}

pub(super) type ApiResult = Result<Value, ApiError>;

/// What a method sees of its call.
pub(super) struct Call<'a> {
    pub world: &'a Arc<World>,
    pub args: &'a Args,
    pub scopes: Vec<String>,
}

/// Any call below `/api/`.
pub(super) async fn call(
    Shared(world): Shared<Arc<World>>,
    Path(method): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let started = world.at_ms();
    let args = Args::read(&method, query.as_deref(), &headers, &body);
    let answer = answer(&world, &method, &args, &headers);
    let (status, retry_after, value) = match answer {
        Answer::Value(value) => (StatusCode::OK, None, value),
        Answer::Wait(seconds) => {
            let value = json!({ "ok": false, "error": "ratelimited" });
            (StatusCode::TOO_MANY_REQUESTS, Some(seconds), value)
        }
    };
    let entry = Entry {
        number: 0,
        at_ms: started,
        kind: EntryKind::Api,
        what: method,
        request: args.without_token(),
        status: status.as_u16(),
        response: value.clone(),
        took_ms: world.at_ms() - started,
    };
    world.write(|state| state.journal.add(entry));
    let mut response = (status, axum::Json(value)).into_response();
    if let Some(scopes) = permission::granted(&world, &args, &headers).and_then(|scopes| scopes.parse().ok()) {
        response.headers_mut().insert("x-oauth-scopes", scopes);
    }
    if let Some(seconds) = retry_after {
        response.headers_mut().insert("retry-after", seconds.into());
    }
    response
}

enum Answer {
    Value(Value),
    Wait(u64),
}

fn answer(world: &Arc<World>, method: &str, args: &Args, headers: &HeaderMap) -> Answer {
    if let Some(seconds) = over_limit(world, method, args) {
        return Answer::Wait(seconds);
    }
    let result = if method == "oauth.v2.access" {
        oauth::access(world, args, headers)
    } else {
        permission::check(world, method, args, headers).and_then(|scopes| run(method, &Call { world, args, scopes }))
    };
    Answer::Value(match result {
        Ok(Value::Object(mut body)) => {
            body.insert("ok".into(), Value::Bool(true));
            Value::Object(body)
        }
        Ok(other) => other,
        Err(ApiError { error, mut more }) => {
            more.insert("ok".into(), Value::Bool(false));
            more.insert("error".into(), Value::String(error));
            Value::Object(more)
        }
    })
}

fn over_limit(world: &World, method: &str, args: &Args) -> Option<u64> {
    let now = world.clock.elapsed();
    world.write(|state| {
        if let Some(seconds) = state.rates.injected(method) {
            return Some(seconds);
        }
        let limited = state.switches.rate_limits;
        limited.then(|| state.rates.take(method, args.str("channel"), now).err()).flatten()
    })
}

fn run(method: &str, call: &Call<'_>) -> ApiResult {
    match method {
        "api.test" => Ok(json!({})),
        "auth.test" => Ok(users::auth_test(call)),
        "chat.postMessage" => chat::post_message(call),
        "chat.postEphemeral" => chat::post_ephemeral(call),
        "chat.update" => chat::update(call),
        "chat.delete" => chat::delete(call),
        "conversations.open" => conversations::open(call),
        "conversations.info" => conversations::info(call),
        "conversations.members" => conversations::members(call),
        "conversations.list" => Ok(conversations::list(call)),
        "users.info" => users::info(call),
        "users.list" => users::list(call),
        "users.lookupByEmail" => users::lookup_by_email(call),
        "usergroups.list" => users::groups(call),
        "usergroups.users.list" => users::group_users(call),
        "views.open" => views::open(call),
        "views.push" => views::push(call),
        "views.update" => views::update(call),
        "views.publish" => views::publish(call),
        "files.getUploadURLExternal" => files::get_upload_url(call),
        "files.completeUploadExternal" => files::complete(call),
        "files.info" => files::info(call),
        "apps.connections.open" => Ok(socket::open(call.world)),
        _ => {
            call.world.write(|state| state.journal.unexpected.push(format!("method {method}")));
            Err(ApiError::new("unknown_method"))
        }
    }
}

/// The Block Kit rules that hold in this workspace now.
pub(super) fn policy<'a>(state: &State, file_is_shared: &'a dyn Fn(&str) -> bool) -> Policy<'a> {
    Policy { new_blocks: state.switches.new_blocks, action_cells: state.switches.action_cells, file_is_shared }
}

/// Whether a file (by id or by its private URL) is in a channel, so that messages may show it.
pub(super) fn shared_files(state: &State) -> Vec<String> {
    state.files.values().filter(|file| !file.shares.is_empty()).map(|file| file.id.clone()).collect()
}
