//! Which actions the connected user may run, and the permission to grant for each that they may not.

use crate::describe::{Describe, Described};
use crate::permissions::{self, Permissions};
use weft_integration::prelude::*;

/// What Salesforce's description of an object must allow.
enum Need {
    Create(&'static str),
    Delete(&'static str),
    /// A column that can be changed.
    Update(&'static str, &'static str),
}

use Need::{Create, Delete, Update};

/// What an action needs.
struct Needs {
    action: &'static str,
    /// API names of permissions; the first is the one to grant when a description does not allow it.
    permissions: &'static [&'static str],
    of: &'static [Need],
}

const fn needs(action: &'static str, permissions: &'static [&'static str], of: &'static [Need]) -> Needs {
    Needs { action, permissions, of }
}

const USERS: &[&str] = &["ManageInternalUsers"];
const ASSIGN: &[&str] = &["AssignPermissionSets"];
const SETS: &[&str] = &["ManageProfilesPermissionsets"];
const ROLES: &[&str] = &["ManageRoles"];
/// Public groups are managed by who may manage users.
const GROUPS: &[&str] = &["ManageUsers"];
const FREEZE: &[&str] = &["ManageUsers"];

const ALL: &[Needs] = &[
    needs("assign-permission-set", ASSIGN, &[Create("PermissionSetAssignment")]),
    needs("remove-permission-set", ASSIGN, &[Delete("PermissionSetAssignment")]),
    needs("assign-permission-set-group", ASSIGN, &[Create("PermissionSetAssignment")]),
    needs("remove-permission-set-group", ASSIGN, &[Delete("PermissionSetAssignment")]),
    needs("create-permission-set", SETS, &[Create("PermissionSet")]),
    needs("delete-permission-set", SETS, &[Delete("PermissionSet")]),
    needs("create-permission-set-group", SETS, &[Create("PermissionSetGroup")]),
    needs("delete-permission-set-group", SETS, &[Delete("PermissionSetGroup")]),
    needs("assign-role", USERS, &[Update("User", "UserRoleId")]),
    needs("remove-role", USERS, &[Update("User", "UserRoleId")]),
    needs("create-user-role", ROLES, &[Create("UserRole")]),
    needs("delete-user-role", ROLES, &[Delete("UserRole")]),
    needs("create-user-group", GROUPS, &[Create("Group")]),
    needs("delete-user-group", GROUPS, &[Delete("Group")]),
    needs("add-group-member", GROUPS, &[Create("GroupMember")]),
    needs("remove-group-member", GROUPS, &[Delete("GroupMember")]),
    // Who does not see the tokens of others cannot end them.
    needs("revoke-oauth-token", &["CustomizeApplication"], &[]),
    needs("assign-license", ASSIGN, &[Create("PermissionSetLicenseAssign")]),
    needs("remove-license", ASSIGN, &[Delete("PermissionSetLicenseAssign")]),
    needs("deactivate-user", USERS, &[Update("User", "IsActive")]),
    needs("reactivate-user", USERS, &[Update("User", "IsActive")]),
    needs("freeze-user", FREEZE, &[Update("UserLogin", "IsFrozen")]),
    needs("unfreeze-user", FREEZE, &[Update("UserLogin", "IsFrozen")]),
    needs(
        "delete-user",
        USERS,
        &[Update("User", "IsActive"), Update("UserLogin", "IsFrozen"), Delete("PermissionSetAssignment")],
    ),
];

/// The findings for every action.
pub fn access(described: &Described, held: &Permissions) -> Vec<ActionAccess> {
    ALL.iter().map(|needs| finding(needs, described, held)).collect()
}

fn finding(needs: &Needs, described: &Described, held: &Permissions) -> ActionAccess {
    let missing: Vec<&str> = needs.permissions.iter().filter(|name| !held.has(name)).copied().collect();
    let refused = needs.of.iter().any(|need| !allows(need, described));
    // Where a description refuses, the permission behind it is what to grant, whatever is known of it.
    let grant = if missing.is_empty() && refused { &needs.permissions[..1] } else { &missing[..] };
    if grant.is_empty() {
        return ActionAccess::allowed(needs.action);
    }
    let labels: Vec<String> = grant.iter().map(|name| format!("\"{}\"", permissions::label(name))).collect();
    ActionAccess::refused(needs.action, format!("Grant {} to the connected user.", labels.join(" and ")))
}

/// An object that was not described is not held against the user: the refusal comes later, with Salesforce's own words.
fn allows(need: &Need, described: &Described) -> bool {
    let of = |object: &str, allows: fn(&Describe) -> bool| described.get(object).is_none_or(allows);
    match need {
        Create(object) => of(object, |describe| describe.createable),
        Delete(object) => of(object, |describe| describe.deletable),
        Update(object, column) => {
            let may = |describe: &Describe| describe.column(column).is_some_and(|column| column.updateable);
            described.get(*object).is_none_or(may)
        }
    }
}
