//! The value of an element, whatever its type: button, select, picker or text input.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// What was chosen or entered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Chosen {
    /// Left empty.
    #[default]
    Nothing,
    /// A text, a date, an option's value, an id.
    One(String),
    /// Several of them.
    Many(Vec<String>),
}

/// Members that hold one value, in the order tried.
const SINGLE: [&str; 8] = [
    "value",
    "selected_date",
    "selected_time",
    "selected_date_time",
    "selected_user",
    "selected_channel",
    "selected_conversation",
    "rich_text_value",
];
/// Members that hold several.
const SEVERAL: [&str; 3] = ["selected_users", "selected_channels", "selected_conversations"];

impl Chosen {
    /// Reads an element of `actions` or of `state.values`.
    pub(super) fn read(element: &Json) -> Self {
        if let Some(value) = element.pointer("/selected_option/value").and_then(scalar) {
            return Self::One(value);
        }
        if let Some(options) = element.get("selected_options").and_then(Json::as_array) {
            return Self::Many(options.iter().filter_map(|option| option.get("value").and_then(scalar)).collect());
        }
        if let Some(list) = SEVERAL.iter().find_map(|name| element.get(name).and_then(Json::as_array)) {
            return Self::Many(list.iter().filter_map(scalar).collect());
        }
        SINGLE.iter().find_map(|name| element.get(name).and_then(scalar)).map_or(Self::Nothing, Self::One)
    }

    /// The one value, or the first of several.
    pub fn one(&self) -> Option<&str> {
        match self {
            Self::Nothing => None,
            Self::One(value) => Some(value),
            Self::Many(values) => values.first().map(String::as_str),
        }
    }

    /// All values.
    pub fn all(&self) -> Vec<String> {
        match self {
            Self::Nothing => Vec::new(),
            Self::One(value) => vec![value.clone()],
            Self::Many(values) => values.clone(),
        }
    }
}

fn scalar(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(flag) => Some(flag.to_string()),
        Json::Object(_) => Some(json.to_string()),
        Json::Null | Json::Array(_) => None,
    }
}
