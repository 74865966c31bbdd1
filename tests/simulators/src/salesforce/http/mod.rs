//! The server: faults first, then the work, then the journal.

mod connection;
mod message;
mod stream;

pub use connection::Connections;

use super::answer::Answer;
use super::api::{self, Call};
use super::fail::Fail;
use super::faults::Fault;
use super::html;
use super::journal::Entry;
use super::oauth::{self, OAuthFail, Params};
use super::org::Inner;
use super::schema::{F, Object};
use super::sync::{lock, read};
use axum::Router;
use axum::body::Body;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::Response;
use connection::Scissors;
use message::Message;
use std::sync::Arc;

const MAINTENANCE: &str = "<html><head><title>Maintenance</title></head><body><h1>We are down for maintenance</h1>\
    <p>Sorry for the inconvenience. We'll be back shortly.</p></body></html>";

/// The service that answers every path.
pub fn service(org: Arc<Inner>) -> IntoMakeServiceWithConnectInfo<Router, Scissors> {
    Router::new().fallback(serve).with_state(org).into_make_service_with_connect_info::<Scissors>()
}

async fn serve(
    State(org): State<Arc<Inner>>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response<Body> {
    let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
    let message = match message::read(request).await {
        Ok(message) => Arc::new(message),
        Err(answer) => {
            org.journal.add(entry(&org, method, path, &answer));
            return message::response(&org, answer, false);
        }
    };
    if let Some(answer) = for_people(&org, &message) {
        return message::response(&org, answer, message.takes_gzip);
    }
    let fault = org.faults.take(&message.method, &message.path);
    let user = message.token.as_deref().and_then(|token| lock(&org.auth).user_of(token));
    let mut answer = match early(&org, &message, fault.as_ref()).await {
        Some(answer) => answer,
        None => work(&org, &message).await,
    };
    match fault {
        Some(Fault::Truncated) => truncate(&org, &mut answer),
        Some(Fault::Reset | Fault::LostResponse) => scissors.cut(),
        _ => {}
    }
    record(&org, &message, user, fault.as_ref(), &answer);
    message::response(&org, answer, message.takes_gzip)
}

/// Leaves half of a body, or of the first piece of one.
fn truncate(org: &Inner, answer: &mut Answer) {
    if let Some(pieces) = answer.pieces.take() {
        answer.body = pieces.get(org, 0).unwrap_or_default();
    }
    answer.body.truncate(answer.body.len() / 2);
}

/// Pages that are no part of Salesforce, and so neither journaled nor disturbed.
fn for_people(org: &Inner, message: &Message) -> Option<Answer> {
    match message.path.as_str() {
        "/" => Some(html::users(&read(&org.data), &Params::parse(message.query.as_bytes()))),
        "/journal" => Some(Answer::text(200, &org.journal.lines())),
        _ => None,
    }
}

/// What a fault answers instead of the work.
async fn early(org: &Inner, message: &Message, fault: Option<&Fault>) -> Option<Answer> {
    match fault? {
        Fault::Status { status, retry_after } => {
            let (code, text) = match status {
                503 => ("SERVER_UNAVAILABLE", "Server is too busy; please try again later"),
                500 => (
                    "UNKNOWN_EXCEPTION",
                    "An unexpected error occurred. Please include this ErrorId if you contact support: 1-1 (1)",
                ),
                _ => ("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded."),
            };
            let answer = Answer::refusal(&Fail::new(*status, code, text));
            Some(match retry_after {
                Some(seconds) => answer.with("retry-after", seconds.to_string()),
                None => answer,
            })
        }
        Fault::Refuse { status, code, message } => Some(Answer::refusal(&Fail::new(*status, code, *message))),
        Fault::RefuseToken { error, description } => Some(OAuthFail { error, description }.answer()),
        Fault::Maintenance => Some(Answer::html(503, MAINTENANCE.into())),
        Fault::HtmlInsteadOfJson => Some(Answer::html(200, MAINTENANCE.into())),
        Fault::Reset => Some(Answer::empty(500)),
        Fault::ExpiredSession => {
            lock(&org.auth).end_session(message.token.as_deref().unwrap_or_default());
            None
        }
        Fault::Hold(gate) => {
            gate.wait().await;
            None
        }
        Fault::Truncated | Fault::LostResponse => None,
    }
}

/// Does what was asked, away from the threads that serve connections: a query may look at a million rows.
async fn work(org: &Arc<Inner>, message: &Arc<Message>) -> Answer {
    let (org, message) = (Arc::clone(org), Arc::clone(message));
    let done = tokio::task::spawn_blocking(move || route(&org, &message)).await;
    done.unwrap_or_else(|error| {
        tracing::error!(%error, "The simulated org failed");
        Answer::refusal(&Fail::new(500, "UNKNOWN_EXCEPTION", "The simulated org failed; its log says why"))
    })
}

fn route(org: &Inner, message: &Message) -> Answer {
    let query = Params::parse(message.query.as_bytes());
    let token = message.token.as_deref();
    let user = || token.and_then(|token| lock(&org.auth).user_of(token));
    let form = || Params::parse(&message.body);
    match (message.method.as_str(), message.path.trim_end_matches('/')) {
        (method, path) if path == "/services/data" || path.starts_with("/services/data/") => {
            let call = Call { method, path: &message.path, query, body: &message.body, batch: message.batch };
            api::answer(org, &call, token)
        }
        ("GET", "/services/oauth2/authorize") => oauth::page(org, &query),
        ("POST", "/services/oauth2/authorize") => oauth::decide(org, &form()),
        ("POST", "/services/oauth2/token") => {
            oauth::token(org, &form().with_client(message.client.as_ref()), &message.host)
        }
        // A token in JSON or in the address of a POST is not looked at.
        ("POST", "/services/oauth2/revoke") if !message.is_form => Answer::empty(415),
        ("POST", "/services/oauth2/revoke") => oauth::revoke(org, &form()),
        ("GET", "/services/oauth2/revoke") => oauth::revoke(org, &query),
        ("GET" | "POST", "/services/oauth2/userinfo") => oauth::user_info(org, user()),
        ("GET", path) if path.starts_with("/id/") => {
            let mut ids = path.trim_start_matches("/id/").split('/');
            oauth::identity(org, user(), ids.next().unwrap_or_default(), ids.next().unwrap_or_default())
        }
        (
            method,
            "/services/oauth2/authorize"
            | "/services/oauth2/token"
            | "/services/oauth2/revoke"
            | "/services/oauth2/userinfo",
        ) => Answer::refusal(&Fail::method(method, "GET,POST")),
        _ => Answer::refusal(&Fail::no_path()),
    }
}

fn record(org: &Inner, message: &Message, user: Option<u32>, fault: Option<&Fault>, answer: &Answer) {
    let cut = matches!(fault, Some(Fault::Reset | Fault::LostResponse));
    let is_data = message.path.starts_with("/services/data/");
    let soql = if message.method == "POST" && message.path.ends_with("/jobs/query") {
        let body = serde_json::from_slice::<serde_json::Value>(&message.body).unwrap_or_default();
        body["query"].as_str().map(str::to_owned)
    } else {
        Params::parse(message.query.as_bytes()).get("q").filter(|_| is_data).map(str::to_owned)
    };
    let name = user.and_then(|user| read(&org.data).row(Object::User, user).map(|row| row.get(F::Username).shown()));
    let fault_name =
        |fault: &Fault| format!("{fault:?}").chars().take_while(|letter| letter.is_alphanumeric()).collect();
    org.journal.add(Entry {
        soql,
        status: if cut { 0 } else { answer.status },
        user: name,
        fault: fault.map(fault_name),
        ..entry(org, message.method.clone(), message.path.clone(), answer)
    });
}

/// What is known of any call. The journal numbers it.
fn entry(org: &Inner, method: String, path: String, answer: &Answer) -> Entry {
    Entry {
        number: 0,
        at: org.clock.now(),
        method,
        path,
        soql: None,
        status: answer.status,
        user: None,
        fault: None,
        bytes: answer.body.len(),
        unexpected: answer.unexpected,
    }
}
