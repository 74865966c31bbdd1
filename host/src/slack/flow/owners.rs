//! Owners whose boards are disabled since they may not use a connection: told once, and again when the boards are back.

use super::visit::FlowError;
use crate::domain::{ConnectionId, UserId, WorkspaceId};
use crate::slack::address::OwnerMessage;
use crate::slack::client::Session;
use crate::slack::render;
use crate::slack::{Door, SlackError};
use crate::store::{Entity, WriteSet};
use anyhow::Context;

/// Owners told of one connection: with more of them, somebody took it from a whole company.
const OWNERS: usize = 500;

/// Tells the owners that do not know yet, and those whose boards are back.
pub(super) async fn tell(door: &Door, workspace: &WorkspaceId, connection: &ConnectionId) -> Result<(), FlowError> {
    let Some(session) = door.session(workspace) else { return Ok(()) };
    let disabled = door.boards().disabled_by(workspace, connection).await?;
    let told = told(door, workspace, connection).await?;
    for (owner, boards) in disabled.iter().take(OWNERS) {
        let Err(lost) = door.boards().use_of(workspace, owner, connection) else { continue };
        if told.iter().any(|message| &message.owner == owner) {
            continue;
        }
        let Some((channel, ts)) = post(&session, owner, &render::boards_disabled(&lost, boards)).await? else {
            continue;
        };
        let (connection, owner) = (connection.clone(), owner.clone());
        let message = OwnerMessage { connection, title: lost.title, owner, channel, ts };
        // Before the next is posted: a crash in between costs one message too many.
        keep(door, workspace, WriteSet::default().put(&message)).await?;
    }
    for message in told.iter().filter(|message| !disabled.contains_key(&message.owner)) {
        if door.boards().use_of(workspace, &message.owner, connection).is_ok() {
            let back = render::boards_are_back(&message.title);
            match session.update(&message.channel, &message.ts, &back).await {
                Err(SlackError::NotFound(_)) => post(&session, &message.owner, &back).await.map(drop)?,
                updated => updated?,
            }
        }
        keep(door, workspace, WriteSet::default().delete::<OwnerMessage>(message.id())).await?;
    }
    Ok(())
}

async fn told(door: &Door, workspace: &WorkspaceId, connection: &ConnectionId) -> Result<Vec<OwnerMessage>, FlowError> {
    let after = format!("{connection}/");
    let found = door.store().control.list::<OwnerMessage>(workspace, Some(&after), OWNERS).await;
    let found = found.context("which owners were told")?.into_iter().map(|found| found.value);
    Ok(found.take_while(|message| &message.connection == connection).collect())
}

/// Where the message is. None: Slack does not know the person any more.
async fn post(
    session: &Session,
    owner: &UserId,
    message: &crate::slack::client::Message,
) -> Result<Option<(String, String)>, SlackError> {
    let sent = async {
        let channel = session.direct_channel(owner).await?;
        let ts = session.post(&channel, None, message).await?;
        Ok((channel, ts))
    };
    match sent.await {
        Err(SlackError::NotFound(_)) => Ok(None),
        sent => sent.map(Some),
    }
}

async fn keep(door: &Door, workspace: &WorkspaceId, write: WriteSet) -> Result<(), FlowError> {
    Ok(door.store().control.commit(workspace, write).await.context("which owners were told")?)
}
