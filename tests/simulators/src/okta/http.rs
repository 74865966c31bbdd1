//! The server: faults first, then the work, then the journal.

use super::answer::{Answer, denied};
use super::api::{self, Call};
use super::faults::Fault;
use super::html;
use super::journal::Entry;
use super::oauth;
use super::options::Role;
use super::org::{Inner, lock};
use super::rate::{Told, kind};
use super::time;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::Response;
use futures::stream;
use std::sync::Arc;
use url::form_urlencoded;

/// What is sent here is short.
const MAX_BODY_BYTES: usize = 64 << 10;

/// The service that answers every path.
pub fn service(org: Arc<Inner>) -> Router {
    Router::new().fallback(serve).layer(DefaultBodyLimit::max(MAX_BODY_BYTES)).with_state(org)
}

async fn serve(State(org): State<Arc<Inner>>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let query = pairs(uri.query().unwrap_or_default().as_bytes());
    if uri.path() == "/" {
        let words = query.iter().find(|(name, _)| name == "q").map_or("", |(_, words)| words);
        return response(html::users(&lock(&org.state), words));
    }
    let fault = org.faults.take(method.as_str(), uri.path());
    let answer = match &fault {
        Some(Fault::Refuse { status, code, summary }) => Answer::refusal(*status, code, summary, &[]),
        Some(Fault::Status(status)) => Answer::empty(*status),
        Some(Fault::Reset) => Answer::empty(0),
        Some(Fault::LostResponse) | None => work(&org, &method, &uri, &query, &headers, &body),
    };
    let is_cut = matches!(fault, Some(Fault::Reset | Fault::LostResponse));
    org.journal.add(Entry {
        method: method.to_string(),
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        status: if is_cut { 0 } else { answer.status },
        unexpected: answer.unexpected,
    });
    if is_cut {
        // A body that fails before its first byte: the connection ends and not even the status arrives.
        let broken = stream::iter([Err::<Bytes, _>(std::io::Error::other("as told"))]);
        return Response::new(Body::from_stream(broken));
    }
    response(answer)
}

fn pairs(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).into_owned().collect()
}

fn response(answer: Answer) -> Response {
    let mut builder = Response::builder().status(answer.status);
    if !answer.content_type.is_empty() {
        builder = builder.header(header::CONTENT_TYPE, answer.content_type);
    }
    for (name, text) in answer.headers {
        builder = builder.header(name, text);
    }
    // Statuses and header texts are the simulator's own.
    builder.body(Body::from(answer.body)).unwrap_or_default()
}

fn work(
    org: &Inner,
    method: &Method,
    uri: &Uri,
    query: &[(String, String)],
    headers: &HeaderMap,
    body: &[u8],
) -> Answer {
    let text = |name| headers.get(name).and_then(|text| text.to_str().ok());
    let authorization = text(header::AUTHORIZATION);
    let form = pairs(body);
    match (method.as_str(), uri.path()) {
        ("GET", "/oauth2/v1/authorize") => oauth::page(org, query),
        ("POST", "/oauth2/v1/authorize") => oauth::decide(org, &form),
        ("POST", "/oauth2/v1/token") => oauth::token(org, &form, authorization),
        ("POST", "/oauth2/v1/revoke") => oauth::revoke(org, &form, authorization),
        ("GET", "/.well-known/okta-organization") => api::organization(org),
        (method, path) => called(org, &Call { org, method, path, query }, authorization),
    }
}

/// A call of the management API: known address, good token, right scope, within the limit, and then the rights of the account.
fn called(org: &Inner, call: &Call<'_>, authorization: Option<&str>) -> Answer {
    let Some(route) = api::route(call.method, call.path) else {
        return Answer::refusal(404, "E0000022", "The endpoint does not support the provided HTTP method", &[])
            .unexpected();
    };
    let Some(token) = authorization.and_then(|text| text.strip_prefix("Bearer ")) else {
        return Answer::refusal(401, "E0000005", "Invalid session", &[]);
    };
    let Some(session) = lock(&org.tokens).session(token).cloned() else {
        let challenge = challenge(org, "invalid_token", "The access token is invalid.", route.scope, call.path);
        return Answer::refusal(401, "E0000011", "Invalid token provided", &[]).with("www-authenticate", challenge);
    };
    let told = lock(&org.rates).count(&kind(call.method, call.path), time::now());
    if told.is_over {
        return told.on(Told::refusal());
    }
    if !session.scope.split(' ').any(|scope| scope == route.scope) {
        let words = "The access token provided does not contain the required scopes.";
        let challenge = challenge(org, "insufficient_scope", words, route.scope, call.path);
        return told.on(denied().with("www-authenticate", challenge));
    }
    let role = lock(&org.settings).role;
    if role == Role::None || (role == Role::ReadOnly && call.method != "GET") {
        return told.on(denied());
    }
    told.on((route.work)(call).unwrap_or_else(|refusal| refusal))
}

fn challenge(org: &Inner, error: &str, description: &str, scope: &str, path: &str) -> String {
    format!(
        "Bearer authorization_uri=\"{0}/oauth2/v1/authorize\", realm=\"{0}\", scope=\"{scope}\", error=\"{error}\", \
         error_description=\"{description}\", resource=\"{path}\"",
        org.url
    )
}
