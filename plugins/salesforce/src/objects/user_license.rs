//! User licences: seats, bought and used.

use super::{id, object, text, time};
use weft_integration::prelude::*;

pub fn object_type() -> ObjectType {
    object("UserLicense", "Licence", "Licences", "MasterLabel")
        .help("What the org pays for. Only active users take a seat.")
        .with_fields([
            id(),
            text("MasterLabel", "Licence").shown(),
            text("Name", "Name"),
            text("LicenseDefinitionKey", "Definition key"),
            Field::new("Status", "Status", FieldType::Choice)
                .shown()
                .with_choices(&[("Active", "Active"), ("Disabled", "Disabled")]),
            Field::new("TotalLicenses", "Seats bought", FieldType::Integer).unit("seats").shown(),
            Field::new("UsedLicenses", "Seats used", FieldType::Integer).unit("seats").shown(),
            time("UsedLicensesLastUpdated", "Use counted at"),
            time("CreatedDate", "Created"),
            time("LastModifiedDate", "Last modified"),
            time("SystemModstamp", "System modstamp"),
        ])
}
