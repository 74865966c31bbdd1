//! Permission sets and groups of them, given and taken.

use super::*;
use crate::actions::assign::Assign;
use crate::actions::grant::Facts;
use crate::actions::remove::Remove;
use crate::actions::seats::Needing;

const ROW: &str = "0PaD0000001RowR";
const SEAT: &str = "2LAD0000001SeaS";

fn assignment(id: &str, group: Json, ends: Json) -> Json {
    json!({
        "Id": long(id), "AssigneeId": long(ADA), "PermissionSetGroupId": group, "ExpirationDate": ends,
        "PermissionSetGroup": { "MasterLabel": "Sales core" }
    })
}

fn facts(license: Json) -> Facts {
    Facts {
        users: vec![user(ADA, json!({})), user(EVE, json!({}))],
        granted: row(json!({ "Label": "Reports", "LicenseId": license, "IsOwnedByProfile": false })),
        ..Facts::default()
    }
}

fn has(facts: Facts, ends: Json) -> Facts {
    Facts { direct: rows(&[assignment(ROW, Json::Null, ends)]), ..facts }
}

fn license(total: i64, used: i64) -> Json {
    json!({ "Id": long(SET_LICENSE), "MasterLabel": "Analytics", "Status": "Active", "TotalLicenses": total, "UsedLicenses": used })
}

fn assign(more: Json) -> Assign {
    let mut given = json!({ "permission-set": SET });
    given.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Assign::of(Kind::Set, &inputs(given), 0.0).unwrap()
}

fn remove(free: bool) -> Remove {
    Remove::of(Kind::Set, &inputs(json!({ "permission-set": SET, "free-licence": free }))).unwrap()
}

#[test]
fn a_set_is_given_for_good_or_until_a_day() {
    let standing = stand(&assign(json!({})), ADA, &facts(Json::Null));
    let fields = json!({ "AssigneeId": long(ADA), "PermissionSetId": long(SET) });
    assert_eq!(writes(&standing), [Write::create("PermissionSetAssignment", fields.clone())]);
    assert_eq!(undo(&standing), ("remove-permission-set".into(), json!({ "permission-set": long(SET) })));
    permitted("assign-permission-set", &writes(&standing));
    let until = stand(&assign(json!({ "expires": "2026-12-31" })), ADA, &facts(Json::Null));
    let mut with_end = fields;
    with_end["ExpirationDate"] = json!("2026-12-31T23:59:59Z");
    assert_eq!(writes(&until), [Write::create("PermissionSetAssignment", with_end)]);
    assert!(until.steps[0].says.contains("until the end of 2026-12-31"));
}

#[test]
fn who_has_it_gets_at_most_another_end() {
    let ends = json!("2026-12-31T23:59:59.000+0000");
    for (expires, now, change) in [
        (json!({}), Json::Null, None),
        (json!({ "expires": "2026-12-31" }), ends.clone(), None),
        (json!({}), ends.clone(), Some(Json::Null)),
        (json!({ "expires": "2027-01-31" }), ends, Some(json!("2027-01-31T23:59:59Z"))),
    ] {
        let standing = stand(&assign(expires), ADA, &has(facts(Json::Null), now));
        let wanted =
            change.map(|end| Write::update("PermissionSetAssignment", &long(ROW), json!({ "ExpirationDate": end })));
        assert_eq!(writes(&standing), wanted.into_iter().collect::<Vec<_>>());
        permitted("assign-permission-set", &writes(&standing));
    }
}

#[test]
fn the_licence_of_a_set_stands_in_the_way_or_is_told() {
    let of_users = |id: &str| {
        let license = json!({ "Id": long(id), "MasterLabel": "Platform", "TotalLicenses": 9, "UsedLicenses": 1 });
        Facts { license: Some(row(license)), ..facts(json!(long(id))) }
    };
    let other = "100D0000001Plat";
    assert!(
        stand(&assign(json!({})), ADA, &of_users(other)).blockers[0]
            .contains("licence Platform; this user has Salesforce")
    );
    assert!(stand(&assign(json!({})), ADA, &of_users(USER_LICENSE)).blockers.is_empty());

    let seats = |total, used| Facts { license: Some(row(license(total, used))), ..facts(json!(long(SET_LICENSE))) };
    let full = stand(&assign(json!({})), ADA, &seats(5, 5));
    assert!(full.blockers[0].contains("No seat of the licence Analytics is free"));
    let scarce = stand(&assign(json!({})), ADA, &seats(6, 5));
    assert!(scarce.blockers.is_empty() && scarce.warnings[0].contains("Only 1 of the 2 seats"));
    assert!(scarce.notes[0].contains("seat of the permission set licence Analytics"));
    let seat = rows(&[json!({ "Id": long(SEAT), "AssigneeId": long(ADA) })]);
    assert!(stand(&assign(json!({})), ADA, &Facts { seats: seat, ..seats(5, 5) }).blockers.is_empty());
}

