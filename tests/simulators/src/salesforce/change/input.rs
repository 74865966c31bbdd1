//! Reads the members of a record a caller sends: known, allowed, of the right type, not too long, pointing at something.

use super::{Body, Change};
use crate::salesforce::data::{Cells, Data};
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::id::{self, Id};
use crate::salesforce::schema::{F, Field, Kind, Object};
use crate::salesforce::time;
use crate::salesforce::value::Value;
use serde_json::Value as Json;
use std::borrow::Cow;

/// Reads every member; the first wrong one is the refusal.
pub fn cells(change: &Change<'_>, object: Object, body: &Body, creating: bool) -> Outcome<Cells> {
    let mut cells = Cells::new();
    let mut locked = Vec::new();
    for (name, value) in body.iter().filter(|(name, _)| *name != "attributes") {
        let field = change.access.field(object, name).ok_or_else(|| {
            Fail::bad("INVALID_FIELD", format!("No such column '{name}' on sobject of type {}", object.name()))
        })?;
        if field.key == F::Id {
            return Err(Fail::bad("INVALID_FIELD", "The Id field should not be specified in the sobject data."));
        }
        if if creating { field.create } else { field.update } {
            cells.push((field.key, cell(change.data, field, value)?));
        } else {
            locked.push(field.name());
        }
    }
    if locked.is_empty() {
        return Ok(cells);
    }
    let message = format!(
        "Unable to create/update fields: {}. Please check the security settings of this field and verify that it is read/write for your \
         profile or permission set.",
        locked.join(", ")
    );
    let fail = Fail::bad("INVALID_FIELD_FOR_INSERT_UPDATE", message);
    Err(locked.iter().fold(fail, |fail, name| fail.on(name)))
}

/// Refuses a new record that lacks what it needs.
pub fn require(object: Object, cells: &Cells) -> Outcome<()> {
    let missing: Vec<&str> = object
        .fields()
        .iter()
        .filter(|field| field.required && !cells.iter().any(|(key, value)| *key == field.key && *value != Value::Null))
        .map(Field::name)
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(missing_fields(&missing)) }
}

fn missing_fields(names: &[&str]) -> Fail {
    let fail = Fail::bad("REQUIRED_FIELD_MISSING", format!("Required fields are missing: [{}]", names.join(", ")));
    names.iter().fold(fail, |fail, name| fail.on(name))
}

fn cell(data: &Data, field: &Field, value: &Json) -> Outcome<Value<'static>> {
    match (field.kind, value) {
        (Kind::Bool, Json::Null) => {
            let message = format!("{}: value not of required type: null", field.label());
            Err(Fail::bad("INVALID_TYPE_ON_FIELD_IN_RECORD", message).on(field.name()))
        }
        (_, Json::Null) => empty(field),
        (Kind::Bool, Json::Bool(flag)) => Ok(Value::Bool(*flag)),
        (Kind::Int, Json::Number(number)) => number.as_i64().map(Value::Int).ok_or_else(|| mistyped("int", value)),
        (Kind::Double, Json::Number(number)) => {
            let rounded = number.as_f64().map(|number| Value::Hundredths((number * 100.0).round() as i64));
            rounded.ok_or_else(|| mistyped("double", value))
        }
        (Kind::Text | Kind::Email | Kind::Picklist | Kind::Reference | Kind::Date, Json::String(text))
            if text.is_empty() =>
        {
            empty(field)
        }
        (Kind::Text, Json::String(text)) => sized(field, text),
        (Kind::Email, Json::String(text)) => email(field, text),
        (Kind::Picklist, Json::String(text)) => choice(field, text),
        (Kind::Reference, Json::String(text)) => reference(data, field, text),
        (Kind::Time, Json::String(text)) => {
            time::parse(text).map(Value::Time).ok_or_else(|| mistyped("datetime", value))
        }
        (Kind::Date, Json::String(text)) => {
            time::parse_day(text).map(Value::Date).ok_or_else(|| mistyped("date", value))
        }
        (kind, _) => Err(mistyped(kind.name(), value)),
    }
}

fn empty(field: &Field) -> Outcome<Value<'static>> {
    if field.nillable && !field.required { Ok(Value::Null) } else { Err(missing_fields(&[field.name()])) }
}

fn sized(field: &Field, text: &str) -> Outcome<Value<'static>> {
    let longest = field.length;
    if text.chars().count() > longest {
        let message = format!("{}: data value too large: {text} (max length={longest})", field.label());
        return Err(Fail::bad("STRING_TOO_LONG", message).on(field.name()));
    }
    Ok(Value::Text(Cow::Owned(text.to_owned())))
}

fn email(field: &Field, text: &str) -> Outcome<Value<'static>> {
    let looks_right = text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    if !looks_right || text.contains(char::is_whitespace) {
        let message = format!("{}: invalid email address: {text}", field.label());
        return Err(Fail::bad("INVALID_EMAIL_ADDRESS", message).on(field.name()));
    }
    sized(field, text)
}

fn choice(field: &Field, text: &str) -> Outcome<Value<'static>> {
    let known = field.choices.iter().find(|choice| choice.eq_ignore_ascii_case(text));
    known.map(|choice| Value::text(choice)).ok_or_else(|| {
        let message = format!("{}: bad value for restricted picklist field: {text}", field.label());
        Fail::bad("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message).on(field.name())
    })
}

fn reference(data: &Data, field: &Field, text: &str) -> Outcome<Value<'static>> {
    let key = id::parse_key(text)
        .ok_or_else(|| Fail::bad("MALFORMED_ID", format!("malformed id {text}")).on(field.name()))?;
    if !field.targets.iter().any(|target| Some(*target) == id::object_of(&key)) {
        let message = format!("{}: id value of incorrect type: {text}", field.label());
        return Err(Fail::bad("MALFORMED_ID", message).on(field.name()));
    }
    match id::resolve(&key, data.shape.pod).filter(|id| data.exists(id.object, id.number)) {
        Some(id) => Ok(Value::Id(id)),
        None => Err(Fail::bad("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id").on(field.name())),
    }
}

fn mistyped(kind: &str, value: &Json) -> Fail {
    let token = match value {
        Json::Null => "VALUE_NULL",
        Json::Bool(true) => "VALUE_TRUE",
        Json::Bool(false) => "VALUE_FALSE",
        Json::Number(_) => "VALUE_NUMBER_INT",
        Json::String(_) => "VALUE_STRING",
        Json::Array(_) => "START_ARRAY",
        Json::Object(_) => "START_OBJECT",
    };
    let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Fail::json(format!(
        "Cannot deserialize instance of {kind} from {token} value {shown} or request may be missing a required field at [line:1, column:2]"
    ))
}

/// The id of a record of an object, in a path or a list. A well-formed id that leads nowhere is `None`.
pub fn id_in(data: &Data, object: Object, text: &str) -> Outcome<Option<Id>> {
    let key = id::parse_key(text).ok_or_else(|| Fail::bad("MALFORMED_ID", format!("malformed id {text}")).on("Id"))?;
    if id::object_of(&key) != Some(object) {
        let message = format!("{} ID: id value of incorrect type: {text}", object.name());
        return Err(Fail::bad("MALFORMED_ID", message).on("Id"));
    }
    Ok(id::resolve(&key, data.shape.pod).filter(|id| id.number < data.span(object)))
}
