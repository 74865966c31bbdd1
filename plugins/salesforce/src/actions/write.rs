//! Changes as data, the requests that make them, and what the answers mean. Nothing is sent here.

use super::operation::Touched;
use crate::{api, errors};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use weft_integration::prelude::*;

/// Records that Salesforce takes in one call of a collection.
pub const TOGETHER: usize = 200;
/// Ids in the address of one DELETE: with them it stays far below what Salesforce takes.
const DELETED_TOGETHER: usize = 100;
/// Permission set assignments deleted at once: Salesforce has trouble with fifty and more.
const ASSIGNMENTS_TOGETHER: usize = 49;
/// Stands in the fields of a later step for the id of the record that an earlier step of the same target made.
pub const MADE: &str = "@made";

/// A change of one record.
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    pub object: &'static str,
    pub change: Change,
    /// Sent by itself, to the record's own address, so that the manifest can name the object.
    pub alone: bool,
}

/// What is changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    Create(Json),
    /// The changed fields alone: sending more makes Salesforce check fields that nobody meant to touch.
    Update(String, Json),
    Delete(String),
    /// A record with records of another object that name it in a field: all or nothing.
    Tree {
        fields: Json,
        of: &'static str,
        naming: &'static str,
        parts: Vec<Json>,
    },
    /// Ends an OAuth token: the key it has here, and what Salesforce knows it by.
    Revoke {
        key: String,
        token: String,
    },
}

/// The three kinds of change that a collection can make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Create,
    Update,
    Delete,
}

impl Write {
    /// A new record.
    pub fn create(object: &'static str, fields: Json) -> Self {
        Self { object, change: Change::Create(fields), alone: false }
    }

    /// Other values in a record.
    pub fn update(object: &'static str, id: &str, fields: Json) -> Self {
        Self { object, change: Change::Update(id.to_owned(), fields), alone: false }
    }

    /// A record less.
    pub fn delete(object: &'static str, id: &str) -> Self {
        Self { object, change: Change::Delete(id.to_owned()), alone: false }
    }

    /// The end of a token.
    pub fn revoke(key: &str, token: &str) -> Self {
        let change = Change::Revoke { key: key.to_owned(), token: token.to_owned() };
        Self { object: "OauthToken", change, alone: true }
    }

    /// Sent by itself.
    pub fn alone(mut self) -> Self {
        self.alone = true;
        self
    }

    fn verb(&self) -> Option<Verb> {
        match self.change {
            _ if self.alone => None,
            Change::Create(_) => Some(Verb::Create),
            Change::Update(..) => Some(Verb::Update),
            Change::Delete(_) => Some(Verb::Delete),
            Change::Tree { .. } | Change::Revoke { .. } => None,
        }
    }

    /// This change with the id of what an earlier step made in the place of [`MADE`].
    pub fn with_made(&self, id: &str) -> Self {
        let mut write = self.clone();
        if let Change::Create(Json::Object(fields)) = &mut write.change {
            fields.values_mut().filter(|value| *value == MADE).for_each(|value| *value = json!(id));
        }
        write
    }

    /// The record of this integration's objects that it changes; `made` is the id of a new one.
    pub fn touched(&self, made: Option<&str>) -> Option<Touched> {
        let object = match self.object {
            "PermissionSetLicenseAssign" | "UserPackageLicense" => "LicenseAssignment",
            "AuthSession" => return None,
            object => object,
        };
        let key = match &self.change {
            Change::Create(_) | Change::Tree { .. } => made?,
            Change::Update(id, _) | Change::Delete(id) => id,
            Change::Revoke { key, .. } => key,
        };
        Some(Touched::new(object, key))
    }
}

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

/// What became of a change: the id of a new record, or what Salesforce says is wrong.
pub type Answer = Result<Option<String>, Error>;

/// What became of each change of a parcel.
pub fn answers(writes: &[&Write], status: u16, body: &[u8]) -> Vec<Answer> {
    let is_success = (200..300).contains(&status);
    let mut answers = match (writes[0].verb(), &writes[0].change) {
        _ if !is_success => vec![Err(refusal(&writes[0].change, status, body)); writes.len()],
        (Some(_), _) => items(writes.len(), body),
        (None, Change::Tree { .. }) => vec![of_tree(body)],
        (None, Change::Create(_)) => vec![serde_json::from_slice(body).map_err(|_| lost()).and_then(of_item)],
        (None, _) => vec![Ok(None)],
    };
    for (write, answer) in writes.iter().zip(&mut answers) {
        let gone = matches!(answer, Err(error) if error.class == ErrorClass::NotFound);
        if gone && matches!(write.change, Change::Delete(_)) {
            *answer = Ok(None);
        }
    }
    answers
}

/// Errors of the revocation come as JSON or as a form; that a token is not known means that it is over.
fn refusal(change: &Change, status: u16, body: &[u8]) -> Error {
    if !matches!(change, Change::Revoke { .. })
        || status >= 500
        || serde_json::from_slice::<Json>(body).is_ok_and(|json| json.is_array())
    {
        return errors::of_answer(status, body);
    }
    let text = String::from_utf8_lossy(body);
    let json: Json = serde_json::from_str(&text).unwrap_or_default();
    let form = text.split('&').find_map(|pair| pair.trim().strip_prefix("error="));
    let Some(code) = json["error"].as_str().or(form) else { return errors::of_answer(status, body) };
    let sentence = "Salesforce did not end the token, and does not say that it is over. Revoke it in Salesforce's setup, under Connected Apps OAuth Usage.";
    Error::new(ErrorClass::InvalidInput, code, sentence)
}

#[derive(Deserialize)]
struct Item {
    id: Option<String>,
    success: bool,
    #[serde(default)]
    errors: Vec<Json>,
}

fn of_item(item: Item) -> Answer {
    if item.success {
        return Ok(item.id);
    }
    // As a list: every error of it is told.
    Err(errors::of_answer(400, Json::Array(item.errors).to_string().as_bytes()))
}

fn items(count: usize, body: &[u8]) -> Vec<Answer> {
    match serde_json::from_slice::<Vec<Item>>(body) {
        Ok(items) if items.len() == count => items.into_iter().map(of_item).collect(),
        _ => vec![Err(lost()); count],
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tree {
    composite_response: Vec<Node>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    body: Json,
    http_status_code: u16,
}

fn of_tree(body: &[u8]) -> Answer {
    let Ok(Tree { composite_response: nodes }) = serde_json::from_slice(body) else { return Err(lost()) };
    let failed: Vec<&Node> = nodes.iter().filter(|node| !(200..300).contains(&node.http_status_code)).collect();
    let halted = |node: &&&Node| node.body[0]["errorCode"] == "PROCESSING_HALTED";
    // The others were only halted because one failed.
    if let Some(node) = failed.iter().find(|node| !halted(node)).or(failed.first()) {
        return Err(errors::of_answer(node.http_status_code, node.body.to_string().as_bytes()));
    }
    let id = nodes.first().and_then(|node| node.body["id"].as_str());
    id.map(|id| Some(id.to_owned())).ok_or_else(lost)
}

/// A success without the answer that belongs to it: it may have happened.
fn lost() -> Error {
    let sentence = "Salesforce's answer could not be read, so it may have happened.";
    Error::new(ErrorClass::Unknown, "unexpected-answer", sentence)
}
