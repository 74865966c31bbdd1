//! What a call is made with and what it answers: the connection, its credentials, requests for pages, and findings.

use crate::domain::{ActionName, ConnectionId, Fault, Field, ObjectName, Row, WorkspaceId};
use async_trait::async_trait;
use secrecy::SecretString;
use std::sync::Arc;
use url::Url;

/// The connection a call is made for. Cheap to clone.
#[derive(Clone)]
pub struct Access {
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// Which one.
    pub connection: ConnectionId,
    /// The connection's settings, a JSON object, handed to the guest as they are: no secrets.
    pub config: String,
    /// Where base URL and credentials come from.
    pub credentials: Arc<dyn Credentials>,
}

impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Access").field("workspace", &self.workspace).field("connection", &self.connection).finish()
    }
}

/// The credentials of one connection. A guest never sees what this gives: the host puts it on requests.
#[async_trait]
pub trait Credentials: Send + Sync {
    /// What to put on a request for this auth slot (`default`, or a name of the manifest's `auth`).
    async fn apply(&self, slot: &str) -> Result<Applied, Fault>;

    /// The tool said 401 to the credentials of this generation: get new ones, in one flight however many ask. Fails with
    /// class `reauthorize` when a person must authorize again.
    async fn renew(&self, slot: &str, generation: u64) -> Result<(), Fault>;

    /// Where relative URLs start. Asked for each request, since a renewal may move the account to another host.
    fn base_url(&self) -> Url;
}

/// What credentials add to a request.
#[derive(Clone, Default)]
pub struct Applied {
    /// Header names and values (`authorization`, `Bearer ...`).
    pub headers: Vec<(String, SecretString)>,
    /// Members added to the query.
    pub query: Vec<(String, SecretString)>,
    /// Grows with each renewal, so that a 401 to old credentials does not renew the new ones.
    pub generation: u64,
}

/// One page wanted.
#[derive(Clone, Debug)]
pub struct FetchRequest {
    /// The object.
    pub object: ObjectName,
    /// The fields wanted: each row answers one value a field, in this order.
    pub fields: Vec<Field>,
    /// The name of the key field, one of `fields`.
    pub key: String,
    /// From the page before; none for the first.
    pub after: Option<Vec<u8>>,
    /// Only the records with these keys, at most 200; empty for all.
    pub keys: Vec<String>,
    /// A wish, not a promise.
    pub page_size: u32,
    /// For an archived object: the newest value of [`Archive::by`](crate::domain::Archive) in store, in microseconds since
    /// 1970-01-01T00:00:00Z. Older records are not needed again.
    pub since: Option<i64>,
    /// How many records the last check counted.
    pub estimate: Option<u32>,
}

/// A page, read by the host.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The records.
    pub rows: Vec<Row>,
    /// None on the last page; at most 4 KiB.
    pub next: Option<Vec<u8>>,
    /// How many records there are in all, when the tool said so.
    pub total: Option<u32>,
    /// A sentence: the tool did not let the integration read all.
    pub incomplete: Option<String>,
    /// Records that were left out, since they have no key.
    pub keyless: u32,
}

/// Who and what the connection is.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Account {
    /// The tool's id of the account.
    pub id: String,
    /// As an admin knows it.
    pub name: String,
    /// The key of the record that the credentials act as: never a target of an action.
    pub user: Option<String>,
}

/// How much of an object the credentials see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccessLevel {
    /// Everything.
    Full,
    /// Only the rows of the connected account: never taken for the whole.
    OwnRows,
    /// Nothing.
    None,
    /// The account does not have this object.
    Absent,
}

/// Findings for one object.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ObjectAccess {
    /// The object.
    pub object: ObjectName,
    /// How much of it.
    pub access: AccessLevel,
    /// Declared fields these credentials cannot read.
    pub hidden: Vec<String>,
    /// Fields of this account beyond the description.
    pub extra: Vec<Field>,
    /// The permission to grant, in the tool's own words.
    pub permission: Option<String>,
    /// How many records there are, when known without reading them.
    pub estimate: Option<u32>,
}

impl ObjectAccess {
    /// What to fetch of this object: the declared fields without the hidden ones, then the extra ones. The same findings
    /// give the same list, in the same order.
    pub fn fields(&self, declared: &[Field]) -> Vec<Field> {
        let seen = declared.iter().filter(|field| !self.hidden.contains(&field.name));
        let extra = self.extra.iter().filter(|field| declared.iter().all(|known| known.name != field.name));
        seen.chain(extra).cloned().collect()
    }
}

/// Findings for one action.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ActionAccess {
    /// The action.
    pub action: ActionName,
    /// Whether the credentials may run it.
    pub allowed: bool,
    /// The permission to grant.
    pub permission: Option<String>,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Report {
    /// Who and what the connection is.
    pub account: Account,
    /// Findings for each object.
    pub objects: Vec<ObjectAccess>,
    /// Findings for each action.
    pub actions: Vec<ActionAccess>,
}
