//! Permissions of a user, as far as the org's answers depend on them.

/// A permission of Salesforce that changes what this org answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Permission {
    /// "API Enabled": without it every data call is 403.
    ApiEnabled,
    /// "View Setup and Configuration": profiles, licences, permission sets, /limits.
    ViewSetup,
    /// "View Roles and Role Hierarchy".
    ViewRoles,
    /// "Manage Users": UserLogin and the field NumberOfFailedLogins.
    ManageUsers,
    /// "Manage Internal Users": every write to a user.
    ManageInternalUsers,
    /// "Manage Roles".
    ManageRoles,
    /// "Manage Public Groups".
    ManageGroups,
    /// "Manage Profiles and Permission Sets".
    ManagePermissionSets,
    /// "Assign Permission Sets".
    AssignPermissionSets,
}

/// A set of permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permissions(u16);

impl Permissions {
    /// Everything an administrator may do.
    pub const ALL: Permissions = Permissions(u16::MAX);
    /// What an ordinary user has: the API, and no more.
    pub const ORDINARY: Permissions = Permissions(1 << Permission::ApiEnabled as u8);

    /// Whether the permission is in the set.
    pub const fn has(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u8) != 0
    }

    /// The set with one more.
    #[must_use]
    pub const fn with(self, permission: Permission) -> Permissions {
        Permissions(self.0 | (1 << permission as u8))
    }

    /// The set with one less.
    #[must_use]
    pub const fn without(self, permission: Permission) -> Permissions {
        Permissions(self.0 & !(1 << permission as u8))
    }
}
