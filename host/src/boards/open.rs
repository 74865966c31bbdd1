//! Pages of boards, and single records: the reading side of the boards.

use super::bind::{Bound, CellSource, label, named};
use super::board::Board;
use super::catalog::Offer;
use super::definition::{Checked, CheckedColumn, ConnectionCatalog, Definition};
use super::engine::{Answer, Column, Table};
use super::needs::Needs;
use super::pages::PageKey;
use super::rights::{Deed, Right};
use super::service::Boards;
use super::tables::{Source, Sources};
use super::view::{Ask, BoardView, ColumnView, FieldView, RecordView, RowView, SourceAge};
use super::words::{filter_words, sort_words};
use crate::domain::{
    Actor, BoardId, ConnectionId, ObjectName, ObjectRef, ObjectType, Outcome, RecordRef, Value, WorkspaceId,
};
use anyhow::Context;
use std::sync::Arc;

/// As many as a table in Slack shows.
const MAX_PAGE_ROWS: usize = 200;
/// What people type to find something; the rest of a longer text is not looked at.
pub(super) const MAX_SEARCH_CHARS: usize = 100;

impl Boards {
    /// A page of a board, when the person may see it.
    pub async fn open(&self, actor: &Actor, board: &BoardId, ask: &Ask) -> Outcome<BoardView> {
        let (stored, right) = self.allowed(actor, board, Deed::View).await?;
        self.view(actor, stored.value, right, ask).await
    }

    /// A page of a board that the person may see, stored or not.
    pub(super) async fn view(&self, actor: &Actor, board: Board, right: Right, ask: &Ask) -> Outcome<BoardView> {
        let offer = self.offer_for(actor, &board.connection)?;
        let (sources, checked) = self.checked(actor, &offer, &board.definition).await?;
        let base = ObjectRef::new(&board.connection, &board.definition.object);
        let bound = Arc::new(self.bound(&base, &checked, &sources).await?);
        let search: String = ask.search.iter().flat_map(|words| words.trim().chars()).take(MAX_SEARCH_CHARS).collect();
        let persons = self.inner.persons.get(&self.inner.store, &actor.workspace).await?.version;
        let key = self.page_key(&board.definition, &sources, persons, &search)?;
        let end = ask.offset.saturating_add(ask.limit.min(MAX_PAGE_ROWS));
        let answer = self.answer(key, bound.clone(), search.clone(), end).await?;
        let rows = answer.rows.get(ask.offset..end.min(answer.rows.len())).unwrap_or_default();
        let mut cells: Vec<Vec<Value>> =
            rows.iter().map(|row| bound.cells.iter().map(|cell| cell.value(*row)).collect()).collect();
        self.read_long_texts(&actor.workspace, &sources, &bound, rows, &mut cells).await?;
        let described = offer.catalog.description.object(&base.object);
        let view = |(row, cells): (&u32, Vec<Value>)| RowView {
            record: RecordRef {
                connection: board.connection.clone(),
                object: base.object.clone(),
                key: bound.query.table.keys().get(*row as usize).into_owned(),
            },
            title: described.map_or_else(String::new, |described| title(described, &bound.query.table, *row)),
            cells,
        };
        Ok(BoardView {
            rows: rows.iter().zip(cells).map(view).collect(),
            columns: bound
                .cells
                .iter()
                .zip(&checked.columns)
                .map(|(cell, column)| head(cell, column, described))
                .collect(),
            total: answer.total,
            offset: ask.offset,
            personal: None,
            search,
            groups: bound.groups.as_ref().map(|groups| groups.view(&answer.groups)),
            sources: self.ages(&actor.workspace, &base, &sources),
            filter_words: filter_words(&checked.filter),
            sort_words: sort_words(&checked.sort),
            can_edit: right >= Right::Editor,
            broken: checked.broken,
            base: board.definition.object,
            connection: board.connection,
            id: board.id,
            name: board.name,
        })
    }

