//! Collections and composite requests.

use super::Lab;
use serde_json::{Value as Json, json};

fn patch(ids: &[String], field: &str, value: &Json) -> Json {
    let record = |id: &String| {
        let mut record = json!({ "attributes": { "type": "User" }, "id": id });
        record[field] = value.clone();
        record
    };
    ids.iter().map(record).collect()
}

#[tokio::test]
async fn items_of_a_collection_fail_one_by_one() {
    let lab = Lab::small().await;
    let ids = vec![lab.ordinary_user(), lab.org.default_case_owner().unwrap(), "005000000000000".into(), "x".into()];
    let body = json!({ "allOrNone": false, "records": patch(&ids, "IsActive", &json!(false)) });
    let (status, results) = lab.call("PATCH", "/composite/sobjects", Some(body)).await;
    assert_eq!(status, 200);
    assert_eq!(results[0], json!({ "id": ids[0], "success": true, "errors": [] }));
    let codes: Vec<_> = (1..4).map(|place| results[place]["errors"][0]["statusCode"].as_str().unwrap()).collect();
    assert_eq!(codes, ["FIELD_INTEGRITY_EXCEPTION", "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID"]);
    assert_eq!(results[1]["errors"][0]["fields"], json!(["IsActive"]));
    assert_eq!(lab.org.field(&ids[0], "IsActive").unwrap(), false);
    assert_eq!(lab.org.settings(|settings| settings.requests_used), 1, "a collection is one call");
}

#[tokio::test]
async fn all_or_none_takes_everything_back() {
    let lab = Lab::small().await;
    let used = || lab.org.query("SELECT UsedLicenses FROM UserLicense ORDER BY Id").unwrap();
    let (ids, before) = (vec![lab.ordinary_user(), lab.org.workflow_user().unwrap()], used());
    let body = json!({ "allOrNone": true, "records": patch(&ids, "IsActive", &json!(false)) });
    let (_, results) = lab.call("PATCH", "/composite/sobjects", Some(body)).await;
    assert_eq!(results[0]["errors"][0]["statusCode"], "ALL_OR_NONE_OPERATION_ROLLED_BACK");
    assert_eq!(results[1]["errors"][0]["statusCode"], "FIELD_INTEGRITY_EXCEPTION");
    assert_eq!(lab.org.field(&ids[0], "IsActive").unwrap(), true);
    assert_eq!(used(), before);
}

#[tokio::test]
async fn collections_have_bounds() {
    let lab = Lab::small().await;
    let many = vec![lab.ordinary_user(); 201];
    let body = json!({ "records": patch(&many, "Title", &json!("x")) });
    assert_eq!(lab.refused("PATCH", "/composite/sobjects", Some(body)).await, (400, "EXCEEDED_ID_LIMIT".into()));
    let mixed = json!({ "records": [
        { "attributes": { "type": "UserRole" }, "Name": "A" },
        { "attributes": { "type": "Group" }, "Name": "B" },
    ] });
    assert_eq!(lab.refused("POST", "/composite/sobjects", Some(mixed)).await, (400, "MIXED_DML_OPERATION".into()));
    let unknown = json!({ "records": [{ "attributes": { "type": "Accout" }, "Name": "A" }] });
    assert_eq!(lab.refused("POST", "/composite/sobjects", Some(unknown)).await, (400, "INVALID_TYPE".into()));
    assert_eq!(lab.refused("POST", "/composite/sobjects", Some(json!({}))).await, (400, "JSON_PARSER_ERROR".into()));
    assert_eq!(lab.refused("DELETE", "/composite/sobjects", None).await.0, 400);
}

