//! What Salesforce refuses to do to users.

use super::{Change, default, given};
use crate::salesforce::data::shape::{ADMIN_PROFILE, AUTOMATED};
use crate::salesforce::data::{Cells, Data, Row};
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::schema::{F, Object};
use crate::salesforce::value::Value;

/// Checks a new user.
pub fn before_create(change: &Change<'_>, cells: &mut Cells) -> Outcome<()> {
    default(cells, F::IsActive, Value::Bool(true));
    if let Some(username) = given(cells, F::Username).map(Value::shown) {
        check_username(change, None, &username)?;
        default(
            cells,
            F::CommunityNickname,
            Value::Text(username.split('@').next().unwrap_or_default().to_owned().into()),
        );
    }
    cells.push((F::UserType, Value::text("Standard")));
    cells.push((F::NumberOfFailedLogins, Value::Int(0)));
    let profile = given(cells, F::ProfileId).and_then(Value::id).map(|id| id.number);
    if given(cells, F::IsActive).is_some_and(Value::is_true) {
        check_seats(change, profile)?;
    }
    Ok(())
}

/// Checks a change of a user.
pub fn before_update(change: &Change<'_>, number: u32, cells: &Cells) -> Outcome<()> {
    if number == AUTOMATED {
        return Err(Fail::new(403, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id"));
    }
    if let Some(username) = given(cells, F::Username).map(Value::shown) {
        check_username(change, Some(number), &username)?;
    }
    let Some(row) = change.data.row(Object::User, number) else { return Err(Fail::not_found()) };
    let was_active = row.get(F::IsActive).is_true();
    let old_profile = row.get(F::ProfileId).id().map(|id| id.number);
    let is_active = change.after(Object::User, number, cells, F::IsActive).is_true();
    let new_profile = change.after(Object::User, number, cells, F::ProfileId).id().map(|id| id.number);
    if was_active && old_profile == Some(ADMIN_PROFILE) && (!is_active || new_profile != old_profile) {
        check_last_admin(change)?;
    }
    if was_active && !is_active {
        check_deactivation(change, number)?;
    }
    if is_active && (!was_active || license_of(change, old_profile) != license_of(change, new_profile)) {
        check_seats(change, new_profile)?;
    }
    Ok(())
}

fn refuse(message: impl Into<String>) -> Fail {
    Fail::bad("FIELD_INTEGRITY_EXCEPTION", message).on("IsActive")
}

fn check_deactivation(change: &Change<'_>, number: u32) -> Outcome<()> {
    let data = &change.data;
    if number == change.access.user {
        return Err(refuse("You cannot deactivate your own user record"));
    }
    if data.default_case_owner == Some(number) {
        return Err(refuse("You cannot deactivate a user who is the default owner of cases"));
    }
    if data.workflow_user == Some(number) {
        return Err(refuse("You cannot deactivate the Default Workflow User"));
    }
    if !is_hierarchy_value(data, number) {
        return Ok(());
    }
    let name = data.row(Object::User, number).map(|row| row.get(F::Name).shown()).unwrap_or_default();
    Err(refuse(format!(
        "Cannot complete this operation. Cannot inactivate user that is the value of a hierarchy field: Backup Approver. : {name}"
    )))
}

/// The seed names only a few approvers: for anybody else it is enough to look at what was changed.
fn is_hierarchy_value(data: &Data, number: u32) -> bool {
    let wanted = Value::Id(data.id(Object::User, number));
    let names = |row: Row<'_>| row.get(F::Backup_Approver__c) == wanted;
    if data.shape.approvers().contains(&number) {
        data.rows(Object::User).any(names)
    } else {
        data.changed(Object::User).any(names)
    }
}

fn check_last_admin(change: &Change<'_>) -> Outcome<()> {
    if change.data.active_with(ADMIN_PROFILE) > 1 {
        return Ok(());
    }
    Err(Fail::bad("CANNOT_DISABLE_LAST_ADMIN", "cannot disable last admin"))
}

/// A new user holds the set of its profile, as everybody does.
pub fn after_create(change: &mut Change<'_>, number: u32) {
    let mut cells = vec![(F::AssigneeId, Value::Id(change.data.id(Object::User, number)))];
    change.stamp(Object::PermissionSetAssignment, &mut cells, true);
    change.data.insert(Object::PermissionSetAssignment, cells);
}

/// The licence a user has through its profile.
pub fn license_of_user(change: &Change<'_>, number: u32) -> Option<u32> {
    let profile = change.data.row(Object::User, number)?.get(F::ProfileId).id()?;
    license_of(change, Some(profile.number))
}

fn license_of(change: &Change<'_>, profile: Option<u32>) -> Option<u32> {
    let row = change.data.row(Object::Profile, profile?)?;
    row.get(F::UserLicenseId).id().map(|id| id.number)
}

fn check_seats(change: &Change<'_>, profile: Option<u32>) -> Outcome<()> {
    let license = license_of(change, profile).and_then(|number| change.data.row(Object::UserLicense, number));
    let Some(license) = license else { return Ok(()) };
    match license.get(F::TotalLicenses) {
        Value::Int(total) if i64::from(change.data.used(Object::UserLicense, license.number)) >= total => {
            let message = format!("License Limit Exceeded - {}", license.get(F::Name).shown());
            Err(Fail::bad("LICENSE_LIMIT_EXCEEDED", message))
        }
        _ => Ok(()),
    }
}

fn check_username(change: &Change<'_>, user: Option<u32>, username: &str) -> Outcome<()> {
    if !username.contains('@') {
        let message = "Username: the username must be in the form of an email address (for example, john@acme.com).";
        return Err(Fail::bad("INVALID_EMAIL_ADDRESS", message).on("Username"));
    }
    if change.data.user_named(username).is_some_and(|owner| Some(owner) != user) {
        let message = "Duplicate Username. The username already exists in this or another Salesforce organization. Usernames must be \
                       unique across all Salesforce organizations.";
        return Err(Fail::bad("DUPLICATE_USERNAME", message).on("Username"));
    }
    Ok(())
}
