//! The pages and addresses of connecting: the one-time link, its form, and the tool's redirect back.

use super::{Web, failure, page, private};
use crate::{
    connections::{Answered, ConnectForm},
    domain::{AppError, WorkspaceId},
};
use axum::{
    Form, Router,
    extract::{DefaultBodyLimit, Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Binds the browser that opened the link. `Lax`: the tool's redirect back is a navigation from another site, and a form of another
/// site comes without it.
const COOKIE: &str = "weft_connect";
/// A form of some lines.
const MAX_FORM: usize = 64 << 10;

/// The routes.
pub fn routes() -> Router<Web> {
    Router::new()
        .route("/connect/callback", get(callback))
        .route("/connect/{workspace}/{ticket}", get(open).post(answer))
        .layer(DefaultBodyLimit::max(MAX_FORM))
}

async fn open(
    State(web): State<Web>,
    headers: HeaderMap,
    Path((workspace, ticket)): Path<(String, String)>,
) -> Response {
    let cookie = cookie(&headers);
    match web.connections.open_connect(&WorkspaceId(workspace), &ticket, cookie.as_deref()).await {
        Ok(opened) => with_cookie(&web, &opened.cookie, form(&opened.form)),
        Err(error) => failure(error),
    }
}

async fn answer(
    State(web): State<Web>,
    headers: HeaderMap,
    Path((workspace, ticket)): Path<(String, String)>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    let cookie = cookie(&headers);
    let token = fields.iter().find(|(name, _)| name == page::TOKEN).map_or("", |(_, value)| value.as_str());
    let answers = answers(&fields);
    let workspace = WorkspaceId(workspace);
    match web.connections.answer_connect(&workspace, &ticket, cookie.as_deref(), token, &answers).await {
        Ok(Answered::Redirect(url)) => see_other(url.as_str()),
        Ok(Answered::Again(again)) => (StatusCode::UNPROCESSABLE_ENTITY, form(&again)).into_response(),
        Ok(Answered::Connected(name)) => private(Html(page::done(&name)).into_response()),
        Err(error) => failure(error),
    }
}

/// By setting: the choice, or the answer of one's own where that was chosen.
fn answers(fields: &[(String, String)]) -> BTreeMap<String, String> {
    let of = |wanted: String| fields.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.clone());
    let names = fields.iter().filter_map(|(name, _)| name.strip_prefix(page::SETTING));
    let answer = |name: &str| {
        let chosen = of(format!("{}{name}", page::SETTING))?;
        let own = if chosen.is_empty() { of(format!("{}{name}", page::OWN)) } else { None };
        Some((name.to_owned(), own.unwrap_or(chosen)))
    };
    names.filter_map(answer).collect()
}

fn form(form: &ConnectForm) -> Response {
    private(Html(page::connect(form)).into_response())
}

fn with_cookie(web: &Web, cookie: &str, mut response: Response) -> Response {
    let secure = if web.secure { "; Secure" } else { "" };
    let line = format!("{COOKIE}={cookie}; Path=/connect; HttpOnly; SameSite=Lax; Max-Age=600{secure}");
    if let Ok(value) = HeaderValue::from_str(&line) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}

fn see_other(address: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(value) = HeaderValue::from_str(address) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    private(response)
}

/// What a tool sends the browser back with (RFC 6749, 4.1.2).
#[derive(Deserialize)]
struct Returned {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

async fn callback(State(web): State<Web>, headers: HeaderMap, Query(returned): Query<Returned>) -> Response {
    let cookie = cookie(&headers);
    let Returned { state, code, error, error_description } = returned;
    let description = error_description.as_deref();
    let ended = match (state, code, error) {
        (Some(state), Some(code), None) => web.connections.finish_connect(&state, &code, cookie.as_deref()).await,
        (Some(state), _, error) => {
            let code = error.as_deref().unwrap_or("no code");
            web.connections.refuse_connect(&state, cookie.as_deref(), code, description).await
        }
        (None, _, error) => {
            let known = error.and_then(|code| web.connections.explain_refusal(&code, description));
            let why = known.unwrap_or_else(|| "The tool sent no state back.".to_owned());
            Err(AppError::Refused(format!("{why} Nothing was connected. Ask for a new link in Slack.")))
        }
    };
    match ended {
        Ok(name) => private(Html(page::done(&name)).into_response()),
        Err(error) => failure(error),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_own_answer_counts_where_it_was_chosen() {
        let table = [
            (&[("s.host", "https://a"), ("own.host", "https://b")][..], Some("https://a")),
            (&[("s.host", ""), ("own.host", "https://b")][..], Some("https://b")),
            (&[("s.host", "")][..], Some("")),
            (&[("own.host", "https://b"), ("token", "t")][..], None),
        ];
        for (fields, wanted) in table {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
            assert_eq!(answers(&fields).get("host").map(String::as_str), wanted, "{fields:?}");
        }
    }
}