    /// A record with all its fields, or none when it is not there (any more). Derived fields are among them where a board has
    /// brought them into memory: one record is not worth making a column.
    pub async fn record(&self, actor: &Actor, record: &RecordRef) -> Outcome<Option<RecordView>> {
        let offer = self.offer_for(actor, &record.connection)?;
        let Some(described) = offer.catalog.description.object(&record.object) else { return Ok(None) };
        let place = (actor.workspace.clone(), record.connection.clone());
        let source = self.source(&place, &offer, &ObjectRef::new(&record.connection, &record.object)).await?;
        let Some(row) = source.table.row_of(&record.key) else { return Ok(None) };
        let values = self.inner.tables.rows(&place, &source, &[row]).await?.pop().unwrap_or_default();
        let stored = source.table.stored_fields().iter().zip(values).filter(|(field, _)| !field.sealed);
        let derived = source.table.derived().filter(|(field, _)| source.made.contains(&field.name));
        let value = |column: Option<&Arc<Column>>| column.map_or(Value::Null, |column| column.value(row as usize));
        let fields = stored.chain(derived.map(|(field, column)| (field, value(column))));
        let view = |(field, value): (&crate::domain::Field, Value)| FieldView {
            name: field.name.clone(),
            title: field.title.clone(),
            kind: field.kind,
            unit: field.unit.clone(),
            value: named(field, value),
        };
        Ok(Some(RecordView {
            record: record.clone(),
            title: title(described, &source.table, row),
            object_title: described.title.clone(),
            fields: fields.map(view).collect(),
            fetched_at: source.table.origin().fetched_at,
        }))
    }

    pub(super) async fn source(
        &self,
        place: &(WorkspaceId, ConnectionId),
        offer: &Arc<Offer>,
        object: &ObjectRef,
    ) -> Outcome<Source> {
        let mut sources = self.inner.tables.get(place, offer, &Needs::object(object)).await?;
        Ok(sources.remove(object).context("the table was not loaded")?)
    }

    pub(super) async fn permit(&self) -> anyhow::Result<tokio::sync::SemaphorePermit<'_>> {
        self.inner.permits.acquire().await.context("boards are closed")
    }

    /// Binding resolves relationships that were not resolved yet: seconds at a million rows, so never on a thread of the doors.
    pub(super) async fn bound(&self, base: &ObjectRef, checked: &Checked, sources: &Sources) -> anyhow::Result<Bound> {
        let (base, checked, sources) = (base.clone(), checked.clone(), sources.clone());
        let zone = self.inner.settings.zone.clone();
        let bind = move || Bound::new(&base, &checked, &sources, &zone);
        tokio::task::spawn_blocking(bind).await.context("the board could not be bound")?
    }

    async fn answer(
        &self,
        key: PageKey,
        bound: Arc<Bound>,
        search: String,
        needed: usize,
    ) -> anyhow::Result<Arc<Answer>> {
        let _permit = self.permit().await?;
        let inner = self.inner.clone();
        let ask = move || {
            let query = bound.query.clone().search(&search, &bound.searched());
            inner.pages.answer(key, &query, needed)
        };
        tokio::task::spawn_blocking(ask).await.context("the board could not be answered")
    }

    /// Relative dates hold for a day, tables until the next one, the definition as it stands: what is asked is all of these.
    fn page_key(
        &self,
        definition: &Definition,
        sources: &Sources,
        persons: u64,
        search: &str,
    ) -> anyhow::Result<PageKey> {
        let mut tables: Vec<u64> = sources.values().map(|source| source.table.id()).collect();
        tables.sort_unstable();
        let asked = serde_json::to_vec(&(definition, search, self.clock().today().to_string(), tables, persons))?;
        Ok(*blake3::hash(&asked).as_bytes())
    }

    /// The connection of the base object first.
    fn ages(&self, workspace: &WorkspaceId, base: &ObjectRef, sources: &Sources) -> Vec<SourceAge> {
        let mut connections: Vec<&ConnectionId> = sources.keys().map(|object| &object.connection).collect();
        connections.sort_by_key(|connection| (**connection != base.connection, *connection));
        connections.dedup();
        let offers = connections.into_iter().filter_map(|connection| self.inner.catalog.get(workspace, connection));
        let paused = |of: &ConnectionId| self.inner.catalog.paused(workspace, of);
        let aged = |offer: Arc<Offer>| SourceAge {
            paused: paused(&offer.catalog.connection),
            ..age(&offer.catalog, base, sources)
        };
        offers.map(aged).collect()
    }

    pub(super) async fn read_long_texts(
        &self,
        workspace: &WorkspaceId,
        sources: &Sources,
        bound: &Bound,
        rows: &[u32],
        cells: &mut [Vec<Value>],
    ) -> anyhow::Result<()> {
        for (column, cell) in bound.cells.iter().enumerate() {
            let wanted: Vec<(usize, u32)> =
                rows.iter().enumerate().filter_map(|(at, row)| Some((at, cell.long_text_row(*row)?))).collect();
            let (Some(number), Some(source), false) = (cell.number(), sources.get(&cell.object), wanted.is_empty())
            else {
                continue;
            };
            let place = (workspace.clone(), cell.object.connection.clone());
            let far: Vec<u32> = wanted.iter().map(|(_, row)| *row).collect();
            for ((at, _), mut values) in wanted.into_iter().zip(self.inner.tables.rows(&place, source, &far).await?) {
                if number < values.len() {
                    cells[at][column] = values.swap_remove(number);
                }
            }
        }
        Ok(())
    }
}

