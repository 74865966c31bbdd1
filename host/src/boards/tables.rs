//! Tables in memory for the objects that boards use: built from stored segments on first need, rebuilt aside and swapped in when a
//! manifest flips. Readers hold a pointer and are never made to wait for a rebuild.

use super::catalog::Offer;
use super::engine::{BuildError, Cell, Table, TableBuilder, TableOrigin};
use super::needs::Needs;
use super::update::{Update, pick};
use crate::domain::{ConnectionId, Description, ObjectRef, Value, WorkspaceId};
use crate::store::rows::{ValueRef, unpack};
use crate::store::{Manifest, Store};
use anyhow::Context;
use bytes::Bytes;
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Segments in hand at once while a table is built: 4 MiB, so that memory stays flat however large the object is.
const SEGMENTS_AT_ONCE: usize = 64;

/// An object in memory.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its columns.
    pub table: Arc<Table>,
    /// What they were built from; none before the first fetch.
    pub manifest: Option<Arc<Manifest>>,
    /// The derived fields that were made. One that has no column all the same is unknown for all rows.
    pub made: BTreeSet<String>,
}

impl Source {
    /// Every record of the object is there: none missing because it was not fetched or may not be read.
    pub fn is_whole(&self) -> bool {
        self.manifest.as_ref().is_some_and(|manifest| !manifest.own_rows)
    }

    fn generation(&self) -> Option<u64> {
        self.manifest.as_ref().map(|manifest| manifest.generation)
    }
}

/// Objects as they belong together: those of one connection are of one moment.
pub type Sources = HashMap<ObjectRef, Source>;

/// A connection of a workspace.
pub type Place = (WorkspaceId, ConnectionId);

/// The tables of a connection, and when they were last asked for.
struct Loaded {
    sources: Arc<Sources>,
    used: AtomicU64,
}

/// All tables of this host.
pub struct Tables {
    store: Store,
    /// Beyond so many bytes, the connections that were not asked for the longest are dropped.
    max_bytes: usize,
    /// Counts uses.
    uses: AtomicU64,
    /// Held for reading and swapping pointers only.
    loaded: RwLock<HashMap<Place, Loaded>>,
    /// One load or rebuild at a time for each connection.
    turns: Mutex<HashMap<Place, Arc<tokio::sync::Mutex<()>>>>,
}

impl Tables {
    /// Nothing is loaded yet.
    pub fn new(store: Store, max_bytes: usize) -> Self {
        Self { store, max_bytes, uses: AtomicU64::new(0), loaded: RwLock::default(), turns: Mutex::default() }
    }

    /// What is needed, all of one moment of the connection. What is not in memory is loaded and made.
    pub async fn get(&self, place: &Place, offer: &Arc<Offer>, needs: &Needs) -> anyhow::Result<Sources> {
        if let Some(sources) = pick(&self.current(place), offer, needs)
            && !self.has_appeared(place, &sources).await?
        {
            return Ok(sources);
        }
        let turn = self.turn(place);
        let _turn = turn.lock().await;
        let before = self.current(place);
        let mut update = Update::new(&before, needs.derived.clone());
        for object in needs.objects.iter().filter(|object| before.get(object).is_none_or(|at| at.manifest.is_none())) {
            update.replace(object, self.load(place, &offer.catalog.description, object).await?);
        }
        let after = self.finish(place, offer, update).await?;
        let sources = needs.objects.iter().filter_map(|object| Some((object.clone(), after.get(object)?.clone())));
        Ok(sources.collect())
    }

    /// Rebuilds the tables whose manifest flipped and the derived columns that rest on them, and resolves and ranks what was
    /// resolved and ranked before. Answers the objects that flipped.
    pub async fn refresh(&self, place: &Place, offer: &Arc<Offer>) -> anyhow::Result<BTreeSet<ObjectRef>> {
        let turn = self.turn(place);
        let _turn = turn.lock().await;
        let before = self.current(place);
        let mut update = Update::new(&before, BTreeSet::new());
        for (object, source) in before.iter() {
            let manifest = self.store.segments.manifest(&place.0, object).await?;
            if manifest.map(|manifest| manifest.generation) != source.generation() {
                update.replace(object, self.load(place, &offer.catalog.description, object).await?);
            }
        }
        let changed = update.changed.clone();
        if !changed.is_empty() {
            self.finish(place, offer, update).await?;
        }
        Ok(changed)
    }

