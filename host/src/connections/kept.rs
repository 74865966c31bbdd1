//! What is stored once a tool has let Weft in: the connection, its sealed grant, the audit row, and the first fetch, in one commit.

use super::{
    Connection, Connections, Status, attempt::Attempt, connect::not_connected, oauth::Grant, pause::leaving, vault,
};
use crate::{
    domain::{Actor, ConnectionId, IntegrationId, Outcome, WorkspaceId},
    store::{AuditEvent, WriteSet},
};
use std::collections::BTreeMap;
use url::Url;

/// A tool that let Weft in.
pub(super) struct LetIn<'a> {
    pub actor: &'a Actor,
    pub integration: &'a IntegrationId,
    /// The connection it belongs to; none for a new one.
    pub connection: Option<ConnectionId>,
    /// The entry of the manifest's `auth`.
    pub way: &'a str,
    pub base_url: Url,
    pub settings: &'a BTreeMap<String, String>,
}

impl Connections {
    /// Keeps what an attempt led to. `write` is committed with it. Answers the name of the integration.
    pub(super) async fn keep(
        &self,
        workspace: &WorkspaceId,
        attempt: &Attempt,
        grant: &Grant,
        write: WriteSet,
    ) -> Outcome<String> {
        let integration = self.integration(&attempt.integration)?;
        let base_url = vault::base_url(integration, &attempt.settings, grant).map_err(|fault| not_connected(&fault))?;
        let let_in = LetIn {
            actor: &attempt.actor,
            integration: &attempt.integration,
            connection: attempt.connection.clone(),
            way: &self.sign_in(&attempt.integration)?.way,
            base_url,
            settings: &attempt.settings,
        };
        let sealed =
            |id: &ConnectionId, write: WriteSet| Ok(write.put(&vault::lock(&self.inner.sealer, workspace, id, grant)?));
        self.keep_connection(let_in, sealed, write).await
    }

    /// Keeps a connection, with what `more` adds for its id, and fetches. Answers the name of the integration.
    pub(super) async fn keep_connection(
        &self,
        let_in: LetIn<'_>,
        more: impl FnOnce(&ConnectionId, WriteSet) -> anyhow::Result<WriteSet>,
        write: WriteSet,
    ) -> Outcome<String> {
        let workspace = &let_in.actor.workspace;
        let name = self.integration(let_in.integration)?.manifest().name.clone();
        let before = match &let_in.connection {
            Some(id) => Some(self.load(workspace, id).await?),
            None => None,
        };
        if let Some(found) = before.as_ref().filter(|found| found.value.status == Status::Disconnecting) {
            return Err(leaving(&found.value.title));
        }
        let now = self.inner.clock.now();
        let connection = Connection {
            id: let_in.connection.clone().unwrap_or_else(ConnectionId::fresh),
            integration: let_in.integration.clone(),
            sign_in: let_in.way.to_owned(),
            title: before.as_ref().map_or_else(|| name.clone(), |found| found.value.title.clone()),
            status: Status::Syncing,
            problem: None,
            base_url: let_in.base_url,
            settings: let_in.settings.clone(),
            connected_by: let_in.actor.user.clone(),
            connected_at: now,
            objects: before.as_ref().map(|found| found.value.objects.clone()).unwrap_or_default(),
            next_sync: None,
            paused: None,
        };
        let write = match &before {
            Some(found) => write.update(found.version, &connection),
            None => write.create(&connection),
        };
        let write = more(&connection.id, write)?
            .audit(connected(let_in.actor, &connection, before.is_some()))
            .enqueue(connection.sync_job(now, false))
            .enqueue(connection.notice("connected", now));
        self.inner.store.control.commit(workspace, write).await.map_err(anyhow::Error::from)?;
        self.reopen(&connection.id).await;
        // Who connected it again may use it from now on.
        self.follow(workspace, &connection).await;
        Ok(name)
    }
}

fn connected(actor: &Actor, connection: &Connection, again: bool) -> AuditEvent {
    let what = if again { "connection.reconnected" } else { "connection.connected" };
    AuditEvent {
        actor: Some(actor.clone()),
        what: what.into(),
        about: vec![
            ("connection".into(), connection.id.0.clone()),
            ("integration".into(), connection.integration.0.clone()),
        ],
        detail: format!("Connected {} at {}", connection.title, connection.base_url.host_str().unwrap_or("its tool")),
    }
}
