//! What Salesforce refuses to do to permission sets, to groups of them and to what these are made of.

use super::{Change, default, given, refuse};
use crate::salesforce::data::{Cells, hidden_set};
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::schema::{F, Object};
use crate::salesforce::value::Value;

/// Checks a new permission set, and fills in what Salesforce would.
pub fn before_create(change: &Change<'_>, cells: &mut Cells) -> Outcome<()> {
    cells.push((F::Type, Value::text("Regular")));
    cells.push((F::IsCustom, Value::Bool(true)));
    cells.push((F::IsOwnedByProfile, Value::Bool(false)));
    default(cells, F::HasActivationRequired, Value::Bool(false));
    refuse::taken(change, Object::PermissionSet, None, cells, F::Name)
}

/// Checks a change of a permission set.
pub fn before_update(change: &Change<'_>, number: u32, cells: &Cells) -> Outcome<()> {
    refuse_hidden(change, number)?;
    refuse::managed(change, Object::PermissionSet, number, "CANNOT_MODIFY_MANAGED_OBJECT", "modify")?;
    refuse::taken(change, Object::PermissionSet, Some(number), cells, F::Name)
}

/// Checks a deletion of a permission set.
pub fn before_delete(change: &Change<'_>, number: u32) -> Outcome<()> {
    let object = Object::PermissionSet;
    refuse_hidden(change, number)?;
    refuse::managed(change, object, number, "CANNOT_DELETE_MANAGED_OBJECT", "delete")?;
    let assigned = (Object::PermissionSetAssignment, F::PermissionSetId);
    refuse::while_used(change, object, number, assigned, "permission set assignments")?;
    let grouped = (Object::PermissionSetGroupComponent, F::PermissionSetId);
    refuse::while_used(change, object, number, grouped, "permission set group components")
}

/// The sets of profiles and of groups are nobody's to touch.
pub fn refuse_hidden(change: &Change<'_>, set: u32) -> Outcome<()> {
    let hidden = change
        .data
        .row(Object::PermissionSet, set)
        .is_some_and(|row| row.get(F::IsOwnedByProfile).is_true() || row.get(F::PermissionSetGroupId) != Value::Null);
    if hidden { Err(refuse::read_only()) } else { Ok(()) }
}

/// Checks a new group of sets, and fills in what Salesforce would.
pub fn before_create_group(change: &Change<'_>, cells: &mut Cells) -> Outcome<()> {
    cells.push((F::IsDeleted, Value::Bool(false)));
    default(cells, F::Language, Value::text("en_US"));
    default(cells, F::HasActivationRequired, Value::Bool(false));
    refuse::taken(change, Object::PermissionSetGroup, None, cells, F::DeveloperName)
}

/// A new group gets its hidden set, and is calculated.
pub fn after_create_group(change: &mut Change<'_>, group: u32) {
    let label = change.data.row(Object::PermissionSetGroup, group).map(|row| row.get(F::MasterLabel).into_owned());
    let mut hidden = hidden_set(change.data, group, label.unwrap_or(Value::Null));
    hidden.retain(|(key, _)| {
        !matches!(key, F::CreatedDate | F::CreatedById | F::LastModifiedDate | F::LastModifiedById | F::SystemModstamp)
    });
    change.stamp(Object::PermissionSet, &mut hidden, true);
    change.data.insert(Object::PermissionSet, hidden);
    change.data.recalculate(group);
}

/// Checks a change of a group of sets.
pub fn before_update_group(change: &Change<'_>, group: u32, cells: &Cells) -> Outcome<()> {
    refuse::managed(change, Object::PermissionSetGroup, group, "CANNOT_MODIFY_MANAGED_OBJECT", "modify")?;
    refuse::taken(change, Object::PermissionSetGroup, Some(group), cells, F::DeveloperName)
}

/// Checks a deletion of a group of sets.
pub fn before_delete_group(change: &Change<'_>, group: u32) -> Outcome<()> {
    let object = Object::PermissionSetGroup;
    refuse::managed(change, object, group, "CANNOT_DELETE_MANAGED_OBJECT", "delete")?;
    let assigned = (Object::PermissionSetAssignment, F::PermissionSetGroupId);
    refuse::while_used(change, object, group, assigned, "permission set assignments")
}

/// Components and the hidden set go with the group.
pub fn with_delete_group(change: &mut Change<'_>, group: u32) {
    for object in [Object::PermissionSetGroupComponent, Object::PermissionSet] {
        for number in change.pointing_at(object, F::PermissionSetGroupId, Object::PermissionSetGroup, group) {
            change.data.remove(object, number);
        }
    }
}

/// Checks a new part of a group.
pub fn before_add_component(change: &Change<'_>, cells: &mut Cells) -> Outcome<()> {
    cells.push((F::IsDeleted, Value::Bool(false)));
    let (Some(group), Some(set)) = (given(cells, F::PermissionSetGroupId), given(cells, F::PermissionSetId)) else {
        return Ok(());
    };
    if let Some(set) = set.id() {
        refuse_hidden(change, set.number).map_err(|_| {
            let message = "A permission set group can't include a permission set that a profile or a group owns.";
            Fail::bad("FIELD_INTEGRITY_EXCEPTION", message).on("PermissionSetId")
        })?;
    }
    let mut parts = change.data.rows(Object::PermissionSetGroupComponent);
    if parts.any(|row| row.get(F::PermissionSetGroupId) == *group && row.get(F::PermissionSetId) == *set) {
        let one = ("Permission Set Group", F::PermissionSetGroupId, group);
        let two = ("Permission Set", F::PermissionSetId, set);
        return Err(refuse::duplicate(Object::PermissionSetGroupComponent, one, two));
    }
    Ok(())
}

/// A group that gains or loses a part is calculated anew.
pub fn component_changed(change: &mut Change<'_>, component: u32) {
    let row = change.data.row(Object::PermissionSetGroupComponent, component);
    if let Some(group) = row.and_then(|row| row.get(F::PermissionSetGroupId).id()) {
        change.data.recalculate(group.number);
    }
}
