//! What must be in memory before a board can be answered.

use super::catalog::Offer;
use super::definition::{Definition, Schema};
use crate::domain::ObjectName;
use std::collections::BTreeSet;

/// Tables and derived columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Objects whose tables are read, those included that derived columns are made of.
    pub objects: BTreeSet<ObjectName>,
    /// Derived columns that are read, by object and name.
    pub derived: BTreeSet<(ObjectName, String)>,
}

impl Needs {
    /// The stored fields of one object.
    pub fn object(name: &ObjectName) -> Self {
        Self { objects: BTreeSet::from([name.clone()]), derived: BTreeSet::new() }
    }

    /// What a definition touches, as far as its paths lead.
    pub fn of(definition: &Definition, offer: &Offer, schema: &Schema<'_>) -> Self {
        let base = &definition.object;
        let mut needs = Self::object(base);
        for path in definition.paths() {
            let objects = schema.objects_on(base, path);
            let end = objects.last().unwrap_or(base).clone();
            let name = path.rsplit('.').next().unwrap_or(path);
            needs.objects.extend(objects);
            if let Some(derived) = offer.derived.of(&end).iter().find(|derived| derived.field.name == name) {
                needs.objects.extend(derived.rests_on.iter().cloned());
                needs.derived.insert((end, name.to_owned()));
            }
        }
        needs
    }
}
