//! Records as rows of values.

use super::{ObjectName, Value};
use serde::{Deserialize, Serialize};

/// One record. The values stand in the order of the fields it was fetched with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The value of the object's key field.
    pub key: Box<str>,
    /// One value a field.
    pub values: Vec<Value>,
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
