//! The objects of the org: their names, id prefixes and what a caller needs to see or change them.

mod field;
mod licenses;
mod objects;
mod packages;
mod people;
mod permissions;
mod sessions;
mod sets;
mod shared;

pub use field::{F, Field, Kind};
pub use people::EMPLOYMENT;
pub use permissions::{Permission, Permissions};

use objects::OBJECTS;

/// An object the org has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Object {
    Organization,
    User,
    UserLogin,
    UserRole,
    Profile,
    UserLicense,
    PermissionSetLicense,
    PermissionSetLicenseAssign,
    PackageLicense,
    UserPackageLicense,
    Group,
    GroupMember,
    PermissionSet,
    PermissionSetAssignment,
    PermissionSetGroup,
    PermissionSetGroupComponent,
    LoginHistory,
    OauthToken,
    AuthSession,
    UserPermissionAccess,
    MetadataPackage,
    MetadataPackageVersion,
    InstalledSubscriberPackage,
    SubscriberPackage,
    SubscriberPackageVersion,
}

/// What may be done with the rows of an object through the sObject resources.
#[derive(Clone, Copy, Debug)]
pub struct Verbs {
    pub create: bool,
    pub update: bool,
    pub delete: bool,
}

impl Object {
    /// How many there are: a number, because a length that is read from the objects sends the compiler in a circle when it optimises.
    pub const COUNT: usize = 25;

    /// Every object, in the order of the enum.
    pub fn all() -> impl Iterator<Item = Object> {
        OBJECTS.iter().map(|entry| entry.object)
    }

    /// The API name.
    pub const fn name(self) -> &'static str {
        OBJECTS[self as usize].name
    }

    /// The first three characters of its ids; two objects of different APIs can share them.
    pub const fn prefix(self) -> &'static str {
        OBJECTS[self as usize].prefix
    }

    /// Whether its rows have ids. The others' `Id` is null.
    pub const fn has_ids(self) -> bool {
        !matches!(self, Object::OauthToken | Object::UserPermissionAccess)
    }

    /// Whether only the Tooling API knows it.
    pub const fn is_tooling(self) -> bool {
        matches!(
            self,
            Object::InstalledSubscriberPackage | Object::SubscriberPackage | Object::SubscriberPackageVersion
        )
    }

    /// The object of the data API of this name, whatever its case.
    pub fn named(name: &str) -> Option<Object> {
        Object::all().find(|object| !object.is_tooling() && object.name().eq_ignore_ascii_case(name))
    }

    /// The object of the Tooling API of this name, whatever its case.
    pub fn tooling_named(name: &str) -> Option<Object> {
        Object::all().find(|object| object.is_tooling() && object.name().eq_ignore_ascii_case(name))
    }

    /// Its fields, in the order a retrieve answers them.
    pub fn fields(self) -> &'static [Field] {
        OBJECTS[self as usize].fields
    }

    /// The field of this name, whatever its case.
    pub fn field(self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.name().eq_ignore_ascii_case(name))
    }

    /// The permissions without one of which the object looks as if it did not exist; none: everybody sees it.
    pub fn needs_to_see(self) -> &'static [Permission] {
        OBJECTS[self as usize].see
    }

    /// The permissions without one of which a write is refused.
    pub fn needs_to_write(self) -> &'static [Permission] {
        OBJECTS[self as usize].write
    }

    /// What the sObject resources allow.
    pub fn verbs(self) -> Verbs {
        OBJECTS[self as usize].verbs
    }

    /// The field that says whose a row is, where rows tie a user to something or tell what a user did.
    pub const fn owner_field(self) -> Option<F> {
        match self {
            Object::PermissionSetAssignment | Object::PermissionSetLicenseAssign => Some(F::AssigneeId),
            Object::UserPackageLicense | Object::OauthToken | Object::LoginHistory => Some(F::UserId),
            Object::GroupMember => Some(F::UserOrGroupId),
            Object::AuthSession => Some(F::UsersId),
            _ => None,
        }
    }

    /// The permissions without one of which a caller is given its own rows and no word about the others.
    pub const fn needs_for_others(self) -> &'static [Permission] {
        match self {
            Object::LoginHistory => &[Permission::ManageUsers, Permission::MonitorLoginHistory],
            Object::OauthToken => &[Permission::CustomizeApplication],
            _ => &[],
        }
    }

    /// Most rows of a page, and most a query gives over all its pages, where the object has limits of its own: reference A9.
    pub const fn row_caps(self) -> Option<(usize, u32)> {
        match self {
            Object::OauthToken => Some((500, 2500)),
            _ => None,
        }
    }
}
