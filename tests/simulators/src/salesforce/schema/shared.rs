//! Fields of Organization, Group and GroupMember.

use super::{F, Field, Object};

const USERS: &[Object] = &[Object::User];
const GROUP_TYPES: &[&str] =
    &["Regular", "Queue", "Role", "RoleAndSubordinates", "Organization", "Manager", "ManagerAndSubordinatesInternal"];

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

/// `Group`: public groups, queues, and the groups roles and managers imply, which have no name of their own.
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

/// `GroupMember`: direct members of public groups and queues.
pub const GROUP_MEMBER: &[Field] = &[
    Field::id(),
    Field::reference(F::GroupId, "Group", &[Object::Group]).required(),
    Field::reference(F::UserOrGroupId, "", &[Object::User, Object::Group]).required(),
    Field::time(F::SystemModstamp),
];
