//! Turns HTTP requests into calls, and answers into HTTP responses.

use super::stream;
use crate::salesforce::answer::Answer;
use crate::salesforce::fail::Fail;
use crate::salesforce::org::Inner;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use std::io::{Read, Write};
use std::sync::Arc;

/// Salesforce's own: an address longer than this is 414, address and headers together 431.
const LONGEST_ADDRESS: usize = 16_384;
/// Largest body, packed or not. A collection of 200 records is far below.
const LARGEST_BODY: usize = 8 << 20;
/// Answers below this are not worth packing.
const SMALLEST_PACKED: usize = 1024;

/// Of a form.
const FORM: &str = "application/x-www-form-urlencoded";

/// A request, read whole.
#[derive(Debug)]
pub struct Message {
    pub method: String,
    pub path: String,
    pub query: String,
    /// The host name the call was sent to, without its port.
    pub host: String,
    /// The token of the Authorization header.
    pub token: Option<String>,
    /// The app and its secret, if the header has those instead.
    pub client: Option<(String, String)>,
    pub batch: Option<usize>,
    pub takes_gzip: bool,
    /// The body is a form, by its own word.
    pub is_form: bool,
    pub body: Vec<u8>,
}

/// Reads a request, or answers at once.
pub async fn read(request: Request<Body>) -> Result<Message, Answer> {
    let (parts, body) = request.into_parts();
    let address = parts.uri.path_and_query().map_or(0, |address| address.as_str().len());
    let headers: usize = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if address > LONGEST_ADDRESS {
        return Err(Answer::html(414, "<html><body><h1>414 Request-URI Too Long</h1></body></html>".into()));
    }
    if address + headers > LONGEST_ADDRESS {
        return Err(Answer::html(431, "<html><body><h1>431 Request Header Fields Too Large</h1></body></html>".into()));
    }
    let body = to_bytes(body, LARGEST_BODY).await.map_err(|_| too_large())?.to_vec();
    let body = if text(&parts.headers, "content-encoding") == Some("gzip") { unpack(&body)? } else { body };
    let authorization = text(&parts.headers, "authorization").unwrap_or_default();
    let token = authorization.split_once(' ').filter(|(scheme, _)| {
        // Salesforce takes its own older word too.
        scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("oauth")
    });
    let method = if parts.method == "HEAD" { "GET" } else { parts.method.as_str() };
    Ok(Message {
        method: method.to_owned(),
        host: text(&parts.headers, "host").and_then(|host| host.split(':').next()).unwrap_or_default().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        client: client(authorization),
        token: token.map(|(_, token)| token.trim().to_owned()),
        batch: batch(&parts.headers),
        is_form: text(&parts.headers, "content-type").is_some_and(|kind| kind.starts_with(FORM)),
        takes_gzip: text(&parts.headers, "accept-encoding").is_some_and(|value| value.contains("gzip")),
        body,
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn client(authorization: &str) -> Option<(String, String)> {
    let packed = authorization.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(packed.trim()).ok()?).ok()?;
    text.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned()))
}

fn batch(headers: &HeaderMap) -> Option<usize> {
    let options = text(headers, "sforce-query-options")?;
    options.split([',', ';']).find_map(|option| option.trim().strip_prefix("batchSize=")?.trim().parse().ok())
}

fn unpack(packed: &[u8]) -> Result<Vec<u8>, Answer> {
    let mut body = Vec::new();
    let read = GzDecoder::new(packed).take(LARGEST_BODY as u64 + 1).read_to_end(&mut body);
    match read {
        Ok(length) if length > LARGEST_BODY => Err(too_large()),
        Ok(_) => Ok(body),
        Err(_) => Err(Answer::refusal(&Fail::json("The gzip encoding of the request body is broken"))),
    }
}

fn too_large() -> Answer {
    Answer::html(413, "<html><body><h1>413 Request Entity Too Large</h1></body></html>".into())
}

/// Makes the response, packed if the client takes that and it is worth it.
pub fn response(org: &Arc<Inner>, answer: Answer, takes_gzip: bool) -> Response<Body> {
    let may_pack = takes_gzip && org.options.gzip;
    let (body, is_packed) = match answer.pieces {
        Some(pieces) => (stream::body(Arc::clone(org), pieces, may_pack), may_pack),
        None => {
            let packed = (may_pack && answer.body.len() >= SMALLEST_PACKED).then(|| pack(&answer.body)).flatten();
            let is_packed = packed.is_some();
            (Body::from(packed.unwrap_or(answer.body)), is_packed)
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if !answer.content_type.is_empty() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    }
    if is_packed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// Fast rather than small: the client is on the same machine.
fn pack(body: &[u8]) -> Option<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::with_capacity(body.len() / 6), Compression::fast());
    packer.write_all(body).ok()?;
    packer.finish().ok()
}
