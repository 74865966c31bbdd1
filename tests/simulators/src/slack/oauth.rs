//! Installing the app: the consent redirect, and `oauth.v2.access`.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use serde_json::{Value, json};
use url::Url;

use super::World;
use super::api::{ApiError, ApiResult, CallArgs};
use super::options::{APP_ID, BOT_USER};
use super::state::Token;

/// A code for `oauth.v2.access`, as if `installer` had clicked Allow.
pub(super) fn grant(world: &World, installer: &str) -> String {
    world.write(|state| {
        let code = format!("code-{}", state.next());
        state.codes.insert(code.clone(), json!({ "installer": installer, "redirect_uri": null }));
        code
    })
}

/// The consent page: everybody allows at once; `user` names the installer (the first owner otherwise).
pub(super) async fn authorize(
    Shared(world): Shared<Arc<World>>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    if query.get("client_id") != Some(&world.client.0) {
        return (StatusCode::BAD_REQUEST, "invalid_client_id").into_response();
    }
    let Some(mut back) = query.get("redirect_uri").and_then(|uri| Url::parse(uri).ok()) else {
        return (StatusCode::BAD_REQUEST, "redirect_uri is missing").into_response();
    };
    let owner = world.read(|state| state.users.iter().find(|user| user.is_owner).map(|user| user.id.clone()));
    let installer = query.get("user").cloned().or(owner).unwrap_or_default();
    let code = grant(&world, &installer);
    let wanted = query.get("scope").cloned().unwrap_or_default();
    world.write(|state| {
        let kept = json!({ "installer": installer, "redirect_uri": back.as_str(), "scope": wanted });
        state.codes.insert(code.clone(), kept);
    });
    back.query_pairs_mut().append_pair("code", &code);
    if let Some(carried) = query.get("state") {
        back.query_pairs_mut().append_pair("state", carried);
    }
    Redirect::to(back.as_str()).into_response()
}

fn client(args: &CallArgs, headers: &HeaderMap) -> Option<(String, String)> {
    let basic = headers.get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Basic "));
    if let Some(basic) = basic {
        let decoded = base64::engine::general_purpose::STANDARD.decode(basic).ok()?;
        let (id, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
        return Some((id.to_owned(), secret.to_owned()));
    }
    Some((args.str("client_id")?.to_owned(), args.str("client_secret")?.to_owned()))
}

/// `oauth.v2.access`: a code works once, with the client it was made for and the redirect it went through.
pub(super) fn access(world: &World, args: &CallArgs, headers: &HeaderMap) -> ApiResult {
    let given = client(args, headers).ok_or_else(|| ApiError::new("invalid_client_id"))?;
    if given.0 != world.client.0 {
        return Err(ApiError::new("invalid_client_id"));
    }
    if given.1 != world.client.1 {
        return Err(ApiError::new("bad_client_secret"));
    }
    world.write(|state| {
        let code = args.str("code").unwrap_or_default();
        let kept = state.codes.remove(code).ok_or_else(|| ApiError::new("invalid_code"))?;
        if kept["redirect_uri"].is_string() && kept["redirect_uri"].as_str() != args.str("redirect_uri") {
            return Err(ApiError::new("bad_redirect_uri"));
        }
        let wanted = kept["scope"].as_str().unwrap_or_default();
        let mut scopes: Vec<String> =
            wanted.split([',', ' ']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
        if scopes.is_empty() {
            scopes =
                state.tokens.values().find(|token| !token.is_app).map(|token| token.scopes.clone()).unwrap_or_default();
        }
        let access_token = format!("xoxb-simulated-{}", state.next());
        state.uninstalled = false;
        state.tokens.insert(access_token.clone(), Token { scopes: scopes.clone(), is_app: false, revoked: false });
        let team = json!({ "id": state.team.id, "name": state.team.name });
        Ok::<Value, ApiError>(json!({
            "access_token": access_token,
            "token_type": "bot",
            "scope": scopes.join(","),
            "bot_user_id": BOT_USER,
            "app_id": APP_ID,
            "team": if state.team.org_install { Value::Null } else { team },
            "enterprise": state.team.enterprise.as_ref().map(|id| json!({ "id": id, "name": state.team.name })),
            "is_enterprise_install": state.team.org_install,
            "authed_user": { "id": kept["installer"] },
        }))
    })
}
