//! Parts, their order, and what a page says of what is missing.

use super::*;
use crate::objects;
use crate::reading::{Reading, Shape};
use serde_json::json;

fn raw(row: &Json) -> Box<RawValue> {
    serde_json::value::to_raw_value(row).unwrap()
}

fn read(part: &Part, row: &Json) -> Option<Json> {
    record(part, &raw(row)).map(|record| record.json())
}

fn parts(object: &str) -> &'static [Part] {
    match objects::reading(object).unwrap() {
        Reading { shape: Shape::Merged(parts), .. } => parts,
        other => panic!("{other:?}"),
    }
}

#[test]
fn parts_stand_in_the_order_of_their_keys() {
    for object in ["License", "LicenseAssignment", "Package", "Group"] {
        let prefixes: Vec<&str> = parts(object).iter().map(|part| part.prefix).collect();
        assert!(prefixes.is_sorted_by(|left, right| left < right), "{object}: {prefixes:?}");
        for part in parts(object) {
            assert_eq!(part.columns[0], ("Id", "Id"), "{object}: the key comes first and is never left out");
            let fields = objects::find(object).unwrap().fields;
            assert!(part.kind.is_none() || fields.iter().any(|field| field.name == "Kind"));
        }
    }
}

#[test]
fn every_field_is_made_by_some_part() {
    for object in ["License", "LicenseAssignment", "Package", "Group"] {
        for field in objects::find(object).unwrap().fields {
            let made = parts(object).iter().any(|part| {
                let row = json!({
                    "Id": "0A3R0000000zlh9KAA", "TotalLicenses": 2, "UsedLicenses": 1, "AllowedLicenses": 2,
                    "SubscriberPackageVersion": { "MajorVersion": 1, "MinorVersion": 2, "PatchVersion": 3 },
                });
                read(part, &row).unwrap().get(&field.name).is_some()
            });
            assert!(made, "{object}.{}", field.name);
        }
    }
}

#[test]
fn rows_become_records_of_their_kind() {
    let [package, permission_set, user] = parts("License") else { panic!() };
    let row = json!({ "attributes": {}, "Id": "050R0000000zlh9", "NamespacePrefix": "acme", "Status": "Active", "AllowedLicenses": -1, "UsedLicenses": 3, "ExpirationDate": "2027-01-31T00:00:00.000+0000" });
    let made = read(package, &row).unwrap();
    assert_eq!(
        (&made["Kind"], &made["Name"], &made["PackageNamespace"]),
        (&json!("package"), &json!("acme"), &json!("acme"))
    );
    assert_eq!((&made["Total"], &made["Used"], made.get("Available")), (&Json::Null, &json!(3), None));
    assert_eq!(made["Id"], "050R0000000zlh9IAA", "keys are long ones, as everywhere");
    let row = json!({ "Id": "0PLR0000000zlh9OAA", "MasterLabel": "Einstein", "TotalLicenses": 10, "UsedLicenses": 4, "PermissionSetLicenseKey": "E" });
    let made = read(permission_set, &row).unwrap();
    assert_eq!((&made["Kind"], &made["Available"], &made["Key"]), (&json!("permission-set"), &json!(6), &json!("E")));
    assert_eq!(read(user, &json!({ "MasterLabel": "no id" })), None);
    assert_eq!(read(user, &json!("no record at all")), None);
}

#[test]
fn a_user_licence_follows_from_the_profile() {
    let made = read(
        &parts("LicenseAssignment")[0],
        &json!({ "Id": "005R0000000zlh9IAA", "Profile": { "UserLicenseId": "100A" } }),
    );
    let made = made.unwrap();
    assert_eq!(
        (&made["UserId"], &made["LicenseId"], &made["Kind"]),
        (&json!("005R0000000zlh9IAA"), &json!("100A"), &json!("user"))
    );
    // A profile that cannot be read is null as a whole.
    let made = read(&parts("LicenseAssignment")[0], &json!({ "Id": "005R0000000zlh9IAA", "Profile": null })).unwrap();
    assert_eq!(made["LicenseId"], Json::Null);
}

#[test]
fn a_page_goes_on_in_its_part_then_in_the_next_and_ends_behind_the_last() {
    let parts = parts("License");
    let row = [raw(&json!({ "Id": "050R0000000zlh9IAA" }))];
    let next = |page: &Page| cursor::decode::<Cursor>(page.next.as_deref()).unwrap();
    let page = turn(parts, Cursor::default(), &row, Some("050R0000000zlh9IAA".into())).unwrap();
    let following = next(&page).unwrap();
    assert_eq!((following.part, following.after.as_deref()), (0, Some("050R0000000zlh9IAA")));
    let following = next(&turn(parts, following, &row, None).unwrap()).unwrap();
    assert_eq!((following.part, following.after), (1, None));
    assert!(turn(parts, Cursor { part: 2, ..Cursor::default() }, &row, None).unwrap().next.is_none());
}

#[test]
fn what_is_missing_is_said_on_every_page_behind() {
    let parts = parts("License");
    let at = Cursor { part: 1, refused: vec![0], ..Cursor::default() };
    let page = turn(parts, at, &[raw(&json!({ "Id": "0PLR0000000zlh9OAA" })), raw(&json!({}))], None).unwrap();
    let said = page.ext.iter().find(|(name, _)| name == "incomplete").map(|(_, sentence)| sentence.as_str()).unwrap();
    assert!(
        said.contains("package licences")
            && said.contains("\"View Setup and Configuration\"")
            && said.contains("1 record(s)"),
        "{said}"
    );
    let whole = turn(parts, Cursor::default(), &[], None).unwrap();
    assert!(whole.ext.is_empty());
}

#[test]
fn a_full_or_cut_page_needs_a_key_to_go_on_behind() {
    let answer = |done: bool, records: Vec<Box<RawValue>>| Answer { done, next_records_url: None, records };
    let row = raw(&json!({ "Id": "0PLR0000000zlh9OAA" }));
    assert_eq!(last_key(&answer(true, vec![row.clone()]), 2).unwrap(), None);
    assert_eq!(
        last_key(&answer(true, vec![row.clone(), raw(&json!({}))]), 2).unwrap().as_deref(),
        Some("0PLR0000000zlh9OAA")
    );
    assert_eq!(last_key(&answer(false, vec![row]), 2).unwrap().as_deref(), Some("0PLR0000000zlh9OAA"));
    assert_eq!(last_key(&answer(false, vec![]), 2).unwrap_err().class, ErrorClass::Retry);
}
