//! The page a person uses the workspace with: plain files, compiled in.

use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::World;

/// Path, content type and content of each file.
const FILES: [(&str, &str, &str); 9] = [
    ("/", "text/html; charset=utf-8", include_str!("page/index.html")),
    ("/page/base.css", "text/css; charset=utf-8", include_str!("page/base.css")),
    ("/page/blocks.css", "text/css; charset=utf-8", include_str!("page/blocks.css")),
    ("/page/app.js", "text/javascript; charset=utf-8", include_str!("page/app.js")),
    ("/page/text.js", "text/javascript; charset=utf-8", include_str!("page/text.js")),
    ("/page/blocks.js", "text/javascript; charset=utf-8", include_str!("page/blocks.js")),
    ("/page/elements.js", "text/javascript; charset=utf-8", include_str!("page/elements.js")),
    ("/page/tables.js", "text/javascript; charset=utf-8", include_str!("page/tables.js")),
    ("/page/modals.js", "text/javascript; charset=utf-8", include_str!("page/modals.js")),
];

/// No script but our own, so that a hole in the escaping of message text cannot run anything.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' http: https: data:; form-action 'none'; base-uri 'none'";

pub(super) fn router() -> Router<Arc<World>> {
    FILES.into_iter().fold(Router::new(), |router, (path, kind, content)| {
        router.route(path, get(move || async move { file(kind, content) }))
    })
}

fn file(kind: &'static str, content: &'static str) -> Response {
    let headers =
        [(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, POLICY), (header::CACHE_CONTROL, "no-cache")];
    (headers, content).into_response()
}
