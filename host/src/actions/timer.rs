//! What waits for its hour: the reminder, the end of an undecided request, and previews that nobody sent.

use super::{
    jobs::{self, Task, Why, Work},
    machine::{Event, RequestState, step},
    prepare::PER_COMMIT,
    refusal::Refusal,
    request::{Request, RequestTarget},
    service::{Actions, Step, moved},
};
use crate::{
    domain::RequestId,
    store::{Claim, CommitError, Entity, Expect, Job, JobKind, Versioned, WriteSet},
};

/// How often a timer is looked at anew when the request moves at the same moment.
const TRIES: usize = 8;

impl Actions {
    /// Whether a job is for [`Actions::work`].
    pub fn takes(job: &Job) -> bool {
        matches!(job.kind, JobKind::Run | JobKind::Timer) && job.id.starts_with(jobs::JOB_PREFIX)
    }

    /// Does the claimed job: runs a request, or what was due for it. `Ok`: the job was finished or given back, or somebody else
    /// has it. `Err`: nothing was settled; the job comes back when its lease runs out.
    pub async fn work(&self, claim: &Claim) -> anyhow::Result<()> {
        let Ok(work) = serde_json::from_slice::<Work>(&claim.job.payload) else {
            tracing::error!(
                job.id = claim.job.id,
                "Job {} holds no work that requests know; it is dropped",
                claim.job.id
            );
            return self.end(claim, WriteSet::default()).await;
        };
        match work.task {
            Task::Run => self.run(claim, &work.request).await,
            Task::Remind => self.remind(claim, &work.request).await,
            Task::Expire => self.expire(claim, &work.request).await,
            Task::Forget => self.forget(claim, &work.request).await,
        }
    }

    /// Finishes the job. Losing it to another claim is no failure: that one ends it.
    pub(super) async fn end(&self, claim: &Claim, write: WriteSet) -> anyhow::Result<()> {
        match self.store.queue.finish(claim, write).await {
            Err(CommitError::Conflict(key)) if key.kind == "job" => Ok(()),
            other => Ok(other?),
        }
    }

    /// Reminds the approvers, and asks the fallback approver as well where there is one.
    async fn remind(&self, claim: &Claim, id: &RequestId) -> anyhow::Result<()> {
        let notice = jobs::notice(id, Why::Reminder, "reminder", self.clock.now());
        for _ in 0..TRIES {
            let Some(request) = self.store.control.load::<Request>(&claim.tenant, id.as_str()).await? else { break };
            let stops = self.stops(&claim.tenant).await?;
            let write = match step(&request.value.standing, Event::Escalate { at: self.clock.now() }) {
                Ok(standing) => {
                    let mut after = moved(&request.value, standing);
                    let detail = also_asked(&mut after);
                    let step =
                        Step { after, actor: None, what: "request.escalated", detail, jobs: vec![notice.clone()] };
                    self.write(&request, step, stops)
                }
                Err(Refusal::NobodyElse) => WriteSet::default().enqueue(notice.clone()),
                Err(_) => break,
            };
            match self.store.queue.finish(claim, write).await {
                Err(CommitError::Conflict(key)) if key.kind != "job" => {}
                Err(CommitError::Conflict(_)) => return Ok(()),
                other => return Ok(other?),
            }
        }
        self.end(claim, WriteSet::default()).await
    }

    async fn expire(&self, claim: &Claim, id: &RequestId) -> anyhow::Result<()> {
        for _ in 0..TRIES {
            let Some(request) = self.store.control.load::<Request>(&claim.tenant, id.as_str()).await? else { break };
            let stops = self.stops(&claim.tenant).await?;
            match step(&request.value.standing, Event::Expire { at: self.clock.now() }) {
                Ok(standing) => {
                    let after = moved(&request.value, standing);
                    let detail = "nobody decided in time".to_owned();
                    let step = Step { after, actor: None, what: "request.expired", detail, jobs: Vec::new() };
                    match self.store.queue.finish(claim, self.write(&request, step, stops)).await {
                        Err(CommitError::Conflict(key)) if key.kind != "job" => {}
                        Err(CommitError::Conflict(_)) => return Ok(()),
                        other => return Ok(other?),
                    }
                }
                Err(Refusal::NotYet(due)) => return Ok(self.store.queue.release(claim, due).await?),
                Err(_) => break,
            }
        }
        self.end(claim, WriteSet::default()).await
    }

    /// The request first: once it is gone nobody can send it, and its targets can go in any order.
    async fn forget(&self, claim: &Claim, id: &RequestId) -> anyhow::Result<()> {
        match self.store.control.load::<Request>(&claim.tenant, id.as_str()).await? {
            Some(request) if request.value.standing.state != RequestState::Prepared => {
                return self.end(claim, WriteSet::default()).await;
            }
            Some(Versioned { version, value }) => {
                let mut write = WriteSet::default().delete::<Request>(value.id());
                write.expect.push((value.key(), Expect::Version(version)));
                match self.store.control.commit(&claim.tenant, write).await {
                    Err(CommitError::Conflict(_)) => {
                        return Ok(self.store.queue.release(claim, self.clock.now()).await?);
                    }
                    other => other?,
                }
            }
            None => {}
        }
        let targets = self.targets(&claim.tenant, id, usize::MAX).await?;
        for chunk in targets.chunks(PER_COMMIT) {
            let gone =
                |write: WriteSet, target: &Versioned<RequestTarget>| write.delete::<RequestTarget>(target.value.id());
            let write = chunk.iter().fold(WriteSet::default(), gone);
            self.store.control.commit(&claim.tenant, write).await?;
        }
        self.end(claim, WriteSet::default()).await
    }
}

/// Puts the fallback approver among those who are asked: first, since only so many get a message of their own. Answers who that is.
fn also_asked(request: &mut Request) -> String {
    let policy = &request.standing.policy;
    let Some(fallback) = policy.fallback.clone() else { return String::new() };
    let detail = format!("nobody decided until the reminder: {fallback} is asked as well");
    if policy.self_approval || fallback != request.standing.requester {
        request.asked.insert(0, fallback);
    }
    detail
}
