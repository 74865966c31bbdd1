//! Which permission sets a permission set group is made of.

use super::{id, object, text, time, to_one};
use crate::reading::{Reading, Source};
use weft_integration::prelude::*;

pub const READING: Reading =
    Reading::rows("PermissionSetGroupComponent", Source::of("PermissionSetGroupComponent", "ViewSetup"));

pub fn object_type() -> ObjectType {
    object("PermissionSetGroupComponent", "Part of a permission set group", "Parts of permission set groups", "Id")
        .help(
            "A permission set in a group; a muting set, which takes permissions away, is none of the permission sets.",
        )
        .with_fields([
            id(),
            text("PermissionSetGroupId", "Permission set group id").shown(),
            text("PermissionSetId", "Permission set id").shown(),
            time("SystemModstamp", "System modstamp"),
        ])
        .with_relationships([
            to_one("group", "Permission set group", "PermissionSetGroup", "PermissionSetGroupId")
                .seen_back_as("components", "Permission sets in it"),
            to_one("permissionSet", "Permission set", "PermissionSet", "PermissionSetId")
                .seen_back_as("groupComponents", "Groups it is in"),
        ])
}
