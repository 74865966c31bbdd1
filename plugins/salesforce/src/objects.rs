//! The objects, as data: one file each.

mod profile;
mod user;
mod user_license;
mod user_role;

use weft_integration::prelude::*;

/// All objects, those that others refer to first.
pub fn all() -> Vec<ObjectType> {
    vec![user_license::object_type(), profile::object_type(), user_role::object_type(), user::object_type()]
}

/// The object of this name.
pub fn find(name: &str) -> Result<ObjectType, Error> {
    all()
        .into_iter()
        .find(|object| object.name == name)
        .ok_or_else(|| Error::bug("no-such-object", format!("This integration has no object `{name}`.")))
}

/// The permission without which an object is empty or cannot be asked for, in Salesforce's words.
pub fn permission(name: &str) -> &'static str {
    match name {
        "User" => "View All Users",
        "UserRole" => "View Roles and Role Hierarchy",
        _ => "View Setup and Configuration",
    }
}

/// An object of Salesforce: its key is `Id`, pages come in the order of it, and the org shows a record at `/{Id}`.
fn object(name: &str, title: &str, plural: &str, primary: &str) -> ObjectType {
    ObjectType::new(name, title, plural).identified_by("Id", primary).ordered().linked("{base}/{Id}")
}

fn id() -> Field {
    Field::new("Id", "Id", FieldType::Text)
}

fn text(name: &str, title: &str) -> Field {
    Field::new(name, title, FieldType::Text)
}

fn time(name: &str, title: &str) -> Field {
    Field::new(name, title, FieldType::Timestamp)
}

/// An edge over Salesforce ids.
fn to_one(name: &str, title: &str, object: &str, local: &str) -> Relationship {
    Relationship::to_one(name, title, object, local, "Id").compared(Normalizer::SalesforceId)
}
