//! The page at `/`: who is in the org, for a person who wants to see that something really changed.

use super::answer::Answer;
use super::state::{State, User};
use super::time;
use std::fmt::Write;

/// People on one page.
const SHOWN: usize = 200;

/// Looks of all pages here.
pub const STYLE: &str = "<style>body{font:15px/1.45 system-ui,sans-serif;margin:2rem;color:#1d1d21;background:#f4f4f4}main{background:#fff;\
    padding:1rem 1.5rem;border:1px solid #d7d7dc;border-radius:4px}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;\
    border-bottom:1px solid #e8e8ed}.DEPROVISIONED{color:#8c8c96}.SUSPENDED{color:#da372c}button{padding:.4rem 1rem}</style>";

/// The list of users; `q` searches names, logins and statuses.
pub fn users(state: &State, words: &str) -> Answer {
    let words = words.to_lowercase();
    let found: Vec<&User> = state.users.values().filter(|user| mentions(user, &words)).collect();
    let mut body = String::new();
    for user in found.iter().take(SHOWN) {
        let groups = state.groups.values().filter(|group| group.members.contains(&user.id)).count();
        let apps = state.apps.values().filter(|app| app.assigned.contains_key(&user.id)).count();
        let login =
            user.last_login.map_or_else(|| "never".to_owned(), |at| time::format(at).chars().take(10).collect());
        // Writing into a String cannot fail.
        let _ = write!(
            body,
            "<tr class=\"{0}\"><td>{1} {2}</td><td>{3}</td><td>{0}</td><td>{groups}</td><td>{apps}</td><td>{login}</td></tr>",
            user.status,
            escape(user.text("firstName")),
            escape(user.text("lastName")),
            escape(user.text("login")),
        );
    }
    Answer::html(
        200,
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>People | Okta (simulated)</title>{STYLE}</head><body><main>\
             <h1>Acme: a simulated Okta org</h1><p>{} of {} people, {} groups, {} applications</p>\
             <form><input type=\"search\" name=\"q\" value=\"{}\" placeholder=\"Name, username, status\" size=\"40\"> <button>Search</button></form>\
             <table><thead><tr><th>Name</th><th>Username</th><th>Status</th><th>Groups</th><th>Applications</th><th>Last sign-in</th></tr></thead>\
             <tbody>{body}</tbody></table></main></body></html>",
            found.len().min(SHOWN),
            state.users.len(),
            state.groups.len(),
            state.apps.len(),
            escape(&words),
        ),
    )
}

fn mentions(user: &User, words: &str) -> bool {
    let name = format!("{} {}", user.text("firstName"), user.text("lastName"));
    [name.as_str(), user.text("login"), user.status].iter().any(|text| text.to_lowercase().contains(words))
}

/// Text as it may stand in a page.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
