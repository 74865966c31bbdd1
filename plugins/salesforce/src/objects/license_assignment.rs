//! Who holds which licence: user licences over the profiles of active users, the two other kinds over rows of their own.

use super::{choice, id, license, object, text, time, to_one};
use crate::reading::{Part, Reading, Source};
use weft_integration::prelude::*;

pub const READING: Reading = Reading::merged(
    "LicenseAssignment",
    &[
        Part {
            // Only active users take a seat of their user licence.
            source: Source::of("User", "ViewAllUsers").only("IsActive = true"),
            prefix: "005",
            title: "user licences of users",
            kind: Some("user"),
            columns: &[("Id", "Id"), ("UserId", "Id"), ("LicenseId", "Profile.UserLicenseId")],
            finish: None,
        },
        Part {
            source: Source::of("UserPackageLicense", "ManagePackageLicenses"),
            prefix: "051",
            title: "package licences of users",
            kind: Some("package"),
            columns: &[
                ("Id", "Id"),
                ("UserId", "UserId"),
                ("LicenseId", "PackageLicenseId"),
                ("CreatedDate", "CreatedDate"),
            ],
            finish: None,
        },
        Part {
            source: Source::of("PermissionSetLicenseAssign", "ViewSetup"),
            prefix: "2LA",
            title: "permission set licences of users",
            kind: Some("permission-set"),
            columns: &[
                ("Id", "Id"),
                ("UserId", "AssigneeId"),
                ("LicenseId", "PermissionSetLicenseId"),
                ("CreatedDate", "CreatedDate"),
            ],
            finish: None,
        },
    ],
);

pub fn object_type() -> ObjectType {
    object("LicenseAssignment", "Licence assignment", "Licence assignments", "Id")
        .help("A seat that a user takes. A user licence has no row of its own: it follows from the user's profile.")
        .with_fields([
            id(),
            choice("Kind", "Kind", license::KINDS).shown(),
            text("UserId", "User id").shown(),
            text("LicenseId", "Licence id").shown(),
            time("CreatedDate", "Assigned").help("Unknown for user licences."),
        ])
        .with_relationships([
            to_one("user", "User", "User", "UserId").seen_back_as("licenseAssignments", "Licences of this user"),
            to_one("license", "Licence", "License", "LicenseId").seen_back_as("assignments", "Seats of this licence"),
        ])
}
