//! The boards of a workspace: made, found, renamed, deleted, installed from templates.

use super::board::{Board, DeletedTemplate, MAX_NAME_CHARS, NewBoard, template_board_id};
use super::catalog::{Catalog, Offer};
use super::definition::{Checked, Clock, ConnectionCatalog, Definition, Schema};
use super::engine::fold;
use super::gate::Barrier;
use super::needs::Needs;
use super::pages::Pages;
use super::persons::PersonCache;
use super::rights::{Deed, Right, may, right_on};
use super::tables::{Source, Sources, Tables};
use super::view::{BoardSummary, Via};
use crate::domain::{
    Actor, AppError, BoardId, BoardTemplate, ConnectionId, MayUse, ObjectRef, Outcome, UserId, WorkspaceId,
};
use crate::store::{AuditEvent, CommitError, Store, StoreError, Versioned, WriteSet};
use jiff::Timestamp;
use std::path::PathBuf;
use std::sync::Arc;

/// Boards answered at the same time: the rest of the machine is for syncs and the doors.
const PAGES_AT_ONCE: usize = 2;
/// Files kept at once for boards that are exported, each of at most a gigabyte.
const EXPORTS_AT_ONCE: usize = 4;
/// Boards read at once from the store.
const LIST_STEP: usize = 500;
/// Boards of a workspace that are looked through.
const MAX_BOARDS: usize = 10_000;

/// What a host sets.
#[derive(Clone, Debug)]
pub struct BoardSettings {
    /// Whose days are meant by "days ago" and by dates without time.
    pub zone: jiff::tz::TimeZone,
    /// Bytes that the columns of all connections may take; those that nobody looks at are dropped for others.
    pub max_bytes: usize,
    /// Where the files of exports are kept while they are sent: on a disk, not in memory.
    pub spool: PathBuf,
}

/// Two organisations of a million users each, or hundreds of usual ones.
const DEFAULT_MAX_BYTES: usize = 2 << 30;

impl Default for BoardSettings {
    fn default() -> Self {
        Self { zone: jiff::tz::TimeZone::UTC, max_bytes: DEFAULT_MAX_BYTES, spool: std::env::temp_dir() }
    }
}

/// The boards of all workspaces. Cheap to clone.
#[derive(Clone)]
pub struct Boards {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub store: Store,
    pub settings: BoardSettings,
    pub catalog: Catalog,
    pub tables: Tables,
    pub pages: Pages,
    pub persons: PersonCache,
    pub permits: tokio::sync::Semaphore,
    pub exports: Arc<tokio::sync::Semaphore>,
    pub may_use: MayUse,
}

impl Boards {
    /// Boards over this store, for people who may use their connections. Nothing is loaded before the first reader.
    pub fn new(store: Store, settings: BoardSettings, may_use: MayUse) -> Self {
        let tables = Tables::new(store.clone(), settings.max_bytes);
        let permits = tokio::sync::Semaphore::new(PAGES_AT_ONCE);
        let exports = Arc::new(tokio::sync::Semaphore::new(EXPORTS_AT_ONCE));
        let catalog = Catalog::new(settings.zone.clone());
        let (pages, persons) = (Pages::default(), PersonCache::default());
        let inner = Inner { store, settings, catalog, tables, pages, persons, permits, exports, may_use };
        Self { inner: Arc::new(inner) }
    }

    /// What each connection offers: told by whoever knows, at start and after each check.
    pub fn catalog(&self) -> &Catalog {
        &self.inner.catalog
    }

    /// Manifests of the connection flipped: rebuilds the tables in memory beside those in use, then swaps them. Await the handle to
    /// know when readers see the new data; a failure is logged and the tables before stay.
    pub fn refresh(&self, workspace: &WorkspaceId, connection: &ConnectionId) -> tokio::task::JoinHandle<()> {
        let (boards, place) = (self.clone(), (workspace.clone(), connection.clone()));
        tokio::spawn(async move {
            let Some(offer) = boards.inner.catalog.get(&place.0, &place.1) else { return };
            if let Err(error) = boards.inner.tables.refresh(&place, &offer).await {
                tracing::warn!(connection.id = %place.1, "boards of {} keep the data they have: {error:#}", place.1);
            }
        })
    }

    /// Bytes held by the columns and resolved relationships of all tables in memory.
    pub fn resident_bytes(&self) -> usize {
        self.inner.tables.bytes()
    }

