//! Permission sets that people made or installed. Those that belong to a profile or to a group are Salesforce's own bookkeeping.

use super::{choice, count, flag, id, long_text, page, stamps, text, to_one};
use crate::reading::{Reading, Source};
use weft_integration::prelude::*;

pub const READING: Reading = Reading::rows(
    "PermissionSet",
    Source::of("PermissionSet", "ViewSetup").only("IsOwnedByProfile = false AND PermissionSetGroupId = null"),
);

pub fn object_type() -> ObjectType {
    page("PermissionSet", "Permission set", "Permission sets", "Label")
        .help("Permissions that users get in addition to those of their profile.")
        .with_fields([
            id(),
            text("Label", "Label").shown(),
            text("Name", "API name").shown(),
            long_text("Description", "Description"),
            choice(
                "Type",
                "Type",
                &[
                    ("Regular", "Custom"),
                    ("Standard", "Standard"),
                    ("Session", "Session-based"),
                    ("Profile", "Of a profile"),
                    ("Group", "Of a group"),
                ],
            )
            .shown(),
            flag("IsCustom", "Custom"),
            text("LicenseId", "Licence id"),
            text("NamespacePrefix", "Package namespace"),
            flag("HasActivationRequired", "Needs activation in a session"),
        ])
        .with_fields(stamps())
        .with_derived([
            count("AssignmentCount", "Assignments", "assignments", &["PermissionSetAssignment"])
                .help("Direct ones; users who have it through a permission set group are not among them."),
            count("GroupCount", "Groups it is in", "groupComponents", &["PermissionSetGroupComponent"]),
        ])
        .with_relationships([to_one("license", "Licence", "License", "LicenseId")
            .seen_back_as("permissionSets", "Permission sets of this licence")])
}
