//! The objects of the org: their names, id prefixes and what a caller needs to see or change them.

mod field;
mod people;
mod permissions;
mod shared;

pub use field::{F, Field, Kind};
pub use permissions::{Permission, Permissions};

/// An object the org has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Object {
    Organization,
    User,
    UserLogin,
    UserRole,
    Profile,
    UserLicense,
    Group,
    PermissionSet,
    PermissionSetAssignment,
}

/// What may be done with the rows of an object through the sObject resources.
#[derive(Clone, Copy, Debug)]
pub struct Verbs {
    pub create: bool,
    pub update: bool,
    pub delete: bool,
}

impl Object {
    /// Every object, in the order of the enum.
    pub const ALL: [Object; 9] = [
        Object::Organization,
        Object::User,
        Object::UserLogin,
        Object::UserRole,
        Object::Profile,
        Object::UserLicense,
        Object::Group,
        Object::PermissionSet,
        Object::PermissionSetAssignment,
    ];

    /// The API name.
    pub const fn name(self) -> &'static str {
        match self {
            Object::Organization => "Organization",
            Object::User => "User",
            Object::UserLogin => "UserLogin",
            Object::UserRole => "UserRole",
            Object::Profile => "Profile",
            Object::UserLicense => "UserLicense",
            Object::Group => "Group",
            Object::PermissionSet => "PermissionSet",
            Object::PermissionSetAssignment => "PermissionSetAssignment",
        }
    }

    /// The first three characters of its ids.
    pub const fn prefix(self) -> &'static str {
        match self {
            Object::Organization => "00D",
            Object::User => "005",
            Object::UserLogin => "0Yw",
            Object::UserRole => "00E",
            Object::Profile => "00e",
            Object::UserLicense => "100",
            Object::Group => "00G",
            Object::PermissionSet => "0PS",
            Object::PermissionSetAssignment => "0Pa",
        }
    }

    /// The object of this name, whatever its case.
    pub fn named(name: &str) -> Option<Object> {
        Object::ALL.into_iter().find(|object| object.name().eq_ignore_ascii_case(name))
    }

    /// Its fields, in the order a retrieve answers them.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Object::Organization => shared::ORGANIZATION,
            Object::User => people::USER,
            Object::UserLogin => people::USER_LOGIN,
            Object::UserRole => people::USER_ROLE,
            Object::Profile => people::PROFILE,
            Object::UserLicense => people::USER_LICENSE,
            Object::Group => shared::GROUP,
            Object::PermissionSet => shared::PERMISSION_SET,
            Object::PermissionSetAssignment => shared::PERMISSION_SET_ASSIGNMENT,
        }
    }

    /// The field of this name, whatever its case.
    pub fn field(self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.name().eq_ignore_ascii_case(name))
    }

    /// The permission without which the object looks as if it did not exist.
    pub fn needs_to_see(self) -> Option<Permission> {
        match self {
            Object::UserRole => Some(Permission::ViewRoles),
            Object::Profile | Object::UserLicense | Object::PermissionSet => Some(Permission::ViewSetup),
            Object::UserLogin => Some(Permission::ManageUsers),
            Object::Organization | Object::User | Object::Group | Object::PermissionSetAssignment => None,
        }
    }

    /// The permission without which a write is refused.
    pub fn needs_to_write(self) -> Permission {
        match self {
            Object::User => Permission::ManageInternalUsers,
            Object::UserRole => Permission::ManageRoles,
            Object::Group => Permission::ManageGroups,
            Object::PermissionSet => Permission::ManagePermissionSets,
            Object::PermissionSetAssignment => Permission::AssignPermissionSets,
            Object::UserLogin | Object::Organization | Object::Profile | Object::UserLicense => Permission::ManageUsers,
        }
    }

    /// What the sObject resources allow. Salesforce never deletes users.
    pub fn verbs(self) -> Verbs {
        let (create, update, delete) = match self {
            Object::User => (true, true, false),
            Object::UserLogin => (false, true, false),
            Object::UserRole | Object::Group | Object::PermissionSet | Object::PermissionSetAssignment => {
                (true, true, true)
            }
            Object::Organization | Object::Profile | Object::UserLicense => (false, false, false),
        };
        Verbs { create, update, delete }
    }
}
