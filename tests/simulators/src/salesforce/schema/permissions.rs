//! Permissions of a user, as far as the org's answers depend on them.

use super::F;

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
    /// "View All Users". The people of this org are open to all: it is only told, never asked for.
    ViewAllUsers,
    /// "Manage Users": UserLogin, sessions, and the field NumberOfFailedLogins.
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
    /// "Manage Package Licenses".
    ManagePackageLicenses,
    /// "Customize Application": the tokens of others.
    CustomizeApplication,
    /// "Monitor Login History": the logins of others.
    MonitorLoginHistory,
    /// "Download AppExchange Packages": installed packages.
    InstallPackaging,
    /// "Freeze Users".
    FreezeUsers,
    /// "Modify All Data". Nothing of this org asks for it; reviewers of access do.
    ModifyAllData,
}

/// The field that says, of a profile, a permission set or the caller, whether a permission is given. The other permissions are not asked for by field.
const FIELDS: [(F, Permission); 14] = [
    (F::PermissionsApiEnabled, Permission::ApiEnabled),
    (F::PermissionsViewSetup, Permission::ViewSetup),
    (F::PermissionsViewRoles, Permission::ViewRoles),
    (F::PermissionsViewAllUsers, Permission::ViewAllUsers),
    (F::PermissionsManageUsers, Permission::ManageUsers),
    (F::PermissionsManageInternalUsers, Permission::ManageInternalUsers),
    (F::PermissionsManageRoles, Permission::ManageRoles),
    (F::PermissionsManageProfilesPermissionsets, Permission::ManagePermissionSets),
    (F::PermissionsAssignPermissionSets, Permission::AssignPermissionSets),
    (F::PermissionsCustomizeApplication, Permission::CustomizeApplication),
    (F::PermissionsMonitorLoginHistory, Permission::MonitorLoginHistory),
    (F::PermissionsInstallPackaging, Permission::InstallPackaging),
    (F::PermissionsFreezeUsers, Permission::FreezeUsers),
    (F::PermissionsModifyAllData, Permission::ModifyAllData),
];

impl Permission {
    /// The permission a field is about.
    pub fn of(key: F) -> Option<Permission> {
        FIELDS.iter().find(|(field, _)| *field == key).map(|(_, permission)| *permission)
    }
}

/// A set of permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permissions(u32);

impl Permissions {
    /// Everything an administrator may do.
    pub const ALL: Permissions = Permissions(u32::MAX);
    /// Nothing at all.
    pub const NONE: Permissions = Permissions(0);
    /// What an ordinary user has: the API, and no more.
    pub const ORDINARY: Permissions = Permissions::NONE.with(Permission::ApiEnabled);

    /// Whether the permission is in the set.
    pub const fn has(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u8) != 0
    }

    /// Whether one of these is in the set; of none, always.
    pub fn has_any(self, of: &[Permission]) -> bool {
        of.is_empty() || of.iter().any(|permission| self.has(*permission))
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
