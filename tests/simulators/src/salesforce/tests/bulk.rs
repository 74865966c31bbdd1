//! Bulk API 2.0: jobs, their states, and their results as CSV.

use super::Lab;
use crate::salesforce::{Fault, OrgOptions};
use serde_json::{Value as Json, json};

/// The header, the rows after it, and where the next page begins.
struct Page {
    status: u16,
    text: String,
    locator: String,
    records: String,
}

impl Lab {
    async fn job(&self, soql: &str) -> String {
        let body = json!({ "operation": "query", "query": soql });
        let (status, job) = self.call("POST", "/jobs/query", Some(body)).await;
        assert_eq!((status, job["state"].as_str()), (200, Some("UploadComplete")), "{soql}: {job}");
        job["id"].as_str().unwrap().to_owned()
    }

    async fn states(&self, id: &str, looks: usize) -> Vec<String> {
        let mut states = Vec::new();
        for _ in 0..looks {
            states.push(
                self.call("GET", &format!("/jobs/query/{id}"), None).await.1["state"].as_str().unwrap().to_owned(),
            );
        }
        states
    }

    async fn results(&self, id: &str, query: &str) -> Page {
        let response = self.request("GET", &format!("/jobs/query/{id}/results{query}")).send().await.unwrap();
        let header = |name: &str| {
            response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        let (status, locator, records) =
            (response.status().as_u16(), header("sforce-locator"), header("sforce-numberofrecords"));
        Page { status, locator, records, text: response.text().await.unwrap() }
    }

    /// Error code of a job that is not taken.
    async fn no_job(&self, soql: &str) -> (String, String) {
        let body = json!({ "operation": "query", "query": soql });
        let (status, answer) = self.call("POST", "/jobs/query", Some(body)).await;
        assert_eq!(status, 400, "{soql}: {answer}");
        (answer[0]["errorCode"].as_str().unwrap().to_owned(), answer[0]["message"].as_str().unwrap().to_owned())
    }
}

#[tokio::test]
async fn a_job_moves_on_as_it_is_looked_at() {
    let lab = Lab::small().await;
    lab.org.settings(|settings| settings.bulk_polls = 2);
    let id = lab.job("SELECT Id FROM User").await;
    assert_eq!(lab.results(&id, "").await.status, 400, "not complete");
    assert_eq!(lab.states(&id, 4).await, ["InProgress", "InProgress", "JobComplete", "JobComplete"]);
    let (_, job) = lab.call("GET", &format!("/jobs/query/{}", &id[..15]), None).await;
    assert_eq!((&job["numberRecordsProcessed"], &job["apiVersion"]), (&json!(120), &json!(67.0)));
    let (_, list) = lab.call("GET", "/jobs/query", None).await;
    assert_eq!((&list["done"], &list["records"][0]["id"]), (&json!(true), &json!(id)));
    assert_eq!(lab.call("GET", &format!("/services/data/v66.0/jobs/query/{id}/results"), None).await.0, 409);
    assert_eq!(lab.call("DELETE", &format!("/jobs/query/{id}"), None).await.0, 204);
    assert_eq!(lab.refused("GET", &format!("/jobs/query/{id}"), None).await, (404, "NOT_FOUND".into()));
    assert!(lab.org.journal().iter().any(|entry| entry.soql.as_deref() == Some("SELECT Id FROM User")));
}

#[tokio::test]
async fn results_are_csv_page_by_page() {
    let lab = Lab::small().await;
    let user = lab.ordinary_user();
    let fields = json!({ "Title": "Head of \"Sales\",\nnorth", "Department": null });
    lab.org.change(&user, &fields).unwrap();
    let id =
        lab.job("SELECT id, profile.name, title, Department, CreatedDate, isactive FROM user ORDER BY Id DESC").await;
    lab.states(&id, 2).await;
    let first = lab.results(&id, "?maxRecords=100").await;
    assert!(first.text.starts_with("\"Id\",\"Profile.Name\",\"Title\",\"Department\",\"CreatedDate\",\"IsActive\"\n"));
    assert_eq!((first.records.as_str(), first.text.lines().count() >= 101), ("100", true));
    let second = lab.results(&id, &format!("?maxRecords=100&locator={}", first.locator)).await;
    assert_eq!((second.records.as_str(), second.locator.as_str()), ("20", "null"));
    assert!(second.text.starts_with("\"Id\",\"Profile.Name\""), "every page has the header");
    assert_eq!(lab.results(&id, &format!("?maxRecords=100&locator={}", first.locator)).await.text, second.text);
    let all = lab.results(&id, "").await;
    assert_eq!((all.records.as_str(), all.locator.as_str()), ("120", "null"));
    let row = format!("\"{user}\",\"Sales User\",\"Head of \"\"Sales\"\",\nnorth\",\"\",\"2");
    let rest = &all.text[all.text.find(&row).unwrap()..];
    assert!(rest.contains(".000Z\",\"true\"\n"), "{rest}");
    assert_eq!(lab.results(&id, "?locator=nonsense").await.status, 400);
    assert_eq!(lab.results(&id, "?maxRecords=0").await.status, 400);
}

#[tokio::test]
async fn the_dialect_is_the_callers_choice() {
    let lab = Lab::small().await;
    let mut body = json!({ "operation": "queryAll", "query": "SELECT Id, Name FROM Profile LIMIT 1", "columnDelimiter": "TAB", "lineEnding": "CRLF" });
    let (_, job) = lab.call("POST", "/jobs/query", Some(body.clone())).await;
    let id = job["id"].as_str().unwrap();
    lab.states(id, 2).await;
    assert!(lab.results(id, "").await.text.starts_with("\"Id\"\t\"Name\"\r\n"));
    body["columnDelimiter"] = json!("SPACE");
    assert_eq!(lab.refused("POST", "/jobs/query", Some(body)).await.0, 400);
}

#[tokio::test]
async fn what_bulk_cannot_do_is_refused() {
    let lab = Lab::small().await;
    let refusals = [
        ("SELECT COUNT() FROM User", "Aggregate Query"),
        ("SELECT ProfileId, COUNT(Id) FROM User GROUP BY ProfileId", "Aggregate Query"),
        ("SELECT Id FROM User LIMIT 10 OFFSET 5", "OFFSET"),
        ("SELECT TYPEOF Related WHEN User THEN Name END FROM Group", "TYPEOF"),
        ("SELECT Id, (SELECT Id FROM PermissionSetAssignments) FROM User", "Aggregate Relationships"),
    ];
    for (soql, reason) in refusals {
        assert_eq!(lab.no_job(soql).await, ("API_ERROR".into(), format!("{reason} not supported in Bulk Query")));
    }
    assert_eq!(lab.no_job("SELECT Id FROM Accout").await.0, "INVALID_TYPE");
    assert_eq!(lab.no_job("SELECT Nothing FROM User").await.0, "INVALID_FIELD");
    assert_eq!(lab.no_job("SELECT Id FROM").await.0, "MALFORMED_QUERY");
    let (_, other) = lab.call("POST", "/jobs/query", Some(json!({ "operation": "insert", "object": "User" }))).await;
    assert_eq!(other[0]["errorCode"], "INVALIDOPERATION");
    lab.org.settings(|settings| settings.daily_bulk_jobs = 0);
    let full = lab.no_job("SELECT Id FROM User").await;
    assert_eq!(full, ("LIMIT_EXCEEDED".into(), "Max bulk v2 query jobs (0) per 24 hrs has been reached".into()));
}

#[tokio::test]
async fn jobs_are_aborted_fail_and_belong_to_their_maker() {
    let lab = Lab::small().await;
    let id = lab.job("SELECT Id FROM User").await;
    let path = format!("/jobs/query/{id}");
    let aborted = json!({ "state": "Aborted" });
    lab.states(&id, 1).await;
    assert_eq!(lab.refused("DELETE", &path, None).await, (400, "INVALIDJOBSTATE".into()));
    assert_eq!(lab.call("PATCH", &path, Some(aborted.clone())).await.1["state"], "Aborted");
    assert_eq!(lab.refused("PATCH", &path, Some(aborted)).await, (400, "INVALIDJOBSTATE".into()));
    assert_eq!(lab.states(&id, 1).await, ["Aborted"]);
    lab.org.settings(|settings| settings.bulk_failure = Some("InvalidBatch : the query timed out".into()));
    let id = lab.job("SELECT Id FROM User").await;
    assert_eq!(lab.states(&id, 3).await, ["InProgress", "Failed", "Failed"]);
    let (_, job) = lab.call("GET", &format!("/jobs/query/{id}"), None).await;
    assert_eq!(job["errorMessage"], "InvalidBatch : the query timed out");
    let other = lab.org.open_session(Some(&lab.org.admins()[0])).unwrap();
    let address = format!("{}/services/data/v67.0/jobs/query/{id}", lab.server.url());
    assert_eq!(lab.http.get(&address).bearer_auth(&other).send().await.unwrap().status(), 404);
    lab.org.expire_sessions();
    let fresh = lab.org.open_session(None).unwrap();
    assert_eq!(
        lab.http.get(&address).bearer_auth(&fresh).send().await.unwrap().status(),
        200,
        "a job outlives its session"
    );
}

#[tokio::test]
async fn three_hundred_thousand_rows_are_sent_in_pieces_packed_or_not() {
    let lab = Lab::start(OrgOptions { users: 300_000, ..OrgOptions::default() }).await;
    let id = lab.job("SELECT Id, Username FROM User").await;
    lab.states(&id, 2).await;
    let address = format!("{}/services/data/v67.0/jobs/query/{id}/results?maxRecords=300000", lab.server.url());
    let bare = reqwest::Client::builder().no_gzip().build().unwrap();
    let request = || bare.get(&address).bearer_auth(&lab.token);
    let mut plain = request().send().await.unwrap();
    assert_eq!(plain.headers()["sforce-locator"], "null");
    let (mut lines, mut largest, mut total) = (0, 0, 0);
    while let Some(piece) = plain.chunk().await.unwrap() {
        lines += piece.iter().filter(|byte| **byte == b'\n').count();
        largest = largest.max(piece.len());
        total += piece.len();
    }
    assert_eq!(lines, 300_001);
    assert!(largest < 1 << 20 && total > 10 << 20, "{largest} of {total}");
    let packed = request().header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    let bytes = packed.bytes().await.unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(bytes.as_ref()), &mut text).unwrap();
    assert_eq!((text.len(), text.lines().count()), (total, 300_001));
}

#[tokio::test]
async fn a_page_can_be_cut_short() {
    let lab = Lab::small().await;
    let id = lab.job("SELECT Id FROM User").await;
    lab.states(&id, 2).await;
    lab.org.fault("GET /services/data/*/jobs/query/*/results", Fault::Truncated);
    let page = lab.results(&id, "").await;
    assert_eq!((page.status, page.records.as_str()), (200, "120"));
    assert!(page.text.lines().count() < 100, "fewer rows than the header says");
    let (_, limits) = lab.call("GET", "/limits", None).await;
    assert_eq!(limits["DailyBulkV2QueryJobs"], json!({ "Max": 10_000, "Remaining": 9_999 }));
    let inside = json!({ "compositeRequest": [{ "method": "GET", "url": "/services/data/v67.0/jobs/query", "referenceId": "a" }] });
    let (_, answer): (u16, Json) = lab.call("POST", "/composite", Some(inside)).await;
    assert_eq!(answer["compositeResponse"][0]["httpStatusCode"], 404);
}
