//! What a board can be made of: the objects of every connection, and the fields that can be joined with one of them, nearest first.

use super::bind::{label, named};
use super::catalog::Offer;
use super::definition::{Edge, MAX_STEPS, Schema, Show};
use super::engine::{By, fold};
use super::service::Boards;
use crate::domain::{
    Actor, Cardinality, ConnectionId, Field, FieldType, ObjectName, ObjectRef, ObjectType, Outcome, Value, WorkspaceId,
};
use crate::store::Manifest;
use crate::store::rows::unpack;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Ways from one object to others that are looked at, nearest first: beyond, nobody finds the field they mean by scrolling.
const MAX_WAYS: usize = 2_000;
/// Characters of what is typed to find a field; the rest is not looked at.
const MAX_WORDS_CHARS: usize = 100;
/// Longer examples say nothing more.
const EXAMPLE_CHARS: usize = 60;

/// An object of which boards can be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedObject {
    /// Through which connection.
    pub connection: ConnectionId,
    /// As people call the connection.
    pub connection_title: String,
    /// Its name.
    pub object: ObjectName,
    /// More than one of them, in words.
    pub plural: String,
    /// What it is, where the integration says so.
    pub help: Option<String>,
}

/// What a field is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To be shown.
    Column,
    /// To be asked for in a filter.
    Condition,
    /// To be sorted by.
    Sort,
    /// To group rows by.
    Group,
    /// To be totalled in groups.
    Total,
}

impl Purpose {
    /// Only what leads to one record at most has one value.
    fn wants_one(self) -> bool {
        matches!(self, Self::Sort | Self::Group | Self::Total)
    }

    fn takes(self, kind: FieldType) -> bool {
        match self {
            Self::Column => true,
            Self::Condition | Self::Sort => kind != FieldType::LongText,
            Self::Group => !matches!(kind, FieldType::LongText | FieldType::List),
            Self::Total => matches!(kind, FieldType::Integer | FieldType::Number),
        }
    }
}

/// A field that can be joined with an object.
#[derive(Clone, Debug, PartialEq)]
pub struct OfferedField {
    /// As in a definition.
    pub path: String,
    /// What is shown of several records; none for a path to one.
    pub show: Option<Show>,
    /// The way to it in words: `Role › Users with this role`; the object's own name for its own fields.
    pub group: String,
    /// In its group.
    pub title: String,
    /// A value that is really there, or what the field is for.
    pub detail: Option<String>,
}

/// What a path leads to, for those who ask something of it.
#[derive(Clone, Debug, PartialEq)]
pub struct PathFacts {
    /// In words; of records that are counted: `Number of Groups`.
    pub title: String,
    /// The field at the end; none for records that are counted.
    pub field: Option<Field>,
    /// It may lead to several records.
    pub is_many: bool,
}

/// Who types "role" means its name rather than the id by which a record knows it.
fn stands_for_a_record(schema: &Schema<'_>, of: &ObjectRef, field: Option<&Field>) -> bool {
    let Some((field, described)) = field.zip(schema.object(of)) else { return false };
    described
        .relationships
        .iter()
        .any(|relationship| relationship.cardinality == Cardinality::ToOne && relationship.local == field.name)
}

/// A way over relationships.
#[derive(Clone, Debug)]
struct Way {
    path: String,
    title: String,
    object: ObjectRef,
    last: Option<Edge>,
    is_many: bool,
    /// The connections it has touched: a way does not come back to a tool it left.
    connections: Vec<ConnectionId>,
}

/// What was fetched of objects: the fields they really have, and where their records are.
#[derive(Default)]
struct Fetched {
    fields: HashMap<ObjectRef, Vec<Field>>,
    manifests: HashMap<ObjectRef, Manifest>,
}

impl Boards {
    /// The objects of all connections that the person may use, by connection and name.
    pub fn objects(&self, actor: &Actor) -> Vec<OfferedObject> {
        let offers = self.offers(actor).open;
        let of = |offer: &Arc<Offer>| {
            let catalog = &offer.catalog;
            let one = |object: &ObjectType| OfferedObject {
                connection: catalog.connection.clone(),
                connection_title: catalog.title.clone(),
                object: object.name.clone(),
                plural: object.plural.clone(),
                help: object.help.clone(),
            };
            catalog.description.objects.iter().map(one).collect::<Vec<_>>()
        };
        offers.iter().flat_map(of).collect()
    }

