//! The jobs of the org and the states they pass through.

use super::csv::Dialect;
use crate::salesforce::org::Inner;
use crate::salesforce::schema::Object;
use crate::salesforce::soql::{Found, Leaf};
use crate::salesforce::sync::read;
use crate::salesforce::time;
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// Jobs kept; the oldest go first. Salesforce keeps them for seven days.
const KEPT: usize = 200;

/// Jobs, oldest first.
#[derive(Debug, Default)]
pub struct Jobs {
    issued: u64,
    kept: Vec<Job>,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    UploadComplete,
    InProgress,
    JobComplete,
    Failed,
    Aborted,
}

/// A query job. What it found is kept as numbers; the rows are written when they are read.
#[derive(Clone, Debug)]
pub struct Job {
    pub id: String,
    pub operation: &'static str,
    pub object: Object,
    /// Number of the user who asked for it; nobody else sees it.
    pub user: u32,
    /// API version it was made in; its results are read in no other.
    pub version: u16,
    pub dialect: Dialect,
    /// Milliseconds since 1970.
    pub created: i64,
    pub changed: i64,
    /// How often it was looked at.
    pub polls: u32,
    pub state: State,
    /// What it will fail with, if a test wants it to fail.
    pub failure: Option<String>,
    pub columns: Arc<[Leaf]>,
    pub found: Found,
}

impl Jobs {
    /// The number of the next job.
    pub fn next(&mut self) -> u64 {
        self.issued += 1;
        self.issued
    }

    /// Keeps a job.
    pub fn add(&mut self, job: Job) {
        if self.kept.len() >= KEPT {
            self.kept.remove(0);
        }
        self.kept.push(job);
    }

    /// The jobs of a user.
    pub fn of(&self, user: u32) -> impl Iterator<Item = &Job> {
        self.kept.iter().filter(move |job| job.user == user)
    }

    /// A job of a user.
    pub fn find(&mut self, user: u32, id: &str) -> Option<&mut Job> {
        self.kept.iter_mut().find(|job| job.user == user && is_same(&job.id, id))
    }

    /// Forgets a job.
    pub fn remove(&mut self, id: &str) {
        self.kept.retain(|job| !is_same(&job.id, id));
    }
}

/// Ids come with 15 or 18 characters.
fn is_same(known: &str, given: &str) -> bool {
    known == given || known.get(..15) == Some(given)
}

impl State {
    fn name(self) -> &'static str {
        match self {
            State::UploadComplete => "UploadComplete",
            State::InProgress => "InProgress",
            State::JobComplete => "JobComplete",
            State::Failed => "Failed",
            State::Aborted => "Aborted",
        }
    }
}

impl Job {
    /// Whether there is still work to do, as far as anybody knows.
    pub fn is_under_way(&self) -> bool {
        matches!(self.state, State::UploadComplete | State::InProgress)
    }

    /// Moves it on: so many looks see it in progress, the next sees it done.
    pub fn look(&mut self, polls: u32, now: i64) {
        if !self.is_under_way() {
            return;
        }
        self.polls += 1;
        self.changed = now;
        self.state = match (self.polls > polls, &self.failure) {
            (false, _) => State::InProgress,
            (true, Some(_)) => State::Failed,
            (true, None) => State::JobComplete,
        };
    }

    /// As the service tells about it.
    pub fn to_json(&self, org: &Inner) -> Json {
        let mut body = json!({
            "id": self.id,
            "operation": self.operation,
            "object": self.object.name(),
            "createdById": read(&org.data).id(Object::User, self.user).to_string(),
            "createdDate": time::format(self.created),
            "systemModstamp": time::format(self.changed),
            "state": self.state.name(),
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": f64::from(self.version),
            "lineEnding": self.dialect.line_ending_name(),
            "columnDelimiter": self.dialect.delimiter_name(),
        });
        if self.polls > 0 {
            let done = self.state == State::JobComplete;
            body["jobType"] = json!("V2Query");
            body["numberRecordsProcessed"] = json!(if done { self.found.len() } else { 0 });
            body["retries"] = json!(0);
            body["totalProcessingTime"] = json!(if done { self.found.len() / 100 } else { 0 });
            body["isPkChunkingSupported"] = json!(true);
        }
        if let (State::Failed, Some(reason)) = (self.state, &self.failure) {
            body["errorMessage"] = json!(reason);
        }
        body
    }
}
