//! The attributes that an org added to its users' profiles: they are offered as fields.

use serde::Deserialize;
use std::collections::BTreeMap;
use weft_integration::prelude::*;

/// Attributes taken at most.
const MAX_EXTRA: usize = 200;

/// Asks for the schema of the default user type. Users of other types are told by the attributes they share with it.
pub fn request() -> Request {
    http::get("/api/v1/meta/schemas/user/default")
}

/// The schema, as far as it is used (spec, `UserSchema`).
#[derive(Debug, Default, Deserialize)]
pub struct Schema {
    #[serde(default)]
    definitions: Definitions,
}

#[derive(Debug, Default, Deserialize)]
struct Definitions {
    #[serde(default)]
    custom: Custom,
}

#[derive(Debug, Default, Deserialize)]
struct Custom {
    #[serde(default)]
    properties: BTreeMap<String, Attribute>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attribute {
    title: Option<String>,
    description: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    format: Option<String>,
    #[serde(default)]
    one_of: Vec<Choices>,
}

#[derive(Debug, Deserialize)]
struct Choices {
    #[serde(rename = "const")]
    value: Option<String>,
    title: Option<String>,
}

/// The org's own attributes as fields, in the order of their names. Okta's own names have no such prefix, so none is there twice.
pub fn extra(schema: &Schema) -> Vec<Field> {
    let attributes = schema.definitions.custom.properties.iter();
    attributes.filter_map(|(name, attribute)| field(name, attribute)).take(MAX_EXTRA).collect()
}

/// None for what is no single value and no list of texts.
fn field(name: &str, attribute: &Attribute) -> Option<Field> {
    let kind = match (attribute.kind.as_deref()?, attribute.format.as_deref()) {
        ("string", _) if !attribute.one_of.is_empty() => FieldType::Choice,
        ("string", Some("date-time")) => FieldType::Timestamp,
        ("string", Some("date")) => FieldType::Date,
        ("string", _) => FieldType::Text,
        ("integer", _) => FieldType::Integer,
        ("number", _) => FieldType::Number,
        ("boolean", _) => FieldType::Boolean,
        ("array", _) => FieldType::List,
        _ => return None,
    };
    let title = attribute.title.as_deref().filter(|title| !title.trim().is_empty()).unwrap_or(name);
    let pointer = format!("/profile/{}", name.replace('~', "~0").replace('/', "~1"));
    let mut field = Field::new(&format!("custom_{name}"), title, kind).at(&pointer);
    field.help.clone_from(&attribute.description);
    let choice =
        |one: &Choices| one.value.as_deref().map(|value| Choice::new(value, one.title.as_deref().unwrap_or(value)));
    field.choices = attribute.one_of.iter().filter_map(choice).collect();
    Some(field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn own_attributes_become_fields() {
        let schema = json!({ "definitions": { "base": { "properties": { "login": { "title": "Username", "type": "string" } } }, "custom": { "properties": {
            "badge": { "title": "Badge", "type": "integer", "description": "On the door." },
            "office": { "title": "Office", "type": "string", "oneOf": [{ "const": "BER", "title": "Berlin" }] },
            "skills": { "title": "", "type": "array", "items": { "type": "string" } },
            "nested": { "title": "Nested", "type": "object" },
            "start": { "title": "Start", "type": "string", "format": "date" }
        } } } });
        let fields = extra(&serde_json::from_value(schema).unwrap());
        let shown: Vec<_> =
            fields.iter().map(|field| (field.name.as_str(), field.title.as_str(), field.type_)).collect();
        assert_eq!(
            shown,
            [
                ("custom_badge", "Badge", FieldType::Integer),
                ("custom_office", "Office", FieldType::Choice),
                ("custom_skills", "skills", FieldType::List),
                ("custom_start", "Start", FieldType::Date),
            ]
        );
        assert_eq!((fields[0].pointer.as_str(), fields[0].help.as_deref()), ("/profile/badge", Some("On the door.")));
        assert_eq!(fields[1].choices, [Choice::new("BER", "Berlin")]);
        assert!(extra(&serde_json::from_value(json!({})).unwrap()).is_empty());
    }
}
