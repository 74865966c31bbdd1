//! People, connections and fetching as the Slack door sees them.

use super::disconnect::Disconnects;
use crate::{
    boards::Boards,
    config::Config,
    connections::{
        Begun, Changes, Connection, Connections, Farewell, Findings, ListPreview, PermissionsView, Status, Users,
    },
    domain::{
        Actor, AppError, ConnectionId, Description, IntegrationId, MayUse, ObjectType, Outcome, UserId, WorkspaceId,
    },
    people::People,
    plugins::{AccessLevel, ObjectAccess, Report},
    slack::{AccessView, Directory, SeenObject, Sight, Tile},
    sync::{ObjectProgress, Syncs},
};
use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use secrecy::SecretString;
use std::sync::Arc;

/// One workspace: the one the configured bot token belongs to.
pub(super) struct Desk {
    pub workspace: WorkspaceId,
    pub config: Arc<Config>,
    pub people: People,
    pub connections: Connections,
    pub syncs: Syncs,
    pub boards: Boards,
    pub disconnects: Disconnects,
    pub may_use: MayUse,
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

    async fn tiles(&self, actor: &Actor) -> Outcome<Vec<Tile>> {
        let connections = self.connections.list(&actor.workspace).await.map_err(anyhow::Error::from)?;
        let mut tiles = Vec::with_capacity(connections.len());
        for connection in connections {
            tiles.push(match self.allow(actor, &connection.id) {
                Ok(()) => self.tile(&actor.workspace, connection).await?,
                Err(refused) => {
                    Tile::barred(connection.id, connection.integration, &connection.title, &refused.to_string())
                }
            });
        }
        Ok(tiles)
    }

    async fn told_tile(&self, workspace: &WorkspaceId, connection: &ConnectionId) -> Outcome<Option<Tile>> {
        let connections = self.connections.list(workspace).await.map_err(anyhow::Error::from)?;
        match connections.into_iter().find(|found| &found.id == connection) {
            Some(connection) => self.tile(workspace, connection).await.map(Some),
            None => Ok(None),
        }
    }

    async fn permissions(&self, actor: &Actor, connection: &ConnectionId) -> Outcome<PermissionsView> {
        let view = self.connections.permissions(&actor.workspace, connection).await?;
        if !actor.is_admin() {
            let admins: Vec<String> = self.people.admins().iter().map(|admin| format!("<@{admin}>")).collect();
            return Err(AppError::refused(format!(
                "Only admins say who may use “{}”: {}. Nothing was changed.",
                view.title,
                admins.join(", ")
            )));
        }
        Ok(view)
    }

    async fn permit(&self, actor: &Actor, connection: &ConnectionId, users: Users) -> Outcome<PermissionsView> {
        self.connections.permit(actor, connection, users).await
    }

    async fn access(&self, actor: &Actor, connection: &ConnectionId) -> Outcome<AccessView> {
        self.allow(actor, connection)?;
        let connection = self.connections.load(&actor.workspace, connection).await?.value;
        let found = self.connections.findings(&actor.workspace, &connection.id).await.map_err(anyhow::Error::from)?;
        let described = self.connections.integration(&connection.integration)?.description();
        Ok(access(&connection, described, found.as_ref()))
    }

    async fn connect(
        &self,
        actor: &Actor,
        integration: &IntegrationId,
        connection: Option<ConnectionId>,
    ) -> Outcome<Begun> {
        self.connections.start_connect(actor, integration, connection).await
    }

    async fn receive_list(
        &self,
        actor: &Actor,
        name: &str,
        size: u64,
        body: BoxStream<'_, anyhow::Result<Bytes>>,
    ) -> Outcome<ListPreview> {
        self.connections.receive_list(actor, name, size, body).await
    }

    async fn take_list(&self, actor: &Actor, file: &str) -> Outcome<String> {
        self.connections.take_list(actor, file).await
    }

    async fn drop_list(&self, actor: &Actor, file: &str) -> Outcome<String> {
        self.connections.drop_list(actor, file).await
    }

    async fn sync(&self, actor: &Actor, connection: &ConnectionId) -> Outcome<()> {
        self.allow(actor, connection)?;
        self.syncs.request(actor, connection).await
    }

    async fn pause(&self, actor: &Actor, connection: &ConnectionId) -> Outcome<()> {
        let after = self.connections.pause(actor, connection).await?;
        self.syncs.halt(connection);
        self.boards.catalog().set_paused(&actor.workspace, connection, after.paused);
        Ok(())
    }

