//! The objects, as data: one file each says what its records are and how they are read.

mod group;
mod group_member;
mod license;
mod license_assignment;
mod login_history;
mod oauth_token;
mod package;
mod permission_set;
mod permission_set_assignment;
mod permission_set_group;
mod permission_set_group_component;
mod profile;
mod user;
mod user_login;
mod user_role;

use crate::reading::Reading;
use serde_json::{Value as Json, json};
use weft_integration::prelude::*;

pub use login_history::KEPT_DAYS;

/// An object and how it is read.
type Declared = (fn() -> ObjectType, Reading);

/// All objects, those that others refer to first.
const ALL: &[Declared] = &[
    (license::object_type, license::READING),
    (profile::object_type, profile::READING),
    (user_role::object_type, user_role::READING),
    (user::object_type, user::READING),
    (user_login::object_type, user_login::READING),
    (license_assignment::object_type, license_assignment::READING),
    (permission_set::object_type, permission_set::READING),
    (permission_set_group::object_type, permission_set_group::READING),
    (permission_set_group_component::object_type, permission_set_group_component::READING),
    (permission_set_assignment::object_type, permission_set_assignment::READING),
    (group::object_type, group::READING),
    (group_member::object_type, group_member::READING),
    (package::object_type, package::READING),
    (oauth_token::object_type, oauth_token::READING),
    (login_history::object_type, login_history::READING),
];

/// The descriptions of all objects.
pub fn all() -> Vec<ObjectType> {
    ALL.iter().map(|(object_type, _)| object_type()).collect()
}

/// The object of this name.
pub fn find(name: &str) -> Result<ObjectType, Error> {
    all().into_iter().find(|object| object.name == name).ok_or_else(|| unknown(name))
}

/// How the object of this name is read.
pub fn reading(name: &str) -> Result<&'static Reading, Error> {
    readings().find(|reading| reading.object == name).ok_or_else(|| unknown(name))
}

/// How each object is read.
pub fn readings() -> impl Iterator<Item = &'static Reading> {
    ALL.iter().map(|(_, reading)| reading)
}

fn unknown(name: &str) -> Error {
    Error::bug("no-such-object", format!("This integration has no object `{name}`."))
}

/// An object of Salesforce: its key is `Id`, and pages come in the order of it. Salesforce orders ids by their 15 characters, digits
/// before capitals before small letters, which is the byte order of the 18 characters, too: the last three follow from the others.
fn object(name: &str, title: &str, plural: &str, primary: &str) -> ObjectType {
    ObjectType::new(name, title, plural).identified_by("Id", primary).ordered()
}

/// An object whose records the org shows at `/{Id}`.
fn page(name: &str, title: &str, plural: &str, primary: &str) -> ObjectType {
    object(name, title, plural, primary).linked("{base}/{Id}")
}

fn id() -> Field {
    Field::new("Id", "Id", FieldType::Text)
}

fn text(name: &str, title: &str) -> Field {
    Field::new(name, title, FieldType::Text)
}

fn long_text(name: &str, title: &str) -> Field {
    Field::new(name, title, FieldType::LongText)
}

fn time(name: &str, title: &str) -> Field {
    Field::new(name, title, FieldType::Timestamp)
}

fn flag(name: &str, title: &str) -> Field {
    Field::new(name, title, FieldType::Boolean)
}

fn choice(name: &str, title: &str, choices: &[(&str, &str)]) -> Field {
    Field::new(name, title, FieldType::Choice).with_choices(choices)
}

/// Who made and changed a record, and when.
fn stamps() -> Vec<Field> {
    vec![
        time("CreatedDate", "Created"),
        text("CreatedById", "Created by"),
        time("LastModifiedDate", "Last modified"),
        text("LastModifiedById", "Last modified by"),
        time("SystemModstamp", "System modstamp"),
    ]
}

/// An edge over Salesforce ids.
fn to_one(name: &str, title: &str, object: &str, local: &str) -> Relationship {
    Relationship::to_one(name, title, object, local, "Id").compared(Normalizer::SalesforceId)
}

/// How many records stand at the far end of an edge; unknown without `needs`.
fn count(name: &str, title: &str, through: &str, needs: &[&str]) -> DerivedField {
    DerivedField::new(name, title, through, Aggregate::Count).needing(needs)
}

/// A condition of the board filter language that asks for a boolean.
fn is(path: &str, value: bool) -> Json {
    json!({ "path": path, "op": "is", "value": value })
}
