//! A cell.

use serde::{Deserialize, Serialize};

/// What a field of a record holds. `Null` is "unknown", never zero or empty. `T` is how a text is held: owned, unless it is read only to
/// be written elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Value<T = Box<str>> {
    /// Unknown.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Text, or the value of a choice.
    Text(T),
    /// A day, counted from 1970-01-01.
    Date(i32),
    /// A point in time, in microseconds since 1970-01-01T00:00:00Z.
    Time(i64),
    /// Texts.
    List(Vec<Box<str>>),
}

impl Value {
    /// The text of a text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether nothing is known.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl<T> Value<T> {
    /// The same, with its text held in another way.
    pub fn held<U>(self, text: impl FnOnce(T) -> U) -> Value<U> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(flag) => Value::Bool(flag),
            Self::Int(number) => Value::Int(number),
            Self::Float(number) => Value::Float(number),
            Self::Text(held) => Value::Text(text(held)),
            Self::Date(day) => Value::Date(day),
            Self::Time(moment) => Value::Time(moment),
            Self::List(texts) => Value::List(texts),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}
