//! The jobs that requests put into the queue. Their ids make redelivery harmless.

use crate::{
    domain::{ConnectionId, Millis, RequestId},
    store::{Job, JobKind},
};
use serde::{Deserialize, Serialize};

/// Ids of jobs that [`super::Actions::work`] takes, and of the notices about requests, begin with this.
pub const JOB_PREFIX: &str = "request/";

/// What is to be done for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    /// Run it, or go on with it.
    Run,
    /// Remind the approvers.
    Remind,
    /// End it undecided.
    Expire,
    /// Forget a preview that nobody sent.
    Forget,
}

/// The payload of a job that [`super::Actions::work`] takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// Which request.
    pub request: RequestId,
    /// What.
    pub task: Task,
}

/// Why people are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Its state is another one.
    Changed,
    /// Some more of its targets have an outcome.
    Progress,
    /// It still waits for a decision.
    Reminder,
}

/// The payload of a [`JobKind::Notify`] job about a request: look at it with [`super::Actions::card`] and bring every card up to date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Which request.
    pub request: RequestId,
    /// Why.
    pub why: Why,
}

/// The lane in which requests of a connection run, one at a time.
pub fn lane(connection: &ConnectionId) -> String {
    format!("connection/{connection}")
}

/// Runs a request: in the lane of its connection, so that a tool sees one writer.
pub fn run(request: &RequestId, connection: &ConnectionId, now: Millis) -> Job {
    let lane = Some(lane(connection));
    Job { lane, kind: JobKind::Run, ..work(request, Task::Run, "run", now) }
}

/// Does something for a request at its hour.
pub fn timer(request: &RequestId, task: Task, due: Millis) -> Job {
    let name = match task {
        Task::Run => "run",
        Task::Remind => "remind",
        Task::Expire => "expire",
        Task::Forget => "forget",
    };
    work(request, task, name, due)
}

fn work(request: &RequestId, task: Task, name: &str, due: Millis) -> Job {
    let payload = payload(&Work { request: request.clone(), task });
    Job { id: format!("{JOB_PREFIX}{request}/{name}"), kind: JobKind::Timer, lane: None, due, payload }
}

/// Tells people. `id` names the change: the same change is told once.
pub fn notice(request: &RequestId, why: Why, id: &str, now: Millis) -> Job {
    Job {
        id: format!("{JOB_PREFIX}{request}/notify/{id}"),
        kind: JobKind::Notify,
        lane: Some(format!("{JOB_PREFIX}{request}")),
        due: now,
        payload: payload(&Notice { request: request.clone(), why }),
    }
}

#[expect(clippy::expect_used, reason = "two plain texts always serialise")]
fn payload(of: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(of).expect("a payload serialises")
}
