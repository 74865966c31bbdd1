//! auth.test, users.info / list / lookupByEmail, usergroups.list / users.list.

use serde_json::{Value, json};

use super::conversations::paged;
use super::{ApiError, ApiResult, Call};
use crate::slack::options::{BOT_ID, BOT_USER, Group, UPDATED, User};
use crate::slack::state::State;

/// The largest `limit` of `users.list`.
const MOST_AT_ONCE: usize = 1000;

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
    let mut value = json!({
        "id": user.id,
        "team_id": state.team.id,
        "name": user.name,
        "real_name": user.real_name,
        "deleted": user.deleted,
        "is_bot": user.is_bot,
        "is_app_user": false,
        "updated": user.updated,
        "profile": profile,
    });
    if !user.deleted {
        // Of deactivated users Slack says no more than that they are.
        value["tz"] = json!("Europe/London");
        value["is_admin"] = json!(user.is_admin);
        value["is_owner"] = json!(user.is_owner);
        value["is_primary_owner"] = json!(user.is_owner);
        value["is_restricted"] = json!(user.is_restricted);
        value["is_ultra_restricted"] = json!(user.is_ultra_restricted);
    }
    if user.is_invited {
        value["is_invited_user"] = json!(true);
    }
    if let Some(has_2fa) = user.has_2fa {
        value["has_2fa"] = json!(has_2fa);
    }
    value
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

pub(super) fn list(call: &Call<'_>) -> ApiResult {
    let email = with_email(call);
    own_team(call)?;
    let limit = limit(call)?;
    let all = call.world.read(|state| {
        if limit.is_none() && state.users.len() >= state.switches.limit_required_from {
            return Err(ApiError::new("limit_required"));
        }
        Ok(state.users.iter().map(|user| user_json(state, user, email)).collect())
    })?;
    let (members, cursor) = strictly_paged::<Value>(all, limit, call)?;
    let now = call.world.at_ms() / 1000;
    Ok(json!({ "members": members, "cache_ts": now, "response_metadata": { "next_cursor": cursor } }))
}

/// How many at once; none for all. At most 1000 are.
fn limit(call: &Call<'_>) -> Result<Option<usize>, ApiError> {
    match (call.args.str("limit"), call.args.number("limit")) {
        (None, None) => Ok(None),
        (_, Some(limit)) if limit <= MOST_AT_ONCE => Ok(Some(limit).filter(|limit| *limit > 0)),
        _ => Err(ApiError::new("invalid_limit")),
    }
}

/// Pages as `users.list` does: all at once without a limit, and only cursors that it gave itself.
fn strictly_paged<T>(all: Vec<T>, limit: Option<usize>, call: &Call<'_>) -> Result<(Vec<T>, String), ApiError> {
    let known = |cursor: &str| cursor.strip_prefix("page:")?.parse().ok().filter(|start: &usize| *start < all.len());
    if call.args.str("cursor").is_some_and(|cursor| known(cursor).is_none()) {
        return Err(ApiError::new("invalid_cursor"));
    }
    match limit {
        Some(_) => Ok(paged(all, call)),
        None => Ok((all, String::new())),
    }
}

/// The token of an org-wide install must say of which workspace.
fn own_team(call: &Call<'_>) -> Result<(), ApiError> {
    call.world.read(|state| match call.args.str("team_id") {
        None if state.team.org_install => Err(ApiError::new("missing_argument")),
        Some(team) if team != state.team.id => Err(ApiError::new("team_access_not_granted")),
        _ => Ok(()),
    })
}

pub(super) fn lookup_by_email(call: &Call<'_>) -> ApiResult {
    let email = call.args.str("email").ok_or_else(|| ApiError::new("users_not_found"))?;
    call.world.read(|state| {
        let fits = |user: &&User| !user.deleted && !user.email.is_empty() && user.email.eq_ignore_ascii_case(email);
        let user = state.users.iter().find(fits).ok_or_else(|| ApiError::new("users_not_found"))?;
        Ok(json!({ "user": user_json(state, user, true) }))
    })
}

pub(super) fn groups(call: &Call<'_>) -> ApiResult {
    own_team(call)?;
    let group_json = |state: &State, group: &Group| {
        let mut value = json!({
            "id": group.id,
            "team_id": state.team.id,
            "is_usergroup": true,
            "is_subteam": true,
            "name": group.name,
            "description": "",
            "handle": group.handle,
            "is_external": false,
            "date_create": UPDATED,
            "date_update": group.disabled.unwrap_or(UPDATED),
            "date_delete": group.disabled.unwrap_or(0),
            "auto_type": null,
            "created_by": "U0ADA",
            "updated_by": "U0ADA",
            "deleted_by": group.disabled.map(|_| "U0ADA"),
            "prefs": { "channels": [], "groups": [] },
            "user_count": group.users.len(),
        });
        if call.args.flag("include_users") {
            value["users"] = json!(group.users);
        }
        value
    };
    call.world.read(|state| {
        if !state.switches.user_groups {
            return Err(ApiError::new("plan_upgrade_required"));
        }
        let all = call.args.flag("include_disabled");
        let shown = state.groups.iter().filter(|group| all || group.disabled.is_none());
        let groups: Vec<Value> = shown.map(|group| group_json(state, group)).collect();
        Ok(json!({ "usergroups": groups }))
    })
}

pub(super) fn group_users(call: &Call<'_>) -> ApiResult {
    let id = call.args.str("usergroup").unwrap_or_default();
    let found = call.world.read(|state| state.groups.iter().find(|group| group.id == id).cloned());
    let group = found.ok_or_else(|| ApiError::new("no_such_subteam"))?;
    Ok(json!({ "users": group.users }))
}