    /// Whether something that was not there when it was looked for is there now.
    async fn has_appeared(&self, place: &Place, sources: &Sources) -> anyhow::Result<bool> {
        for (object, _) in sources.iter().filter(|(_, source)| source.manifest.is_none()) {
            if self.store.segments.manifest(&place.0, object).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Loads what the derived columns that are due rest on, makes them, and shows readers the outcome.
    async fn finish(&self, place: &Place, offer: &Arc<Offer>, mut update: Update) -> anyhow::Result<Arc<Sources>> {
        for object in update.lacking(offer) {
            update.replace(&object, self.load(place, &offer.catalog.description, &object).await?);
        }
        let (offer, others) = (offer.clone(), self.others(place));
        let make = tokio::task::spawn_blocking(move || Arc::new(update.make(&offer, &others)));
        let after = make.await.context("the derived fields could not be made")?;
        self.swap(place, after.clone());
        Ok(after)
    }

    /// Drops the tables of a connection. Its next reader loads what is then stored.
    pub fn forget(&self, place: &Place) {
        self.loaded.write().unwrap_or_else(PoisonError::into_inner).remove(place);
    }

    /// Bytes held by all tables.
    pub fn bytes(&self) -> usize {
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        loaded.values().map(|loaded| bytes_of(&loaded.sources)).sum()
    }

    /// Bytes held by the tables of a connection; 0 while none is in memory.
    pub fn bytes_of(&self, place: &Place) -> usize {
        bytes_of(&self.current(place))
    }

    /// Whole rows as stored, long texts included, in the order of the row numbers given.
    pub async fn rows(&self, place: &Place, source: &Source, rows: &[u32]) -> anyhow::Result<Vec<Vec<Value>>> {
        let Some(manifest) = &source.manifest else { return Ok(vec![Vec::new(); rows.len()]) };
        let mut found: HashMap<String, Vec<Value>> = HashMap::with_capacity(rows.len());
        let keys: Vec<Cow<'_, str>> = rows.iter().map(|row| source.table.keys().get(*row as usize)).collect();
        let holds = |key: &str| manifest.segments.partition_point(|segment| segment.last.as_str() < key);
        let mut segments: Vec<usize> = keys.iter().map(|key| holds(key)).collect();
        segments.sort_unstable();
        segments.dedup();
        let hashes: Vec<_> = segments.iter().filter_map(|index| Some(manifest.segments.get(*index)?.hash)).collect();
        for segment in self.store.segments.get(&place.0, &place.1, &hashes).await? {
            unpack(&segment, |key, values| {
                if keys.iter().any(|wanted| wanted == key) {
                    found.insert(key.to_owned(), values.iter().map(ValueRef::to_value).collect());
                }
            })?;
        }
        Ok(keys.iter().map(|key| found.get(key.as_ref()).cloned().unwrap_or_default()).collect())
    }

    fn current(&self, place: &Place) -> Arc<Sources> {
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        let Some(loaded) = loaded.get(place) else { return Arc::default() };
        loaded.used.store(self.uses.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        loaded.sources.clone()
    }

    /// The tables of the other connections of the workspace.
    fn others(&self, place: &Place) -> Vec<Arc<Sources>> {
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        let others =
            loaded.iter().filter(|((workspace, connection), _)| *workspace == place.0 && *connection != place.1);
        others.map(|(_, loaded)| loaded.sources.clone()).collect()
    }

    fn swap(&self, place: &Place, sources: Arc<Sources>) {
        let used = AtomicU64::new(self.uses.fetch_add(1, Ordering::Relaxed));
        let mut loaded = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
        loaded.insert(place.clone(), Loaded { sources, used });
        drop_cold(&mut loaded, place, self.max_bytes);
    }

    fn turn(&self, place: &Place) -> Arc<tokio::sync::Mutex<()>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).entry(place.clone()).or_default().clone()
    }

    async fn load(&self, place: &Place, description: &Description, object: &ObjectRef) -> anyhow::Result<Source> {
        let manifest = self.store.segments.manifest(&place.0, object).await?;
        let described = description.object(&object.object);
        let key = described.map_or("", |object| object.key.as_str());
        let Some(manifest) = manifest else {
            let fields = described.map(|object| object.fields.clone()).unwrap_or_default();
            let table = TableBuilder::new(TableOrigin::default(), fields, key, 0).finish()?;
            return Ok(Source { table: Arc::new(table), manifest: None, made: BTreeSet::new() });
        };
        let origin = TableOrigin {
            generation: manifest.generation,
            fetched_at: Some(manifest.fetched_at),
            own_rows: manifest.own_rows,
        };
        let mut builder = TableBuilder::new(origin, manifest.fields.clone(), key, manifest.rows as usize);
        for batch in manifest.segments.chunks(SEGMENTS_AT_ONCE) {
            let hashes: Vec<_> = batch.iter().map(|segment| segment.hash).collect();
            let segments = self.store.segments.get(&place.0, &place.1, &hashes).await?;
            let filled = tokio::task::spawn_blocking(move || fill(builder, &segments)).await;
            builder = filled.context("a table could not be built")??;
        }
        let table =
            tokio::task::spawn_blocking(move || builder.finish()).await.context("a table could not be built")??;
        Ok(Source { table: Arc::new(table), manifest: Some(Arc::new(manifest)), made: BTreeSet::new() })
    }
}

fn bytes_of(sources: &Sources) -> usize {
    sources.values().map(|source| source.table.bytes()).sum()
}

/// Drops the connections that were not asked for the longest until the rest fits; never the one just loaded. Their next reader
/// loads them again, and readers under way keep what they hold.
fn drop_cold(loaded: &mut HashMap<Place, Loaded>, just_loaded: &Place, max_bytes: usize) {
    let mut held: usize = loaded.values().map(|loaded| bytes_of(&loaded.sources)).sum();
    while held > max_bytes {
        let others = loaded.iter().filter(|(place, _)| *place != just_loaded);
        let coldest =
            others.min_by_key(|(_, loaded)| loaded.used.load(Ordering::Relaxed)).map(|(place, _)| place.clone());
        let Some(dropped) = coldest.and_then(|place| loaded.remove_entry(&place)) else { return };
        let bytes = bytes_of(&dropped.1.sources);
        tracing::info!(connection.id = %dropped.0.1, bytes, "the columns of {} make room for others", dropped.0.1);
        held = held.saturating_sub(bytes);
    }
}

fn fill(mut builder: TableBuilder, segments: &[Bytes]) -> anyhow::Result<TableBuilder> {
    for segment in segments {
        let mut result = Ok(());
        unpack(segment, |key, values| {
            if result.is_ok() {
                result = push(&mut builder, key, values);
            }
        })?;
        result?;
    }
    Ok(builder)
}

fn push(builder: &mut TableBuilder, key: &str, values: &[ValueRef<'_>]) -> Result<(), BuildError> {
    for (index, column) in builder.row(key)? {
        match values.get(index).unwrap_or(&ValueRef::Null) {
            ValueRef::Null => column.push(Cell::Null)?,
            ValueRef::Bool(yes) => column.push(Cell::Bool(*yes))?,
            ValueRef::Int(number) | ValueRef::Time(number) => column.push(Cell::Int(*number))?,
            ValueRef::Float(number) => column.push(Cell::Float(*number))?,
            ValueRef::Text(text) => column.push(Cell::Text(text))?,
            ValueRef::Date(days) => column.push(Cell::Int(i64::from(*days)))?,
            ValueRef::List(items) => column.push_list(items.iter())?,
        }
    }
    Ok(())
}
