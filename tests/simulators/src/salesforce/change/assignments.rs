//! What Salesforce refuses when permission sets are given to people.

use super::{Change, given, licenses, refuse, sets, users};
use crate::salesforce::data::Cells;
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::id::Id;
use crate::salesforce::schema::{F, Object};
use crate::salesforce::value::Value;

/// What a user of another licence may not do: sets that are tied to a user licence all give it here.
const BARRED: &str = "Read Accounts";

/// Checks a new assignment: of a set, or of a group, to which its hidden set is filled in.
pub fn before_create(change: &Change<'_>, cells: &mut Cells) -> Outcome<()> {
    let not_null = |key: F| given(cells, key).and_then(Value::id);
    let Some(user) = not_null(F::AssigneeId) else { return Ok(()) };
    let set = match (not_null(F::PermissionSetId), not_null(F::PermissionSetGroupId)) {
        (Some(_), Some(_)) => {
            let message = "Specify either a permission set or a permission set group, not both.";
            return Err(Fail::bad("FIELD_INTEGRITY_EXCEPTION", message)
                .on("PermissionSetId")
                .on("PermissionSetGroupId"));
        }
        (None, None) => {
            let message = "Required fields are missing: [PermissionSetId]";
            return Err(Fail::bad("REQUIRED_FIELD_MISSING", message).on("PermissionSetId"));
        }
        (Some(set), None) => {
            sets::refuse_hidden(change, set.number)?;
            set
        }
        (None, Some(group)) => {
            let hidden = change.data.set_of_group(group.number).ok_or_else(Fail::not_found)?;
            let hidden = change.data.id(Object::PermissionSet, hidden);
            cells.retain(|(key, _)| *key != F::PermissionSetId);
            cells.push((F::PermissionSetId, Value::Id(hidden)));
            hidden
        }
    };
    refuse_twice(change, user, set)?;
    given_sets(change, set.number).into_iter().try_for_each(|set| check_license(change, user, set))
}

/// Whoever is given a set that asks for a permission set licence is given the licence too.
pub fn after_create(change: &mut Change<'_>, number: u32) {
    let Some(row) = change.data.row(Object::PermissionSetAssignment, number) else { return };
    let (Some(user), Some(set)) = (row.get(F::AssigneeId).id(), row.get(F::PermissionSetId).id()) else { return };
    for set in given_sets(change, set.number) {
        if let Some(license) = license_of(change, set).filter(|id| id.object == Object::PermissionSetLicense) {
            licenses::give(change, user, license);
        }
    }
}

/// The row for the set of a profile changes with the profile, and not otherwise.
pub fn refuse_of_profile(change: &Change<'_>, number: u32) -> Outcome<()> {
    let row = change.data.row(Object::PermissionSetAssignment, number);
    let set = row.and_then(|row| row.get(F::PermissionSetId).id());
    let owned = set.and_then(|set| change.data.row(Object::PermissionSet, set.number));
    if owned.is_some_and(|row| row.get(F::IsOwnedByProfile).is_true()) { Err(refuse::read_only()) } else { Ok(()) }
}

/// Sets of a user that need a permission set licence, by label: those held alone and those that come with a group. What has expired needs none.
pub fn sets_needing(change: &Change<'_>, user: u32, license: Id) -> Vec<String> {
    let object = Object::PermissionSetAssignment;
    let rows = change.data.rows_of(object, user).into_iter().filter_map(|number| change.data.row(object, number));
    let held = rows.filter(|row| row.get(F::IsActive).is_true()).filter_map(|row| row.get(F::PermissionSetId).id());
    let sets = held.flat_map(|set| given_sets(change, set.number));
    sets.filter(|set| license_of(change, *set) == Some(license))
        .filter_map(|set| change.data.row(Object::PermissionSet, set))
        .map(|row| row.get(F::Label).shown())
        .collect()
}

/// When a user gets another licence, sets that are tied to the one before go.
pub fn drop_foreign(change: &mut Change<'_>, user: u32) {
    let license = users::license_of_user(change, user);
    let object = Object::PermissionSetAssignment;
    for number in change.data.rows_of(object, user) {
        let set = change.data.row(object, number).and_then(|row| row.get(F::PermissionSetId).id());
        let needs = set.and_then(|set| license_of(change, set.number)).filter(|id| id.object == Object::UserLicense);
        if needs.is_some_and(|needs| Some(needs.number) != license) {
            change.data.remove(object, number);
        }
    }
}

fn refuse_twice(change: &Change<'_>, user: Id, set: Id) -> Outcome<()> {
    let object = Object::PermissionSetAssignment;
    let holds = |number: u32| change.data.row(object, number).and_then(|row| row.get(F::PermissionSetId).id());
    if !change.data.rows_of(object, user.number).into_iter().filter_map(holds).any(|held| held == set) {
        return Ok(());
    }
    let one = ("Assignee", F::AssigneeId, &Value::Id(user));
    Err(refuse::duplicate(object, one, ("Permission Set", F::PermissionSetId, &Value::Id(set))))
}

/// The set itself, or what the group that owns it is made of.
fn given_sets(change: &Change<'_>, set: u32) -> Vec<u32> {
    let group = change.data.row(Object::PermissionSet, set).and_then(|row| row.get(F::PermissionSetGroupId).id());
    let Some(group) = group else { return vec![set] };
    let parts = change.data.rows(Object::PermissionSetGroupComponent);
    parts
        .filter(|row| row.get(F::PermissionSetGroupId).id() == Some(group))
        .filter_map(|row| row.get(F::PermissionSetId).id())
        .map(|set| set.number)
        .collect()
}

fn license_of(change: &Change<'_>, set: u32) -> Option<Id> {
    change.data.row(Object::PermissionSet, set).and_then(|row| row.get(F::LicenseId).id())
}

fn check_license(change: &Change<'_>, user: Id, set: u32) -> Outcome<()> {
    let Some(license) = license_of(change, set) else { return Ok(()) };
    if license.object == Object::PermissionSetLicense {
        return if licenses::holds(change, user, license) { Ok(()) } else { licenses::check_seats(change, license) };
    }
    if users::license_of_user(change, user.number) == Some(license.number) {
        return Ok(());
    }
    let text = |object: Object, number: u32, key: F| change.data.row(object, number).map(|row| row.get(key).shown());
    let message = format!(
        "Can't assign permission set \"{}\" to user \"{}\". The user license doesn't allow the permission: {BARRED}",
        text(Object::PermissionSet, set, F::Label).unwrap_or_default(),
        text(Object::User, user.number, F::Name).unwrap_or_default(),
    );
    Err(Fail::bad("FIELD_INTEGRITY_EXCEPTION", message))
}
