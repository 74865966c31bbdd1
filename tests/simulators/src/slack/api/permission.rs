//! Who may call what: tokens, and the scopes each method needs.

use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::args::Args;
use super::{ApiError, World};

/// The token's scopes, or why the call may not be made.
pub(super) fn check(world: &World, method: &str, args: &Args, headers: &HeaderMap) -> Result<Vec<String>, ApiError> {
    let token = token(args, headers).ok_or_else(|| ApiError::new("not_authed"))?;
    let (found, gone) = world.read(|state| (state.tokens.get(token).cloned(), state.uninstalled));
    let found = found.ok_or_else(|| ApiError::new("invalid_auth"))?;
    if gone {
        return Err(ApiError::new("account_inactive"));
    }
    if found.revoked {
        return Err(ApiError::new("token_revoked"));
    }
    if found.is_app != (method == "apps.connections.open") {
        return Err(ApiError::new("not_allowed_token_type"));
    }
    if let Some(problem) = args.broken {
        return Err(ApiError::new(problem));
    }
    let needed = needed(method, args);
    if !needed.is_empty() && !needed.iter().any(|scope| found.scopes.iter().any(|have| have == scope)) {
        let mut error = ApiError::new("missing_scope");
        error.more.insert("needed".into(), json!(needed.join(",")));
        error.more.insert("provided".into(), Value::String(found.scopes.join(",")));
        return Err(error);
    }
    Ok(found.scopes)
}

fn token<'a>(args: &'a Args, headers: &'a HeaderMap) -> Option<&'a str> {
    let header = headers.get("authorization").and_then(|value| value.to_str().ok());
    header.and_then(|value| value.strip_prefix("Bearer ")).or(args.token())
}

/// The scopes of the call's token, as Slack names them in a header of each answer.
pub(super) fn granted(world: &World, args: &Args, headers: &HeaderMap) -> Option<String> {
    let token = token(args, headers)?;
    world.read(|state| state.tokens.get(token).map(|found| found.scopes.join(",")))
}

/// Any one of these scopes is enough.
fn needed(method: &str, args: &Args) -> Vec<&'static str> {
    let by_channel = |public, private, im| match args.str("channel").and_then(|id| id.chars().next()) {
        Some('D') => vec![im],
        Some('G') => vec![private],
        _ => vec![public, private, im],
    };
    match method {
        "chat.postMessage" | "chat.postEphemeral" | "chat.update" | "chat.delete" => vec!["chat:write"],
        "conversations.open" => vec!["im:write"],
        "conversations.info" | "conversations.members" => by_channel("channels:read", "groups:read", "im:read"),
        "conversations.list" => vec!["channels:read", "groups:read", "im:read"],
        "users.info" | "users.list" => vec!["users:read"],
        "users.lookupByEmail" => vec!["users:read.email"],
        "usergroups.list" | "usergroups.users.list" => vec!["usergroups:read"],
        "files.getUploadURLExternal" | "files.completeUploadExternal" => vec!["files:write"],
        "files.info" => vec!["files:read"],
        "apps.connections.open" => vec!["connections:write"],
        _ => Vec::new(),
    }
}