#[tokio::test]
async fn roles_are_created_read_and_deleted_together() {
    let lab = Lab::small().await;
    let records: Json =
        ["One", "Two"].iter().map(|name| json!({ "attributes": { "type": "UserRole" }, "Name": name })).collect();
    let (_, made) = lab.call("POST", "/composite/sobjects", Some(json!({ "records": records }))).await;
    let ids: Vec<&str> = made.as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
    let query = format!("/composite/sobjects/UserRole?ids={},00E000000000000&fields=Name", ids.join(","));
    let (_, read) = lab.call("GET", &query, None).await;
    assert_eq!((&read[0]["Name"], &read[1]["Name"], &read[2]), (&json!("One"), &json!("Two"), &Json::Null));
    let (_, posted) =
        lab.call("POST", "/composite/sobjects/UserRole", Some(json!({ "ids": ids, "fields": ["Name"] }))).await;
    assert_eq!(posted[1], read[1]);
    let all_or_none = format!("/composite/sobjects?ids={},{}&allOrNone=true", ids[0], "00E000000000000");
    let (_, kept) = lab.call("DELETE", &all_or_none, None).await;
    assert_eq!(kept[0]["errors"][0]["statusCode"], "ALL_OR_NONE_OPERATION_ROLLED_BACK");
    let (_, deleted) = lab.call("DELETE", &format!("/composite/sobjects?ids={}", ids.join(",")), None).await;
    assert_eq!((&deleted[0]["success"], &deleted[1]["id"]), (&json!(true), &json!(ids[1])));
    let (_, again) = lab.call("DELETE", &format!("/composite/sobjects?ids={}", ids[0]), None).await;
    assert_eq!(again[0]["errors"][0]["statusCode"], "ENTITY_IS_DELETED");
}

fn part(method: &str, url: &str, reference: &str, body: Option<Json>) -> Json {
    let mut part = json!({ "method": method, "url": format!("/services/data/v67.0{url}"), "referenceId": reference });
    if let Some(body) = body {
        part["body"] = body;
    }
    part
}

#[tokio::test]
async fn composite_calls_use_what_earlier_ones_answered() {
    let lab = Lab::small().await;
    let id = lab.ordinary_user();
    let requests = json!([
        part("POST", "/sobjects/UserRole", "role", Some(json!({ "Name": "Moon Base" }))),
        part("PATCH", &format!("/sobjects/User/{id}"), "move", Some(json!({ "UserRoleId": "@{role.id}" }))),
        part("GET", "/query?q=SELECT+Id,Name+FROM+UserRole+WHERE+Id='@{role.id}'", "look", None),
        part("GET", "/sobjects/UserRole/@{look.records[0].Id}", "read", None),
        part("GET", "/sobjects/UserRole/@{missing.id}", "lost", None),
        part("GET", "/nothing", "nothing", None),
    ]);
    let (status, answer) = lab.call("POST", "/composite", Some(json!({ "compositeRequest": requests }))).await;
    let results = answer["compositeResponse"].as_array().unwrap();
    let statuses: Vec<_> = results.iter().map(|result| result["httpStatusCode"].as_u64().unwrap()).collect();
    assert_eq!((status, statuses), (200, vec![201, 204, 200, 200, 400, 404]));
    assert_eq!(results[3]["body"]["Name"], "Moon Base");
    assert_eq!(results[4]["body"][0]["errorCode"], "PROCESSING_HALTED");
    assert!(
        results[0]["httpHeaders"]["Location"]
            .as_str()
            .unwrap()
            .starts_with("/services/data/v67.0/sobjects/UserRole/00E")
    );
    assert_eq!(lab.org.field(&id, "UserRoleId").unwrap(), results[0]["body"]["id"]);
}

#[tokio::test]
async fn a_failed_part_takes_the_others_back() {
    let lab = Lab::small().await;
    let requests = json!([
        part("POST", "/sobjects/UserRole", "role", Some(json!({ "Name": "Moon Base" }))),
        part("PATCH", "/sobjects/User/005000000000000", "move", Some(json!({ "UserRoleId": "@{role.id}" }))),
        part("GET", "/limits", "after", None),
    ]);
    let (_, answer) =
        lab.call("POST", "/composite", Some(json!({ "allOrNone": true, "compositeRequest": requests }))).await;
    let results = &answer["compositeResponse"];
    let codes: Vec<_> = (0..3).map(|place| results[place]["body"][0]["errorCode"].as_str().unwrap()).collect();
    assert_eq!(codes, ["PROCESSING_HALTED", "NOT_FOUND", "PROCESSING_HALTED"]);
    assert!(lab.ids("SELECT Id FROM UserRole WHERE Name = 'Moon Base'").is_empty());
    let many: Json = (0..26).map(|place| part("GET", "/limits", &format!("r{place}"), None)).collect();
    assert_eq!(lab.refused("POST", "/composite", Some(json!({ "compositeRequest": many }))).await.1, "LIMIT_EXCEEDED");
    let twice = json!([part("GET", "/limits", "same", None), part("GET", "/limits", "same", None)]);
    assert_eq!(
        lab.refused("POST", "/composite", Some(json!({ "compositeRequest": twice }))).await.1,
        "JSON_PARSER_ERROR"
    );
}
