//! Fields of packages: those developed in the org, and those installed in it, which only the Tooling API knows.

use super::{F, Field, Object};

const PACKAGES: &[Object] = &[Object::SubscriberPackage];
const VERSIONS: &[Object] = &[Object::SubscriberPackageVersion];

/// `MetadataPackage`: developed here.
pub const METADATA_PACKAGE: &[Field] = &[
    Field::id(),
    Field::text(F::Name, 255),
    Field::text(F::NamespacePrefix, 15).optional(),
    Field::picklist(F::PackageCategory, &["Package", "Package2", "Application", "Module"]).optional(),
    Field::time(F::SystemModstamp),
];

/// `MetadataPackageVersion`.
pub const METADATA_PACKAGE_VERSION: &[Field] = &[
    Field::id(),
    Field::text(F::Name, 255),
    Field::reference(F::MetadataPackageId, "MetadataPackage", &[Object::MetadataPackage]),
    Field::picklist(F::ReleaseState, &["Beta", "Released"]),
    Field::int(F::MajorVersion),
    Field::int(F::MinorVersion),
    Field::int(F::PatchVersion),
    Field::int(F::BuildNumber),
    Field::boolean(F::IsDeprecated),
    Field::time(F::SystemModstamp),
];

/// `InstalledSubscriberPackage`, of the Tooling API.
pub const INSTALLED_SUBSCRIBER_PACKAGE: &[Field] = &[
    Field::id(),
    Field::reference(F::SubscriberPackageId, "SubscriberPackage", PACKAGES),
    Field::reference(F::SubscriberPackageVersionId, "SubscriberPackageVersion", VERSIONS),
    Field::reference(F::MinPackageVersionId, "MinPackageVersion", VERSIONS).optional(),
];

/// `SubscriberPackage`, of the Tooling API.
pub const SUBSCRIBER_PACKAGE: &[Field] = &[
    Field::id(),
    Field::text(F::Name, 255),
    Field::text(F::NamespacePrefix, 15).optional(),
    Field::text(F::Description, 1000).optional(),
];

/// `SubscriberPackageVersion`, of the Tooling API.
pub const SUBSCRIBER_PACKAGE_VERSION: &[Field] = &[
    Field::id(),
    Field::text(F::Name, 255),
    Field::reference(F::SubscriberPackageId, "SubscriberPackage", PACKAGES),
    Field::int(F::MajorVersion),
    Field::int(F::MinorVersion),
    Field::int(F::PatchVersion),
    Field::int(F::BuildNumber),
    Field::boolean(F::IsBeta),
    Field::boolean(F::IsManaged),
    Field::boolean(F::IsDeprecated),
];
