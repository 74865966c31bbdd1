//! Packages: those installed from elsewhere, and those developed in this org.

use super::{choice, flag, id, long_text, page, text};
use crate::reading::{Part, Reading, Source, as_read};
use crate::record::Record;
use weft_integration::prelude::*;

pub const READING: Reading = Reading::merged(
    "Package",
    &[
        Part {
            source: Source::of("MetadataPackage", "ViewSetup"),
            prefix: "033",
            title: "packages developed here",
            kind: Some("developed"),
            columns: &[
                ("Id", "Id"),
                ("Name", "Name"),
                ("NamespacePrefix", "NamespacePrefix"),
                ("SubscriberPackageId", "Id"),
            ],
            finish: as_read,
        },
        Part {
            source: Source::of("InstalledSubscriberPackage", "InstallPackaging").over_tooling(),
            prefix: "0A3",
            title: "installed packages",
            kind: Some("installed"),
            columns: &[
                ("Id", "Id"),
                ("SubscriberPackageId", "SubscriberPackageId"),
                ("Name", "SubscriberPackage.Name"),
                ("NamespacePrefix", "SubscriberPackage.NamespacePrefix"),
                ("Description", "SubscriberPackage.Description"),
                ("SubscriberPackageVersionId", "SubscriberPackageVersionId"),
                ("VersionName", "SubscriberPackageVersion.Name"),
                ("MajorVersion", "SubscriberPackageVersion.MajorVersion"),
                ("MinorVersion", "SubscriberPackageVersion.MinorVersion"),
                ("PatchVersion", "SubscriberPackageVersion.PatchVersion"),
                ("IsBeta", "SubscriberPackageVersion.IsBeta"),
                ("IsManaged", "SubscriberPackageVersion.IsManaged"),
            ],
            finish: version,
        },
    ],
);

pub fn object_type() -> ObjectType {
    page("Package", "Package", "Packages", "Name")
        .help("Packages installed in the org, and those developed in it.")
        .with_fields([
            id(),
            text("Name", "Name").shown(),
            choice("Kind", "Kind", &[("installed", "Installed"), ("developed", "Developed here")]).shown(),
            text("NamespacePrefix", "Namespace").shown(),
            text("Version", "Version").shown(),
            text("VersionName", "Version name"),
            flag("IsBeta", "Beta"),
            flag("IsManaged", "Managed").shown(),
            long_text("Description", "Description"),
            text("SubscriberPackageId", "Package id"),
            text("SubscriberPackageVersionId", "Version id"),
        ])
        .with_relationships([Relationship::to_one(
            "license",
            "Licence",
            "License",
            "NamespacePrefix",
            "PackageNamespace",
        )
        .seen_back_as("packages", "Packages of this licence")])
}

/// `3.12.0` of its three numbers; unknown where one is missing.
fn version(package: &mut Record<'_>) {
    const NUMBERS: [&str; 3] = ["MajorVersion", "MinorVersion", "PatchVersion"];
    let numbers = NUMBERS.map(|name| package.get::<u64>(name));
    NUMBERS.iter().for_each(|name| package.remove(name));
    if let [Some(major), Some(minor), Some(patch)] = numbers {
        package.set("Version", &format!("{major}.{minor}.{patch}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_version_is_written_with_dots_and_unknown_with_a_gap() {
        for (numbers, written) in [
            (json!({ "MajorVersion": 3, "MinorVersion": 12, "PatchVersion": 0 }), json!({ "Version": "3.12.0" })),
            (json!({ "MajorVersion": 3, "MinorVersion": null, "PatchVersion": 0 }), json!({})),
        ] {
            let mut package = Record::of(&numbers);
            version(&mut package);
            assert_eq!(package.json(), written);
        }
    }
}
