//! Reading and changing records one by one: shapes, codes, business rules.

use super::{Lab, OrgOptions};
use crate::salesforce::{Permission, Permissions};
use serde_json::{Value as Json, json};

fn user(id: &str) -> String {
    format!("/sobjects/User/{id}")
}

#[tokio::test]
async fn a_user_can_be_read_and_changed() {
    let lab = Lab::small().await;
    let id = lab.ordinary_user();
    let (status, record) = lab.call("GET", &user(&id), None).await;
    assert_eq!((status, record["Id"].as_str(), record["IsActive"].as_bool()), (200, Some(&*id), Some(true)));
    let role = lab.ids("SELECT Id FROM UserRole WHERE Name = 'VP Legal'").remove(0);
    let body = json!({ "UserRoleId": role, "Title": "Counsel", "firstname": "Zoë" });
    assert_eq!(lab.call("PATCH", &user(&id), Some(body.clone())).await, (204, Json::Null));
    assert_eq!(
        lab.call("PATCH", &user(&id[..15]), Some(body)).await,
        (204, Json::Null),
        "the same again, by the short id"
    );
    let (_, record) =
        lab.call("GET", &format!("{}?fields=Name,Title,UserRoleId,LastModifiedById", user(&id)), None).await;
    assert!(record["Name"].as_str().unwrap().starts_with("Zoë "));
    assert_eq!((&record["Title"], &record["UserRoleId"]), (&json!("Counsel"), &json!(role)));
    assert_eq!(record["LastModifiedById"], json!(lab.org.integration_user()));
    assert_eq!(record.as_object().unwrap().len(), 5);
    assert_eq!(lab.call("PATCH", &user(&id), Some(json!({ "UserRoleId": null }))).await.0, 204);
    assert_eq!(lab.org.field(&id, "UserRoleId").unwrap(), Json::Null);
    assert_eq!(
        lab.call("POST", &format!("{}?_HttpMethod=PATCH", user(&id)), Some(json!({ "Title": "" }))).await.0,
        204
    );
    assert_eq!(lab.org.field(&id, "Title").unwrap(), Json::Null);
}

