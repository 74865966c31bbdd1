//! Files v2: an address for so many bytes, the bytes, and the word that they are all there and where to show them.

use super::{Session, text_at};
use crate::slack::SlackError;
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// A gigabyte, Slack's largest file, at a slow office line's 10 Mbit/s.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(15 * 60);
/// Where Slack takes files, beside the API's own host: a token stands in the address, so it goes nowhere else.
const UPLOAD_HOSTS: [&str; 2] = ["files.slack.com", "files.slack-gov.com"];
/// Longest name of a file.
const NAME_CHARS: usize = 120;

type Bytestream = BoxStream<'static, anyhow::Result<Bytes>>;

/// A file that is made as it is sent: its length is known before, its bytes are not held.
#[derive(Clone)]
pub struct Upload {
    name: String,
    length: u64,
    make: Arc<dyn Fn() -> Bytestream + Send + Sync>,
}

/// Where a file is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileShare {
    /// The channel.
    pub channel: String,
    /// The message in whose thread.
    pub thread: Option<String>,
    /// What stands beside it, escaped.
    pub comment: String,
}

impl Upload {
    /// A file of `length` bytes that `make` makes, each time it is sent.
    pub fn stream<S>(name: &str, length: u64, make: impl Fn() -> S + Send + Sync + 'static) -> Self
    where
        S: Stream<Item = anyhow::Result<Bytes>> + Send + 'static,
    {
        let name = name.chars().take(NAME_CHARS).collect();
        Self { name, length, make: Arc::new(move || make().boxed()) }
    }

    /// A small file.
    pub fn bytes(name: &str, bytes: Vec<u8>) -> Self {
        let bytes = Bytes::from(bytes);
        let length = bytes.len() as u64;
        Self::stream(name, length, move || futures::stream::iter([Ok(bytes.clone())]))
    }
}

impl Session {
    /// Uploads a file and shows it. What was not finished is not seen by anybody.
    pub async fn upload(&self, upload: Upload, share: &FileShare) -> Result<(), SlackError> {
        let (address, file) = self.upload_address(&upload).await?;
        self.send_bytes(&address, &upload).await?;
        let mut body = json!({"files": [{"id": file, "title": upload.name}], "channel_id": share.channel,
            "initial_comment": share.comment});
        if let Some(thread) = &share.thread {
            body["thread_ts"] = json!(thread);
        }
        self.call("files.completeUploadExternal", "", &body).await.map(drop)
    }

    async fn upload_address(&self, upload: &Upload) -> Result<(Url, String), SlackError> {
        let query = [("filename", upload.name.as_str()), ("length", &upload.length.to_string())];
        let answer = self.get("files.getUploadURLExternal", &query).await?;
        let address = text_at(&answer, "/upload_url")?;
        let address = Url::parse(&address).ok().filter(|url| self.may_upload(url));
        let address = address.ok_or_else(|| SlackError::Fatal("an upload address of another host".to_owned()))?;
        Ok((address, text_at(&answer, "/file_id")?))
    }

    fn may_upload(&self, url: &Url) -> bool {
        let is_slack = url.scheme() == "https" && url.host_str().is_some_and(|host| UPLOAD_HOSTS.contains(&host));
        is_slack || self.client.may_call(url)
    }

    async fn send_bytes(&self, address: &Url, upload: &Upload) -> Result<(), SlackError> {
        let failed = |error: reqwest::Error| SlackError::Unavailable(format!("the file: {}", error.without_url()));
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(UPLOAD_TIMEOUT);
        let request = http.build().map_err(failed)?.post(address.clone());
        let request = request
            .header("content-type", "application/octet-stream")
            .header("content-length", upload.length)
            .body(reqwest::Body::wrap_stream((upload.make)()));
        match request.send().await.map_err(failed)?.status() {
            status if status.is_success() => Ok(()),
            status if status.is_server_error() => Err(SlackError::Unavailable(format!("the file: status {status}"))),
            status => Err(SlackError::Fatal(format!("the file: status {status}"))),
        }
    }
}

impl std::fmt::Debug for Upload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upload").field("length", &self.length).finish_non_exhaustive()
    }
}
