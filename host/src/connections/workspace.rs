//! Connecting with the bot token of the Slack workspace where Weft is installed. It is there already, so nothing is asked: the tool is
//! looked at, and what the token lacks is said at once. The token stays in the configuration and is stored nowhere else.

use super::{Connections, connect::not_connected, kept::LetIn, settings};
use crate::{
    domain::{Actor, AppError, ConnectionId, ErrorClass, Fault, IntegrationId, Outcome, WorkspaceId},
    plugins::{Access, AccessLevel, Applied, Credentials, DEFAULT_SLOT, Integration, Report},
    store::WriteSet,
};
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use std::{collections::BTreeMap, sync::Arc};
use url::Url;

/// The bot token as it is configured now.
struct WorkspaceCredentials {
    token: SecretString,
    api: Url,
}

#[async_trait]
impl Credentials for WorkspaceCredentials {
    async fn apply(&self, _slot: &str) -> Result<Applied, Fault> {
        Ok(Applied {
            headers: vec![("authorization".into(), format!("Bearer {}", self.token.expose_secret()).into())],
            ..Applied::default()
        })
    }

    async fn renew(&self, _slot: &str, _generation: u64) -> Result<(), Fault> {
        Err(Fault::new(
            ErrorClass::Reauthorize,
            "bot-token",
            "Slack no longer accepts Weft's bot token. Install the app again in Slack, set `slack.bot_token` to its token and restart Weft.",
        ))
    }

    fn base_url(&self) -> Url {
        self.api.clone()
    }
}

impl Connections {
    /// The workspace's own credentials.
    pub(super) fn workspace_credentials(&self) -> Arc<dyn Credentials> {
        let slack = &self.inner.config.slack;
        Arc::new(WorkspaceCredentials { token: slack.bot_token.clone(), api: slack.api_url.clone() })
    }

    /// Connects at once: there is one such connection of an integration, and connecting it again looks again. Answers what was
    /// connected and what the token lacks, as sentences.
    pub(super) async fn connect_workspace(&self, actor: &Actor, id: &IntegrationId) -> Outcome<String> {
        let integration = self.integration(id)?;
        let settings = self.configured(id, integration)?;
        let api = self.inner.config.slack.api_url.clone();
        integration.check_address(&api).map_err(|refusal| {
            AppError::refused(format!(
                "`slack.api_url` is no place for the bot token: {refusal}. Nothing was connected."
            ))
        })?;
        let known = self.list(&actor.workspace).await.map_err(anyhow::Error::from)?;
        let before = known.into_iter().find(|one| &one.integration == id).map(|one| one.id);
        let report = self.look(&actor.workspace, before.clone(), integration, &settings).await?;
        let lacks = lacks(integration, &report);
        if !report.objects.iter().any(|found| is_seen(found.access)) {
            return Err(AppError::Refused(format!("{} Nothing was connected.", lacks.join(" "))));
        }
        let let_in =
            LetIn { actor, integration: id, connection: before, way: DEFAULT_SLOT, base_url: api, settings: &settings };
        let name = self.keep_connection(let_in, |_, write| Ok(write), WriteSet::default()).await?;
        let begun = format!("{name} is connected to {}. Weft is fetching it now.", report.account.name);
        Ok([vec![begun], lacks].concat().join("\n"))
    }

    /// Nobody is asked: what the configuration and the manifest say must be enough.
    fn configured(&self, id: &IntegrationId, integration: &Integration) -> Outcome<BTreeMap<String, String>> {
        let configured = self.inner.config.integration(id.as_str()).settings;
        let settings = settings::prefilled(integration.manifest(), &configured);
        settings::check(integration, &settings).map_err(|mistakes| {
            let named: Vec<_> = mistakes
                .into_iter()
                .map(|(name, sentence)| format!("`integrations.{id}.settings.{name}`: {sentence}"))
                .collect();
            AppError::Refused(format!("{} Nothing was connected.", named.join(" ")))
        })
    }

    /// The preflight, before there is a connection.
    async fn look(
        &self,
        workspace: &WorkspaceId,
        before: Option<ConnectionId>,
        integration: &Integration,
        settings: &BTreeMap<String, String>,
    ) -> Outcome<Report> {
        let access = Access {
            workspace: workspace.clone(),
            connection: before.unwrap_or_else(ConnectionId::fresh),
            config: serde_json::to_string(settings).map_err(anyhow::Error::from)?,
            credentials: self.workspace_credentials(),
        };
        integration.check(&access).await.map_err(|fault| not_connected(&fault))
    }
}

fn is_seen(access: AccessLevel) -> bool {
    matches!(access, AccessLevel::Full | AccessLevel::OwnRows)
}

/// What is not seen, and what to do about it: a sentence for each reason, with the objects it is the reason for.
fn lacks(integration: &Integration, report: &Report) -> Vec<String> {
    let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
    for found in &report.objects {
        let Some(reason) = &found.permission else { continue };
        let described = integration.description().object(&found.object);
        let plural = described.map_or(found.object.as_str(), |object| object.plural.as_str());
        match reasons.iter_mut().find(|(known, _)| known == reason) {
            Some((_, objects)) => objects.push(plural),
            None => reasons.push((reason.clone(), vec![plural])),
        }
    }
    reasons.into_iter().map(|(reason, objects)| format!("{}: {reason}", objects.join(", "))).collect()
}