    /// Fields that can be joined with the object over connections that the person may use: those whose way or title holds all of the
    /// words, nearest first, at most `limit`.
    pub async fn fields(
        &self,
        actor: &Actor,
        connection: &ConnectionId,
        object: &ObjectName,
        words: &str,
        purpose: Purpose,
        limit: usize,
    ) -> Outcome<Vec<OfferedField>> {
        self.offer_for(actor, connection)?;
        let offers = self.offers(actor).open;
        let all = offers.iter().flat_map(|offer| {
            let objects = offer.catalog.description.objects.iter();
            objects.map(|object| ObjectRef::new(&offer.catalog.connection, &object.name))
        });
        let Fetched { fields, manifests } = self.fetched(&actor.workspace, &offers, all.collect()).await?;
        let schema = Schema { fetched: fields, ..Schema::of(offers.iter().map(|offer| &offer.catalog)) };
        let words: String = words.chars().take(MAX_WORDS_CHARS).collect();
        let words: Vec<String> = fold(&words).split_whitespace().map(str::to_owned).collect();
        let mut found: Vec<(OfferedField, ObjectRef, Option<Field>)> = Vec::new();
        for way in ways(&schema, &ObjectRef::new(connection, object)) {
            if found.len() >= limit {
                break;
            }
            let Some(described) = schema.object(&way.object) else { continue };
            let choices = choices(&schema, described, &way, purpose).into_iter();
            let fits = |(offered, field): &(OfferedField, Option<Field>)| {
                let name = field.as_ref().map_or("", |field| field.name.as_str());
                let place = format!("{} {} {name} {}", offered.group, offered.title, offered.path);
                let place = fold(&place).into_owned();
                words.iter().all(|word| place.contains(word.as_str()))
            };
            let fitting = choices.filter(fits).map(|(offered, field)| (offered, way.object.clone(), field));
            found.extend(fitting.take(limit - found.len()));
        }
        if !words.is_empty() {
            found.sort_by_key(|(_, of, field)| stands_for_a_record(&schema, of, field.as_ref()));
        }
        self.with_examples(actor, &manifests, found).await
    }

    /// What each of these paths from an object leads to, or a sentence on why it leads nowhere. `aliases` are the names that the paths
    /// give to other connections.
    pub async fn facts(
        &self,
        actor: &Actor,
        base: &ObjectRef,
        aliases: &BTreeMap<String, ConnectionId>,
        paths: &[String],
    ) -> Outcome<HashMap<String, Result<PathFacts, String>>> {
        self.offer_for(actor, &base.connection)?;
        let usable = self.offers(actor);
        let (offers, barred) = (&usable.open, usable.barred());
        let catalogs = offers.iter().map(|offer| &offer.catalog);
        let mut schema = Schema { aliases: aliases.clone(), barred, ..Schema::of(catalogs) };
        let mut touched = BTreeSet::from([base.clone()]);
        touched.extend(paths.iter().flat_map(|path| schema.objects_on(base, path)));
        schema.fetched = self.fetched(&actor.workspace, offers, touched.into_iter().collect()).await?.fields;
        let facts = |path: &String| {
            let found = schema.path(base, path);
            let facts =
                found.map(|found| PathFacts { title: found.title(), is_many: found.is_many(), field: found.field });
            (path.clone(), facts)
        };
        Ok(paths.iter().map(facts).collect())
    }

    /// What a new board of this object shows at first: the fields that the integration names as default, else the primary one.
    pub async fn first_columns(
        &self,
        actor: &Actor,
        connection: &ConnectionId,
        object: &ObjectName,
    ) -> Outcome<Vec<String>> {
        let (offers, of) = ([self.offer_for(actor, connection)?], ObjectRef::new(connection, object));
        let fetched = self.fetched(&actor.workspace, &offers, vec![of.clone()]).await?.fields;
        let schema = Schema { fetched, ..Schema::of([&offers[0].catalog]) };
        let Some(described) = schema.object(&of) else { return Ok(Vec::new()) };
        let fields = fields_of(&schema, &of, described);
        let mut first: Vec<&Field> = fields.iter().filter(|field| field.default && !field.sealed).collect();
        first.sort_by_key(|field| rank(described, field));
        first.truncate(FIRST_COLUMNS);
        if first.is_empty() {
            return Ok(vec![described.primary.clone()]);
        }
        Ok(first.into_iter().map(|field| field.name.clone()).collect())
    }

