//! Fields of permission sets, of groups of them, and of who holds them.

use super::{F, Field, Object};

const USERS: &[Object] = &[Object::User];
const SETS: &[Object] = &[Object::PermissionSet];
const GROUPS: &[Object] = &[Object::PermissionSetGroup];
const SET_TYPES: &[&str] = &["Regular", "Standard", "Profile", "Group", "Session"];
const GROUP_STATUSES: &[&str] = &["Updated", "Outdated", "Updating", "Failed"];

/// `PermissionSet`, those owned by profiles and by groups included.
pub const PERMISSION_SET: &[Field] = &[
    Field::id(),
    Field::text(F::Name, 80).writable().required(),
    Field::text(F::Label, 80).writable().required(),
    Field::text(F::Description, 255).writable().optional(),
    Field::picklist(F::Type, SET_TYPES),
    Field::boolean(F::IsCustom),
    Field::boolean(F::IsOwnedByProfile),
    Field::reference(F::ProfileId, "Profile", &[Object::Profile]).optional(),
    Field::reference(F::PermissionSetGroupId, "PermissionSetGroup", GROUPS).optional(),
    Field::reference(F::LicenseId, "License", &[Object::UserLicense, Object::PermissionSetLicense])
        .create_only()
        .optional(),
    Field::text(F::NamespacePrefix, 15).optional(),
    Field::boolean(F::HasActivationRequired).writable(),
    Field::boolean(F::PermissionsApiEnabled).writable(),
    Field::boolean(F::PermissionsViewSetup).writable(),
    Field::boolean(F::PermissionsManageUsers).writable(),
    Field::boolean(F::PermissionsAssignPermissionSets).writable(),
    Field::boolean(F::PermissionsManageProfilesPermissionsets).writable(),
    Field::boolean(F::PermissionsModifyAllData).writable(),
    Field::time(F::CreatedDate),
    Field::reference(F::CreatedById, "CreatedBy", USERS),
    Field::time(F::LastModifiedDate),
    Field::reference(F::LastModifiedById, "LastModifiedBy", USERS),
    Field::time(F::SystemModstamp),
];

/// `PermissionSetAssignment`: which user holds which set or group of sets; one row a user for the set of the profile.
pub const PERMISSION_SET_ASSIGNMENT: &[Field] = &[
    Field::id(),
    Field::reference(F::AssigneeId, "Assignee", USERS).required(),
    Field::reference(F::PermissionSetId, "PermissionSet", SETS).create_only().optional(),
    Field::reference(F::PermissionSetGroupId, "PermissionSetGroup", GROUPS).create_only().optional(),
    Field::boolean(F::IsActive),
    Field::time(F::ExpirationDate).writable().optional(),
    Field::time(F::SystemModstamp),
];

/// `PermissionSetGroup`.
pub const PERMISSION_SET_GROUP: &[Field] = &[
    Field::id(),
    Field::boolean(F::IsDeleted),
    Field::text(F::DeveloperName, 80).writable().required(),
    Field::picklist(F::Language, super::people::LANGUAGES).writable(),
    Field::text(F::MasterLabel, 80).writable().required(),
    Field::text(F::NamespacePrefix, 15).optional(),
    Field::text(F::Description, 255).writable().optional(),
    Field::picklist(F::Status, GROUP_STATUSES),
    Field::boolean(F::HasActivationRequired).writable(),
    Field::time(F::CreatedDate),
    Field::reference(F::CreatedById, "CreatedBy", USERS),
    Field::time(F::LastModifiedDate),
    Field::reference(F::LastModifiedById, "LastModifiedBy", USERS),
    Field::time(F::SystemModstamp),
];

/// `PermissionSetGroupComponent`: which sets a group is made of.
pub const PERMISSION_SET_GROUP_COMPONENT: &[Field] = &[
    Field::id(),
    Field::boolean(F::IsDeleted),
    Field::reference(F::PermissionSetGroupId, "PermissionSetGroup", GROUPS).required(),
    Field::reference(F::PermissionSetId, "PermissionSet", SETS).required(),
    Field::time(F::CreatedDate),
    Field::reference(F::CreatedById, "CreatedBy", USERS),
    Field::time(F::LastModifiedDate),
    Field::reference(F::LastModifiedById, "LastModifiedBy", USERS),
    Field::time(F::SystemModstamp),
];
