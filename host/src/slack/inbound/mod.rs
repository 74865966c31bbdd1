//! What Slack sends, read once into one enum. Only ids are relied on, never names; whatever is not understood stays a value
//! ([`Inbound::Other`]), is acknowledged and dropped: an error would make Slack disable the subscriptions of the whole app.

mod chosen;
mod event;
mod form;
mod wire;

#[cfg(test)]
mod tests;

pub use chosen::Chosen;
pub use form::command as parse_command;

use crate::domain::{UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// A verified payload: what is kept in the inbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// The tenant: the team, or the Enterprise organisation when the app was installed for all of it.
    pub workspace: WorkspaceId,
    /// Who; none for events about the app itself.
    pub user: Option<UserId>,
    /// The same for every delivery of the same thing.
    pub dedup: String,
    /// What.
    pub what: Inbound,
}

/// What happened in Slack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Inbound {
    /// A slash command.
    Command(SlashCommand),
    /// A button or a select in a message, a modal or the App Home.
    Action(BlockAction),
    /// A modal was sent.
    Submission(View),
    /// A modal was closed.
    Closed(View),
    /// A select with outside options wants some.
    Suggestion(Suggestion),
    /// Somebody looks at the App Home.
    HomeOpened,
    /// Somebody put a file somewhere the app sees.
    FileShared(SharedFile),
    /// The app was removed or its tokens revoked.
    Uninstalled,
    /// Slack asks whether this address is ours; answered with the text.
    Challenge(String),
    /// A type we have no use for.
    Other(String),
}

/// A file in a channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedFile {
    /// `F...`.
    pub file: String,
    /// Where it was put: `D...` for the conversation with the app.
    pub channel: String,
}

/// A slash command as it came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SlashCommand {
    /// With its slash.
    pub name: String,
    /// What was typed behind it.
    pub text: String,
    /// Where it was typed.
    pub channel: Option<String>,
    /// Where answers go, five times within 30 minutes.
    pub response_url: Option<String>,
    /// Opens one modal within three seconds.
    pub trigger: Option<String>,
}

/// A click or a choice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BlockAction {
    /// The element.
    pub action: String,
    /// Its block.
    pub block: String,
    /// What was chosen or what the button carries.
    pub chosen: Chosen,
    /// Opens one modal within three seconds.
    pub trigger: Option<String>,
    /// Replaces or removes the message, five times within 30 minutes.
    pub response_url: Option<String>,
    /// The message it is in.
    pub message: Option<MessageRef>,
    /// The modal or Home it is in.
    pub view: Option<View>,
}

/// A message, by the only two things that find it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRef {
    /// `C...`, `D...` or `G...`.
    pub channel: String,
    /// Its timestamp.
    pub ts: String,
    /// Only the person sees it: cannot be updated by channel and ts.
    pub ephemeral: bool,
}

/// A modal or the App Home, with what was entered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// `V...`.
    pub id: String,
    /// The App Home, not a modal.
    #[serde(default)]
    pub is_home: bool,
    /// Guards updates against races.
    pub hash: Option<String>,
    /// Ours, if it has one.
    pub external_id: Option<String>,
    /// The bottom of the stack.
    pub root: Option<String>,
    /// Ours.
    pub callback: String,
    /// Ours.
    pub metadata: String,
    /// By block_id, then action_id.
    pub values: BTreeMap<String, BTreeMap<String, Chosen>>,
}

/// A wish for options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The select.
    pub action: String,
    /// Its block.
    pub block: String,
    /// What was typed so far.
    pub words: String,
    /// The `private_metadata` of the modal it is in; empty in a message.
    pub metadata: String,
}

/// Why a body could not be read at all. A signed one is acknowledged and dropped all the same.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// Not the form encoding, or without the field that carries the payload.
    #[error("the body has no payload")]
    NoPayload,
    /// Not JSON.
    #[error("the payload is not JSON")]
    NotJson,
    /// Nothing says which workspace it is about.
    #[error("the payload names no workspace")]
    NoWorkspace,
}

/// Reads an interaction: `payload=` with JSON.
pub fn parse_interaction(body: &[u8]) -> Result<Envelope, Unreadable> {
    let payload = form::field(body, "payload").ok_or(Unreadable::NoPayload)?;
    let json: Json = serde_json::from_str(&payload).map_err(|_| Unreadable::NotJson)?;
    wire::interaction(json, body)
}

/// Reads an event or a `url_verification`: JSON.
pub fn parse_event(body: &[u8]) -> Result<Envelope, Unreadable> {
    let json: Json = serde_json::from_slice(body).map_err(|_| Unreadable::NotJson)?;
    event::event(json, body)
}

/// Whether this is Slack's check of our certificate, which carries nothing else of use.
pub fn is_ssl_check(body: &[u8]) -> bool {
    form::field(body, "ssl_check").is_some_and(|value| value == "1")
}

/// A dedup key from the body itself, for payloads that carry no id.
fn body_key(kind: &str, body: &[u8]) -> String {
    format!("{kind}/{}", &blake3::hash(body).to_hex()[..32])
}
