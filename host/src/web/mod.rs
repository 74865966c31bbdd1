//! The door for browsers and machines: connecting a tool, health, metrics. Each page says what happened and what to do next.

mod page;

use crate::{
    connections::Connections,
    domain::{AppError, WorkspaceId},
};
use axum::{
    Router,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Deserialize;

/// Binds the browser that opened the link. `Lax`: the tool's redirect back is a navigation from another site.
const COOKIE: &str = "weft_connect";

/// What the pages need.
#[derive(Clone)]
pub struct Web {
    pub connections: Connections,
    pub metrics: PrometheusHandle,
    /// Whether the cookie may travel over plain HTTP: only when the public address does.
    pub secure: bool,
}

/// The routes.
pub fn router(web: Web) -> Router {
    Router::new()
        .route("/connect/callback", get(callback))
        .route("/connect/{workspace}/{ticket}", get(begin))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(|| async { "ok" }))
        .route("/metrics", get(metrics))
        .with_state(web)
}

async fn metrics(State(web): State<Web>) -> String {
    web.metrics.render()
}

async fn begin(State(web): State<Web>, Path((workspace, ticket)): Path<(String, String)>) -> Response {
    let begun = match web.connections.begin_connect(&WorkspaceId(workspace), &ticket).await {
        Ok(begun) => begun,
        Err(error) => return failure(error),
    };
    let secure = if web.secure { "; Secure" } else { "" };
    let cookie = format!("{COOKIE}={}; Path=/connect; HttpOnly; SameSite=Lax; Max-Age=600{secure}", begun.cookie);
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    for (name, value) in [(header::SET_COOKIE, cookie.as_str()), (header::LOCATION, begun.redirect.as_str())] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    private(response)
}

/// What a tool sends the browser back with (RFC 6749, 4.1.2).
#[derive(Deserialize)]
struct Returned {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
}

async fn callback(State(web): State<Web>, headers: HeaderMap, Query(returned): Query<Returned>) -> Response {
    let cookie = cookie(&headers);
    let Some(state) = returned.state else {
        return failure(AppError::refused(
            "The tool sent no state back. Nothing was connected. Ask for a new link in Slack.",
        ));
    };
    match (returned.code, returned.error) {
        (Some(code), None) => match web.connections.finish_connect(&state, &code, cookie.as_deref()).await {
            Ok(name) => private(Html(page::done(&name)).into_response()),
            Err(error) => failure(error),
        },
        _ => match web.connections.refuse_connect(&state, cookie.as_deref()).await {
            Ok(()) => failure(AppError::refused(
                "The tool did not allow it, or you chose not to. Nothing was connected. Ask for a new link in Slack to try again.",
            )),
            Err(error) => failure(error),
        },
    }
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).find_map(|line| {
        line.split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == COOKIE)
            .map(|(_, value)| value.to_owned())
    })
}

fn failure(error: AppError) -> Response {
    let (status, sentence) = match error {
        AppError::Refused(sentence) => (StatusCode::BAD_REQUEST, sentence),
        AppError::Inputs(_) => {
            (StatusCode::BAD_REQUEST, "Something in the address is wrong. Ask for a new link in Slack.".into())
        }
        AppError::Fault(error) => {
            let reference = crate::domain::reference();
            tracing::error!(reference, error = format!("{error:#}"), "a page failed");
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                format!(
                    "Something went wrong here. Nothing was connected. Try again; if it stays, tell your admin the reference {reference}."
                ),
            )
        }
    };
    private((status, Html(page::problem(&sentence))).into_response())
}

/// Nothing here may be kept, framed, or lead elsewhere with the address attached.
fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'"),
    );
    response
}
