//! Ready-made boards: the waste and the risk that admins look for first.

use serde_json::{Value as Json, json};
use weft_integration::prelude::*;

/// Days without a login after which a paid seat counts as idle.
const IDLE_DAYS: u32 = 90;

/// All templates.
pub fn all() -> Vec<BoardTemplate> {
    vec![idle_seats(), never_logged_in(), all_users(), inactive_users()]
}

fn idle_seats() -> BoardTemplate {
    BoardTemplate::new(
        "idle-paid-seats",
        "Idle paid seats",
        "Active users who have not logged in for 90 days: each takes a seat that is paid for.",
        &users(
            &["Name", "Username", "profile.license.Name", "role.Name", "LastLoginDate", "IsActive"],
            &[active(true), json!({ "path": "LastLoginDate", "op": "more-than-days-ago", "value": IDLE_DAYS })],
            json!([{ "path": "LastLoginDate", "descending": false }]),
        ),
    )
}

fn never_logged_in() -> BoardTemplate {
    BoardTemplate::new(
        "never-logged-in",
        "Never logged in",
        "Active users who have not logged in even once.",
        &users(
            &["Name", "Username", "profile.license.Name", "role.Name", "CreatedDate"],
            &[active(true), json!({ "path": "LastLoginDate", "op": "is-empty" })],
            json!([{ "path": "CreatedDate", "descending": false }]),
        ),
    )
}

fn all_users() -> BoardTemplate {
    BoardTemplate::new(
        "all-users",
        "All users",
        "Everybody in the org, with role, profile and licence.",
        &users(
            &[
                "Name",
                "Username",
                "Email",
                "role.Name",
                "profile.Name",
                "profile.license.Name",
                "LastLoginDate",
                "IsActive",
            ],
            &[],
            json!([{ "path": "Name", "descending": false }]),
        ),
    )
}

fn inactive_users() -> BoardTemplate {
    BoardTemplate::new(
        "inactive-users",
        "Inactive users",
        "Users who can no longer log in, the latest change first.",
        &users(
            &["Name", "Username", "role.Name", "profile.Name", "LastLoginDate", "LastModifiedDate"],
            &[active(false)],
            json!([{ "path": "LastModifiedDate", "descending": true }]),
        ),
    )
}

fn active(is: bool) -> Json {
    json!({ "path": "IsActive", "op": "is", "value": is })
}

/// Joined columns are called as people call them, not by their way there.
const TITLES: &[(&str, &str)] =
    &[("role.Name", "Role"), ("profile.Name", "Profile"), ("profile.license.Name", "Licence")];

fn column(path: &str) -> Json {
    match TITLES.iter().find(|(of, _)| *of == path) {
        Some((_, title)) => json!({ "path": path, "title": title }),
        None => json!(path),
    }
}

fn users(columns: &[&str], filter: &[Json], sort: Json) -> Json {
    let columns: Vec<Json> = columns.iter().copied().map(column).collect();
    let mut definition = json!({ "version": 1, "object": "User", "columns": columns, "sort": sort });
    if !filter.is_empty() {
        definition["filter"] = json!({ "all": filter });
    }
    definition
}
