//! Graphs and batches of calls, and what changed since.

use super::Lab;
use serde_json::{Value as Json, json};

fn node(method: &str, path: &str, reference: &str, body: Json) -> Json {
    json!({ "method": method, "url": format!("/services/data/v67.0/sobjects/{path}"), "referenceId": reference, "body": body })
}

#[tokio::test]
async fn each_graph_happens_as_a_whole_or_not_at_all() {
    let lab = Lab::small().await;
    let user = lab.ordinary_user();
    let graph = |name: &str, path: String| {
        json!({ "graphId": name, "compositeRequest": [
            node("POST", "UserRole", "role", json!({ "Name": format!("Base {name}") })),
            node("PATCH", &path, "move", json!({ "UserRoleId": "@{role.id}" })),
        ] })
    };
    let good = graph("one", format!("User/{user}"));
    let bad = graph("two", "User/005000000000000".into());
    let (status, answer) = lab.call("POST", "/composite/graph", Some(json!({ "graphs": [good, bad] }))).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(
        (&answer["graphs"][0]["isSuccessful"], &answer["graphs"][1]["isSuccessful"]),
        (&json!(true), &json!(false))
    );
    let failed = &answer["graphs"][1]["graphResponse"]["compositeResponse"];
    assert_eq!(failed[0]["body"][0]["errorCode"], "PROCESSING_HALTED");
    assert_eq!(failed[1]["body"][0]["errorCode"], "NOT_FOUND");
    assert_eq!(lab.ids("SELECT Id FROM UserRole WHERE Name LIKE 'Base %'").len(), 1);
    let role = &answer["graphs"][0]["graphResponse"]["compositeResponse"][0]["body"]["id"];
    assert_eq!(&lab.org.field(&user, "UserRoleId").unwrap(), role);
    assert_eq!(lab.org.settings(|settings| settings.requests_used), 1);
}

#[tokio::test]
async fn graphs_have_bounds() {
    let lab = Lab::small().await;
    let failing = |number: usize| json!({ "graphId": number.to_string(), "compositeRequest": [node("PATCH", "User/005000000000000", "a", json!({ "Title": "x" }))] });
    let many: Vec<Json> = (0..20).map(failing).collect();
    let (_, answer) = lab.call("POST", "/composite/graph", Some(json!({ "graphs": many }))).await;
    let code =
        |place: usize| answer["graphs"][place]["graphResponse"]["compositeResponse"][0]["body"][0]["errorCode"].clone();
    assert_eq!((code(13), code(14)), (json!("NOT_FOUND"), json!("PROCESSING_HALTED")));
    let refused =
        async |graphs: Vec<Json>| lab.refused("POST", "/composite/graph", Some(json!({ "graphs": graphs }))).await.1;
    assert_eq!(refused((0..76).map(failing).collect()).await, "LIMIT_EXCEEDED");
    let chain: Vec<Json> = (0..16)
        .map(|place| {
            node(
                "POST",
                "UserRole",
                &format!("r{place}"),
                json!({ "Name": "x", "ParentRoleId": format!("@{{r{}.id}}", place - 1) }),
            )
        })
        .collect();
    assert_eq!(refused(vec![json!({ "graphId": "deep", "compositeRequest": chain })]).await, "LIMIT_EXCEEDED");
    let query = json!({ "graphId": "q", "compositeRequest": [{ "method": "GET", "url": "/services/data/v67.0/query?q=x", "referenceId": "q" }] });
    assert_eq!(refused(vec![query]).await, "INVALID_INPUT");
    assert_eq!(refused(vec![failing(1), failing(1)]).await, "JSON_PARSER_ERROR");
    assert_eq!(lab.refused("GET", "/composite/graph", None).await.0, 405);
}

