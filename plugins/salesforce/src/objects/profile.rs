//! Profiles: what a user may do, and which licence they take.

use super::{choice, count, id, is, long_text, page, stamps, text, to_one, user};
use crate::reading::{Reading, Source};
use weft_integration::prelude::*;

pub const READING: Reading = Reading::rows("Profile", Source::of("Profile", "ViewSetup"));

pub fn object_type() -> ObjectType {
    page("Profile", "Profile", "Profiles", "Name")
        .help("Every user has exactly one profile; the profile belongs to a licence.")
        .with_fields([
            id(),
            text("Name", "Name").shown(),
            long_text("Description", "Description"),
            text("UserLicenseId", "Licence id"),
            choice("UserType", "User type", user::TYPES).shown(),
        ])
        .with_fields(stamps())
        .with_derived([count("ActiveUserCount", "Active users", "users", &["User"]).only_where(&is("IsActive", true))])
        .with_relationships([to_one("license", "Licence", "License", "UserLicenseId")
            .seen_back_as("profiles", "Profiles of this licence")])
}
