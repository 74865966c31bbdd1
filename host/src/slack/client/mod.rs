//! Calls to Slack: slack-morphism's session and connector, under our own limiter, deadline and retry. Everything passes
//! [`fit`](super::fit) on its way out.

mod error;
mod file;
mod health;
mod limiter;
mod upload;

#[cfg(test)]
mod tests;

pub use error::SlackError;
pub use health::TokenHealth;
pub use upload::{FileShare, Upload};

use super::fit;
use crate::domain::{UserId, WorkspaceId};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use limiter::{Key, Limiter};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value as Json, json};
use slack_morphism::prelude::{
    SlackApiToken, SlackApiTokenValue, SlackClient, SlackClientApiCallContext, SlackClientHttpConnector,
    SlackClientHyperConnector,
};
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// Slack answers in a second; ten say that it will not.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
/// Tries of one call, the first included.
const TRIES: u32 = 4;
/// A pause that is waited out here; a longer one goes back to the queue.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// Before the second try after a 5xx; doubled with each.
const BACKOFF: Duration = Duration::from_millis(300);
/// Hosts that response addresses may have, beside the API's own: anything else in a payload is not called.
const RESPONSE_HOSTS: [&str; 2] = ["hooks.slack.com", "hooks.slack-gov.com"];

type Morphism = SlackClient<SlackClientHyperConnector<HttpsConnector<HttpConnector>>>;

/// Slack's Web API. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    morphism: Morphism,
    api: Url,
    limiter: Limiter,
    files: reqwest::Client,
}

/// The API with a workspace's token.
#[derive(Clone)]
pub struct Session {
    client: Client,
    workspace: WorkspaceId,
    token: SlackApiToken,
}

/// A message: blocks, and the text that stands for them in notifications, search and screen readers.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Never empty.
    pub text: String,
    /// Block Kit; may be empty.
    pub blocks: Vec<Json>,
}

/// What becomes of the message a response address belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Respond {
    /// A new message that only the person sees.
    Privately,
    /// Takes the place of the message that was clicked in. A slash command's address cannot do this.
    Replacing,
}

impl Client {
    /// A client of the API at `api` (`https://slack.com/api`, or a simulator's). Fails when the machine has no usable root
    /// certificates and `api` needs them.
    pub fn new(api: &Url) -> anyhow::Result<Self> {
        let mut plain = HttpConnector::new();
        plain.enforce_http(false);
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls(api)?).https_or_http().enable_all_versions();
        let connector = SlackClientHyperConnector::with_connector(connector.wrap_connector(plain))
            .with_slack_api_url(api.as_str().trim_end_matches('/'));
        let morphism = SlackClient::new(connector);
        let inner = Inner { morphism, api: api.clone(), limiter: Limiter::default(), files: file::client()? };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The API as seen by a workspace's bot.
    pub fn session(&self, workspace: &WorkspaceId, token: &SecretString) -> Session {
        let token = SlackApiToken::new(SlackApiTokenValue(token.expose_secret().to_owned()));
        Session { client: self.clone(), workspace: workspace.clone(), token }
    }

    /// The workspace this bot token belongs to, as Slack says.
    pub async fn workspace_of(&self, token: &SecretString) -> Result<WorkspaceId, SlackError> {
        let nobody = self.session(&WorkspaceId::from(""), token);
        let answer = nobody.call("auth.test", "", &json!({})).await?;
        text_at(&answer, "/team_id").map(WorkspaceId)
    }

    fn may_call(&self, url: &Url) -> bool {
        let ours = url.host_str() == self.inner.api.host_str()
            && url.port_or_known_default() == self.inner.api.port_or_known_default();
        ours || (url.scheme() == "https" && url.host_str().is_some_and(|host| RESPONSE_HOSTS.contains(&host)))
    }
}

