//! The page at `/`: who is in the org, for a person who wants to see that something really changed.

use super::answer::Answer;
use super::data::{Data, Row};
use super::oauth::Params;
use super::schema::{F, Object};
use super::value::Value;
use std::fmt::Write;

/// People on one page.
const PAGE: usize = 50;

/// Looks of all pages here.
pub const STYLE: &str = "<style>body{font:15px/1.45 system-ui,sans-serif;margin:2rem;color:#16325c;background:#f4f6f9}main{background:#fff;\
    padding:1rem 1.5rem;border:1px solid #d8dde6;border-radius:4px}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;\
    border-bottom:1px solid #e6e9ef}th{background:#fafaf9}.off{color:#8a8f99}.frozen{color:#c23934}nav a{margin-right:1rem}\
    button{padding:.4rem 1rem}</style>";

/// The list of users; `q` searches names, user names, roles and profiles, `page` starts at 1.
pub fn users(data: &Data, query: &Params) -> Answer {
    let words = query.get("q").unwrap_or_default().to_lowercase();
    let page = query.get("page").and_then(|page| page.parse::<usize>().ok()).unwrap_or(1).max(1);
    let first = (page - 1).saturating_mul(PAGE);
    let mut found = data.rows(Object::User).filter(|row| words.is_empty() || mentions(row, &words)).skip(first);
    let shown: Vec<Row<'_>> = found.by_ref().take(PAGE).collect();
    let more = found.next().is_some();
    let mut body = String::new();
    for row in &shown {
        line(&mut body, row);
    }
    let link = |to: usize, text: &str| {
        let words = url::form_urlencoded::byte_serialize(words.as_bytes()).collect::<String>();
        format!("<a href=\"/?q={words}&amp;page={to}\">{text}</a>")
    };
    let before = if page > 1 { link(page - 1, "Previous") } else { String::new() };
    let after = if more { link(page + 1, "Next") } else { String::new() };
    Answer::html(
        200,
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Users | Salesforce (simulated)</title>{STYLE}</head><body><main>\
             <h1>Acme: a simulated Salesforce org</h1><p>{}</p>\
             <form><input type=\"search\" name=\"q\" value=\"{}\" placeholder=\"Name, user name, role, profile\" size=\"40\"> <button>Search</button></form>\
             <table><thead><tr><th>Name</th><th>Username</th><th>Role</th><th>Profile</th><th>Active</th><th>Frozen</th><th>Last login</th></tr></thead>\
             <tbody>{body}</tbody></table><nav>{before}{after}<a href=\"/journal\">Journal of calls</a></nav></main></body></html>",
            licenses(data),
            escape(query.get("q").unwrap_or_default()),
        ),
    )
}

fn licenses(data: &Data) -> String {
    let mut parts = vec![format!("{} users", data.span(Object::User))];
    for row in data.rows(Object::UserLicense) {
        let (used, total) = (row.get(F::UsedLicenses).shown(), row.get(F::TotalLicenses).shown());
        parts.push(format!("{} {used} of {total} seats", escape(&row.get(F::Name).shown())));
    }
    parts.join(" &middot; ")
}

fn mentions(row: &Row<'_>, words: &str) -> bool {
    let has = |text: &str| text.to_lowercase().contains(words);
    has(&row.get(F::Name).shown())
        || has(&row.get(F::Username).shown())
        || has(&name_of(row, F::UserRoleId))
        || has(&name_of(row, F::ProfileId))
}

fn name_of(row: &Row<'_>, key: F) -> String {
    let parent = row.get(key).id().and_then(|id| row.data.row(id.object, id.number));
    parent.map(|parent| parent.get(F::Name).shown()).unwrap_or_default()
}

fn line(out: &mut String, row: &Row<'_>) {
    let active = row.get(F::IsActive).is_true();
    let frozen = row.data.row(Object::UserLogin, row.number).is_some_and(|login| login.get(F::IsFrozen).is_true());
    let login = match row.get(F::LastLoginDate) {
        Value::Null => "never".to_owned(),
        at => at.shown().chars().take(10).collect(),
    };
    // Writing into a String cannot fail.
    let _ = write!(
        out,
        "<tr class=\"{}\"><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class=\"frozen\">{}</td><td>{login}</td></tr>",
        if active { "on" } else { "off" },
        escape(&row.get(F::Name).shown()),
        escape(&row.get(F::Username).shown()),
        escape(&name_of(row, F::UserRoleId)),
        escape(&name_of(row, F::ProfileId)),
        if active { "yes" } else { "no" },
        if frozen { "frozen" } else { "" },
    );
}

/// Text as it may stand in a page.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
