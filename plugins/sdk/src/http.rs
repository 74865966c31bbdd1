//! HTTP to the connected tool, through the host: it holds the base URL, the credentials, the limits and the retries.

use crate::bindings::weft::integration::http::{Body, Request, Response, send, send_all};
use crate::bindings::weft::integration::types::Error;
use crate::error;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Write as _;

pub use crate::error::class_of_status;

/// The longest answer that is read into the guest; longer ones belong into [`crate::prelude::Page::passthrough`].
pub const MAX_READ_BYTES: u32 = 4 << 20;

/// How many requests `send-all` takes at once.
const MAX_SIDE_BY_SIDE: usize = 16;

/// A GET. `path` is relative to the connection's base URL, or an absolute URL on a host that the manifest names.
pub fn get(path: impl Into<String>) -> Request {
    request("GET", path)
}

/// A POST.
pub fn post(path: impl Into<String>) -> Request {
    request("POST", path)
}

/// A PATCH.
pub fn patch(path: impl Into<String>) -> Request {
    request("PATCH", path)
}

/// A PUT.
pub fn put(path: impl Into<String>) -> Request {
    request("PUT", path)
}

/// A DELETE.
pub fn delete(path: impl Into<String>) -> Request {
    request("DELETE", path)
}

fn request(method: &str, path: impl Into<String>) -> Request {
    Request {
        method: method.into(),
        url: path.into(),
        headers: Vec::new(),
        body: None,
        timeout_ms: None,
        auth: None,
        ext: Vec::new(),
    }
}

/// Sends the requests side by side; the answers come in their order.
pub fn all(requests: &[Request]) -> Vec<Result<Response, Error>> {
    requests.chunks(MAX_SIDE_BY_SIDE).flat_map(send_all).collect()
}

impl Request {
    /// Adds a header. The host refuses `authorization`, `cookie` and `host`.
    pub fn header(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.headers.push((name.into(), text.into()));
        self
    }

    /// Adds a member to the query, percent-encoded.
    pub fn query(mut self, name: &str, text: &str) -> Self {
        self.url.push(if self.url.contains('?') { '&' } else { '?' });
        percent_encode(name, &mut self.url);
        self.url.push('=');
        percent_encode(text, &mut self.url);
        self
    }

    /// Adds a segment to the path, percent-encoded, so that a key cannot lead elsewhere. Before any [`Request::query`].
    pub fn segment(mut self, text: &str) -> Self {
        self.url.push('/');
        percent_encode(text, &mut self.url);
        self
    }

    /// Sets a JSON body.
    pub fn json(mut self, body: &impl Serialize) -> Result<Self, Error> {
        let bytes = serde_json::to_vec(body).map_err(|error| {
            Error::bug("json", "The integration could not write its request, so nothing was sent.")
                .with_detail(error.to_string())
        })?;
        self.body = Some(bytes);
        Ok(self.header("content-type", "application/json"))
    }

    /// Sends it. An answer of any status is `Ok`: see [`Response::success`].
    pub fn send(&self) -> Result<Response, Error> {
        send(self)
    }
}

impl Response {
    /// The first header of this name, given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, text)| text.as_str())
    }

    /// How long the tool asks to wait, from `retry-after` in seconds. Dates are the host's business.
    pub fn retry_after_ms(&self) -> Option<u32> {
        self.header("retry-after")?.trim().parse::<u32>().ok()?.checked_mul(1000)
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// This response if its status is 2xx, else the error that its status usually means.
    pub fn success(self) -> Result<Self, Error> {
        if self.is_success() { Ok(self) } else { Err(error::of_status(self.status, self.retry_after_ms())) }
    }

    /// The whole body, at most [`MAX_READ_BYTES`].
    pub fn bytes(&self) -> Result<Vec<u8>, Error> {
        self.body.read_to_end(MAX_READ_BYTES)
    }

    /// The whole body as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        parse(&self.bytes()?)
    }

    /// The value at an RFC 6901 pointer; none where there is no such value and for null. The body stays with the host.
    pub fn lookup<T: DeserializeOwned>(&self, pointer: &str) -> Result<Option<T>, Error> {
        self.body.value(pointer)
    }
}

impl Body {
    /// The value at an RFC 6901 pointer; none where there is no such value and for null. Nothing is consumed.
    pub fn value<T: DeserializeOwned>(&self, pointer: &str) -> Result<Option<T>, Error> {
        match self.lookup(pointer)? {
            Some(text) => parse(text.as_bytes()),
            None => Ok(None),
        }
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|error| {
        // The position only: serde_json's own words may quote a record.
        Error::bug("unexpected-answer", "The tool's answer does not have the shape that the integration knows.")
            .with_detail(format!("line {}, column {}, {:?}", error.line(), error.column(), error.classify()))
    })
}

/// Everything but RFC 3986's unreserved characters.
fn percent_encode(text: &str, into: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            into.push(char::from(byte));
        } else {
            let _ = write!(into, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_and_segments_cannot_break_out() {
        let request = get("/notes").segment("../a b").query("q", "x = 'ü'&y").query("n", "1");
        assert_eq!(request.url, "/notes/..%2Fa%20b?q=x%20%3D%20%27%C3%BC%27%26y&n=1");
    }

    #[test]
    fn a_json_body_says_what_it_is() {
        let request = patch("/notes/1").json(&serde_json::json!({"done": true})).unwrap();
        assert_eq!(request.body.as_deref(), Some(br#"{"done":true}"#.as_slice()));
        assert_eq!(request.headers, [("content-type".to_owned(), "application/json".to_owned())]);
    }
}
