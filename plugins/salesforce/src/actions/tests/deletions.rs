//! What is deleted: what hangs on it goes first, and is told.

use super::*;
use crate::actions::delete_permission_set::{self, DeletePermissionSet};
use crate::actions::delete_permission_set_group::{self, DeletePermissionSetGroup};
use crate::actions::delete_user_group::{self, DeleteUserGroup};
use crate::actions::delete_user_role::{self, DeleteUserRole};
use crate::actions::operation::holds;

fn objects(standing: &Standing) -> Vec<&'static str> {
    writes(standing).iter().map(|write| write.object).collect()
}

fn set(change: Json, holders: usize) -> delete_permission_set::Facts {
    let mut record = json!({ "Id": long(SET), "Name": "C1", "Label": "C1 Access", "IsCustom": true });
    record.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    let holder = |number| json!({ "Id": format!("0PaD0000000{number:04}"), "PermissionSetId": long(SET), "Assignee": { "Name": "Ada" } });
    delete_permission_set::Facts {
        sets: vec![row(record)],
        assignments: (0..holders).map(holder).map(row).collect(),
        components: Vec::new(),
    }
}

#[test]
fn a_permission_set_is_taken_from_everybody_first() {
    let mut facts = set(json!({}), 2);
    let component = json!({ "Id": "0PM1", "PermissionSetId": long(SET), "PermissionSetGroupId": long(SET_GROUP), "PermissionSetGroup": { "MasterLabel": "Core" } });
    facts.components = rows(&[component]);
    let standing = stand(&DeletePermissionSet, SET, &facts);
    assert_eq!(
        objects(&standing),
        ["PermissionSetAssignment", "PermissionSetAssignment", "PermissionSetGroupComponent", "PermissionSet"]
    );
    permitted("delete-permission-set", &writes(&standing));
    assert_eq!(standing.steps[0].says, "Take it from 2 users: Ada, Ada.");
    let undo = standing.undo.unwrap();
    assert_eq!((undo.action.as_str(), undo.loses.len()), ("create-permission-set", 2));
    assert!(operation(&undo.action, &undo.inputs, 0.0).is_ok());
}

#[test]
fn what_is_not_the_orgs_own_cannot_be_deleted() {
    for change in [
        json!({ "IsCustom": false }),
        json!({ "IsOwnedByProfile": true }),
        json!({ "PermissionSetGroupId": long(SET_GROUP) }),
        json!({ "NamespacePrefix": "acme" }),
    ] {
        assert_eq!(stand(&DeletePermissionSet, SET, &set(change.clone(), 0)).blockers.len(), 1, "{change}");
    }
}

#[test]
fn fewer_assignments_than_approved_are_no_change_and_more_are() {
    let before = |holders| stand(&DeletePermissionSet, SET, &set(json!({}), holders)).before;
    assert!(holds(&before(3), &before(3)) && holds(&before(3), &before(0)));
    assert!(!holds(&before(3), &before(4)));
    let renamed = stand(&DeletePermissionSet, SET, &set(json!({ "Label": "X" }), 3)).before;
    assert!(!holds(&before(3), &renamed));
}

#[test]
fn a_permission_set_group_goes_without_its_sets() {
    let facts = delete_permission_set_group::Facts {
        groups: rows(&[json!({ "Id": long(SET_GROUP), "DeveloperName": "Core", "MasterLabel": "Core" })]),
        assignments: rows(&[
            json!({ "Id": "0PaD00000000001", "PermissionSetGroupId": long(SET_GROUP), "Assignee": null }),
        ]),
        components: rows(&[
            json!({ "Id": "0PM1", "PermissionSetGroupId": long(SET_GROUP), "PermissionSetId": long(SET) }),
        ]),
    };
    let standing = stand(&DeletePermissionSetGroup, SET_GROUP, &facts);
    assert_eq!(objects(&standing), ["PermissionSetAssignment", "PermissionSetGroup"]);
    permitted("delete-permission-set-group", &writes(&standing));
    assert_eq!(undo(&standing).1["permission-sets"], json!([long(SET)]));
    assert!(operation("create-permission-set-group", &undo(&standing).1.to_string(), 0.0).is_ok());
}

