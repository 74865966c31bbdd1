//! All records of an object at one moment, as columns in the order of their keys.

use super::bits::Bits;
use super::builder::{Cell, ColumnBuilder};
use super::column::{Column, Data};
use super::link::{EdgeKey, Link};
use super::texts::{Texts, TextsBuilder, TextsFull};
use crate::domain::{Field, FieldType, Millis, Value};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Row numbers are 32 bits wide and the last one means "no row". Far beyond what fits the memory of one host.
pub const MAX_ROWS: usize = u32::MAX as usize - 1;

/// Room made ahead for a table; larger ones grow as they come, so that a wrong row count costs no memory.
const MAX_ROOM: usize = 1 << 24;

/// What a table is a picture of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TableOrigin {
    /// Of the manifest it was built from; 0 when there was none yet.
    pub generation: u64,
    /// When the fetch that filled it began.
    pub fetched_at: Option<Millis>,
    /// Only the rows of the connected account.
    pub own_rows: bool,
}

/// Relationships resolved so far, each with the rows at its far end as they were: see [`Table::rows_id`].
type Links = Mutex<HashMap<EdgeKey, (u64, Arc<Link>)>>;

/// An immutable table. Readers hold it by [`Arc`] for as long as a query takes; a rebuild makes another one.
#[derive(Debug)]
pub struct Table {
    id: u64,
    rows_id: u64,
    origin: TableOrigin,
    /// The stored ones, then the derived ones.
    fields: Vec<Field>,
    stored: usize,
    keys: Arc<Texts>,
    columns: Vec<Option<Arc<Column>>>,
    /// Relationships rest on stored fields alone: tables that differ in derived columns share them.
    links: Arc<Links>,
}

/// A field whose values the host makes, with its column where that was made.
pub type DerivedColumn = (Field, Option<Arc<Column>>);

impl Table {
    /// Differs between any two tables of this process: caches go by it.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The same for tables that differ in derived columns only: their rows have the same numbers.
    pub fn rows_id(&self) -> u64 {
        self.rows_id
    }

    /// The same rows with these derived columns instead of those there are. A name that a stored field has already stays its.
    pub fn with_derived(&self, derived: Vec<DerivedColumn>) -> Self {
        let mut fields = self.stored_fields().to_vec();
        let mut columns = self.columns[..self.stored].to_vec();
        let free =
            derived.into_iter().filter(|(field, _)| !self.stored_fields().iter().any(|at| at.name == field.name));
        for (field, column) in free {
            fields.push(field);
            columns.push(column);
        }
        Self {
            id: next_id(),
            rows_id: self.rows_id,
            origin: self.origin.clone(),
            fields,
            stored: self.stored,
            keys: self.keys.clone(),
            columns,
            links: self.links.clone(),
        }
    }

    /// What it is a picture of.
    pub fn origin(&self) -> &TableOrigin {
        &self.origin
    }

    /// The fields its values were fetched with, resident or not, and then the derived ones.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The fields its values were fetched with.
    pub fn stored_fields(&self) -> &[Field] {
        &self.fields[..self.stored]
    }

    /// The fields whose values the host makes, each with its column where that was made.
    pub fn derived(&self) -> impl Iterator<Item = (&Field, Option<&Arc<Column>>)> {
        self.fields.iter().zip(&self.columns).skip(self.stored).map(|(field, column)| (field, column.as_ref()))
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.keys.len()
    }

    /// The keys of the rows, ascending.
    pub fn keys(&self) -> &Texts {
        &self.keys
    }

    /// The row with this key.
    pub fn row_of(&self, key: &str) -> Option<u32> {
        self.keys.find_sorted(key).map(|row| row as u32)
    }

    /// The number of the field of this name.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// The column of the field of this number, when it is resident.
    pub fn column(&self, field: usize) -> Option<&Arc<Column>> {
        self.columns.get(field)?.as_ref()
    }

    /// The column of the field of this name, when it is resident.
    pub fn column_of(&self, field: &str) -> Option<&Column> {
        self.field(field).and_then(|field| self.column(field)).map(|column| &**column)
    }

    /// The value of a field at a row; null when the field is not resident.
    pub fn value(&self, field: usize, row: u32) -> Value {
        self.column(field).map_or(Value::Null, |column| column.value(row as usize))
    }

    /// Bytes held by the columns and the resolved relationships.
    pub fn bytes(&self) -> usize {
        let columns: usize = self.columns.iter().flatten().map(|column| column.bytes()).sum();
        let links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        columns + links.values().map(|(_, link)| link.bytes()).sum::<usize>()
    }

    /// The relationship resolved against this far table: from memory, or made now and kept until the far rows are others.
    pub fn link(&self, edge: &EdgeKey, far: &Table) -> Arc<Link> {
        if let Some(link) = self.kept_link(edge, far) {
            return link;
        }
        // Made outside the lock: other readers go on. Two who need it at once both make it, and either will do.
        let link = Arc::new(Link::resolve(self, edge, far));
        let mut links = self.links();
        links.retain(|other, _| !edge.replaces(other));
        links.insert(edge.clone(), (far.rows_id, link.clone()));
        link
    }

