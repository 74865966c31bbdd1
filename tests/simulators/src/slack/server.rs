//! The HTTP surface: Web API, response URLs, uploads, Socket Mode, OAuth, the page and its control calls.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State as Shared};
use axum::http::{StatusCode, Uri};
use axum::routing::{any, get, post};

use super::{World, api, control, limits, oauth, page, response_url, socket, upload};

/// Every route of the workspace.
pub(super) fn router(world: Arc<World>) -> Router {
    Router::new()
        .route("/api/{method}", any(api::call))
        .route("/response/{id}", post(response_url::receive))
        .route("/upload/{file}/{ticket}", post(upload::receive))
        .route("/files/{file}", get(upload::download))
        .route("/files-pri/{file}/download/{name}", get(upload::private))
        .route("/oauth/v2/authorize", get(oauth::authorize))
        .route("/link", get(socket::connect))
        .merge(control::router())
        .merge(page::router())
        .fallback(unknown)
        .layer(DefaultBodyLimit::max(limits::FILE_BYTES))
        .with_state(world)
}

async fn unknown(Shared(world): Shared<Arc<World>>, uri: Uri) -> StatusCode {
    // Browsers ask for it unasked.
    if uri.path() != "/favicon.ico" {
        world.write(|state| state.journal.unexpected.push(format!("path {}", uri.path())));
    }
    StatusCode::NOT_FOUND
}
