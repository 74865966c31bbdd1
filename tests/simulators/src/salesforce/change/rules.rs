//! Which rules of the files beside this one hold for which object.

use super::{Change, assignments, given, groups, licenses, roles, sets, users};
use crate::salesforce::data::{Cells, groups_of_role};
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::schema::{F, Object};
use crate::salesforce::value::Value;

/// Checks a new record, and fills in what Salesforce would.
pub fn before_create(change: &Change<'_>, object: Object, cells: &mut Cells) -> Outcome<()> {
    match object {
        Object::User => users::before_create(change, cells),
        Object::UserRole => roles::before_create(change, cells),
        Object::Group => groups::before_create(change, cells),
        Object::GroupMember => groups::before_add(change, cells),
        Object::PermissionSet => sets::before_create(change, cells),
        Object::PermissionSetGroup => sets::before_create_group(change, cells),
        Object::PermissionSetGroupComponent => sets::before_add_component(change, cells),
        Object::PermissionSetAssignment => assignments::before_create(change, cells),
        Object::PermissionSetLicenseAssign => licenses::before_assign(change, cells),
        Object::UserPackageLicense => licenses::before_assign_package(change, cells),
        _ => Ok(()),
    }
}

/// What a new record brings with it.
pub fn after_create(change: &mut Change<'_>, object: Object, number: u32) {
    match object {
        Object::User => users::after_create(change, number),
        Object::UserRole => groups_of_role(change.data, number),
        Object::PermissionSetGroup => sets::after_create_group(change, number),
        Object::PermissionSetGroupComponent => sets::component_changed(change, number),
        Object::PermissionSetAssignment => assignments::after_create(change, number),
        _ => {}
    }
}

/// Checks a change of a record.
pub fn before_update(change: &Change<'_>, object: Object, number: u32, cells: &Cells) -> Outcome<()> {
    match object {
        Object::User => users::before_update(change, number, cells),
        Object::UserLogin if number == change.access.user && given(cells, F::IsFrozen).is_some_and(Value::is_true) => {
            Err(Fail::bad("CANNOT_FREEZE_SELF", "You can't freeze your own account.").on("IsFrozen"))
        }
        Object::UserRole => roles::before_update(change, number, cells),
        Object::Group => groups::before_update(change, number, cells),
        Object::PermissionSet => sets::before_update(change, number, cells),
        Object::PermissionSetGroup => sets::before_update_group(change, number, cells),
        Object::PermissionSetAssignment => assignments::refuse_of_profile(change, number),
        _ => Ok(()),
    }
}

/// What follows from a change of a record.
pub fn after_update(change: &mut Change<'_>, object: Object, number: u32) {
    if object == Object::User {
        assignments::drop_foreign(change, number);
    }
}

/// Checks a deletion.
pub fn before_delete(change: &Change<'_>, object: Object, number: u32) -> Outcome<()> {
    match object {
        Object::UserRole => roles::before_delete(change, number),
        Object::Group => groups::before_delete(change, number),
        Object::PermissionSet => sets::before_delete(change, number),
        Object::PermissionSetGroup => sets::before_delete_group(change, number),
        Object::PermissionSetAssignment => assignments::refuse_of_profile(change, number),
        Object::PermissionSetLicenseAssign => licenses::before_unassign(change, number),
        _ => Ok(()),
    }
}

/// What goes with a record that is deleted.
pub fn with_delete(change: &mut Change<'_>, object: Object, number: u32) {
    match object {
        Object::UserRole => roles::with_delete(change, number),
        Object::Group => groups::with_delete(change, number),
        Object::PermissionSetGroup => sets::with_delete_group(change, number),
        Object::PermissionSetGroupComponent => sets::component_changed(change, number),
        _ => {}
    }
}
