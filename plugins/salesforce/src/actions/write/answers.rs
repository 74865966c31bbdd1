//! What Salesforce's answers say of each change.

use super::{Change, Write};
use crate::errors;
use serde::Deserialize;
use serde_json::Value as Json;
use weft_integration::prelude::*;

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
