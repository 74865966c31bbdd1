//! Groups and their members. Only those of the type `OKTA_GROUP` take members over the API.

use super::Call;
use crate::okta::answer::{Answer, not_found};
use crate::okta::org::lock;
use crate::okta::state::{Group, State};
use crate::okta::time;

/// `GET /api/v1/groups`.
pub fn list(call: &Call<'_>) -> Result<Answer, Answer> {
    let asked = call.asked();
    asked.only(&["limit", "after"])?;
    let state = lock(&call.org.state);
    let groups = state.groups.values().map(|group| (group.id.clone(), group));
    asked.page(10_000, 10_000, groups, |group| group.json(&call.org.url))
}

fn find<'a>(state: &'a State, id: &str) -> Result<&'a Group, Answer> {
    state.groups.get(id).ok_or_else(|| not_found(id, "UserGroup"))
}

/// One group.
pub fn one(call: &Call<'_>) -> Result<Answer, Answer> {
    call.asked().only(&[])?;
    let state = lock(&call.org.state);
    Ok(Answer::json(200, &find(&state, call.segment(1))?.json(&call.org.url)))
}

/// The members of a group, as users.
pub fn users(call: &Call<'_>) -> Result<Answer, Answer> {
    let asked = call.asked();
    asked.only(&["limit", "after"])?;
    let state = lock(&call.org.state);
    let members = find(&state, call.segment(1))?.members.iter().filter_map(|user| state.users.get(user));
    asked.page(1_000, 1_000, members.map(|user| (user.id.clone(), user)), |user| user.json(&call.org.url))
}

/// The applications that a group gives.
pub fn apps(call: &Call<'_>) -> Result<Answer, Answer> {
    let asked = call.asked();
    asked.only(&["limit", "after"])?;
    let state = lock(&call.org.state);
    let id = find(&state, call.segment(1))?.id.as_str();
    let apps = state.apps.values().filter(|app| app.groups.contains(id)).map(|app| (app.id.clone(), app));
    asked.page(20, 200, apps, |app| app.json(&call.org.url))
}

/// `PUT` puts a user in, `DELETE` takes one out; both may be done twice.
pub fn member(call: &Call<'_>) -> Result<Answer, Answer> {
    call.asked().only(&[])?;
    let (group, user) = (call.segment(1), call.segment(3));
    let mut state = lock(&call.org.state);
    let kind = find(&state, group)?.kind;
    if !state.users.contains_key(user) {
        return Err(not_found(user, "User"));
    }
    if kind != "OKTA_GROUP" {
        let summary = "You do not have permission to perform the requested action";
        return Err(Answer::refusal(403, "E0000006", summary, &["Memberships of this group are not managed in Okta."]));
    }
    match call.method {
        "PUT" => state.join(group, user, time::now()),
        _ => state.leave(group, user, time::now()),
    }
    Ok(Answer::empty(204))
}
