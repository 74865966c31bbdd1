//! Pausing, resuming and disconnecting, and what becomes of messages about a connection that is gone.

use super::visit::{FlowError, Visit};
use super::{home, screens};
use crate::connections::Gone;
use crate::domain::{ConnectionId, WorkspaceId};
use crate::slack::address::{ConnectionMessage, OwnerMessage};
use crate::slack::render::{self, LastLook};
use crate::slack::{Door, SlackError};
use crate::store::{Entity, WriteSet};
use anyhow::Context;

/// Messages to owners of one connection, forgotten with it.
const OWNERS: usize = 500;

impl Visit {
    /// The tile says so by the notice that the change itself enqueues.
    pub(super) async fn pause(&self, connection: &ConnectionId) -> Result<(), SlackError> {
        let paused = self.door.directory().pause(&self.actor, connection).await;
        self.end("Pause", paused.map(|()| "Nothing is fetched until an admin resumes it.".to_owned())).await
    }

    pub(super) async fn resume(&self, connection: &ConnectionId) -> Result<(), SlackError> {
        let resumed = self.door.directory().resume(&self.actor, connection).await;
        self.end("Resume", resumed.map(|()| "The fetch begins.".to_owned())).await
    }

    pub(super) async fn ask_whether_to_disconnect(&self, connection: &ConnectionId) -> Result<(), SlackError> {
        let screen = async {
            let (door, workspace) = (&self.door, &self.actor.workspace);
            let farewell = door.directory().farewell(&self.actor, connection).await?;
            let boards = door.boards().using(workspace, connection).await?;
            let requests = door.actions().open_of(workspace, connection).await?;
            let look = LastLook {
                farewell,
                boards: boards.into_iter().map(|board| (board.name, board.owner)).collect(),
                requests: requests.into_iter().map(|one| (one.title, one.targets, one.requester)).collect(),
            };
            Ok(render::disconnect(connection, &look))
        };
        self.in_modal("Looking up what would go…", screen).await
    }

    pub(super) async fn disconnect(&self, connection: &ConnectionId, name: &str) -> Result<(), SlackError> {
        let begun = self.door.directory().disconnect(&self.actor, connection, name).await;
        let said = |title: String| format!("“{title}” is being disconnected. You are told when it is done.");
        self.end("Disconnect", begun.map(said)).await
    }
}

/// Covers the boards that went with a connection. Once the connection itself is gone, what is known of messages about it goes too.
pub(super) async fn gone(door: &Door, workspace: &WorkspaceId, gone: &Gone) -> Result<(), FlowError> {
    screens::cover_gone(door, workspace, &render::board_gone(gone)).await?;
    if door.directory().told_tile(workspace, &gone.connection).await?.is_none() {
        close_message(door, workspace, gone).await?;
        forget_owners(door, workspace, &gone.connection).await?;
    }
    home::redraw(door, workspace, None).await
}

/// The message about how it stood says that it is gone.
async fn close_message(door: &Door, workspace: &WorkspaceId, gone: &Gone) -> Result<(), FlowError> {
    let Some(session) = door.session(workspace) else { return Ok(()) };
    let control = &door.store().control;
    let known = control.load::<ConnectionMessage>(workspace, gone.connection.as_str()).await;
    let Some(known) = known.context("where a connection's message is")? else { return Ok(()) };
    match session.update(&known.value.channel, &known.value.ts, &render::disconnected(gone)).await {
        Ok(()) | Err(SlackError::NotFound(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let write = WriteSet::default().delete::<ConnectionMessage>(known.value.id());
    Ok(control.commit(workspace, write).await.context("where a connection's message is")?)
}

async fn forget_owners(door: &Door, workspace: &WorkspaceId, connection: &ConnectionId) -> Result<(), FlowError> {
    let after = format!("{connection}/");
    let found = door.store().control.list::<OwnerMessage>(workspace, Some(&after), OWNERS).await;
    let found = found.context("which owners were told")?.into_iter().map(|found| found.value);
    let told = found.take_while(|message| &message.connection == connection);
    let write = told.fold(WriteSet::default(), |write, message| write.delete::<OwnerMessage>(message.id()));
    Ok(door.store().control.commit(workspace, write).await.context("which owners were told")?)
}
