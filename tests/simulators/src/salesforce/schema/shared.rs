//! Fields of Organization, Group, PermissionSet and PermissionSetAssignment.

use super::{F, Field, Object};

const USERS: &[Object] = &[Object::User];
const GROUP_TYPES: &[&str] = &["Regular", "Queue", "Role", "RoleAndSubordinates", "Organization", "Manager"];
const SET_TYPES: &[&str] = &["Regular", "Standard", "Profile", "Group", "Session"];

/// `Organization`: one row.
pub const ORGANIZATION: &[Field] = &[
    Field::id(),
    Field::text(F::Name, 80),
    Field::picklist(F::OrganizationType, &["Enterprise Edition", "Developer Edition"]),
    Field::boolean(F::IsSandbox),
    Field::text(F::InstanceName, 10).optional(),
    Field::text(F::NamespacePrefix, 15).optional(),
    Field::time(F::CreatedDate),
    Field::time(F::SystemModstamp),
];

/// `Group`: public groups, queues, and the groups roles imply.
pub const GROUP: &[Field] = &[
    Field::id(),
    Field::text(F::Name, 40).writable().required().optional(),
    Field::text(F::DeveloperName, 80).writable().optional(),
    Field::text(F::Description, 1000).writable().optional(),
    Field::picklist(F::Type, GROUP_TYPES).create_only(),
    Field::reference(F::RelatedId, "Related", &[Object::User, Object::UserRole]).optional(),
    Field::reference(F::OwnerId, "Owner", USERS).optional(),
    Field::email(F::Email).writable().optional(),
    Field::boolean(F::DoesSendEmailToMembers).writable(),
    Field::boolean(F::DoesIncludeBosses).writable(),
    Field::time(F::CreatedDate),
    Field::reference(F::CreatedById, "CreatedBy", USERS),
    Field::time(F::LastModifiedDate),
    Field::reference(F::LastModifiedById, "LastModifiedBy", USERS),
    Field::time(F::SystemModstamp),
];

/// `PermissionSet`, those owned by profiles included.
pub const PERMISSION_SET: &[Field] = &[
    Field::id(),
    Field::text(F::Name, 80).writable().required(),
    Field::text(F::Label, 80).writable().required(),
    Field::text(F::Description, 255).writable().optional(),
    Field::picklist(F::Type, SET_TYPES),
    Field::boolean(F::IsCustom),
    Field::boolean(F::IsOwnedByProfile),
    Field::reference(F::ProfileId, "Profile", &[Object::Profile]).optional(),
    Field::text(F::PermissionSetGroupId, 18).optional(),
    Field::reference(F::LicenseId, "License", &[Object::UserLicense]).create_only().optional(),
    Field::text(F::NamespacePrefix, 15).optional(),
    Field::boolean(F::HasActivationRequired).writable(),
    Field::time(F::CreatedDate),
    Field::reference(F::CreatedById, "CreatedBy", USERS),
    Field::time(F::LastModifiedDate),
    Field::reference(F::LastModifiedById, "LastModifiedBy", USERS),
    Field::time(F::SystemModstamp),
];

/// `PermissionSetAssignment`: which user holds which set; one row a user for the set of the profile.
pub const PERMISSION_SET_ASSIGNMENT: &[Field] = &[
    Field::id(),
    Field::reference(F::AssigneeId, "Assignee", USERS).required(),
    Field::reference(F::PermissionSetId, "PermissionSet", &[Object::PermissionSet]).required(),
    Field::text(F::PermissionSetGroupId, 18).optional(),
    Field::boolean(F::IsActive),
    Field::time(F::ExpirationDate).writable().optional(),
    Field::time(F::SystemModstamp),
];