    /// Bytes held by the columns of a connection; 0 while nobody looks at its boards.
    pub fn bytes_of(&self, workspace: &WorkspaceId, connection: &ConnectionId) -> usize {
        self.inner.tables.bytes_of(&(workspace.clone(), connection.clone()))
    }

    /// The connection is gone: its tables and its catalog go.
    pub fn forget(&self, workspace: &WorkspaceId, connection: &ConnectionId) {
        self.inner.catalog.remove(workspace, connection);
        self.inner.tables.forget(&(workspace.clone(), connection.clone()));
    }

    /// The boards the person may see, by name.
    pub async fn list(&self, actor: &Actor) -> Outcome<Vec<BoardSummary>> {
        let mut boards = Vec::new();
        let mut after: Option<String> = None;
        while boards.len() < MAX_BOARDS {
            let step = self.inner.store.control.list::<Board>(&actor.workspace, after.as_deref(), LIST_STEP).await;
            let step = step.map_err(failed)?;
            let Some(last) = step.last() else { break };
            after = Some(last.value.id.0.clone());
            boards.extend(step.into_iter().filter_map(|board| self.summary(&board.value, actor)));
        }
        boards.sort_by_cached_key(|board| (fold(&board.name).into_owned(), board.id.clone()));
        Ok(boards)
    }

    /// The boards meant by a name: those called exactly so; if there are none, those that start with it, then those that contain it.
    pub async fn find(&self, actor: &Actor, words: &str) -> Outcome<Vec<BoardSummary>> {
        let words = fold(words.trim()).into_owned();
        let place = |board: &BoardSummary| {
            let name = fold(&board.name).into_owned();
            match () {
                () if name == words => Some(0),
                () if name.starts_with(&words) => Some(1),
                () if name.contains(&words) => Some(2),
                () => None,
            }
        };
        let boards = self.list(actor).await?.into_iter();
        let mut found: Vec<_> = boards.filter_map(|board| Some((place(&board)?, board))).collect();
        found.sort_by_key(|(place, _)| *place);
        if found.first().is_some_and(|(place, _)| *place == 0) {
            found.retain(|(place, _)| *place == 0);
        }
        Ok(found.into_iter().map(|(_, board)| board).collect())
    }

    /// Makes a board, private to its owner. Its definition must fit the connection whole.
    pub async fn create(&self, actor: &Actor, board: NewBoard) -> Outcome<BoardId> {
        let board = self.fitting(actor, BoardId::fresh(), board).await?;
        let write = WriteSet::default().create(&board).audit(event(Some(actor), "board.created", &board));
        self.commit(&actor.workspace, write).await?;
        Ok(board.id)
    }

    /// Gives a board another name.
    pub async fn rename(&self, actor: &Actor, board: &BoardId, name: &str) -> Outcome<()> {
        let name = checked_name(name)?;
        let mut stored = self.disposable(actor, board).await?;
        stored.value.name = name;
        let audit = event(Some(actor), "board.renamed", &stored.value);
        self.commit(&actor.workspace, WriteSet::default().update(stored.version, &stored.value).audit(audit)).await
    }

    /// Deletes a board for good. One that came from a template does not come back with the next install.
    pub async fn delete(&self, actor: &Actor, board: &BoardId) -> Outcome<()> {
        let stored = self.disposable(actor, board).await?;
        let mut write = WriteSet::default();
        write.expect.push((crate::store::Entity::key(&stored.value), crate::store::Expect::Version(stored.version)));
        write = write.delete::<Board>(&board.0).audit(event(Some(actor), "board.deleted", &stored.value));
        if stored.value.template.is_some() {
            write = write.put(&DeletedTemplate { board: board.clone() });
        }
        self.commit(&actor.workspace, write).await
    }

    /// Makes the boards of the templates of all connections, for everyone in the workspace to view. Those that are there, or were there
    /// and were deleted, stay as they are; one that joins a tool that is not connected waits until it is. Answers the boards that are
    /// there then. A template that cannot be read is logged and passed over.
    pub async fn install_templates(&self, workspace: &WorkspaceId) -> Outcome<Vec<BoardId>> {
        let mut installed = Vec::new();
        for offer in self.inner.catalog.all(workspace) {
            for template in &offer.catalog.description.templates {
                installed.extend(self.install(workspace, &offer.catalog, template).await?);
            }
        }
        Ok(installed)
    }

