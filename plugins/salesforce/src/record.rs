//! A record in the making: its values are still the JSON that Salesforce wrote, and are read only where something is made of them.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use std::borrow::{Borrow, Cow};
use std::collections::BTreeMap;

/// The values of a record by field.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub struct Record<'a>(BTreeMap<&'a str, Cow<'a, RawValue>>);

impl<'a> Record<'a> {
    /// A field; none when it is null, not there, or something else.
    pub fn get<T: DeserializeOwned>(&self, field: &str) -> Option<T> {
        self.0.get(field).and_then(|value| serde_json::from_str(value.get()).ok())
    }

    /// Gives a field the value it has in a row; null when the row has none.
    pub fn read(&mut self, field: &'a str, value: Option<&'a RawValue>) {
        self.0.insert(field, Cow::Borrowed(value.unwrap_or(RawValue::NULL)));
    }

    /// Gives a field a value that was made here.
    pub fn set(&mut self, field: &'a str, value: &impl Serialize) {
        let value = to_raw_value(value).map_or(Cow::Borrowed(RawValue::NULL), Cow::Owned);
        self.0.insert(field, value);
    }

    /// Takes a field out.
    pub fn remove(&mut self, field: &str) {
        self.0.remove(field);
    }
}

/// The columns of a row.
#[derive(Debug, Default, Deserialize)]
pub struct Row<'a>(#[serde(borrow)] BTreeMap<Name<'a>, &'a RawValue>);

/// The name of a column, borrowed unless it is written with escapes.
#[derive(Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl Borrow<str> for Name<'_> {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl<'a> Row<'a> {
    /// Reads a row; one that is no object has no columns.
    pub fn of(json: &'a RawValue) -> Self {
        serde_json::from_str(json.get()).unwrap_or_default()
    }

    /// The value of a column, also of one behind a relationship (`Profile.UserLicenseId`).
    pub fn get(&self, column: &str) -> Option<&'a RawValue> {
        match column.split_once('.') {
            None => self.0.get(column).copied(),
            Some((relationship, rest)) => Self::of(self.0.get(relationship)?).get(rest),
        }
    }
}

#[cfg(test)]
impl<'a> Record<'a> {
    /// With these values.
    pub fn of(values: &'a serde_json::Value) -> Self {
        let mut record = Self::default();
        for (field, value) in values.as_object().into_iter().flatten() {
            record.set(field, value);
        }
        record
    }

    /// As JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap()
    }
}
