//! A guest's request, checked before anything is resolved or sent.

use crate::domain::{ErrorClass, Fault};
use crate::plugins::manifest::{Auth, DEFAULT_SLOT, Manifest, Method};
use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::collections::BTreeSet;
use std::time::Duration;
use url::Url;

/// Headers of one request; the WIT package promises it.
const MAX_HEADERS: usize = 64;
/// One header, name and value; the WIT package promises it.
const MAX_HEADER: usize = 8 << 10;
/// A request body; the WIT package promises it.
const MAX_BODY: usize = 4 << 20;
/// A URL: what most servers take.
const MAX_URL: usize = 16 << 10;

/// Headers that belong to the host: identity, framing, and those that would turn one method into another.
const RESERVED: [&str; 20] = [
    "authorization",
    "cookie",
    "cookie2",
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "upgrade",
    "te",
    "trailer",
    "expect",
    "accept-encoding",
    "user-agent",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "forwarded",
    "x-forwarded-host",
    "x-original-url",
];

/// What a guest asks for, as it came.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct Request {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<Vec<u8>>,
    pub timeout: Option<Duration>,
    pub auth: Option<String>,
}

/// A request that can be sent.
#[derive(Debug)]
pub struct Draft {
    /// The method.
    pub method: Method,
    /// The guest's own headers.
    pub headers: HeaderMap,
    /// The body; cloning it copies nothing.
    pub body: Option<Bytes>,
    /// The guest's own limit.
    pub timeout: Option<Duration>,
    /// Whose credentials; none for none.
    pub slot: Option<String>,
    url: String,
}

impl Draft {
    /// Checks a request. `reserved` are the header names that this integration's credentials use.
    pub fn new(request: Request, reserved: &BTreeSet<String>, manifest: &Manifest) -> Result<Self, Fault> {
        let method = Method::parse(&request.method).ok_or_else(|| {
            refused("method", format!("`{}` is not one of GET, POST, PATCH, PUT, DELETE", shown(&request.method)))
        })?;
        let strange = |char: char| char.is_control() || char.is_whitespace() || char == '\\';
        if request.url.len() > MAX_URL || request.url.contains(strange) {
            return Err(refused(
                "url-refused",
                format!("the URL is longer than {MAX_URL} bytes or holds spaces, control characters or backslashes"),
            ));
        }
        let body = request.body.map(Bytes::from);
        if body.as_ref().is_some_and(|body| body.len() > MAX_BODY) {
            return Err(refused("body-too-large", format!("the body is longer than {MAX_BODY} bytes")));
        }
        let slot = slot(request.auth, manifest)?;
        let headers = headers(&request.headers, reserved)?;
        Ok(Self { method, headers, body, timeout: request.timeout, slot, url: request.url })
    }

    /// Where it goes: absolute, or under the base URL. A path that starts with `/` keeps the base URL's own path in front.
    pub fn resolve(&self, base: &Url) -> Result<Url, Fault> {
        let url = if self.url.starts_with("https://") || self.url.starts_with("http://") {
            Url::parse(&self.url)
        } else if self.url.starts_with('/') && !self.url.starts_with("//") {
            Url::parse(&format!("{}{}", base.as_str().trim_end_matches('/'), self.url))
        } else {
            return Err(refused("url-refused", "the URL is neither absolute nor a path that starts with one `/`"));
        };
        let mut url = url.map_err(|error| refused("url-refused", format!("the URL cannot be read: {error}")))?;
        url.set_fragment(None);
        Ok(url)
    }
}

/// A fault of class `bug` for a request that is not sent.
pub fn refused(code: &str, sentence: impl std::fmt::Display) -> Fault {
    Fault::new(ErrorClass::Bug, code, format!("The host did not send a request of the integration: {sentence}."))
}

/// The header names that the credentials of a manifest use, in lower case.
pub fn credential_headers(manifest: &Manifest) -> BTreeSet<String> {
    let own = |auth: &Auth| match auth {
        Auth::ApiKey { header: Some(name), .. } => Some(name.to_ascii_lowercase()),
        _ => None,
    };
    manifest.auth.values().filter_map(own).collect()
}

fn slot(asked: Option<String>, manifest: &Manifest) -> Result<Option<String>, Fault> {
    match asked {
        None => Ok(manifest.auth(DEFAULT_SLOT).map(|_| DEFAULT_SLOT.to_owned())),
        Some(name) if name == "none" => Ok(None),
        Some(name) if manifest.auth(&name).is_some() => Ok(Some(name)),
        Some(name) => Err(refused("auth", format!("the manifest has no entry `auth.{}`", shown(&name)))),
    }
}

fn headers(asked: &[(String, String)], reserved: &BTreeSet<String>) -> Result<HeaderMap, Fault> {
    if asked.len() > MAX_HEADERS {
        return Err(refused("headers", format!("it has more than {MAX_HEADERS} headers")));
    }
    let mut headers = HeaderMap::with_capacity(asked.len());
    for (name, value) in asked {
        if name.len() + value.len() > MAX_HEADER {
            return Err(refused("headers", format!("the header `{}` is longer than {MAX_HEADER} bytes", shown(name))));
        }
        let parsed = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| refused("headers", format!("`{}` is no header name", shown(name))))?;
        let lower = parsed.as_str();
        if RESERVED.contains(&lower) || lower.starts_with("proxy-") || reserved.contains(lower) {
            return Err(refused(
                "header-reserved",
                format!("the header `{lower}` is set by the host, never by an integration"),
            ));
        }
        let value = HeaderValue::from_str(value).map_err(|_| {
            refused("headers", format!("the value of the header `{lower}` holds characters that are not allowed"))
        })?;
        headers.append(parsed, value);
    }
    Ok(headers)
}

/// A text of a guest inside a sentence: short, and without control characters.
fn shown(text: &str) -> String {
    text.chars().take(40).map(|char| if char.is_control() { '?' } else { char }).collect()
}