    async fn install(
        &self,
        workspace: &WorkspaceId,
        catalog: &ConnectionCatalog,
        template: &BoardTemplate,
    ) -> Outcome<Option<BoardId>> {
        let control = &self.inner.store.control;
        let id = template_board_id(&catalog.connection, &template.name);
        if control.load::<DeletedTemplate>(workspace, &id.0).await.map_err(failed)?.is_some() {
            return Ok(None);
        }
        if control.load::<Board>(workspace, &id.0).await.map_err(failed)?.is_none() {
            let Some(mut board) = from_template(id.clone(), &catalog.connected_by, catalog, template) else {
                return Ok(None);
            };
            board = self.pinned_board(&self.inner.catalog.all(workspace), board);
            let is_pinned = |alias: &str| board.definition.connections.contains_key(alias);
            if !board.definition.aliases().into_iter().all(is_pinned) {
                return Ok(None);
            }
            let write = WriteSet::default().create(&board).audit(event(None, "board.installed", &board));
            match control.commit(workspace, write).await {
                // Somebody else installed it meanwhile: all the same.
                Ok(()) | Err(CommitError::Conflict(_)) => {}
                Err(error) => return Err(AppError::Fault(error.into())),
            }
        }
        Ok(Some(id))
    }

    /// The board, when the person may do this with it. To people who may not even see it, it does not exist.
    pub(super) async fn allowed(
        &self,
        actor: &Actor,
        board: &BoardId,
        deed: Deed,
    ) -> Outcome<(Versioned<Board>, Right)> {
        let stored = self.inner.store.control.load::<Board>(&actor.workspace, &board.0).await.map_err(failed)?;
        let right = stored.as_ref().and_then(|stored| right_on(&stored.value, actor));
        if let (Some(stored), true) = (&stored, right.is_some()) {
            self.admit(actor, &stored.value, deed)?;
        }
        match (stored, may(right, actor.is_admin(), deed)) {
            (Some(stored), true) => Ok((stored, right.unwrap_or(Right::Viewer))),
            (Some(_), false) if right.is_some() => Err(AppError::refused(
                "You may view this board, not change it. Ask its owner to do it or to share it as editor.",
            )),
            _ => Err(AppError::refused(
                "This board does not exist, or it is not shared with you. Use `/boards` to see yours.",
            )),
        }
    }

    /// What a connection offers, or a refusal.
    pub(super) fn offer_of(&self, workspace: &WorkspaceId, of: &ConnectionId) -> Outcome<Arc<Offer>> {
        let missing = "The connection of this board is not there. It was disconnected, or Weft is still starting: try again in a minute.";
        self.inner.catalog.get(workspace, of).ok_or_else(|| AppError::refused(missing))
    }

    /// A definition held against what was fetched and what the person may use, with the tables it needs.
    pub(super) async fn checked(
        &self,
        actor: &Actor,
        offer: &Arc<Offer>,
        definition: &Definition,
    ) -> Outcome<(Sources, Checked)> {
        let (workspace, connection) = (&actor.workspace, &offer.catalog.connection);
        let usable = self.offers(actor);
        let offers = &usable.open;
        let mut schema = Schema {
            aliases: definition.connections.clone(),
            barred: usable.barred(),
            persons: self.inner.persons.get(&self.inner.store, workspace).await?,
            ..Schema::of(offers.iter().map(|offer| &offer.catalog))
        };
        let needs = Needs::of(definition, &ObjectRef::new(connection, &definition.object), &schema, offers);
        let mut sources = Sources::new();
        for (connection, needs) in needs {
            let Some(offer) = offers.iter().find(|offer| offer.catalog.connection == connection) else { continue };
            sources.extend(self.inner.tables.get(&(workspace.clone(), connection), offer, &needs).await?);
        }
        let fields = |(object, source): (&ObjectRef, &Source)| (object.clone(), source.table.fields().to_vec());
        schema.fetched = sources.iter().map(fields).collect();
        let checked = Checked::new(definition, connection, &schema, &self.clock()).map_err(AppError::Refused)?;
        Ok((sources, checked))
    }

    /// The definition with the ids of the connections it joins: another connection of an integration does not change what it means.
    pub(super) fn pinned(&self, offers: &[Arc<Offer>], mut definition: Definition) -> Definition {
        let catalogs = offers.iter().map(|offer| &offer.catalog);
        let schema = Schema { aliases: definition.connections.clone(), ..Schema::of(catalogs) };
        let named = |alias: &str| Some((alias.to_owned(), schema.named(alias).ok()?.connection.clone()));
        let pinned: Vec<_> = definition.aliases().into_iter().filter_map(named).collect();
        definition.connections.extend(pinned);
        definition
    }

