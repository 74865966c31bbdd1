//! What becomes of the boards when a connection is disconnected: those that use it are deleted for good, with their shares, drafts and
//! what admins said of its records. Each step may be taken again; who lost boards is kept with each deletion, so that they are told once.

use super::board::{Board, DeletedTemplate, template_board_id};
use super::draft::Draft;
use super::persons::Saying;
use super::service::{Boards, event, failed};
use crate::domain::{Actor, BoardId, ConnectionId, Outcome, UserId, WorkspaceId};
use crate::store::{AuditEvent, CommitError, Entity, Expect, Store, StoreError, Versioned, WriteSet};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Entities looked through at once.
const LIST_STEP: usize = 500;
/// Boards deleted by one commit: with their audit rows and owners well below what a commit takes.
const DELETED_AT_ONCE: usize = 100;
/// Boards named to the owner who lost them; the rest is counted.
const NAMED: usize = 10;
/// Rounds of deleting: two, and more while somebody changes or makes boards at the same moment.
const ROUNDS: usize = 100;

/// A board that uses a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsingBoard {
    /// Which.
    pub id: BoardId,
    /// As it is called.
    pub name: String,
    /// Whose it is.
    pub owner: UserId,
}

/// The boards that a person lost with a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostBoards {
    /// The connection.
    pub connection: ConnectionId,
    /// Whose boards.
    pub owner: UserId,
    /// The first of them by name.
    pub names: Vec<String>,
    /// How many in all.
    pub count: usize,
}

impl Entity for LostBoards {
    const KIND: &'static str = "lost-boards";

    fn id(&self) -> String {
        format!("{}/{}", self.connection, self.owner)
    }
}

impl Boards {
    /// The boards that use a connection, whoever may see them.
    pub async fn using(&self, workspace: &WorkspaceId, connection: &ConnectionId) -> Outcome<Vec<UsingBoard>> {
        let boards = self.stored_using(workspace, connection).await.map_err(failed)?.into_iter();
        Ok(boards
            .map(|Versioned { value: Board { id, name, owner, .. }, .. }| UsingBoard { id, name, owner })
            .collect())
    }

    /// Whether there is a board of this id, whoever may see it.
    pub async fn exists(&self, workspace: &WorkspaceId, board: &BoardId) -> Outcome<bool> {
        Ok(self.inner.store.control.load::<Board>(workspace, &board.0).await.map_err(failed)?.is_some())
    }

    async fn stored_using(
        &self,
        workspace: &WorkspaceId,
        connection: &ConnectionId,
    ) -> Result<Vec<Versioned<Board>>, StoreError> {
        let uses = |board: &Board| self.used(workspace, board).contains(connection);
        all(&self.inner.store, workspace, uses).await
    }

    /// Deletes the boards that use a connection, and forgets what it offers, so that no template of it comes back.
    pub async fn delete_using(
        &self,
        workspace: &WorkspaceId,
        connection: &ConnectionId,
        by: &Actor,
    ) -> anyhow::Result<()> {
        let templates = self.inner.catalog.get(workspace, connection);
        let templates = templates.map(|offer| offer.catalog.description.templates.clone()).unwrap_or_default();
        self.delete_all_using(workspace, connection, by).await?;
        let ids = templates.iter().map(|template| template_board_id(connection, &template.name));
        let write = ids.fold(WriteSet::default(), |write, id| write.delete::<DeletedTemplate>(id.0));
        self.inner.store.control.commit(workspace, write).await?;
        self.delete_drafts(workspace, connection).await
    }