#[tokio::test]
async fn a_batch_is_many_calls_that_are_all_counted() {
    let lab = Lab::small().await;
    let user = lab.ordinary_user();
    let requests = json!([
        { "method": "PATCH", "url": format!("v67.0/sobjects/User/{user}"), "richInput": { "Title": "Lead" } },
        { "method": "GET", "url": "v66.0/query?q=SELECT+Id+FROM+User+LIMIT+1" },
        { "method": "GET", "url": "v67.0/sobjects/User/005000000000000" },
        { "method": "GET", "url": "v67.0/limits" },
    ]);
    let body = json!({ "batchRequests": requests });
    let (status, answer) = lab.call("POST", "/composite/batch", Some(body)).await;
    let codes: Vec<_> =
        answer["results"].as_array().unwrap().iter().map(|result| result["statusCode"].as_u64().unwrap()).collect();
    assert_eq!((status, codes, &answer["hasErrors"]), (200, vec![204, 200, 404, 200], &json!(true)));
    assert!(answer["results"][1]["result"]["records"][0]["attributes"]["url"].as_str().unwrap().contains("/v66.0/"));
    assert_eq!(lab.org.field(&user, "Title").unwrap(), "Lead");
    assert_eq!(lab.org.settings(|settings| settings.requests_used), 4);
    let body = json!({ "haltOnError": true, "batchRequests": requests });
    let (_, answer) = lab.call("POST", "/composite/batch", Some(body)).await;
    assert_eq!(answer["results"][3]["statusCode"], 412);
    assert_eq!(answer["results"][3]["result"][0]["errorCode"], "BATCH_PROCESSING_HALTED");
    let many = json!({ "batchRequests": vec![json!({ "method": "GET", "url": "v67.0/limits" }); 26] });
    assert_eq!(lab.refused("POST", "/composite/batch", Some(many)).await.1, "LIMIT_EXCEEDED");
    let nested = json!({ "batchRequests": [{ "method": "POST", "url": "v67.0/composite/batch" }, { "method": "GET", "url": "v5.0/limits" }] });
    let (_, answer) = lab.call("POST", "/composite/batch", Some(nested)).await;
    assert_eq!((&answer["results"][0]["statusCode"], &answer["results"][1]["statusCode"]), (&json!(404), &json!(410)));
}

#[tokio::test]
async fn what_was_deleted_and_updated_is_told_for_a_while() {
    let lab = Lab::small().await;
    let (_, made) = lab.call("POST", "/sobjects/UserRole", Some(json!({ "Name": "Short lived" }))).await;
    let (id, user) = (made["id"].as_str().unwrap(), lab.ordinary_user());
    let now = jiff::Timestamp::now();
    let stamp = |minutes: i64| {
        let text = (now + jiff::SignedDuration::from_mins(minutes)).to_string();
        url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>()
    };
    let range = format!("?start={}&end={}", stamp(-5), stamp(5));
    let (_, before) = lab.call("GET", &format!("/sobjects/UserRole/deleted/{range}"), None).await;
    assert_eq!(before["deletedRecords"], json!([]));
    assert_eq!(lab.call("GET", &format!("/sobjects/UserRole/updated/{range}"), None).await.1["ids"], json!([id]));
    lab.call("DELETE", &format!("/sobjects/UserRole/{id}"), None).await;
    let (_, after) = lab.call("GET", &format!("/sobjects/UserRole/deleted/{range}"), None).await;
    assert_eq!(after["deletedRecords"][0]["id"], id);
    assert!(after["earliestDateAvailable"].as_str() < after["latestDateCovered"].as_str(), "{after}");
    assert_eq!(lab.call("GET", &format!("/sobjects/UserRole/updated/{range}"), None).await.1["ids"], json!([]));
    lab.org.change(&user, &json!({ "Title": "Changed" })).unwrap();
    let (_, updated) = lab.call("GET", &format!("/sobjects/User/updated/{range}"), None).await;
    assert!(updated["ids"].as_array().unwrap().contains(&json!(user)), "{updated}");
    let code = async |path: String| lab.refused("GET", &path, None).await.1;
    assert_eq!(code(format!("/sobjects/PermissionSet/deleted/{range}")).await, "INVALID_TYPE_FOR_OPERATION");
    let old = format!("?start={}&end={}", stamp(-60 * 24 * 20), stamp(0));
    assert_eq!(code(format!("/sobjects/UserRole/deleted/{old}")).await, "INVALID_REPLICATION_DATE");
    assert_eq!(
        lab.call("GET", &format!("/sobjects/UserRole/updated/{old}"), None).await.0,
        200,
        "updates are told for 30 days"
    );
    let turned = format!("?start={}&end={}", stamp(5), stamp(-5));
    assert_eq!(code(format!("/sobjects/UserRole/updated/{turned}")).await, "INVALID_REPLICATION_DATE");
    assert_eq!(code("/sobjects/UserRole/updated/?start=x&end=y".into()).await, "INVALID_FIELD");
}
