//! `/composite/sobjects`: up to 200 records of one object in one call.

use super::{Call, Caller, changing, object_body, records};
use crate::salesforce::answer::Answer;
use crate::salesforce::change::{Body, Change, id_in};
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::id;
use crate::salesforce::org::Inner;
use crate::salesforce::schema::Object;
use crate::salesforce::soql::write_record;
use crate::salesforce::sync::read;
use serde_json::{Value as Json, json};

/// Records in one call that writes.
const MOST: usize = 200;
/// Records in one call that reads.
const MOST_READ: usize = 2000;

/// What is wanted of one record.
enum Wish {
    Create(Object, Body),
    Update(Object, String, Body),
    Delete(String),
}

/// `POST`, `PATCH` or `DELETE` of many records: 200 even if some of them fail.
pub fn change(org: &Inner, caller: &Caller, call: &Call<'_>) -> Outcome<Answer> {
    let (wishes, all_or_none) = match call.method {
        "POST" | "PATCH" => from_body(caller, call)?,
        "DELETE" => from_ids(call)?,
        method => return Err(Fail::method(method, "POST,PATCH,DELETE")),
    };
    if wishes.len() > MOST {
        let message = format!("record limit reached. cannot submit more than {MOST} records in this request");
        return Err(Fail::bad("EXCEEDED_ID_LIMIT", message));
    }
    check_one_object(&wishes)?;
    let results = changing(org, caller, |change| run(change, &wishes, all_or_none));
    Ok(Answer::json(200, &results))
}

fn from_body(caller: &Caller, call: &Call<'_>) -> Outcome<(Vec<Wish>, bool)> {
    let mut body = object_body(call.body)?;
    let all_or_none = body.get("allOrNone").and_then(Json::as_bool).unwrap_or(false);
    let Some(Json::Array(records)) = body.remove("records") else {
        return Err(Fail::json("The request needs an array: records"));
    };
    let mut wishes = Vec::new();
    for record in records {
        let Json::Object(mut members) = record else { return Err(Fail::json("Each record must be a JSON object")) };
        let name =
            members.get("attributes").and_then(|attributes| attributes["type"].as_str()).unwrap_or_default().to_owned();
        let object = Object::named(&name)
            .filter(|object| caller.access.sees(*object))
            .ok_or_else(|| Fail::bad("INVALID_TYPE", format!("sObject type '{name}' is not supported.")))?;
        wishes.push(if call.method == "POST" {
            Wish::Create(object, members)
        } else {
            let id = members.remove("id").or_else(|| members.remove("Id"));
            Wish::Update(object, id.as_ref().and_then(Json::as_str).unwrap_or_default().to_owned(), members)
        });
    }
    Ok((wishes, all_or_none))
}

fn from_ids(call: &Call<'_>) -> Outcome<(Vec<Wish>, bool)> {
    let ids = call.query.get("ids").ok_or_else(|| Fail::bad("INVALID_FIELD", "The ids parameter is required"))?;
    let wishes = ids.split(',').map(|id| Wish::Delete(id.trim().to_owned())).collect();
    Ok((wishes, call.query.get("allOrNone") == Some("true")))
}

/// Every object here is a Setup object, and those come alone.
fn check_one_object(wishes: &[Wish]) -> Outcome<()> {
    let object_of = |wish: &Wish| match wish {
        Wish::Create(object, _) | Wish::Update(object, ..) => Some(*object),
        Wish::Delete(id) => id::parse_key(id).and_then(|key| id::object_of(&key)),
    };
    let mut objects = wishes.iter().filter_map(object_of);
    let first = objects.next();
    if objects.all(|object| Some(object) == first) {
        return Ok(());
    }
    let message = "DML operation on setup object is not permitted together with another object in the same request";
    Err(Fail::bad("MIXED_DML_OPERATION", message))
}

fn run(change: &mut Change<'_>, wishes: &[Wish], all_or_none: bool) -> Vec<Json> {
    let before = change.data.checkpoint();
    let results: Vec<Outcome<String>> = wishes.iter().map(|wish| grant(change, wish)).collect();
    let rolled_back = all_or_none && results.iter().any(Result::is_err);
    if rolled_back {
        change.data.roll_back(before);
    }
    results
        .into_iter()
        .map(|result| match result {
            Ok(_) if rolled_back => {
                let message =
                    "Record rolled back because not all records were valid and the request was using AllOrNone header";
                failed(&Fail::bad("ALL_OR_NONE_OPERATION_ROLLED_BACK", message))
            }
            Ok(id) => json!({ "id": id, "success": true, "errors": [] }),
            Err(fail) => failed(&fail),
        })
        .collect()
}

fn failed(fail: &Fail) -> Json {
    json!({ "success": false, "errors": [fail.to_item()] })
}

fn grant(change: &mut Change<'_>, wish: &Wish) -> Outcome<String> {
    match wish {
        Wish::Create(object, body) => change.create(*object, body).map(|id| id.to_string()),
        Wish::Update(object, id, body) => {
            let found = find(change, *object, id)?;
            change.update(*object, found.number, body).map(|()| found.to_string()).map_err(as_item)
        }
        Wish::Delete(id) => {
            let object = id::parse_key(id).and_then(|key| id::object_of(&key));
            let object = object.ok_or_else(|| Fail::bad("MALFORMED_ID", format!("malformed id {id}")))?;
            let found = find(change, object, id)?;
            change.delete(object, found.number).map(|()| found.to_string()).map_err(as_item)
        }
    }
}

fn find(change: &Change<'_>, object: Object, id: &str) -> Outcome<id::Id> {
    id_in(change.data, object, id)?
        .ok_or_else(|| Fail::bad("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"))
}

/// Inside a collection there is no path to be missing.
fn as_item(fail: Fail) -> Fail {
    if fail.code == "NOT_FOUND" { Fail::bad("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id") } else { fail }
}

/// `GET ?ids=&fields=` or `POST {"ids":[],"fields":[]}`: records in the order of the ids, null for those that are not there.
pub fn read_many(org: &Inner, caller: &Caller, call: &Call<'_>, object: Object) -> Outcome<Answer> {
    let (ids, fields) = match call.method {
        "GET" => (
            call.query.get("ids").unwrap_or_default().to_owned(),
            call.query.get("fields").unwrap_or_default().to_owned(),
        ),
        "POST" => {
            let body = object_body(call.body)?;
            let list = |name: &str| {
                let names = body.get(name).and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
                names.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(",")
            };
            (list("ids"), list("fields"))
        }
        method => return Err(Fail::method(method, "HEAD,GET,POST")),
    };
    let columns = records::chosen(caller, object, Some(fields.as_str()))?;
    let ids: Vec<&str> = ids.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    if ids.len() > MOST_READ {
        let message = format!("record limit reached. cannot submit more than {MOST_READ} records in this request");
        return Err(Fail::bad("EXCEEDED_ID_LIMIT", message));
    }
    let data = read(&org.data);
    let mut out = vec![b'['];
    for (place, id) in ids.into_iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        let row = id_in(&data, object, id)?.and_then(|id| data.row(object, id.number));
        match row.filter(|row| caller.access.sees_row(row)) {
            Some(row) => write_record(&mut out, &caller.base, &row, &columns),
            None => out.extend_from_slice(b"null"),
        }
    }
    out.push(b']');
    Ok(Answer::raw(200, out))
}
