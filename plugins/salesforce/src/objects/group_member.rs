//! Direct members of groups: users, and groups in groups.

use super::{id, object, text, time, to_one};
use crate::reading::{Reading, Source};
use weft_integration::prelude::*;

pub const READING: Reading = Reading::rows("GroupMember", Source::of("GroupMember", "ViewSetup")).in_bulk();

pub fn object_type() -> ObjectType {
    object("GroupMember", "Group member", "Group members", "Id")
        .help("Direct members of public groups and queues. Whoever belongs to a role or manager group has no row here.")
        .with_fields([
            id(),
            text("GroupId", "Group id").shown(),
            text("UserOrGroupId", "User or group id").shown(),
            time("SystemModstamp", "System modstamp"),
        ])
        .with_relationships([
            to_one("group", "Group", "Group", "GroupId").seen_back_as("members", "Direct members"),
            to_one("user", "User", "User", "UserOrGroupId").seen_back_as("groupMemberships", "Group memberships"),
            to_one("memberGroup", "Member group", "Group", "UserOrGroupId")
                .seen_back_as("memberOf", "Groups this one is in"),
        ])
}