    async fn fetched(
        &self,
        workspace: &WorkspaceId,
        offers: &[Arc<Offer>],
        objects: Vec<ObjectRef>,
    ) -> Outcome<Fetched> {
        let mut found = Fetched::default();
        for of in objects {
            let Some(offer) = offers.iter().find(|offer| offer.catalog.connection == of.connection) else { continue };
            let Some(described) = offer.catalog.description.object(&of.object) else { continue };
            let manifest = self.inner.store.segments.manifest(workspace, &of).await.map_err(super::service::failed)?;
            let stored = manifest.as_ref().map_or(&described.fields, |manifest| &manifest.fields).iter().cloned();
            let derived = offer.derived.of(&of.object).iter().map(|derived| derived.field.clone());
            found.fields.insert(of.clone(), stored.chain(derived).collect());
            found.manifests.extend(manifest.map(|manifest| (of, manifest)));
        }
        Ok(found)
    }

    async fn with_examples(
        &self,
        actor: &Actor,
        manifests: &HashMap<ObjectRef, Manifest>,
        found: Vec<(OfferedField, ObjectRef, Option<Field>)>,
    ) -> Outcome<Vec<OfferedField>> {
        let mut known: HashMap<ObjectRef, HashMap<String, String>> = HashMap::new();
        let mut offered = Vec::with_capacity(found.len());
        for (mut one, object, field) in found {
            if let (Some(manifest), false) = (manifests.get(&object), known.contains_key(&object)) {
                let examples = self.examples(&actor.workspace, &object.connection, manifest).await?;
                known.insert(object.clone(), examples);
            }
            let example = field.as_ref().and_then(|field| known.get(&object)?.get(&field.name));
            one.detail = example.map(|example| format!("e.g. {example}")).or(one.detail);
            offered.push(one);
        }
        Ok(offered)
    }

    /// The first known value of each field among the first records: one segment is read, however large the object is.
    async fn examples(
        &self,
        workspace: &WorkspaceId,
        connection: &ConnectionId,
        manifest: &Manifest,
    ) -> anyhow::Result<HashMap<String, String>> {
        let mut examples = HashMap::new();
        let Some(first) = manifest.segments.first() else { return Ok(examples) };
        for segment in self.inner.store.segments.get(workspace, connection, &[first.hash]).await? {
            unpack(&segment, |_, values| {
                for (field, value) in manifest.fields.iter().zip(values) {
                    if field.sealed || examples.contains_key(&field.name) {
                        continue;
                    }
                    let text = example(field, value.to_value());
                    examples.extend((!text.is_empty()).then(|| (field.name.clone(), text)));
                }
            })?;
        }
        Ok(examples)
    }
}

/// Columns that a new board begins with: as many as stand beside each other without scrolling.
const FIRST_COLUMNS: usize = 6;

fn example(field: &Field, value: Value) -> String {
    let text = match named(field, value) {
        Value::Text(text) => text.chars().take(EXAMPLE_CHARS).collect(),
        other => label(&other),
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(EXAMPLE_CHARS).collect()
}

fn fields_of<'a>(schema: &'a Schema<'_>, of: &ObjectRef, object: &'a ObjectType) -> &'a [Field] {
    schema.fetched.get(of).map_or(&object.fields, Vec::as_slice)
}

/// The field people know the record by, then what stands for it, then what is shown at first, then the rest as described.
fn rank(object: &ObjectType, field: &Field) -> u8 {
    match () {
        () if field.name == object.primary => 0,
        () if object.label.as_ref() == Some(&field.name) => 1,
        () if field.default => 2,
        () => 3,
    }
}

/// The ways from an object, itself first, nearest first; in one distance those to a single record before those to several.
fn ways(schema: &Schema<'_>, base: &ObjectRef) -> Vec<Way> {
    let title = schema.object(base).map_or_else(|| base.object.0.clone(), |object| object.title.clone());
    let connections = vec![base.connection.clone()];
    let start = Way { path: String::new(), title, object: base.clone(), last: None, is_many: false, connections };
    let mut all = vec![start.clone()];
    let mut ring = vec![start];
    for _ in 0..MAX_STEPS {
        let mut next: Vec<Way> = ring.iter().flat_map(|way| steps(schema, way)).collect();
        next.sort_by_key(|way| way.is_many);
        next.truncate(MAX_WAYS - all.len().min(MAX_WAYS));
        all.extend(next.iter().cloned());
        ring = next;
    }
    all
}

