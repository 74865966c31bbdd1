//! Files that people give to the app: what Slack knows of one, and its bytes.

use super::{Session, text_at};
use crate::slack::SlackError;
use bytes::Bytes;
use futures::{StreamExt, stream::BoxStream};
use reqwest::redirect::Policy;
use serde_json::Value as Json;
use slack_morphism::prelude::SlackApiTokenValue;
use std::time::Duration;
use url::Url;

/// A connection that is not made after this long will not be.
const CONNECT: Duration = Duration::from_secs(10);
/// Between two pieces of a file.
const IDLE: Duration = Duration::from_secs(20);
/// Where files are, beside the API's own host: the token goes nowhere else.
const FILE_HOSTS: [&str; 2] = ["files.slack.com", "files.slack-gov.com"];

/// What Slack knows of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// As its owner called it.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Where its bytes are; empty for one that is kept outside Slack.
    address: String,
}

/// The client for bytes. A redirect is an answer: Slack sends whoever may not read a file to its login page.
pub(super) fn client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().no_proxy().redirect(Policy::none()).connect_timeout(CONNECT).read_timeout(IDLE).build()
}

impl Session {
    /// Looks a file up. Needs the scope `files:read`.
    pub async fn file(&self, id: &str) -> Result<FileInfo, SlackError> {
        let answer = self.get("files.info", &[("file", id)]).await?;
        let text = |name: &str| answer.pointer(&format!("/file/{name}")).and_then(Json::as_str).unwrap_or_default();
        Ok(FileInfo {
            name: text_at(&answer, "/file/name")?,
            size: answer.pointer("/file/size").and_then(Json::as_u64).unwrap_or_default(),
            address: text("url_private_download").to_owned(),
        })
    }

    /// What a user is called.
    pub async fn user_name(&self, user: &str) -> Result<String, SlackError> {
        let answer = self.get("users.info", &[("user", user)]).await?;
        text_at(&answer, "/user/real_name").or_else(|_| text_at(&answer, "/user/name"))
    }

    /// Whether a user is a bot: this app, or another.
    pub async fn is_bot(&self, user: &str) -> Result<bool, SlackError> {
        let answer = self.get("users.info", &[("user", user)]).await?;
        Ok(answer.pointer("/user/is_bot").and_then(Json::as_bool).unwrap_or(false))
    }

    /// The bytes of a file as they come.
    pub async fn download(&self, file: &FileInfo) -> Result<BoxStream<'static, anyhow::Result<Bytes>>, SlackError> {
        let url = Url::parse(&file.address).ok().filter(|url| self.client.may_download(url));
        let url = url.ok_or_else(|| SlackError::NotFound("the file is not kept by Slack".to_owned()))?;
        let SlackApiTokenValue(token) = &self.token.token_value;
        let sent = self.client.inner.files.get(url).bearer_auth(token).send().await;
        // The address names the file: it is taken out.
        let response = sent.map_err(|error| SlackError::Unavailable(error.without_url().to_string()))?;
        let status = response.status();
        if status.is_redirection() {
            return Err(SlackError::NotFound(
                "the file is behind Slack's login page: the app lacks `files:read`".to_owned(),
            ));
        }
        if !status.is_success() {
            return Err(SlackError::Unavailable(format!("the file was answered with {status}")));
        }
        Ok(response.bytes_stream().map(|piece| piece.map_err(|error| error.without_url().into())).boxed())
    }
}

impl super::Client {
    fn may_download(&self, url: &Url) -> bool {
        let ours = url.origin() == self.inner.api.origin();
        ours || (url.scheme() == "https" && url.host_str().is_some_and(|host| FILE_HOSTS.contains(&host)))
    }
}
