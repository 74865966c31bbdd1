//! The questions: five kinds, each asked with other values every time, so that no answer comes from a cache.

use super::data::LICENSES;
use serde_json::{Value as Json, json};
use weft::boards::{Ask, Definition};

/// 2026-09-01 in days since 1970.
const SEPTEMBER: u64 = 20_697;
/// Rows of a page.
const PAGE: usize = 50;

/// What kinds there are.
pub struct Kind {
    /// For the peer.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// What the 99th percentile is to be, in milliseconds.
    pub target: Option<f64>,
}

/// All kinds.
pub const KINDS: [Kind; 5] = [
    Kind { name: "page", title: "first page with count", target: Some(15.0) },
    Kind { name: "sort", title: "sorted by a text column", target: Some(30.0) },
    Kind { name: "search", title: "search", target: Some(40.0) },
    Kind { name: "group", title: "grouped by role", target: Some(10.0) },
    Kind { name: "later", title: "page 1,001 by last login", target: None },
];

/// A question.
pub struct Question {
    /// To us.
    pub definition: Definition,
    /// What of it.
    pub ask: Ask,
    /// The values in it, to the peer.
    pub values: Json,
}

/// The board's columns; the title makes each board another one.
fn columns(number: usize) -> Json {
    json!([
        { "path": "Name", "title": format!("Name {number}") },
        "Username",
        "Email",
        "IsActive",
        "Department",
        "Title",
        "UserType",
        "Country",
        "City",
        "CreatedDate",
        "Cost",
        "role.Name",
        "profile.Name",
        "profile.license.Name",
        { "path": "assignments.permissionSet.Label", "show": "list" },
        { "path": "assignments", "show": "count" },
        "LastLogin",
        "@second/Person.Status",
        "@second/Person.Department",
        "@second/Person.@match"
    ])
}

/// A question of a kind. Two numbers make two questions, up to a thousand.
pub fn question(kind: &str, number: usize) -> anyhow::Result<Question> {
    let n = number as u64;
    let first = n % LICENSES;
    let licenses = [first, (first + 1 + n / LICENSES) % LICENSES].map(|license| format!("License {license}"));
    let day = n % 28;
    let word = (1000 + 7 * n).to_string();
    let descending = number.is_multiple_of(2);
    let (more, values) = match kind {
        "page" => (
            json!({
                "filter": { "all": [
                    { "path": "IsActive", "op": "is", "value": true },
                    { "path": "profile.license.Name", "op": "any-of", "value": licenses },
                    { "any": [
                        { "path": "LastLogin", "op": "before", "value": format!("2026-09-{:02}", day + 1), "or_unknown": true },
                        { "path": "@second/Person.Status", "op": "is", "value": "Suspended" }
                    ] }
                ] },
                "sort": ["LastLogin"]
            }),
            json!({ "licenses": licenses, "before": (SEPTEMBER + day) * 86_400_000_000 }),
        ),
        "sort" => {
            (json!({ "sort": [{ "path": "Email", "descending": descending }] }), json!({ "descending": descending }))
        }
        "search" => (json!({}), json!({ "word": word })),
        "group" => (json!({ "group": { "by": "role.Name", "totals": [{ "of": "sum", "path": "Cost" }] } }), json!({})),
        _ => (
            json!({ "sort": [{ "path": "LastLogin", "descending": descending }] }),
            json!({ "descending": descending, "offset": 1000 * PAGE }),
        ),
    };
    let mut all = json!({ "connection": "first", "object": "User", "columns": columns(number) });
    if let (Some(all), Some(more)) = (all.as_object_mut(), more.as_object()) {
        all.extend(more.clone());
    }
    let ask = Ask {
        offset: if kind == "later" { 1000 * PAGE } else { 0 },
        limit: PAGE,
        search: (kind == "search").then_some(word),
    };
    Ok(Question { definition: Definition::parse(&all.to_string()).map_err(anyhow::Error::msg)?, ask, values })
}
