//! The menu of a board: another name, a copy, its text, its end, and looking for rows.

use super::screens;
use super::visit::Visit;
use crate::domain::{BoardId, Outcome};
use crate::slack::SlackError;
use crate::slack::render;
use serde_json::Value as Json;

impl Visit {
    pub(super) async fn ask_name(&self, board: &BoardId) -> Result<(), SlackError> {
        let work = async {
            let name = self.door.boards().disposable_name(&self.actor, board).await?;
            Ok(render::rename_board(board, &name))
        };
        self.ask("Looking up the board…", board, work).await
    }

    pub(super) async fn rename_board(&self, board: &BoardId, name: &str) -> Result<(), SlackError> {
        let renamed = self.door.boards().rename(&self.actor, board, name).await;
        let is_done = renamed.is_ok();
        self.end("Rename board", renamed.map(|()| "The board has its new name.".to_owned())).await?;
        if is_done { self.redraw_board(board).await } else { Ok(()) }
    }

    pub(super) async fn ask_whether_to_delete(&self, board: &BoardId) -> Result<(), SlackError> {
        let work = async {
            let name = self.door.boards().disposable_name(&self.actor, board).await?;
            Ok(render::delete_board(board, &name))
        };
        self.ask("Looking up the board…", board, work).await
    }

    pub(super) async fn delete_board(&self, board: &BoardId) -> Result<(), SlackError> {
        let name = self.door.boards().disposable_name(&self.actor, board).await;
        let deleted = match name {
            Ok(name) => self.door.boards().delete(&self.actor, board).await.map(|()| name),
            Err(error) => Err(error),
        };
        let is_done = deleted.is_ok();
        self.end("Delete board", deleted.map(|name| format!("“{name}” is deleted."))).await?;
        if !is_done {
            return Ok(());
        }
        let gone = screens::replace_gone(&self.door, &self.actor.workspace, board).await;
        self.ended(gone).await
    }

    pub(super) async fn duplicate_board(&self, board: &BoardId) -> Result<(), SlackError> {
        match self.door.boards().duplicate(&self.actor, board, self.fresh_board()).await {
            Ok(copy) => self.open_board(&copy).await,
            Err(error) => self.refuse(error).await,
        }
    }

    pub(super) async fn board_text(&self, board: &BoardId) -> Result<(), SlackError> {
        let work = async {
            let (name, text) = self.door.boards().as_text(&self.actor, board).await?;
            Ok(render::board_text(board, &name, &text))
        };
        self.ask("Writing it down…", board, work).await
    }

    pub(super) async fn ask_words(&self, board: &BoardId) -> Result<(), SlackError> {
        let work = async { Ok(render::search_board(board)) };
        self.ask("Opening…", board, work).await
    }

    /// A window opened from a board's message; the click renews the way in which that message can be replaced.
    pub(super) async fn ask(
        &self,
        doing: &str,
        board: &BoardId,
        work: impl Future<Output = Outcome<Json>>,
    ) -> Result<(), SlackError> {
        let shown = self.in_modal(doing, work).await;
        self.touch_board(board).await;
        shown
    }

    pub(super) async fn redraw_board(&self, board: &BoardId) -> Result<(), SlackError> {
        let drawn = screens::redraw_board(&self.door, &self.actor.workspace, board).await;
        self.ended(drawn).await
    }

    /// The id of a board that this click makes: the same when the click is worked on again.
    pub(super) fn fresh_board(&self) -> BoardId {
        BoardId(blake3::hash(self.dedup.as_bytes()).to_hex()[..32].to_owned())
    }
}
