//! Licences of the three kinds.

use super::*;
use crate::actions::license_of_user::{Facts, LicenseOfUser};
use crate::actions::seats::Needing;

fn facts(license: &str) -> Facts {
    let license = json!({ "Id": long(license), "MasterLabel": "Analytics", "Status": "Active", "TotalLicenses": 5, "UsedLicenses": 2 });
    Facts {
        users: vec![user(ADA, json!({}))],
        license: row(license),
        profile: None,
        new_license: None,
        seats: Vec::new(),
        needing: Vec::new(),
    }
}

fn of(wanted: bool, given: Json) -> LicenseOfUser {
    LicenseOfUser::of(wanted, &inputs(given)).unwrap()
}

#[test]
fn seats_are_rows_of_the_two_other_kinds() {
    for (license, object, fields) in [
        (
            SET_LICENSE,
            "PermissionSetLicenseAssign",
            json!({ "AssigneeId": long(ADA), "PermissionSetLicenseId": long(SET_LICENSE) }),
        ),
        (PACKAGE, "UserPackageLicense", json!({ "UserId": long(ADA), "PackageLicenseId": long(PACKAGE) })),
    ] {
        let standing = stand(&of(true, json!({ "licence": license })), ADA, &facts(license));
        assert_eq!(writes(&standing), [Write::create(object, fields)]);
        assert_eq!(undo(&standing), ("remove-license".into(), json!({ "licence": long(license) })));
        permitted("assign-license", &writes(&standing));
        let seat = "2LAD0000001SeaS";
        let with = Facts { seats: rows(&[json!({ "Id": seat, "UserId": long(ADA) })]), ..facts(license) };
        assert!(stand(&of(true, json!({ "licence": license })), ADA, &with).is_made());
        let remove = stand(&of(false, json!({ "licence": license })), ADA, &with);
        assert_eq!(writes(&remove), [Write::delete(object, seat)]);
        permitted("remove-license", &writes(&remove));
        assert!(stand(&of(false, json!({ "licence": license })), ADA, &facts(license)).is_made());
    }
}

#[test]
fn a_licence_that_is_still_needed_is_not_removed() {
    let needing = vec![Needing { user: long(ADA), id: long(SET), label: "Reports".into() }];
    let seats = rows(&[json!({ "Id": "2LA1", "AssigneeId": long(ADA) })]);
    let facts = Facts { needing, seats, ..facts(SET_LICENSE) };
    let plan = stand(&of(false, json!({ "licence": SET_LICENSE })), ADA, &facts).plan(&long(ADA));
    assert_eq!(plan.blockers, ["The user has permission sets that need this licence: Reports. Remove these first."]);
}

#[test]
fn site_licences_have_no_end_and_full_ones_no_seat() {
    let with = |total: i64| {
        let license = json!({ "Id": long(PACKAGE), "NamespacePrefix": "acme", "Status": "Active", "AllowedLicenses": total, "UsedLicenses": 7 });
        Facts { license: row(license), ..facts(PACKAGE) }
    };
    let assign = of(true, json!({ "licence": PACKAGE }));
    assert!(stand(&assign, ADA, &with(-1)).is_made());
    assert!(stand(&assign, ADA, &with(7)).blockers[0].contains("acme"));
}

#[test]
fn a_user_licence_is_changed_by_the_profile() {
    let platform = "100D0000001Plat";
    let profile =
        |license: &str| row(json!({ "Id": long("00eD0000001Othr"), "Name": "Viewer", "UserLicenseId": long(license) }));
    let inputs = |license: &str| json!({ "licence": license, "profile": "00eD0000001Othr" });
    let write = [Write::update("User", &long(ADA), json!({ "ProfileId": long("00eD0000001Othr") }))];

    let assign =
        stand(&of(true, inputs(platform)), ADA, &Facts { profile: Some(profile(platform)), ..facts(platform) });
    assert_eq!(writes(&assign), write);
    assert_eq!(
        undo(&assign),
        ("assign-license".into(), json!({ "licence": long(USER_LICENSE), "profile": long(PROFILE) }))
    );
    assert_eq!(assign.undo.as_ref().unwrap().loses.len(), 1);
    permitted("assign-license", &writes(&assign));
    // They have it over another profile of the same licence.
    let has = Facts { profile: Some(profile(USER_LICENSE)), ..facts(USER_LICENSE) };
    assert!(stand(&of(true, inputs(USER_LICENSE)), ADA, &has).is_made());

    let remove = Facts { profile: Some(profile(platform)), ..facts(USER_LICENSE) };
    let standing = stand(&of(false, inputs(USER_LICENSE)), ADA, &remove);
    assert_eq!(writes(&standing), write);
    permitted("remove-license", &writes(&standing));
}
