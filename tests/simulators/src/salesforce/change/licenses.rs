//! What Salesforce refuses when licences of permission sets and packages are given and taken away.

use super::{Change, assignments, default, given, refuse};
use crate::salesforce::data::Cells;
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::id::Id;
use crate::salesforce::schema::{F, Object};
use crate::salesforce::value::Value;

/// Checks that a permission set licence is given to a user.
pub fn before_assign(change: &Change<'_>, cells: &mut Cells) -> Outcome<()> {
    let (Some(user), Some(license)) =
        (given(cells, F::AssigneeId).and_then(Value::id), given(cells, F::PermissionSetLicenseId).and_then(Value::id))
    else {
        return Ok(());
    };
    if holds(change, user, license) {
        let one = ("Assignee", F::AssigneeId, &Value::Id(user));
        let two = ("Permission Set License", F::PermissionSetLicenseId, &Value::Id(license));
        return Err(refuse::duplicate(Object::PermissionSetLicenseAssign, one, two));
    }
    default(cells, F::IsDeleted, Value::Bool(false));
    check_seats(change, license)
}

/// Refuses to take a permission set licence from who has a set that needs it.
pub fn before_unassign(change: &Change<'_>, number: u32) -> Outcome<()> {
    let Some(row) = change.data.row(Object::PermissionSetLicenseAssign, number) else { return Ok(()) };
    let (Some(user), Some(license)) = (row.get(F::AssigneeId).id(), row.get(F::PermissionSetLicenseId).id()) else {
        return Ok(());
    };
    let needing = assignments::sets_needing(change, user.number, license);
    if needing.is_empty() {
        return Ok(());
    }
    let message = format!(
        "You can't remove the permission set license assignment because the user has permission sets that require it: {}",
        needing.join(", ")
    );
    Err(Fail::bad("FIELD_INTEGRITY_EXCEPTION", message))
}

/// Whether a user holds a permission set licence.
pub fn holds(change: &Change<'_>, user: Id, license: Id) -> bool {
    held(change, (Object::PermissionSetLicenseAssign, F::PermissionSetLicenseId), user, license)
}

/// Gives a user a permission set licence, unless it has it.
pub fn give(change: &mut Change<'_>, user: Id, license: Id) {
    if holds(change, user, license) {
        return;
    }
    let object = Object::PermissionSetLicenseAssign;
    let mut cells = vec![
        (F::AssigneeId, Value::Id(user)),
        (F::PermissionSetLicenseId, Value::Id(license)),
        (F::IsDeleted, Value::Bool(false)),
    ];
    change.stamp(object, &mut cells, true);
    change.data.insert(object, cells);
}

/// Refuses when a permission set licence cannot be given, or all of it are in use.
pub fn check_seats(change: &Change<'_>, license: Id) -> Outcome<()> {
    let Some(row) = change.data.row(license.object, license.number) else { return Ok(()) };
    let label = row.get(F::MasterLabel).shown();
    if row.get(F::Status) != Value::text("Active") {
        let message = format!("The {label} permission set license is disabled.");
        return Err(Fail::bad("FIELD_INTEGRITY_EXCEPTION", message).on("PermissionSetLicenseId"));
    }
    match row.get(F::TotalLicenses) {
        Value::Int(total) if i64::from(change.data.used(license.object, license.number)) >= total => {
            let message = format!("All {label} permission set licenses are in use.");
            Err(Fail::bad("LICENSE_LIMIT_EXCEEDED", message))
        }
        _ => Ok(()),
    }
}

/// Checks that a package licence is given to a user.
pub fn before_assign_package(change: &Change<'_>, cells: &Cells) -> Outcome<()> {
    let (Some(user), Some(license)) =
        (given(cells, F::UserId).and_then(Value::id), given(cells, F::PackageLicenseId).and_then(Value::id))
    else {
        return Ok(());
    };
    if held(change, (Object::UserPackageLicense, F::PackageLicenseId), user, license) {
        let one = ("User", F::UserId, &Value::Id(user));
        let two = ("Package License", F::PackageLicenseId, &Value::Id(license));
        return Err(refuse::duplicate(Object::UserPackageLicense, one, two));
    }
    let Some(row) = change.data.row(license.object, license.number) else { return Ok(()) };
    let (namespace, status) = (row.get(F::NamespacePrefix).shown(), row.get(F::Status).shown());
    match row.get(F::AllowedLicenses) {
        _ if status == "Expired" => {
            let message = format!("The license for the package {namespace} has expired.");
            Err(Fail::bad("INVALID_PACKAGE_LICENSE", message).on("PackageLicenseId"))
        }
        Value::Int(-1) => {
            let message = format!("The package {namespace} has a site license: it is not assigned to users.");
            Err(Fail::bad("INVALID_PACKAGE_LICENSE", message).on("PackageLicenseId"))
        }
        Value::Int(allowed) if i64::from(change.data.used(license.object, license.number)) >= allowed => {
            Err(Fail::bad("LICENSE_LIMIT_EXCEEDED", format!("License Limit Exceeded - {namespace}")))
        }
        _ => Ok(()),
    }
}

fn held(change: &Change<'_>, (object, key): (Object, F), user: Id, license: Id) -> bool {
    let rows = change.data.rows_of(object, user.number).into_iter();
    rows.filter_map(|number| change.data.row(object, number)).any(|row| row.get(key).id() == Some(license))
}
