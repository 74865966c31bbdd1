//! The App Home: drawn when it is looked at, and again for those who looked lately when what it shows changes.

use super::screens::digest_of;
use super::visit::{FlowError, Visit, spoken};
use crate::domain::{Actor, Millis, Outcome, UserId, WorkspaceId};
use crate::slack::address::HomeSeen;
use crate::slack::render::{self, Home};
use crate::slack::{Door, SlackError};
use crate::store::WriteSet;
use anyhow::Context;

/// A Home looked at longer ago is drawn again when it is next opened.
const LOOKED_AT_WITHIN: Millis = 2 * 60 * 60 * 1000;
/// Homes drawn again at one change: publishing is limited to about a hundred a minute.
const REDRAWN: usize = 25;
/// People remembered.
const REMEMBERED: usize = 1_000;

impl Visit {
    pub(super) async fn open_home(&self) -> Result<(), SlackError> {
        let view = render::home(&gather(&self.door, &self.actor).await);
        self.session.publish_home(&self.actor.user, &view).await?;
        let seen = HomeSeen { user: self.actor.user.clone(), at: self.door.now(), drawn: digest_of(&view) };
        note(&self.door, &self.actor.workspace, &seen).await;
        Ok(())
    }
}

/// Draws the Home again for these people, or for everybody, as far as they looked at it lately.
pub(super) async fn redraw(door: &Door, workspace: &WorkspaceId, only: Option<&[UserId]>) -> Result<(), FlowError> {
    let Some(session) = door.session(workspace) else { return Ok(()) };
    let seen = door.store().control.list::<HomeSeen>(workspace, None, REMEMBERED).await;
    let mut seen: Vec<HomeSeen> = seen.context("who looks at the Home")?.into_iter().map(|found| found.value).collect();
    let since = door.now() - LOOKED_AT_WITHIN;
    seen.retain(|one| one.at >= since && only.is_none_or(|only| only.contains(&one.user)));
    seen.sort_by_key(|one| std::cmp::Reverse(one.at));
    for one in seen.into_iter().take(REDRAWN) {
        let actor = door.directory().actor(workspace, &one.user);
        let view = render::home(&gather(door, &actor).await);
        let drawn = digest_of(&view);
        if drawn == one.drawn {
            continue;
        }
        match session.publish_home(&one.user, &view).await {
            Err(SlackError::NotFound(_) | SlackError::HashConflict) => {}
            Ok(()) => note(door, workspace, &HomeSeen { drawn, ..one }).await,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Notes who looks and what at; one that is lost costs a Home that is drawn again when it is next opened.
async fn note(door: &Door, workspace: &WorkspaceId, seen: &HomeSeen) {
    if let Err(error) = door.store().control.commit(workspace, WriteSet::default().put(seen)).await {
        tracing::warn!(%error, "Who looks at the Home could not be noted");
    }
}

/// All that the Home shows. A feature that fails leaves its part empty and says so.
async fn gather(door: &Door, actor: &Actor) -> Home {
    let mut problems = Vec::new();
    let waiting = part(door.actions().waiting_for(actor).await, &mut problems);
    let mine = part(door.actions().requested_by(actor).await, &mut problems);
    let boards = part(door.boards().list(actor).await, &mut problems);
    let tiles = part(door.directory().tiles(actor).await, &mut problems);
    let integrations = door.directory().integrations();
    Home { is_admin: actor.is_admin(), waiting, mine, boards, tiles, integrations, problems }
}

fn part<T>(found: Outcome<Vec<T>>, problems: &mut Vec<String>) -> Vec<T> {
    found.unwrap_or_else(|error| {
        problems.push(spoken(error));
        Vec::new()
    })
}
