//! The org over real HTTP: every rule that a guest can meet, at least once.

mod oauth;
mod reading;
mod writing;

use super::{Okta, OktaOptions, Org, SCOPES};
use serde_json::Value as Json;

/// A running org with a client that holds every scope.
struct Lab {
    server: Okta,
    org: Org,
    http: reqwest::Client,
    token: String,
}

/// An answer.
struct Got {
    status: u16,
    headers: reqwest::header::HeaderMap,
    json: Json,
}

impl Got {
    fn header(&self, name: &str) -> String {
        self.headers.get(name).and_then(|text| text.to_str().ok()).unwrap_or_default().to_owned()
    }

    fn code(&self) -> &str {
        self.json["errorCode"].as_str().unwrap_or_default()
    }

    /// Where the listing goes on.
    fn next(&self) -> Option<String> {
        let mut links = self.headers.get_all("link").iter().filter_map(|text| text.to_str().ok());
        let next = links.find(|text| text.ends_with("rel=\"next\""))?;
        Some(next.trim_start_matches('<').split('>').next().unwrap_or_default().to_owned())
    }
}

impl Lab {
    async fn start(options: OktaOptions) -> Self {
        let server = Okta::start(options).await.unwrap();
        let org = server.org();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let token = org.session(SCOPES);
        Self { server, org, http, token }
    }

    async fn small() -> Self {
        Self::start(OktaOptions::default()).await
    }

    async fn call(&self, method: &str, path: &str) -> Got {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.server.url()) };
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let response = self.http.request(method, url).bearer_auth(&self.token).send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let json = serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default();
        Got { status, headers, json }
    }

    async fn get(&self, path: &str) -> Got {
        self.call("GET", path).await
    }

    /// All pages of a listing.
    async fn all(&self, path: &str) -> Vec<Json> {
        let (mut records, mut next) = (Vec::new(), Some(path.to_owned()));
        while let Some(at) = next {
            let page = self.get(&at).await;
            assert_eq!(page.status, 200, "{}", page.json);
            records.extend(page.json.as_array().cloned().unwrap());
            next = page.next();
        }
        records
    }

    /// Some user with this status, by id.
    fn with_status(&self, status: &str) -> String {
        let users = self.org.users();
        let found =
            users.iter().find(|user| user["status"] == status && user["profile"]["login"] != super::seed::ADMIN);
        found.and_then(|user| user["id"].as_str()).unwrap().to_owned()
    }
}
