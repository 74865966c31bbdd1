//! Users: listed, looked up, and moved through their statuses by Okta's rules.

use super::Call;
use crate::okta::answer::{Answer, invalid, not_found};
use crate::okta::filter::{Allowed, Filter};
use crate::okta::org::lock;
use crate::okta::seed::ADMIN;
use crate::okta::state::{State, User};
use crate::okta::time;
use serde_json::{Value as Json, json};

/// What `filter` compares (spec, `GET /api/v1/users`): all but `lastUpdated` by `eq` alone.
const FILTERED: Allowed = &[
    ("status", false),
    ("lastUpdated", true),
    ("id", false),
    ("profile.login", false),
    ("profile.email", false),
    ("profile.firstName", false),
    ("profile.lastName", false),
];

fn attribute(user: &User, name: &str) -> Option<String> {
    match name {
        "status" => Some(user.status.to_owned()),
        "lastUpdated" => Some(time::format(user.last_updated)),
        "id" => Some(user.id.clone()),
        _ => Some(user.text(name.strip_prefix("profile.")?).to_owned()),
    }
}

/// Without a filter, deprovisioned users are left out.
pub fn list(call: &Call<'_>) -> Result<Answer, Answer> {
    let asked = call.asked();
    asked.only(&["filter", "limit", "after"])?;
    let filter = asked.get("filter").map(|text| Filter::parse(text, FILTERED)).transpose()?;
    let state = lock(&call.org.state);
    let wanted = |user: &&User| match &filter {
        Some(filter) => filter.matches(&|name| attribute(user, name)),
        None => user.status != "DEPROVISIONED",
    };
    let users = state.users.values().filter(wanted).map(|user| (user.id.clone(), user));
    asked.page(200, 200, users, |user| user.json(&call.org.url))
}

/// By id, by login, or `me`: whoever authorized the app.
fn find<'a>(state: &'a State, key: &str) -> Result<&'a User, Answer> {
    let login = if key == "me" { ADMIN } else { key };
    let found = state.users.get(key).or_else(|| state.users.values().find(|user| user.text("login") == login));
    found.ok_or_else(|| not_found(key, "User"))
}

/// One user.
pub fn one(call: &Call<'_>) -> Result<Answer, Answer> {
    call.asked().only(&[])?;
    let state = lock(&call.org.state);
    Ok(Answer::json(200, &find(&state, call.segment(1))?.json(&call.org.url)))
}

/// The groups of a user, of every type.
pub fn groups(call: &Call<'_>) -> Result<Answer, Answer> {
    let asked = call.asked();
    asked.only(&["limit", "after"])?;
    let state = lock(&call.org.state);
    let user = find(&state, call.segment(1))?;
    let groups = state.groups.values().filter(|group| group.members.contains(&user.id));
    asked.page(200, 200, groups.map(|group| (group.id.clone(), group)), |group| group.json(&call.org.url))
}

/// The applications of a user: active ones only, as on their home page.
pub fn app_links(call: &Call<'_>) -> Result<Answer, Answer> {
    call.asked().only(&[])?;
    let state = lock(&call.org.state);
    let user = find(&state, call.segment(1))?;
    let apps = state.apps.values().filter(|app| app.status == "ACTIVE" && app.assigned.contains_key(&user.id));
    let links: Vec<Json> = apps
        .map(|app| json!({ "id": format!("{}-link", app.id), "label": app.label, "appName": app.name, "appInstanceId": app.id }))
        .collect();
    Ok(Answer::json(200, &Json::Array(links)))
}

/// From which statuses an operation leads where, and what Okta says for all others.
const TRANSITIONS: &[(&str, &[&str], &str, &str, &str)] = &[
    ("suspend", &["ACTIVE"], "SUSPENDED", "suspendUser", "Cannot suspend a user that is not active"),
    ("unsuspend", &["SUSPENDED"], "ACTIVE", "suspendUser", "Cannot unsuspend a user that is not suspended"),
    (
        "deactivate",
        &["STAGED", "PROVISIONED", "ACTIVE", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT", "SUSPENDED"],
        "DEPROVISIONED",
        "deactivateUser",
        "Cannot deactivate a user that is deprovisioned",
    ),
    (
        "activate",
        &["STAGED", "DEPROVISIONED"],
        "PROVISIONED",
        "activateUser",
        "Activation failed because the user is already active",
    ),
];

/// `POST /api/v1/users/{id}/lifecycle/{operation}`.
pub fn lifecycle(call: &Call<'_>) -> Result<Answer, Answer> {
    call.asked().only(&["sendEmail"])?;
    let operation = call.segment(3);
    let known = TRANSITIONS.iter().find(|(name, ..)| *name == operation);
    let Some((_, from, to, summary, refusal)) = known else {
        return Err(Answer::refusal(404, "E0000022", "The endpoint does not support the provided HTTP method", &[])
            .unexpected());
    };
    let mut state = lock(&call.org.state);
    let user = find(&state, call.segment(1))?;
    if !from.contains(&user.status) || user.becoming.is_some() {
        return Err(match operation {
            "activate" => Answer::refusal(403, "E0000016", refusal, &[]),
            _ => invalid(summary, refusal),
        });
    }
    let id = user.id.clone();
    let is_slow = state.slow_transitions && matches!(*to, "DEPROVISIONED" | "PROVISIONED");
    if let Some(user) = state.users.get_mut(&id).filter(|_| is_slow) {
        user.becoming = Some(to);
    } else {
        state.turn(&id, to, time::now());
    }
    Ok(Answer::json(200, &json!({})))
}

/// `DELETE /api/v1/users/{id}/sessions`.
pub fn clear_sessions(call: &Call<'_>) -> Result<Answer, Answer> {
    call.asked().only(&["oauthTokens", "forgetDevices"])?;
    let mut state = lock(&call.org.state);
    let id = find(&state, call.segment(1))?.id.clone();
    if let Some(user) = state.users.get_mut(&id) {
        user.sessions = 0;
    }
    Ok(Answer::empty(204))
}
