//! Licences, permission sets, groups and memberships: what Salesforce does with a change, and how it refuses one.

use super::{Lab, OrgOptions};
use crate::salesforce::{Permission, Permissions};
use serde_json::{Value as Json, json};

impl Lab {
    /// The one id a query finds.
    fn one(&self, soql: &str) -> String {
        let mut ids = self.ids(soql);
        assert!(!ids.is_empty(), "{soql}");
        ids.remove(0)
    }

    async fn create(&self, object: &str, body: Json) -> String {
        let (status, made) = self.call("POST", &format!("/sobjects/{object}"), Some(body)).await;
        assert_eq!(status, 201, "{object}: {made}");
        made["id"].as_str().unwrap().to_owned()
    }

    /// Code and text of a refused creation.
    async fn no_create(&self, object: &str, body: Json) -> (String, String) {
        let (status, answer) = self.call("POST", &format!("/sobjects/{object}"), Some(body)).await;
        assert!(status >= 400, "{object}: {answer}");
        (answer[0]["errorCode"].as_str().unwrap().into(), answer[0]["message"].as_str().unwrap().into())
    }

    async fn delete(&self, object: &str, id: &str) {
        assert_eq!(self.call("DELETE", &format!("/sobjects/{object}/{id}"), None).await, (204, Json::Null));
    }

    /// Code and text of a refused deletion.
    async fn no_delete(&self, object: &str, id: &str) -> (String, String) {
        let (status, answer) = self.call("DELETE", &format!("/sobjects/{object}/{id}"), None).await;
        assert!(status >= 400, "{object}: {answer}");
        (answer[0]["errorCode"].as_str().unwrap().into(), answer[0]["message"].as_str().unwrap().into())
    }

    fn count(&self, rest: &str) -> usize {
        self.org.count(&format!("SELECT COUNT() FROM {rest}")).unwrap()
    }

    /// An active user of the full licence who holds neither the licence nor a set of this name.
    fn without(&self, set: &str) -> String {
        let held = |object: &str, filter: &str| -> Vec<String> {
            let rows = self.org.query(&format!("SELECT AssigneeId FROM {object} WHERE {filter}")).unwrap();
            rows.iter().map(|row| row["AssigneeId"].as_str().unwrap().to_owned()).collect()
        };
        let mut holders = held("PermissionSetAssignment", &format!("PermissionSet.Name = '{set}'"));
        holders.extend(held("PermissionSetLicenseAssign", "Id != null"));
        let all =
            self.ids("SELECT Id FROM User WHERE IsActive = true AND Profile.Name = 'Sales User' ORDER BY Id DESC");
        all.into_iter().find(|id| !holders.contains(id)).unwrap()
    }
}

#[tokio::test]
async fn a_set_brings_its_licence_and_leaves_it_behind() {
    let lab = Lab::start(OrgOptions { users: 400, ..OrgOptions::default() }).await;
    let set = lab.one("SELECT Id FROM PermissionSet WHERE Name = 'Analytics_Viewer'");
    let license = lab.one("SELECT Id FROM PermissionSetLicense WHERE MasterLabel = 'CRM Analytics Plus'");
    let used = || lab.org.field(&license, "UsedLicenses").unwrap().as_i64().unwrap();
    let user = lab.without("Analytics_Viewer");
    let before = used();
    let assignment = json!({ "AssigneeId": user, "PermissionSetId": set });
    let id = lab.create("PermissionSetAssignment", assignment.clone()).await;
    let held =
        format!("PermissionSetLicenseAssign WHERE AssigneeId = '{user}' AND PermissionSetLicenseId = '{license}'");
    assert_eq!((used(), lab.count(&held)), (before + 1, 1));
    let tie = lab.one(&format!("SELECT Id FROM {held}"));
    let (code, text) = lab.no_delete("PermissionSetLicenseAssign", &tie).await;
    assert!(code == "FIELD_INTEGRITY_EXCEPTION" && text.ends_with("Analytics Viewer"), "{code} {text}");
    lab.delete("PermissionSetAssignment", &id).await;
    assert_eq!((used(), lab.count(&held)), (before + 1, 1), "the licence stays");
    let again = json!({ "AssigneeId": user, "PermissionSetLicenseId": license });
    let (code, text) = lab.no_create("PermissionSetLicenseAssign", again.clone()).await;
    let ids = format!("Assignee: {}; Permission Set License: {}", &user[..15], &license[..15]);
    assert_eq!((code.as_str(), text), ("DUPLICATE_VALUE", format!("Duplicate PermissionSetLicenseAssign.  {ids}")));
    lab.delete("PermissionSetLicenseAssign", &tie).await;
    assert_eq!(used(), before);
    assert_eq!(
        lab.refused("PATCH", &format!("/sobjects/PermissionSetLicenseAssign/{tie}"), Some(json!({}))).await.0,
        405
    );

    lab.org.set_total_licenses("CRM Analytics Plus", before).unwrap();
    let full =
        ("LICENSE_LIMIT_EXCEEDED".to_owned(), "All CRM Analytics Plus permission set licenses are in use.".to_owned());
    assert_eq!(lab.no_create("PermissionSetLicenseAssign", again).await, full);
    assert_eq!(lab.no_create("PermissionSetAssignment", assignment).await, full);
    let disabled = lab.one("SELECT Id FROM PermissionSetLicense WHERE Status = 'Disabled'");
    let body = json!({ "AssigneeId": user, "PermissionSetLicenseId": disabled });
    assert_eq!(lab.no_create("PermissionSetLicenseAssign", body).await.0, "FIELD_INTEGRITY_EXCEPTION");
}

