//! Credentials: sealed at rest, opened in memory, renewed once for all who wait, and stored before they are used.

use super::{
    Connection,
    oauth::{ANSWER_LOST, Flow, Grant},
    template::fill,
};
use crate::{
    domain::{ConnectionId, ErrorClass, Fault, WorkspaceId},
    plugins::{Applied, Credentials, Integration},
    store::{
        Clock, CommitError, Entity, Store, WriteSet,
        seal::{self, Sealer},
    },
};
use async_trait::async_trait;
use base64::{Engine, prelude::BASE64_STANDARD};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use tokio::time::Instant;
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

/// A renewal that was refused for good, and when.
struct Refused {
    fault: Fault,
    at: Instant,
}

/// After a refusal the tool is not asked again for so long: every call of a fetch hears the same, and the login is left alone.
const REFUSED_FOR: Duration = Duration::from_secs(60);

/// The credentials of one connection, for as long as it is used.
pub struct ConnectionCredentials {
    inner: Arc<Inner>,
}

struct Inner {
    workspace: WorkspaceId,
    connection: ConnectionId,
    integration: Integration,
    settings: BTreeMap<String, String>,
    /// Or why the connection has none any more.
    flow: Result<Flow, Fault>,
    store: Store,
    sealer: Sealer,
    clock: Clock,
    current: RwLock<Current>,
    /// Held while renewing: a second refresh with the same token would end the grant at tools that rotate.
    renewing: tokio::sync::Mutex<Renewing>,
}

#[derive(Default)]
struct Renewing {
    refused: Option<Refused>,
    /// The answer to a renewal was lost: the tool may have replaced the refresh token that Weft has.
    in_doubt: bool,
}

impl ConnectionCredentials {
    /// Opens the stored tokens. Without a flow they open as well, and each use answers why.
    pub async fn open(
        workspace: &WorkspaceId,
        connection: &Connection,
        integration: &Integration,
        flow: Result<Flow, Fault>,
        store: Store,
        sealer: Sealer,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        let secret = store
            .control
            .load::<Secret>(workspace, connection.id.as_str())
            .await?
            .ok_or_else(|| anyhow::anyhow!("connection {} has no stored credentials", connection.id))?;
        let grant = unlock(&sealer, workspace, &secret.value)?;
        // The grant may be newer than the connection, and the account moved with it.
        let base_url = base_url(integration, &connection.settings, &grant);
        let base_url = base_url.unwrap_or_else(|_| connection.base_url.clone());
        let inner = Inner {
            workspace: workspace.clone(),
            connection: connection.id.clone(),
            integration: integration.clone(),
            settings: connection.settings.clone(),
            flow,
            store,
            sealer,
            clock,
            current: RwLock::new(Current { access: grant.access, base_url, generation: 0 }),
            renewing: Default::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }
}

impl Inner {
    fn read<T>(&self, of: impl FnOnce(&Current) -> T) -> T {
        of(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn renew(&self, generation: u64) -> Result<(), Fault> {
        let mut renewing = self.renewing.lock().await;
        if self.read(|current| current.generation) != generation {
            return Ok(());
        }
        if let Some(refused) = renewing.refused.as_ref().filter(|refused| refused.at.elapsed() < REFUSED_FOR) {
            return Err(refused.fault.clone());
        }
        let renewed = self.renew_once(&mut renewing).await;
        let refused = renewed.as_ref().err().filter(|fault| fault.class == ErrorClass::Reauthorize);
        renewing.refused = refused.map(|fault| Refused { fault: fault.clone(), at: Instant::now() });
        renewed
    }

    async fn renew_once(&self, renewing: &mut Renewing) -> Result<(), Fault> {
        let flow = self.flow.as_ref().map_err(Clone::clone)?;
        let stored = self.store.control.load::<Secret>(&self.workspace, self.connection.as_str()).await;
        let stored = stored.map_err(|error| fault(&error))?.ok_or_else(gone)?;
        let held = unlock(&self.sealer, &self.workspace, &stored.value).map_err(|error| fault(&error))?;
        let newer = self.ask(flow, held.refresh.as_ref(), renewing).await?;
        let grant = held.renewed(newer);
        self.keep(&grant, stored.version).await?;
        let base_url = base_url(&self.integration, &self.settings, &grant)?;
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        *current = Current { access: grant.access, base_url, generation: current.generation + 1 };
        Ok(())
    }

    /// Asks for a grant. When the answer is lost, once more with what Weft has: nothing can be lost by it that is not lost already,
    /// and where the request never arrived, or the tool takes the old token for a while, it works.
    async fn ask(&self, flow: &Flow, refresh: Option<&SecretString>, renewing: &mut Renewing) -> Result<Grant, Fault> {
        let mut asked = flow.grant(refresh, self.clock.now()).await;
        if asked.as_ref().is_err_and(|fault| fault.code == ANSWER_LOST) {
            renewing.in_doubt = flow.rotates();
            asked = flow.grant(refresh, self.clock.now()).await;
        }
        let asked = asked.map_err(|fault| reauthorize(fault, renewing.in_doubt));
        renewing.in_doubt &= asked.as_ref().is_err_and(|fault| fault.class != ErrorClass::Reauthorize);
        asked
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

/// Where the tool's API is, by the manifest's template over the settings and the grant. A host that came with the grant must be
/// one the manifest names, or one the operator opened: credentials go nowhere else.
pub fn base_url(integration: &Integration, settings: &BTreeMap<String, String>, grant: &Grant) -> Result<Url, Fault> {
    let manifest = integration.manifest();
    let mut members = grant.members.clone();
    members.extend(settings.clone());
    let url = fill(&manifest.http.base, &members).map_err(|sentence| {
        Fault::new(ErrorClass::Bug, "base-url", format!("The tool's address is not known: {sentence}."))
    })?;
    if manifest.http.hosts.is_empty() || !manifest.http.base.starts_with('{') {
        return Ok(url);
    }
    match integration.check_address(&url) {
        Ok(()) => Ok(url),
        Err(refusal) => Err(Fault {
            detail: Some(refusal.to_string()),
            ..Fault::new(
                ErrorClass::Forbidden,
                "foreign-address",
                format!(
                    "{} named `{}` as the place of its API, which is not a host this integration may talk to. Nothing was sent there.",
                    manifest.name,
                    url.host_str().unwrap_or("?")
                ),
            )
        }),
    }
}

/// What a person reads when a renewal is refused for good.
fn reauthorize(fault: Fault, in_doubt: bool) -> Fault {
    if fault.class != ErrorClass::Reauthorize {
        return fault;
    }
    let lost = "The answer to an earlier renewal was lost on the way, and the token in it was the only one that still counts. ";
    let message = format!("{}{} Connect it again.", if in_doubt { lost } else { "" }, fault.message);
    Fault { message, ..fault }
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
        self.inner.flow.as_ref().map_err(Clone::clone)?;
        Ok(self.inner.read(|current| Applied {
            headers: vec![("authorization".into(), format!("Bearer {}", current.access.expose_secret()).into())],
            query: Vec::new(),
            generation: current.generation,
        }))
    }

    async fn renew(&self, _slot: &str, generation: u64) -> Result<(), Fault> {
        let inner = self.inner.clone();
        // On its own: whoever waits may run out of time or be stopped, and a rotated token must be stored all the same.
        let renewal = tokio::spawn(async move { inner.renew(generation).await });
        renewal.await.unwrap_or_else(|error| Err(fault(&error)))
    }

    fn base_url(&self) -> Url {
        self.inner.read(|current| current.base_url.clone())
    }
}