    async fn resume(&self, actor: &Actor, connection: &ConnectionId) -> Outcome<()> {
        let after = self.connections.resume(actor, connection).await?;
        self.boards.catalog().set_paused(&actor.workspace, connection, after.paused);
        Ok(())
    }

    async fn farewell(&self, actor: &Actor, connection: &ConnectionId) -> Outcome<Farewell> {
        self.connections.farewell(actor, connection).await
    }

    async fn disconnect(&self, actor: &Actor, connection: &ConnectionId, typed: &str) -> Outcome<String> {
        self.disconnects.begin(actor, connection, typed).await
    }
}

impl Desk {
    /// Refuses what a person wants of a connection that they may not use.
    fn allow(&self, actor: &Actor, connection: &ConnectionId) -> Outcome<()> {
        let used = (self.may_use)(&actor.workspace, &actor.user, connection);
        used.map_err(|lost| AppError::Refused(lost.for_reader(&actor.user)))
    }

    async fn tile(&self, workspace: &WorkspaceId, connection: Connection) -> Outcome<Tile> {
        let found = self.connections.findings(workspace, &connection.id).await.map_err(anyhow::Error::from)?;
        let users = self.connections.users(workspace, &connection.id);
        let lacks = found.and_then(|found| lacks(&found.report));
        Ok(Tile { lacks, users: Some(users), ..self.state(connection) })
    }

    fn state(&self, connection: Connection) -> Tile {
        let running = self.syncs.progress().of(&connection.id).unwrap_or_default();
        let progress = running.iter().map(|(object, progress)| progress_line(object.as_str(), progress)).collect();
        let mut problems: Vec<String> = connection.problem.iter().cloned().collect();
        let states = connection.objects.iter();
        problems.extend(states.filter_map(|(name, state)| Some(format!("{name}: {}", state.problem.as_ref()?))));
        Tile {
            fetched_at: connection.objects.values().filter_map(|state| state.fetched_at).min(),
            next_fetch: connection.next_sync,
            can_reconnect: connection.status == Status::NeedsReauthorization,
            is_fetching: connection.status == Status::Syncing,
            is_leaving: connection.status == Status::Disconnecting,
            paused: connection.paused.clone(),
            status: connection.status.word().to_owned(),
            problem: (!problems.is_empty()).then(|| problems.join(" ")),
            news: news(&connection),
            progress,
            lacks: None,
            users: None,
            barred: None,
            id: connection.id,
            integration: connection.integration,
            title: connection.title,
            connected_by: connection.connected_by,
        }
    }
}

/// Only what a permission would bring: an object that the account does not have is no lack.
fn lacks(report: &Report) -> Option<String> {
    let is_partial = |found: &&ObjectAccess| matches!(found.access, AccessLevel::None | AccessLevel::OwnRows);
    let objects = report.objects.iter().filter(is_partial).count();
    let actions = report.actions.iter().filter(|found| !found.allowed).count();
    let counted = |count: usize, one: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        many => Some(format!("{many} {one}s")),
    };
    let parts: Vec<String> = [counted(objects, "object"), counted(actions, "action")].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// What the last check found, in the order and the words of the description.
fn access(connection: &Connection, described: &Description, found: Option<&Findings>) -> AccessView {
    let seen = |object: &ObjectType| {
        let of = found.and_then(|found| found.of(&object.name));
        SeenObject {
            name: object.plural.clone(),
            sight: match of.map(|of| of.access) {
                None | Some(AccessLevel::Full) => Sight::Whole,
                Some(AccessLevel::OwnRows) => Sight::OwnRows,
                Some(AccessLevel::None) => Sight::Nothing,
                Some(AccessLevel::Absent) => Sight::Absent,
            },
            rows: connection.objects.get(object.name.as_str()).map_or(0, |state| state.rows),
            hidden: of.map(|of| of.hidden.clone()).unwrap_or_default(),
            permission: of.and_then(|of| of.permission.clone()),
        }
    };
    let (mut allowed, mut denied) = (Vec::new(), Vec::new());
    for action in &described.actions {
        let of = found.and_then(|found| found.report.actions.iter().find(|of| of.action == action.name));
        match of.filter(|of| !of.allowed) {
            Some(of) => denied.push((action.title.clone(), of.permission.clone())),
            None => allowed.push(action.title.clone()),
        }
    }
    AccessView {
        title: connection.title.clone(),
        checked_at: found.map(|found| found.checked_at),
        objects: described.objects.iter().map(seen).collect(),
        allowed,
        denied,
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
