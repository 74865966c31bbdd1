//! Fields of the licences and of who holds them.

use super::{F, Field, Object, Permission};

const USERS: &[Object] = &[Object::User];
const STATUSES: &[&str] = &["Active", "Disabled"];
const PACKAGE_STATUSES: &[&str] = &["Active", "Expired", "Free", "Trial"];

/// `UserLicense`.
pub const USER_LICENSE: &[Field] = &[
    Field::id(),
    Field::text(F::LicenseDefinitionKey, 40),
    Field::text(F::Name, 40),
    Field::text(F::MasterLabel, 40),
    Field::picklist(F::Status, STATUSES),
    Field::int(F::TotalLicenses),
    Field::int(F::UsedLicenses).unfilterable_since(64),
    Field::time(F::UsedLicensesLastUpdated).optional(),
    Field::time(F::CreatedDate),
    Field::time(F::LastModifiedDate),
    Field::time(F::SystemModstamp),
];

/// `PermissionSetLicense`.
pub const PERMISSION_SET_LICENSE: &[Field] = &[
    Field::id(),
    Field::boolean(F::IsDeleted),
    Field::text(F::DeveloperName, 80).needs(Permission::ViewSetup),
    Field::picklist(F::Language, super::people::LANGUAGES),
    Field::text(F::MasterLabel, 80),
    Field::text(F::PermissionSetLicenseKey, 100),
    Field::picklist(F::Status, STATUSES),
    Field::date(F::ExpirationDate).optional(),
    Field::int(F::TotalLicenses),
    Field::int(F::UsedLicenses),
    Field::boolean(F::IsAvailableForIntegrations),
    Field::time(F::CreatedDate),
    Field::reference(F::CreatedById, "CreatedBy", USERS),
    Field::time(F::LastModifiedDate),
    Field::reference(F::LastModifiedById, "LastModifiedBy", USERS),
    Field::time(F::SystemModstamp),
];

/// `PermissionSetLicenseAssign`: which user holds which permission set licence.
pub const PERMISSION_SET_LICENSE_ASSIGN: &[Field] = &[
    Field::id(),
    Field::boolean(F::IsDeleted),
    Field::reference(F::PermissionSetLicenseId, "PermissionSetLicense", &[Object::PermissionSetLicense]).required(),
    Field::reference(F::AssigneeId, "Assignee", USERS).required(),
    Field::time(F::CreatedDate),
    Field::reference(F::CreatedById, "CreatedBy", USERS),
    Field::time(F::LastModifiedDate),
    Field::reference(F::LastModifiedById, "LastModifiedBy", USERS),
    Field::time(F::SystemModstamp),
];

/// `PackageLicense`: -1 allowed licences are a site licence.
pub const PACKAGE_LICENSE: &[Field] = &[
    Field::id(),
    Field::picklist(F::Status, PACKAGE_STATUSES),
    Field::boolean(F::IsProvisioned),
    Field::int(F::AllowedLicenses),
    Field::int(F::UsedLicenses),
    Field::time(F::ExpirationDate).optional(),
    Field::time(F::CreatedDate),
    Field::time(F::LastModifiedDate),
    Field::time(F::SystemModstamp),
    Field::text(F::NamespacePrefix, 15),
    Field::boolean(F::IsAvailableForIntegrations),
];

/// `UserPackageLicense`: which user holds which package licence.
pub const USER_PACKAGE_LICENSE: &[Field] = &[
    Field::id(),
    Field::reference(F::PackageLicenseId, "PackageLicense", &[Object::PackageLicense]).required(),
    Field::reference(F::UserId, "User", USERS).required(),
    Field::time(F::CreatedDate),
    Field::reference(F::CreatedById, "CreatedBy", USERS),
    Field::time(F::LastModifiedDate),
    Field::reference(F::LastModifiedById, "LastModifiedBy", USERS),
    Field::time(F::SystemModstamp),
];
