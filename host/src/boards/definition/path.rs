//! Paths: from an object over relationships and tools to a field.

use super::schema::Schema;
use crate::boards::engine::{By, EdgeKey, MATCH_NONE, MATCH_PERSON, MATCH_SEVERAL};
use crate::domain::{Cardinality, Choice, Field, FieldType, ObjectRef};

/// How many joins a path may walk: beyond, nobody can say what it means.
pub const MAX_STEPS: usize = 4;

/// The field that says how records of two tools were matched: the kind of key, or why there is no match.
pub const MATCH: &str = "@match";

/// A join as seen from one of its ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// In paths.
    pub name: String,
    /// On screen.
    pub title: String,
    /// How it is resolved.
    pub key: EdgeKey,
}

impl Edge {
    /// The field [`MATCH`] of a join across tools; none of other joins.
    pub fn match_field(&self) -> Option<Field> {
        let By::Identity(identity) = &self.key.by else { return None };
        let kinds = identity.keys.iter().map(|key| (key.kind.as_str(), key_words(&key.kind)));
        let fixed =
            [(MATCH_NONE, "no match"), (MATCH_SEVERAL, "several matches"), (MATCH_PERSON, "linked by an admin")];
        let mut choices: Vec<Choice> = Vec::new();
        for (value, title) in fixed.into_iter().chain(kinds) {
            if choices.iter().all(|choice| choice.value != value) {
                choices.push(Choice { value: value.into(), title: title.into() });
            }
        }
        Some(Field {
            name: MATCH.into(),
            title: "Match".into(),
            help: Some("Which key says that the two are the same, or that there is no match.".into()),
            kind: FieldType::Choice,
            unit: None,
            pointer: String::new(),
            format: None,
            choices,
            sealed: false,
            default: false,
        })
    }
}

/// A kind of identity key as people call it.
fn key_words(kind: &str) -> &str {
    match kind {
        "email" => "same e-mail address",
        "username" => "same user name",
        "employee-number" => "same employee number",
        "federation-id" => "same federation id",
        "domain" => "same domain",
        other => other,
    }
}

/// A path that leads somewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedPath {
    /// The joins, in order.
    pub edges: Vec<Edge>,
    /// The object at the end.
    pub object: ObjectRef,
    /// The field there; none when the path ends with the records themselves, to be counted.
    pub field: Option<Field>,
}

impl CheckedPath {
    /// Whether it may lead to several records.
    pub fn is_many(&self) -> bool {
        self.edges.iter().any(|edge| edge.key.cardinality == Cardinality::ToMany)
    }

    /// Whether it asks how records of two tools were matched.
    pub fn is_match(&self) -> bool {
        self.field.as_ref().is_some_and(|field| field.name == MATCH)
    }

    /// For people: `Role › Name`.
    pub fn title(&self) -> String {
        let edges = self.edges.iter().map(|edge| edge.title.as_str());
        edges.chain(self.field.iter().map(|field| field.title.as_str())).collect::<Vec<_>>().join(" › ")
    }
}

impl Schema<'_> {
    /// Where a path leads. The error is a sentence.
    pub fn path(&self, base: &ObjectRef, path: &str) -> Result<CheckedPath, String> {
        let names: Vec<&str> = path.split('.').collect();
        let mut checked = CheckedPath { edges: Vec::new(), object: base.clone(), field: None };
        if names.len() > MAX_STEPS + 1 {
            return Err(format!("`{path}` walks more than {MAX_STEPS} relationships."));
        }
        for (index, name) in names.iter().enumerate() {
            let is_last = index + 1 == names.len();
            match self.edge(&checked.object, name).map_err(|why| format!("`{path}`: {why}"))? {
                Some(edge) if !is_last || self.field(&checked.object, name).is_err() => {
                    checked.object = edge.key.object.clone();
                    checked.edges.push(edge);
                }
                _ if is_last => checked.field = Some(self.end(&checked, name)?),
                _ => return Err(format!("`{path}`: {} has no relationship `{name}`.", checked.object.object)),
            }
        }
        if checked.edges.len() > MAX_STEPS {
            return Err(format!("`{path}` walks more than {MAX_STEPS} relationships."));
        }
        Ok(checked)
    }

    /// The objects a path touches after its base, as far as it leads.
    pub fn objects_on(&self, base: &ObjectRef, path: &str) -> Vec<ObjectRef> {
        let mut objects: Vec<ObjectRef> = Vec::new();
        for name in path.split('.').take(MAX_STEPS) {
            match self.edge(objects.last().unwrap_or(base), name) {
                Ok(Some(edge)) => objects.push(edge.key.object),
                _ => break,
            }
        }
        objects
    }

    /// The join of this name: of another tool where it starts with `@`. The error is a sentence.
    fn edge(&self, of: &ObjectRef, name: &str) -> Result<Option<Edge>, String> {
        match name {
            MATCH => Ok(None),
            _ if name.starts_with('@') => self.step(of, name).map(Some),
            _ => Ok(self.edges(of).into_iter().find(|edge| edge.name == name)),
        }
    }

    fn end(&self, so_far: &CheckedPath, name: &str) -> Result<Field, String> {
        if name != MATCH {
            return self.field(&so_far.object, name).cloned();
        }
        let field = so_far.edges.last().and_then(Edge::match_field);
        field.ok_or_else(|| format!("`{MATCH}` follows a step to another tool, such as `@okta/User`."))
    }

    fn field(&self, of: &ObjectRef, name: &str) -> Result<&Field, String> {
        let object = self.object(of);
        let described = object.and_then(|object| object.field(name));
        let is_derived = object.is_some_and(|object| object.derived.iter().any(|field| field.name == name));
        let field = match self.fetched.get(of) {
            Some(fields) => fields.iter().find(|field| field.name == name),
            None => described,
        };
        let of = &of.object;
        match (field, described) {
            (Some(field), _) if field.sealed => Err(format!("`{name}` of {of} is secret and is never shown.")),
            (Some(field), _) => Ok(field),
            (None, Some(_)) => Err(format!("`{name}` of {of} is not fetched: the connection may not read it.")),
            (None, None) if is_derived => {
                Err(format!("`{name}` of {of} is a derived field, and what it is made of cannot be read here."))
            }
            (None, None) => Err(format!("{of} has no field `{name}`.")),
        }
    }
}
