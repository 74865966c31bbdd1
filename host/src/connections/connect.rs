//! Connecting a tool: a one-time link for the person who asked, bound to the first browser that opens it, and the grant that
//! comes back. Nothing is taken from the browser but the state, the code and the cookie.

use super::{Connection, Connections, Status, oauth::Grant, vault};
use crate::{
    domain::{Actor, AppError, ConnectionId, IntegrationId, Millis, Outcome, WorkspaceId},
    store::{AuditEvent, Entity, Versioned, WriteSet},
};
use base64::{Engine, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use url::Url;

/// A person goes to the browser at once, or asks for a new link.
const LINK_LIFE_MS: Millis = 10 * 60 * 1000;

/// Somebody's wish to connect, from the link to the grant.
#[derive(Clone, Serialize, Deserialize)]
struct Attempt {
    /// BLAKE3 of the ticket in the link.
    id: String,
    actor: Actor,
    integration: IntegrationId,
    /// Connect this one again, keeping boards and permissions.
    connection: Option<ConnectionId>,
    settings: BTreeMap<String, String>,
    created_at: Millis,
    bound: Option<Bound>,
}

/// The browser that opened the link, and what the tool must bring back.
#[derive(Clone, Serialize, Deserialize)]
struct Bound {
    /// BLAKE3 of the second half of the state.
    state: String,
    /// BLAKE3 of the cookie.
    browser: String,
    /// The PKCE verifier, sealed.
    verifier: String,
}

impl Entity for Attempt {
    const KIND: &'static str = "connect-attempt";

    fn id(&self) -> String {
        self.id.clone()
    }
}

/// Where to send the browser, and the cookie that binds it.
pub struct Begun {
    pub redirect: Url,
    pub cookie: String,
}

impl Connections {
    /// A one-time link for this person to connect an integration, or to connect one of its connections again.
    pub async fn start_connect(
        &self,
        actor: &Actor,
        integration: &IntegrationId,
        connection: Option<ConnectionId>,
    ) -> Outcome<Url> {
        if !actor.is_admin() {
            return Err(AppError::refused("Only admins connect tools. Ask one of them; nothing was changed."));
        }
        let found = self.integration(integration)?;
        let settings = self.settings(found);
        self.flow(found, &settings)?;
        let ticket = random();
        let attempt = Attempt {
            id: digest(&ticket),
            actor: actor.clone(),
            integration: integration.clone(),
            connection,
            settings,
            created_at: self.inner.clock.now(),
            bound: None,
        };
        let write = WriteSet::default().create(&attempt);
        self.inner.store.control.commit(&actor.workspace, write).await.map_err(anyhow::Error::from)?;
        let path = format!("connect/{}/{ticket}", actor.workspace);
        Ok(self.inner.config.server.public_url.join(&path).map_err(anyhow::Error::from)?)
    }

    /// The link was opened: binds it to this browser and answers where to go. A second browser is refused.
    pub async fn begin_connect(&self, workspace: &WorkspaceId, ticket: &str) -> Outcome<Begun> {
        let found = self.attempt(workspace, &digest(ticket)).await?;
        if found.value.bound.is_some() {
            return Err(AppError::refused("This link was opened before. Ask for a new one in Slack."));
        }
        let flow = self.flow(self.integration(&found.value.integration)?, &found.value.settings)?;
        let (secret, cookie) = (random(), random());
        let state = format!("{workspace}.{}.{secret}", found.value.id);
        let (redirect, verifier) = flow.authorize(state);
        let sealed = self.inner.sealer.seal(found.value.id.as_bytes(), verifier.secret().as_bytes());
        let bound =
            Bound { state: digest(&secret), browser: digest(&cookie), verifier: BASE64_STANDARD.encode(sealed) };
        let attempt = Attempt { bound: Some(bound), ..found.value };
        let write = WriteSet::default().update(found.version, &attempt);
        self.inner.store.control.commit(workspace, write).await.map_err(anyhow::Error::from)?;
        Ok(Begun { redirect, cookie })
    }

    /// The tool sent the browser back with a code. Answers the name of what was connected.
    pub async fn finish_connect(&self, state: &str, code: &str, cookie: Option<&str>) -> Outcome<String> {
        let (workspace, attempt) = self.returned(state, cookie).await?;
        let bound = attempt.bound.as_ref().ok_or_else(stale)?;
        let sealed = BASE64_STANDARD.decode(&bound.verifier).map_err(anyhow::Error::from)?;
        let verifier = self.inner.sealer.open(attempt.id.as_bytes(), &sealed).map_err(anyhow::Error::from)?;
        let integration = self.integration(&attempt.integration)?;
        let flow = self.flow(integration, &attempt.settings)?;
        let verifier = String::from_utf8(verifier.to_vec()).map_err(anyhow::Error::from)?;
        let grant = flow.exchange(code.to_owned(), verifier).await.map_err(|fault| AppError::Refused(fault.message))?;
        let name = integration.manifest().name.clone();
        self.keep(&workspace, &attempt, &grant, &name).await?;
        Ok(name)
    }

    /// The tool or the person said no.
    pub async fn refuse_connect(&self, state: &str, cookie: Option<&str>) -> Outcome<()> {
        self.returned(state, cookie).await.map(drop)
    }

    async fn keep(&self, workspace: &WorkspaceId, attempt: &Attempt, grant: &Grant, name: &str) -> Outcome<()> {
        let base = &self.integration(&attempt.integration)?.manifest().http.base;
        let base_url =
            vault::base_url(base, &attempt.settings, grant).map_err(|fault| AppError::Refused(fault.message))?;
        let before = match &attempt.connection {
            Some(id) => Some(self.load(workspace, id).await?),
            None => None,
        };
        let now = self.inner.clock.now();
        let connection = Connection {
            id: attempt.connection.clone().unwrap_or_else(ConnectionId::fresh),
            integration: attempt.integration.clone(),
            title: before.as_ref().map_or_else(|| name.to_owned(), |found| found.value.title.clone()),
            status: Status::Syncing,
            problem: None,
            base_url,
            settings: attempt.settings.clone(),
            connected_by: attempt.actor.user.clone(),
            connected_at: now,
            objects: before.as_ref().map(|found| found.value.objects.clone()).unwrap_or_default(),
            next_sync: None,
        };
        let secret = vault::lock(&self.inner.sealer, workspace, &connection.id, grant)?;
        let write = match &before {
            Some(found) => WriteSet::default().update(found.version, &connection),
            None => WriteSet::default().create(&connection),
        }
        .put(&secret)
        .audit(connected(&attempt.actor, &connection, before.is_some()))
        .enqueue(connection.sync_job(now, false))
        .enqueue(connection.notice("connected", now));
        self.inner.store.control.commit(workspace, write).await.map_err(anyhow::Error::from)?;
        self.reopen(&connection.id).await;
        Ok(())
    }

    /// Checks what came back and takes the attempt away: a state works once.
    async fn returned(&self, state: &str, cookie: Option<&str>) -> Outcome<(WorkspaceId, Attempt)> {
        let mut parts = state.splitn(3, '.');
        let (Some(workspace), Some(id), Some(secret)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(stale());
        };
        let workspace = WorkspaceId::from(workspace);
        let found = self.attempt(&workspace, id).await?;
        let bound = found.value.bound.as_ref().ok_or_else(stale)?;
        if !same(&bound.state, &digest(secret)) || !cookie.is_some_and(|one| same(&bound.browser, &digest(one))) {
            return Err(AppError::refused(
                "This browser is not the one that opened the link. Nothing was connected. Ask for a new link in Slack.",
            ));
        }
        let mut write = WriteSet::default().delete::<Attempt>(id);
        write.expect.push((Attempt::key_of(id), crate::store::Expect::Version(found.version)));
        self.inner.store.control.commit(&workspace, write).await.map_err(|_| stale())?;
        Ok((workspace, found.value))
    }

    async fn attempt(&self, workspace: &WorkspaceId, id: &str) -> Outcome<Versioned<Attempt>> {
        let found = self.inner.store.control.load::<Attempt>(workspace, id).await.map_err(anyhow::Error::from)?;
        found.filter(|one| self.inner.clock.now() - one.value.created_at <= LINK_LIFE_MS).ok_or_else(stale)
    }
}

fn stale() -> AppError {
    AppError::refused("This link has expired or was used. Nothing was connected. Ask for a new one in Slack.")
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

fn digest(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

fn same(left: &str, right: &str) -> bool {
    use subtle::ConstantTimeEq;
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

#[expect(clippy::expect_used, reason = "without random numbers nothing here is safe")]
fn random() -> String {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the system has random numbers");
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
