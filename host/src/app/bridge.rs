//! What features may not know of each other, tied together: connections for actions, and what a change means for boards.

use crate::{
    actions::{Connected, Connector, Known},
    boards::{Boards, ConnectionCatalog},
    connections::{Connections, Findings, Resolved, Status},
    domain::{AppError, ConnectionId, Description, MayUse, NoAccess, ObjectType, Outcome, UserId, WorkspaceId},
    people::People,
    plugins::ActionAccess,
    sync::Watcher,
};
use async_trait::async_trait;
use std::sync::Arc;

/// Connections as actions see them.
pub(super) struct Bridge {
    pub connections: Connections,
    pub people: People,
    pub may_use: MayUse,
}

/// The one answer to who may use a connection, from what admins said of it and what people are now.
pub(super) fn may_use(connections: &Connections, people: &People) -> MayUse {
    let (connections, people) = (connections.clone(), people.clone());
    Arc::new(move |workspace, user, connection| match connections.barred(&people.actor(workspace, user), connection) {
        None => Ok(()),
        Some(title) => Err(NoAccess { user: user.clone(), title, givers: people.admins() }),
    })
}

#[async_trait]
impl Connector for Bridge {
    fn use_of(&self, workspace: &WorkspaceId, user: &UserId, connection: &ConnectionId) -> Result<(), NoAccess> {
        (self.may_use)(workspace, user, connection)
    }

    async fn connect(&self, workspace: &WorkspaceId, connection: &ConnectionId) -> Outcome<Connected> {
        let resolved = self.connections.resolve(workspace, connection).await?;
        usable(&resolved)?;
        let findings = resolved.findings.as_ref();
        let denied = findings.into_iter().flat_map(|found| &found.report.actions).filter(|action| !action.allowed);
        let mut protected = findings.map(Findings::own_records).unwrap_or_default();
        protected.extend(self.connections.protected(&resolved.connection.integration));
        Ok(Connected {
            title: resolved.connection.title.clone(),
            id: resolved.connection.integration.clone(),
            protected,
            disabled: denied.map(|found| (found.action.clone(), not_allowed(found))).collect(),
            approvers: self.people.admins(),
            integration: resolved.integration,
            access: resolved.access,
        })
    }

    async fn known(&self, workspace: &WorkspaceId, connection: &ConnectionId) -> Outcome<Known> {
        let connection = self.connections.load(workspace, connection).await?.value;
        let integration = self.connections.integration(&connection.integration)?;
        let actions = integration.description().actions.clone();
        Ok(Known { title: connection.title, actions, admins: self.people.admins() })
    }
}

/// The permission to grant, as the last check found it.
fn not_allowed(found: &ActionAccess) -> String {
    let permission = found.permission.as_deref().unwrap_or("Ask an admin of the tool what it needs.");
    format!("The account Weft is connected with may not do it. {permission} Then sync the connection.")
}

fn usable(resolved: &Resolved) -> Outcome<()> {
    let title = &resolved.connection.title;
    match resolved.connection.status {
        Status::Syncing | Status::Connected | Status::Error => Ok(()),
        Status::Paused => Err(AppError::refused(format!("{title} is paused: no action runs on it. Resume it first."))),
        Status::NeedsReauthorization => Err(AppError::refused(format!(
            "{title} no longer accepts Weft's credentials, so nothing was done. Connect it again with /weft connect."
        ))),
    }
}

/// Boards kept up with what is fetched.
pub(super) struct BoardWatcher {
    pub boards: Boards,
}

#[async_trait]
impl Watcher for BoardWatcher {
    async fn described(&self, workspace: &WorkspaceId, resolved: &Resolved) -> Outcome<()> {
        self.boards.catalog().set_schema(workspace, catalog(resolved));
        self.boards.install_templates(workspace).await.map(drop)
    }

    fn changed(&self, workspace: &WorkspaceId, connection: &ConnectionId) {
        // It builds aside; readers keep what they have until it is swapped in.
        drop(self.boards.refresh(workspace, connection));
    }
}

/// What boards offer of a connection: the description as this account has it.
pub(super) fn catalog(resolved: &Resolved) -> ConnectionCatalog {
    let declared = resolved.integration.description();
    let as_found = |object: &ObjectType| match &resolved.findings {
        Some(findings) => findings.object(object),
        None => object.clone(),
    };
    ConnectionCatalog {
        connection: resolved.connection.id.clone(),
        integration: resolved.connection.integration.clone(),
        title: resolved.connection.title.clone(),
        connected_by: resolved.connection.connected_by.clone(),
        description: Description { objects: declared.objects.iter().map(as_found).collect(), ..declared.clone() },
    }
}
