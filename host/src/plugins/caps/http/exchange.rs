//! One request on the wire and its whole answer.

use super::egress::NotPublic;
use super::session::Held;
use crate::domain::{ErrorClass, Fault};
use crate::plugins::grants::Permit;
use bytes::{Bytes, BytesMut};
use reqwest::header::{HeaderMap, HeaderName};

/// Header names and values of an answer, all together: more is noise or an attack.
const MAX_HEADER_BYTES: usize = 64 << 10;

/// An answer, read to its end.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// Accounts for the body until it is dropped.
    pub held: Held,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Failure {
    /// Nothing reached the tool.
    NotSent(String),
    /// It was sent, and no whole answer came.
    Lost(String),
    /// The answer is bigger than it may be.
    TooLarge,
    /// The name leads to an address that is not public.
    NotPublic(String),
}

impl Failure {
    /// Sorts an error of the client. URLs are taken out: a query may hold a key.
    pub fn of(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if let Some(NotPublic(name)) = NotPublic::within(&error) {
            return Self::NotPublic(name.clone());
        }
        let text = chain(&error);
        if error.is_connect() || error.is_builder() { Self::NotSent(text) } else { Self::Lost(text) }
    }

    /// Whether a read may be tried again.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::NotSent(_) | Self::Lost(_))
    }

    /// What the guest hears. A write of which nobody knows is `unknown`, whatever went wrong after it was sent.
    pub fn fault(self, permit: Permit, limit: usize) -> Fault {
        let write = permit == Permit::Write;
        let (class, code, message) = match &self {
            Self::NotSent(_) => {
                (ErrorClass::Retry, "unreachable", "The tool could not be reached; nothing was sent.".to_owned())
            }
            Self::Lost(_) | Self::TooLarge if write => (
                ErrorClass::Unknown,
                "answer-lost",
                "A change was sent to the tool and its answer was lost: it may have happened.".to_owned(),
            ),
            Self::Lost(_) => (ErrorClass::Retry, "answer-lost", "The tool did not answer completely.".to_owned()),
            Self::TooLarge => (
                ErrorClass::Bug,
                "response-too-large",
                format!("The tool's answer is bigger than {limit} bytes: the integration must ask for smaller pages."),
            ),
            Self::NotPublic(name) => (
                ErrorClass::Bug,
                "private-address",
                format!(
                    "`{name}` leads to an address that is not public, and the operator has not opened it in `allow_private`; nothing was sent."
                ),
            ),
        };
        let detail = match self {
            Self::NotSent(text) | Self::Lost(text) => Some(text),
            Self::TooLarge | Self::NotPublic(_) => None,
        };
        Fault { detail, ..Fault::new(class, code, message) }
    }
}

/// Reads the whole answer, unpacked, and stops as soon as it is too big.
pub async fn read(mut response: reqwest::Response, limit: usize, mut held: Held) -> Result<Answer, Failure> {
    let (status, headers) = (response.status().as_u16(), std::mem::take(response.headers_mut()));
    let expected = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
    let mut body = BytesMut::with_capacity(expected.min(limit));
    while let Some(chunk) = response.chunk().await.map_err(Failure::of)? {
        if body.len() + chunk.len() > limit || !held.grow(chunk.len()) {
            return Err(Failure::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body: body.freeze(), held })
}

/// The headers a guest may see, in lower case: no cookies, no challenge, and no more than is reasonable.
pub fn visible(headers: &HeaderMap) -> Vec<(String, String)> {
    let hidden = |name: &HeaderName| {
        matches!(name.as_str(), "set-cookie" | "set-cookie2" | "www-authenticate" | "proxy-authenticate")
    };
    let mut room = MAX_HEADER_BYTES;
    let shown = headers.iter().filter(|(name, _)| !hidden(name)).map_while(|(name, value)| {
        room = room.checked_sub(name.as_str().len() + value.len())?;
        Some((name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
    });
    shown.collect()
}

fn chain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
