//! The requests that make changes: as many changes in each as Salesforce takes, of one object and one kind.

use super::{Change, TOGETHER, Verb, Write};
use crate::api;
use serde_json::{Value as Json, json};
use weft_integration::prelude::*;

/// Ids in the address of one DELETE: with them it stays far below what Salesforce takes.
const DELETED_TOGETHER: usize = 100;
/// Permission set assignments deleted at once: Salesforce has trouble with fifty and more.
const ASSIGNMENTS_TOGETHER: usize = 49;

/// A request and the changes it makes, by their places in the list they came from.
pub struct Parcel {
    pub places: Vec<usize>,
    pub request: Request,
    /// Others of its kind may be sent at the same time.
    pub side_by_side: bool,
}

/// The requests for these changes: as many changes in each as Salesforce takes, of one object and one kind.
pub fn parcels(writes: &[&Write]) -> Result<Vec<Parcel>, Error> {
    let mut parcels = Vec::new();
    let mut left: Vec<usize> = (0..writes.len()).collect();
    while let Some(&first) = left.first() {
        let write = writes[first];
        let places = match write.verb() {
            None => vec![first],
            Some(verb) => {
                let fits =
                    |place: &&usize| writes[**place].object == write.object && writes[**place].verb() == Some(verb);
                left.iter().filter(fits).take(most(verb, write.object)).copied().collect()
            }
        };
        left.retain(|place| !places.contains(place));
        let parcel: Vec<&Write> = places.iter().map(|&place| writes[place]).collect();
        let side_by_side = matches!(write.change, Change::Revoke { .. });
        parcels.push(Parcel { request: request(&parcel)?, places, side_by_side });
    }
    Ok(parcels)
}

fn most(verb: Verb, object: &str) -> usize {
    match (verb, object) {
        (Verb::Delete, "PermissionSetAssignment") => ASSIGNMENTS_TOGETHER,
        (Verb::Delete, _) => DELETED_TOGETHER,
        _ => TOGETHER,
    }
}

fn request(writes: &[&Write]) -> Result<Request, Error> {
    let request = match (writes[0].verb(), &writes[0].change) {
        (None, change) => alone(writes[0].object, change)?,
        (Some(Verb::Delete), _) => deletion(writes),
        (Some(verb), _) => {
            let body =
                json!({ "allOrNone": false, "records": writes.iter().map(|write| record(write)).collect::<Vec<_>>() });
            let path = format!("{}/composite/sobjects", api::DATA);
            if verb == Verb::Create { http::post(path) } else { http::patch(path) }.json(&body)?
        }
    };
    Ok(request.header("sforce-mru", "updateMru=false"))
}

/// A record of a collection.
fn record(write: &Write) -> Json {
    let mut record = json!({ "attributes": { "type": write.object } });
    let (id, fields) = match &write.change {
        Change::Update(id, fields) => (Some(id), fields),
        Change::Create(fields) => (None, fields),
        _ => (None, &Json::Null),
    };
    if let Some(id) = id {
        record["id"] = json!(id);
    }
    for (name, value) in fields.as_object().into_iter().flatten() {
        record[name] = value.clone();
    }
    record
}

fn deletion(writes: &[&Write]) -> Request {
    let ids: Vec<&str> = writes
        .iter()
        .filter_map(|write| if let Change::Delete(id) = &write.change { Some(id.as_str()) } else { None })
        .collect();
    http::delete(format!("{}/composite/sobjects", api::DATA)).query("ids", &ids.join(",")).query("allOrNone", "false")
}

fn alone(object: &str, change: &Change) -> Result<Request, Error> {
    let sobjects = format!("{}/sobjects", api::DATA);
    match change {
        Change::Create(fields) => http::post(sobjects).segment(object).json(fields),
        Change::Update(id, fields) => http::patch(sobjects).segment(object).segment(id).json(fields),
        Change::Delete(id) => Ok(http::delete(sobjects).segment(object).segment(id)),
        Change::Tree { fields, of, naming, parts } => tree(object, fields, of, naming, parts),
        Change::Revoke { token, .. } => Ok(revocation(token)),
    }
}

/// Needs no login: whoever holds a token may end it. A POST, because addresses are written into logs.
fn revocation(token: &str) -> Request {
    let mut request = http::post("/services/oauth2/revoke").header("content-type", "application/x-www-form-urlencoded");
    // The form's encoding is that of a query.
    let encoded = http::get("").query("token", token).url;
    request.body = Some(encoded.trim_start_matches('?').as_bytes().to_vec());
    request.auth = Some("none".into());
    request
}

fn tree(object: &str, fields: &Json, of: &str, naming: &str, parts: &[Json]) -> Result<Request, Error> {
    let node = |object: &str, reference: String, body: Json| json!({ "method": "POST", "url": format!("{}/sobjects/{object}", api::DATA), "referenceId": reference, "body": body });
    let mut nodes = vec![node(object, "made".to_owned(), fields.clone())];
    for (number, part) in parts.iter().enumerate() {
        let mut body = part.clone();
        body[naming] = json!("@{made.id}");
        nodes.push(node(of, format!("part{number}"), body));
    }
    http::post(format!("{}/composite", api::DATA)).json(&json!({ "allOrNone": true, "compositeRequest": nodes }))
}
