//! Who is in which group. Okta lists the members of one group at a time.

use super::{Declared, Each, Listing, Need, Shape, group, id, text};
use serde_json::{Value as Json, json};
use weft_integration::prelude::*;

/// Groups whose members are read one after the other: few at a time, so that the place fits into a cursor.
const GROUPS: Listing = Listing { limit: 40, ..group::LISTING };

pub const DECLARED: Declared = Declared {
    object: "GroupMember",
    describe: object_type,
    // "The recommended page limit is now limit=200" (spec, `GET /api/v1/groups/{groupId}/users`).
    shape: Shape::Each(Each { of: GROUPS, parents: "groups", tail: "users", limit: 200, record }),
    need: Need { scope: "okta.groups.read", view: "groups and their members" },
};

fn object_type() -> ObjectType {
    ObjectType::new("GroupMember", "Group member", "Group members")
        .identified_by("id", "id")
        .help("A user's place in a group, whoever or whatever put them there.")
        .with_fields([id(), text("groupId", "Group id").shown(), text("userId", "User id").shown()])
        .with_relationships([
            Relationship::to_one("group", "Group", "Group", "groupId", "id").seen_back_as("members", "Members"),
            Relationship::to_one("user", "User", "User", "userId", "id")
                .seen_back_as("groupMemberships", "Group memberships"),
        ])
}

/// A membership as a record.
pub fn record_of(group: &str, user: &str) -> Json {
    json!({ "id": format!("{group}:{user}"), "groupId": group, "userId": user })
}

fn record(group: &str, user: &Json) -> Option<Json> {
    Some(record_of(group, user.get("id")?.as_str()?))
}
