//! `/composite/batch`: calls that have nothing to do with each other, in one request.

use super::{Call, Caller, charge, dispatch, object_body, version_of};
use crate::salesforce::answer::Answer;
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::oauth::Params;
use crate::salesforce::org::Inner;
use serde_json::{Value as Json, json};

/// Calls in one request.
const MOST: usize = 25;

/// `POST /composite/batch`. Each call counts against the daily allowance; what one did stays when another fails.
pub fn run(org: &Inner, caller: &Caller, call: &Call<'_>) -> Outcome<Answer> {
    let body = object_body(call.body)?;
    let halt = body.get("haltOnError").and_then(Json::as_bool).unwrap_or(false);
    let Some(Json::Array(requests)) = body.get("batchRequests") else {
        return Err(Fail::json("The request needs an array: batchRequests"));
    };
    if requests.is_empty() || requests.len() > MOST {
        return Err(Fail::bad("LIMIT_EXCEEDED", format!("A batch takes 1 to {MOST} requests")));
    }
    let mut failed = false;
    let mut results = Vec::new();
    for (place, request) in requests.iter().enumerate() {
        let answer = if failed && halt {
            let message = "Batch processing halted per request";
            Answer::refusal(&Fail::new(412, "BATCH_PROCESSING_HALTED", message))
        } else {
            // The call of the batch itself paid for the first.
            let paid = if place == 0 { Ok(()) } else { charge(org) };
            paid.and_then(|()| one(org, caller, request)).unwrap_or_else(|fail| Answer::refusal(&fail))
        };
        failed |= answer.status >= 400;
        let result: Json = serde_json::from_slice(&answer.body).unwrap_or(Json::Null);
        results.push(json!({ "statusCode": answer.status, "result": result }));
    }
    Ok(Answer::json(200, &json!({ "hasErrors": failed, "results": results })))
}

/// Addresses begin with the version: `v67.0/limits`.
fn one(org: &Inner, caller: &Caller, request: &Json) -> Outcome<Answer> {
    let (Some(method), Some(url)) = (request["method"].as_str(), request["url"].as_str()) else {
        return Err(Fail::json("Each request of a batch needs method and url"));
    };
    let url = url.trim_start_matches("/services/data/").trim_start_matches('/');
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let name = path.split('/').next().unwrap_or_default();
    let base = format!("/services/data/{name}");
    let version = version_of(name)?;
    if path.contains("/composite") || path.contains("/jobs/") {
        return Err(Fail::no_path());
    }
    let caller = Caller { access: caller.access.clone(), version, base, token: caller.token.clone() };
    let body = request.get("richInput").map(Json::to_string).unwrap_or_default();
    let path = format!("/services/data/{path}");
    let query = Params::parse(query.as_bytes());
    dispatch(org, &caller, &Call { method, path: &path, query, body: body.as_bytes(), batch: None })
}
