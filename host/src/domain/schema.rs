//! What an integration says of its objects and actions: interface `schema` of the WIT package as plain data. The meaning of each
//! member is documented there (`wit/0.1/schema.wit`).

use super::{ActionName, ObjectName};
use serde::{Deserialize, Serialize};

macro_rules! cases {
    ($(#[doc = $doc:literal] $name:ident { $($case:ident),+ $(,)? })+) => {$(
        #[doc = $doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[allow(missing_docs)]
        pub enum $name { $($case),+ }
    )+};
}

cases! {
    #[doc = "What a field holds."]
    FieldType { Text, LongText, Integer, Number, Boolean, Date, Timestamp, Choice, List }
    #[doc = "How many records stand at the far end of a relationship."]
    Cardinality { ToOne, ToMany }
    #[doc = "How two key texts are made equal before they are compared."]
    Normalizer { Exact, Folded, Email, SalesforceId }
    #[doc = "What is made of the records at the far end of a relationship."]
    Aggregate { Count, First, Min, Max, Sum, Any, All, List }
    #[doc = "What a form asks for."]
    InputType { Text, LongText, Number, Boolean, Date, Choice, Reference, References }
    #[doc = "What an action does to the tool."]
    Effect { Change, Destructive }
    #[doc = "Whether an action can be taken back."]
    Reversal { Lossless, Lossy, None }
}

/// A value of a choice, and how people call it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Choice {
    pub value: String,
    pub title: String,
}

/// A column of an object.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    pub title: String,
    pub help: Option<String>,
    pub kind: FieldType,
    pub unit: Option<String>,
    pub pointer: String,
    pub format: Option<String>,
    pub choices: Vec<Choice>,
    pub sealed: bool,
    pub default: bool,
}

#[cfg(test)]
impl Field {
    /// A field that stands in a record under its own name, and says nothing more.
    pub fn plain(name: &str, kind: FieldType) -> Self {
        Self {
            name: name.into(),
            title: name.into(),
            help: None,
            kind,
            unit: None,
            pointer: format!("/{name}"),
            format: None,
            choices: Vec::new(),
            sealed: false,
            default: false,
        }
    }
}

/// An edge to another object of the same integration.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Relationship {
    pub name: String,
    pub title: String,
    pub cardinality: Cardinality,
    pub object: ObjectName,
    pub local: String,
    pub remote: String,
    pub normalizer: Normalizer,
    /// Name and title as seen from the other object.
    pub inverse: Option<(String, String)>,
}

/// A field that names a person or thing in other tools as well.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct IdentityKey {
    pub kind: String,
    pub field: String,
    pub normalizer: Normalizer,
}

/// A fact the host computes after each sync.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DerivedField {
    pub name: String,
    pub title: String,
    pub help: Option<String>,
    pub through: String,
    pub aggregate: Aggregate,
    pub field: Option<String>,
    /// A filter in the board language, as JSON text.
    pub filter: Option<String>,
    pub needs: Vec<ObjectName>,
}

impl Aggregate {
    /// What the aggregate of this far field holds. The error is a sentence without a subject: "takes a field".
    pub fn kind(self, field: Option<&Field>) -> Result<FieldType, String> {
        use FieldType::{Boolean, Choice, Integer, List, LongText, Number, Text};
        let field = match (self, field) {
            (Self::Count, None) => return Ok(Integer),
            (Self::Count, Some(_)) => return Err("counts records and takes no field".to_owned()),
            (_, None) => return Err("takes a field of the far object, and none is named".to_owned()),
            (_, Some(field)) if field.sealed => return Err(format!("reads `{}`, which is secret", field.name)),
            (_, Some(field)) => field,
        };
        match (self, field.kind) {
            (Self::Sum, kind @ (Integer | Number)) | (Self::Any | Self::All, kind @ Boolean) => Ok(kind),
            (Self::List, Text | Choice) => Ok(List),
            (Self::List | Self::Sum | Self::Any | Self::All, _) | (_, LongText | List) => {
                Err(format!("cannot take `{}`: it is of another type", field.name))
            }
            (_, kind) => Ok(kind),
        }
    }
}

/// A type of record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectType {
    pub name: ObjectName,
    pub title: String,
    pub plural: String,
    pub help: Option<String>,
    pub key: String,
    pub primary: String,
    pub label: Option<String>,
    pub fields: Vec<Field>,
    pub derived: Vec<DerivedField>,
    pub relationships: Vec<Relationship>,
    pub identities: Vec<IdentityKey>,
    pub ordered: bool,
    pub link: Option<String>,
    /// Whether records that the tool no longer gives are kept.
    #[serde(default)]
    pub archive: Option<Archive>,
}

/// How long the host keeps records of an object that the tool itself forgets (`archive-by` and `archive-days` of the WIT package).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archive {
    /// The name of a field of type timestamp: how old a record is.
    pub by: String,
    /// Records older than so many days are dropped.
    pub days: u32,
}

impl ObjectType {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// A ready-made board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardTemplate {
    pub name: String,
    pub title: String,
    pub help: String,
    /// A board definition, as JSON text.
    pub definition: String,
}

/// One input of an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    pub name: String,
    pub title: String,
    pub help: Option<String>,
    pub kind: InputType,
    pub required: bool,
    pub object: Option<ObjectName>,
    pub choices: Vec<Choice>,
    /// JSON text.
    pub default: Option<String>,
    pub max: Option<u32>,
}

/// An operation an integration offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    pub name: ActionName,
    pub title: String,
    pub help: String,
    pub object: Option<ObjectName>,
    pub inputs: Vec<Input>,
    pub effect: Effect,
    pub reversal: Reversal,
    pub inverse: Option<ActionName>,
    pub idempotent: bool,
    pub batch: u32,
    pub touches: Vec<ObjectName>,
}

/// All that an integration offers, the same for every connection.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Description {
    pub objects: Vec<ObjectType>,
    pub actions: Vec<Action>,
    pub templates: Vec<BoardTemplate>,
}

impl Description {
    /// The object of this name.
    pub fn object(&self, name: &ObjectName) -> Option<&ObjectType> {
        self.objects.iter().find(|object| &object.name == name)
    }

    /// The action of this name.
    pub fn action(&self, name: &ActionName) -> Option<&Action> {
        self.actions.iter().find(|action| &action.name == name)
    }
}
