//! What must be in memory before a board can be answered.

use super::catalog::Offer;
use super::definition::{Definition, Schema};
use crate::domain::{ConnectionId, ObjectRef};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Tables and derived columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Objects whose tables are read, those included that derived columns are made of.
    pub objects: BTreeSet<ObjectRef>,
    /// Derived columns that are read, by object and name.
    pub derived: BTreeSet<(ObjectRef, String)>,
}

impl Needs {
    /// The stored fields of one object.
    pub fn object(name: &ObjectRef) -> Self {
        Self { objects: BTreeSet::from([name.clone()]), derived: BTreeSet::new() }
    }

    /// What a definition on an object touches, as far as its paths lead, by connection.
    pub fn of(
        definition: &Definition,
        base: &ObjectRef,
        schema: &Schema<'_>,
        offers: &[Arc<Offer>],
    ) -> BTreeMap<ConnectionId, Self> {
        let mut all = BTreeMap::from([(base.connection.clone(), Self::object(base))]);
        for path in definition.paths() {
            let objects = schema.objects_on(base, path);
            let end = objects.last().unwrap_or(base).clone();
            for object in objects {
                all.entry(object.connection.clone()).or_default().objects.insert(object);
            }
            let offer = offers.iter().find(|offer| offer.catalog.connection == end.connection);
            if let (Some(offer), Some(needs)) = (offer, all.get_mut(&end.connection)) {
                needs.derive(&end, path.rsplit('.').next().unwrap_or(path), offer);
            }
        }
        all
    }

    /// What a derived field of an object rests on; nothing when it is none.
    fn derive(&mut self, object: &ObjectRef, name: &str, offer: &Offer) {
        if let Some(derived) = offer.derived.of(&object.object).iter().find(|derived| derived.field.name == name) {
            self.objects.extend(derived.rests_on.iter().cloned());
            self.derived.insert((object.clone(), name.to_owned()));
        }
    }
}
