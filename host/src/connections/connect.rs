//! Connecting a tool: a one-time link for the person who asked, bound to the first browser that opens it, a page that asks the
//! settings, and the grant. Of the browser nothing counts but the answers, the state, the code and the cookie.

use super::{
    Connections, Status,
    attempt::{Attempt, LINK_LIFE_MS, Sent, digest, random, same, stale, stranger},
    oauth::{Flow, Grant},
    page::{Answered, ConnectForm, Opened, questions},
    pause::leaving,
    refused,
    settings::{self, Mistakes},
};
use crate::{
    domain::{Actor, AppError, ConnectionId, Fault, IntegrationId, Outcome, WorkspaceId},
    store::{Entity, Expect, Job, JobKind, Versioned, WriteSet},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use std::collections::BTreeMap;
use url::Url;

/// What follows from the wish to connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// The person goes on in the browser, at this one-time address.
    Browser(Url),
    /// There is nothing to do in a browser: what became of it, or what to do instead, as sentences.
    Said(String),
}

impl Connections {
    /// This person wants to connect an integration, or one of its connections again.
    pub async fn start_connect(
        &self,
        actor: &Actor,
        integration: &IntegrationId,
        connection: Option<ConnectionId>,
    ) -> Outcome<Begun> {
        if !actor.is_admin() {
            return Err(AppError::refused("Only admins connect tools. Ask one of them; nothing was changed."));
        }
        let manifest = self.integration(integration)?.manifest();
        if manifest.is_of_workspace() {
            return self.connect_workspace(actor, integration).await.map(Begun::Said);
        }
        if manifest.is_of_file() {
            return Ok(Begun::Said(self.how_to_give_a_list()));
        }
        self.sign_in(integration)?;
        let configured = self.inner.config.integration(integration.as_str()).settings;
        let mut settings = settings::prefilled(manifest, &configured);
        if let Some(id) = &connection {
            let found = self.load(&actor.workspace, id).await?.value;
            if found.status == Status::Disconnecting {
                return Err(leaving(&found.title));
            }
            settings.extend(found.settings);
        }
        let ticket = random();
        let attempt = Attempt {
            id: digest(&ticket),
            actor: actor.clone(),
            integration: integration.clone(),
            connection,
            settings,
            created_at: self.inner.clock.now(),
            browser: None,
            sent: None,
        };
        let write = WriteSet::default().create(&attempt);
        self.inner.store.control.commit(&actor.workspace, write).await.map_err(anyhow::Error::from)?;
        let path = format!("connect/{}/{ticket}", actor.workspace);
        Ok(Begun::Browser(self.inner.config.server.public_url.join(&path).map_err(anyhow::Error::from)?))
    }

    /// The link was opened: binds it to this browser and answers what to ask. A second browser is refused. `cookie` is the
    /// browser's from before, if it has one.
    pub async fn open_connect(&self, workspace: &WorkspaceId, ticket: &str, cookie: Option<&str>) -> Outcome<Opened> {
        let found = self.attempt(workspace, &digest(ticket)).await?;
        if found.value.browser.is_some() && !found.value.is_bound_to(cookie) {
            return Err(AppError::refused("This link was opened before. Ask for a new one in Slack."));
        }
        let cookie = cookie.filter(|cookie| cookie.len() >= 43).map_or_else(random, str::to_owned);
        let attempt = Attempt { browser: Some(digest(&cookie)), ..found.value };
        let write = WriteSet::default().update(found.version, &attempt);
        self.inner.store.control.commit(workspace, write).await.map_err(anyhow::Error::from)?;
        let form = self.form(&attempt, &cookie, &attempt.settings, &Mistakes::new(), None)?;
        Ok(Opened { form, cookie })
    }

