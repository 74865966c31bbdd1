//! The actions as a whole, and the shared pieces of their tests. No request is sent: rules are pure, and answers are written down.

mod creations;
mod deletions;
mod licenses;
mod offboarding;
mod permissions;
mod properties;
mod runs;
mod users;

use super::drive;
use super::operation::{Operation, Standing, StepKind};
use super::people::User;
use super::write::{Write, parcels};
use super::*;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

pub const ADA: &str = "005D0000001AdaA";
pub const EVE: &str = "005D0000001EveE";
pub const OWN: &str = "005D0000001Self";
pub const SET: &str = "0PSD0000001SetS";
pub const SET_GROUP: &str = "0PGD0000001GrpG";
pub const ROLE: &str = "00ED0000001RolR";
pub const OTHER_ROLE: &str = "00ED0000001OthR";
pub const GROUP: &str = "00GD0000001GrpG";
pub const USER_LICENSE: &str = "100D0000001LicL";
pub const SET_LICENSE: &str = "0PLD0000001LicL";
pub const PACKAGE: &str = "050D0000001PacP";
pub const PROFILE: &str = "00eD0000001ProP";

/// An id of the tests in its long form.
pub fn long(id: &str) -> String {
    crate::id::normalize(id).unwrap()
}

/// A record as Salesforce answers it.
pub fn row<T: DeserializeOwned>(record: Json) -> T {
    serde_json::from_value(record).unwrap()
}

/// Records as Salesforce answers them.
pub fn rows<T: DeserializeOwned>(records: &[Json]) -> Vec<T> {
    records.iter().cloned().map(row).collect()
}

/// A user with the sales profile and licence, changed in this way.
pub fn user(id: &str, change: Json) -> User {
    let mut record = json!({
        "attributes": { "type": "User", "url": "/services/data/v67.0/sobjects/User/x" },
        "Id": long(id), "Name": "Ada", "Username": format!("{id}@acme.example"), "IsActive": true, "UserType": "Standard",
        "UserRoleId": long(ROLE), "UserRole": { "Name": "Sales" }, "ProfileId": long(PROFILE),
        "Profile": { "Name": "Seller", "UserLicenseId": long(USER_LICENSE), "UserLicense": { "Name": "Salesforce" } }
    });
    record.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    row(record)
}

/// An operation from its inputs.
pub fn inputs(value: Json) -> Inputs {
    Inputs::parse(&value.to_string()).unwrap()
}

/// Where a target stands.
pub fn stand<O: Operation>(operation: &O, key: &str, facts: &O::Facts) -> Standing {
    operation.stand(&long(key), facts).expect("the record is there")
}

/// The changes of all steps, in their order.
pub fn writes(standing: &Standing) -> Vec<Write> {
    standing.steps.iter().flat_map(|step| step.writes.clone()).collect()
}

/// The inputs of an undo.
pub fn undo(standing: &Standing) -> (String, Json) {
    let undo = standing.undo.as_ref().expect("an undo");
    (undo.action.clone(), serde_json::from_str(&undo.inputs).unwrap())
}

/// Inputs with which an action can be called.
fn good_inputs(action: &str) -> Json {
    match action {
        "assign-permission-set" | "remove-permission-set" => json!({ "permission-set": SET }),
        "assign-permission-set-group" | "remove-permission-set-group" => json!({ "group": SET_GROUP }),
        "assign-role" => json!({ "role": ROLE }),
        "assign-license" | "remove-license" => json!({ "licence": SET_LICENSE }),
        "add-group-member" | "remove-group-member" => json!({ "group": GROUP }),
        name if name.starts_with("create-") => json!({ "name": "Sales" }),
        _ => json!({}),
    }
}

