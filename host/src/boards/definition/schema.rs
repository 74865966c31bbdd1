//! What can be joined with what: the objects of a connection over their relationships, those of other connections over identity keys.

use super::path::Edge;
use crate::boards::engine::{By, EdgeKey, Identity, KeyPair, SharedKey};
use crate::boards::persons::Persons;
use crate::domain::{
    Cardinality, ConnectionId, Description, Field, IdentityKey, IntegrationId, Normalizer, ObjectName, ObjectRef,
    ObjectType, Relationship, UserId,
};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The kind of key that is tried first.
const EMAIL: &str = "email";
/// Pairs of keys tried for one join: more than any two tools share, few enough to be numbered in a byte.
const MAX_SHARED_KEYS: usize = 100;

/// What a connection offers.
#[derive(Clone, Debug, PartialEq)]
pub struct ConnectionCatalog {
    /// Which one.
    pub connection: ConnectionId,
    /// Of which integration.
    pub integration: IntegrationId,
    /// As people call it.
    pub title: String,
    /// Who connected it: the boards of its templates are theirs.
    pub connected_by: UserId,
    /// Objects, relationships, templates.
    pub description: Description,
}

/// What a board may be made of.
#[derive(Clone, Debug, Default)]
pub struct Schema<'a> {
    /// The connections that may be joined.
    pub catalogs: Vec<&'a ConnectionCatalog>,
    /// What a definition calls some of them.
    pub aliases: BTreeMap<String, ConnectionId>,
    /// The fields that were really fetched, where that is known.
    pub fetched: HashMap<ObjectRef, Vec<Field>>,
    /// What admins said of pairs of records.
    pub persons: Arc<Persons>,
    /// Connections that the person may not use, and why.
    pub barred: Vec<(&'a ConnectionCatalog, &'a str)>,
}

impl<'a> Schema<'a> {
    /// Of these connections.
    pub fn of(catalogs: impl IntoIterator<Item = &'a ConnectionCatalog>) -> Self {
        Self { catalogs: catalogs.into_iter().collect(), ..Self::default() }
    }

