//! Licences of all three kinds: what the org pays for, how much of it is used, and until when.

use super::{choice, count, id, page, text, time};
use crate::reading::{Part, Reading, Source};
use crate::record::Record;
use weft_integration::prelude::*;

/// The kinds of licence and of their assignments.
pub const KINDS: &[(&str, &str)] =
    &[("user", "User licence"), ("permission-set", "Permission set licence"), ("package", "Package licence")];

/// What Salesforce writes for a package that everybody may use.
const SITE_LICENSE: i64 = -1;

pub const READING: Reading = Reading::merged(
    "License",
    &[
        Part {
            source: Source::of("PackageLicense", "ViewSetup"),
            prefix: "050",
            title: "package licences",
            kind: Some("package"),
            columns: &[
                ("Id", "Id"),
                ("Name", "NamespacePrefix"),
                ("PackageNamespace", "NamespacePrefix"),
                ("Status", "Status"),
                ("Total", "AllowedLicenses"),
                ("Used", "UsedLicenses"),
                ("ExpirationDate", "ExpirationDate"),
                ("CreatedDate", "CreatedDate"),
                ("LastModifiedDate", "LastModifiedDate"),
            ],
            finish: count_free,
        },
        Part {
            source: Source::of("PermissionSetLicense", "ViewSetup"),
            prefix: "0PL",
            title: "permission set licences",
            kind: Some("permission-set"),
            columns: &[
                ("Id", "Id"),
                ("Name", "MasterLabel"),
                ("Key", "PermissionSetLicenseKey"),
                ("Status", "Status"),
                ("Total", "TotalLicenses"),
                ("Used", "UsedLicenses"),
                ("ExpirationDate", "ExpirationDate"),
                ("CreatedDate", "CreatedDate"),
                ("LastModifiedDate", "LastModifiedDate"),
            ],
            finish: count_free,
        },
        Part {
            source: Source::of("UserLicense", "ViewSetup"),
            prefix: "100",
            title: "user licences",
            kind: Some("user"),
            columns: &[
                ("Id", "Id"),
                ("Name", "MasterLabel"),
                ("Key", "LicenseDefinitionKey"),
                ("Status", "Status"),
                ("Total", "TotalLicenses"),
                ("Used", "UsedLicenses"),
                ("CreatedDate", "CreatedDate"),
                ("LastModifiedDate", "LastModifiedDate"),
            ],
            finish: count_free,
        },
    ],
);

pub fn object_type() -> ObjectType {
    page("License", "Licence", "Licences", "Name")
        .help("What the org pays for: licences of users, of permission sets, and of installed packages.")
        .with_fields([
            id(),
            text("Name", "Licence").shown(),
            choice("Kind", "Kind", KINDS).shown(),
            choice("Status", "Status", STATUSES).shown(),
            seats("Total", "Seats bought").help("Unknown for a package that everybody in the org may use."),
            seats("Used", "Seats used"),
            seats("Available", "Seats free"),
            Field::new("ExpirationDate", "Expires", FieldType::Date).shown(),
            text("Key", "Definition key"),
            text("PackageNamespace", "Package namespace"),
            time("CreatedDate", "Created"),
            time("LastModifiedDate", "Last modified"),
        ])
        .with_derived([count(
            "AssignedToInactive",
            "Seats of inactive users",
            "assignments",
            &["LicenseAssignment", "User"],
        )
        .only_where(&super::is("user.IsActive", false))
        .help("Permission set and package licences stay taken when a user is deactivated; user licences do not.")])
}

const STATUSES: &[(&str, &str)] =
    &[("Active", "Active"), ("Disabled", "Disabled"), ("Expired", "Expired"), ("Free", "Free"), ("Trial", "Trial")];

fn seats(name: &str, title: &str) -> Field {
    Field::new(name, title, FieldType::Integer).unit("seats").shown()
}

/// A site licence has no number of seats; of all others the free ones are the rest. More used than bought leaves none free.
fn count_free(license: &mut Record<'_>) {
    match (license.get::<i64>("Total"), license.get::<i64>("Used")) {
        (Some(SITE_LICENSE), _) => license.set("Total", &()),
        (Some(total), Some(used)) => license.set("Available", &total.saturating_sub(used).max(0)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn free_seats_are_the_rest_and_unknown_for_a_site_licence() {
        for (total, used, left) in [
            (json!(10), json!(4), json!({ "Total": 10, "Used": 4, "Available": 6 })),
            (json!(10), json!(12), json!({ "Total": 10, "Used": 12, "Available": 0 })),
            (json!(-1), json!(3), json!({ "Total": null, "Used": 3 })),
            (json!(5), json!(null), json!({ "Total": 5, "Used": null })),
        ] {
            let values = json!({ "Total": total, "Used": used });
            let mut license = Record::of(&values);
            count_free(&mut license);
            assert_eq!(license.json(), left);
        }
    }
}
