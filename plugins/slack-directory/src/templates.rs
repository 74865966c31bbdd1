//! Ready-made boards: who is gone, who is a guest, and which groups nobody is in.

use serde_json::{Value as Json, json};
use weft_integration::board::{definition, falling, is, rising};
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
            falling("Updated"),
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
            rising("Name"),
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
            rising("Name"),
        ),
    )
}

/// The name of a far record is called after the way there.
const TITLES: &[(&str, &str)] = &[("createdBy.Name", "Created by")];

fn board(object: &str, columns: &[&str], conditions: &[Json], sort: Json) -> Json {
    definition(object, columns, TITLES, conditions, &[sort])
}
