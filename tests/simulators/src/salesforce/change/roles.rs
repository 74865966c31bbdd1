//! What Salesforce refuses to do to roles, and what comes and goes with them.

use super::{Change, default, given, refuse};
use crate::salesforce::data::Cells;
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::id::Id;
use crate::salesforce::schema::{F, Object};
use crate::salesforce::value::Value;

/// Checks a new role, and fills in what Salesforce would.
pub fn before_create(change: &Change<'_>, cells: &mut Cells) -> Outcome<()> {
    let name = given(cells, F::Name).cloned().unwrap_or(Value::Null);
    default(cells, F::DeveloperName, refuse::developer_name(&name.shown()));
    default(cells, F::RollupDescription, name);
    default(cells, F::OpportunityAccessForAccountOwner, Value::text("Edit"));
    default(cells, F::MayForecastManagerShare, Value::Bool(false));
    default(cells, F::PortalType, Value::text("None"));
    refuse::taken(change, Object::UserRole, None, cells, F::DeveloperName)
}

/// Checks a change of a role.
pub fn before_update(change: &Change<'_>, number: u32, cells: &Cells) -> Outcome<()> {
    refuse::taken(change, Object::UserRole, Some(number), cells, F::DeveloperName)?;
    check_circle(change, number, given(cells, F::ParentRoleId).and_then(Value::id))
}

/// A role with people, active or not, or with roles below it stays.
pub fn before_delete(change: &Change<'_>, number: u32) -> Outcome<()> {
    if change.data.holders_of(number) > 0 {
        refuse::while_used(change, Object::UserRole, number, (Object::User, F::UserRoleId), "users")?;
    }
    refuse::while_used(change, Object::UserRole, number, (Object::UserRole, F::ParentRoleId), "roles")
}

/// The groups of a role go with it, out of other groups too.
pub fn with_delete(change: &mut Change<'_>, number: u32) {
    for group in change.pointing_at(Object::Group, F::RelatedId, Object::UserRole, number) {
        super::groups::with_delete(change, group);
        change.data.remove(Object::Group, group);
    }
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
