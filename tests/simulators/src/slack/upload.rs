//! The bytes of an upload, and their download for the page.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::World;
use super::journal::{Entry, EntryKind};

/// POST of the raw bytes to the address `files.getUploadURLExternal` gave.
pub(super) async fn receive(
    Shared(world): Shared<Arc<World>>,
    Path((id, ticket)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    let started = world.at_ms();
    let received = body.len();
    let (status, answer) = world.write(|state| match state.files.get_mut(&id).filter(|file| file.ticket == ticket) {
        None => (StatusCode::NOT_FOUND, "not_found".to_owned()),
        Some(file) if file.bytes.is_some() => (StatusCode::GONE, "upload_url_used".to_owned()),
        Some(file) if file.length != received => (StatusCode::BAD_REQUEST, "length_mismatch".to_owned()),
        Some(file) => {
            file.bytes = Some(body.to_vec());
            (StatusCode::OK, format!("OK - {received}"))
        }
    });
    let entry = Entry {
        number: 0,
        at_ms: started,
        kind: EntryKind::Upload,
        what: id,
        request: json!({ "bytes": received }),
        status: status.as_u16(),
        response: Value::String(answer.clone()),
        took_ms: 0,
    };
    world.write(|state| state.journal.add(entry));
    (status, answer).into_response()
}

/// `url_private_download`: only with a bot token that may read files; anybody else is sent to the login page, as Slack does.
pub(super) async fn private(
    Shared(world): Shared<Arc<World>>,
    Path((id, _)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let may = world.read(|state| {
        let token = state.tokens.get(token).filter(|token| !token.is_app && !token.revoked);
        token.is_some_and(|token| token.scopes.iter().any(|scope| scope == "files:read"))
    });
    if may {
        download(Shared(world), Path(id)).await
    } else {
        (StatusCode::FOUND, [(header::LOCATION, "/")]).into_response()
    }
}

/// The file as a download.
pub(super) async fn download(Shared(world): Shared<Arc<World>>, Path(id): Path<String>) -> Response {
    let found =
        world.read(|state| state.files.get(&id).and_then(|file| Some((file.name.clone(), file.bytes.clone()?))));
    let Some((name, bytes)) = found else { return StatusCode::NOT_FOUND.into_response() };
    let plain: String =
        name.chars().filter(|letter| letter.is_ascii_alphanumeric() || "-_. ".contains(*letter)).collect();
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{plain}\"")),
    ];
    (headers, bytes).into_response()
}