#[tokio::test]
async fn a_set_of_another_user_licence_is_refused_and_goes_with_the_licence() {
    let lab = Lab::start(OrgOptions { users: 400, ..OrgOptions::default() }).await;
    let set = lab.one("SELECT Id FROM PermissionSet WHERE Name = 'Platform_Builder'");
    let user = lab.without("Platform_Builder");
    let name = lab.org.field(&user, "Name").unwrap();
    let (code, text) =
        lab.no_create("PermissionSetAssignment", json!({ "AssigneeId": user, "PermissionSetId": set })).await;
    assert_eq!(code, "FIELD_INTEGRITY_EXCEPTION");
    let wanted = "The user license doesn't allow the permission: Read Accounts";
    assert_eq!(
        text,
        format!("Can't assign permission set \"Platform Builder\" to user \"{}\". {wanted}", name.as_str().unwrap())
    );
    let row = lab.org.query(&format!("SELECT AssigneeId FROM PermissionSetAssignment WHERE PermissionSetId = '{set}' AND Assignee.IsActive = true LIMIT 1")).unwrap();
    let holder = row[0]["AssigneeId"].as_str().unwrap().to_owned();
    let held = format!("PermissionSetAssignment WHERE AssigneeId = '{holder}'");
    let before = lab.count(&held);
    let identity = lab.one("SELECT Id FROM Profile WHERE Name = 'Identity User'");
    lab.org.change(&holder, &json!({ "ProfileId": identity })).unwrap();
    assert_eq!(lab.count(&held), before - 1);
    assert_eq!(lab.count(&format!("{held} AND PermissionSetId = '{set}'")), 0);
}

#[tokio::test]
async fn package_licences_have_seats_unless_they_are_for_all() {
    let lab = Lab::start(OrgOptions { users: 400, ..OrgOptions::default() }).await;
    let license =
        |namespace: &str| lab.one(&format!("SELECT Id FROM PackageLicense WHERE NamespacePrefix = '{namespace}'"));
    let docsign = license("docsign");
    let holders =
        lab.org.query(&format!("SELECT UserId FROM UserPackageLicense WHERE PackageLicenseId = '{docsign}'")).unwrap();
    let user = lab
        .ids("SELECT Id FROM User WHERE IsActive = true")
        .into_iter()
        .find(|id| holders.iter().all(|row| row["UserId"] != **id))
        .unwrap();
    let used = || lab.org.field(&docsign, "UsedLicenses").unwrap().as_i64().unwrap();
    let before = used();
    let body = |license: &str| json!({ "UserId": user, "PackageLicenseId": license });
    let id = lab.create("UserPackageLicense", body(&docsign)).await;
    assert_eq!(used(), before + 1);
    assert_eq!(lab.no_create("UserPackageLicense", body(&docsign)).await.0, "DUPLICATE_VALUE");
    lab.delete("UserPackageLicense", &id).await;
    assert_eq!(used(), before);
    assert_eq!(lab.no_delete("UserPackageLicense", &id).await.0, "ENTITY_IS_DELETED");
    lab.org.set_total_licenses("docsign", before).unwrap();
    let full = ("LICENSE_LIMIT_EXCEEDED".to_owned(), "License Limit Exceeded - docsign".to_owned());
    assert_eq!(lab.no_create("UserPackageLicense", body(&docsign)).await, full);
    for namespace in ["gridtools", "oldsurvey"] {
        assert_eq!(lab.no_create("UserPackageLicense", body(&license(namespace))).await.0, "INVALID_PACKAGE_LICENSE");
    }
    lab.org
        .set_permissions(&lab.org.integration_user(), Permissions::ALL.without(Permission::ManagePackageLicenses))
        .unwrap();
    assert_eq!(lab.no_create("UserPackageLicense", body(&docsign)).await.0, "INSUFFICIENT_ACCESS_OR_READONLY");
    let describe = lab.call("GET", "/sobjects/UserPackageLicense/describe", None).await.1;
    assert_eq!((&describe["createable"], &describe["deletable"]), (&json!(false), &json!(false)));
}

