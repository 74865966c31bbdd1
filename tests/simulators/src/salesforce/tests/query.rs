//! Queries over HTTP.

use super::{Lab, OrgOptions, query_path};
use crate::salesforce::{Object, Permission, Permissions};
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

const WIDE: &str = "SELECT Id,Username,Name,FirstName,LastName,Email,Alias,CommunityNickname,Title,Department,Division,CompanyName,\
    EmployeeNumber,FederationIdentifier,IsActive,UserType,ProfileId,UserRoleId,ManagerId,TimeZoneSidKey,LocaleSidKey,LanguageLocaleKey,\
    EmailEncodingKey,LastLoginDate,LastPasswordChangeDate,NumberOfFailedLogins,CreatedDate,CreatedById,LastModifiedDate,LastModifiedById,\
    SystemModstamp,Profile.Name,Profile.UserLicenseId,UserRole.Name FROM User ORDER BY Id";

async fn follow(lab: &Lab, mut page: Json) -> Vec<String> {
    let mut ids = Vec::new();
    loop {
        ids.extend(page["records"].as_array().unwrap().iter().map(|record| record["Id"].as_str().unwrap().to_owned()));
        match page["nextRecordsUrl"].as_str().map(str::to_owned) {
            Some(next) => {
                assert_eq!(page["done"], false);
                page = lab.call("GET", &next, None).await.1;
            }
            None => {
                assert_eq!(page["done"], true);
                return ids;
            }
        }
    }
}

#[tokio::test]
async fn the_wide_query_of_a_sync_is_answered_page_by_page() {
    let lab = Lab::start(OrgOptions { users: 5000, ..OrgOptions::default() }).await;
    let first = lab.soql(WIDE).await;
    assert_eq!((first["totalSize"].as_u64(), first["records"].as_array().unwrap().len()), (Some(5000), 2000));
    assert!(first["nextRecordsUrl"].as_str().unwrap().starts_with("/services/data/v67.0/query/0r8"));
    let record = &first["records"][0];
    assert_eq!(record["attributes"]["type"], "User");
    let url = format!("/services/data/v67.0/sobjects/User/{}", record["Id"].as_str().unwrap());
    assert_eq!(record["attributes"]["url"], url);
    assert_eq!(record["Profile"]["Name"], "Minimum Access - API Only Integrations");
    assert_eq!(record["UserRole"], Json::Null);
    let ids = follow(&lab, first).await;
    assert_eq!((ids.len(), ids.iter().collect::<BTreeSet<_>>().len()), (5000, 5000));
    assert!(ids.is_sorted());
    assert_eq!(lab.org.unexpected().len(), 0);
}

#[tokio::test]
async fn keyset_paging_finds_every_row_once() {
    let lab = Lab::start(OrgOptions { users: 1234, ..OrgOptions::default() }).await;
    let mut ids: Vec<String> = Vec::new();
    loop {
        let after = ids.last().map(|id| format!("AND Id > '{id}' ")).unwrap_or_default();
        let page = lab.soql(&format!("SELECT Id FROM User WHERE UserType != 'x' {after}ORDER BY Id LIMIT 200")).await;
        assert_eq!(page.get("nextRecordsUrl"), None, "LIMIT within a page leaves nothing to follow");
        let records = page["records"].as_array().unwrap();
        ids.extend(records.iter().map(|record| record["Id"].as_str().unwrap().to_owned()));
        if records.len() < 200 {
            break;
        }
    }
    assert_eq!((ids.len(), ids.iter().collect::<BTreeSet<_>>().len()), (1234, 1234));
    let fast = lab.soql(&format!("SELECT Id FROM User WHERE Id > '{}' ORDER BY Id", ids[999])).await;
    assert_eq!(fast["totalSize"], 234);
    let short = &ids[999][..15];
    assert_eq!(lab.soql(&format!("SELECT Id FROM User WHERE Id <= '{short}'")).await["totalSize"], 1000);
    assert_eq!(
        lab.soql("SELECT Id FROM User WHERE Id >= '000000000000000' AND Id < 'zzzzzzzzzzzzzzz'").await["totalSize"],
        1234
    );
    assert_eq!(
        lab.soql("SELECT COUNT() FROM User WHERE Id > 'zzzzzzzzzzzzzzz'").await,
        json!({"totalSize":0,"done":true,"records":[]})
    );
}

