//! Paths: from an object over relationships to a field, and what is joinable with what.

use crate::boards::engine::EdgeKey;
use crate::domain::{Cardinality, Description, Field, ObjectName};
use std::collections::HashMap;

/// How many relationships a path may walk: beyond, nobody can say what it means.
pub const MAX_STEPS: usize = 4;

/// A relationship as seen from one of its ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// In paths.
    pub name: String,
    /// On screen.
    pub title: String,
    /// How it is resolved.
    pub key: EdgeKey,
}

/// What a connection offers: the description, and the fields that were really fetched, by object, where that is known.
#[derive(Clone, Debug)]
pub struct Schema<'a> {
    /// The same for every connection of the integration.
    pub description: &'a Description,
    /// Of this connection.
    pub fetched: HashMap<ObjectName, Vec<Field>>,
}

/// A path that leads somewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedPath {
    /// The relationships, in order.
    pub edges: Vec<Edge>,
    /// The object at the end.
    pub object: ObjectName,
    /// The field there; none when the path ends with the records themselves, to be counted.
    pub field: Option<Field>,
}

impl CheckedPath {
    /// Whether it may lead to several records.
    pub fn is_many(&self) -> bool {
        self.edges.iter().any(|edge| edge.key.cardinality == Cardinality::ToMany)
    }

    /// For people: `Role › Name`.
    pub fn title(&self) -> String {
        let edges = self.edges.iter().map(|edge| edge.title.as_str());
        edges.chain(self.field.iter().map(|field| field.title.as_str())).collect::<Vec<_>>().join(" › ")
    }
}

impl Schema<'_> {
    /// The relationships of an object: its own, and those of other objects seen from their far end.
    pub fn edges(&self, of: &ObjectName) -> Vec<Edge> {
        self.description.objects.iter().flat_map(|object| edges_between(object, of)).collect()
    }

    /// Where a path leads. The error is a sentence.
    pub fn path(&self, base: &ObjectName, path: &str) -> Result<CheckedPath, String> {
        let names: Vec<&str> = path.split('.').collect();
        let mut checked = CheckedPath { edges: Vec::new(), object: base.clone(), field: None };
        if names.len() > MAX_STEPS + 1 {
            return Err(format!("`{path}` walks more than {MAX_STEPS} relationships."));
        }
        for (index, name) in names.iter().enumerate() {
            let is_last = index + 1 == names.len();
            let edge = self.edges(&checked.object).into_iter().find(|edge| edge.name == *name);
            match edge {
                Some(edge) if !is_last || self.field(&checked.object, name).is_err() => {
                    checked.object = edge.key.object.clone();
                    checked.edges.push(edge);
                }
                _ if is_last => checked.field = Some(self.field(&checked.object, name)?.clone()),
                _ => return Err(format!("`{path}`: {} has no relationship `{name}`.", checked.object)),
            }
        }
        if checked.edges.len() > MAX_STEPS {
            return Err(format!("`{path}` walks more than {MAX_STEPS} relationships."));
        }
        Ok(checked)
    }

    /// The objects a path touches after its base, as far as it leads.
    pub fn objects_on(&self, base: &ObjectName, path: &str) -> Vec<ObjectName> {
        let mut objects: Vec<ObjectName> = Vec::new();
        for name in path.split('.').take(MAX_STEPS) {
            let here = objects.last().unwrap_or(base);
            match self.edges(here).into_iter().find(|edge| edge.name == name) {
                Some(edge) => objects.push(edge.key.object),
                None => break,
            }
        }
        objects
    }

    fn field(&self, of: &ObjectName, name: &str) -> Result<&Field, String> {
        let object = self.description.object(of);
        let described = object.and_then(|object| object.field(name));
        let is_derived = object.is_some_and(|object| object.derived.iter().any(|field| field.name == name));
        let field = match self.fetched.get(of) {
            Some(fields) => fields.iter().find(|field| field.name == name),
            None => described,
        };
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

fn edges_between(object: &crate::domain::ObjectType, of: &ObjectName) -> Vec<Edge> {
    let flip = |cardinality| match cardinality {
        Cardinality::ToOne => Cardinality::ToMany,
        Cardinality::ToMany => Cardinality::ToOne,
    };
    let own = object.relationships.iter().filter(|_| &object.name == of).map(|relationship| Edge {
        name: relationship.name.clone(),
        title: relationship.title.clone(),
        key: EdgeKey {
            near: object.name.clone(),
            object: relationship.object.clone(),
            cardinality: relationship.cardinality,
            local: relationship.local.clone(),
            remote: relationship.remote.clone(),
            normalizer: relationship.normalizer,
        },
    });
    let inverse = object.relationships.iter().filter(|relationship| &relationship.object == of);
    let inverse = inverse.filter_map(|relationship| {
        let (name, title) = relationship.inverse.clone()?;
        let key = EdgeKey {
            near: of.clone(),
            object: object.name.clone(),
            cardinality: flip(relationship.cardinality),
            local: relationship.remote.clone(),
            remote: relationship.local.clone(),
            normalizer: relationship.normalizer,
        };
        Some(Edge { name, title, key })
    });
    own.chain(inverse).collect()
}
