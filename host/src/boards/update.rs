//! The tables of a connection on their way from one moment to the next: which derived columns are due, and what readers had warm.

use super::catalog::Offer;
use super::derived::Derivation;
use super::engine::DerivedColumn;
use super::needs::Needs;
use super::tables::{Source, Sources};
use crate::domain::ObjectRef;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A rebuild that readers do not see yet.
pub struct Update {
    before: Arc<Sources>,
    after: Sources,
    /// Objects that have other records than before.
    pub changed: BTreeSet<ObjectRef>,
    wanted: BTreeSet<(ObjectRef, String)>,
}

/// What is needed, when all of it is in memory.
pub fn pick(sources: &Sources, offer: &Offer, needs: &Needs) -> Option<Sources> {
    let is_made = |(object, name): &(ObjectRef, String)| sources.get(object).is_some_and(|at| at.made.contains(name));
    let picked = needs.objects.iter().map(|object| {
        let source = sources.get(object)?;
        is_as_offered(object, source, offer).then(|| (object.clone(), source.clone()))
    });
    if needs.derived.iter().all(is_made) { picked.collect() } else { None }
}

/// The table has the derived fields that are offered now.
fn is_as_offered(object: &ObjectRef, source: &Source, offer: &Offer) -> bool {
    let stored = source.table.stored_fields();
    let offered = offer.derived.of(&object.object).iter().map(|derived| &derived.field);
    let mut offered = offered.filter(|field| !stored.iter().any(|at| at.name == field.name));
    source.table.derived().all(|(field, _)| offered.next() == Some(field)) && offered.next().is_none()
}

impl Update {
    /// Nothing is changed yet. These derived columns are wanted besides those that were made before.
    pub fn new(before: &Arc<Sources>, wanted: BTreeSet<(ObjectRef, String)>) -> Self {
        Self { before: before.clone(), after: (**before).clone(), changed: BTreeSet::new(), wanted }
    }

    /// Other records of an object. What was not there before and is not there now stays as it is.
    pub fn replace(&mut self, object: &ObjectRef, source: Source) {
        let is_there = |source: &Source| source.manifest.is_some();
        if is_there(&source) || self.after.get(object).is_none_or(is_there) {
            self.after.insert(object.clone(), source);
            self.changed.insert(object.clone());
        }
    }

    /// Objects that derived columns to be made rest on and that are not in memory.
    pub fn lacking(&self, offer: &Offer) -> BTreeSet<ObjectRef> {
        let due =
            self.after.keys().flat_map(|object| offer.derived.of(&object.object).iter().map(move |one| (object, one)));
        let due = due.filter(|(object, derivation)| self.is_wanted(object, derivation));
        let needed = due.flat_map(|(_, derivation)| derivation.rests_on.iter());
        needed.filter(|object| !self.after.contains_key(object)).cloned().collect()
    }

    /// Makes the derived columns that are due, and for the new tables what readers of those before had resolved and ranked.
    pub fn make(self, offer: &Offer, others: &[Arc<Sources>]) -> Sources {
        let mut made = self.after.clone();
        for (object, source) in &mut made {
            let derivations = offer.derived.of(&object.object);
            if !is_as_offered(object, source, offer) || derivations.iter().any(|one| self.is_due(object, one)) {
                let columns = derivations.iter().map(|derivation| self.column(object, source, derivation)).collect();
                source.table = Arc::new(source.table.with_derived(columns));
                let wanted = derivations.iter().filter(|derivation| self.is_wanted(object, derivation));
                source.made = wanted.map(|derivation| derivation.field.name.clone()).collect();
            }
        }
        warm(&self.before, &made, others);
        made
    }

    fn column(&self, object: &ObjectRef, source: &Source, derivation: &Derivation) -> DerivedColumn {
        let field = derivation.field.clone();
        if self.is_due(object, derivation) {
            return (field, derivation.column(object, &self.after).map(Arc::new));
        }
        let kept = source.table.derived().find(|(at, _)| at.name == field.name && source.made.contains(&field.name));
        let column = kept.and_then(|(_, column)| column.cloned());
        (field, column)
    }

    fn is_wanted(&self, object: &ObjectRef, derivation: &Derivation) -> bool {
        let name = &derivation.field.name;
        let was_made = self.before.get(object).is_some_and(|source| source.made.contains(name));
        was_made || self.wanted.contains(&(object.clone(), name.clone()))
    }

    fn is_due(&self, object: &ObjectRef, derivation: &Derivation) -> bool {
        let is_made = self.after.get(object).is_some_and(|source| source.made.contains(&derivation.field.name));
        let is_stale = self.changed.contains(object) || !self.changed.is_disjoint(&derivation.rests_on);
        self.is_wanted(object, derivation) && (!is_made || is_stale)
    }
}

/// What the readers of the tables before had made, made for the tables after, before anybody sees them: also the joins with the
/// tables of other connections, in both directions.
fn warm(before: &Sources, after: &Sources, others: &[Arc<Sources>]) {
    let elsewhere = |object: &ObjectRef| others.iter().find_map(|sources| sources.get(object));
    for (object, source) in before {
        let Some(new) = after.get(object) else { continue };
        new.table.rank_like(&source.table);
        for edge in source.table.resolved() {
            if let Some(far) = after.get(&edge.object).or_else(|| elsewhere(&edge.object)) {
                new.table.link(&edge, &far.table);
            }
        }
    }
    for near in others.iter().flat_map(|sources| sources.values()) {
        for edge in near.table.resolved() {
            if let Some(far) = after.get(&edge.object) {
                near.table.link(&edge, &far.table);
            }
        }
    }
}
