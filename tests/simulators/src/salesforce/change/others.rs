//! What Salesforce refuses to do to roles, groups, permission sets, assignments and logins.

use super::{Change, default, given};
use crate::salesforce::data::Cells;
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::id::Id;
use crate::salesforce::schema::{F, Object};
use crate::salesforce::value::Value;

/// How many blockers a refusal names.
const NAMED: usize = 5;

/// Checks a new record, and fills in what Salesforce would.
pub fn before_create(change: &Change<'_>, object: Object, cells: &mut Cells) -> Outcome<()> {
    match object {
        Object::UserRole => {
            let name = given(cells, F::Name).cloned().unwrap_or(Value::Null);
            default(cells, F::DeveloperName, Value::Text(name.shown().replace(' ', "_").into()));
            default(cells, F::RollupDescription, name);
            default(cells, F::OpportunityAccessForAccountOwner, Value::text("Edit"));
            default(cells, F::MayForecastManagerShare, Value::Bool(false));
            default(cells, F::PortalType, Value::text("None"));
            check_unique(change, object, None, cells, F::DeveloperName)
        }
        Object::Group => {
            default(cells, F::Type, Value::text("Regular"));
            let kind = given(cells, F::Type).map(Value::shown).unwrap_or_default();
            if !matches!(kind.as_str(), "Regular" | "Queue") {
                let message = format!("Type: bad value for restricted picklist field: {kind}");
                return Err(Fail::bad("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message).on("Type"));
            }
            let name = given(cells, F::Name).map(Value::shown).unwrap_or_default();
            default(cells, F::DeveloperName, Value::Text(name.replace(' ', "_").into()));
            default(cells, F::DoesIncludeBosses, Value::Bool(true));
            default(cells, F::DoesSendEmailToMembers, Value::Bool(false));
            check_unique(change, object, None, cells, F::DeveloperName)
        }
        Object::PermissionSet => {
            cells.push((F::Type, Value::text("Regular")));
            cells.push((F::IsCustom, Value::Bool(true)));
            cells.push((F::IsOwnedByProfile, Value::Bool(false)));
            default(cells, F::HasActivationRequired, Value::Bool(false));
            check_unique(change, object, None, cells, F::Name)
        }
        _ => check_assignment(change, cells),
    }
}

/// Checks a change of a record.
pub fn before_update(change: &Change<'_>, object: Object, number: u32, cells: &Cells) -> Outcome<()> {
    match object {
        Object::UserLogin if number == change.access.user && given(cells, F::IsFrozen).is_some_and(Value::is_true) => {
            Err(Fail::bad("CANNOT_FREEZE_SELF", "You can't freeze your own account.").on("IsFrozen"))
        }
        Object::UserRole => {
            check_unique(change, object, Some(number), cells, F::DeveloperName)?;
            check_circle(change, number, given(cells, F::ParentRoleId).and_then(Value::id))
        }
        Object::Group => check_unique(change, object, Some(number), cells, F::DeveloperName),
        Object::PermissionSet => {
            refuse_owned_by_profile(change, number)?;
            check_unique(change, object, Some(number), cells, F::Name)
        }
        _ => Ok(()),
    }
}

/// Checks a deletion.
pub fn before_delete(change: &Change<'_>, object: Object, number: u32) -> Outcome<()> {
    let data = &change.data;
    match object {
        Object::UserRole => {
            if data.holders_of(number) > 0 {
                refuse_while_used(change, object, number, (Object::User, F::UserRoleId), "users")?;
            }
            refuse_while_used(change, object, number, (Object::UserRole, F::ParentRoleId), "roles")
        }
        Object::PermissionSet => {
            refuse_owned_by_profile(change, number)?;
            let used_in = (Object::PermissionSetAssignment, F::PermissionSetId);
            refuse_while_used(change, object, number, used_in, "permission set assignments")
        }
        Object::Group => {
            let kind = data.row(object, number).map(|row| row.get(F::Type).shown()).unwrap_or_default();
            if matches!(kind.as_str(), "Regular" | "Queue") { Ok(()) } else { Err(read_only()) }
        }
        Object::PermissionSetAssignment => {
            let set = data.row(object, number).and_then(|row| row.get(F::PermissionSetId).id());
            set.map_or(Ok(()), |set| refuse_owned_by_profile(change, set.number))
        }
        _ => Ok(()),
    }
}

fn read_only() -> Fail {
    Fail::new(403, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
}

fn refuse_owned_by_profile(change: &Change<'_>, set: u32) -> Outcome<()> {
    let owned = change.data.row(Object::PermissionSet, set).is_some_and(|row| row.get(F::IsOwnedByProfile).is_true());
    if owned { Err(read_only()) } else { Ok(()) }
}

fn refuse_while_used(change: &Change<'_>, object: Object, number: u32, by: (Object, F), what: &str) -> Outcome<()> {
    let wanted = Value::Id(change.data.id(object, number));
    let blockers: Vec<String> = change
        .data
        .rows(by.0)
        .filter(|row| row.get(by.1) == wanted)
        .take(NAMED)
        .map(|row| match row.get(F::Name) {
            Value::Null => row.get(F::Id).shown(),
            name => name.shown(),
        })
        .collect();
    if blockers.is_empty() {
        return Ok(());
    }
    let name = change.data.row(object, number).map(|row| row.get(F::Name).shown()).unwrap_or_default();
    Err(Fail::bad(
        "DELETE_FAILED",
        format!(
            "Your attempt to delete {name} could not be completed because it is associated with the following {what}.: {}",
            blockers.join(", ")
        ),
    ))
}

fn check_unique(change: &Change<'_>, object: Object, number: Option<u32>, cells: &Cells, key: F) -> Outcome<()> {
    let Some(wanted) = given(cells, key).filter(|value| **value != Value::Null) else { return Ok(()) };
    let taken = change.data.rows(object).any(|row| Some(row.number) != number && row.get(key).order(wanted).is_eq());
    if !taken {
        return Ok(());
    }
    let message = format!("The developer name you specified is already in use. Use another one: {}", wanted.shown());
    Err(Fail::bad("DUPLICATE_DEVELOPER_NAME", message).on(key.name()))
}

fn check_circle(change: &Change<'_>, number: u32, parent: Option<Id>) -> Outcome<()> {
    let mut at = parent.map(|id| id.number);
    while let Some(role) = at {
        if role == number {
            return Err(Fail::bad("CIRCULAR_DEPENDENCY", "A role cannot stand above itself").on("ParentRoleId"));
        }
        at = change.data.row(Object::UserRole, role).and_then(|row| row.get(F::ParentRoleId).id()).map(|id| id.number);
    }
    Ok(())
}

fn check_assignment(change: &Change<'_>, cells: &mut Cells) -> Outcome<()> {
    let (Some(user), Some(set)) =
        (given(cells, F::AssigneeId).and_then(Value::id), given(cells, F::PermissionSetId).and_then(Value::id))
    else {
        return Ok(());
    };
    refuse_owned_by_profile(change, set.number)?;
    let holds =
        |number: u32| change.data.row(Object::PermissionSetAssignment, number).map(|row| row.get(F::PermissionSetId));
    let held = change
        .data
        .rows_of(Object::PermissionSetAssignment, user.number)
        .into_iter()
        .filter_map(holds)
        .any(|held| held.id() == Some(set));
    if held {
        let message =
            format!("Duplicate PermissionSetAssignment.  Assignee: {}; Permission Set: {}", user.short(), set.short());
        return Err(Fail::bad("DUPLICATE_VALUE", message).on("AssigneeId").on("PermissionSetId"));
    }
    Ok(())
}