fn head(cell: &CellSource, column: &CheckedColumn, described: Option<&ObjectType>) -> ColumnView {
    let name = column.path.field.as_ref().map(|field| field.name.as_str());
    let is_primary = column.path.edges.is_empty() && name == described.map(|described| described.primary.as_str());
    let unit = column.path.field.as_ref().and_then(|field| field.unit.clone());
    ColumnView { title: column.title.clone(), kind: cell.kind(), unit, is_primary }
}

/// The oldest data of a connection counts. What was not fetched at all is named instead, unless the board has no rows without it.
fn age(catalog: &ConnectionCatalog, base: &ObjectRef, sources: &Sources) -> SourceAge {
    let of_it = || sources.iter().filter(|(object, _)| object.connection == catalog.connection);
    let named = |wanted: &dyn Fn(&Source) -> bool| {
        let plural = |object: &ObjectName| {
            catalog.description.object(object).map_or_else(|| object.0.clone(), |described| described.plural.clone())
        };
        let found = of_it().filter(|(_, source)| wanted(source));
        let mut names: Vec<String> = found.map(|(object, _)| plural(&object.object)).collect();
        names.sort();
        names.join(", ")
    };
    let missing = named(&|source| source.manifest.is_none());
    let own = named(&|source| source.table.origin().own_rows);
    let problem = match (missing.is_empty(), own.is_empty()) {
        (false, _) => Some(format!("{missing} not fetched yet.")),
        (true, false) => {
            Some(format!("Of {own}, only the records of the connected account are here: it may not read the others."))
        }
        (true, true) => None,
    };
    let is_there = base.connection != catalog.connection || sources.get(base).is_some_and(|at| at.manifest.is_some());
    let fetched = of_it().filter_map(|(_, source)| source.table.origin().fetched_at).min().filter(|_| is_there);
    let (connection, title) = (catalog.connection.clone(), catalog.title.clone());
    SourceAge { connection, title, fetched_at: fetched, problem, paused: None }
}

/// A record as people call it: by its label, else by its primary field, else by its key.
pub(super) fn title(described: &ObjectType, table: &Table, row: u32) -> String {
    let names = described.label.iter().chain([&described.primary]);
    let texts = names.filter_map(|name| Some(label(&table.value(table.field(name)?, row))));
    texts.into_iter().find(|text| !text.is_empty()).unwrap_or_else(|| table.keys().get(row as usize).into_owned())
}
