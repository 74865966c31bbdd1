//! Applications and who has them.

use super::Call;
use crate::okta::answer::{Answer, not_found};
use crate::okta::org::lock;
use crate::okta::state::{App, State};

/// Without `includeNonDeleted`, only active ones.
pub fn list(call: &Call<'_>) -> Result<Answer, Answer> {
    let asked = call.asked();
    asked.only(&["limit", "after", "includeNonDeleted"])?;
    let all = asked.get("includeNonDeleted") == Some("true");
    let state = lock(&call.org.state);
    let apps = state.apps.values().filter(|app| all || app.status == "ACTIVE");
    asked.page(200, 200, apps.map(|app| (app.id.clone(), app)), |app| app.json(&call.org.url))
}

fn find<'a>(state: &'a State, id: &str) -> Result<&'a App, Answer> {
    state.apps.get(id).ok_or_else(|| not_found(id, "AppInstance"))
}

/// One application.
pub fn one(call: &Call<'_>) -> Result<Answer, Answer> {
    call.asked().only(&[])?;
    let state = lock(&call.org.state);
    Ok(Answer::json(200, &find(&state, call.segment(1))?.json(&call.org.url)))
}

/// Who has an application.
pub fn users(call: &Call<'_>) -> Result<Answer, Answer> {
    let asked = call.asked();
    asked.only(&["limit", "after"])?;
    let state = lock(&call.org.state);
    let app = find(&state, call.segment(1))?;
    let assigned =
        app.assigned.iter().filter_map(|(id, assignment)| Some((id.clone(), (assignment, state.users.get(id)?))));
    asked.page(50, 500, assigned, |(assignment, user)| assignment.json(app, user, &call.org.url))
}

/// One user's place in an application.
pub fn user(call: &Call<'_>) -> Result<Answer, Answer> {
    call.asked().only(&[])?;
    let (app, user) = (call.segment(1), call.segment(3));
    let state = lock(&call.org.state);
    let app = find(&state, app)?;
    let missing = || not_found(user, "AppUser");
    let assignment = app.assigned.get(user).ok_or_else(missing)?;
    let user = state.users.get(user).ok_or_else(missing)?;
    Ok(Answer::json(200, &assignment.json(app, user, &call.org.url)))
}
