//! Ready-made boards: who is gone, who is a guest, and which groups nobody is in.

use serde_json::{Value as Json, json};
use weft_integration::prelude::*;

/// All templates.
pub fn all() -> Vec<BoardTemplate> {
    vec![deactivated(), guests(), empty_groups()]
}

fn deactivated() -> BoardTemplate {
    BoardTemplate::new(
        "deactivated",
        "Deactivated in Slack",
        "People who can no longer use Slack. Add a field of another tool to see who of them still has access there.",
        &board(
            "User",
            &["Name", "Email", "Title", "UserGroupCount", "Updated"],
            &[is("IsActive", false), json!({ "path": "IsBot", "op": "is", "value": false, "or_unknown": true })],
            &json!({ "path": "Updated", "descending": true }),
        ),
    )
}

fn guests() -> BoardTemplate {
    BoardTemplate::new(
        "guests",
        "Slack guests",
        "Active people who see only some channels, or a single one.",
        &board(
            "User",
            &["Name", "Email", "Kind", "Title", "Updated"],
            &[is("IsGuest", true), is("IsActive", true)],
            &json!({ "path": "Name" }),
        ),
    )
}

fn empty_groups() -> BoardTemplate {
    BoardTemplate::new(
        "empty-user-groups",
        "User groups without members",
        "Groups that can be mentioned and reach nobody.",
        &board(
            "UserGroup",
            &["Name", "Handle", "createdBy.Name", "Created", "Updated"],
            &[is("IsActive", true), json!({ "path": "MemberCount", "op": "is", "value": 0 })],
            &json!({ "path": "Name" }),
        ),
    )
}

fn is(path: &str, value: bool) -> Json {
    json!({ "path": path, "op": "is", "value": value })
}

/// The name of a far record is called after the way there.
fn column(path: &str) -> Json {
    match path {
        "createdBy.Name" => json!({ "path": path, "title": "Created by" }),
        _ => json!(path),
    }
}

fn board(object: &str, columns: &[&str], conditions: &[Json], sort: &Json) -> Json {
    let columns: Vec<Json> = columns.iter().copied().map(column).collect();
    json!({ "version": 1, "object": object, "columns": columns, "filter": { "all": conditions }, "sort": [sort] })
}
