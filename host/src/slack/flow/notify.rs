//! Telling people: brings every copy of a request's card, every board on screen and every Home up to date. Nothing depends on
//! how often it runs: what is drawn already is left alone, and each address is durable before the next message is posted.

use super::screens::{self, digest};
use super::visit::FlowError;
use super::{cards, home};
use crate::actions::Notice;
use crate::domain::{AppError, ConnectionId, WorkspaceId};
use crate::slack::address::ConnectionMessage;
use crate::slack::render;
use crate::slack::{Door, SlackError};
use crate::store::WriteSet;
use anyhow::Context;
use serde::Deserialize;

/// What a notice is about.
#[derive(Deserialize)]
#[serde(untagged)]
enum About {
    /// A request changed.
    Request(Notice),
    /// A connection changed.
    Connection { connection: ConnectionId },
}

/// Takes a notice.
pub(super) async fn notify(door: &Door, workspace: &WorkspaceId, payload: &[u8]) -> Result<(), FlowError> {
    match serde_json::from_slice::<About>(payload).context("a notice")? {
        About::Request(notice) => request(door, workspace, &notice).await,
        About::Connection { connection } => self::connection(door, workspace, &connection).await,
    }
}

async fn request(door: &Door, workspace: &WorkspaceId, notice: &Notice) -> Result<(), FlowError> {
    let Some(session) = door.session(workspace) else { return Ok(()) };
    let view = match door.actions().card(workspace, &notice.request).await {
        Ok(view) => view,
        // Forgotten meanwhile: there is nothing to tell.
        Err(AppError::Refused(_)) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    cards::bring_up_to_date(door, &session, workspace, &view, notice.why).await?;
    let mut concerned = view.approvers.clone();
    concerned.push(view.requester.clone());
    home::redraw(door, workspace, Some(&concerned)).await?;
    if render::has_results(&view) {
        screens::redraw(door, workspace, &view.connection).await?;
    }
    Ok(())
}

async fn connection(door: &Door, workspace: &WorkspaceId, id: &ConnectionId) -> Result<(), FlowError> {
    tell_connector(door, workspace, id).await?;
    screens::redraw(door, workspace, id).await?;
    home::redraw(door, workspace, None).await
}

/// One message for the person who connected it, updated in place.
async fn tell_connector(door: &Door, workspace: &WorkspaceId, id: &ConnectionId) -> Result<(), FlowError> {
    let Some(session) = door.session(workspace) else { return Ok(()) };
    let tiles = door.directory().tiles(workspace).await?;
    let Some(tile) = tiles.into_iter().find(|tile| &tile.id == id) else { return Ok(()) };
    let message = render::connection_message(&tile);
    let drawn = digest(&message);
    let known = door.store().control.load::<ConnectionMessage>(workspace, id.as_str()).await;
    let known = known.context("where a connection's message is")?.map(|known| known.value);
    if known.as_ref().is_some_and(|known| known.drawn == drawn) {
        return Ok(());
    }
    let updated = match &known {
        Some(known) => match session.update(&known.channel, &known.ts, &message).await {
            Err(SlackError::NotFound(_)) => None,
            updated => Some(updated.map(|()| known.clone())?),
        },
        None => None,
    };
    let at = match updated {
        Some(at) => ConnectionMessage { drawn, ..at },
        None => {
            let channel = session.direct_channel(&tile.connected_by).await?;
            let ts = session.post(&channel, None, &message).await?;
            ConnectionMessage { connection: id.clone(), channel, ts, drawn }
        }
    };
    let kept = door.store().control.commit(workspace, WriteSet::default().put(&at)).await;
    Ok(kept.context("where a connection's message is")?)
}
