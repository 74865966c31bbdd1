//! Records as rows of values.

use super::{ObjectName, Value};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// One record. The values stand in the order of the fields it was fetched with. `T` is how a text is held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row<T = Box<str>> {
    /// The value of the object's key field.
    pub key: T,
    /// One value a field.
    pub values: Vec<Value<T>>,
}

/// A row whose texts lie in what it was read from, where they can.
pub type BorrowedRow<'a> = Row<Cow<'a, str>>;

impl BorrowedRow<'_> {
    /// The same, with texts of its own.
    pub fn into_owned(self) -> Row {
        let values = self.values.into_iter().map(|value| value.held(Into::into)).collect();
        Row { key: self.key.into(), values }
    }
}

impl From<Row> for BorrowedRow<'_> {
    fn from(row: Row) -> Self {
        let own = |text: Box<str>| Cow::Owned(text.into());
        Self { key: own(row.key), values: row.values.into_iter().map(|value| value.held(own)).collect() }
    }
}

/// A record as an action left it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// It is now like this.
    Put {
        /// Its object.
        object: ObjectName,
        /// Its values, in the order of the fields last fetched.
        row: Row,
    },
    /// It is gone.
    Delete {
        /// Its object.
        object: ObjectName,
        /// Its key.
        key: String,
    },
}
