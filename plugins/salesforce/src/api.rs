//! Salesforce's REST API: addresses, queries, and who the connection is.

use crate::errors;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use weft_integration::prelude::*;

/// The version of the API. Newer ones take columns away from WHERE and change types: test before raising it.
pub const DATA: &str = "/services/data/v67.0";

/// A query.
pub fn query(soql: &str) -> Request {
    http::get(format!("{DATA}/query")).query("q", soql).header("sforce-query-options", "batchSize=2000")
}

/// A query over the Tooling API, which has the objects that belong to the setup of an org.
pub fn tooling_query(soql: &str) -> Request {
    http::get(format!("{DATA}/tooling/query")).query("q", soql)
}

/// The next page of a query that goes on.
pub fn next_page(address: &str) -> Request {
    http::get(address)
}

/// The description of an object for this user: only what they may see.
pub fn describe(object: &str) -> Request {
    http::get(format!("{DATA}/sobjects")).segment(object).segment("describe")
}

/// This response if it is a success, else what Salesforce says is wrong.
pub fn success(response: Response) -> Result<Response, Error> {
    if response.is_success() {
        return Ok(response);
    }
    let retry_after = response.retry_after_ms();
    let body = response.bytes().unwrap_or_default();
    Err(errors::of_answer(response.status, &body).after(retry_after))
}

/// The answer to a query.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer<T> {
    pub done: bool,
    /// Where it goes on, relative to the host.
    pub next_records_url: Option<String>,
    pub records: Vec<T>,
}

/// All records of a query that fits on one page.
pub fn read<T: DeserializeOwned>(soql: &str) -> Result<Vec<T>, Error> {
    let answer: Answer<T> = success(query(soql).send()?)?.json()?;
    if answer.done {
        return Ok(answer.records);
    }
    Err(Error::bug("more-pages", "Salesforce answered with several pages where one was expected, so nothing was done."))
}

/// Who the credentials act as.
#[derive(Debug, Deserialize)]
pub struct UserInfo {
    pub user_id: String,
    pub organization_id: String,
}

/// Asks who the credentials act as. For a session that is over this address says 403 where all others say 401, and the host renews a
/// session only on 401: so another address is asked before it is asked again.
pub fn user_info() -> Result<UserInfo, Error> {
    let request = http::get("/services/oauth2/userinfo");
    let mut response = request.send()?;
    if response.status == 403 {
        success(http::get(format!("{DATA}/")).send()?)?;
        response = request.send()?;
    }
    success(response)?.json()
}
