//! auth.test, users.info / list / lookupByEmail, usergroups.list / users.list.

use serde_json::{Value, json};

use super::conversations::paged;
use super::{ApiError, ApiResult, Call};
use crate::slack::options::{BOT_ID, BOT_USER, Group, User};
use crate::slack::state::State;

pub(super) fn auth_test(call: &Call<'_>) -> Value {
    call.world.read(|state| {
        json!({
            "url": format!("https://{}.slack.com/", state.team.domain),
            "team": state.team.name,
            "team_id": state.team.id,
            "user": state.app_name.to_lowercase(),
            "user_id": BOT_USER,
            "bot_id": BOT_ID,
            "enterprise_id": state.team.enterprise,
            "is_enterprise_install": state.team.org_install,
        })
    })
}

fn user_json(state: &State, user: &User, with_email: bool) -> Value {
    let (first, last) = user.real_name.split_once(' ').unwrap_or((&user.real_name, ""));
    let mut profile = json!({
        "real_name": user.real_name,
        "display_name": user.name,
        "first_name": first,
        "last_name": last,
        "title": user.title,
        "phone": "",
        "team": state.team.id,
    });
    if with_email && !user.email.is_empty() {
        profile["email"] = json!(user.email);
    }
    json!({
        "id": user.id,
        "team_id": state.team.id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.deleted,
        "tz": "Europe/London",
        "is_admin": user.is_admin,
        "is_owner": user.is_owner,
        "is_primary_owner": user.is_owner,
        "is_restricted": false,
        "is_ultra_restricted": false,
        "is_bot": user.is_bot,
        "is_app_user": false,
        "profile": profile,
    })
}

fn with_email(call: &Call<'_>) -> bool {
    call.scopes.iter().any(|scope| scope == "users:read.email")
}

pub(super) fn info(call: &Call<'_>) -> ApiResult {
    let id = call.args.str("user").ok_or_else(|| ApiError::new("user_not_found"))?;
    call.world.read(|state| {
        let user = state.user(id).ok_or_else(|| ApiError::new("user_not_found"))?;
        Ok(json!({ "user": user_json(state, user, with_email(call)) }))
    })
}

pub(super) fn list(call: &Call<'_>) -> Value {
    let email = with_email(call);
    let all = call.world.read(|state| state.users.iter().map(|user| user_json(state, user, email)).collect());
    let (members, cursor) = paged::<Value>(all, call);
    json!({ "members": members, "cache_ts": 0, "response_metadata": { "next_cursor": cursor } })
}

pub(super) fn lookup_by_email(call: &Call<'_>) -> ApiResult {
    let email = call.args.str("email").ok_or_else(|| ApiError::new("users_not_found"))?;
    call.world.read(|state| {
        let fits = |user: &&User| !user.deleted && !user.email.is_empty() && user.email.eq_ignore_ascii_case(email);
        let user = state.users.iter().find(fits).ok_or_else(|| ApiError::new("users_not_found"))?;
        Ok(json!({ "user": user_json(state, user, true) }))
    })
}

pub(super) fn groups(call: &Call<'_>) -> Value {
    let group_json = |state: &State, group: &Group| {
        let mut value = json!({
            "id": group.id,
            "team_id": state.team.id,
            "is_usergroup": true,
            "name": group.name,
            "description": "",
            "handle": group.handle,
            "is_external": false,
            "date_create": 1_700_000_000,
            "date_update": 1_700_000_000,
            "created_by": "U0ADA",
            "prefs": { "channels": [], "groups": [] },
            "user_count": group.users.len(),
        });
        if call.args.flag("include_users") {
            value["users"] = json!(group.users);
        }
        value
    };
    call.world.read(|state| {
        let groups: Vec<Value> = state.groups.iter().map(|group| group_json(state, group)).collect();
        json!({ "usergroups": groups })
    })
}

pub(super) fn group_users(call: &Call<'_>) -> ApiResult {
    let id = call.args.str("usergroup").unwrap_or_default();
    let found = call.world.read(|state| state.groups.iter().find(|group| group.id == id).cloned());
    let group = found.ok_or_else(|| ApiError::new("no_such_subteam"))?;
    Ok(json!({ "users": group.users }))
}
