//! `/composite`: up to 25 calls in one, later ones using what earlier ones answered.

use super::{Call, Caller, dispatch, object_body};
use crate::salesforce::answer::Answer;
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::oauth::Params;
use crate::salesforce::org::Inner;
use crate::salesforce::sync::{read, write};
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;

/// Calls in one request.
const MOST: usize = 25;
/// Of them, queries and collections.
const MOST_HEAVY: usize = 5;

/// One call of the request, as sent.
pub struct Part {
    pub method: String,
    pub url: String,
    pub reference: String,
    pub body: Option<Json>,
}

/// What became of it.
pub struct Done {
    pub status: u16,
    body: Json,
    headers: Map<String, Json>,
}

/// `POST /composite`.
pub fn run(org: &Inner, caller: &Caller, call: &Call<'_>) -> Outcome<Answer> {
    let body = object_body(call.body)?;
    let all_or_none = body.get("allOrNone").and_then(Json::as_bool).unwrap_or(false);
    let parts = parts(body.get("compositeRequest"))?;
    let heavy = parts.iter().filter(|part| part.url.contains("/query") || part.url.contains("/composite/")).count();
    if parts.len() > MOST || heavy > MOST_HEAVY {
        let message = format!(
            "A composite request takes at most {MOST} subrequests, {MOST_HEAVY} of them queries or collections"
        );
        return Err(Fail::bad("LIMIT_EXCEEDED", message));
    }
    let done = transact(org, caller, &parts, all_or_none);
    Ok(Answer::json(200, &json!({ "compositeResponse": results(&parts, done) })))
}

/// Makes the calls one after the other; all or none of them, if wanted.
pub fn transact(org: &Inner, caller: &Caller, parts: &[Part], all_or_none: bool) -> Vec<Done> {
    let before = read(&org.data).checkpoint();
    let mut bodies: HashMap<String, Json> = HashMap::new();
    let mut done = Vec::new();
    for part in parts {
        let result = if all_or_none && done.iter().any(|done: &Done| done.status >= 400) {
            halted("The transaction was rolled back since another operation in the same transaction failed.")
        } else {
            one(org, caller, part, &bodies)
        };
        if result.status < 400 {
            bodies.insert(part.reference.clone(), result.body.clone());
        }
        done.push(result);
    }
    if all_or_none && done.iter().any(|done| done.status >= 400) {
        write(&org.data).roll_back(before);
        for result in done.iter_mut().filter(|result| result.status < 400) {
            *result = halted("The transaction was rolled back since another operation in the same transaction failed.");
        }
    }
    done
}

/// As the answer tells them.
pub fn results(parts: &[Part], done: Vec<Done>) -> Vec<Json> {
    let each = parts.iter().zip(done).map(|(part, done)| {
        json!({ "body": done.body, "httpHeaders": done.headers, "httpStatusCode": done.status, "referenceId": part.reference })
    });
    each.collect()
}

/// Reads the calls of a request.
pub fn parts(requests: Option<&Json>) -> Outcome<Vec<Part>> {
    let Some(Json::Array(requests)) = requests else {
        return Err(Fail::json("The request needs an array: compositeRequest"));
    };
    let text = |request: &Json, name: &str| request[name].as_str().map(str::to_owned);
    let mut parts: Vec<Part> = Vec::new();
    for request in requests {
        let (Some(method), Some(url), Some(reference)) =
            (text(request, "method"), text(request, "url"), text(request, "referenceId"))
        else {
            return Err(Fail::json("Each subrequest needs method, url and referenceId"));
        };
        if parts.iter().any(|part| part.reference == reference) {
            return Err(Fail::json(format!("Duplicate ReferenceId provided in the composite request: {reference}")));
        }
        parts.push(Part { method, url, reference, body: request.get("body").cloned() });
    }
    Ok(parts)
}

fn one(org: &Inner, caller: &Caller, part: &Part, bodies: &HashMap<String, Json>) -> Done {
    let filled = fill(&part.url, bodies).and_then(|url| {
        let body = part.body.as_ref().map(|body| fill_json(body, bodies)).transpose()?;
        Ok((url, body))
    });
    let (url, body) = match filled {
        Ok(filled) => filled,
        Err(missing) => {
            let message = format!("Invalid reference specified. No value for {missing} found in {}", part.reference);
            return halted(&message);
        }
    };
    let (path, query) = url.split_once('?').unwrap_or((&url, ""));
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    let call =
        Call { method: &part.method, path, query: Params::parse(query.as_bytes()), body: body.as_bytes(), batch: None };
    let bare = path.trim_end_matches('/');
    let alone = ["/composite", "/composite/graph", "/composite/batch"].iter().any(|end| bare.ends_with(end))
        || path.contains("/jobs/");
    let answer = if alone { Err(Fail::no_path()) } else { dispatch(org, caller, &call) };
    let answer = answer.unwrap_or_else(|fail| Answer::refusal(&fail));
    let headers = answer.headers.iter().filter(|(name, _)| *name == "location");
    Done {
        status: answer.status,
        body: serde_json::from_slice(&answer.body).unwrap_or(Json::Null),
        headers: headers.map(|(_, value)| ("Location".to_owned(), Json::String(value.clone()))).collect(),
    }
}

/// A call that was not made, or was taken back.
pub fn halted(message: &str) -> Done {
    Done { status: 400, body: json!([{ "errorCode": "PROCESSING_HALTED", "message": message }]), headers: Map::new() }
}

/// Puts the values of `@{reference.path}` into a text; the reference without a value is the error.
fn fill(text: &str, bodies: &HashMap<String, Json>) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("@{") {
        let Some((expression, tail)) = after.split_once('}') else { return Err(after.to_owned()) };
        out.push_str(before);
        let value = look_up(expression, bodies).ok_or_else(|| expression.to_owned())?;
        out.push_str(&value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

fn fill_json(body: &Json, bodies: &HashMap<String, Json>) -> Result<Json, String> {
    Ok(match body {
        Json::String(text) => Json::String(fill(text, bodies)?),
        Json::Array(items) => Json::Array(items.iter().map(|item| fill_json(item, bodies)).collect::<Result<_, _>>()?),
        Json::Object(members) => {
            let mut filled = Map::new();
            for (name, value) in members {
                filled.insert(name.clone(), fill_json(value, bodies)?);
            }
            Json::Object(filled)
        }
        other => other.clone(),
    })
}

/// `role.id`, `people.records[0].Id`.
fn look_up<'a>(expression: &str, bodies: &'a HashMap<String, Json>) -> Option<&'a Json> {
    let (reference, path) = expression.split_once('.')?;
    let mut at = bodies.get(reference)?;
    for part in path.split('.') {
        let (name, places) = part.split_once('[').map_or((part, ""), |(name, rest)| (name, rest));
        at = at.get(name)?;
        for place in places.split('[').filter(|place| !place.is_empty()) {
            at = at.get(place.trim_end_matches(']').parse::<usize>().ok()?)?;
        }
    }
    Some(at)
}