#[tokio::test]
async fn conditions_mean_what_soql_says() {
    let lab = Lab::start(OrgOptions { users: 600, now: Some(1_790_000_000_000), ..OrgOptions::default() }).await;
    let count = async |filter: &str| {
        lab.soql(&format!("select count() from user where {filter}")).await["totalSize"].as_u64().unwrap()
    };
    let all = 600;
    let active = count("IsActive = TRUE").await;
    assert!(active > 480 && active < 560, "about 12 % are inactive: {active}");
    assert_eq!(count("NOT IsActive = true").await, all - active);
    assert_eq!(count("isactive != true OR isactive = true").await, all);
    let never = count("LastLoginDate = null").await;
    assert!(never > 20);
    assert_eq!(count("LastLoginDate != null").await, all - never);
    let old = count("LastLoginDate < 2026-06-23T00:00:00Z").await;
    let new = count("LastLoginDate >= 2026-06-23T01:00:00+01:00").await;
    assert_eq!(old + new, all - never, "an empty field is neither before nor after");
    assert_eq!(count("Username = 'INTEGRATION@acme.example'").await, 1);
    assert_eq!(
        count("(Department = 'Sales' OR Department = 'Legal') AND IsActive = true").await,
        count("Department IN ('sales','legal') AND NOT (IsActive = false)").await
    );
    assert_eq!(count("Department NOT IN ('Sales')").await + count("Department = 'Sales'").await, all);
    assert_eq!(count("Name LIKE '%'").await, all);
    assert_eq!(count("Username LIKE 'integration@acme.exampl_'").await, 1);
    assert_eq!(count("Username LIKE 'integration\\_%'").await, 0);
    assert_eq!(count("UserRole.Name = 'CEO'").await, count("UserRole.DeveloperName = 'CEO'").await);
    assert_eq!(count("NumberOfFailedLogins > 0").await, count("NumberOfFailedLogins >= 1").await);
    assert_eq!(
        count("Profile.UserLicense.LicenseDefinitionKey = 'AUL'").await,
        count("Profile.UserLicense.Name = 'salesforce platform'").await
    );
    assert_eq!(count("LastName = 'O\\'Brien'").await, count("LastName LIKE 'o\\'b%'").await);
    assert_eq!(count("Id = '005000000000000'").await, 0);
    assert_eq!(count("ManagerId != '005000000000000'").await, all);
}

