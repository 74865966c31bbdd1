//! A row of a board: what can be done with it, who it is in other tools, and what an admin says of that.

use super::screens;
use super::visit::{Visit, spoken};
use crate::boards::Said;
use crate::domain::{BoardId, ObjectRef, Outcome, RecordRef};
use crate::slack::SlackError;
use crate::slack::block;
use crate::slack::meta::Meta;
use crate::slack::render::{self, Others, Row};
use serde_json::Value as Json;
use std::time::Duration;

/// Who wants to act on a row waits no longer for other tools: these are looked up when somebody asks.
const GLANCE: Duration = Duration::from_millis(900);

/// How long other tools are looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// As long as nobody notices.
    Briefly,
    /// As long as it takes.
    Whole,
}

/// What an admin wants to say of two records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// They are the same.
    Same,
    /// They are not.
    Apart,
    /// Nothing: keys decide.
    TakeBack,
}

impl Visit {
    /// The window of a row of a board that the person may see. Its actions are for those who may change the board.
    pub(super) async fn row(&self, board: &BoardId, key: &str, look: Look, alert: Option<&str>) -> Outcome<Json> {
        let base = self.base(board).await?;
        let record = RecordRef { connection: base.connection, object: base.base.clone(), key: key.to_owned() };
        let offered = if base.can_edit {
            Some(self.offered(Some(&ObjectRef::new(&record.connection, &record.object))).await?)
        } else {
            None
        };
        let title = self.title(&record).await?;
        let others = self.others(&record, look).await;
        let nonce = uuid::Uuid::new_v4().simple().to_string();
        let is_admin = self.actor.is_admin();
        let row = Row { record: &record, title: &title, others: &others, is_admin, nonce: &nonce, alert };
        Ok(render::row_menu(&row, offered.as_deref(), board))
    }

    /// What is wrong with other tools keeps nobody from acting on a row.
    async fn others(&self, record: &RecordRef, look: Look) -> Others {
        let matches = self.door.boards().matches(&self.actor, record);
        let found = match look {
            Look::Whole => matches.await,
            Look::Briefly => match tokio::time::timeout(GLANCE, matches).await {
                Ok(found) => found,
                Err(_) => return Others::Waiting,
            },
        };
        found.map_or_else(|error| Others::Failed(spoken(error)), Others::Found)
    }

    pub(super) async fn look_in_other_tools(&self) -> Result<(), SlackError> {
        let Some((board, row)) = self.row_in_window() else { return Ok(()) };
        self.in_modal("Looking in other tools…", self.row(&board, &row.key, Look::Whole, None)).await
    }

    /// Says it, shows the window again, and draws the boards that join the two tools.
    pub(super) async fn say(&self, other: &RecordRef, wish: Wish) -> Result<(), SlackError> {
        let Some((board, row)) = self.row_in_window() else { return Ok(()) };
        let boards = self.door.boards();
        let said = match wish {
            Wish::Same => boards.say(&self.actor, &row, other, true).await,
            Wish::Apart => boards.say(&self.actor, &row, other, false).await,
            Wish::TakeBack => boards.unsay(&self.actor, &row, other).await.map(|()| Said::Now),
        };
        let alert = match said {
            Ok(Said::Now) => None,
            Ok(Said::Before(before)) => {
                Some(format!("<@{}> said so {} already. Nothing was changed.", before.by, block::instant(before.at)))
            }
            Err(error) => Some(spoken(error)),
        };
        self.in_modal("Saving…", self.row(&board, &row.key, Look::Whole, alert.as_deref())).await?;
        let workspace = &self.actor.workspace;
        let drawn = screens::redraw_joined(&self.door, workspace, &row.connection, &other.connection).await;
        self.ended(drawn).await
    }

    fn row_in_window(&self) -> Option<(BoardId, RecordRef)> {
        match Meta::read(&self.modal.as_ref()?.metadata) {
            Meta::Menu { board: Some(board), row: Some(row) } => Some((board, row)),
            _ => None,
        }
    }
}
