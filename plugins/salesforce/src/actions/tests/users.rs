//! Changes of users: active or not, frozen or not, their role, their groups.

use super::*;
use crate::actions::active::{Deactivate, DeactivateFacts, Reactivate, ReactivateFacts};
use crate::actions::logins::{self, Freeze};
use crate::actions::member::{self, Member};
use crate::actions::role_of_user::{self, RoleOfUser};
use crate::actions::ties::Ties;

fn ties() -> Ties {
    Ties {
        own_user: long(OWN),
        other_admins: Some(2),
        named_in: vec![("Backup Approver".into(), vec![])],
        ..Ties::default()
    }
}

fn to_deactivate(change: Json, ties: Ties) -> DeactivateFacts {
    let logins = rows(&[json!({ "Id": "0YwD00000000001", "UserId": long(ADA), "IsFrozen": false })]);
    DeactivateFacts { users: vec![user(ADA, change)], logins, ties }
}

#[test]
fn a_deactivation_changes_one_field_and_is_taken_back() {
    let standing = stand(&Deactivate, ADA, &to_deactivate(json!({}), ties()));
    let deactivate = Write::update("User", &long(ADA), json!({ "IsActive": false }));
    let freeze = Write::update("UserLogin", "0YwD00000000001", json!({ "IsFrozen": true }));
    assert_eq!(writes(&standing), [deactivate.clone(), freeze]);
    assert_eq!(standing.steps[1].kind, StepKind::Instead);
    let unread = DeactivateFacts { logins: Vec::new(), ..to_deactivate(json!({}), ties()) };
    assert_eq!(writes(&stand(&Deactivate, ADA, &unread)), [deactivate]);
    assert_eq!(undo(&standing), ("reactivate-user".into(), json!({})));
    permitted("deactivate-user", &writes(&standing));
    let touched: Vec<&str> = standing.also.iter().map(|touched| touched.object).collect();
    assert_eq!(touched, ["User", "LicenseAssignment", "License"]);
    assert!(stand(&Deactivate, ADA, &to_deactivate(json!({ "IsActive": false }), ties())).is_made());
}

#[test]
fn blockers_of_a_deactivation_name_the_reason() {
    let last = Ties { other_admins: Some(0), target_admins: vec![long(ADA)], ..ties() };
    for (change, ties, blocker) in [
        (json!({}), ties(), None),
        (json!({}), Ties { other_admins: None, ..ties() }, None),
        (json!({}), Ties { own_user: ADA.into(), ..ties() }, Some("Weft itself is connected as this user.")),
        (json!({}), last, Some("No other active user could administer the org.")),
        (json!({ "UserType": "AutomatedProcess" }), ties(), Some("Salesforce runs this user itself.")),
    ] {
        let plan = stand(&Deactivate, ADA, &to_deactivate(change, ties)).plan(&long(ADA));
        assert_eq!(plan.blockers.first().map(String::as_str), blocker);
    }
    let named = Ties { named_in: vec![("Backup Approver".into(), vec![long(ADA)])], ..ties() };
    assert!(stand(&Deactivate, ADA, &to_deactivate(json!({}), named)).warnings[0].contains("Backup Approver"));
}

#[test]
fn a_reactivation_unfreezes_last_and_only_where_wanted() {
    let logins = rows::<logins::Login>(&[json!({ "Id": "0Yw1", "UserId": long(ADA), "IsFrozen": true })]);
    let facts = ReactivateFacts { users: vec![user(ADA, json!({ "IsActive": false }))], logins };
    let reactivate = Reactivate::of(&inputs(json!({ "unfreeze": true }))).unwrap();
    let standing = stand(&reactivate, ADA, &facts);
    let objects: Vec<&str> = writes(&standing).iter().map(|write| write.object).collect();
    assert_eq!(objects, ["User", "UserLogin"]);
    permitted("reactivate-user", &writes(&standing));
    let facts = ReactivateFacts { logins: Vec::new(), ..facts };
    let standing = stand(&Reactivate::of(&inputs(json!({}))).unwrap(), ADA, &facts);
    assert_eq!(writes(&standing), [Write::update("User", &long(ADA), json!({ "IsActive": true }))]);
}

