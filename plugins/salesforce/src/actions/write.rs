//! Changes as data. The requests that make them and what the answers mean are beside this; nothing is sent here.

mod answers;
mod requests;

use super::operation::Touched;
use serde_json::{Value as Json, json};

pub use answers::{Answer, answers};
pub use requests::{Parcel, parcels};

/// Records that Salesforce takes in one call of a collection.
pub const TOGETHER: usize = 200;
/// Stands in the fields of a later step for the id of the record that an earlier step of the same target made.
pub const MADE: &str = "@made";

/// A change of one record.
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    pub object: &'static str,
    pub change: Change,
    /// Sent by itself, to the record's own address, so that the manifest can name the object.
    pub alone: bool,
}

/// What is changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    Create(Json),
    /// The changed fields alone: sending more makes Salesforce check fields that nobody meant to touch.
    Update(String, Json),
    Delete(String),
    /// A record with records of another object that name it in a field: all or nothing.
    Tree {
        fields: Json,
        of: &'static str,
        naming: &'static str,
        parts: Vec<Json>,
    },
    /// Ends an OAuth token: the key it has here, and what Salesforce knows it by.
    Revoke {
        key: String,
        token: String,
    },
}

/// The three kinds of change that a collection can make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Create,
    Update,
    Delete,
}

impl Write {
    /// A new record.
    pub fn create(object: &'static str, fields: Json) -> Self {
        Self { object, change: Change::Create(fields), alone: false }
    }

    /// Other values in a record.
    pub fn update(object: &'static str, id: &str, fields: Json) -> Self {
        Self { object, change: Change::Update(id.to_owned(), fields), alone: false }
    }

    /// A record less.
    pub fn delete(object: &'static str, id: &str) -> Self {
        Self { object, change: Change::Delete(id.to_owned()), alone: false }
    }

    /// The end of a token.
    pub fn revoke(key: &str, token: &str) -> Self {
        let change = Change::Revoke { key: key.to_owned(), token: token.to_owned() };
        Self { object: "OauthToken", change, alone: true }
    }

    /// Sent by itself.
    pub fn alone(mut self) -> Self {
        self.alone = true;
        self
    }

    fn verb(&self) -> Option<Verb> {
        match self.change {
            _ if self.alone => None,
            Change::Create(_) => Some(Verb::Create),
            Change::Update(..) => Some(Verb::Update),
            Change::Delete(_) => Some(Verb::Delete),
            Change::Tree { .. } | Change::Revoke { .. } => None,
        }
    }

    /// This change with the id of what an earlier step made in the place of [`MADE`].
    pub fn with_made(&self, id: &str) -> Self {
        let mut write = self.clone();
        if let Change::Create(Json::Object(fields)) = &mut write.change {
            fields.values_mut().filter(|value| *value == MADE).for_each(|value| *value = json!(id));
        }
        write
    }

    /// The record of this integration's objects that it changes; `made` is the id of a new one.
    pub fn touched(&self, made: Option<&str>) -> Option<Touched> {
        let object = match self.object {
            "PermissionSetLicenseAssign" | "UserPackageLicense" => "LicenseAssignment",
            "AuthSession" => return None,
            object => object,
        };
        let key = match &self.change {
            Change::Create(_) | Change::Tree { .. } => made?,
            Change::Update(id, _) | Change::Delete(id) => id,
            Change::Revoke { key, .. } => key,
        };
        Some(Touched::new(object, key))
    }
}
