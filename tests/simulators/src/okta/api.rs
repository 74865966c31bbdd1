//! The management API: each address with the scope it needs and what it does.

mod apps;
mod groups;
mod logs;
mod schema;
mod users;

use super::answer::Answer;
use super::listing::Asked;
use super::org::{Inner, lock};
use serde_json::json;

/// A call.
pub struct Call<'a> {
    pub org: &'a Inner,
    pub method: &'a str,
    pub path: &'a str,
    pub query: &'a [(String, String)],
}

impl Call<'_> {
    /// The segment of this number below `/api/v1/`.
    pub fn segment(&self, number: usize) -> &str {
        self.path.split('/').nth(number + 3).unwrap_or_default()
    }

    /// As a request to a listing.
    pub fn asked(&self) -> Asked<'_> {
        Asked {
            url: &self.org.url,
            path: self.path,
            query: self.query,
            epoch: lock(&self.org.settings).cursor_epoch,
            page_rows: self.org.options.page_rows,
        }
    }
}

type Work = fn(&Call<'_>) -> Result<Answer, Answer>;

/// What an address needs and does.
#[derive(Clone, Copy)]
pub struct Route {
    pub scope: &'static str,
    pub work: Work,
}

const USERS: &str = "okta.users.read";
const USERS_MANAGE: &str = "okta.users.manage";
const GROUPS: &str = "okta.groups.read";
const GROUPS_MANAGE: &str = "okta.groups.manage";
const APPS: &str = "okta.apps.read";

/// What this method does at this path; none where there is nothing.
pub fn route(method: &str, path: &str) -> Option<Route> {
    let segments: Vec<&str> = path.strip_prefix("/api/v1/")?.split('/').collect();
    let (scope, work): (_, Work) = match (method, segments.as_slice()) {
        ("GET", ["users"]) => (USERS, users::list),
        ("GET", ["users", _]) => (USERS, users::one),
        ("GET", ["users", _, "groups"]) => (USERS, users::groups),
        ("GET", ["users", _, "appLinks"]) => (USERS, users::app_links),
        ("POST", ["users", _, "lifecycle", _]) => (USERS_MANAGE, users::lifecycle),
        ("DELETE", ["users", _, "sessions"]) => (USERS_MANAGE, users::clear_sessions),
        ("GET", ["groups"]) => (GROUPS, groups::list),
        ("GET", ["groups", _]) => (GROUPS, groups::one),
        ("GET", ["groups", _, "users"]) => (GROUPS, groups::users),
        ("GET", ["groups", _, "apps"]) => (GROUPS, groups::apps),
        ("PUT" | "DELETE", ["groups", _, "users", _]) => (GROUPS_MANAGE, groups::member),
        ("GET", ["apps"]) => (APPS, apps::list),
        ("GET", ["apps", _]) => (APPS, apps::one),
        ("GET", ["apps", _, "users"]) => (APPS, apps::users),
        ("GET", ["apps", _, "users", _]) => (APPS, apps::user),
        ("GET", ["logs"]) => ("okta.logs.read", logs::list),
        ("GET", ["meta", "schemas", "user", "default"]) => ("okta.schemas.read", schema::user),
        _ => return None,
    };
    Some(Route { scope, work })
}

/// `/.well-known/okta-organization`: anybody may ask.
pub fn organization(org: &Inner) -> Answer {
    let id = super::seed::id(org.options.seed, "00o", 0);
    let href = format!("https://{}.okta.com", org.options.subdomain);
    Answer::json(200, &json!({ "id": id, "pipeline": "idx", "_links": { "organization": { "href": href } } }))
}
