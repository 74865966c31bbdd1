//! Telling people: brings every copy of a request's card, every board on screen and every Home up to date. Nothing depends on
//! how often it runs: what is drawn already is left alone, and each address is durable before the next message is posted.

use super::screens::{self, digest};
use super::visit::FlowError;
use super::{cards, disconnect, home, owners};
use crate::actions::Notice;
use crate::connections::Gone;
use crate::domain::{AppError, ConnectionId, Millis, UserId, WorkspaceId};
use crate::slack::address::ConnectionMessage;
use crate::slack::render::{self, Tile};
use crate::slack::{Door, SlackError};
use crate::store::{Job, JobKind, WriteSet};
use anyhow::Context;
use serde::Deserialize;

/// What a notice is about.
#[derive(Deserialize)]
#[serde(untagged)]
enum About {
    /// A request changed.
    Request(Notice),
    /// Something a person should know that is about no connection: one that was not made.
    Sentence {
        /// Who.
        user: UserId,
        /// What happened, what was not done, what to do.
        sentence: String,
    },
    /// A connection is going or gone, and its boards with it.
    Gone {
        /// Which, and by whom.
        gone: Gone,
    },
    /// A connection changed, or is being fetched and the next look is due.
    Connection {
        /// Which.
        connection: ConnectionId,
        /// Only how far the fetch is.
        #[serde(default)]
        progress: bool,
    },
}

/// Between two looks at a fetch under way: Slack's advice for edits is one in three seconds.
const LOOK_AGAIN: Millis = 5_000;

/// Takes a notice. Answers what follows from it.
pub(super) async fn notify(door: &Door, workspace: &WorkspaceId, payload: &[u8]) -> Result<WriteSet, FlowError> {
    match serde_json::from_slice::<About>(payload).context("a notice")? {
        About::Request(notice) => request(door, workspace, &notice).await.map(|()| WriteSet::default()),
        About::Sentence { user, sentence } => {
            let Some(session) = door.session(workspace) else { return Ok(WriteSet::default()) };
            let sent = async {
                let channel = session.direct_channel(&user).await?;
                session.post(&channel, None, &render::sentence(&sentence)).await
            };
            match sent.await {
                // Slack does not know the person any more: there is nobody to tell.
                Ok(_) | Err(SlackError::NotFound(_)) => Ok(WriteSet::default()),
                Err(error) => Err(error.into()),
            }
        }
        About::Gone { gone } => disconnect::gone(door, workspace, &gone).await.map(|()| WriteSet::default()),
        About::Connection { connection, progress } => self::connection(door, workspace, &connection, progress).await,
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

async fn connection(
    door: &Door,
    workspace: &WorkspaceId,
    id: &ConnectionId,
    progress: bool,
) -> Result<WriteSet, FlowError> {
    let tile = door.directory().told_tile(workspace, id).await?;
    if let Some(tile) = &tile {
        tell_connector(door, workspace, tile).await?;
    }
    if !progress {
        screens::redraw(door, workspace, id).await?;
        owners::tell(door, workspace, id).await?;
    }
    home::redraw(door, workspace, None).await?;
    let again = tile.is_some_and(|tile| tile.is_fetching).then(|| look_again(id, door.now()));
    Ok(again.into_iter().fold(WriteSet::default(), WriteSet::enqueue))
}

/// The next look, the same one for all who ask for it within the same few seconds.
fn look_again(connection: &ConnectionId, now: Millis) -> Job {
    let turn = now / LOOK_AGAIN + 1;
    Job {
        id: format!("notify/connection/{connection}/progress/{turn}"),
        kind: JobKind::Notify,
        lane: None,
        due: turn * LOOK_AGAIN,
        payload: serde_json::json!({"connection": connection, "progress": true}).to_string().into_bytes(),
    }
}

/// One message for the person who connected it, updated in place.
async fn tell_connector(door: &Door, workspace: &WorkspaceId, tile: &Tile) -> Result<(), FlowError> {
    let Some(session) = door.session(workspace) else { return Ok(()) };
    let id = &tile.id;
    let message = render::connection_message(tile);
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
