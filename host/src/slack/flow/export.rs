//! Files: a board's rows as CSV, and its definition.

use super::visit::Visit;
use crate::boards::Export;
use crate::domain::{BoardId, Outcome};
use crate::slack::SlackError;
use crate::slack::client::{FileShare, Upload};
use crate::slack::render;

impl Visit {
    /// Into the thread of a message that others see; from one that only the person sees, into their conversation with the app.
    pub(super) async fn export_board(&self, board: &BoardId) -> Result<(), SlackError> {
        self.touch_board(board).await;
        let export = match self.door.boards().export(&self.actor, board).await {
            Ok(export) => export,
            Err(error) => return self.refuse(error).await,
        };
        let comment = format!("{}: {} rows", crate::slack::block::escape(&export.name), export.rows);
        let sent = match self.public_thread() {
            Some((channel, thread)) => {
                let share = FileShare { channel: channel.clone(), thread: Some(thread), comment: comment.clone() };
                match self.session.upload(upload(&export), &share).await {
                    // The bot is not in the channel.
                    Err(SlackError::NotFound(_)) => self.send_privately(upload(&export), comment).await,
                    sent => sent,
                }
            }
            None => self.send_privately(upload(&export), comment).await,
        };
        match sent {
            Err(SlackError::Fatal(why)) => {
                tracing::error!(%why, "An export could not be uploaded");
                let text = "Slack did not take the file. Nothing was exported. An admin can see why in the log: the app may lack the permission to write files.";
                self.answer(&render::sentence(text)).await
            }
            sent => sent,
        }
    }

    /// Where the file is, when that is elsewhere than the message.
    async fn send_privately(&self, upload: Upload, comment: String) -> Result<(), SlackError> {
        let channel = self.session.direct_channel(&self.actor.user).await?;
        let is_here = self.channel.as_ref() == Some(&channel);
        self.session.upload(upload, &FileShare { channel, thread: None, comment }).await?;
        if is_here {
            return Ok(());
        }
        self.answer(&render::sentence("The file is in your messages with this app: only you see it.")).await
    }

    pub(super) async fn board_file(&self, board: &BoardId) -> Result<(), SlackError> {
        let file = match self.definition_file(board).await {
            Ok(file) => file,
            Err(error) => return self.refuse(error).await,
        };
        let channel = self.session.direct_channel(&self.actor.user).await?;
        let comment = "The board as text. To make a board of it: /weft new, then “As text”.".to_owned();
        self.session.upload(file, &FileShare { channel, thread: None, comment }).await?;
        self.end("Board as text", Ok("The file is in your messages with this app.".to_owned())).await
    }

    async fn definition_file(&self, board: &BoardId) -> Outcome<Upload> {
        let (name, text) = self.door.boards().as_text(&self.actor, board).await?;
        Ok(Upload::bytes(&format!("{name}.toml"), text.into_bytes()))
    }

    /// The message in which the board stands, when others see it.
    fn public_thread(&self) -> Option<(String, String)> {
        let at = self.message.as_ref().filter(|at| !at.ephemeral && !at.channel.starts_with('D'))?;
        Some((at.channel.clone(), at.ts.clone()))
    }
}

fn upload(export: &Export) -> Upload {
    let again = export.clone();
    Upload::stream(&export.file, export.bytes, move || again.stream())
}
