//! Derived fields: what an integration declares of them held against its objects, and their columns made from tables.

use super::bind;
use super::definition::{Checked, CheckedFilter, Clock, ConnectionCatalog, Edge, Filter, Operator, Schema};
use super::engine::{Column, Pairs};
use super::tables::{Source, Sources};
use crate::domain::{Aggregate, DerivedField, Field, FieldType, ObjectName, ObjectRef, ObjectType};
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};

/// Conditions of a derived field that hold today and not tomorrow: its column is made when records change, not when a day passes.
const RELATIVE: [Operator; 3] = [Operator::MoreThanDaysAgo, Operator::LessThanDaysAgo, Operator::InNextDays];

/// The derived fields of a connection.
#[derive(Clone, Debug, Default)]
pub struct DerivedFields {
    by_object: BTreeMap<ObjectName, Vec<Derivation>>,
    faults: Vec<String>,
}

/// How a derived field is made.
#[derive(Clone, Debug)]
pub struct Derivation {
    /// As boards see it.
    pub field: Field,
    /// Objects that must be read whole: without one of them, nothing is known.
    pub rests_on: BTreeSet<ObjectRef>,
    edge: Edge,
    aggregate: Aggregate,
    far_field: Option<String>,
    filter: CheckedFilter,
}

impl DerivedFields {
    /// Those of a description that hold together. A name that a stored field has is that field's: accounts bring own fields.
    pub fn new(catalog: &ConnectionCatalog, zone: &TimeZone) -> Self {
        let mut all = Self::default();
        for object in &catalog.description.objects {
            let declared = object.derived.iter().filter(|derived| object.field(&derived.name).is_none());
            for derived in declared {
                match Derivation::new(object, derived, catalog, zone) {
                    Ok(derivation) => all.by_object.entry(object.name.clone()).or_default().push(derivation),
                    Err(why) => all.faults.push(format!(
                        "the derived field {} of {} is left out, because it cannot be made of stored fields: {why}",
                        derived.name, object.name
                    )),
                }
            }
        }
        all
    }

    /// Those of an object.
    pub fn of(&self, object: &ObjectName) -> &[Derivation] {
        self.by_object.get(object).map(Vec::as_slice).unwrap_or_default()
    }

    /// Why others were left out, a sentence each.
    pub fn faults(&self) -> &[String] {
        &self.faults
    }
}

impl Derivation {
    fn new(
        object: &ObjectType,
        derived: &DerivedField,
        catalog: &ConnectionCatalog,
        zone: &TimeZone,
    ) -> Result<Self, String> {
        let (schema, description) = (Schema::of([catalog]), &catalog.description);
        let of = |name: &ObjectName| ObjectRef::new(&catalog.connection, name);
        let edges = schema.edges(&of(&object.name));
        if edges.iter().any(|edge| edge.name == derived.name) {
            return Err(format!("`{}` is the name of a relationship.", derived.name));
        }
        let edge = edges.into_iter().find(|edge| edge.name == derived.through);
        let edge = edge.ok_or_else(|| format!("{} has no relationship `{}`.", object.name, derived.through))?;
        let far = description.object(&edge.key.object.object);
        let far = far.ok_or_else(|| format!("there is no object {}.", edge.key.object.object))?;
        let pairs = edge.key.by.pairs().into_iter();
        let mut keys = pairs.flat_map(|pair| [(object, &pair.local), (far, &pair.remote)]);
        if let Some((of, key)) = keys.find(|(of, key)| of.field(key).is_none()) {
            return Err(format!("{} has no field `{key}`.", of.name));
        }
        drop(keys);
        if let Some(name) = derived.needs.iter().find(|name| description.object(name).is_none()) {
            return Err(format!("there is no object {name}."));
        }
        let far_field = match &derived.field {
            Some(name) => Some(far.field(name).ok_or_else(|| format!("{} has no field `{name}`.", far.name))?),
            None => None,
        };
        let kind = derived.aggregate.kind(far_field).map_err(|why| format!("its aggregate {why}."))?;
        let (filter, on_paths) = filter(derived, &edge.key.object, &schema, zone)?;
        let rests_on = derived.needs.iter().chain([&far.name]).map(of).chain(on_paths).collect();
        let (field, far_field) = (field(derived, kind, far_field), derived.field.clone());
        Ok(Self { field, rests_on, edge, aggregate: derived.aggregate, far_field, filter })
    }

    /// The column for the rows of the object's table; none when it is unknown for all of them.
    pub fn column(&self, object: &ObjectRef, sources: &Sources) -> Option<Column> {
        let is_whole = |name: &ObjectRef| sources.get(name).is_some_and(Source::is_whole);
        if !self.rests_on.iter().all(is_whole) || !bind::is_whole(object, std::slice::from_ref(&self.edge), sources) {
            return None;
        }
        let name = &self.edge.key.object;
        let (near, far) = (&sources.get(object)?.table, &sources.get(name)?.table);
        let matching = bind::known_filter(&self.filter, name, sources)?.evaluate(far.rows()).yes;
        let pairs = Pairs::new(near, &self.edge.key, far, matching);
        match &self.far_field {
            Some(field) => pairs.of(self.aggregate, far.column(far.field(field)?)?),
            None => Some(pairs.count()),
        }
    }
}

/// The filter of a derived field on its far object, and the objects its paths touch.
fn filter(
    derived: &DerivedField,
    far: &ObjectRef,
    schema: &Schema<'_>,
    zone: &TimeZone,
) -> Result<(CheckedFilter, Vec<ObjectRef>), String> {
    let Some(text) = &derived.filter else { return Ok((CheckedFilter::All(Vec::new()), Vec::new())) };
    let filter: Filter = serde_json::from_str(text).map_err(|why| format!("its filter cannot be read: {why}."))?;
    if let Some(condition) = filter.conditions().iter().find(|condition| RELATIVE.contains(&condition.op)) {
        return Err(format!("its filter compares `{}` with today; only fixed dates hold tomorrow.", condition.path));
    }
    // Now is not asked for: relative dates were refused.
    let clock = Clock { now: jiff::Timestamp::UNIX_EPOCH, zone: zone.clone() };
    let checked = Checked::filter(&filter, far, schema, &clock)?;
    let conditions = filter.conditions();
    let objects = conditions.iter().flat_map(|condition| schema.objects_on(far, &condition.path));
    Ok((checked, objects.collect()))
}

/// As boards see it: the values of a far field keep their unit and their choices.
fn field(derived: &DerivedField, kind: FieldType, far: Option<&Field>) -> Field {
    Field {
        name: derived.name.clone(),
        title: derived.title.clone(),
        help: derived.help.clone(),
        kind,
        unit: far.and_then(|far| far.unit.clone()),
        pointer: String::new(),
        format: None,
        choices: far.map(|far| far.choices.clone()).unwrap_or_default(),
        sealed: false,
        default: false,
    }
}