#[tokio::test]
async fn order_limit_and_offset() {
    let lab = Lab::small().await;
    let texts = async |soql: &str, field: &str| {
        let page = lab.soql(soql).await;
        page["records"]
            .as_array()
            .unwrap()
            .iter()
            .map(|record| record[field].as_str().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    let names = texts("SELECT Name FROM User ORDER BY Name", "Name").await;
    let folded: Vec<String> = names.iter().flatten().map(|name| name.to_lowercase()).collect();
    assert!(folded.is_sorted());
    let mut backwards = texts("SELECT Name FROM User ORDER BY Name DESC", "Name").await;
    backwards.reverse();
    let lower = |names: &[Option<String>]| names.iter().flatten().map(|name| name.to_lowercase()).collect::<Vec<_>>();
    assert_eq!(lower(&names), lower(&backwards));
    let logins =
        texts("SELECT LastLoginDate FROM User ORDER BY LastLoginDate DESC NULLS LAST, Id", "LastLoginDate").await;
    assert!(logins[0].is_some() && logins.last().unwrap().is_none());
    assert!(texts("SELECT LastLoginDate FROM User ORDER BY LastLoginDate", "LastLoginDate").await[0].is_none());
    let ids = texts("SELECT Id FROM User ORDER BY Id", "Id").await;
    let last = texts("SELECT Id FROM User ORDER BY Id DESC LIMIT 3 OFFSET 1", "Id").await;
    assert_eq!(last, [ids[118].clone(), ids[117].clone(), ids[116].clone()]);
    assert_eq!(texts("SELECT Id FROM User LIMIT 2 OFFSET 5", "Id").await, ids[5..7]);
    assert_eq!(lab.soql_refused("SELECT Id FROM User OFFSET 2001").await.0, "NUMBER_OUTSIDE_VALID_RANGE");
}

#[tokio::test]
async fn names_come_back_in_their_own_case() {
    let lab = Lab::small().await;
    let page = lab.soql("select ID, profile.userlicense.NAME, userrole.name, manager.profile.name from USER where username = 'autoproc@acme.example'").await;
    let record = &page["records"][0];
    let members: Vec<_> = record.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["Id", "Manager", "Profile", "UserRole", "attributes"]);
    assert_eq!((&record["Profile"], &record["UserRole"]), (&Json::Null, &Json::Null));
    assert_eq!(lab.soql("SELECT User.Name FROM User LIMIT 1").await["records"][0]["Name"], "Integration User");
}

#[tokio::test]
async fn mistakes_have_salesforces_codes_and_a_caret() {
    let lab = Lab::small().await;
    let table = [
        (
            "SELECT Id, Name FROM Accout",
            "INVALID_TYPE",
            "\nName FROM Accout\n     ^\nERROR at Row:1:Column:17\nsObject type 'Accout' is not supported.",
        ),
        (
            "SELECT Id, Foo FROM User",
            "INVALID_FIELD",
            "\n, Foo FROM\n  ^\nERROR at Row:1:Column:12\nNo such column 'Foo' on entity 'User'.",
        ),
        ("SELECT Id, Role.Name FROM User", "INVALID_FIELD", "Didn't understand relationship 'Role' in field path."),
        ("SELECT Id, id FROM User", "INVALID_FIELD", "duplicate field selected: id"),
        (
            "SELECT Id FROM User WHERE IsActive = 'true'",
            "INVALID_FIELD",
            "must be of type boolean and should not be enclosed in quotes",
        ),
        (
            "SELECT Id FROM User WHERE Name = 5",
            "INVALID_FIELD",
            "must be of type string and should be enclosed in quotes",
        ),
        (
            "SELECT Id FROM User WHERE CreatedDate > 2026-01-01",
            "INVALID_FIELD",
            "must be of type dateTime and should not be enclosed in quotes",
        ),
        ("SELECT Id FROM User WHERE CreatedDate > '2026-01-01T00:00:00Z'", "INVALID_FIELD", "must be of type dateTime"),
        ("SELECT Id FROM User WHERE Id = 'abc'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: abc"),
        (
            "SELECT Id FROM User WHERE IsActive > true",
            "INVALID_QUERY_FILTER_OPERATOR",
            "invalid operator on boolean field",
        ),
        ("SELECT Id FROM User WHERE Id LIKE '005%'", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator on id field"),
        (
            "SELECT Id FROM UserLicense WHERE UsedLicenses > 1",
            "INVALID_FIELD",
            "field 'UsedLicenses' can not be filtered in a query call",
        ),
        ("SELECT Id FROM User WHERE", "MALFORMED_QUERY", "unexpected token: '<EOF>'"),
    ];
    for (soql, code, message) in table {
        let (found, text) = lab.soql_refused(soql).await;
        assert_eq!(found, code, "{soql}: {text}");
        assert!(text.contains(message), "{soql}: {text}");
    }
    assert_eq!(lab.refused("GET", "/query", None).await, (400, "MALFORMED_QUERY".into()));
    let old = format!("/services/data/v63.0{}", query_path("SELECT Id FROM UserLicense WHERE UsedLicenses > 1"));
    assert_eq!(lab.call("GET", &old, None).await.0, 200, "before v64 the filter was allowed");
}

#[tokio::test]
async fn what_a_user_may_not_see_does_not_exist_for_it() {
    let lab = Lab::small().await;
    let me = lab.org.integration_user();
    lab.org.hide_field(&me, Object::User, "EmployeeNumber").unwrap();
    assert!(
        lab.soql_refused("SELECT Id, EmployeeNumber FROM User").await.1.contains("No such column 'EmployeeNumber'")
    );
    let fields = lab.call("GET", "/sobjects/User/describe", None).await.1["fields"].clone();
    let named = |name: &str| fields.as_array().unwrap().iter().find(|field| field["name"] == name).cloned();
    assert_eq!(named("EmployeeNumber"), None);
    let role = named("UserRoleId").unwrap();
    assert_eq!(
        (&role["relationshipName"], &role["referenceTo"], &role["updateable"]),
        (&json!("UserRole"), &json!(["UserRole"]), &json!(true))
    );
    assert_eq!(named("Backup_Approver__c").unwrap()["custom"], true);

    lab.org
        .set_permissions(&me, Permissions::ALL.without(Permission::ViewRoles).without(Permission::ManageUsers))
        .unwrap();
    assert_eq!(lab.soql_refused("SELECT Id FROM UserRole").await.0, "INVALID_TYPE");
    assert_eq!(lab.soql_refused("SELECT UserRole.Name FROM User").await.0, "INVALID_FIELD");
    assert_eq!(lab.soql_refused("SELECT NumberOfFailedLogins FROM User").await.0, "INVALID_FIELD");
    assert_eq!(lab.soql_refused("SELECT Id FROM UserLogin").await.0, "INVALID_TYPE");
    assert_eq!(lab.refused("GET", "/sobjects/UserRole/describe", None).await, (404, "NOT_FOUND".into()));
    lab.org.set_permissions(&me, Permissions::ORDINARY).unwrap();
    assert_eq!(lab.soql_refused("SELECT Id FROM Profile").await.0, "INVALID_TYPE");
    assert_eq!(lab.refused("GET", "/limits", None).await, (403, "INSUFFICIENT_ACCESS".into()));
    let role = lab.call("GET", "/sobjects/User/describe", None).await.1["updateable"].clone();
    assert_eq!(role, false);
}

#[tokio::test]
async fn a_locator_dies_with_its_session() {
    let lab = Lab::start(OrgOptions { users: 500, page_rows: 200, ..OrgOptions::default() }).await;
    let next = lab.soql("SELECT Id FROM User").await["nextRecordsUrl"].as_str().unwrap().to_owned();
    let other = lab.org.open_session(None).unwrap();
    let with = async |token: &str| {
        let response = lab.http.get(format!("{}{next}", lab.server.url())).bearer_auth(token).send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json::<Json>().await.unwrap()[0]["errorCode"].as_str().map(str::to_owned))
    };
    assert_eq!(with(&lab.token).await, (200, None));
    assert_eq!(with(&other).await, (400, Some("INVALID_QUERY_LOCATOR".into())));
    lab.org.expire_sessions();
    let fresh = lab.org.open_session(None).unwrap();
    assert_eq!(with(&fresh).await, (401, Some("INVALID_SESSION_ID".into())));
    assert_eq!(with(&fresh).await, (401, Some("INVALID_SESSION_ID".into())), "for ever");
    let response =
        lab.http.get(format!("{}/services/data/v67.0/query/0r8nothing-2000", lab.server.url())).bearer_auth(&fresh);
    assert_eq!(response.send().await.unwrap().json::<Json>().await.unwrap()[0]["errorCode"], "INVALID_QUERY_LOCATOR");
}

#[tokio::test]
async fn the_batch_size_is_a_hint_within_bounds() {
    let lab = Lab::start(OrgOptions { users: 2500, ..OrgOptions::default() }).await;
    for (asked, got) in [("200", 200), ("50", 200), ("9999", 2000), ("700", 700)] {
        let request = lab
            .request("GET", &query_path("SELECT Id FROM User"))
            .header("Sforce-Query-Options", format!("batchSize={asked}"));
        let page: Json = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(page["records"].as_array().unwrap().len(), got);
    }
}

#[tokio::test]
async fn addresses_and_headers_have_an_end() {
    let lab = Lab::small().await;
    let long = format!("SELECT Id FROM User WHERE Id IN ({})", vec!["'005000000000000'"; 900].join(","));
    assert_eq!(lab.call("GET", &query_path(&long), None).await.0, 414);
    assert_eq!(lab.org.journal()[0].status, 414);
    let long = format!("SELECT Id FROM User WHERE Id IN ({})", vec!["'005000000000000'"; 640].join(","));
    let request = lab.request("GET", &query_path(&long)).header("x-long", "x".repeat(2000));
    assert_eq!(request.send().await.unwrap().status(), 431);
    assert_eq!(lab.call("GET", &query_path(&long), None).await.0, 200);
}
