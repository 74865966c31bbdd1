//! The objects, as data: a file each says what its records are and how Slack's answer becomes them.

pub mod group;
pub mod member;
pub mod user;

use weft_integration::prelude::*;

/// The descriptions of all objects.
pub fn all() -> Vec<ObjectType> {
    vec![user::object_type(), group::object_type(), member::object_type()]
}

fn text(name: &str, title: &str) -> Field {
    Field::new(name, title, FieldType::Text)
}

fn flag(name: &str, title: &str) -> Field {
    Field::new(name, title, FieldType::Boolean)
}

/// Slack writes moments as seconds since 1970.
fn time(name: &str, title: &str) -> Field {
    let mut field = Field::new(name, title, FieldType::Timestamp);
    field.format = Some("epoch-s".into());
    field
}

/// Slack writes no moment as 0.
fn moment(seconds: Option<i64>) -> Option<i64> {
    seconds.filter(|seconds| *seconds > 0)
}

/// Slack writes no text as an empty one.
fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}