    /// The same for who makes something of it once: it is not kept, since it is as large as a column.
    pub fn link_once(&self, edge: &EdgeKey, far: &Table) -> Arc<Link> {
        self.kept_link(edge, far).unwrap_or_else(|| Arc::new(Link::resolve(self, edge, far)))
    }

    fn kept_link(&self, edge: &EdgeKey, far: &Table) -> Option<Arc<Link>> {
        self.links().get(edge).filter(|(id, _)| *id == far.rows_id).map(|(_, link)| link.clone())
    }

    /// The relationships resolved so far.
    pub fn resolved(&self) -> Vec<EdgeKey> {
        self.links().keys().cloned().collect()
    }

    /// Ranks the columns that the other table had ranked, so that the first reader after a rebuild does not wait for it.
    pub fn rank_like(&self, other: &Table) {
        for (field, column) in self.fields.iter().zip(&self.columns) {
            let before =
                other.field(&field.name).and_then(|field| other.column(field)).and_then(|column| column.texts());
            if let (Some(texts), Some(before)) = (column.as_deref().and_then(Column::texts), before)
                && before.is_ranked()
            {
                texts.ranks();
            }
        }
    }

    fn links(&self) -> std::sync::MutexGuard<'_, HashMap<EdgeKey, (u64, Arc<Link>)>> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a table could not be built.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// A column or the row count is over what 32 bits can number.
    #[error(transparent)]
    Full(#[from] TextsFull),
    /// Rows must come in ascending order of key, each once.
    #[error("row {0} does not follow the row before it in order of key")]
    Unordered(usize),
}

/// A table as its rows come.
#[derive(Debug)]
pub struct TableBuilder {
    origin: TableOrigin,
    fields: Vec<Field>,
    key_field: Option<usize>,
    keys: TextsBuilder,
    last_key: String,
    rows: usize,
    columns: Vec<Option<ColumnBuilder>>,
}

impl TableBuilder {
    /// For rows with these fields, of which `key` is the name of the one that holds the key. Long texts and sealed fields do
    /// not become resident: long texts are read for the rows on screen, sealed fields are never shown.
    pub fn new(origin: TableOrigin, fields: Vec<Field>, key: &str, rows: usize) -> Self {
        let room = rows.min(MAX_ROOM);
        let key_field =
            fields.iter().position(|field| field.name == key && field.kind == FieldType::Text && !field.sealed);
        let column = |(index, field): (usize, &Field)| {
            let is_resident = !field.sealed && field.kind != FieldType::LongText && Some(index) != key_field;
            is_resident.then(|| ColumnBuilder::new(field.kind, room))
        };
        let columns = fields.iter().enumerate().map(column).collect();
        let keys = TextsBuilder::with_capacity(room);
        Self { origin, fields, key_field, keys, last_key: String::new(), rows: 0, columns }
    }

    /// Begins a row. The columns that want a value follow, each with its number among the fields.
    pub fn row(&mut self, key: &str) -> Result<impl Iterator<Item = (usize, &mut ColumnBuilder)>, BuildError> {
        if self.rows > 0 && key <= self.last_key.as_str() {
            return Err(BuildError::Unordered(self.rows));
        }
        if self.rows == MAX_ROWS {
            return Err(BuildError::Full(TextsFull));
        }
        self.rows += 1;
        self.last_key.clear();
        self.last_key.push_str(key);
        self.keys.push(key)?;
        Ok(self.columns.iter_mut().enumerate().filter_map(|(index, column)| Some((index, column.as_mut()?))))
    }

    /// Adds a row of values in the order of the fields; values that are missing are unknown.
    pub fn push(&mut self, key: &str, values: &[Value]) -> Result<(), BuildError> {
        for (index, column) in self.row(key)? {
            match values.get(index).unwrap_or(&Value::Null) {
                Value::Null => column.push(Cell::Null)?,
                Value::Bool(yes) => column.push(Cell::Bool(*yes))?,
                Value::Int(number) | Value::Time(number) => column.push(Cell::Int(*number))?,
                Value::Float(number) => column.push(Cell::Float(*number))?,
                Value::Text(text) => column.push(Cell::Text(text))?,
                Value::Date(days) => column.push(Cell::Int(i64::from(*days)))?,
                Value::List(items) => column.push_list(items.iter().map(AsRef::as_ref))?,
            }
        }
        Ok(())
    }

    /// The table.
    pub fn finish(self) -> Result<Table, BuildError> {
        let keys = Arc::new(self.keys.finish());
        let finish = |builder: Option<ColumnBuilder>| Ok(builder.map(ColumnBuilder::finish).transpose()?.map(Arc::new));
        let mut columns = self.columns.into_iter().map(finish).collect::<Result<Vec<_>, BuildError>>()?;
        if let Some(field) = self.key_field {
            let known = Bits::filled(self.rows, true);
            columns[field] = Some(Arc::new(Column { kind: FieldType::Text, known, data: Data::Heap(keys.clone()) }));
        }
        let id = next_id();
        let (stored, links) = (self.fields.len(), Arc::default());
        Ok(Table { id, rows_id: id, origin: self.origin, fields: self.fields, stored, keys, columns, links })
    }
}

fn next_id() -> u64 {
    static NEXT_ID: AtomicU64 = AtomicU64::new(1);
    NEXT_ID.fetch_add(1, Ordering::Relaxed)
}
