//! Sharing a board with people, with everyone, and into a channel.

use super::visit::Visit;
use crate::boards::{NewSharing, Shared};
use crate::domain::{BoardId, UserId};
use crate::slack::SlackError;
use crate::slack::render;

/// People who are told that a board was shared with them: more are found by the board itself, in their list.
const TOLD: usize = 20;

impl Visit {
    pub(super) async fn ask_with_whom(&self, board: &BoardId) -> Result<(), SlackError> {
        let work = async {
            let sharing = self.door.boards().sharing(&self.actor, board).await?;
            Ok(render::share_board(board, &sharing))
        };
        self.ask("Looking up with whom it is shared…", board, work).await
    }

    pub(super) async fn share_board_with(
        &self,
        board: &BoardId,
        sharing: &NewSharing,
        channel: Option<&str>,
    ) -> Result<(), SlackError> {
        let shared = self.door.boards().share(&self.actor, board, sharing).await;
        let told = match &shared {
            Ok(shared) => self.tell(board, &shared.new).await,
            Err(_) => Ok(()),
        };
        let is_done = shared.is_ok();
        self.end("Share board", shared.map(|shared| said(&shared))).await?;
        if let (true, Some(channel)) = (is_done, channel) {
            self.post_to(channel, board).await?;
        }
        told
    }

    /// Each person who did not have it before gets a button to open it.
    async fn tell(&self, board: &BoardId, new: &[UserId]) -> Result<(), SlackError> {
        let Ok(sharing) = self.door.boards().sharing(&self.actor, board).await else { return Ok(()) };
        for user in new.iter().filter(|user| **user != self.actor.user).take(TOLD) {
            let message = render::shared_with_you(board, &sharing.name, &self.actor.user);
            let direct = self.session.direct_channel(user).await?;
            match self.session.post(&direct, None, &message).await {
                Err(SlackError::NotFound(_)) => {}
                posted => posted.map(drop)?,
            }
        }
        Ok(())
    }
}

fn said(shared: &Shared) -> String {
    let barred: Vec<String> = shared.barred.iter().take(TOLD).map(|user| format!("<@{user}>")).collect();
    if barred.is_empty() {
        return "It is shared as you said.".to_owned();
    }
    format!(
        "It is shared as you said. {} may not use a tool that it shows, so it is not there for them until an admin lets them: Home, the \
         connection's menu, Manage permissions.",
        barred.join(", ")
    )
}