#[test]
fn access_through_a_group_is_told_both_ways() {
    let through = Facts {
        through_groups: rows(&[assignment("0PaD0000001ViaG", json!(long(SET_GROUP)), Json::Null)]),
        ..facts(Json::Null)
    };
    assert_eq!(stand(&assign(json!({})), ADA, &through).warnings, ["The user has it already through: Sales core."]);
    let absent = stand(&remove(false), ADA, &through);
    assert!(absent.is_made() && absent.made.contains("through Sales core") && absent.warnings.len() == 1);
    let direct = stand(&remove(false), ADA, &has(through, Json::Null));
    assert!(!direct.is_made() && direct.warnings[0].contains("keeps what it grants"));
}

#[test]
fn the_seat_is_freed_where_nothing_else_needs_it() {
    let with_seat = |needing: Vec<Needing>| Facts {
        license: Some(row(license(5, 5))),
        seats: rows(&[json!({ "Id": long(SEAT), "AssigneeId": long(ADA) })]),
        needing,
        ..has(facts(json!(long(SET_LICENSE))), Json::Null)
    };
    let needs = |id: &str, label: &str| Needing { user: long(ADA), id: long(id), label: label.into() };
    let own = || vec![needs(SET, "Reports")];
    let offered = stand(&remove(false), ADA, &with_seat(own()));
    assert_eq!(writes(&offered), [Write::delete("PermissionSetAssignment", &long(ROW))]);
    assert!(offered.warnings[0].contains("Choose to free it as well"));
    let freed = stand(&remove(true), ADA, &with_seat(own()));
    let second = Write::delete("PermissionSetLicenseAssign", &long(SEAT));
    assert_eq!(writes(&freed), [Write::delete("PermissionSetAssignment", &long(ROW)), second]);
    permitted("remove-permission-set", &writes(&freed));
    let kept = stand(&remove(true), ADA, &with_seat([own(), vec![needs("0PSD0000001Othr", "Charts")]].concat()));
    assert_eq!(writes(&kept).len(), 1);
    assert!(kept.warnings[0].contains("Charts needs it"));
}

#[test]
fn undo_of_a_removal_gives_the_end_back() {
    let undone = |ends: Json| stand(&remove(false), ADA, &has(facts(Json::Null), ends)).undo.unwrap();
    let inputs = |undo: &Undo| serde_json::from_str::<Json>(&undo.inputs).unwrap();
    let exact = undone(json!("2026-12-31T23:59:59.000+0000"));
    assert_eq!((inputs(&exact)["expires"].as_str(), exact.loses.len()), (Some("2026-12-31"), 0));
    let shifted = undone(json!("2026-12-31T10:00:00.000+0000"));
    assert_eq!((inputs(&shifted)["expires"].as_str(), shifted.loses.len()), (Some("2026-12-31"), 1));
    assert_eq!(inputs(&undone(Json::Null)), json!({ "permission-set": long(SET) }));
}

#[test]
fn groups_are_given_by_their_own_column() {
    let assign = Assign::of(Kind::Group, &inputs(json!({ "group": SET_GROUP })), 0.0).unwrap();
    let facts =
        Facts { granted: row(json!({ "MasterLabel": "Sales core", "Status": "Outdated" })), ..facts(Json::Null) };
    let standing = stand(&assign, ADA, &facts);
    let fields = json!({ "AssigneeId": long(ADA), "PermissionSetGroupId": long(SET_GROUP) });
    assert_eq!(writes(&standing), [Write::create("PermissionSetAssignment", fields)]);
    assert!(standing.warnings[0].contains("still working out"));
    permitted("assign-permission-set-group", &writes(&standing));
    let remove = Remove::of(Kind::Group, &inputs(json!({ "group": SET_GROUP }))).unwrap();
    let standing = stand(&remove, ADA, &has(facts, Json::Null));
    assert_eq!(undo(&standing), ("assign-permission-set-group".into(), json!({ "group": long(SET_GROUP) })));
    permitted("remove-permission-set-group", &writes(&standing));
}
