//! Slash commands.

use super::visit::Visit;
use crate::domain::{IntegrationId, Outcome};
use crate::slack::SlackError;
use crate::slack::client::Message;
use crate::slack::command::Command;
use crate::slack::render;

impl Visit {
    pub(super) async fn command(&self, command: Command) -> Result<(), SlackError> {
        match command {
            Command::Help => self.answer(&render::help()).await,
            Command::Unknown(typed) => self.answer(&render::unknown_command(&typed)).await,
            Command::Status | Command::Connections => self.answer_with(self.status()).await,
            Command::Connect(None) => self.answer(&self.what_can_be_connected()).await,
            Command::Connect(Some(integration)) => self.connect(&IntegrationId(integration), None).await,
            Command::Boards => self.list_boards().await,
            Command::New => self.new_board().await,
            Command::Templates => self.gallery().await,
            Command::Board(name) => self.find_board(&name).await,
            Command::Run => self.act_on_anything().await,
            Command::Requests => self.answer_with(self.requests()).await,
            Command::Audit(search) => self.audit(&search, None).await,
            Command::Stop => self.answer_with(self.stop()).await,
        }
    }

    async fn status(&self) -> Outcome<Message> {
        let tiles = self.door.directory().tiles(&self.actor).await?;
        let waiting = self.door.actions().waiting_for(&self.actor).await?;
        Ok(render::status(&tiles, waiting.len(), self.actor.is_admin()))
    }

    async fn requests(&self) -> Outcome<Message> {
        let waiting = self.door.actions().waiting_for(&self.actor).await?;
        let mine = self.door.actions().requested_by(&self.actor).await?;
        Ok(render::requests(&waiting, &mine))
    }

    async fn stop(&self) -> Outcome<Message> {
        let stopped = self.door.actions().stop(&self.actor).await?;
        let text = format!(
            "Stopped. Approved requests that will not run: {}. Requests halted while running: {}; the call in hand ends, no other begins. \
             Still waiting for a decision: {}.",
            stopped.stopped.len(),
            stopped.running.len(),
            stopped.waiting
        );
        Ok(render::sentence(&text))
    }

    fn what_can_be_connected(&self) -> Message {
        let known: Vec<String> = self
            .door
            .directory()
            .integrations()
            .iter()
            .map(|(id, name)| format!("{name}: /weft connect {id}"))
            .collect();
        render::sentence(&format!("Name what to connect. {}", known.join(" · ")))
    }
}