    async fn delete_all_using(
        &self,
        workspace: &WorkspaceId,
        connection: &ConnectionId,
        by: &Actor,
    ) -> anyhow::Result<()> {
        for _ in 0..ROUNDS {
            let found = self.stored_using(workspace, connection).await?;
            if found.is_empty() {
                if self.inner.catalog.get(workspace, connection).is_none() {
                    return Ok(());
                }
                // Once more without what it offers: what was made of a template meanwhile goes, and nothing more can be made of one.
                self.forget(workspace, connection);
            }
            for some in found.chunks(DELETED_AT_ONCE) {
                match self.delete_some(workspace, connection, by, some).await {
                    // Somebody changed one at the same moment: it is looked at again.
                    Ok(()) | Err(CommitError::Conflict(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        anyhow::bail!("boards over connection {connection} are made all the time while they are deleted")
    }

    /// The boards, the audit of each, and what their owners will hear, in one commit.
    async fn delete_some(
        &self,
        workspace: &WorkspaceId,
        connection: &ConnectionId,
        by: &Actor,
        some: &[Versioned<Board>],
    ) -> Result<(), CommitError> {
        let mut write = WriteSet::default();
        let mut lost: BTreeMap<UserId, Vec<String>> = BTreeMap::new();
        for Versioned { version, value } in some {
            write.expect.push((value.key(), Expect::Version(*version)));
            let mut audit = event(Some(by), "board.deleted", value);
            audit.detail = format!("{} of {}, since its connection was disconnected", audit.detail, value.owner);
            write = write.delete::<Board>(value.id.0.clone()).audit(audit);
            lost.entry(value.owner.clone()).or_default().push(value.name.clone());
        }
        for (owner, mut names) in lost {
            let known = LostBoards { connection: connection.clone(), owner, names: Vec::new(), count: 0 };
            let known = self
                .inner
                .store
                .control
                .load::<LostBoards>(workspace, &known.id())
                .await?
                .map_or(known, |found| found.value);
            let count = known.count + names.len();
            names.extend(known.names);
            names.sort();
            names.truncate(NAMED);
            write = write.put(&LostBoards { names, count, ..known });
        }
        self.inner.store.control.commit(workspace, write).await
    }

    /// Drafts over its objects: what people typed last.
    async fn delete_drafts(&self, workspace: &WorkspaceId, connection: &ConnectionId) -> anyhow::Result<()> {
        let is_over = |draft: &Draft| {
            let is_base = draft.base.as_ref().is_some_and(|(of, _)| of == connection);
            is_base || draft.connections.values().any(|of| of == connection)
        };
        let drafts = all(&self.inner.store, workspace, is_over).await?;
        for some in drafts.chunks(DELETED_AT_ONCE) {
            let write =
                some.iter().fold(WriteSet::default(), |write, draft| write.delete::<Draft>(draft.value.id.clone()));
            self.inner.store.control.commit(workspace, write).await?;
        }
        Ok(())
    }

    /// Who lost boards with this connection, as far as they are not told yet.
    pub async fn lost_with(
        &self,
        workspace: &WorkspaceId,
        connection: &ConnectionId,
    ) -> anyhow::Result<Vec<LostBoards>> {
        let of_it = |lost: &LostBoards| &lost.connection == connection;
        Ok(all(&self.inner.store, workspace, of_it).await?.into_iter().map(|lost| lost.value).collect())
    }

    /// Forgets what admins said of records of a connection.
    pub async fn forget_persons_of(
        &self,
        workspace: &WorkspaceId,
        connection: &ConnectionId,
        by: &Actor,
    ) -> anyhow::Result<()> {
        let _turn = self.inner.persons.changing().await;
        let names = |saying: &Saying| [&saying.a, &saying.b].iter().any(|record| &record.connection == connection);
        let sayings = all(&self.inner.store, workspace, names).await?;
        for some in sayings.chunks(DELETED_AT_ONCE) {
            let forgotten = AuditEvent {
                actor: Some(by.clone()),
                what: "person.unsaid".to_owned(),
                about: vec![("connection".to_owned(), connection.0.clone())],
                detail: format!("What was said of {} pairs of records went with their connection", some.len()),
            };
            let gone = |write: WriteSet, saying: &Versioned<Saying>| write.delete::<Saying>(saying.value.id());
            let write = some.iter().fold(WriteSet::default(), gone).audit(forgotten);
            let committed = self.inner.store.control.commit(workspace, write).await;
            // Also after a failure: whether it was stored is then not known here.
            self.inner.persons.forget(workspace);
            committed?;
        }
        Ok(())
    }
}

/// Every stored entity of this kind that is meant.
async fn all<E: Entity>(
    store: &Store,
    workspace: &WorkspaceId,
    is_meant: impl Fn(&E) -> bool,
) -> Result<Vec<Versioned<E>>, StoreError> {
    let (mut found, mut after): (Vec<Versioned<E>>, Option<String>) = (Vec::new(), None);
    loop {
        let step = store.control.list::<E>(workspace, after.as_deref(), LIST_STEP).await?;
        let Some(last) = step.last() else { return Ok(found) };
        after = Some(last.value.id());
        found.extend(step.into_iter().filter(|one| is_meant(&one.value)));
    }
}
