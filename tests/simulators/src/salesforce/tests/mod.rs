//! The org over real HTTP: every answer a guest can get, at least once.

mod batches;
mod bulk;
mod grants;
mod many;
mod oauth;
mod objects;
mod query;
mod records;
mod soql;
mod tooling;
mod trouble;
mod world;
mod writes;

use super::{Org, OrgOptions, Salesforce};
use serde_json::Value as Json;

/// A running org with a client that is logged in as the integration user.
struct Lab {
    server: Salesforce,
    org: Org,
    http: reqwest::Client,
    token: String,
}

const BASE: &str = "/services/data/v67.0";

impl Lab {
    async fn start(options: OrgOptions) -> Lab {
        let server = Salesforce::start(options).await.unwrap();
        let org = server.org();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let token = org.open_session(None).unwrap();
        Lab { server, org, http, token }
    }

    async fn small() -> Lab {
        Lab::start(OrgOptions { users: 120, ..OrgOptions::default() }).await
    }

    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let path = if path.starts_with("/services") { path.to_owned() } else { format!("{BASE}{path}") };
        self.http.request(method.parse().unwrap(), format!("{}{path}", self.server.url())).bearer_auth(&self.token)
    }

    /// Status and body; null for an empty one.
    async fn call(&self, method: &str, path: &str, body: Option<Json>) -> (u16, Json) {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Json::Null))
    }

    /// Status and error code of a refused call.
    async fn refused(&self, method: &str, path: &str, body: Option<Json>) -> (u16, String) {
        let (status, answer) = self.call(method, path, body).await;
        (status, answer[0]["errorCode"].as_str().unwrap_or_else(|| panic!("not refused: {status} {answer}")).to_owned())
    }

    async fn soql(&self, text: &str) -> Json {
        let (status, answer) = self.call("GET", &query_path(text), None).await;
        assert_eq!(status, 200, "{text}: {answer}");
        answer
    }

    async fn soql_refused(&self, text: &str) -> (String, String) {
        let (status, answer) = self.call("GET", &query_path(text), None).await;
        assert_eq!(status, 400, "{text}: {answer}");
        (answer[0]["errorCode"].as_str().unwrap().to_owned(), answer[0]["message"].as_str().unwrap().to_owned())
    }

    /// Ids of the records a query finds.
    fn ids(&self, soql: &str) -> Vec<String> {
        self.org.query(soql).unwrap().iter().map(|record| record["Id"].as_str().unwrap().to_owned()).collect()
    }

    /// A user who may be deactivated, and one on the same licence who is inactive already.
    fn ordinary_user(&self) -> String {
        self.ids("SELECT Id FROM User WHERE IsActive = true AND Profile.Name = 'Sales User' ORDER BY Id DESC LIMIT 1")
            .remove(0)
    }
}

fn query_path(text: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    format!("/query?q={encoded}")
}
