//! People, connections and fetching as the Slack door sees them.

use crate::{
    config::Config,
    connections::{Changes, Connection, Connections, Status},
    domain::{Actor, ConnectionId, IntegrationId, Outcome, UserId, WorkspaceId},
    people::People,
    slack::{Directory, Tile},
    sync::{ObjectProgress, Syncs},
};
use async_trait::async_trait;
use secrecy::SecretString;
use std::sync::Arc;
use url::Url;

/// One workspace: the one the configured bot token belongs to.
pub(super) struct Desk {
    pub workspace: WorkspaceId,
    pub config: Arc<Config>,
    pub people: People,
    pub connections: Connections,
    pub syncs: Syncs,
}

#[async_trait]
impl Directory for Desk {
    fn token(&self, workspace: &WorkspaceId) -> Option<SecretString> {
        (workspace == &self.workspace).then(|| self.config.slack.bot_token.clone())
    }

    fn actor(&self, workspace: &WorkspaceId, user: &UserId) -> Actor {
        self.people.actor(workspace, user)
    }

    fn approvals_channel(&self, _workspace: &WorkspaceId) -> Option<String> {
        self.config.slack.approvals_channel.clone()
    }

    fn integrations(&self) -> Vec<(IntegrationId, String)> {
        self.connections.installed().map(|(id, one)| (id.clone(), one.manifest().name.clone())).collect()
    }

    async fn tiles(&self, workspace: &WorkspaceId) -> Outcome<Vec<Tile>> {
        let connections = self.connections.list(workspace).await.map_err(anyhow::Error::from)?;
        Ok(connections.into_iter().map(|connection| self.tile(connection)).collect())
    }

    async fn connect(
        &self,
        actor: &Actor,
        integration: &IntegrationId,
        connection: Option<ConnectionId>,
    ) -> Outcome<Url> {
        self.connections.start_connect(actor, integration, connection).await
    }

    async fn sync(&self, actor: &Actor, connection: &ConnectionId) -> Outcome<()> {
        self.syncs.request(actor, connection).await
    }
}

impl Desk {
    fn tile(&self, connection: Connection) -> Tile {
        let running = self.syncs.progress().of(&connection.id).unwrap_or_default();
        let progress = running.iter().map(|(object, progress)| progress_line(object.as_str(), progress)).collect();
        let mut problems: Vec<String> = connection.problem.iter().cloned().collect();
        let states = connection.objects.iter();
        problems.extend(states.filter_map(|(name, state)| Some(format!("{name}: {}", state.problem.as_ref()?))));
        Tile {
            fetched_at: connection.objects.values().filter_map(|state| state.fetched_at).min(),
            can_reconnect: connection.status == Status::NeedsReauthorization,
            is_fetching: connection.status == Status::Syncing,
            status: connection.status.word().to_owned(),
            problem: (!problems.is_empty()).then(|| problems.join(" ")),
            news: news(&connection),
            progress,
            id: connection.id,
            integration: connection.integration,
            title: connection.title,
            connected_by: connection.connected_by,
        }
    }
}

/// What the last fetch found different: one line about records, and one an object about fields.
fn news(connection: &Connection) -> Vec<String> {
    let states = || connection.objects.iter();
    let changes = states().filter_map(|(name, state)| Some(format!("{name} {}", changes_words(state.changes?)?)));
    let records = changes.collect::<Vec<_>>().join("; ");
    let records = (!records.is_empty()).then(|| format!("Since the fetch before: {records}."));
    let fields = states().filter_map(|(name, state)| Some(format!("{name}: {}", state.news.as_ref()?)));
    records.into_iter().chain(fields).collect()
}

fn changes_words(changes: Changes) -> Option<String> {
    let Changes { added, changed, removed } = changes;
    let counts = [(added, "new"), (changed, "changed"), (removed, "gone")].into_iter().filter(|(count, _)| *count > 0);
    let words: Vec<String> = counts.map(|(count, what)| format!("{count} {what}")).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

fn progress_line(object: &str, progress: &ObjectProgress) -> String {
    match (progress.done, progress.total) {
        (true, _) => format!("{object}: {} records, done", progress.rows),
        (false, Some(total)) => format!("{object}: {} of about {total} records", progress.rows),
        (false, None) => format!("{object}: {} records so far", progress.rows),
    }
}
