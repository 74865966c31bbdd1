//! The objects beside people: what a seeded org has of them, who sees them, and what may be asked of them.

use super::{Lab, OrgOptions, query_path};
use crate::salesforce::{Permission, Permissions};
use serde_json::{Value as Json, json};

async fn texts(lab: &Lab, soql: &str, field: &str) -> Vec<String> {
    let page = lab.soql(soql).await;
    let records = page["records"].as_array().unwrap();
    records.iter().map(|record| record[field].as_str().unwrap_or("null").to_owned()).collect()
}

async fn count(lab: &Lab, rest: &str) -> u64 {
    lab.soql(&format!("SELECT COUNT() FROM {rest}")).await["totalSize"].as_u64().unwrap()
}

#[tokio::test]
async fn every_field_of_every_object_can_be_asked_for() {
    let lab = Lab::small().await;
    let objects = lab.call("GET", "/sobjects", None).await.1["sobjects"].clone();
    let names: Vec<_> = objects.as_array().unwrap().iter().map(|object| object["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 22, "{names:?}");
    for name in names {
        let describe = lab.call("GET", &format!("/sobjects/{name}/describe"), None).await.1;
        let fields = describe["fields"].as_array().unwrap();
        let fields: Vec<_> = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
        let page = lab.soql(&format!("SELECT {} FROM {name}", fields.join(","))).await;
        let records = page["records"].as_array().unwrap();
        assert!(!records.is_empty(), "{name}");
        for field in describe["fields"].as_array().unwrap().iter().filter(|field| field["nillable"] == false) {
            let field = field["name"].as_str().unwrap();
            assert!(records.iter().all(|record| !record[field].is_null()), "{name}.{field} is null: {}", records[0]);
        }
    }
    assert_eq!(lab.soql_refused("SELECT Id FROM InstalledSubscriberPackage").await.0, "INVALID_TYPE");
}

#[tokio::test]
async fn licences_of_three_kinds_with_their_seats() {
    let lab = Lab::start(OrgOptions { users: 2000, ..OrgOptions::default() }).await;
    for (object, rows, key) in [
        ("PermissionSetLicense", "PermissionSetLicenseAssign", "PermissionSetLicenseId"),
        ("PackageLicense", "UserPackageLicense", "PackageLicenseId"),
    ] {
        let page = lab.soql(&format!("SELECT Id, UsedLicenses FROM {object}")).await;
        for record in page["records"].as_array().unwrap() {
            let held = count(&lab, &format!("{rows} WHERE {key} = '{}'", record["Id"].as_str().unwrap())).await;
            assert_eq!(record["UsedLicenses"].as_u64(), Some(held), "{object}");
        }
    }
    assert_eq!(
        texts(&lab, "SELECT NamespacePrefix FROM PackageLicense WHERE AllowedLicenses = -1", "NamespacePrefix").await,
        ["gridtools"]
    );
    let unused =
        lab.soql("SELECT AllowedLicenses, UsedLicenses FROM PackageLicense WHERE NamespacePrefix = 'docsign'").await;
    let unused = &unused["records"][0];
    assert!(unused["UsedLicenses"].as_u64().unwrap() * 4 < unused["AllowedLicenses"].as_u64().unwrap(), "{unused}");
    assert!(count(&lab, "PermissionSetLicenseAssign WHERE Assignee.IsActive = false").await > 5);
    assert!(count(&lab, "UserPackageLicense WHERE User.IsActive = false").await > 5);
    let soon = texts(&lab, "SELECT MasterLabel, ExpirationDate FROM PermissionSetLicense WHERE ExpirationDate != null AND Status = 'Active' ORDER BY ExpirationDate", "ExpirationDate").await;
    assert_eq!((soon.len(), soon[0].len()), (2, 10), "a date has no time: {soon:?}");
    let after = format!("PermissionSetLicense WHERE ExpirationDate > {}", soon[0]);
    assert_eq!(count(&lab, &after).await, 1);
}

#[tokio::test]
async fn assignments_of_sets_and_groups() {
    let lab = Lab::start(OrgOptions { users: 1000, ..OrgOptions::default() }).await;
    let all = count(&lab, "PermissionSetAssignment").await;
    assert!((2900..=3000).contains(&all), "{all}");
    assert_eq!(count(&lab, "PermissionSetAssignment WHERE PermissionSet.IsOwnedByProfile = true").await, 999);
    let page = lab.soql("SELECT PermissionSet.PermissionSetGroupId, PermissionSetGroupId, PermissionSet.Type FROM PermissionSetAssignment WHERE PermissionSetGroupId != null LIMIT 5").await;
    for record in page["records"].as_array().unwrap() {
        assert_eq!(record["PermissionSet"]["PermissionSetGroupId"], record["PermissionSetGroupId"]);
        assert_eq!(record["PermissionSet"]["Type"], "Group");
    }
    let expired = count(&lab, "PermissionSetAssignment WHERE IsActive = false AND ExpirationDate != null").await;
    let future = count(&lab, "PermissionSetAssignment WHERE IsActive = true AND ExpirationDate != null").await;
    assert!(expired > 5 && future > 5);
    assert_eq!(
        texts(&lab, "SELECT Label, NamespacePrefix FROM PermissionSet WHERE NamespacePrefix != null", "Label").await,
        ["Quote Standard User"]
    );
    let needs = "PermissionSetAssignment WHERE PermissionSet.LicenseId != null";
    assert!(count(&lab, needs).await > 50);
    let pairs = lab.org.query("SELECT AssigneeId, PermissionSetId FROM PermissionSetAssignment").unwrap();
    let unlike: std::collections::BTreeSet<_> =
        pairs.iter().map(|row| (row["AssigneeId"].to_string(), row["PermissionSetId"].to_string())).collect();
    assert_eq!(unlike.len(), pairs.len(), "nobody holds a set twice");
    let components =
        count(&lab, "PermissionSetGroupComponent WHERE PermissionSetGroup.DeveloperName = 'Sales_Core'").await;
    assert_eq!(components, 3);
}

#[tokio::test]
async fn groups_of_roles_have_no_name_and_groups_hold_groups() {
    let lab = Lab::small().await;
    let nameless =
        lab.soql("SELECT Name, Type, Related.Name FROM Group WHERE Type = 'RoleAndSubordinates' LIMIT 1").await;
    assert_eq!(
        (&nameless["records"][0]["Name"], &nameless["records"][0]["Related"]["Name"]),
        (&Json::Null, &json!("CEO"))
    );
    assert_eq!(count(&lab, "Group WHERE Type = 'Role'").await, 40);
    assert_eq!(count(&lab, "Group WHERE Type = 'Manager' AND Related.Name != null").await, 3);
    let members = lab.org.query("SELECT UserOrGroupId FROM GroupMember").unwrap();
    let groups = members.iter().filter(|row| row["UserOrGroupId"].as_str().unwrap().starts_with("00G")).count();
    assert!(groups == 5 && members.len() > 20, "{groups} of {}", members.len());
}

#[tokio::test]
async fn logins_can_be_asked_for_by_time_but_not_by_status() {
    let lab = Lab::start(OrgOptions { users: 1000, now: Some(1_790_000_000_000), ..OrgOptions::default() }).await;
    let all = count(&lab, "LoginHistory").await;
    assert!((4900..=6500).contains(&all), "{all}");
    let (code, text) = lab.soql_refused("SELECT Id FROM LoginHistory WHERE Status = 'Success'").await;
    assert!(code == "INVALID_FIELD" && text.contains("field 'Status' can not be filtered in a query call"), "{text}");
    let times = texts(&lab, "SELECT LoginTime FROM LoginHistory WHERE LoginTime >= 2026-09-01T00:00:00Z AND LoginTime < 2026-09-08T00:00:00Z ORDER BY LoginTime", "LoginTime").await;
    assert!(
        times.len() > 100
            && times.is_sorted()
            && times[0].as_str() >= "2026-09-01"
            && times.last().unwrap().as_str() < "2026-09-08"
    );
    let rows = lab.org.query("SELECT UserId, LoginTime, Status, LoginType FROM LoginHistory").unwrap();
    let people =
        lab.org.query("SELECT Id, LastLoginDate FROM User WHERE LastLoginDate >= 2026-04-01T00:00:00Z").unwrap();
    for person in people {
        let latest = rows.iter().rev().find(|row| row["UserId"] == person["Id"] && row["Status"] == "Success").unwrap();
        assert_eq!(latest["LoginTime"], person["LastLoginDate"]);
    }
    let failed = rows.iter().filter(|row| row["Status"] != "Success").count();
    assert!(failed > 50 && rows.iter().any(|row| row["LoginType"] == "Other Apex API"), "{failed}");
    let api = lab.org.integration_user();
    let own = count(&lab, &format!("LoginHistory WHERE UserId = '{api}'")).await;
    assert!(own > 0 && own < all);
}

#[tokio::test]
async fn there_is_something_for_every_review() {
    let lab = Lab::start(OrgOptions { users: 1000, ..OrgOptions::default() }).await;
    let roles = lab.org.query("SELECT Id FROM UserRole").unwrap();
    let held = lab.org.query("SELECT UserRoleId FROM User WHERE UserRoleId != null").unwrap();
    let empty = roles.iter().filter(|role| held.iter().all(|user| user["UserRoleId"] != role["Id"])).count();
    assert!(empty > 1, "roles without users: {empty}");
    assert!(count(&lab, "UserLogin WHERE IsFrozen = true").await > 5);
    assert!(count(&lab, "AuthSession WHERE Users.IsActive = true").await > 20);
    assert!(count(&lab, "OauthToken WHERE UseCount = 0").await > 20);
    let failed = lab.org.query("SELECT UserId, Status FROM LoginHistory").unwrap();
    let mut failures = std::collections::BTreeMap::new();
    for row in failed.iter().filter(|row| row["Status"] != "Success") {
        *failures.entry(row["UserId"].to_string()).or_insert(0) += 1;
    }
    assert!(failures.values().filter(|count| **count >= 10).count() > 5);
}

#[tokio::test]
async fn own_rows_only_without_the_permission() {
    let lab = Lab::start(OrgOptions { users: 1000, ..OrgOptions::default() }).await;
    let me = lab.org.integration_user();
    let all = (count(&lab, "LoginHistory").await, count(&lab, "OauthToken").await);
    let poor = Permissions::ALL.without(Permission::ManageUsers);
    lab.org.set_permissions(&me, poor).unwrap();
    assert_eq!(count(&lab, "LoginHistory").await, all.0, "Monitor Login History is enough");
    let poor = poor.without(Permission::MonitorLoginHistory).without(Permission::CustomizeApplication);
    lab.org.set_permissions(&me, poor).unwrap();
    assert!(count(&lab, "LoginHistory").await < 50);
    assert_eq!(count(&lab, "OauthToken").await, 0);
    let foreign = lab.ids("SELECT Id FROM LoginHistory ORDER BY LoginTime DESC LIMIT 1").remove(0);
    let path = format!("/sobjects/LoginHistory/{foreign}");
    assert_eq!(lab.refused("GET", &path, None).await, (404, "NOT_FOUND".into()));
    lab.org.set_permissions(&me, Permissions::ALL).unwrap();
    assert_eq!(lab.call("GET", &path, None).await.0, 200);
    lab.org.set_permissions(&me, poor).unwrap();
    let access = lab.soql("SELECT Id, PermissionsManageUsers, PermissionsApiEnabled FROM UserPermissionAccess").await;
    assert_eq!((access["totalSize"].as_u64(), &access["records"][0]["Id"]), (Some(1), &Json::Null));
    assert_eq!(access["records"][0]["PermissionsManageUsers"], false);
    assert_eq!(access["records"][0]["PermissionsApiEnabled"], true);
    lab.org.set_permissions(&me, Permissions::ORDINARY).unwrap();
    for name in ["PermissionSetLicense", "UserPackageLicense", "PermissionSetGroup", "AuthSession", "MetadataPackage"] {
        assert_eq!(lab.soql_refused(&format!("SELECT Id FROM {name}")).await.0, "INVALID_TYPE", "{name}");
    }
}

#[tokio::test]
async fn tokens_come_in_small_pages_and_never_all_at_once() {
    let lab = Lab::start(OrgOptions { users: 2000, oauth_tokens: Some(6000), ..OrgOptions::default() }).await;
    assert_eq!(count(&lab, "OauthToken").await, 6000);
    let mut page = lab.soql("SELECT Id, AppName, UserId, DeleteToken FROM OauthToken").await;
    let mut seen = std::collections::BTreeSet::new();
    loop {
        let records = page["records"].as_array().unwrap();
        assert!(records.len() <= 500 && records.iter().all(|record| record["Id"].is_null()));
        seen.extend(records.iter().map(|record| record["DeleteToken"].as_str().unwrap().to_owned()));
        let Some(next) = page["nextRecordsUrl"].as_str().map(str::to_owned) else { break };
        page = lab.call("GET", &next, None).await.1;
    }
    assert_eq!(seen.len(), 2500);
    let rest = texts(&lab, "SELECT DeleteToken FROM OauthToken LIMIT 2500 OFFSET 5000", "DeleteToken").await;
    assert_eq!((rest.len(), seen.contains(&rest[0])), (500, false));
    let stale = count(&lab, "OauthToken WHERE LastUsedDate = null OR UseCount = 0").await;
    assert!(stale > 400, "{stale}");
    assert_eq!(count(&lab, &format!("OauthToken WHERE DeleteToken = '{}'", rest[0])).await, 1);
    assert_eq!(lab.call("GET", &query_path("SELECT Id FROM User OFFSET 2001"), None).await.0, 400);
}

#[tokio::test]
async fn custom_fields_of_people_have_their_types() {
    let lab = Lab::start(OrgOptions { users: 400, ..OrgOptions::default() }).await;
    let contractor = lab.soql("SELECT Id, Seat_Cost__c, Contract_End__c FROM User WHERE Employment_Type__c = 'contractor' AND Seat_Cost__c > 25 LIMIT 1").await;
    let contractor = &contractor["records"][0];
    assert!(
        contractor["Seat_Cost__c"].is_f64() && contractor["Contract_End__c"].as_str().unwrap().len() == 10,
        "{contractor}"
    );
    let path = format!("/sobjects/User/{}", contractor["Id"].as_str().unwrap());
    let body = json!({ "Seat_Cost__c": 12.5, "Contract_End__c": "2027-02-28", "Employment_Type__c": "Vendor" });
    assert_eq!(lab.call("PATCH", &path, Some(body.clone())).await.0, 204);
    let kept = lab.call("GET", &path, None).await.1;
    assert!(body.as_object().unwrap().iter().all(|(name, value)| kept[name] == *value), "{kept}");
    for body in [json!({ "Contract_End__c": "28.02.2027" }), json!({ "Seat_Cost__c": "much" })] {
        assert_eq!(lab.refused("PATCH", &path, Some(body)).await.1, "JSON_PARSER_ERROR");
    }
    assert_eq!(
        lab.refused("PATCH", &path, Some(json!({ "Employment_Type__c": "Robot" }))).await.1,
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    );
}