#[tokio::test]
async fn wrong_input_is_refused_by_code() {
    let lab = Lab::small().await;
    let id = lab.ordinary_user();
    let profile = lab.ids("SELECT Id FROM Profile LIMIT 1").remove(0);
    let gone = format!("{}zzz", &lab.ids("SELECT Id FROM UserRole LIMIT 1")[0][..12]);
    let table = [
        (json!({ "Foo": 1 }), "INVALID_FIELD"),
        (json!({ "Id": id }), "INVALID_FIELD"),
        (json!({ "UserType": "Guest" }), "INVALID_FIELD_FOR_INSERT_UPDATE"),
        (json!({ "CreatedDate": null }), "INVALID_FIELD_FOR_INSERT_UPDATE"),
        (json!({ "IsActive": "false" }), "JSON_PARSER_ERROR"),
        (json!({ "Title": 5 }), "JSON_PARSER_ERROR"),
        (json!({ "IsActive": null }), "INVALID_TYPE_ON_FIELD_IN_RECORD"),
        (json!({ "LastName": null }), "REQUIRED_FIELD_MISSING"),
        (json!({ "Title": "x".repeat(81) }), "STRING_TOO_LONG"),
        (json!({ "Email": "nobody" }), "INVALID_EMAIL_ADDRESS"),
        (json!({ "TimeZoneSidKey": "Mars/Olympus" }), "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        (json!({ "UserRoleId": "nonsense" }), "MALFORMED_ID"),
        (json!({ "UserRoleId": profile }), "MALFORMED_ID"),
        (json!({ "UserRoleId": gone }), "INVALID_CROSS_REFERENCE_KEY"),
        (json!({ "Username": "integration@acme.example" }), "DUPLICATE_USERNAME"),
        (json!({ "Username": "no-at-sign" }), "INVALID_EMAIL_ADDRESS"),
        (json!([]), "JSON_PARSER_ERROR"),
    ];
    for (body, code) in table {
        assert_eq!(lab.refused("PATCH", &user(&id), Some(body.clone())).await, (400, code.into()), "{body}");
    }
    let broken = lab.request("PATCH", &user(&id)).body("{\"Title\":").send().await.unwrap();
    assert_eq!(broken.json::<Json>().await.unwrap()[0]["errorCode"], "JSON_PARSER_ERROR");
    assert_eq!(lab.refused("PATCH", &user("0055"), Some(json!({}))).await, (400, "MALFORMED_ID".into()));
    let wrong_sum = format!("{}AAA", &id[..15]);
    let expected = if wrong_sum == id { (204, Json::Null) } else { (400, json!("MALFORMED_ID")) };
    let (status, answer) = lab.call("PATCH", &user(&wrong_sum), Some(json!({}))).await;
    assert_eq!((status, answer[0]["errorCode"].clone()), expected);
    assert_eq!(lab.refused("GET", &user("005000000000000"), None).await, (404, "NOT_FOUND".into()));
    assert_eq!(lab.refused("GET", &user(&profile), None).await, (400, "MALFORMED_ID".into()));
    assert_eq!(lab.refused("GET", &format!("{}?fields=Foo", user(&id)), None).await, (400, "INVALID_FIELD".into()));
    assert_eq!(lab.org.unexpected().len(), 0);
}

#[tokio::test]
async fn methods_and_paths_that_do_not_exist() {
    let lab = Lab::small().await;
    let id = lab.ordinary_user();
    let (status, answer) = lab.call("DELETE", &user(&id), None).await;
    assert_eq!(status, 405);
    let message = "HTTP Method 'DELETE' not allowed. Allowed are HEAD,GET,PATCH";
    assert_eq!(answer, json!([{ "message": message, "errorCode": "METHOD_NOT_ALLOWED" }]));
    for (method, path) in [("POST", "/query"), ("PUT", "/limits"), ("GET", "/composite"), ("POST", "/sobjects/Profile")]
    {
        assert_eq!(lab.refused(method, path, Some(json!({}))).await, (405, "METHOD_NOT_ALLOWED".into()), "{path}");
    }
    for path in [
        "/nothing",
        "/sobjects/Nothing",
        "/sobjects/Nothing/describe",
        "/services/data/v99.0/query",
        "/services/nothing",
    ] {
        assert_eq!(lab.refused("GET", path, None).await, (404, "NOT_FOUND".into()), "{path}");
    }
    assert_eq!(lab.refused("GET", "/services/data/v30.0/limits", None).await, (410, "GONE".into()));
    assert_eq!(lab.org.unexpected().len(), 10);
}

#[tokio::test]
async fn versions_need_no_session_and_cost_nothing() {
    let lab = Lab::small().await;
    let response = lab.http.get(format!("{}/services/data/", lab.server.url())).send().await.unwrap();
    assert!(response.headers().get("sforce-limit-info").is_none());
    let versions: Json = response.json().await.unwrap();
    let newest = versions.as_array().unwrap().last().unwrap();
    assert_eq!(newest, &json!({ "label": "Winter '27", "url": "/services/data/v68.0", "version": "68.0" }));
    assert_eq!(lab.org.settings(|settings| settings.requests_used), 0);
    let response = lab.request("GET", "/limits").send().await.unwrap();
    assert_eq!(response.headers()["sforce-limit-info"], "api-usage=1/100000");
    assert_eq!(
        response.json::<Json>().await.unwrap()["DailyApiRequests"],
        json!({ "Max": 100_000, "Remaining": 99_999 })
    );
    assert_eq!(lab.call("GET", "", None).await.1["query"], "/services/data/v67.0/query");
    assert_eq!(lab.call("GET", "/sobjects", None).await.1["sobjects"].as_array().unwrap().len(), 22);
    assert_eq!(lab.call("GET", "/sobjects/User", None).await.1["objectDescribe"]["keyPrefix"], "005");
}

#[tokio::test]
async fn who_cannot_be_deactivated() {
    let lab = Lab::start(OrgOptions { users: 200, admins: 1, ..OrgOptions::default() }).await;
    let name_of = |id: &str| lab.org.field(id, "Name").unwrap().as_str().unwrap().to_owned();
    let approver = lab.org.hierarchy_users().remove(0);
    let hierarchy = format!(
        "Cannot complete this operation. Cannot inactivate user that is the value of a hierarchy field: Backup Approver. : {}",
        name_of(&approver)
    );
    let table = [
        (
            lab.org.default_case_owner().unwrap(),
            "FIELD_INTEGRITY_EXCEPTION",
            "You cannot deactivate a user who is the default owner of cases",
        ),
        (
            lab.org.workflow_user().unwrap(),
            "FIELD_INTEGRITY_EXCEPTION",
            "You cannot deactivate the Default Workflow User",
        ),
        (approver, "FIELD_INTEGRITY_EXCEPTION", hierarchy.as_str()),
        (lab.org.admins().remove(0), "CANNOT_DISABLE_LAST_ADMIN", "cannot disable last admin"),
        (lab.org.integration_user(), "FIELD_INTEGRITY_EXCEPTION", "You cannot deactivate your own user record"),
    ];
    for (id, code, message) in table {
        let (status, answer) = lab.call("PATCH", &user(&id), Some(json!({ "IsActive": false }))).await;
        assert_eq!(
            (status, answer[0]["errorCode"].as_str(), answer[0]["message"].as_str()),
            (400, Some(code), Some(message))
        );
        assert_eq!(lab.org.field(&id, "IsActive").unwrap(), true);
    }
    lab.org.set_default_case_owner(None).unwrap();
    let former = lab.ids("SELECT Id FROM User ORDER BY Id LIMIT 1 OFFSET 1").remove(0);
    assert_eq!(lab.call("PATCH", &user(&former), Some(json!({ "IsActive": false }))).await.0, 204);
    let standard = lab.ids("SELECT Id FROM Profile WHERE Name = 'Standard User'").remove(0);
    let body = json!({ "ProfileId": standard });
    assert_eq!(
        lab.refused("PATCH", &user(&lab.org.admins()[0]), Some(body)).await,
        (400, "CANNOT_DISABLE_LAST_ADMIN".into())
    );
}

#[tokio::test]
async fn seats_are_counted() {
    let lab = Lab::small().await;
    let used = || {
        lab.org
            .query("SELECT UsedLicenses, TotalLicenses FROM UserLicense WHERE Name = 'Salesforce'")
            .unwrap()
            .remove(0)
    };
    let before = used()["UsedLicenses"].as_i64().unwrap();
    let active = lab
        .soql("SELECT COUNT() FROM User WHERE IsActive = true AND Profile.UserLicense.Name = 'Salesforce'")
        .await["totalSize"]
        .as_i64();
    assert_eq!(active, Some(before));
    let id = lab.ordinary_user();
    for _ in 0..2 {
        assert_eq!(
            lab.call("PATCH", &user(&id), Some(json!({ "IsActive": false }))).await.0,
            204,
            "twice is no mistake"
        );
    }
    assert_eq!(used()["UsedLicenses"], before - 1);
    lab.org.set_total_licenses("Salesforce", before - 1).unwrap();
    let (status, answer) = lab.call("PATCH", &user(&id), Some(json!({ "IsActive": true }))).await;
    assert_eq!(
        (status, &answer[0]["errorCode"], &answer[0]["message"]),
        (400, &json!("LICENSE_LIMIT_EXCEEDED"), &json!("License Limit Exceeded - Salesforce"))
    );
    lab.org.set_total_licenses("Salesforce", before).unwrap();
    assert_eq!(lab.call("PATCH", &user(&id), Some(json!({ "IsActive": true }))).await.0, 204);
    assert_eq!(used()["UsedLicenses"], before);
}

#[tokio::test]
async fn rights_of_the_sessions_user_decide() {
    let lab = Lab::small().await;
    let (me, id) = (lab.org.integration_user(), lab.ordinary_user());
    lab.org.set_permissions(&me, Permissions::ALL.without(Permission::ManageInternalUsers)).unwrap();
    let refused = lab.refused("PATCH", &user(&id), Some(json!({ "IsActive": false }))).await;
    assert_eq!(refused, (403, "INSUFFICIENT_ACCESS_OR_READONLY".into()));
    lab.org.set_permissions(&me, Permissions::ALL.without(Permission::ApiEnabled)).unwrap();
    assert_eq!(lab.refused("GET", "/limits", None).await, (403, "FUNCTIONALITY_NOT_ENABLED".into()));
    lab.org.set_permissions(&me, Permissions::ALL).unwrap();
    lab.org.settings(|settings| settings.api_enabled = false);
    assert_eq!(lab.refused("GET", "/limits", None).await, (403, "API_DISABLED_FOR_ORG".into()));
}

#[tokio::test]
async fn logins_can_be_frozen_but_not_ones_own() {
    let lab = Lab::small().await;
    let login_of = |user: &str| lab.ids(&format!("SELECT Id FROM UserLogin WHERE UserId = '{user}'")).remove(0);
    let login = login_of(&lab.ordinary_user());
    let path = format!("/sobjects/UserLogin/{login}");
    assert_eq!(lab.call("PATCH", &path, Some(json!({ "IsFrozen": true }))).await.0, 204);
    assert_eq!(lab.org.field(&login, "IsFrozen").unwrap(), true);
    assert_eq!(lab.refused("PATCH", &path, Some(json!({ "UserId": null }))).await.1, "INVALID_FIELD_FOR_INSERT_UPDATE");
    let own = format!("/sobjects/UserLogin/{}", login_of(&lab.org.integration_user()));
    assert_eq!(lab.refused("PATCH", &own, Some(json!({ "IsFrozen": true }))).await, (400, "CANNOT_FREEZE_SELF".into()));
}

#[tokio::test]
async fn roles_are_made_moved_and_deleted() {
    let lab = Lab::small().await;
    let ceo = lab.ids("SELECT Id FROM UserRole WHERE Name = 'CEO'").remove(0);
    assert_eq!(
        lab.refused("POST", "/sobjects/UserRole", Some(json!({}))).await,
        (400, "REQUIRED_FIELD_MISSING".into())
    );
    let body = json!({ "Name": "VP Space", "ParentRoleId": ceo });
    let (status, made) = lab.call("POST", "/sobjects/UserRole", Some(body.clone())).await;
    assert_eq!((status, &made["success"], &made["errors"]), (201, &json!(true), &json!([])));
    assert_eq!(lab.refused("POST", "/sobjects/UserRole", Some(body)).await.1, "DUPLICATE_DEVELOPER_NAME");
    let id = made["id"].as_str().unwrap().to_owned();
    let path = format!("/sobjects/UserRole/{id}");
    assert_eq!(
        lab.refused("PATCH", &format!("/sobjects/UserRole/{ceo}"), Some(json!({ "ParentRoleId": id }))).await.1,
        "CIRCULAR_DEPENDENCY"
    );
    let member = lab.ordinary_user();
    lab.org.change(&member, &json!({ "UserRoleId": id })).unwrap();
    let (status, answer) = lab.call("DELETE", &path, None).await;
    assert_eq!((status, answer[0]["errorCode"].as_str()), (400, Some("DELETE_FAILED")));
    assert!(answer[0]["message"].as_str().unwrap().contains("associated with the following users"));
    assert_eq!(lab.refused("DELETE", &format!("/sobjects/UserRole/{ceo}"), None).await.1, "DELETE_FAILED");
    lab.org.change(&member, &json!({ "UserRoleId": null })).unwrap();
    assert_eq!(lab.call("DELETE", &path, None).await, (204, Json::Null));
    let (status, answer) = lab.call("DELETE", &path, None).await;
    assert_eq!(
        (status, &answer),
        (404, &json!([{ "message": "entity is deleted", "errorCode": "ENTITY_IS_DELETED", "fields": [] }]))
    );
    assert_eq!(lab.refused("GET", &path, None).await, (404, "ENTITY_IS_DELETED".into()));
    assert_eq!(
        lab.refused("PATCH", &user(&member), Some(json!({ "UserRoleId": id }))).await.1,
        "INVALID_CROSS_REFERENCE_KEY"
    );
}

#[tokio::test]
async fn permission_sets_are_assigned_once() {
    let lab = Lab::small().await;
    let set = lab.ids("SELECT Id FROM PermissionSet WHERE Name = 'Api_Access'").remove(0);
    let free = "SELECT Id FROM User WHERE IsActive = true ORDER BY Id DESC";
    let held = lab
        .org
        .query(&format!("SELECT AssigneeId FROM PermissionSetAssignment WHERE PermissionSetId = '{set}'"))
        .unwrap();
    let assignee = lab.ids(free).into_iter().find(|id| held.iter().all(|row| row["AssigneeId"] != **id)).unwrap();
    let body = json!({ "AssigneeId": assignee, "PermissionSetId": set, "ExpirationDate": "2030-12-31T00:00:00Z" });
    let (status, made) = lab.call("POST", "/sobjects/PermissionSetAssignment", Some(body.clone())).await;
    assert_eq!(status, 201, "{made}");
    let id = made["id"].as_str().unwrap();
    let both = format!("SELECT Id FROM PermissionSetAssignment WHERE AssigneeId = '{assignee}'");
    let slow = format!("SELECT Id FROM PermissionSetAssignment WHERE Assignee.Id = '{assignee}'");
    assert_eq!(lab.ids(&both), lab.ids(&slow), "looked up and searched");
    assert!(lab.ids(&format!("{both} AND PermissionSetId = '{set}'")) == [id]);
    assert_eq!(lab.org.field(id, "ExpirationDate").unwrap(), "2030-12-31T00:00:00.000+0000");
    let (_, answer) = lab.call("POST", "/sobjects/PermissionSetAssignment", Some(body)).await;
    let message =
        format!("Duplicate PermissionSetAssignment.  Assignee: {}; Permission Set: {}", &assignee[..15], &set[..15]);
    assert_eq!(
        answer,
        json!([{ "message": message, "errorCode": "DUPLICATE_VALUE", "fields": ["AssigneeId", "PermissionSetId"] }])
    );
    assert_eq!(lab.refused("DELETE", &format!("/sobjects/PermissionSet/{set}"), None).await.1, "DELETE_FAILED");
    assert_eq!(lab.call("DELETE", &format!("/sobjects/PermissionSetAssignment/{id}"), None).await.0, 204);
    let owned = lab.ids("SELECT Id FROM PermissionSet WHERE IsOwnedByProfile = true LIMIT 1").remove(0);
    let body = json!({ "AssigneeId": assignee, "PermissionSetId": owned });
    assert_eq!(lab.refused("POST", "/sobjects/PermissionSetAssignment", Some(body)).await.0, 403);
    let (status, made) =
        lab.call("POST", "/sobjects/PermissionSet", Some(json!({ "Name": "New", "Label": "New" }))).await;
    assert_eq!(status, 201);
    assert_eq!(
        lab.call("DELETE", &format!("/sobjects/PermissionSet/{}", made["id"].as_str().unwrap()), None).await.0,
        204
    );
    let (status, _) = lab.call("POST", "/sobjects/Group", Some(json!({ "Name": "Night Shift" }))).await;
    assert_eq!(status, 201);
    assert_eq!(
        lab.refused("POST", "/sobjects/Group", Some(json!({ "Name": "Night Shift" }))).await.1,
        "DUPLICATE_DEVELOPER_NAME"
    );
}

#[tokio::test]
async fn a_user_can_be_created() {
    let lab = Lab::small().await;
    let profile = lab.ids("SELECT Id FROM Profile WHERE Name = 'Sales User'").remove(0);
    let body = json!({
        "Username": "grace.hopper@acme.example", "LastName": "Hopper", "Email": "grace.hopper@acme.example", "Alias": "ghopper",
        "ProfileId": profile, "TimeZoneSidKey": "America/New_York", "LocaleSidKey": "en_US", "LanguageLocaleKey": "en_US",
        "EmailEncodingKey": "UTF-8",
    });
    let (status, made) = lab.call("POST", "/sobjects/User", Some(body.clone())).await;
    assert_eq!(status, 201, "{made}");
    let (_, record) = lab.call("GET", &user(made["id"].as_str().unwrap()), None).await;
    assert_eq!(
        (&record["Name"], &record["IsActive"], &record["LastLoginDate"]),
        (&json!("Hopper"), &json!(true), &Json::Null)
    );
    assert_eq!(lab.refused("POST", "/sobjects/User", Some(body)).await.1, "DUPLICATE_USERNAME");
    assert_eq!(lab.soql("SELECT Id FROM User WHERE Username = 'grace.hopper@acme.example'").await["totalSize"], 1);
    assert_eq!(lab.soql("SELECT COUNT() FROM UserLogin").await["totalSize"], 121);
}
