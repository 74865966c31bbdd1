//! What is made: once, under a name that nothing else has.

use super::*;
use crate::actions::create_permission_set::CreatePermissionSet;
use crate::actions::create_permission_set_group::{self, CreatePermissionSetGroup};
use crate::actions::create_user_group::{self, CreateUserGroup};
use crate::actions::create_user_role::{self, CreateUserRole};
use crate::actions::write::{Change, MADE};

fn at<O: Operation>(operation: &O, facts: &O::Facts) -> Standing {
    operation.stand("", facts).expect("a wish")
}

#[test]
fn a_permission_set_is_made_once() {
    let create = CreatePermissionSet::of(&inputs(json!({ "name": "C1 Access", "description": "For C1" }))).unwrap();
    let standing = at(&create, &Vec::new());
    let fields = json!({ "Name": "C1_Access", "Label": "C1 Access", "Description": "For C1", "LicenseId": null, "HasActivationRequired": false });
    assert_eq!(writes(&standing), [Write::create("PermissionSet", fields).alone()]);
    assert_eq!(undo(&standing), ("delete-permission-set".into(), json!({})));
    permitted("create-permission-set", &writes(&standing));
    let found =
        |label: &str| rows(&[json!({ "Id": long(SET), "Label": label, "Description": "For C1", "LicenseId": null })]);
    let same = at(&create, &found("C1 Access"));
    assert!(same.is_made() && same.record.as_deref() == Some(&long(SET)));
    assert!(
        at(&create, &found("Other")).plan("").blockers[0]
            .contains("C1_Access is taken by another permission set, Other")
    );
    assert_ne!(at(&create, &found("Other")).before, standing.before);
    assert_eq!(same.before, standing.before);
}

#[test]
fn a_permission_set_group_comes_with_its_sets_in_one_request() {
    let create =
        CreatePermissionSetGroup::of(&inputs(json!({ "name": "Sales Core", "permission-sets": [SET] }))).unwrap();
    let facts = |found: Option<Json>, parts: &[Json]| create_permission_set_group::Facts {
        found: found.map(row),
        parts: rows(parts),
        sets: rows(&[json!({ "Label": "Reports" })]),
    };
    let standing = at(&create, &facts(None, &[]));
    let [Write { change: Change::Tree { parts, .. }, .. }] = &writes(&standing)[..] else { panic!("one request") };
    assert_eq!(parts[..], [json!({ "PermissionSetId": long(SET) })]);
    assert!(standing.steps[0].says.ends_with("with Reports."));
    permitted("create-permission-set-group", &writes(&standing));
    let part = [json!({ "Id": "0PM1", "PermissionSetId": SET })];
    let there = json!({ "Id": long(SET_GROUP), "MasterLabel": "Sales Core", "Status": "Updating" });
    let same = at(&create, &facts(Some(there.clone()), &part));
    assert!(same.is_made() && same.made.contains("has not finished"));
    assert_eq!(at(&create, &facts(Some(there), &[])).blockers.len(), 1);
}

#[test]
fn a_role_is_made_under_its_parent() {
    let create =
        CreateUserRole::of(&inputs(json!({ "name": "VP Sales", "parent": ROLE, "case-access": "Edit" }))).unwrap();
    let facts = |found: Option<Json>| create_user_role::Facts {
        found: found.map(row),
        parent: Some(row(json!({ "Id": long(ROLE), "Name": "CEO" }))),
    };
    let standing = at(&create, &facts(None));
    let fields = json!({ "Name": "VP Sales", "DeveloperName": "VP_Sales", "ParentRoleId": long(ROLE), "CaseAccessForAccountOwner": "Edit" });
    assert_eq!(writes(&standing), [Write::create("UserRole", fields).alone()]);
    assert!(standing.steps[0].says.contains("under CEO"));
    permitted("create-user-role", &writes(&standing));
    let found = json!({ "Id": long(OTHER_ROLE), "Name": "VP Sales", "ParentRoleId": ROLE });
    assert!(at(&create, &facts(Some(found))).is_made());
    let elsewhere = json!({ "Id": long(OTHER_ROLE), "Name": "VP Sales", "ParentRoleId": null });
    assert_eq!(at(&create, &facts(Some(elsewhere))).blockers.len(), 1);
}

#[test]
fn a_group_is_made_with_its_members_and_goes_on_where_it_stood() {
    let wish = json!({ "name": "Finance", "members": [ADA, EVE], "include-bosses": true });
    let create = CreateUserGroup::of(&inputs(wish)).unwrap();
    let none = create_user_group::Facts { found: None, memberships: Vec::new() };
    let standing = at(&create, &none);
    let fields = json!({ "Name": "Finance", "DeveloperName": "Finance", "Type": "Regular", "DoesIncludeBosses": true });
    let member =
        |group: &str, id: &str| Write::create("GroupMember", json!({ "GroupId": group, "UserOrGroupId": long(id) }));
    assert_eq!(writes(&standing), [Write::create("Group", fields).alone(), member(MADE, ADA), member(MADE, EVE)]);
    permitted("create-user-group", &writes(&standing));
    assert_eq!(member(MADE, ADA).with_made(&long(GROUP)), member(&long(GROUP), ADA));

    let half = create_user_group::Facts {
        found: Some(row(json!({ "Id": long(GROUP), "Name": "Finance", "DoesIncludeBosses": true }))),
        memberships: rows(&[json!({ "Id": "0111", "GroupId": long(GROUP), "UserOrGroupId": long(ADA) })]),
    };
    let rest = at(&create, &half);
    assert_eq!(writes(&rest), [member(&long(GROUP), EVE)]);
    assert_eq!(rest.before, standing.before);
    // It is not known who made it: an undo would delete it.
    assert!(rest.undo.is_none());
}
