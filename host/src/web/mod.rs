//! The door for browsers and machines: connecting a tool, health, metrics. Each page says what happened and what to do next.

mod connect;
mod page;

use crate::{connections::Connections, domain::AppError};
use axum::{
    Router,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use metrics_exporter_prometheus::PrometheusHandle;

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
        .merge(connect::routes())
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(|| async { "ok" }))
        .route("/metrics", get(metrics))
        .with_state(web)
}

async fn metrics(State(web): State<Web>) -> String {
    web.metrics.render()
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

/// Nothing here may be kept, framed, or lead elsewhere with the address attached. `form-action` is left open: browsers hold it
/// against the redirect that follows a form, and that leads to the tool.
fn private(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
        ),
    );
    response
}