#[tokio::test]
async fn groups_of_sets_are_made_calculated_assigned_and_deleted() {
    let lab = Lab::start(OrgOptions { users: 400, ..OrgOptions::default() }).await;
    let group =
        lab.create("PermissionSetGroup", json!({ "DeveloperName": "Field_Kit", "MasterLabel": "Field Kit" })).await;
    let set = lab.one("SELECT Id FROM PermissionSet WHERE Name = 'Sales_Planner'");
    let part = json!({ "PermissionSetGroupId": group, "PermissionSetId": set });
    let component = lab.create("PermissionSetGroupComponent", part.clone()).await;
    assert_eq!(lab.no_create("PermissionSetGroupComponent", part).await.0, "DUPLICATE_VALUE");
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(lab.soql(&format!("SELECT Status FROM PermissionSetGroup WHERE Id = '{group}'")).await["records"][0]["Status"].clone());
    }
    assert_eq!(statuses, ["Outdated", "Updating", "Updating", "Updated", "Updated"]);
    let body = json!({ "DeveloperName": "Field_Kit", "MasterLabel": "Other" });
    assert_eq!(lab.no_create("PermissionSetGroup", body).await.0, "DUPLICATE_DEVELOPER_NAME");
    let body = json!({ "DeveloperName": "Field Kit!", "MasterLabel": "Other" });
    assert_eq!(lab.no_create("PermissionSetGroup", body).await.0, "FIELD_INTEGRITY_EXCEPTION");

    let user = lab.without("Sales_Planner");
    let both = json!({ "AssigneeId": user, "PermissionSetGroupId": group, "PermissionSetId": set });
    assert_eq!(lab.no_create("PermissionSetAssignment", both).await.0, "FIELD_INTEGRITY_EXCEPTION");
    assert_eq!(
        lab.no_create("PermissionSetAssignment", json!({ "AssigneeId": user })).await.0,
        "REQUIRED_FIELD_MISSING"
    );
    let body = json!({ "AssigneeId": user, "PermissionSetGroupId": group });
    let id = lab.create("PermissionSetAssignment", body.clone()).await;
    let row = lab.org.query(&format!("SELECT PermissionSetGroupId, IsActive, PermissionSet.Type, PermissionSet.PermissionSetGroupId, PermissionSetId FROM PermissionSetAssignment WHERE Id = '{id}'")).unwrap().remove(0);
    assert_eq!(
        (&row["PermissionSetGroupId"], &row["PermissionSet"]["PermissionSetGroupId"]),
        (&json!(group), &json!(group))
    );
    assert_eq!((&row["PermissionSet"]["Type"], &row["IsActive"]), (&json!("Group"), &json!(true)));
    assert_eq!(
        lab.count(&format!("PermissionSetLicenseAssign WHERE AssigneeId = '{user}'")),
        1,
        "the part's licence comes along"
    );
    assert_eq!(lab.no_create("PermissionSetAssignment", body).await.0, "DUPLICATE_VALUE");
    let hidden = row["PermissionSetId"].as_str().unwrap().to_owned();
    let direct = json!({ "AssigneeId": lab.org.integration_user(), "PermissionSetId": hidden });
    assert_eq!(lab.no_create("PermissionSetAssignment", direct).await.0, "INSUFFICIENT_ACCESS_OR_READONLY");
    assert_eq!(lab.no_delete("PermissionSet", &hidden).await.0, "INSUFFICIENT_ACCESS_OR_READONLY");
    assert_eq!(lab.no_delete("PermissionSetGroup", &group).await.0, "DELETE_FAILED");

    lab.delete("PermissionSetAssignment", &id).await;
    lab.delete("PermissionSetGroup", &group).await;
    assert_eq!(
        lab.no_delete("PermissionSetGroupComponent", &component).await.0,
        "ENTITY_IS_DELETED",
        "went with its group"
    );
    assert_eq!(lab.no_delete("PermissionSet", &hidden).await.0, "ENTITY_IS_DELETED");
}

