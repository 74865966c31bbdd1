//! What Salesforce refuses to do to groups and their members.

use super::{Change, default, given, refuse};
use crate::salesforce::data::Cells;
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::id::Id;
use crate::salesforce::schema::{F, Object};
use crate::salesforce::value::Value;

/// Checks a new group, and fills in what Salesforce would.
pub fn before_create(change: &Change<'_>, cells: &mut Cells) -> Outcome<()> {
    default(cells, F::Type, Value::text("Regular"));
    let kind = given(cells, F::Type).map(Value::shown).unwrap_or_default();
    if !is_open(&kind) {
        let message = format!("Type: bad value for restricted picklist field: {kind}");
        return Err(Fail::bad("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message).on("Type"));
    }
    let name = given(cells, F::Name).map(Value::shown).unwrap_or_default();
    default(cells, F::DeveloperName, refuse::developer_name(&name));
    default(cells, F::DoesIncludeBosses, Value::Bool(true));
    default(cells, F::DoesSendEmailToMembers, Value::Bool(false));
    cells.push((F::OwnerId, Value::Id(change.data.id(Object::User, change.access.user))));
    refuse::taken(change, Object::Group, None, cells, F::DeveloperName)
}

/// Checks a change of a group.
pub fn before_update(change: &Change<'_>, number: u32, cells: &Cells) -> Outcome<()> {
    require_open(change, number)?;
    refuse::taken(change, Object::Group, Some(number), cells, F::DeveloperName)
}

/// Checks a deletion of a group. That something is shared with it is no hindrance.
pub fn before_delete(change: &Change<'_>, number: u32) -> Outcome<()> {
    require_open(change, number)
}

/// Memberships in the group, and its own in others, go with it.
pub fn with_delete(change: &mut Change<'_>, number: u32) {
    for key in [F::GroupId, F::UserOrGroupId] {
        for member in change.pointing_at(Object::GroupMember, key, Object::Group, number) {
            change.data.remove(Object::GroupMember, member);
        }
    }
}

/// The membership that is there already: adding a member twice is no mistake, and answers the first one's id.
pub fn existing_member(change: &Change<'_>, cells: &Cells) -> Option<Id> {
    let (group, member) = (given(cells, F::GroupId)?, given(cells, F::UserOrGroupId)?.id()?);
    let is =
        |number: &u32| change.data.row(Object::GroupMember, *number).is_some_and(|row| row.get(F::GroupId) == *group);
    let mut numbers = if member.object == Object::User {
        change.data.rows_of(Object::GroupMember, member.number)
    } else {
        change.pointing_at(Object::GroupMember, F::UserOrGroupId, Object::Group, member.number)
    };
    numbers.retain(is);
    numbers.first().map(|number| change.data.id(Object::GroupMember, *number))
}

/// Checks a new member.
pub fn before_add(change: &Change<'_>, cells: &Cells) -> Outcome<()> {
    let (Some(group), Some(member)) =
        (given(cells, F::GroupId).and_then(Value::id), given(cells, F::UserOrGroupId).and_then(Value::id))
    else {
        return Ok(());
    };
    require_open(change, group.number)?;
    let row = change.data.row(member.object, member.number);
    if member.object == Object::User && !row.is_some_and(|row| row.get(F::IsActive).is_true()) {
        let message = format!("operation performed with inactive user [{}]", member.short());
        return Err(Fail::bad("INACTIVE_OWNER_OR_USER", message).on("UserOrGroupId"));
    }
    if member.object == Object::Group && reaches(change, member.number, group.number) {
        return Err(Fail::bad("CIRCULAR_DEPENDENCY", "A group cannot be a member of itself").on("UserOrGroupId"));
    }
    Ok(())
}

/// Whether one group holds another, however deep, or is it.
fn reaches(change: &Change<'_>, from: u32, to: u32) -> bool {
    let mut open = vec![from];
    let mut seen = std::collections::BTreeSet::new();
    while let Some(group) = open.pop() {
        if group == to {
            return true;
        }
        if seen.insert(group) {
            let wanted = Value::Id(change.data.id(Object::Group, group));
            let members = change.data.rows(Object::GroupMember).filter(|row| row.get(F::GroupId) == wanted);
            let groups = members.filter_map(|row| row.get(F::UserOrGroupId).id());
            open.extend(groups.filter(|id| id.object == Object::Group).map(|id| id.number));
        }
    }
    false
}

fn require_open(change: &Change<'_>, number: u32) -> Outcome<()> {
    let kind = change.data.row(Object::Group, number).map(|row| row.get(F::Type).shown()).unwrap_or_default();
    if is_open(&kind) { Ok(()) } else { Err(refuse::read_only()) }
}

/// Whether admins make groups of this kind and choose their members.
fn is_open(kind: &str) -> bool {
    matches!(kind, "Regular" | "Queue")
}
