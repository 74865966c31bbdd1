//! What the door needs of people, connections and fetching. Implemented where the host is wired together: those features do
//! not know Slack, and the door does not know how they are made.

use super::render::{AccessView, Tile};
use crate::domain::{Actor, ConnectionId, IntegrationId, Outcome, UserId, WorkspaceId};
use async_trait::async_trait;
use secrecy::SecretString;
use url::Url;

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

    /// The workspace's connections as they stand.
    async fn tiles(&self, workspace: &WorkspaceId) -> Outcome<Vec<Tile>>;

    /// What the credentials of a connection may see and do.
    async fn access(&self, workspace: &WorkspaceId, connection: &ConnectionId) -> Outcome<AccessView>;

    /// A one-time address for this person to connect an integration, or one of its connections again.
    async fn connect(
        &self,
        actor: &Actor,
        integration: &IntegrationId,
        connection: Option<ConnectionId>,
    ) -> Outcome<Url>;

    /// Fetches a connection now.
    async fn sync(&self, actor: &Actor, connection: &ConnectionId) -> Outcome<()>;
}
