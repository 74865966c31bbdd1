//! What was posted where: each message that will have to change again, by channel and timestamp, durable before the work counts as done.

use super::render::{Audience, BoardPlace, Rung};
use crate::domain::{BoardId, ConnectionId, Millis, RequestId, UserId};
use crate::store::Entity;
use serde::{Deserialize, Serialize};

/// The copies of a request's card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardAddresses {
    /// The request.
    pub request: RequestId,
    /// Every copy.
    pub copies: Vec<CardCopy>,
}

/// One copy of a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardCopy {
    /// Where.
    pub channel: String,
    /// Which message.
    pub ts: String,
    /// Who it is for; none for the approvals channel.
    pub user: Option<UserId>,
    /// As whom they read it.
    pub audience: Audience,
    /// What is drawn there: the digest of the card.
    pub drawn: String,
    /// The message with the results in its thread, and the digest of what it says.
    pub results: Option<(String, String)>,
    /// The reminder was posted.
    pub reminded: bool,
}

impl Entity for CardAddresses {
    const KIND: &'static str = "slack-card";

    fn id(&self) -> String {
        self.request.0.clone()
    }
}

/// A board message that may still be on screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoardOnScreen {
    /// Where.
    pub channel: String,
    /// Which message.
    pub ts: String,
    /// What it shows.
    pub board: BoardId,
    /// From which row.
    pub offset: usize,
    /// Only rows with these words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// Through this filter of the person's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal: Option<String>,
    /// With whose eyes.
    pub user: UserId,
    /// Who sees it.
    pub place: BoardPlace,
    /// The connections it shows data of.
    pub connections: Vec<ConnectionId>,
    /// How it can be replaced.
    pub way: Way,
    /// What is drawn there: the digest of the message.
    pub drawn: String,
    /// When it was last drawn or touched.
    pub touched_at: Millis,
}

/// How a message can be replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// By channel and timestamp, at any time.
    Update,
    /// Only one person sees it: by the response address of their last click, for 30 minutes and a few times.
    Respond {
        /// The address.
        url: String,
        /// Until when.
        until: Millis,
        /// How often still.
        uses: u32,
    },
}

impl Entity for BoardOnScreen {
    const KIND: &'static str = "slack-board";

    fn id(&self) -> String {
        format!("{}/{}", self.channel, self.ts)
    }
}

/// The message that tells a person how their connection stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionMessage {
    /// The connection.
    pub connection: ConnectionId,
    /// Where.
    pub channel: String,
    /// Which message.
    pub ts: String,
    /// What is drawn there.
    pub drawn: String,
}

impl Entity for ConnectionMessage {
    const KIND: &'static str = "slack-connection";

    fn id(&self) -> String {
        self.connection.0.clone()
    }
}

/// The message that tells an owner that boards are disabled since they may not use a connection: one for all of them, until they may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerMessage {
    /// The connection.
    pub connection: ConnectionId,
    /// As it was called then.
    pub title: String,
    /// Who was told.
    pub owner: UserId,
    /// Where.
    pub channel: String,
    /// Which message.
    pub ts: String,
}

impl Entity for OwnerMessage {
    const KIND: &'static str = "slack-owner";

    fn id(&self) -> String {
        format!("{}/{}", self.connection, self.owner)
    }
}

/// Somebody who looked at the App Home: it is drawn again when what it shows changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeSeen {
    /// Who.
    pub user: UserId,
    /// When last.
    pub at: Millis,
    /// What is drawn there: the digest of the view.
    pub drawn: String,
}

impl Entity for HomeSeen {
    const KIND: &'static str = "slack-home";

    fn id(&self) -> String {
        self.user.0.clone()
    }
}

/// The rung of the ladder that a workspace took last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceRung {
    /// The rung.
    pub rung: Rung,
    /// Since when; after a while the better ones are tried again.
    pub since: Millis,
}

impl WorkspaceRung {
    /// The only one of its kind.
    pub const ID: &'static str = "rung";
}

impl Entity for WorkspaceRung {
    const KIND: &'static str = "slack-rung";

    fn id(&self) -> String {
        Self::ID.to_owned()
    }
}

/// How far a channel was told of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFeed {
    /// The channel.
    pub channel: String,
    /// The number of the last record that was posted.
    pub told: u64,
}

impl Entity for AuditFeed {
    const KIND: &'static str = "slack-audit-feed";

    fn id(&self) -> String {
        self.channel.clone()
    }
}
