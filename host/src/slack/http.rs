//! The three addresses that Slack calls. Verify first, keep second, answer third; the work comes after the answer.

use super::Door;
use super::flow::{Acceptance, accept, suggest};
use super::inbound::{self, Envelope, Inbound, Unreadable};
use super::limits;
use super::signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER};
use crate::domain::Millis;
use crate::store::{CommitError, Job, JobKind, WriteSet};
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::json;
use std::time::Instant;

/// A payload with a message of 50 blocks is some 100 KB; a megabyte is none of Slack's.
const BODY_BYTES: usize = 1 << 20;
/// A modal's placeholder must have arrived before the worker replaces it; otherwise it would stay.
const HEAD_START: Millis = 400;
/// Longest key that is stored as it is; longer ones as their digest.
const DEDUP_BYTES: usize = 200;

/// The routes: `/slack/commands`, `/slack/interactions` (options loads as well), `/slack/events`.
pub fn router(door: Door) -> Router {
    Router::new()
        .route("/slack/commands", post(commands))
        .route("/slack/interactions", post(interactions))
        .route("/slack/events", post(events))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .with_state(door)
}

async fn commands(State(door): State<Door>, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(refused) = verified(&door, &headers, &body) {
        return refused;
    }
    if inbound::is_ssl_check(&body) {
        return StatusCode::OK.into_response();
    }
    match inbound::parse_command(&body) {
        Ok(envelope) => keep(&door, &envelope, 0).await.unwrap_or_else(|| StatusCode::OK.into_response()),
        Err(error) => dropped(&error),
    }
}

async fn interactions(State(door): State<Door>, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(refused) = verified(&door, &headers, &body) {
        return refused;
    }
    if inbound::is_ssl_check(&body) {
        return StatusCode::OK.into_response();
    }
    let envelope = match inbound::parse_interaction(&body) {
        Ok(envelope) => envelope,
        Err(error) => return dropped(&error),
    };
    match &envelope.what {
        Inbound::Suggestion(asked) => Json(suggest(&door, &envelope, asked).await).into_response(),
        Inbound::Submission(view) => match accept(&door, &envelope, view).await {
            Acceptance::Refused(answer) => Json(answer).into_response(),
            Acceptance::Taken(answer) => {
                keep(&door, &envelope, HEAD_START).await.unwrap_or_else(|| Json(answer).into_response())
            }
        },
        Inbound::Action(_) => keep(&door, &envelope, 0).await.unwrap_or_else(|| StatusCode::OK.into_response()),
        other => unwanted(other),
    }
}

async fn events(State(door): State<Door>, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(refused) = verified(&door, &headers, &body) {
        return refused;
    }
    note_retry(&headers);
    let envelope = match inbound::parse_event(&body) {
        Ok(envelope) => envelope,
        Err(error) => return dropped(&error),
    };
    match &envelope.what {
        Inbound::Challenge(challenge) => Json(json!({"challenge": challenge})).into_response(),
        Inbound::HomeOpened | Inbound::FileShared(_) | Inbound::Uninstalled => {
            keep(&door, &envelope, 0).await.unwrap_or_else(|| StatusCode::OK.into_response())
        }
        other => unwanted(other),
    }
}

/// Refuses what Slack did not sign, or not lately. Nothing was read of it, nothing is stored.
#[expect(clippy::result_large_err, reason = "the response is the answer, on the rare path")]
fn verified(door: &Door, headers: &HeaderMap, body: &[u8]) -> Result<(), Response> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let now = door.now().div_euclid(1000);
    door.verifier().verify(header(TIMESTAMP_HEADER), header(SIGNATURE_HEADER), body, now).map_err(|refusal| {
        metrics::counter!("weft_slack_unverified_total").increment(1);
        tracing::warn!(%refusal, "Refused a request that claims to come from Slack");
        StatusCode::UNAUTHORIZED.into_response()
    })
}

/// Stores the payload, durably, for the worker. None: kept, now or before, so that Slack gets its 200.
async fn keep(door: &Door, envelope: &Envelope, head_start: Millis) -> Option<Response> {
    let payload = match serde_json::to_vec(envelope) {
        Ok(payload) => payload,
        Err(error) => return Some(unstored(&error)),
    };
    let due = door.now() + head_start;
    let job = Job { id: job_id(&envelope.dedup), kind: JobKind::Inbox, lane: lane(&envelope.what), due, payload };
    let began = Instant::now();
    let kept = door.store().control.commit(&envelope.workspace, WriteSet::default().enqueue(job)).await;
    metrics::histogram!("weft_slack_inbox_durable_seconds").record(began.elapsed());
    match kept {
        Ok(()) => None,
        Err(CommitError::DuplicateJob(_)) => {
            metrics::counter!("weft_slack_duplicates_total").increment(1);
            None
        }
        Err(error) => Some(unstored(&error)),
    }
}

/// What happens in one modal is worked on in the order in which it happened: each payload holds all that stands in it.
fn lane(what: &Inbound) -> Option<String> {
    let view = match what {
        Inbound::Action(action) => action.view.as_ref(),
        Inbound::Submission(view) => Some(view),
        _ => None,
    };
    let view = view.filter(|view| !view.is_home && !view.id.is_empty() && view.id.len() <= limits::ID)?;
    Some(format!("view/{}", view.id))
}

fn job_id(dedup: &str) -> String {
    if dedup.len() <= DEDUP_BYTES {
        return format!("inbox/{dedup}");
    }
    format!("inbox/{}", blake3::hash(dedup.as_bytes()).to_hex())
}

/// Not kept, so not acknowledged: Slack tries an event again, and a person sees that it did not work.
fn unstored(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "A payload of Slack could not be stored");
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}

/// Acknowledged all the same: errors here would make Slack turn off the app's subscriptions.
fn dropped(error: &Unreadable) -> Response {
    tracing::warn!(%error, "Dropped a signed payload that cannot be read");
    StatusCode::OK.into_response()
}

fn unwanted(what: &Inbound) -> Response {
    let kind = match what {
        Inbound::Other(kind) => kind.as_str(),
        Inbound::Closed(_) => "view_closed",
        _ => "a payload at another address than its own",
    };
    tracing::debug!(kind = format!("{kind:.64}"), "Dropped a payload of a kind that Weft does not use");
    StatusCode::OK.into_response()
}

fn note_retry(headers: &HeaderMap) {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(number) = header("x-slack-retry-num") {
        let reason = header("x-slack-retry-reason").unwrap_or_default();
        metrics::counter!("weft_slack_redeliveries_total").increment(1);
        tracing::info!(number, reason, "Slack delivers an event again");
    }
}