    /// What a connection offers.
    pub fn catalog(&self, connection: &ConnectionId) -> Option<&'a ConnectionCatalog> {
        self.catalogs.iter().find(|catalog| &catalog.connection == connection).copied()
    }

    /// An object as it is described.
    pub fn object(&self, of: &ObjectRef) -> Option<&'a ObjectType> {
        self.catalog(&of.connection)?.description.object(&of.object)
    }

    /// The relationships of an object: its own, and those of other objects seen from their far end.
    pub fn edges(&self, of: &ObjectRef) -> Vec<Edge> {
        let objects = self.catalog(&of.connection).map(|catalog| catalog.description.objects.as_slice());
        objects.unwrap_or_default().iter().flat_map(|object| edges_between(object, of)).collect()
    }

    /// The joins of an object with objects of other connections.
    pub fn crossings(&self, of: &ObjectRef) -> Vec<Edge> {
        let others = self.catalogs.iter().filter(|catalog| catalog.connection != of.connection);
        let crossing = |catalog: &ConnectionCatalog| {
            let objects = catalog.description.objects.iter();
            let far = objects.map(|object| ObjectRef::new(&catalog.connection, &object.name));
            far.filter_map(|far| self.crossing(of, &far, &self.alias_of(catalog)).ok()).collect::<Vec<_>>()
        };
        others.flat_map(|catalog| crossing(catalog)).collect()
    }

    /// The join that a step such as `@okta/User` names. The error is a sentence.
    pub fn step(&self, of: &ObjectRef, step: &str) -> Result<Edge, String> {
        let (alias, object) = step.trim_start_matches('@').split_once('/').unwrap_or_default();
        let catalog = self.named(alias)?;
        let far = ObjectRef { connection: catalog.connection.clone(), object: object.into() };
        if catalog.connection == of.connection {
            return Err(format!("`{step}` leads to the connection it starts from."));
        }
        self.crossing(of, &far, alias)
    }

    /// The connection that a definition calls so: by its own list, by the id, or by the integration when it is the only one of it.
    /// The error is a sentence.
    pub fn named(&self, alias: &str) -> Result<&'a ConnectionCatalog, String> {
        if let Some(pinned) = self.aliases.get(alias) {
            let missing = || format!("The connection that the board calls `{alias}` is not there (any more).");
            let barred = || self.why_not(|catalog| &catalog.connection == pinned);
            return self.catalog(pinned).ok_or_else(|| barred().unwrap_or_else(missing));
        }
        let of_integration: Vec<_> =
            self.catalogs.iter().filter(|catalog| catalog.integration.as_str() == alias).copied().collect();
        match (self.catalog(&alias.into()), of_integration.as_slice()) {
            (Some(catalog), _) => Ok(catalog),
            (None, [catalog]) => Ok(catalog),
            (None, []) => {
                let is_meant = |catalog: &ConnectionCatalog| {
                    catalog.integration.as_str() == alias || catalog.connection.as_str() == alias
                };
                Err(self.why_not(is_meant).unwrap_or_else(|| format!("No connection is called `{alias}`.")))
            }
            (None, _) => Err(format!("`{alias}` has several connections: the board's `connections` must say which.")),
        }
    }

    /// Why the person may not use a connection that a path means.
    fn why_not(&self, is_meant: impl Fn(&ConnectionCatalog) -> bool) -> Option<String> {
        self.barred.iter().find(|(catalog, _)| is_meant(catalog)).map(|(_, why)| (*why).to_owned())
    }

    /// The name by which [`Schema::named`] finds it.
    fn alias_of(&self, catalog: &ConnectionCatalog) -> String {
        let pinned = self.aliases.iter().find(|(_, connection)| **connection == catalog.connection);
        let same = self.catalogs.iter().filter(|other| other.integration == catalog.integration).count();
        match pinned {
            Some((alias, _)) => alias.clone(),
            None if same == 1 => catalog.integration.0.clone(),
            None => catalog.connection.0.clone(),
        }
    }

    fn crossing(&self, of: &ObjectRef, far: &ObjectRef, alias: &str) -> Result<Edge, String> {
        let missing = |object: &ObjectRef| format!("There is no object `{}`.", object.object);
        let near_type = self.object(of).ok_or_else(|| missing(of))?;
        let far_type = self.object(far).ok_or_else(|| missing(far))?;
        let keys = shared_keys(near_type, far_type);
        if keys.is_empty() {
            return Err(format!("{} and `@{alias}/{}` have no identity key in common.", of.object, far.object));
        }
        let persons = self.persons.links.get(&(of.clone(), far.clone())).cloned().unwrap_or_default();
        let tool = self.catalog(&far.connection).map_or("", |catalog| catalog.title.as_str());
        Ok(Edge {
            name: format!("@{alias}/{}", far.object),
            title: format!("{} in {tool}", far_type.title),
            key: EdgeKey {
                near: of.clone(),
                object: far.clone(),
                cardinality: Cardinality::ToOne,
                by: By::Identity(Arc::new(Identity { keys, persons })),
            },
        })
    }
}

/// Fields of both that hold keys of one kind: e-mail addresses first, then in the order in which the near object declares them.
fn shared_keys(near: &ObjectType, far: &ObjectType) -> Vec<SharedKey> {
    let pair = |near: &IdentityKey, far: &IdentityKey| SharedKey {
        kind: near.kind.clone(),
        pair: KeyPair {
            local: near.field.clone(),
            remote: far.field.clone(),
            normalizer: if near.kind == EMAIL { Normalizer::Email } else { near.normalizer },
        },
    };
    let pairs = near.identities.iter().flat_map(|key| {
        far.identities.iter().filter(move |other| other.kind == key.kind).map(move |other| pair(key, other))
    });
    let mut keys: Vec<SharedKey> = pairs.collect();
    keys.sort_by_key(|key| key.kind != EMAIL);
    keys.truncate(MAX_SHARED_KEYS);
    keys
}

fn edges_between(object: &ObjectType, of: &ObjectRef) -> Vec<Edge> {
    let end = |name: &ObjectName| ObjectRef::new(&of.connection, name);
    let forth = |relationship: &Relationship| EdgeKey {
        near: end(&object.name),
        object: end(&relationship.object),
        cardinality: relationship.cardinality,
        by: By::Relationship(KeyPair {
            local: relationship.local.clone(),
            remote: relationship.remote.clone(),
            normalizer: relationship.normalizer,
        }),
    };
    let own = object.relationships.iter().filter(|_| object.name == of.object).map(|relationship| Edge {
        name: relationship.name.clone(),
        title: relationship.title.clone(),
        key: forth(relationship),
    });
    let inverse = object.relationships.iter().filter(|relationship| relationship.object == of.object);
    let inverse = inverse.filter_map(|relationship| {
        let (name, title) = relationship.inverse.clone()?;
        Some(Edge { name, title, key: forth(relationship).flipped() })
    });
    own.chain(inverse).collect()
}
