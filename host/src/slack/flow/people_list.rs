//! A file dropped into the conversation with the app: taken in, shown as what it would change, and decided by a button.

use super::visit::{Visit, spoken};
use crate::domain::{AppError, Outcome};
use crate::slack::SlackError;
use crate::slack::inbound::SharedFile;
use crate::slack::render;
use std::time::Duration;

/// A worker has a minute for one message of Slack; a file that takes longer is taken by another one again.
const TAKEN_WITHIN: Duration = Duration::from_secs(45);
/// What a table of people is called. Workbooks are taken for the sake of the answer that says what to do with them.
const ENDINGS: [&str; 5] = ["csv", "tsv", "txt", "xlsx", "xls"];

impl Visit {
    /// Takes a file in, and shows what it would change.
    pub(super) async fn give_list(&self, shared: &SharedFile) -> Result<(), SlackError> {
        // What the app puts there itself, an export for one, comes back as an event.
        if self.session.is_bot(self.actor.user.as_str()).await? {
            return Ok(());
        }
        let message = match self.taken_in(shared).await {
            Ok(preview) => render::list_preview(&preview),
            Err(error) => render::sentence(&spoken(error)),
        };
        self.session.post(&shared.channel, None, &message).await.map(drop)
    }

    async fn taken_in(&self, shared: &SharedFile) -> Outcome<crate::connections::ListPreview> {
        let file = self.session.file(&shared.file).await.map_err(|error| unread(&error))?;
        let ending = file.name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default();
        if !ENDINGS.contains(&ending.as_str()) {
            return Err(AppError::refused(
                "I only take CSV files that list people: one line a person, and one column with email addresses. This file was not read.",
            ));
        }
        let taking = async {
            let body = self.session.download(&file).await.map_err(|error| unread(&error))?;
            self.door.directory().receive_list(&self.actor, &file.name, file.size, body).await
        };
        tokio::time::timeout(TAKEN_WITHIN, taking).await.unwrap_or_else(|_| {
            Err(AppError::Refused(format!(
                "The file could not be read within {} seconds. Nothing was changed. Try again, or leave columns out.",
                TAKEN_WITHIN.as_secs()
            )))
        })
    }

    pub(super) async fn take_list(&self, file: &str) -> Result<(), SlackError> {
        self.decided(self.door.directory().take_list(&self.actor, file).await).await
    }

    pub(super) async fn drop_list(&self, file: &str) -> Result<(), SlackError> {
        self.decided(self.door.directory().drop_list(&self.actor, file).await).await
    }

    /// What was decided takes the place of the question; a refusal leaves it.
    async fn decided(&self, ended: Outcome<String>) -> Result<(), SlackError> {
        match (ended, &self.message) {
            (Ok(said), Some(message)) => {
                self.session.update(&message.channel, &message.ts, &render::sentence(&said)).await
            }
            (Ok(said), None) => self.answer(&render::sentence(&said)).await,
            (Err(error), _) => self.answer(&render::sentence(&spoken(error))).await,
        }
    }
}

fn unread(error: &SlackError) -> AppError {
    tracing::warn!(%error, "a file in Slack could not be read");
    AppError::refused(
        "Slack did not give me the file. Nothing was changed. The app needs the scope `files:read`; if it has it, try again.",
    )
}
