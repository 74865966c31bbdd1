//! Connections: an integration connected with credentials to one account of its tool.

mod attempt;
mod connect;
mod connection;
mod disconnect;
mod findings;
mod jwt;
mod kept;
mod list;
mod oauth;
mod page;
mod pause;
mod permissions;
mod refused;
mod revoke;
mod settings;
mod sign_in;
mod template;
mod vault;
mod workspace;

pub use crate::plugins::SettingKind;
pub use connect::Begun;
pub use connection::{Changes, Connection, ObjectState, Status};
pub use disconnect::{Disconnection, Farewell, Gone, is_its_name};
pub use findings::Findings;
pub use list::{Difference as ListDifference, ListPreview, ListSource, MAX_FILE_BYTES as MAX_LIST_BYTES};
pub use page::{Answered, ConnectForm, Opened, Question};
pub use permissions::{MAX_USERS, PermissionsView, Users};

use crate::{
    config::Config,
    domain::{AppError, ConnectionId, ErrorClass, Fault, IntegrationId, Outcome, WorkspaceId},
    plugins::{Access, Credentials, FetchRequest, Integration, Report, Unread},
    store::{Clock, Store, StoreError, Versioned, seal::Sealer},
};
use oauth::Flow;
use permissions::{Permissions, Restricted};
use sign_in::SignIn;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use url::Url;
use vault::ConnectionCredentials;

/// Connections of a workspace, at most: each has a data folder and a fetch a day.
const MAX_CONNECTIONS: usize = 100;

/// A connection ready to be called.
#[derive(Clone)]
pub struct Resolved {
    pub connection: Connection,
    pub integration: Integration,
    pub access: Access,
    /// None before the first check.
    pub findings: Option<Findings>,
    /// The file its records are in, in the place of a tool.
    pub list: Option<ListSource>,
}

impl Resolved {
    /// What these credentials may do.
    pub async fn check(&self) -> Result<Report, Fault> {
        match &self.list {
            Some(list) => Ok(list.report()),
            None => self.integration.check(&self.access).await,
        }
    }

    /// One page of an object, its records not read yet.
    pub async fn ask(&self, request: FetchRequest) -> Result<Unread, Fault> {
        match &self.list {
            Some(list) => list.fetch(request).await.map(Unread::read_before),
            None => self.integration.ask(&self.access, request).await,
        }
    }
}

/// Finds, connects and opens connections.
#[derive(Clone)]
pub struct Connections {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    clock: Clock,
    sealer: Sealer,
    installed: BTreeMap<IntegrationId, Integration>,
    sign_ins: BTreeMap<IntegrationId, SignIn>,
    config: Arc<Config>,
    open: tokio::sync::Mutex<HashMap<ConnectionId, Arc<dyn Credentials>>>,
    /// Held while a people list is taken in or decided.
    receiving: tokio::sync::Mutex<()>,
    restricted: Restricted,
}