#[tokio::test]
async fn managed_hidden_and_used_sets_stay() {
    let lab = Lab::small().await;
    let managed = lab.one("SELECT Id FROM PermissionSet WHERE NamespacePrefix != null");
    assert_eq!(lab.no_delete("PermissionSet", &managed).await.0, "CANNOT_DELETE_MANAGED_OBJECT");
    let owned = lab.one("SELECT Id FROM PermissionSet WHERE IsOwnedByProfile = true");
    let path = format!("/sobjects/PermissionSet/{owned}");
    assert_eq!(lab.refused("PATCH", &path, Some(json!({ "Label": "Mine" }))).await.0, 403);
    let admin = lab
        .org
        .query(
            "SELECT PermissionsModifyAllData, ProfileId FROM PermissionSet WHERE Profile.Name = 'System Administrator'",
        )
        .unwrap();
    assert_eq!(admin[0]["PermissionsModifyAllData"], true);
    let set =
        lab.create("PermissionSet", json!({ "Name": "New_Set", "Label": "New", "PermissionsApiEnabled": true })).await;
    let made = lab.call("GET", &format!("/sobjects/PermissionSet/{set}"), None).await.1;
    assert_eq!(
        (&made["PermissionsApiEnabled"], &made["PermissionsModifyAllData"], &made["IsCustom"]),
        (&json!(true), &json!(false), &json!(true))
    );
    for (name, code) in [
        ("New_Set", "DUPLICATE_DEVELOPER_NAME"),
        ("9_Lives", "FIELD_INTEGRITY_EXCEPTION"),
        ("A__b", "FIELD_INTEGRITY_EXCEPTION"),
    ] {
        assert_eq!(lab.no_create("PermissionSet", json!({ "Name": name, "Label": "x" })).await.0, code, "{name}");
    }
    let group = lab.one("SELECT Id FROM PermissionSetGroup WHERE DeveloperName = 'Security_Review'");
    let part = lab
        .create("PermissionSetGroupComponent", json!({ "PermissionSetGroupId": group, "PermissionSetId": set }))
        .await;
    assert_eq!(lab.no_delete("PermissionSet", &set).await.0, "DELETE_FAILED");
    lab.delete("PermissionSetGroupComponent", &part).await;
    lab.delete("PermissionSet", &set).await;
}

#[tokio::test]
async fn only_the_end_of_an_assignment_can_be_changed() {
    let lab = Lab::small().await;
    let set = lab.one("SELECT Id FROM PermissionSet WHERE Name = 'Api_Access'");
    let user = lab.without("Api_Access");
    let id = lab.create("PermissionSetAssignment", json!({ "AssigneeId": user, "PermissionSetId": set })).await;
    let path = format!("/sobjects/PermissionSetAssignment/{id}");
    assert_eq!(lab.call("PATCH", &path, Some(json!({ "ExpirationDate": "2031-01-01T00:00:00Z" }))).await.0, 204);
    assert_eq!(
        lab.refused("PATCH", &path, Some(json!({ "PermissionSetId": set }))).await.1,
        "INVALID_FIELD_FOR_INSERT_UPDATE"
    );
    assert_eq!(lab.call("PATCH", &path, Some(json!({ "ExpirationDate": "2021-01-01T00:00:00Z" }))).await.0, 204);
    assert_eq!(lab.org.field(&id, "IsActive").unwrap(), false, "it has run out, and the row stays");
    assert_eq!(lab.call("PATCH", &path, Some(json!({ "ExpirationDate": null }))).await.0, 204);
    assert_eq!(lab.org.field(&id, "IsActive").unwrap(), true);
    let seeded = lab.one("SELECT Id FROM PermissionSetAssignment WHERE IsActive = false");
    lab.org.change(&seeded, &json!({ "ExpirationDate": null })).unwrap();
    assert_eq!(lab.org.field(&seeded, "IsActive").unwrap(), true);
    let owned = lab.one("SELECT Id FROM PermissionSetAssignment WHERE PermissionSet.IsOwnedByProfile = true");
    assert_eq!(lab.no_delete("PermissionSetAssignment", &owned).await.0, "INSUFFICIENT_ACCESS_OR_READONLY");
}

