//! Credentials: sealed at rest, opened in memory, renewed once for all who wait, and stored before they are used.

use super::{
    Connection,
    oauth::{Flow, Grant},
    template::fill,
};
use crate::{
    domain::{ConnectionId, ErrorClass, Fault, WorkspaceId},
    plugins::{Applied, Credentials},
    store::{
        CommitError, Entity, Store, WriteSet,
        seal::{self, Sealer},
    },
};
use async_trait::async_trait;
use base64::{Engine, prelude::BASE64_STANDARD};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::RwLock};
use url::Url;
use zeroize::Zeroizing;

/// What is sealed: the tokens of one connection.
#[derive(Serialize, Deserialize)]
struct Tokens {
    access: String,
    refresh: Option<String>,
    members: BTreeMap<String, String>,
}

/// The sealed tokens of a connection.
#[derive(Serialize, Deserialize)]
pub struct Secret {
    connection: ConnectionId,
    /// Base64 of the sealed JSON of the tokens.
    sealed: String,
}

impl Entity for Secret {
    const KIND: &'static str = "secret";

    fn id(&self) -> String {
        self.connection.0.clone()
    }
}

/// Ties a sealed secret to its place: moved elsewhere it does not open.
fn place(workspace: &WorkspaceId, connection: &ConnectionId) -> Vec<u8> {
    seal::place(&[workspace.as_str(), connection.as_str(), "default"])
}

/// Seals a grant for its connection.
pub fn lock(
    sealer: &Sealer,
    workspace: &WorkspaceId,
    connection: &ConnectionId,
    grant: &Grant,
) -> anyhow::Result<Secret> {
    let tokens = Tokens {
        access: grant.access.expose_secret().to_owned(),
        refresh: grant.refresh.as_ref().map(|token| token.expose_secret().to_owned()),
        members: grant.members.clone(),
    };
    let plain = Zeroizing::new(serde_json::to_vec(&tokens)?);
    let sealed = sealer.seal(&place(workspace, connection), &plain);
    Ok(Secret { connection: connection.clone(), sealed: BASE64_STANDARD.encode(sealed) })
}

/// Opens what [`lock`] made.
pub fn unlock(sealer: &Sealer, workspace: &WorkspaceId, secret: &Secret) -> anyhow::Result<Grant> {
    let sealed = BASE64_STANDARD.decode(&secret.sealed)?;
    let plain = Zeroizing::new(sealer.open(&place(workspace, &secret.connection), &sealed)?);
    let tokens: Tokens = serde_json::from_slice(&plain)?;
    Ok(Grant { access: tokens.access.into(), refresh: tokens.refresh.map(Into::into), members: tokens.members })
}

/// The tokens in use, and how often they were renewed since the start.
struct Current {
    access: SecretString,
    base_url: Url,
    generation: u64,
}

/// The credentials of one connection, for as long as it is used.
pub struct ConnectionCredentials {
    workspace: WorkspaceId,
    connection: ConnectionId,
    base_template: String,
    settings: BTreeMap<String, String>,
    flow: Flow,
    store: Store,
    sealer: Sealer,
    current: RwLock<Current>,
    /// Held while renewing: a second refresh with the same token would end the grant at tools that rotate.
    renewing: tokio::sync::Mutex<()>,
}

impl ConnectionCredentials {
    /// Opens the stored tokens. `base_template` is the manifest's `http.base`.
    pub async fn open(
        workspace: &WorkspaceId,
        connection: &Connection,
        base_template: &str,
        flow: Flow,
        store: Store,
        sealer: Sealer,
    ) -> anyhow::Result<Self> {
        let secret = store
            .control
            .load::<Secret>(workspace, connection.id.as_str())
            .await?
            .ok_or_else(|| anyhow::anyhow!("connection {} has no stored credentials", connection.id))?;
        let grant = unlock(&sealer, workspace, &secret.value)?;
        Ok(Self {
            workspace: workspace.clone(),
            connection: connection.id.clone(),
            base_template: base_template.to_owned(),
            settings: connection.settings.clone(),
            flow,
            store,
            sealer,
            current: RwLock::new(Current {
                access: grant.access,
                base_url: connection.base_url.clone(),
                generation: 0,
            }),
            renewing: tokio::sync::Mutex::new(()),
        })
    }

    fn read<T>(&self, of: impl FnOnce(&Current) -> T) -> T {
        of(&self.current.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    async fn renew_once(&self) -> Result<(), Fault> {
        let stored = self.store.control.load::<Secret>(&self.workspace, self.connection.as_str()).await;
        let stored = stored.map_err(|error| fault(&error))?.ok_or_else(gone)?;
        let held = unlock(&self.sealer, &self.workspace, &stored.value).map_err(|error| fault(&error))?;
        let refresh = held.refresh.clone().ok_or_else(gone)?;
        let mut grant = self.flow.renew(&refresh).await?;
        let mut members = held.members;
        members.append(&mut grant.members);
        grant.members = members;
        grant.refresh = grant.refresh.or(Some(refresh));
        let base_url = self.base_url_of(&grant)?;
        self.keep(&grant, stored.version).await?;
        let mut current = self.current.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        current.access = grant.access;
        current.base_url = base_url;
        current.generation += 1;
        Ok(())
    }

    fn base_url_of(&self, grant: &Grant) -> Result<Url, Fault> {
        base_url(&self.base_template, &self.settings, grant)
    }

    /// Durable before the first use: a rotated refresh token that is lost cannot be had again.
    async fn keep(&self, grant: &Grant, version: u64) -> Result<(), Fault> {
        let secret = lock(&self.sealer, &self.workspace, &self.connection, grant).map_err(|error| fault(&error))?;
        let write = WriteSet::default().update(version, &secret);
        self.store.control.commit(&self.workspace, write).await.map_err(|error| match error {
            CommitError::Conflict(_) => gone(),
            other => fault(&other),
        })
    }
}

/// Where the tool's API is, by the manifest's template over the settings and the grant.
pub fn base_url(template: &str, settings: &BTreeMap<String, String>, grant: &Grant) -> Result<Url, Fault> {
    let mut members = settings.clone();
    members.extend(grant.members.clone());
    fill(template, &members).map_err(|sentence| Fault::new(ErrorClass::Bug, "base-url", sentence))
}

fn gone() -> Fault {
    Fault::new(
        ErrorClass::Reauthorize,
        "no-grant",
        "There is no grant left to renew for this connection. Connect it again.",
    )
}

fn fault(error: &dyn std::fmt::Display) -> Fault {
    let mut fault = Fault::new(
        ErrorClass::Retry,
        "vault",
        "The stored credentials of this connection could not be used just now. Nothing was sent. Try again in a minute.",
    );
    fault.detail = Some(error.to_string());
    fault
}

#[async_trait]
impl Credentials for ConnectionCredentials {
    async fn apply(&self, _slot: &str) -> Result<Applied, Fault> {
        Ok(self.read(|current| Applied {
            headers: vec![("authorization".into(), format!("Bearer {}", current.access.expose_secret()).into())],
            query: Vec::new(),
            generation: current.generation,
        }))
    }

    async fn renew(&self, _slot: &str, generation: u64) -> Result<(), Fault> {
        let _alone = self.renewing.lock().await;
        if self.read(|current| current.generation) != generation {
            return Ok(());
        }
        self.renew_once().await
    }

    fn base_url(&self) -> Url {
        self.read(|current| current.base_url.clone())
    }
}
