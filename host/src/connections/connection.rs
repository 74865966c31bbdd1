//! A connection as stored: what it is connected to, how it stands, and how far each object is fetched.

use crate::{
    domain::{ConnectionId, Field, IntegrationId, Millis, ObjectName, ObjectType, UserId},
    plugins::{DEFAULT_SLOT, Report},
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
        }
    }
}

/// How one object of a connection stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectState {
    /// Rows in store.
    pub rows: u64,
    /// When the last whole fetch began.
    pub fetched_at: Option<Millis>,
    /// Why the last fetch did not replace it, and what to do.
    pub problem: Option<String>,
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
            lane: (!scheduled).then(|| format!("sync/{}", self.id)),
            due,
            payload: serde_json::json!({ "connection": self.id, "scheduled": scheduled.then_some(due) })
                .to_string()
                .into_bytes(),
        }
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

/// What the credentials may do, as the last check found: apart from the connection, since it can be large.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Findings {
    pub connection: ConnectionId,
    pub checked_at: Millis,
    pub report: Report,
}

impl Entity for Findings {
    const KIND: &'static str = "findings";

    fn id(&self) -> String {
        self.connection.0.clone()
    }
}

impl Findings {
    /// The object as this account has it: without hidden fields, with its own ones.
    pub fn object(&self, declared: &ObjectType) -> ObjectType {
        ObjectType { fields: self.fields(declared), ..declared.clone() }
    }

    /// What to fetch of an object.
    pub fn fields(&self, declared: &ObjectType) -> Vec<Field> {
        self.of(&declared.name).map_or_else(|| declared.fields.clone(), |found| found.fields(&declared.fields))
    }

    /// Keys of records that no action may touch: the one the credentials act as.
    pub fn own_records(&self) -> Vec<String> {
        self.report.account.user.iter().cloned().collect()
    }

    /// The finding for an object.
    pub fn of(&self, object: &ObjectName) -> Option<&crate::plugins::ObjectAccess> {
        self.report.objects.iter().find(|found| &found.object == object)
    }
}
