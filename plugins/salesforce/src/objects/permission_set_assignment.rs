//! Which user has which permission set or permission set group, and until when.

use super::{flag, id, object, text, time, to_one};
use crate::reading::{Reading, Source};
use weft_integration::prelude::*;

pub const READING: Reading = Reading::rows(
    "PermissionSetAssignment",
    // Each user has one more row, for the set behind their profile.
    Source::of("PermissionSetAssignment", "ViewSetup").only("PermissionSet.IsOwnedByProfile = false"),
)
.in_bulk();

pub fn object_type() -> ObjectType {
    object("PermissionSetAssignment", "Permission set assignment", "Permission set assignments", "Id")
        .help("A user with a permission set, or with a permission set group.")
        .with_fields([
            id(),
            text("AssigneeId", "User id").shown(),
            text("PermissionSetId", "Permission set id").shown(),
            text("PermissionSetGroupId", "Permission set group id").help("Empty for a permission set of its own."),
            flag("IsActive", "Active").shown().help("An assignment that ran out stays and is not active."),
            time("ExpirationDate", "Expires").shown(),
            time("SystemModstamp", "System modstamp"),
        ])
        .with_relationships([
            to_one("user", "User", "User", "AssigneeId").seen_back_as("permissionSetAssignments", "Permission sets"),
            to_one("permissionSet", "Permission set", "PermissionSet", "PermissionSetId")
                .seen_back_as("assignments", "Assignments"),
            to_one("group", "Permission set group", "PermissionSetGroup", "PermissionSetGroupId")
                .seen_back_as("assignments", "Assignments"),
        ])
}
