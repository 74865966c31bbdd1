//! The table of objects: name, id prefix, fields, who sees them, who changes them, and what the sObject resources allow.

use super::{Field, Object, Permission, Verbs};
use super::{licenses, packages, people, sessions, sets, shared};

/// What is known of one object.
#[derive(Debug)]
pub struct Entry {
    pub object: Object,
    pub name: &'static str,
    /// The first three characters of its ids.
    pub prefix: &'static str,
    pub fields: &'static [Field],
    /// One of these permissions, or the object looks as if it did not exist.
    pub see: &'static [Permission],
    /// One of these permissions, or a write is refused.
    pub write: &'static [Permission],
    pub verbs: Verbs,
}

const READ: Verbs = Verbs { create: false, update: false, delete: false };
const UPDATE: Verbs = Verbs { update: true, ..READ };
const DELETE: Verbs = Verbs { delete: true, ..READ };
/// Salesforce never deletes users.
const KEPT: Verbs = Verbs { create: true, ..UPDATE };
/// Ties between two records are made and undone, never changed.
const LINK: Verbs = Verbs { create: true, ..DELETE };
const ALL: Verbs = Verbs { create: true, update: true, delete: true };

/// Every object, in the order of the enum.
pub const OBJECTS: [Entry; Object::COUNT] = [
    Entry {
        object: Object::Organization,
        name: "Organization",
        prefix: "00D",
        fields: shared::ORGANIZATION,
        see: &[],
        write: &[Permission::ManageUsers],
        verbs: READ,
    },
    Entry {
        object: Object::User,
        name: "User",
        prefix: "005",
        fields: people::USER,
        see: &[],
        write: &[Permission::ManageInternalUsers],
        verbs: KEPT,
    },
    Entry {
        object: Object::UserLogin,
        name: "UserLogin",
        prefix: "0Yw",
        fields: people::USER_LOGIN,
        see: &[Permission::ManageUsers],
        write: &[Permission::ManageUsers, Permission::FreezeUsers],
        verbs: UPDATE,
    },
    Entry {
        object: Object::UserRole,
        name: "UserRole",
        prefix: "00E",
        fields: people::USER_ROLE,
        see: &[Permission::ViewRoles],
        write: &[Permission::ManageRoles],
        verbs: ALL,
    },
    Entry {
        object: Object::Profile,
        name: "Profile",
        prefix: "00e",
        fields: people::PROFILE,
        see: &[Permission::ViewSetup],
        write: &[Permission::ManageUsers],
        verbs: READ,
    },
    Entry {
        object: Object::UserLicense,
        name: "UserLicense",
        prefix: "100",
        fields: licenses::USER_LICENSE,
        see: &[Permission::ViewSetup],
        write: &[Permission::ManageUsers],
        verbs: READ,
    },
    Entry {
        object: Object::PermissionSetLicense,
        name: "PermissionSetLicense",
        prefix: "0PL",
        fields: licenses::PERMISSION_SET_LICENSE,
        see: &[Permission::ViewSetup, Permission::AssignPermissionSets],
        write: &[Permission::AssignPermissionSets],
        verbs: READ,
    },
    Entry {
        object: Object::PermissionSetLicenseAssign,
        name: "PermissionSetLicenseAssign",
        prefix: "2LA",
        fields: licenses::PERMISSION_SET_LICENSE_ASSIGN,
        see: &[Permission::ViewSetup, Permission::AssignPermissionSets],
        write: &[Permission::AssignPermissionSets],
        verbs: LINK,
    },
    Entry {
        object: Object::PackageLicense,
        name: "PackageLicense",
        prefix: "050",
        fields: licenses::PACKAGE_LICENSE,
        see: &[Permission::ViewSetup, Permission::ManagePackageLicenses],
        write: &[Permission::ManagePackageLicenses],
        verbs: READ,
    },
    Entry {
        object: Object::UserPackageLicense,
        name: "UserPackageLicense",
        prefix: "051",
        fields: licenses::USER_PACKAGE_LICENSE,
        see: &[Permission::ViewSetup, Permission::ManagePackageLicenses],
        write: &[Permission::ManagePackageLicenses],
        verbs: LINK,
    },
    Entry {
        object: Object::Group,
        name: "Group",
        prefix: "00G",
        fields: shared::GROUP,
        see: &[],
        write: &[Permission::ManageGroups],
        verbs: ALL,
    },
    Entry {
        object: Object::GroupMember,
        name: "GroupMember",
        prefix: "011",
        fields: shared::GROUP_MEMBER,
        see: &[],
        write: &[Permission::ManageGroups],
        verbs: LINK,
    },
    Entry {
        object: Object::PermissionSet,
        name: "PermissionSet",
        prefix: "0PS",
        fields: sets::PERMISSION_SET,
        see: &[Permission::ViewSetup, Permission::AssignPermissionSets, Permission::ManagePermissionSets],
        write: &[Permission::ManagePermissionSets],
        verbs: ALL,
    },
    Entry {
        object: Object::PermissionSetAssignment,
        name: "PermissionSetAssignment",
        prefix: "0Pa",
        fields: sets::PERMISSION_SET_ASSIGNMENT,
        see: &[],
        write: &[Permission::AssignPermissionSets],
        verbs: ALL,
    },
    Entry {
        object: Object::PermissionSetGroup,
        name: "PermissionSetGroup",
        prefix: "0PG",
        fields: sets::PERMISSION_SET_GROUP,
        see: &[Permission::ViewSetup, Permission::AssignPermissionSets, Permission::ManagePermissionSets],
        write: &[Permission::ManagePermissionSets],
        verbs: ALL,
    },
    Entry {
        object: Object::PermissionSetGroupComponent,
        name: "PermissionSetGroupComponent",
        prefix: "0PM",
        fields: sets::PERMISSION_SET_GROUP_COMPONENT,
        see: &[Permission::ViewSetup],
        write: &[Permission::ManagePermissionSets],
        verbs: LINK,
    },
    Entry {
        object: Object::LoginHistory,
        name: "LoginHistory",
        prefix: "0Ya",
        fields: sessions::LOGIN_HISTORY,
        see: &[],
        write: &[Permission::ManageUsers],
        verbs: READ,
    },
    Entry {
        object: Object::OauthToken,
        name: "OauthToken",
        prefix: "000",
        fields: sessions::OAUTH_TOKEN,
        see: &[],
        write: &[Permission::CustomizeApplication],
        verbs: READ,
    },
    Entry {
        object: Object::AuthSession,
        name: "AuthSession",
        prefix: "0Ak",
        fields: sessions::AUTH_SESSION,
        see: &[Permission::ManageUsers],
        write: &[Permission::ManageUsers],
        verbs: DELETE,
    },
    Entry {
        object: Object::UserPermissionAccess,
        name: "UserPermissionAccess",
        prefix: "000",
        fields: sessions::USER_PERMISSION_ACCESS,
        see: &[],
        write: &[Permission::ManageUsers],
        verbs: READ,
    },
    Entry {
        object: Object::MetadataPackage,
        name: "MetadataPackage",
        prefix: "033",
        fields: packages::METADATA_PACKAGE,
        see: &[Permission::ViewSetup],
        write: &[Permission::InstallPackaging],
        verbs: READ,
    },
    Entry {
        object: Object::MetadataPackageVersion,
        name: "MetadataPackageVersion",
        prefix: "04t",
        fields: packages::METADATA_PACKAGE_VERSION,
        see: &[Permission::ViewSetup],
        write: &[Permission::InstallPackaging],
        verbs: READ,
    },
    Entry {
        object: Object::InstalledSubscriberPackage,
        name: "InstalledSubscriberPackage",
        prefix: "0A3",
        fields: packages::INSTALLED_SUBSCRIBER_PACKAGE,
        see: &[Permission::InstallPackaging],
        write: &[Permission::InstallPackaging],
        verbs: READ,
    },
    Entry {
        object: Object::SubscriberPackage,
        name: "SubscriberPackage",
        prefix: "033",
        fields: packages::SUBSCRIBER_PACKAGE,
        see: &[Permission::InstallPackaging],
        write: &[Permission::InstallPackaging],
        verbs: READ,
    },
    Entry {
        object: Object::SubscriberPackageVersion,
        name: "SubscriberPackageVersion",
        prefix: "04t",
        fields: packages::SUBSCRIBER_PACKAGE_VERSION,
        see: &[Permission::InstallPackaging],
        write: &[Permission::InstallPackaging],
        verbs: READ,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (place, entry) in OBJECTS.iter().enumerate() {
            assert_eq!(entry.object as usize, place, "{}", entry.name);
            assert_eq!(format!("{:?}", entry.object), entry.name);
            assert!(entry.prefix.len() == 3 && !entry.fields.is_empty());
        }
    }
}