impl Connections {
    /// With these integrations. Fails with a sentence when the configuration of one cannot be used.
    pub fn new(
        store: Store,
        clock: Clock,
        sealer: Sealer,
        installed: impl IntoIterator<Item = Integration>,
        config: Arc<Config>,
    ) -> anyhow::Result<Self> {
        let installed = installed.into_iter().map(|one| (one.manifest().id.clone(), one)).collect();
        let sign_ins = sign_in::read(&config, &installed)?;
        let (open, receiving, restricted) = Default::default();
        let inner = Inner { store, clock, sealer, installed, sign_ins, config, open, receiving, restricted };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// What can be connected: id and name.
    pub fn installed(&self) -> impl Iterator<Item = (&IntegrationId, &Integration)> {
        self.inner.installed.iter()
    }

    /// The integration of this id.
    pub fn integration(&self, id: &IntegrationId) -> Outcome<&Integration> {
        self.inner.installed.get(id).ok_or_else(|| {
            let known: Vec<_> = self.inner.installed.keys().map(IntegrationId::as_str).collect();
            AppError::refused(format!("There is no integration `{id}` here. Known ones: {}.", known.join(", ")))
        })
    }

    /// Every connection of the workspace.
    pub async fn list(&self, workspace: &WorkspaceId) -> Result<Vec<Connection>, StoreError> {
        let rows = self.inner.store.control.list::<Connection>(workspace, None, MAX_CONNECTIONS).await?;
        Ok(rows.into_iter().map(|row| row.value).collect())
    }

    /// The connection as stored.
    pub async fn load(&self, workspace: &WorkspaceId, id: &ConnectionId) -> Outcome<Versioned<Connection>> {
        let found = self.inner.store.control.load::<Connection>(workspace, id.as_str()).await;
        found
            .map_err(anyhow::Error::from)?
            .ok_or_else(|| AppError::refused("This connection no longer exists. Nothing was done."))
    }

    /// What the last check found.
    pub async fn findings(&self, workspace: &WorkspaceId, id: &ConnectionId) -> Result<Option<Findings>, StoreError> {
        Findings::load(&self.inner.store, workspace, id).await
    }

    /// The connection, its integration, and credentials that renew themselves.
    pub async fn resolve(&self, workspace: &WorkspaceId, id: &ConnectionId) -> Outcome<Resolved> {
        let connection = self.load(workspace, id).await?.value;
        let integration = self.integration(&connection.integration)?.clone();
        let credentials = self.credentials(workspace, &connection, &integration).await?;
        let access = Access {
            workspace: workspace.clone(),
            connection: id.clone(),
            config: serde_json::to_string(&connection.settings).map_err(anyhow::Error::from)?,
            credentials,
        };
        let findings = self.findings(workspace, id).await.map_err(anyhow::Error::from)?;
        let list = self.list_source(workspace, &connection).await?;
        Ok(Resolved { connection, integration, access, findings, list })
    }

    async fn credentials(
        &self,
        workspace: &WorkspaceId,
        connection: &Connection,
        integration: &Integration,
    ) -> Outcome<Arc<dyn Credentials>> {
        if integration.manifest().is_of_workspace() {
            return Ok(self.workspace_credentials());
        }
        if integration.manifest().is_of_file() {
            return Ok(self.list_credentials(connection));
        }
        let mut open = self.inner.open.lock().await;
        if let Some(credentials) = open.get(&connection.id) {
            return Ok(credentials.clone());
        }
        let flow = self.flow(connection, integration)?;
        let (store, sealer) = (self.inner.store.clone(), self.inner.sealer.clone());
        let opened = ConnectionCredentials::open(
            workspace,
            connection,
            integration,
            flow,
            store,
            sealer,
            self.inner.clock.clone(),
        );
        let credentials: Arc<dyn Credentials> = Arc::new(opened.await?);
        open.insert(connection.id.clone(), credentials.clone());
        Ok(credentials)
    }

    /// The next use reads the stored credentials again.
    async fn reopen(&self, id: &ConnectionId) {
        self.inner.open.lock().await.remove(id);
    }

    /// The way this connection was connected, or why it no longer is one. That ends nothing here: its data is still shown, and the
    /// first call tells who has to connect it again.
    fn flow(&self, connection: &Connection, integration: &Integration) -> Outcome<Result<Flow, Fault>> {
        let name = &integration.manifest().name;
        let flow = match self.inner.sign_ins.get(&connection.integration) {
            Some(sign_in) if sign_in.way == connection.sign_in => {
                Flow::new(integration, sign_in, self.callback()?, &connection.settings)
            }
            Some(sign_in) => Err(format!(
                "This connection signs in by `{}`, and the configuration now says `{}`.",
                connection.sign_in, sign_in.way
            )),
            None => Err(format!("The configuration no longer names an app of {name}.")),
        };
        Ok(flow.map_err(|sentence| {
            let sentence = format!("{sentence} Nothing was sent. Connect it again.");
            Fault::new(ErrorClass::Reauthorize, "sign-in", sentence)
        }))
    }

    /// How an integration signs in.
    fn sign_in(&self, id: &IntegrationId) -> Outcome<&SignIn> {
        self.inner.sign_ins.get(id).ok_or_else(|| {
            AppError::refused(format!(
                "This integration cannot be connected yet: no app of it is configured. Set `client_id` under `[integrations.{id}]` and restart Weft."
            ))
        })
    }

    /// Registered at each tool.
    fn callback(&self) -> Outcome<Url> {
        Ok(self.inner.config.server.public_url.join("connect/callback").map_err(anyhow::Error::from)?)
    }

    /// Records that the operator protects, by key.
    pub fn protected(&self, id: &IntegrationId) -> Vec<String> {
        self.inner.config.integration(id.as_str()).protected
    }
}