fn tls(api: &Url) -> anyhow::Result<rustls::ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        || rustls::ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions();
    match builder()?.with_native_roots() {
        Ok(config) => Ok(config.with_no_client_auth()),
        // A simulator on this machine needs no certificates.
        Err(_) if api.scheme() == "http" => {
            Ok(builder()?.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
        }
        Err(error) => Err(anyhow::anyhow!("Slack cannot be called: this machine has no root certificates ({error})")),
    }
}

impl Session {
    /// The workspace this session speaks for.
    pub fn workspace(&self) -> &WorkspaceId {
        &self.workspace
    }

    /// Posts a message, in a thread if one is named. Answers its timestamp.
    pub async fn post(&self, channel: &str, thread: Option<&str>, message: &Message) -> Result<String, SlackError> {
        let mut body = message.body();
        body["channel"] = json!(channel);
        body["unfurl_links"] = json!(false);
        body["unfurl_media"] = json!(false);
        if let Some(thread) = thread {
            body["thread_ts"] = json!(thread);
        }
        let answer = self.call("chat.postMessage", channel, &body).await?;
        text_at(&answer, "/ts")
    }

    /// Replaces a message.
    pub async fn update(&self, channel: &str, ts: &str, message: &Message) -> Result<(), SlackError> {
        let mut body = message.body();
        body["channel"] = json!(channel);
        body["ts"] = json!(ts);
        self.call("chat.update", channel, &body).await.map(drop)
    }

    /// Posts what only one person in the channel sees.
    pub async fn post_ephemeral(&self, channel: &str, user: &UserId, message: &Message) -> Result<(), SlackError> {
        let mut body = message.body();
        body["channel"] = json!(channel);
        body["user"] = json!(user);
        self.call("chat.postEphemeral", channel, &body).await.map(drop)
    }

    /// The channel of the conversation between the app and a person.
    pub async fn direct_channel(&self, user: &UserId) -> Result<String, SlackError> {
        let answer = self.call("conversations.open", "", &json!({"users": user})).await?;
        text_at(&answer, "/channel/id")
    }

    /// Opens a modal within three seconds of the trigger. Answers the view's id.
    pub async fn open_view(&self, trigger: &str, view: &Json) -> Result<String, SlackError> {
        let answer = self.call("views.open", "", &json!({"trigger_id": trigger, "view": fitted(view)})).await?;
        text_at(&answer, "/view/id")
    }

    /// Opens a modal above the one the trigger came from. Answers the view's id.
    pub async fn push_view(&self, trigger: &str, view: &Json) -> Result<String, SlackError> {
        let answer = self.call("views.push", "", &json!({"trigger_id": trigger, "view": fitted(view)})).await?;
        text_at(&answer, "/view/id")
    }

    /// Replaces a modal, at any time. With a hash, only when nobody did so since.
    pub async fn update_view(&self, id: &str, hash: Option<&str>, view: &Json) -> Result<(), SlackError> {
        let mut body = json!({"view_id": id, "view": fitted(view)});
        if let Some(hash) = hash {
            body["hash"] = json!(hash);
        }
        self.call("views.update", "", &body).await.map(drop)
    }

    /// Replaces somebody's App Home.
    pub async fn publish_home(&self, user: &UserId, view: &Json) -> Result<(), SlackError> {
        self.call("views.publish", "", &json!({"user_id": user, "view": fitted(view)})).await.map(drop)
    }

    /// Answers to a response address.
    pub async fn respond(&self, address: &str, how: Respond, message: &Message) -> Result<(), SlackError> {
        let url = Url::parse(address).ok().filter(|url| self.client.may_call(url));
        let url = url.ok_or_else(|| SlackError::Fatal("a response address of another host".to_owned()))?;
        let mut body = message.body();
        body["replace_original"] = json!(how == Respond::Replacing);
        if how == Respond::Privately {
            body["response_type"] = json!("ephemeral");
        }
        let key = self.key("response_url", address);
        self.with_retries(&key, || self.send_to(&url, &body)).await.map(drop)
    }