    /// The board with [`Boards::pinned`] connections.
    pub(super) fn pinned_board(&self, offers: &[Arc<Offer>], board: Board) -> Board {
        Board { definition: self.pinned(offers, board.definition), ..board }
    }

    pub(super) fn clock(&self) -> Clock {
        Clock { now: Timestamp::now(), zone: self.inner.settings.zone.clone() }
    }

    /// A board's name, for those who may rename and delete it.
    pub async fn disposable_name(&self, actor: &Actor, board: &BoardId) -> Outcome<String> {
        Ok(self.disposable(actor, board).await?.value.name)
    }

    async fn disposable(&self, actor: &Actor, board: &BoardId) -> Outcome<Versioned<Board>> {
        Ok(self.allowed(actor, board, Deed::Dispose).await?.0)
    }

    pub(super) async fn commit(&self, workspace: &WorkspaceId, write: WriteSet) -> Outcome<()> {
        self.inner.store.control.commit(workspace, write).await.map_err(|error| match error {
            CommitError::Conflict(_) => {
                AppError::refused("Somebody changed this board at the same moment. Nothing was changed; try again.")
            }
            other => AppError::Fault(other.into()),
        })
    }

    fn summary(&self, board: &Board, actor: &Actor) -> Option<BoardSummary> {
        let right = right_on(board, actor)?;
        let barrier = self.barrier_of(actor, board);
        if let Some(Barrier::Person(_)) = barrier {
            return None;
        }
        let offer = self.inner.catalog.get(&actor.workspace, &board.connection);
        let catalog = offer.as_ref().map(|offer| &offer.catalog);
        let object = &board.definition.object;
        let described = catalog.and_then(|catalog| catalog.description.object(object));
        Some(BoardSummary {
            id: board.id.clone(),
            name: board.name.clone(),
            object: object.clone(),
            plural: described.map_or_else(|| object.0.clone(), |object| object.plural.clone()),
            connection: board.connection.clone(),
            connection_title: catalog.map_or_else(|| board.connection.0.clone(), |catalog| catalog.title.clone()),
            owner: board.owner.clone(),
            via: via(board, actor),
            is_disabled: barrier.is_some(),
            right,
        })
    }
}

fn via(board: &Board, actor: &Actor) -> Via {
    match () {
        () if board.owner == actor.user => Via::Own,
        () if board.shared_with.iter().any(|share| share.user == actor.user) => Via::Shared,
        () => Via::Everyone,
    }
}

pub(super) fn failed(error: StoreError) -> AppError {
    AppError::Fault(error.into())
}

pub(super) fn checked_name(name: &str) -> Outcome<String> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    match name.chars().count() {
        1..=MAX_NAME_CHARS => Ok(name),
        0 => Err(AppError::Inputs(vec![("name".to_owned(), "A board needs a name.".to_owned())])),
        _ => Err(AppError::Inputs(vec![("name".to_owned(), format!("At most {MAX_NAME_CHARS} characters."))])),
    }
}

pub(super) fn event(actor: Option<&Actor>, what: &str, board: &Board) -> AuditEvent {
    let about = vec![("board".to_owned(), board.id.0.clone()), ("connection".to_owned(), board.connection.0.clone())];
    AuditEvent { actor: actor.cloned(), what: what.to_owned(), about, detail: format!("Board “{}”", board.name) }
}

pub(super) fn from_template(
    id: BoardId,
    owner: &UserId,
    catalog: &ConnectionCatalog,
    template: &BoardTemplate,
) -> Option<Board> {
    let read = Definition::parse(&template.definition);
    let mut definition = match read {
        Ok(definition) => definition,
        Err(why) => {
            tracing::warn!(template.name = template.name, "template {} is passed over: {why}", template.name);
            return None;
        }
    };
    definition.connection = Some(catalog.connection.clone());
    Some(Board {
        id,
        name: template.title.chars().take(MAX_NAME_CHARS).collect(),
        connection: catalog.connection.clone(),
        owner: owner.clone(),
        shared_with: Vec::new(),
        everyone: Some(Right::Viewer),
        template: Some(template.name.clone()),
        definition,
        created_at: Timestamp::now().as_millisecond(),
    })
}
