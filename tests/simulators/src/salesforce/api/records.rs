//! `/sobjects/X` and `/sobjects/X/{id}`.

use super::{Call, Caller, changing, object_body};
use crate::salesforce::answer::Answer;
use crate::salesforce::change::id_in;
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::org::Inner;
use crate::salesforce::schema::Object;
use crate::salesforce::soql::{Column, columns_of, write_record};
use crate::salesforce::sync::read;
use serde_json::json;

/// `GET` tells about the object, `POST` creates a record.
pub fn collection(org: &Inner, caller: &Caller, call: &Call<'_>, object: Object) -> Outcome<Answer> {
    match call.method {
        "GET" => Ok(Answer::json(
            200,
            &json!({ "objectDescribe": super::describe::summary(caller, object), "recentItems": [] }),
        )),
        "POST" if object.verbs().create => {
            let body = object_body(call.body)?;
            let id = changing(org, caller, |change| change.create(object, &body))?.to_string();
            let location = format!("{}/sobjects/{}/{id}", caller.base, object.name());
            Ok(Answer::json(201, &json!({ "id": id, "success": true, "errors": [] })).with("location", location))
        }
        method => Err(Fail::method(method, if object.verbs().create { "HEAD,GET,POST" } else { "HEAD,GET" })),
    }
}

/// Reads, changes or deletes one record.
pub fn record(org: &Inner, caller: &Caller, call: &Call<'_>, object: Object, id: &str) -> Outcome<Answer> {
    let verbs = object.verbs();
    // Clients that cannot send PATCH say so in a parameter.
    let method = if call.method == "POST" { call.query.get("_HttpMethod").unwrap_or("POST") } else { call.method };
    let number = || id_in(&read(&org.data), object, id)?.map(|id| id.number).ok_or_else(Fail::not_found);
    match method {
        "GET" => retrieve(org, caller, call, object, number()?),
        "PATCH" if verbs.update => {
            let (number, body) = (number()?, object_body(call.body)?);
            changing(org, caller, |change| change.update(object, number, &body))?;
            Ok(Answer::empty(204))
        }
        "DELETE" if verbs.delete => {
            let number = number()?;
            changing(org, caller, |change| change.delete(object, number))?;
            Ok(Answer::empty(204))
        }
        _ => {
            let allowed = match (verbs.update, verbs.delete) {
                (true, true) => "HEAD,GET,PATCH,DELETE",
                (true, false) => "HEAD,GET,PATCH",
                _ => "HEAD,GET",
            };
            Err(Fail::method(call.method, allowed))
        }
    }
}

fn retrieve(org: &Inner, caller: &Caller, call: &Call<'_>, object: Object, number: u32) -> Outcome<Answer> {
    let columns = chosen(caller, object, call.query.get("fields"))?;
    let data = read(&org.data);
    if data.is_deleted(object, number) {
        return Err(Fail::new(404, "ENTITY_IS_DELETED", "entity is deleted"));
    }
    let row = data.row(object, number).filter(|row| caller.access.sees_row(row)).ok_or_else(Fail::not_found)?;
    let mut out = Vec::with_capacity(2048);
    write_record(&mut out, &caller.base, &row, &columns);
    Ok(Answer::raw(200, out))
}

/// The fields named in a list, or all visible ones.
pub fn chosen(caller: &Caller, object: Object, names: Option<&str>) -> Outcome<Vec<Column>> {
    let Some(names) = names else { return Ok(columns_of(&caller.access, object)) };
    names
        .split(',')
        .map(|name| {
            let field = caller.access.field(object, name.trim()).ok_or_else(|| {
                Fail::bad(
                    "INVALID_FIELD",
                    format!("No such column '{}' on sobject of type {}", name.trim(), object.name()),
                )
            })?;
            Ok(Column::Field { key: field.key, label: format!("\"{}\":", field.name()) })
        })
        .collect()
}
