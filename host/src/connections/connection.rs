//! A connection as stored: what it is connected to, how it stands, and how far each object is fetched.

use crate::{
    domain::{ConnectionId, IntegrationId, Millis, Paused, UserId},
    plugins::DEFAULT_SLOT,
    store::{Entity, Job, JobKind},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use url::Url;

/// How a connection stands. Its word on screen is [`Status::word`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Its objects are being fetched for the first time or again.
    Syncing,
    /// All is well, or well but for the objects that say otherwise.
    Connected,
    /// The tool no longer accepts the credentials: a person must connect again.
    NeedsReauthorization,
    /// Fetching fails; the problem says why.
    Error,
    /// A person stopped the fetching.
    Paused,
    /// It is being taken apart: soon it is gone.
    Disconnecting,
}

impl Status {
    /// As shown on the tile.
    pub fn word(self) -> &'static str {
        match self {
            Self::Syncing => "Syncing",
            Self::Connected => "Connected",
            Self::NeedsReauthorization => "Needs reauthorization",
            Self::Error => "Error",
            Self::Paused => "Paused",
            Self::Disconnecting => "Disconnecting",
        }
    }

    /// Nothing is fetched, and whatever a fetch under way finds does not change that.
    pub fn is_held(self) -> bool {
        matches!(self, Self::Paused | Self::Disconnecting)
    }
}

/// How one object of a connection stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectState {
    /// Rows in store.
    pub rows: u64,
    /// When the last whole fetch began.
    pub fetched_at: Option<Millis>,
    /// Why the last fetch did not replace it, or what is missing in it, and what to do.
    pub problem: Option<String>,
    /// What the last fetch found changed; none for the first.
    #[serde(default)]
    pub changes: Option<Changes>,
    /// What the last check found different in its fields: shown until the next check.
    #[serde(default)]
    pub news: Option<String>,
}

/// How many records of an object came, changed and went between two fetches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    pub added: u64,
    pub changed: u64,
    pub removed: u64,
}

/// An integration connected with credentials to one account of its tool.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Connection {
    pub id: ConnectionId,
    pub integration: IntegrationId,
    /// The way it signs in: an entry of the manifest's `auth`.
    #[serde(default = "default_sign_in")]
    pub sign_in: String,
    /// The account's name, as admins know it.
    pub title: String,
    pub status: Status,
    /// What is wrong with the connection as a whole, and what to do.
    pub problem: Option<String>,
    /// Where the tool's API is; may change with a renewed grant.
    pub base_url: Url,
    /// The answers to the settings the manifest asks for.
    pub settings: BTreeMap<String, String>,
    pub connected_by: UserId,
    pub connected_at: Millis,
    /// By object name.
    pub objects: BTreeMap<String, ObjectState>,
    /// When the next fetch is due.
    pub next_sync: Option<Millis>,
    /// Who stopped the fetching, and when.
    #[serde(default)]
    pub paused: Option<Paused>,
}

/// Connections made before there was a choice.
fn default_sign_in() -> String {
    DEFAULT_SLOT.to_owned()
}

impl Connection {
    /// The job that fetches it: one for each due time, and one at a time. A `scheduled` one waits outside the lane for its hour,
    /// and is void when `next_sync` has moved.
    pub fn sync_job(&self, due: Millis, scheduled: bool) -> Job {
        let way = if scheduled { "scheduled" } else { "now" };
        Job {
            id: format!("sync/{}/{way}/{due}", self.id),
            kind: JobKind::Sync,
            lane: (!scheduled).then(|| Self::sync_lane(&self.id)),
            due,
            payload: serde_json::json!({ "connection": self.id, "scheduled": scheduled.then_some(due) })
                .to_string()
                .into_bytes(),
        }
    }

    /// The job of its next fetch, which waits for its hour.
    pub fn waiting_sync(&self) -> Option<String> {
        self.next_sync.map(|due| self.sync_job(due, true).id)
    }

    /// The lane in which it is fetched, and at last taken apart: one job at a time.
    pub fn sync_lane(id: &ConnectionId) -> String {
        format!("sync/{id}")
    }

    /// The people who look at it look again. `about` and the moment name the change: it is told once.
    pub fn notice(&self, about: &str, now: Millis) -> Job {
        Job {
            id: format!("notify/connection/{}/{about}/{now}", self.id),
            kind: JobKind::Notify,
            lane: None,
            due: now,
            payload: serde_json::json!({ "connection": self.id }).to_string().into_bytes(),
        }
    }
}

impl Entity for Connection {
    const KIND: &'static str = "connection";

    fn id(&self) -> String {
        self.id.0.clone()
    }
}
