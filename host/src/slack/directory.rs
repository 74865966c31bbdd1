//! What the door needs of people, connections and fetching. Implemented where the host is wired together: those features do
//! not know Slack, and the door does not know how they are made.

use super::render::{AccessView, Tile};
use crate::connections::{Begun, Farewell, ListPreview, PermissionsView, Users};
use crate::domain::{Actor, ConnectionId, IntegrationId, Outcome, UserId, WorkspaceId};
use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use secrecy::SecretString;

/// People, connections and fetching.
#[async_trait]
pub trait Directory: Send + Sync {
    /// The bot token of a workspace; none when Weft is not installed there (any more).
    fn token(&self, workspace: &WorkspaceId) -> Option<SecretString>;

    /// The person as somebody who acts.
    fn actor(&self, workspace: &WorkspaceId, user: &UserId) -> Actor;

    /// Where approval cards go instead of to each approver.
    fn approvals_channel(&self, workspace: &WorkspaceId) -> Option<String>;

    /// What can be connected: id and name.
    fn integrations(&self) -> Vec<(IntegrationId, String)>;

    /// The workspace's connections as they stand; of those that the person may not use, no more than that.
    async fn tiles(&self, actor: &Actor) -> Outcome<Vec<Tile>>;

    /// A connection as the person who connected it is told of it.
    async fn told_tile(&self, workspace: &WorkspaceId, connection: &ConnectionId) -> Outcome<Option<Tile>>;

    /// Who may use a connection, for those who may change that.
    async fn permissions(&self, actor: &Actor, connection: &ConnectionId) -> Outcome<PermissionsView>;

    /// Says who may use a connection from now on.
    async fn permit(&self, actor: &Actor, connection: &ConnectionId, users: Users) -> Outcome<PermissionsView>;

    /// What the credentials of a connection may see and do.
    async fn access(&self, actor: &Actor, connection: &ConnectionId) -> Outcome<AccessView>;

    /// This person wants to connect an integration, or one of its connections again.
    async fn connect(
        &self,
        actor: &Actor,
        integration: &IntegrationId,
        connection: Option<ConnectionId>,
    ) -> Outcome<Begun>;

    /// Takes a file in, and answers what it would change as the people list. `size` is what Slack says of it, in bytes.
    async fn receive_list(
        &self,
        actor: &Actor,
        name: &str,
        size: u64,
        body: BoxStream<'_, anyhow::Result<Bytes>>,
    ) -> Outcome<ListPreview>;

    /// Takes a file as the people list. Answers what was begun.
    async fn take_list(&self, actor: &Actor, file: &str) -> Outcome<String>;

    /// Forgets a file. Answers what was forgotten.
    async fn drop_list(&self, actor: &Actor, file: &str) -> Outcome<String>;

    /// Fetches a connection now.
    async fn sync(&self, actor: &Actor, connection: &ConnectionId) -> Outcome<()>;

    /// Stops the fetching of a connection.
    async fn pause(&self, actor: &Actor, connection: &ConnectionId) -> Outcome<()>;

    /// Fetches a connection again that was paused.
    async fn resume(&self, actor: &Actor, connection: &ConnectionId) -> Outcome<()>;

    /// What to know before disconnecting, for those who may.
    async fn farewell(&self, actor: &Actor, connection: &ConnectionId) -> Outcome<Farewell>;

    /// Begins to disconnect, once the name was typed. Answers the name.
    async fn disconnect(&self, actor: &Actor, connection: &ConnectionId, typed: &str) -> Outcome<String>;
}
