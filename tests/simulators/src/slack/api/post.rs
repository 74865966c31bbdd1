//! A message on its way into a channel: checked, given ids, stored.

use serde_json::{Value, json};

use super::args::Args;
use super::{ApiError, policy, shared_files};
use crate::slack::blocks;
use crate::slack::limits as limit;
use crate::slack::options::{APP_ID, BOT_ID, BOT_USER};
use crate::slack::state::{Author, Message, State};

/// What an app wants to say, before it is checked.
#[derive(Clone, Debug, Default)]
pub(in crate::slack) struct Draft {
    pub text: Option<String>,
    pub blocks: Option<Value>,
    pub attachments: Option<Value>,
    pub metadata: Option<Value>,
}

impl Draft {
    pub fn from_args(args: &Args) -> Result<Draft, ApiError> {
        let list = |name: &str, error: &str| args.json(name).map_err(|()| ApiError::new(error));
        Ok(Draft {
            text: args.text("text").map(str::to_owned),
            blocks: list("blocks", "invalid_blocks_format")?,
            attachments: list("attachments", "invalid_attachments")?,
            metadata: list("metadata", "invalid_metadata_format")?,
        })
    }

    pub fn from_json(body: &Value) -> Draft {
        let part = |name: &str| body.get(name).filter(|value| !value.is_null()).cloned();
        Draft {
            text: body.get("text").and_then(Value::as_str).map(str::to_owned),
            blocks: part("blocks"),
            attachments: part("attachments"),
            metadata: part("metadata"),
        }
    }

    fn has_blocks(&self) -> bool {
        self.blocks.as_ref().and_then(Value::as_array).is_some_and(|blocks| !blocks.is_empty())
    }

    fn has_attachments(&self) -> bool {
        self.attachments.as_ref().and_then(Value::as_array).is_some_and(|all| !all.is_empty())
    }

    /// Slack's checks, and the ones this simulator adds. `whence` names the call in a violation.
    pub fn check(&self, state: &mut State, whence: &str) -> Result<(), ApiError> {
        let text = self.text.as_deref().unwrap_or_default();
        if text.is_empty() && !self.has_blocks() && !self.has_attachments() {
            return Err(ApiError::new("no_text"));
        }
        if let Some(blocks) = &self.blocks
            && !blocks.is_array()
        {
            return Err(ApiError::new("invalid_blocks_format"));
        }
        if self.attachments.as_ref().and_then(Value::as_array).is_some_and(|all| all.len() > limit::ATTACHMENTS) {
            return Err(ApiError::new("too_many_attachments"));
        }
        self.check_metadata()?;
        let files = shared_files(state);
        let shared = |file: &str| files.iter().any(|id| file.contains(id.as_str()));
        let refused = blocks::check_message(self.blocks.as_ref(), self.attachments.as_ref(), policy(state, &shared));
        if let Err(refusal) = refused {
            return Err(ApiError::refused(state, &refusal, whence));
        }
        if text.is_empty() && state.switches.require_text {
            let detail = format!("{whence}: no `text`: nothing for notifications, search and screen readers");
            state.journal.violation("missing_text", detail);
        }
        if text.chars().count() > limit::MESSAGE_TEXT {
            state
                .journal
                .violation("text_cut_off", format!("{whence}: `text` beyond {} characters", limit::MESSAGE_TEXT));
        }
        Ok(())
    }

    fn check_metadata(&self) -> Result<(), ApiError> {
        let Some(metadata) = &self.metadata else { return Ok(()) };
        let named = metadata.get("event_type").is_some_and(Value::is_string);
        if named && metadata.get("event_payload").is_some_and(Value::is_object) {
            return Ok(());
        }
        Err(ApiError::new("invalid_metadata_format"))
    }

    /// The first 40,000 characters of the text.
    pub fn kept_text(&self) -> String {
        self.text.as_deref().unwrap_or_default().chars().take(limit::MESSAGE_TEXT).collect()
    }

    pub fn block_list(&self) -> Vec<Value> {
        self.blocks.as_ref().and_then(Value::as_array).cloned().unwrap_or_default()
    }

    pub fn attachment_list(&self) -> Vec<Value> {
        self.attachments.as_ref().and_then(Value::as_array).cloned().unwrap_or_default()
    }
}

/// A checked draft and where it goes.
pub(in crate::slack) struct NewMessage {
    pub channel: String,
    pub author: Author,
    pub draft: Draft,
    pub thread_ts: Option<String>,
    pub visible_to: Option<String>,
    pub files: Vec<String>,
}

impl NewMessage {
    /// Stores the message; the timestamp is its name from now on.
    pub fn store(self, state: &mut State, micros: u64) -> Message {
        let ts = state.next_ts(micros);
        let blocks = state.with_ids(self.draft.block_list());
        let message = Message {
            channel: self.channel,
            ts,
            author: self.author,
            text: self.draft.kept_text(),
            blocks,
            attachments: self.draft.attachment_list(),
            metadata: self.draft.metadata.clone(),
            files: self.files,
            thread_ts: self.thread_ts,
            visible_to: self.visible_to,
            edited: false,
            inputs: Default::default(),
        };
        state.messages.push(message.clone());
        message
    }
}

/// A message as Slack shows it to the app.
pub(in crate::slack) fn message_json(state: &State, message: &Message) -> Value {
    let mut value = json!({
        "type": "message",
        "ts": message.ts,
        "text": message.text,
        "team": state.team.id,
    });
    match &message.author {
        Author::User(user) => value["user"] = json!(user),
        Author::App => {
            value["user"] = json!(BOT_USER);
            value["bot_id"] = json!(BOT_ID);
            value["app_id"] = json!(APP_ID);
            value["bot_profile"] = json!({ "id": BOT_ID, "app_id": APP_ID, "name": state.app_name, "deleted": false, "team_id": state.team.id });
        }
        Author::Slackbot => value["user"] = json!("USLACKBOT"),
    }
    if !message.blocks.is_empty() {
        value["blocks"] = json!(message.blocks);
    }
    if !message.attachments.is_empty() {
        value["attachments"] = json!(message.attachments);
    }
    if let Some(metadata) = &message.metadata {
        value["metadata"] = metadata.clone();
    }
    if let Some(thread) = &message.thread_ts {
        value["thread_ts"] = json!(thread);
    }
    if message.edited {
        value["edited"] = json!({ "user": BOT_ID, "ts": message.ts });
    }
    value
}