fn steps(schema: &Schema<'_>, way: &Way) -> Vec<Way> {
    let is_there = |object: &ObjectRef, field: &str| {
        schema.fetched.get(object).is_none_or(|fields| fields.iter().any(|one| one.name == field))
    };
    let step = |edge: Edge| {
        let key = &edge.key;
        // Without the fields that tie the two, nothing is joined.
        let mut pairs = key.by.pairs().into_iter();
        let is_tied = pairs.any(|pair| is_there(&key.near, &pair.local) && is_there(&key.object, &pair.remote));
        let is_back =
            key.object.connection != way.object.connection && way.connections.contains(&key.object.connection);
        if !is_tied || is_back || way.last.as_ref().is_some_and(|last| leads_back(last, &edge)) {
            return None;
        }
        let path = if way.path.is_empty() { edge.name.clone() } else { format!("{}.{}", way.path, edge.name) };
        let title = if way.last.is_none() { edge.title.clone() } else { format!("{} › {}", way.title, edge.title) };
        let is_many = way.is_many || key.cardinality == Cardinality::ToMany;
        let mut connections = way.connections.clone();
        if !connections.contains(&key.object.connection) {
            connections.push(key.object.connection.clone());
        }
        Some(Way { path, title, object: key.object.clone(), last: Some(edge), is_many, connections })
    };
    schema.edges(&way.object).into_iter().chain(schema.crossings(&way.object)).filter_map(step).collect()
}

/// From one record to its several and back is the record one came from.
fn leads_back(last: &Edge, edge: &Edge) -> bool {
    last.key.cardinality == Cardinality::ToMany
        && matches!(edge.key.by, By::Relationship(_))
        && edge.key == last.key.flipped()
}

/// What can be chosen at the end of a way.
fn choices(
    schema: &Schema<'_>,
    object: &ObjectType,
    way: &Way,
    purpose: Purpose,
) -> Vec<(OfferedField, Option<Field>)> {
    if purpose.wants_one() && way.is_many {
        return Vec::new();
    }
    let mut fields: Vec<&Field> = fields_of(schema, &way.object, object).iter().filter(|field| !field.sealed).collect();
    fields.retain(|field| purpose.takes(field.kind));
    fields.sort_by_key(|field| rank(object, field));
    // Whether there is a match in the other tool at all is asked first.
    let how_matched = way.last.as_ref().and_then(Edge::match_field).filter(|field| purpose.takes(field.kind));
    fields.splice(0..0, &how_matched);
    let count = way.is_many.then(|| {
        let title = format!("Number of {}", object.plural);
        let detail = Some(format!("How many {}", object.plural));
        let show = Some(Show::Count);
        (OfferedField { path: way.path.clone(), show, group: way.title.clone(), title, detail }, None)
    });
    let of_field = |field: &&Field| {
        let path = if way.path.is_empty() { field.name.clone() } else { format!("{}.{}", way.path, field.name) };
        let shows: &[Option<Show>] = match (way.is_many, purpose) {
            (true, Purpose::Column) => shows(field.kind),
            _ => &[None],
        };
        let detail = field.help.clone();
        let one = |show: &Option<Show>| OfferedField {
            path: path.clone(),
            show: *show,
            group: way.title.clone(),
            title: format!("{}{}", field.title, show_words(*show)),
            detail: detail.clone(),
        };
        shows.iter().map(|show| (one(show), Some((*field).clone()))).collect::<Vec<_>>()
    };
    count.into_iter().chain(fields.iter().flat_map(of_field)).collect()
}

/// What is worth showing of several values of one kind.
fn shows(kind: FieldType) -> &'static [Option<Show>] {
    use FieldType::{Date, Integer, List, LongText, Number, Timestamp};
    match kind {
        Integer | Number | Date | Timestamp => &[Some(Show::Max), Some(Show::Min), Some(Show::List)],
        LongText | List => &[Some(Show::First)],
        _ => &[Some(Show::List), Some(Show::First)],
    }
}

/// Behind a field's title.
pub fn show_words(show: Option<Show>) -> &'static str {
    match show {
        None | Some(Show::Count) => "",
        Some(Show::List) => " (list)",
        Some(Show::First) => " (first)",
        Some(Show::Min) => " (smallest)",
        Some(Show::Max) => " (largest)",
    }
}