    /// The form came back. `token` is the form's own.
    pub async fn answer_connect(
        &self,
        workspace: &WorkspaceId,
        ticket: &str,
        cookie: Option<&str>,
        token: &str,
        answers: &BTreeMap<String, String>,
    ) -> Outcome<Answered> {
        let found = self.attempt(workspace, &digest(ticket)).await?;
        let cookie = cookie.filter(|cookie| found.value.is_bound_to(Some(cookie))).ok_or_else(stranger)?;
        if !same(token, &found.value.form_token(cookie)) {
            return Err(stranger());
        }
        let integration = self.integration(&found.value.integration)?;
        let again = |mistakes: Mistakes, problem: Option<String>| {
            self.form(&found.value, cookie, answers, &mistakes, problem).map(|form| Answered::Again(Box::new(form)))
        };
        let settings = match settings::check(integration, answers) {
            Ok(settings) => settings,
            Err(mistakes) => return again(mistakes, None),
        };
        let sign_in = self.sign_in(&found.value.integration)?;
        let flow = match Flow::new(integration, sign_in, self.callback()?, &settings) {
            Ok(flow) => flow,
            Err(sentence) => return again(Mistakes::new(), Some(sentence)),
        };
        let attempt = Versioned { version: found.version, value: Attempt { settings, ..found.value.clone() } };
        let secret = random();
        if let Some((url, verifier)) = flow.authorize(format!("{workspace}.{}.{secret}", attempt.value.id)) {
            self.send(workspace, attempt, &secret, verifier.secret()).await?;
            return Ok(Answered::Redirect(url));
        }
        match self.connect_alone(workspace, &attempt, &flow).await {
            Err(AppError::Refused(sentence)) => again(Mistakes::new(), Some(sentence)),
            ended => ended.map(Answered::Connected),
        }
    }

    /// Keeps what the tool must bring back.
    async fn send(
        &self,
        workspace: &WorkspaceId,
        found: Versioned<Attempt>,
        secret: &str,
        verifier: &str,
    ) -> Outcome<()> {
        let sealed = self.inner.sealer.seal(found.value.id.as_bytes(), verifier.as_bytes());
        let sent = Sent { state: digest(secret), verifier: BASE64_STANDARD.encode(sealed) };
        let attempt = Attempt { sent: Some(sent), ..found.value };
        let write = WriteSet::default().update(found.version, &attempt);
        Ok(self.inner.store.control.commit(workspace, write).await.map_err(anyhow::Error::from)?)
    }

    /// Nobody has to allow anything: the grant is there or refused at once. Refused, the form can be sent again.
    async fn connect_alone(
        &self,
        workspace: &WorkspaceId,
        attempt: &Versioned<Attempt>,
        flow: &Flow,
    ) -> Outcome<String> {
        let ended = match flow.grant(None, self.inner.clock.now()).await {
            Ok(grant) => self.keep(workspace, &attempt.value, &grant, taken_away(attempt)).await,
            Err(fault) => Err(not_connected(&fault)),
        };
        self.told(workspace, &attempt.value, ended).await
    }

    /// The tool sent the browser back with a code. Answers the name of what was connected.
    pub async fn finish_connect(&self, state: &str, code: &str, cookie: Option<&str>) -> Outcome<String> {
        let (workspace, attempt) = self.returned(state, cookie).await?;
        let ended = match self.redeem(&attempt, code).await {
            Ok(grant) => self.keep(&workspace, &attempt, &grant, WriteSet::default()).await,
            Err(error) => Err(error),
        };
        self.told(&workspace, &attempt, ended).await
    }

    async fn redeem(&self, attempt: &Attempt, code: &str) -> Outcome<Grant> {
        let sent = attempt.sent.as_ref().ok_or_else(stale)?;
        let sealed = BASE64_STANDARD.decode(&sent.verifier).map_err(anyhow::Error::from)?;
        let verifier = self.inner.sealer.open(attempt.id.as_bytes(), &sealed).map_err(anyhow::Error::from)?;
        let verifier = String::from_utf8(verifier.to_vec()).map_err(anyhow::Error::from)?;
        let integration = self.integration(&attempt.integration)?;
        let flow = Flow::new(integration, self.sign_in(&attempt.integration)?, self.callback()?, &attempt.settings);
        let flow = flow.map_err(AppError::Refused)?;
        let grant = flow.exchange(code.to_owned(), verifier).await.map_err(|fault| not_connected(&fault))?;
        if !flow.rotates() {
            return Ok(grant);
        }
        // A policy of the tool can end refresh tokens at once; it shows when the first session is over, unless it is tried now.
        match flow.grant(grant.refresh.as_ref(), self.inner.clock.now()).await {
            Ok(renewed) => Ok(grant.renewed(renewed)),
            Err(fault) => Err(AppError::Refused(format!(
                "{} let Weft in once, and did not renew the session: {} Nothing was connected, since it would have ended within hours. Look at the refresh token policy and the scopes of the app there, then ask for a new link in Slack.",
                integration.manifest().name,
                fault.message
            ))),
        }
    }

