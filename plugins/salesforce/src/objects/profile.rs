//! Profiles: what a user may do, and which licence they take.

use super::{id, object, text, time, to_one};
use weft_integration::prelude::*;

pub fn object_type() -> ObjectType {
    object("Profile", "Profile", "Profiles", "Name")
        .help("Every user has exactly one profile; the profile belongs to a licence.")
        .with_fields([
            id(),
            text("Name", "Name").shown(),
            Field::new("Description", "Description", FieldType::LongText),
            text("UserLicenseId", "Licence id"),
            Field::new("UserType", "User type", FieldType::Choice).shown(),
            time("CreatedDate", "Created"),
            text("CreatedById", "Created by"),
            time("LastModifiedDate", "Last modified"),
            text("LastModifiedById", "Last modified by"),
            time("SystemModstamp", "System modstamp"),
        ])
        .with_relationships([to_one("license", "Licence", "UserLicense", "UserLicenseId")
            .seen_back_as("profiles", "Profiles of this licence")])
}