    async fn call(&self, method: &'static str, channel: &str, body: &Json) -> Result<Json, SlackError> {
        let key = self.key(method, channel);
        self.with_retries(&key, || self.send(method, body)).await
    }

    fn key(&self, method: &'static str, channel: &str) -> Key {
        let channel = if limiter::per_channel(method) { channel } else { "" };
        Key { workspace: self.workspace.clone(), method, channel: channel.to_owned() }
    }

    /// Calls a method that reads no JSON: its arguments stand in the address.
    async fn get(&self, method: &'static str, query: &[(&str, &str)]) -> Result<Json, SlackError> {
        let query: Vec<(&str, Option<&str>)> = query.iter().map(|(name, value)| (*name, Some(*value))).collect();
        let send = || async {
            let session = self.client.inner.morphism.open_session(&self.token);
            in_time(session.http_session_api.http_get::<Json, _, _>(method, &query, None)).await
        };
        self.with_retries(&self.key(method, ""), send).await
    }

    async fn with_retries<F>(&self, key: &Key, send: impl Fn() -> F) -> Result<Json, SlackError>
    where
        F: Future<Output = Result<Json, SlackError>>,
    {
        let mut attempt = 1;
        loop {
            self.client.inner.limiter.wait(key).await;
            let error = match send().await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            metrics::counter!("weft_slack_call_errors_total", "method" => key.method).increment(1);
            if attempt == TRIES || !self.wait_before_retry(key, &error, attempt).await {
                return Err(error);
            }
            attempt += 1;
        }
    }

    /// Whether another try is worth it; the wait before it is over when this answers.
    async fn wait_before_retry(&self, key: &Key, error: &SlackError, attempt: u32) -> bool {
        match error {
            SlackError::RateLimited { after } => {
                self.client.inner.limiter.pause(key, *after);
                *after <= LONGEST_PAUSE
            }
            SlackError::Unavailable(_) => {
                tokio::time::sleep(BACKOFF * 2_u32.pow(attempt - 1)).await;
                true
            }
            _ => false,
        }
    }

    async fn send(&self, method: &str, body: &Json) -> Result<Json, SlackError> {
        let session = self.client.inner.morphism.open_session(&self.token);
        let call = session.http_session_api.http_post::<Json, Json>(method, body, None);
        in_time(call).await
    }

    async fn send_to(&self, url: &Url, body: &Json) -> Result<Json, SlackError> {
        let span = tracing::debug_span!("response_url");
        let context = SlackClientApiCallContext {
            rate_control_params: None,
            token: None,
            tracing_span: &span,
            is_sensitive_url: true,
        };
        in_time(self.client.inner.morphism.http_api.connector.http_post_uri(url.clone(), body, context)).await
    }
}

async fn in_time(
    call: impl Future<Output = Result<Json, slack_morphism::errors::SlackClientError>>,
) -> Result<Json, SlackError> {
    match tokio::time::timeout(CALL_TIMEOUT, call).await {
        Ok(answer) => answer.map_err(SlackError::read),
        Err(_) => Err(SlackError::Unavailable("no answer in time".to_owned())),
    }
}

fn fitted(view: &Json) -> Json {
    let mut view = view.clone();
    fit::view(&mut view);
    view
}

fn text_at(answer: &Json, pointer: &str) -> Result<String, SlackError> {
    let found = answer.pointer(pointer).and_then(Json::as_str).map(str::to_owned);
    found.ok_or_else(|| SlackError::Unavailable(format!("the answer has no {pointer}")))
}

impl Message {
    /// A message of text alone, without markup.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { blocks: vec![super::block::paragraph(&text)], text }
    }

    fn body(&self) -> Json {
        let mut body = json!({"text": self.text});
        if !self.blocks.is_empty() {
            body["blocks"] = json!(self.blocks);
        }
        fit::message(&mut body);
        body
    }
}