#[test]
fn every_offered_action_can_be_called_and_taken_back() {
    let offered = all();
    assert_eq!(offered.len(), 24);
    let names: BTreeSet<&str> = offered.iter().map(|action| action.name.as_str()).collect();
    assert_eq!(names.len(), offered.len());
    for action in &offered {
        let name = action.name.as_str();
        assert!(operation(name, &good_inputs(name).to_string(), 0.0).is_ok(), "{name}");
        assert!((1..=200).contains(&action.batch) && action.idempotent, "{name}");
        assert!(action.inverse.as_deref().is_none_or(|inverse| names.contains(inverse)), "{name}");
        assert_eq!(action.inverse.is_none(), action.reversal == Reversal::None, "{name}");
        let touched: BTreeSet<&String> = action.touches.iter().collect();
        assert_eq!(touched.len(), action.touches.len(), "{name}");
        assert!(touched.iter().all(|object| crate::objects::find(object).is_ok()), "{name}");
    }
    assert_eq!(operation("no-such", "{}", 0.0).err().map(|error| error.class), Some(ErrorClass::Bug));
    assert_eq!(operation("assign-role", "[]", 0.0).err().map(|error| error.class), Some(ErrorClass::Bug));
}

#[test]
fn wrong_inputs_are_told_at_their_field_before_any_call() {
    for (action, given, field) in [
        ("assign-permission-set", json!({}), "permission-set"),
        ("assign-permission-set", json!({ "permission-set": SET_GROUP }), "permission-set"),
        ("assign-permission-set", json!({ "permission-set": SET, "expires": "2026-13-01" }), "expires"),
        ("assign-permission-set", json!({ "permission-set": SET, "expires": "1999-01-01" }), "expires"),
        ("remove-permission-set", json!({ "permission-set": SET, "free-licence": "x" }), "free-licence"),
        ("assign-permission-set-group", json!({ "group": GROUP }), "group"),
        ("remove-permission-set-group", json!({ "group": "0PG" }), "group"),
        ("assign-role", json!({ "role": "VP" }), "role"),
        ("assign-role", json!({ "role": PROFILE }), "role"),
        ("assign-license", json!({ "licence": ROLE }), "licence"),
        ("assign-license", json!({ "licence": USER_LICENSE }), "profile"),
        ("assign-license", json!({ "licence": SET_LICENSE, "profile": PROFILE }), "profile"),
        ("assign-license", json!({ "licence": USER_LICENSE, "profile": ROLE }), "profile"),
        ("remove-license", json!({ "licence": USER_LICENSE }), "profile"),
        ("add-group-member", json!({ "group": SET_GROUP }), "group"),
        ("delete-user-role", json!({ "move-to": "x" }), "move-to"),
        ("delete-user", json!({ "anonymise": "please" }), "anonymise"),
        ("reactivate-user", json!({ "unfreeze": 1 }), "unfreeze"),
        ("create-permission-set", json!({}), "name"),
        ("create-permission-set", json!({ "name": "A", "api-name": "1A" }), "api-name"),
        ("create-permission-set", json!({ "name": "A", "api-name": "A__B" }), "api-name"),
        ("create-permission-set", json!({ "name": "A".repeat(81) }), "name"),
        ("create-permission-set", json!({ "name": "A", "description": "A".repeat(256) }), "description"),
        ("create-permission-set", json!({ "name": "A", "licence": PACKAGE }), "licence"),
        ("create-permission-set-group", json!({ "name": "A", "permission-sets": [SET, ROLE] }), "permission-sets"),
        ("create-user-role", json!({ "name": "営業" }), "api-name"),
        ("create-user-role", json!({ "name": "A", "parent": GROUP }), "parent"),
        ("create-user-role", json!({ "name": "A", "case-access": "All" }), "case-access"),
        ("create-user-group", json!({ "name": "A", "members": [GROUP] }), "members"),
        ("create-user-group", json!({ "name": "A", "member-groups": [ADA] }), "member-groups"),
    ] {
        // A day in 2026.
        let error = operation(action, &given.to_string(), 1_795_478_400_000.0).err().expect("it is refused");
        assert_eq!((error.class, error.code.as_str()), (ErrorClass::InvalidInput, field), "{action} {given}");
        let inputs = all().into_iter().find(|offered| offered.name == action).unwrap().inputs;
        assert!(inputs.iter().any(|input| input.name == field), "{action} has a field {field}");
    }
}

