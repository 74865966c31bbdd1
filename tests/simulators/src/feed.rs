//! The feed tool: objects in pages, and everything about them told by a test: records, permissions, counts, refusals.
//!
//! `GET /check`, `GET /records/OBJECT?after=PLACE&since=MOMENT&estimate=N`. A refusal has status 400 and says its class.

use axum::Router;
use axum::extract::{Path, Query, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, VecDeque};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A running feed tool. Dropping it stops it.
pub struct Feed {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    task: JoinHandle<std::io::Result<()>>,
}

/// What the tool says of one object when it is checked.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    pub object: String,
    /// `full`, `own-rows`, `none`, `absent`.
    pub access: &'static str,
    pub hidden: Vec<String>,
    /// Fields beyond the description, and whether they are numbers.
    pub extra: Vec<(String, bool)>,
    pub permission: Option<String>,
    pub estimate: Option<u32>,
}

/// Why a request is refused.
#[derive(Clone, Debug, Serialize)]
pub struct Refusal {
    /// An error class of the WIT package.
    pub class: &'static str,
    pub code: &'static str,
    pub message: &'static str,
    pub retry_after_ms: Option<u32>,
}

/// A request for records as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub object: String,
    pub after: Option<String>,
    pub since: Option<String>,
    pub estimate: Option<String>,
}

#[derive(Default)]
struct State {
    objects: BTreeMap<String, Object>,
    page_rows: usize,
    journal: Vec<Asked>,
}

struct Object {
    found: Found,
    /// In the order in which they are given.
    records: Vec<Json>,
    incomplete: Option<String>,
    /// What becomes of the next requests; then all is well.
    refusals: VecDeque<Option<Refusal>>,
}

impl Feed {
    /// Starts the tool on the loopback address, with these objects, all of them empty.
    pub async fn start(objects: &[&str], page_rows: usize) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let objects = objects.iter().map(|&name| (name.to_owned(), Object::new(name))).collect();
        let state = Arc::new(Mutex::new(State { objects, page_rows, journal: Vec::new() }));
        let app = Router::new()
            .route("/check", get(check))
            .route("/records/{object}", get(records))
            .with_state(Arc::clone(&state));
        Ok(Self { address, state, task: tokio::spawn(axum::serve(listener, app).into_future()) })
    }

    /// Where it listens, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Gives an object these records, in this order; it counts them itself.
    pub fn set(&self, object: &str, records: Vec<Json>) {
        self.change(object, |object| {
            object.found.estimate = u32::try_from(records.len()).ok();
            object.records = records;
        });
    }

    /// Changes what a check finds.
    pub fn found(&self, object: &str, change: impl FnOnce(&mut Found)) {
        self.change(object, |object| change(&mut object.found));
    }

    /// From now on each page says that it is not all.
    pub fn incomplete(&self, object: &str, sentence: Option<&str>) {
        self.change(object, |object| object.incomplete = sentence.map(str::to_owned));
    }

    /// What becomes of the next requests for this object, in order: none is answered.
    pub fn refuse(&self, object: &str, refusals: impl IntoIterator<Item = Option<Refusal>>) {
        self.change(object, |object| object.refusals.extend(refusals));
    }

    /// Nothing is refused any more.
    pub fn clear_refusals(&self, object: &str) {
        self.change(object, |object| object.refusals.clear());
    }

    /// Every request for records so far; from now on those after it.
    pub fn take_journal(&self) -> Vec<Asked> {
        std::mem::take(&mut lock(&self.state).journal)
    }

    fn change(&self, object: &str, change: impl FnOnce(&mut Object)) {
        if let Some(object) = lock(&self.state).objects.get_mut(object) {
            change(object);
        }
    }
}

impl Object {
    fn new(name: &str) -> Self {
        let found = Found {
            object: name.to_owned(),
            access: "full",
            hidden: Vec::new(),
            extra: Vec::new(),
            permission: None,
            estimate: Some(0),
        };
        Self { found, records: Vec::new(), incomplete: None, refusals: VecDeque::new() }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A panic of one request must not hide the state from the test that looks for its cause.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn check(Shared(state): Shared<Arc<Mutex<State>>>) -> Response {
    let found: Vec<Found> = lock(&state).objects.values().map(|object| object.found.clone()).collect();
    axum::Json(json!({ "name": "Acme feed", "objects": found })).into_response()
}

async fn records(
    Shared(state): Shared<Arc<Mutex<State>>>,
    Path(name): Path<String>,
    Query(mut query): Query<BTreeMap<String, String>>,
) -> Response {
    let state = &mut *lock(&state);
    let asked = Asked {
        object: name.clone(),
        after: query.remove("after"),
        since: query.remove("since"),
        estimate: query.remove("estimate"),
    };
    state.journal.push(asked.clone());
    let Some(object) = state.objects.get_mut(&name) else { return StatusCode::NOT_FOUND.into_response() };
    if let Some(refusal) = object.refusals.pop_front().flatten() {
        return (StatusCode::BAD_REQUEST, axum::Json(refusal)).into_response();
    }
    // As the guest of a real tool does, it asks from the moment itself on, not from after it.
    let is_new = |record: &&Json| match &asked.since {
        Some(since) => record["at"].as_str().is_none_or(|at| at >= since.as_str()),
        None => true,
    };
    let wanted: Vec<&Json> = object.records.iter().filter(is_new).collect();
    let from: usize = asked.after.and_then(|after| after.parse().ok()).unwrap_or_default();
    let page: Vec<&Json> = wanted.iter().skip(from).take(state.page_rows).copied().collect();
    let next = from + page.len();
    let next = (next < wanted.len()).then(|| next.to_string());
    axum::Json(json!({ "records": page, "next": next, "incomplete": object.incomplete })).into_response()
}
