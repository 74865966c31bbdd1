//! One person's one click, command or form: who, from where, and where answers go.

use crate::domain::{Actor, AppError, Outcome, reference};
use crate::slack::block::AlertLevel;
use crate::slack::client::{Message, Respond, Session};
use crate::slack::inbound::{Envelope, Inbound, MessageRef, View};
use crate::slack::render;
use crate::slack::{Door, SlackError};
use serde_json::Value as Json;

/// Why a use case did not end well.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// The feature refused or failed.
    #[error(transparent)]
    App(#[from] AppError),
    /// Slack refused or failed.
    #[error(transparent)]
    Slack(#[from] SlackError),
}

impl From<anyhow::Error> for FlowError {
    fn from(error: anyhow::Error) -> Self {
        Self::App(AppError::Fault(error))
    }
}

/// A visit.
pub struct Visit {
    /// The house.
    pub(super) door: Door,
    /// Who.
    pub(super) actor: Actor,
    /// Slack, as the workspace's bot.
    pub(super) session: Session,
    /// Opens one modal within three seconds.
    pub(super) trigger: Option<String>,
    /// Answers five times within 30 minutes.
    pub(super) response_url: Option<String>,
    /// The channel it came from.
    pub(super) channel: Option<String>,
    /// The message it came from.
    pub(super) message: Option<MessageRef>,
    /// The modal it came from.
    pub(super) modal: Option<View>,
    /// The same when the payload is worked on again.
    pub(super) dedup: String,
}

impl Visit {
    /// A visit, if the payload names a person and Weft is installed there.
    pub fn of(door: &Door, envelope: &Envelope) -> Option<Self> {
        let session = door.session(&envelope.workspace)?;
        let actor = door.directory().actor(&envelope.workspace, envelope.user.as_ref()?);
        let mut visit = Self {
            door: door.clone(),
            actor,
            session,
            trigger: None,
            response_url: None,
            channel: None,
            message: None,
            modal: None,
            dedup: envelope.dedup.clone(),
        };
        match &envelope.what {
            Inbound::Command(command) => {
                visit.trigger.clone_from(&command.trigger);
                visit.response_url.clone_from(&command.response_url);
                visit.channel.clone_from(&command.channel);
            }
            Inbound::Action(action) => {
                visit.trigger.clone_from(&action.trigger);
                visit.response_url.clone_from(&action.response_url);
                visit.channel = action.message.as_ref().map(|message| message.channel.clone());
                visit.message.clone_from(&action.message);
                visit.modal = action.view.clone().filter(|view| !view.is_home && !view.id.is_empty());
            }
            Inbound::Submission(view) => visit.modal = Some(view.clone()),
            _ => {}
        }
        Some(visit)
    }

    /// Answers what only this person sees, wherever the visit came from.
    pub(super) async fn answer(&self, message: &Message) -> Result<(), SlackError> {
        if let Some(url) = &self.response_url {
            match self.session.respond(url, Respond::Privately, message).await {
                Err(SlackError::Expired(_)) => {}
                answered => return answered,
            }
        }
        if let Some(channel) = &self.channel {
            match self.session.post_ephemeral(channel, &self.actor.user, message).await {
                Err(SlackError::NotFound(_)) => {}
                answered => return answered,
            }
        }
        let direct = self.session.direct_channel(&self.actor.user).await?;
        self.session.post(&direct, None, message).await.map(drop)
    }

    /// Answers with what the use case says, or with why it does not.
    pub(super) async fn answer_with(&self, work: impl Future<Output = Outcome<Message>>) -> Result<(), SlackError> {
        let message = work.await.unwrap_or_else(|error| render::sentence(&spoken(error)));
        self.answer(&message).await
    }

    /// Shows a modal while the work is done, and then its end: the trigger lives three seconds, the work may take longer. In a modal
    /// already, that one is replaced.
    pub(super) async fn in_modal(
        &self,
        doing: &str,
        work: impl Future<Output = Outcome<Json>>,
    ) -> Result<(), SlackError> {
        let id = match (&self.modal, &self.trigger) {
            (Some(view), _) => view.id.clone(),
            (None, Some(trigger)) => match self.session.open_view(trigger, &render::loading(doing)).await {
                Err(SlackError::Expired(_)) => return self.answer(&too_late()).await,
                opened => opened?,
            },
            (None, None) => return self.answer(&too_late()).await,
        };
        let view = work.await.unwrap_or_else(|error| render::said("Weft", AlertLevel::Error, &spoken(error)));
        match self.session.update_view(&id, None, &view).await {
            // Closed meanwhile: nobody looks.
            Err(SlackError::NotFound(_)) => Ok(()),
            updated => updated,
        }
    }

    /// Ends a click: in a modal its end is shown there, in a message only a refusal is said.
    pub(super) async fn end(&self, title: &str, done: Outcome<String>) -> Result<(), SlackError> {
        if self.modal.is_some() {
            let view = done.map(|said| render::said(title, AlertLevel::Success, &said));
            return self.in_modal(title, async { view }).await;
        }
        match done {
            Ok(_) => Ok(()),
            Err(error) => self.answer(&render::sentence(&spoken(error))).await,
        }
    }
}

fn too_late() -> Message {
    render::sentence(
        "That took too long, and Slack does not let me open a window any more. Nothing was done: click again.",
    )
}

/// What the person hears. A fault is logged here, whole and once, under the reference they get.
pub(super) fn spoken(error: AppError) -> String {
    match error {
        AppError::Refused(sentence) => sentence,
        AppError::Inputs(inputs) => {
            inputs.into_iter().map(|(name, sentence)| format!("{name}: {sentence}")).collect::<Vec<_>>().join("\n")
        }
        AppError::Fault(error) => {
            let reference = reference();
            tracing::error!(reference, error = format!("{error:#}"), "A use case failed");
            render::failed(&reference)
        }
    }
}
