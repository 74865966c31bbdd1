//! Boards made of boards: copies, definitions as text, and boards that are shown without being stored.

use super::board::{Board, NewBoard};
use super::definition::Definition;
use super::rights::Deed;
use super::service::{Boards, checked_name, event};
use crate::domain::{Actor, AppError, BoardId, Outcome};
use crate::store::WriteSet;
use jiff::Timestamp;

/// Beyond, a copy's name is cut before the word that says it is one.
const COPY: &str = "Copy of ";

impl Boards {
    /// Copies a board that the person may change. The copy is theirs and shared with nobody. `copy` is its id: a second time with the
    /// same one does nothing more.
    pub async fn duplicate(&self, actor: &Actor, board: &BoardId, copy: BoardId) -> Outcome<BoardId> {
        let (stored, _) = self.allowed(actor, board, Deed::Change).await?;
        let name: String = format!("{COPY}{}", stored.value.name).chars().take(super::MAX_NAME_CHARS).collect();
        let made = Board {
            id: copy.clone(),
            owner: actor.user.clone(),
            shared_with: Vec::new(),
            everyone: None,
            template: None,
            name,
            created_at: Timestamp::now().as_millisecond(),
            ..stored.value
        };
        self.create_once(actor, &made, "board.duplicated").await?;
        Ok(copy)
    }

    /// A board's name, and its definition as TOML that [`Definition::parse`] reads, for those who may change it.
    pub async fn as_text(&self, actor: &Actor, board: &BoardId) -> Outcome<(String, String)> {
        let (stored, _) = self.allowed(actor, board, Deed::Change).await?;
        let definition = Definition { connection: Some(stored.value.connection), ..stored.value.definition };
        let text = definition.to_toml().map_err(|error| AppError::Fault(error.into()))?;
        Ok((stored.value.name, text))
    }

    /// A board that is shown and not stored.
    pub(super) fn transient(&self, actor: &Actor, name: &str, definition: Definition) -> Outcome<Board> {
        let connection = definition.connection.clone();
        Ok(Board {
            id: BoardId(String::new()),
            name: name.to_owned(),
            connection: connection
                .ok_or_else(|| AppError::refused("The board names no connection. It was not saved."))?,
            owner: actor.user.clone(),
            shared_with: Vec::new(),
            everyone: None,
            template: None,
            definition,
            created_at: Timestamp::now().as_millisecond(),
        })
    }

    /// A board with this content, private to the person, when all of it fits the connection.
    pub(super) async fn fitting(&self, actor: &Actor, id: BoardId, new: NewBoard) -> Outcome<Board> {
        let definition = self.pinned(&self.offers(actor).open, new.definition);
        let board = Board { id, ..self.transient(actor, &checked_name(&new.name)?, definition)? };
        let offer = self.offer_for(actor, &board.connection)?;
        let (_, checked) = self.checked(actor, &offer, &board.definition).await?;
        if !checked.broken.is_empty() {
            return Err(AppError::refused(format!("The board was not saved. {}", checked.broken.join(" "))));
        }
        Ok(board)
    }

    /// Creates a board unless it was created before by the same click.
    pub(super) async fn create_once(&self, actor: &Actor, board: &Board, what: &str) -> Outcome<()> {
        let known = self.inner.store.control.load::<Board>(&actor.workspace, &board.id.0).await;
        match known.map_err(super::service::failed)? {
            Some(known) if known.value.owner == actor.user => Ok(()),
            Some(_) => Err(AppError::refused("There is a board with this id already. Nothing was made.")),
            None => {
                let write = WriteSet::default().create(board).audit(event(Some(actor), what, board));
                self.commit(&actor.workspace, write).await
            }
        }
    }
}