#[tokio::test]
async fn members_of_groups() {
    let lab = Lab::start(OrgOptions { users: 400, ..OrgOptions::default() }).await;
    let group = lab.create("Group", json!({ "Name": "Night Shift" })).await;
    assert_eq!(lab.org.field(&group, "DeveloperName").unwrap(), "Night_Shift");
    let queue = lab.create("Group", json!({ "Name": "Night Shift", "Type": "Queue" })).await;
    let user = lab.ordinary_user();
    let add = |group: &str, member: &str| json!({ "GroupId": group, "UserOrGroupId": member });
    let id = lab.create("GroupMember", add(&group, &user)).await;
    assert_eq!(lab.create("GroupMember", add(&group, &user)).await, id, "twice is no mistake");
    assert_eq!(lab.count(&format!("GroupMember WHERE GroupId = '{group}'")), 1);
    let seeded = lab.org.query("SELECT Id, GroupId, UserOrGroupId FROM GroupMember LIMIT 1").unwrap().remove(0);
    let same = add(seeded["GroupId"].as_str().unwrap(), seeded["UserOrGroupId"].as_str().unwrap());
    assert_eq!(json!(lab.create("GroupMember", same).await), seeded["Id"]);
    let inactive = lab.one("SELECT Id FROM User WHERE IsActive = false");
    assert_eq!(lab.no_create("GroupMember", add(&group, &inactive)).await.0, "INACTIVE_OWNER_OR_USER");
    let implied = lab.one("SELECT Id FROM Group WHERE Type = 'Role'");
    assert_eq!(lab.no_create("GroupMember", add(&implied, &user)).await.0, "INSUFFICIENT_ACCESS_OR_READONLY");
    assert_eq!(lab.no_delete("Group", &implied).await.0, "INSUFFICIENT_ACCESS_OR_READONLY");
    lab.create("GroupMember", add(&group, &implied)).await;
    lab.create("GroupMember", add(&queue, &group)).await;
    assert_eq!(lab.no_create("GroupMember", add(&group, &queue)).await.0, "CIRCULAR_DEPENDENCY");
    assert_eq!(lab.refused("PATCH", &format!("/sobjects/GroupMember/{id}"), Some(json!({}))).await.0, 405);
    lab.delete("Group", &group).await;
    assert_eq!(lab.count(&format!("GroupMember WHERE GroupId = '{queue}'")), 0, "out of other groups too");
    assert_eq!(lab.no_delete("GroupMember", &id).await.0, "ENTITY_IS_DELETED");
}

#[tokio::test]
async fn a_role_has_its_groups_and_who_leaves_keeps_what_it_held() {
    let lab = Lab::start(OrgOptions { users: 400, ..OrgOptions::default() }).await;
    let before = lab.count("Group WHERE RelatedId != null");
    let role = lab.create("UserRole", json!({ "Name": "R&D (Space)" })).await;
    assert_eq!(lab.org.field(&role, "DeveloperName").unwrap(), "R_D_Space");
    assert_eq!(lab.count(&format!("Group WHERE RelatedId = '{role}'")), 2);
    lab.delete("UserRole", &role).await;
    assert_eq!(lab.count("Group WHERE RelatedId != null"), before);

    let rows = lab.org.query("SELECT AssigneeId FROM PermissionSetLicenseAssign WHERE Assignee.IsActive = true AND Assignee.Profile.Name = 'Sales User' ORDER BY Id DESC LIMIT 1").unwrap();
    let user = rows[0]["AssigneeId"].as_str().unwrap().to_owned();
    let holds = || {
        [
            "PermissionSetAssignment WHERE AssigneeId",
            "PermissionSetLicenseAssign WHERE AssigneeId",
            "UserPackageLicense WHERE UserId",
            "GroupMember WHERE UserOrGroupId",
        ]
        .map(|rest| lab.count(&format!("{rest} = '{user}'")))
    };
    let before = holds();
    lab.org.change(&user, &json!({ "IsActive": false })).unwrap();
    assert_eq!(holds(), before);

    let session = lab.one("SELECT Id FROM AuthSession");
    lab.delete("AuthSession", &session).await;
    assert_eq!(lab.no_delete("AuthSession", &session).await.0, "ENTITY_IS_DELETED");
    assert_eq!(lab.refused("POST", "/sobjects/AuthSession", Some(json!({}))).await.0, 405);
    let created = lab.create("User", json!({
        "Username": "new.hire@acme.example", "LastName": "Hire", "Email": "new.hire@acme.example", "Alias": "nhire",
        "ProfileId": lab.one("SELECT Id FROM Profile WHERE Name = 'Sales User'"), "TimeZoneSidKey": "GMT", "LocaleSidKey": "en_US",
        "LanguageLocaleKey": "en_US", "EmailEncodingKey": "UTF-8",
    })).await;
    let own = lab
        .org
        .query(&format!(
            "SELECT PermissionSet.Profile.Name FROM PermissionSetAssignment WHERE AssigneeId = '{created}'"
        ))
        .unwrap();
    assert_eq!((own.len(), &own[0]["PermissionSet"]["Profile"]["Name"]), (1, &json!("Sales User")));
}