fn role(move_to: Option<&str>) -> delete_user_role::Facts {
    delete_user_role::Facts {
        roles: rows(&[json!({
            "Id": long(ROLE), "Name": "Sales", "DeveloperName": "Sales", "ParentRoleId": null, "PortalType": "None",
            "CaseAccessForAccountOwner": "Read", "ContactAccessForAccountOwner": "ControlledByParent",
        })]),
        holders: rows(&[json!({ "Id": long(ADA), "Name": "Ada", "UserRoleId": long(ROLE) })]),
        children: rows(&[json!({ "Id": "00ED0000001Chld", "Name": "East", "ParentRoleId": long(ROLE) })]),
        move_to: move_to.map(|id| row(json!({ "Id": long(id), "Name": "VP" }))),
    }
}

#[test]
fn a_role_gives_its_users_and_children_away_first() {
    let delete = DeleteUserRole::of(&inputs(json!({ "move-to": OTHER_ROLE }))).unwrap();
    let standing = stand(&delete, ROLE, &role(Some(OTHER_ROLE)));
    assert_eq!(
        writes(&standing),
        [
            Write::update("User", &long(ADA), json!({ "UserRoleId": long(OTHER_ROLE) })),
            Write::update("UserRole", "00ED0000001Chld", json!({ "ParentRoleId": null })),
            Write::delete("UserRole", &long(ROLE)).alone(),
        ]
    );
    permitted("delete-user-role", &writes(&standing));
    let (action, inputs) = undo(&standing);
    assert_eq!(inputs, json!({ "name": "Sales", "api-name": "Sales", "parent": null, "case-access": "Read" }));
    assert!(operation(&action, &inputs.to_string(), 0.0).is_ok());
}

#[test]
fn users_of_a_role_need_a_place_to_go() {
    let delete = DeleteUserRole::of(&inputs(json!({}))).unwrap();
    assert!(stand(&delete, ROLE, &role(None)).blockers[0].contains("1 user with this role: Ada"));
    let to_itself = DeleteUserRole::of(&inputs(json!({ "move-to": ROLE }))).unwrap();
    assert_eq!(stand(&to_itself, ROLE, &role(Some(ROLE))).blockers.len(), 1);
}

#[test]
fn a_group_can_be_made_again_with_its_members() {
    let facts = |kind: &str| delete_user_group::Facts {
        groups: rows(&[
            json!({ "Id": long(GROUP), "Name": "Finance", "DeveloperName": "Finance", "Type": kind, "DoesIncludeBosses": true }),
        ]),
        memberships: rows(&[json!({ "Id": "0111", "GroupId": long(GROUP), "UserOrGroupId": long(ADA) })]),
        outer: Vec::new(),
    };
    let standing = stand(&DeleteUserGroup, GROUP, &facts("Regular"));
    assert_eq!(writes(&standing), [Write::delete("Group", &long(GROUP)).alone()]);
    permitted("delete-user-group", &writes(&standing));
    let (action, inputs) = undo(&standing);
    assert_eq!((inputs["members"].clone(), inputs["include-bosses"].clone()), (json!([long(ADA)]), json!(true)));
    assert!(operation(&action, &inputs.to_string(), 0.0).is_ok());
    assert!(stand(&DeleteUserGroup, GROUP, &facts("Queue")).undo.is_none());
    assert_eq!(stand(&DeleteUserGroup, GROUP, &facts("Role")).blockers.len(), 1);
}

#[test]
fn what_is_gone_already_is_as_wanted() {
    let gone = drive::plan(&DeletePermissionSet, &long("0PSD0000001Gone"), &set(json!({}), 0));
    assert!(gone.already && gone.blockers.is_empty());
    let user = drive::plan(
        &role_of_user::RoleOfUser::remove(),
        &long(ADA),
        &role_of_user::Facts { users: Vec::new(), role: None },
    );
    assert!(!user.already && user.blockers.len() == 1);
}
