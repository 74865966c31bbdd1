//! Definitions of ready-made boards, in the board definition language: what most templates are made of.

use serde_json::{Value as Json, json};

/// A board of records of `object`. Of the columns, those among `titles` (path and title) are called so instead of by their way. Records
/// that all of `filter` holds for, or all records without one, in the order of `sort`.
pub fn definition(object: &str, columns: &[&str], titles: &[(&str, &str)], filter: &[Json], sort: &[Json]) -> Json {
    let column = |path: &&str| match titles.iter().find(|(of, _)| of == path) {
        Some((_, title)) => json!({ "path": path, "title": title }),
        None => json!(path),
    };
    let columns: Vec<Json> = columns.iter().map(column).collect();
    let mut definition = json!({ "version": 1, "object": object, "columns": columns, "sort": sort });
    match filter {
        [] => {}
        [one] => definition["filter"] = one.clone(),
        several => definition["filter"] = json!({ "all": several }),
    }
    definition
}

/// A condition: the field is so, yes or no.
pub fn is(path: &str, value: bool) -> Json {
    json!({ "path": path, "op": "is", "value": value })
}

/// A condition: on a day before the day so many days ago.
pub fn days_ago(path: &str, days: u32) -> Json {
    json!({ "path": path, "op": "more-than-days-ago", "value": days })
}

/// A sort key, the smallest or earliest first.
pub fn rising(path: &str) -> Json {
    json!({ "path": path, "descending": false })
}

/// A sort key, the largest or latest first.
pub fn falling(path: &str) -> Json {
    json!({ "path": path, "descending": true })
}
