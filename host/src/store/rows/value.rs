//! A value as it lies in a segment, borrowed.

use super::StoreError;
use crate::domain::Value;
use serde::{Deserialize, Serialize, Serializer};
use std::ops::Deref;

/// A [`Value`] that borrows. The order of the cases is the form on disk: new ones go to the end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum ValueRef<'a> {
    /// Unknown.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Text.
    Text(&'a str),
    /// A day, counted from 1970-01-01.
    Date(i32),
    /// A point in time, in microseconds since 1970-01-01T00:00:00Z.
    Time(i64),
    /// Texts.
    #[serde(borrow)]
    List(ListRef<'a>),
}

/// The texts of a list, still encoded.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct ListRef<'a>(&'a [u8]);

impl Serialize for ListRef<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

impl<'a> ListRef<'a> {
    /// The texts in order. A damaged tail ends it.
    pub fn iter(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let (text, left) = postcard::take_from_bytes(rest).ok()?;
            rest = left;
            Some(text)
        })
    }
}

impl<'a> ValueRef<'a> {
    /// The value; the texts of a list are encoded into `list`.
    pub(super) fn of<T: Deref<Target = str>>(value: &'a Value<T>, list: &'a mut Vec<u8>) -> Result<Self, StoreError> {
        Ok(match value {
            Value::Null => Self::Null,
            Value::Bool(flag) => Self::Bool(*flag),
            Value::Int(number) => Self::Int(*number),
            Value::Float(number) => Self::Float(*number),
            Value::Text(text) => Self::Text(text),
            Value::Date(day) => Self::Date(*day),
            Value::Time(moment) => Self::Time(*moment),
            Value::List(texts) => {
                list.clear();
                for text in texts {
                    super::write(&**text, list)?;
                }
                Self::List(ListRef(list))
            }
        })
    }

    /// The value, owned.
    pub fn to_value(&self) -> Value {
        match *self {
            Self::Null => Value::Null,
            Self::Bool(flag) => Value::Bool(flag),
            Self::Int(number) => Value::Int(number),
            Self::Float(number) => Value::Float(number),
            Self::Text(text) => Value::Text(text.into()),
            Self::Date(day) => Value::Date(day),
            Self::Time(moment) => Value::Time(moment),
            Self::List(texts) => Value::List(texts.iter().map(Into::into).collect()),
        }
    }
}
