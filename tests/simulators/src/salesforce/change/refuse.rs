//! Refusals that several objects share.

use super::{Change, given};
use crate::salesforce::data::Cells;
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::schema::{F, Object};
use crate::salesforce::value::Value;

/// How many blockers a refusal names.
const NAMED: usize = 5;

/// 403: the record is there, and is not the caller's to change.
pub fn read_only() -> Fail {
    Fail::new(403, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")
}

/// Refuses to delete what other rows point at: `by` is the object of those rows and the field they point with.
pub fn while_used(change: &Change<'_>, object: Object, number: u32, by: (Object, F), what: &str) -> Outcome<()> {
    let wanted = Value::Id(change.data.id(object, number));
    let blockers: Vec<String> = change
        .data
        .rows(by.0)
        .filter(|row| row.get(by.1) == wanted)
        .take(NAMED)
        .map(|row| match row.get(F::Name) {
            Value::Null => row.get(F::Id).shown(),
            name => name.shown(),
        })
        .collect();
    if blockers.is_empty() {
        return Ok(());
    }
    let name = change.data.row(object, number).map(|row| row.get(name_field(object)).shown()).unwrap_or_default();
    let blockers = blockers.join(", ");
    let message = format!(
        "Your attempt to delete {name} could not be completed because it is associated with the following {what}.: {blockers}"
    );
    Err(Fail::bad("DELETE_FAILED", message))
}

fn name_field(object: Object) -> F {
    if object == Object::PermissionSetGroup { F::MasterLabel } else { F::Name }
}

/// Refuses to delete what a package brought.
pub fn managed(change: &Change<'_>, object: Object, number: u32, code: &'static str, verb: &str) -> Outcome<()> {
    let namespace = change.data.row(object, number).map_or(Value::Null, |row| row.get(F::NamespacePrefix).into_owned());
    if namespace == Value::Null {
        return Ok(());
    }
    Err(Fail::bad(code, format!("Cannot {verb} managed object: {}", change.data.id(object, number).short())))
}

/// Refuses an API name that another record has; of groups, another of the same type.
pub fn taken(change: &Change<'_>, object: Object, number: Option<u32>, cells: &Cells, key: F) -> Outcome<()> {
    let Some(wanted) = given(cells, key).filter(|value| **value != Value::Null) else { return Ok(()) };
    well_formed(key, &wanted.shown())?;
    let kind = match number {
        Some(number) => change.after(object, number, cells, F::Type),
        None => given(cells, F::Type).cloned().unwrap_or(Value::Null),
    };
    let same_kind = |found: Value<'_>| object != Object::Group || found == kind;
    let taken = change
        .data
        .rows(object)
        .any(|row| Some(row.number) != number && row.get(key).order(wanted).is_eq() && same_kind(row.get(F::Type)));
    if !taken {
        return Ok(());
    }
    let message = format!("The developer name you specified is already in use. Use another one: {}", wanted.shown());
    Err(Fail::bad("DUPLICATE_DEVELOPER_NAME", message).on(key.name()))
}

/// The rule of API names.
fn well_formed(key: F, name: &str) -> Outcome<()> {
    let letters = name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let starts = name.starts_with(|letter: char| letter.is_ascii_alphabetic());
    if letters && starts && !name.ends_with('_') && !name.contains("__") {
        return Ok(());
    }
    let message = format!(
        "The {} can only contain underscores and alphanumeric characters. It must be unique, begin with a letter, not include spaces, not \
         end with an underscore, and not contain two consecutive underscores.",
        if key == F::Name { "API Name" } else { "Developer Name" }
    );
    Err(Fail::bad("FIELD_INTEGRITY_EXCEPTION", message).on(key.name()))
}

/// The API name Salesforce makes of a name when none is given.
pub fn developer_name(name: &str) -> Value<'static> {
    let mut made = String::new();
    for letter in name.chars() {
        let letter = if letter.is_ascii_alphanumeric() { letter } else { '_' };
        if letter != '_' || !(made.is_empty() || made.ends_with('_')) {
            made.push(letter);
        }
    }
    let made = made.trim_end_matches('_');
    let starts = made.starts_with(|letter: char| letter.is_ascii_alphabetic());
    Value::Text(if starts { made.to_owned() } else { format!("X{made}") }.into())
}

/// A tie that is there already, in the words of the tie's object.
pub fn duplicate(object: Object, one: (&str, F, &Value<'_>), two: (&str, F, &Value<'_>)) -> Fail {
    let short = |value: &Value<'_>| value.id().map(|id| id.short()).unwrap_or_default();
    let message = format!("Duplicate {}.  {}: {}; {}: {}", object.name(), one.0, short(one.2), two.0, short(two.2));
    Fail::bad("DUPLICATE_VALUE", message).on(one.1.name()).on(two.1.name())
}