/// The rules of the manifest for an action: method, and path with `*` for one segment.
fn rules(action: &str) -> Vec<(String, String)> {
    let manifest = include_str!("../../manifest.toml");
    let text = |line: &str| line.split('"').nth(1).unwrap().to_owned();
    let of = format!("[[actions.{action}.write]]");
    let blocks = manifest.split("\n\n").filter(|block| block.trim_start().starts_with(&of));
    blocks
        .map(|block| {
            let lines: Vec<&str> = block.trim().lines().collect();
            (text(lines[1]), text(lines[2]))
        })
        .collect()
}

/// The manifest lets the action make these changes.
pub fn permitted(action: &str, writes: &[Write]) {
    let rules = rules(action);
    let fits = |path: &str, rule: &str| {
        let (path, rule): (Vec<&str>, Vec<&str>) = (path.split('/').collect(), rule.split('/').collect());
        path.len() == rule.len() && path.iter().zip(&rule).all(|(segment, part)| *part == "*" || segment == part)
    };
    for parcel in parcels(&writes.iter().collect::<Vec<_>>()).unwrap() {
        let path = parcel.request.url.split('?').next().unwrap();
        let may = rules.iter().any(|(method, rule)| *method == parcel.request.method && fits(path, rule));
        assert!(may, "{action} may {} {path}", parcel.request.method);
    }
}

#[test]
fn the_manifest_names_each_action_and_no_other() {
    let manifest = include_str!("../../manifest.toml");
    let offered: BTreeSet<String> = all().into_iter().map(|action| action.name).collect();
    let named = manifest.split("[[actions.").skip(1).filter_map(|rest| rest.split('.').next());
    assert_eq!(named.map(str::to_owned).collect::<BTreeSet<_>>(), offered);
}

#[test]
fn access_names_the_permission_to_grant() {
    use crate::describe::Described;
    use crate::permissions::Permissions;
    let described = |may: bool| -> Described {
        let column = |name: &str| json!({ "name": name, "label": name, "type": "boolean", "updateable": may });
        let object = json!({ "createable": may, "deletable": may, "fields": [column("IsActive"), column("UserRoleId"), column("IsFrozen")] });
        let names = ["User", "UserLogin", "UserRole", "Group", "PermissionSet", "PermissionSetAssignment"];
        names.iter().map(|name| ((*name).to_owned(), row(object.clone()))).collect()
    };
    let all_of = access(&described(true), &Permissions::default());
    assert!(all_of.iter().all(|found| found.allowed));
    let named: BTreeSet<&str> = all_of.iter().map(|found| found.action.as_str()).collect();
    assert_eq!(named, all().iter().map(|action| action.name.as_str()).collect());

    let without = json!({ "PermissionsCustomizeApplication": false, "PermissionsManageRoles": false });
    let held = Permissions::of(without.as_object().unwrap());
    let refused: Vec<ActionAccess> =
        access(&described(true), &held).into_iter().filter(|found| !found.allowed).collect();
    let names: Vec<&str> = refused.iter().map(|found| found.action.as_str()).collect();
    assert_eq!(names, ["create-user-role", "delete-user-role", "revoke-oauth-token"]);
    assert_eq!(refused[0].permission.as_deref(), Some("Grant \"Manage Roles\" to the connected user."));
    let refused = access(&described(false), &Permissions::default());
    let of = |action: &str| refused.iter().find(|found| found.action == action).unwrap();
    assert!(
        !of("deactivate-user").allowed
            && of("deactivate-user").permission.as_deref().unwrap().contains("Manage Internal Users")
    );
}
