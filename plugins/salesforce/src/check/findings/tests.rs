//! What can be read of an object, under all that Salesforce may say.

use super::*;
use serde_json::json;

fn refusal() -> Error {
    Error::new(ErrorClass::Forbidden, "INVALID_TYPE", "sObject type 'X' is not supported.")
}

fn source(object: &str) -> Source {
    objects::reading(object).unwrap().sources()[0]
}

/// All that the sources of an object may show.
fn seen(object: &str) -> Sources {
    let declared = objects::find(object).unwrap();
    let reading = objects::reading(object).unwrap();
    let mut sources = Sources::default();
    for source in reading.sources().iter().filter(|source| !source.tooling) {
        let parts: &[Part] = if let Shape::Merged(parts) = reading.shape { parts } else { &[] };
        let own_part = parts.iter().filter(|part| part.source.object == source.object);
        let merged = own_part.flat_map(|part| part.columns.iter().map(|(_, column)| *column));
        let own = declared.fields.iter().map(|field| field.name.as_str());
        sources = sources.with_object(source.object, &merged.chain(own).collect::<Vec<_>>());
    }
    sources
}

fn find(object: &str, sources: &Sources, permissions: &Permissions) -> ObjectAccess {
    Findings { sources, permissions }.of(&objects::find(object).unwrap()).unwrap()
}

fn permissions(said: &serde_json::Value) -> Permissions {
    Permissions::of(said.as_object().unwrap())
}

#[test]
fn an_object_that_cannot_be_described_names_the_permission() {
    let sources = Sources::default().without("UserRole", refusal());
    let found = find("UserRole", &sources, &Permissions::default());
    assert_eq!(found.access, Access::None);
    assert!(found.permission.unwrap().contains("\"View Roles and Role Hierarchy\""));
}

#[test]
fn an_object_is_absent_when_the_permission_is_there() {
    let sources = Sources::default().without("UserRole", refusal());
    for (holds, access) in [(true, Access::Absent), (false, Access::None)] {
        let found = find("UserRole", &sources, &permissions(&json!({ "PermissionsViewRoles": holds })));
        assert_eq!(found.access, access, "{holds}");
        assert!(found.permission.unwrap().contains("\"View Roles and Role Hierarchy\""));
    }
    // Another refusal than "no such object" says nothing about the org.
    let other = Error::new(ErrorClass::Forbidden, "INSUFFICIENT_ACCESS", "insufficient access");
    let sources = Sources::default().without("UserRole", other);
    assert_eq!(find("UserRole", &sources, &permissions(&json!({ "PermissionsViewRoles": true }))).access, Access::None);
}

#[test]
fn hidden_fields_are_named_and_the_rest_is_read() {
    let sources = Sources::default().with_object("UserRole", &["Id", "Name"]).with_rows(&source("UserRole"), Ok(7));
    let found = find("UserRole", &sources, &Permissions::default());
    assert_eq!((found.access, found.estimate), (Access::Full, Some(7)));
    assert!(found.hidden.contains(&"DeveloperName".to_owned()));
    assert!(found.permission.unwrap().contains("DeveloperName"));
}

#[test]
fn a_count_that_is_late_does_not_take_the_object_away() {
    let late = Err(Error::new(ErrorClass::Retry, "QUERY_TIMEOUT", "late"));
    let sources = seen("UserRole").with_rows(&source("UserRole"), late);
    let found = find("UserRole", &sources, &Permissions::default());
    assert_eq!((found.access, found.estimate, found.permission), (Access::Full, None, None));
}

#[test]
fn a_count_that_is_refused_closes_the_object() {
    let sources = seen("UserLogin").with_rows(&source("UserLogin"), Err(refusal()));
    let found = find("UserLogin", &sources, &Permissions::default());
    assert_eq!(found.access, Access::None);
    assert!(found.permission.unwrap().contains("\"Manage Users\""));
}

#[test]
fn own_rows_are_told_from_all_rows() {
    let table = [
        (json!({}), Access::Full),
        (json!({ "PermissionsManageUsers": false, "PermissionsMonitorLoginHistory": false }), Access::OwnRows),
        (json!({ "PermissionsManageUsers": false, "PermissionsMonitorLoginHistory": true }), Access::Full),
        (json!({ "PermissionsManageUsers": true, "PermissionsMonitorLoginHistory": false }), Access::Full),
        // One of them is not spoken of: nothing is known against it.
        (json!({ "PermissionsManageUsers": false }), Access::Full),
    ];
    for (said, access) in table {
        let found = find("LoginHistory", &seen("LoginHistory"), &permissions(&said));
        assert_eq!(found.access, access, "{said}");
    }
    let found =
        find("OauthToken", &seen("OauthToken"), &permissions(&json!({ "PermissionsCustomizeApplication": false })));
    assert_eq!((found.access, found.hidden.len()), (Access::OwnRows, 0));
    assert!(found.permission.unwrap().contains("\"Customize Application\""));
}

#[test]
fn a_kind_that_cannot_be_read_leaves_the_others() {
    let [package, permission_set, user] = objects::reading("License").unwrap().sources()[..] else { panic!() };
    let sources = seen("License")
        .without("PackageLicense", refusal())
        .with_rows(&package, Err(refusal()))
        .with_rows(&permission_set, Ok(5))
        .with_rows(&user, Ok(3));
    let found = find("License", &sources, &Permissions::default());
    assert_eq!((found.access, found.estimate), (Access::Full, Some(8)));
    assert_eq!(found.hidden, ["PackageNamespace"], "only packages have it");
    assert!(found.permission.unwrap().contains("Without the package licences: grant \"View Setup and Configuration\""));
}

#[test]
fn packages_need_no_description_where_there_is_none() {
    let [developed, installed] = objects::reading("Package").unwrap().sources()[..] else { panic!() };
    let sources = seen("Package").with_rows(&developed, Ok(0)).with_rows(&installed, Ok(4));
    let found = find("Package", &sources, &Permissions::default());
    assert_eq!((found.access, found.estimate, found.hidden.len(), found.permission), (Access::Full, Some(4), 0, None));
    let sources = seen("Package").with_rows(&developed, Ok(0)).with_rows(&installed, Err(refusal()));
    let found = find("Package", &sources, &Permissions::default());
    assert!(found.permission.unwrap().contains("\"Download AppExchange Packages\""));
    assert!(found.hidden.contains(&"VersionName".to_owned()));
}