#[test]
fn freezing_is_of_the_login_and_never_of_the_own_user() {
    let facts = |frozen: bool, own: &str| logins::Facts {
        users: vec![user(ADA, json!({}))],
        logins: rows(&[json!({ "Id": "0YwD00000000001", "UserId": long(ADA), "IsFrozen": frozen })]),
        own_user: own.into(),
    };
    let standing = stand(&Freeze(true), ADA, &facts(false, OWN));
    assert_eq!(writes(&standing), [Write::update("UserLogin", "0YwD00000000001", json!({ "IsFrozen": true }))]);
    assert_eq!(undo(&standing).0, "unfreeze-user");
    permitted("freeze-user", &writes(&standing));
    assert!(
        stand(&Freeze(true), ADA, &facts(true, OWN)).is_made()
            && stand(&Freeze(false), ADA, &facts(false, OWN)).is_made()
    );
    assert_eq!(stand(&Freeze(true), ADA, &facts(false, ADA)).blockers.len(), 1);
    let unseen = logins::Facts { logins: Vec::new(), ..facts(false, OWN) };
    assert_eq!(stand(&Freeze(true), ADA, &unseen).plan(&long(ADA)).blockers.len(), 1);
}

fn with_role(change: Json) -> role_of_user::Facts {
    let role = row(json!({ "Id": long(OTHER_ROLE), "Name": "VP", "PortalType": "None" }));
    role_of_user::Facts { users: vec![user(ADA, change)], role: Some(role) }
}

#[test]
fn a_role_replaces_the_one_before_and_undo_gives_it_back() {
    let assign = RoleOfUser::assign(&inputs(json!({ "role": OTHER_ROLE }))).unwrap();
    let standing = stand(&assign, ADA, &with_role(json!({})));
    assert_eq!(standing.steps[0].says, "Assign the role VP in place of Sales.");
    assert_eq!(writes(&standing), [Write::update("User", &long(ADA), json!({ "UserRoleId": long(OTHER_ROLE) }))]);
    assert_eq!(undo(&standing), ("assign-role".into(), json!({ "role": long(ROLE) })));
    permitted("assign-role", &writes(&standing));
    let first = stand(&assign, ADA, &with_role(json!({ "UserRoleId": null, "UserRole": null })));
    assert_eq!(undo(&first), ("remove-role".into(), json!({})));
    assert!(stand(&assign, ADA, &with_role(json!({ "UserRoleId": OTHER_ROLE }))).is_made());

    let none = role_of_user::Facts { role: None, ..with_role(json!({})) };
    let standing = stand(&RoleOfUser::remove(), ADA, &none);
    assert_eq!(writes(&standing), [Write::update("User", &long(ADA), json!({ "UserRoleId": null }))]);
    permitted("remove-role", &writes(&standing));
    for kind in ["PowerPartner", "AutomatedProcess"] {
        assert_eq!(stand(&assign, ADA, &with_role(json!({ "UserType": kind }))).blockers.len(), 1, "{kind}");
    }
}

#[test]
fn a_role_in_its_short_form_is_no_change() {
    let remove = RoleOfUser::remove();
    let before = |role: &str| stand(&remove, ADA, &with_role(json!({ "UserRoleId": role }))).before;
    assert_eq!(before(ROLE), before(&long(ROLE)));
    assert_ne!(before(ROLE), before(OTHER_ROLE));
}

#[test]
fn members_are_added_once_and_inactive_ones_not_at_all() {
    let facts = |is_member: bool, active: bool| {
        let membership = json!({ "Id": "011D00000000001", "GroupId": long(GROUP), "UserOrGroupId": long(ADA) });
        member::Facts {
            users: vec![user(ADA, json!({ "IsActive": active }))],
            group: row(json!({ "Id": long(GROUP), "Name": "Finance", "Type": "Regular" })),
            memberships: if is_member { rows(&[membership]) } else { Vec::new() },
        }
    };
    let member = |wanted| Member::of(wanted, &inputs(json!({ "group": GROUP }))).unwrap();
    let add = stand(&member(true), ADA, &facts(false, true));
    let fields = json!({ "GroupId": long(GROUP), "UserOrGroupId": long(ADA) });
    assert_eq!(writes(&add), [Write::create("GroupMember", fields)]);
    assert_eq!(undo(&add), ("remove-group-member".into(), json!({ "group": long(GROUP) })));
    permitted("add-group-member", &writes(&add));
    assert!(
        stand(&member(true), ADA, &facts(true, true)).is_made()
            && stand(&member(false), ADA, &facts(false, true)).is_made()
    );
    assert_eq!(stand(&member(true), ADA, &facts(false, false)).blockers.len(), 1);
    let remove = stand(&member(false), ADA, &facts(true, false));
    assert_eq!(writes(&remove), [Write::delete("GroupMember", "011D00000000001")]);
    permitted("remove-group-member", &writes(&remove));
}