    /// The tool or the person said no: why, in words, as a refusal.
    pub async fn refuse_connect(
        &self,
        state: &str,
        cookie: Option<&str>,
        code: &str,
        description: Option<&str>,
    ) -> Outcome<String> {
        let (workspace, attempt) = self.returned(state, cookie).await?;
        let why = refused::sentence(self.integration(&attempt.integration)?.manifest(), code, description);
        let sentence = format!("{why} Nothing was connected. Ask for a new link in Slack to try again.");
        self.told(&workspace, &attempt, Err(AppError::Refused(sentence))).await
    }

    /// What a refusal means whose state is not known: only what the host itself can say, since anybody can make such an address.
    pub fn explain_refusal(&self, code: &str, description: Option<&str>) -> Option<String> {
        let said = format!("{code}: {}", description.unwrap_or_default());
        self.inner.installed.values().find_map(|one| one.manifest().sign_in_error(&said).map(str::to_owned))
    }

    /// A refusal is told in Slack as well: the browser may be closed by then.
    async fn told(&self, workspace: &WorkspaceId, attempt: &Attempt, ended: Outcome<String>) -> Outcome<String> {
        if let Err(AppError::Refused(sentence)) = &ended {
            let name = &self.integration(&attempt.integration)?.manifest().name;
            let job = Job {
                id: format!("notify/connect/{}/{}", attempt.id, digest(sentence)),
                kind: JobKind::Notify,
                lane: None,
                due: self.inner.clock.now(),
                payload: serde_json::json!({
                    "user": attempt.actor.user,
                    "sentence": format!("{name} was not connected. {sentence}"),
                })
                .to_string()
                .into_bytes(),
            };
            // The same refusal of the same link is told once; a page that was shown stands without it.
            if let Err(error) = self.inner.store.control.commit(workspace, WriteSet::default().enqueue(job)).await {
                tracing::info!(%error, "a refused connection is not told in Slack");
            }
        }
        ended
    }

    /// Checks what came back and takes the attempt away: a state works once.
    async fn returned(&self, state: &str, cookie: Option<&str>) -> Outcome<(WorkspaceId, Attempt)> {
        let mut parts = state.splitn(3, '.');
        let (Some(workspace), Some(id), Some(secret)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(stale());
        };
        let workspace = WorkspaceId::from(workspace);
        let found = self.attempt(&workspace, id).await?;
        let sent = found.value.sent.as_ref().ok_or_else(stale)?;
        if !same(&sent.state, &digest(secret)) || !found.value.is_bound_to(cookie) {
            return Err(stranger());
        }
        self.inner.store.control.commit(&workspace, taken_away(&found)).await.map_err(|_| stale())?;
        Ok((workspace, found.value))
    }

    async fn attempt(&self, workspace: &WorkspaceId, id: &str) -> Outcome<Versioned<Attempt>> {
        let found = self.inner.store.control.load::<Attempt>(workspace, id).await.map_err(anyhow::Error::from)?;
        found.filter(|one| self.inner.clock.now() - one.value.created_at <= LINK_LIFE_MS).ok_or_else(stale)
    }

    fn form(
        &self,
        attempt: &Attempt,
        cookie: &str,
        answers: &BTreeMap<String, String>,
        mistakes: &Mistakes,
        problem: Option<String>,
    ) -> Outcome<ConnectForm> {
        let manifest = self.integration(&attempt.integration)?.manifest();
        let sign_in = self.sign_in(&attempt.integration)?;
        let (explanation, button) = sign_in.words(manifest);
        Ok(ConnectForm {
            integration: manifest.name.clone(),
            explanation,
            button,
            questions: questions(&manifest.settings, answers, mistakes),
            problem,
            token: attempt.form_token(cookie),
        })
    }
}

/// The attempt can be used by nobody else from here on.
fn taken_away(attempt: &Versioned<Attempt>) -> WriteSet {
    let mut write = WriteSet::default().delete::<Attempt>(attempt.value.id.clone());
    write.expect.push((attempt.value.key(), Expect::Version(attempt.version)));
    write
}

pub(super) fn not_connected(fault: &Fault) -> AppError {
    tracing::info!(fault.code, fault.detail, "a tool was not connected");
    AppError::Refused(format!("{} Nothing was connected.", fault.message))
}
