//! `describe`: the objects and fields the caller can see.

use super::Caller;
use crate::salesforce::answer::Answer;
use crate::salesforce::fail::Outcome;
use crate::salesforce::schema::{F, Field, Kind, Object};
use serde_json::{Value as Json, json};

/// `GET /sobjects`.
pub fn global(caller: &Caller) -> Answer {
    let objects: Vec<Json> = Object::all()
        .filter(|object| !object.is_tooling() && caller.access.sees(*object))
        .map(|object| summary(caller, object))
        .collect();
    Answer::json(200, &json!({ "encoding": "UTF-8", "maxBatchSize": 200, "sobjects": objects }))
}

/// `GET /sobjects/X/describe`.
pub fn object(caller: &Caller, object: Object) -> Outcome<Answer> {
    let mut body = summary(caller, object);
    body["childRelationships"] = json!([]);
    body["recordTypeInfos"] = json!([]);
    body["fields"] = caller.access.fields(object).map(|field| describe(caller, object, field)).collect();
    Ok(Answer::json(200, &body))
}

/// What is said of an object where its fields are not listed.
pub fn summary(caller: &Caller, object: Object) -> Json {
    let (name, verbs) = (object.name(), object.verbs());
    let may_write = caller.access.writes(object);
    let address = format!("{}/sobjects/{name}", caller.base);
    json!({
        "name": name,
        "label": name,
        "labelPlural": format!("{name}s"),
        "keyPrefix": object.has_ids().then(|| object.prefix()),
        "custom": false,
        "createable": verbs.create && may_write,
        "updateable": verbs.update && may_write,
        "deletable": verbs.delete && may_write,
        "queryable": true,
        "replicateable": super::replicate::is_replicated(object),
        "retrieveable": true,
        "searchable": object == Object::User,
        "urls": { "sobject": address, "describe": format!("{address}/describe"), "rowTemplate": format!("{address}/{{ID}}") },
    })
}

fn describe(caller: &Caller, object: Object, field: &Field) -> Json {
    let may_write = caller.access.writes(object);
    let choices: Vec<Json> = field
        .choices
        .iter()
        .map(|choice| json!({ "active": true, "defaultValue": false, "label": choice, "value": choice }))
        .collect();
    json!({
        "name": field.name(),
        "label": field.label(),
        "type": field.kind.name(),
        "soapType": soap_type(field.kind),
        "length": field.length,
        "nillable": field.nillable,
        "createable": field.create && may_write,
        "updateable": field.update && may_write,
        "filterable": field.unfilterable_since.is_none_or(|version| caller.version < version),
        "sortable": field.sortable,
        "groupable": field.kind != Kind::Time,
        "custom": field.is_custom(),
        "calculated": false,
        "autoNumber": false,
        "defaultedOnCreate": field.kind == Kind::Bool,
        "unique": matches!(field.key, F::Username | F::CommunityNickname),
        "idLookup": field.kind == Kind::Id,
        "externalId": false,
        "nameField": field.key == F::Name,
        "restrictedPicklist": field.kind == Kind::Picklist,
        "picklistValues": choices,
        "referenceTo": field.targets.iter().map(|target| target.name()).collect::<Vec<_>>(),
        "relationshipName": field.relationship,
    })
}

fn soap_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Id | Kind::Reference => "tns:ID",
        Kind::Bool => "xsd:boolean",
        Kind::Int => "xsd:int",
        Kind::Double => "xsd:double",
        Kind::Date => "xsd:date",
        Kind::Time => "xsd:dateTime",
        Kind::Text | Kind::Email | Kind::Picklist => "xsd:string",
    }
}
