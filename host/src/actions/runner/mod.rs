//! Runs approved requests: target after target, as many in one call as the action takes, the intent stored before each call and the
//! outcome after it. A target that is found begun is never run again blindly: the tool is looked into first.

mod attempt;
mod lease;
mod look;
mod patience;
mod settle;

use super::{
    call::Shape,
    connector::Connected,
    machine::{Event, RequestState, Standing, step},
    refusal::Refusal,
    request::{Request, RequestTarget, StopMark, fingerprint},
    service::{Actions, Step, moved},
    target::{Tally, TargetState},
};
use crate::{
    domain::{AppError, Millis, RequestId},
    store::{Claim, CommitError, Entity, Versioned, WriteSet},
};

/// Claims of one run job before a connection that keeps failing is given up: with the delays between them, about half a day.
const MAX_CLAIMS: u64 = 100;

/// The delay before a connection that failed is tried again.
const CONNECT_DELAY: Millis = 5 * 60 * 1000;

/// A request in the hands of the one runner that has its fence.
struct Run<'a> {
    actions: &'a Actions,
    claim: &'a Claim,
    request: Versioned<Request>,
    /// The connection, or why it cannot be used.
    connected: Result<Connected, String>,
    /// Why no target may be run, where that holds for all.
    barrier: Option<String>,
    shape: Shape,
    /// When people were last told.
    told_at: Millis,
    /// Ends when readers of boards see what was changed last.
    shown: Option<tokio::task::JoinHandle<()>>,
}

/// Targets that stand alike, next to each other.
type Group = [Versioned<RequestTarget>];

/// What there is to do for a target. Those with the same to do go together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Due {
    /// Bring its changes into the rows.
    Patch,
    /// Run it.
    Attempt { attempts: u32 },
    /// Look into the tool.
    Look { attempt: u32 },
    /// Nothing more.
    Nothing,
}

impl Due {
    fn of(target: &Versioned<RequestTarget>) -> Self {
        match target.value.state {
            _ if target.value.pending.is_some() => Self::Patch,
            TargetState::Queued { attempts } => Self::Attempt { attempts },
            TargetState::Started { attempt } => Self::Look { attempt },
            _ => Self::Nothing,
        }
    }
}

/// How the work on targets goes on.
enum Flow {
    /// With another look at their states.
    Again,
    /// At this moment, from the start.
    Later(Millis),
    /// Not by us: somebody else has the request.
    Lost,
}

impl Actions {
    pub(super) async fn run(&self, claim: &Claim, id: &RequestId) -> anyhow::Result<()> {
        let Some(request) = self.take(claim, id).await? else { return self.end(claim, WriteSet::default()).await };
        let connected = match self.reach(&claim.tenant, &request.value.frozen.connection).await {
            Ok((connected, _)) => Ok(connected),
            Err(AppError::Fault(error)) if claim.fence < MAX_CLAIMS => {
                tracing::warn!(request.id = %id, "Request {id} waits, its connection failed: {error:#}");
                let due = self.clock.now() + CONNECT_DELAY;
                return Ok(self.store.queue.release(claim, due).await?);
            }
            Err(AppError::Refused(sentence)) => Err(sentence),
            Err(_) => Err("The connection could not be used for half a day. Look at it, then ask again.".to_owned()),
        };
        let targets = self.targets(&claim.tenant, id, request.value.frozen.targets as usize).await?;
        let barrier = barrier(&request.value, &targets, &connected)?;
        let shape = self.shape(claim, &request.value).await?;
        let told_at = self.clock.now();
        let mut run = Run { actions: self, claim, request, connected, barrier, shape, told_at, shown: None };
        run.all(targets).await
    }

    /// Makes the request ours under the claim's fence. None: there is nothing (more) to run.
    async fn take(&self, claim: &Claim, id: &RequestId) -> anyhow::Result<Option<Versioned<Request>>> {
        loop {
            let Some(request) = self.store.control.load::<Request>(&claim.tenant, id.as_str()).await? else {
                return Ok(None);
            };
            let stops = self.stops(&claim.tenant).await?;
            let standing = match step(&request.value.standing, Event::Claim { fence: claim.fence, stops }) {
                Ok(standing) => standing,
                Err(Refusal::Stopped) => {
                    self.stop_queued(&claim.tenant, None, id).await?;
                    continue;
                }
                Err(_) => return Ok(None),
            };
            let first = request.value.standing.state == RequestState::Approved;
            let what = if first { "request.started" } else { "request.resumed" };
            let detail = format!("claim {}", claim.fence);
            let after = moved(&request.value, standing);
            let write =
                self.write(&request, Step { after: after.clone(), actor: None, what, detail, jobs: Vec::new() }, stops);
            match self.store.control.commit(&claim.tenant, write).await {
                Ok(()) => return Ok(Some(Versioned { version: request.version + 1, value: after })),
                Err(CommitError::Conflict(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn shape(&self, claim: &Claim, request: &Request) -> anyhow::Result<Shape> {
        let manifests = self.store.segments.manifests(&claim.tenant, &request.frozen.connection).await?;
        Ok(manifests.into_iter().map(|(object, manifest)| (object, manifest.fields)).collect())
    }
}

/// Why nothing of this request may be run as things are now.
fn barrier(
    request: &Request,
    targets: &[Versioned<RequestTarget>],
    connected: &Result<Connected, String>,
) -> anyhow::Result<Option<String>> {
    let targets: Vec<RequestTarget> = targets.iter().map(|target| target.value.clone()).collect();
    let standing = &request.standing;
    if fingerprint(&request.frozen, &standing.policy, &targets)? != standing.fingerprint {
        return Ok(Some("What is stored is not what was approved, so it was not run. Ask again.".to_owned()));
    }
    Ok(match connected {
        Err(sentence) => Some(sentence.clone()),
        Ok(connected) => connected.action(&request.frozen.action.name).err().map(|refused| refused.to_string()),
    })
}

impl Run<'_> {
    async fn all(&mut self, mut targets: Vec<Versioned<RequestTarget>>) -> anyhow::Result<()> {
        let most = self.request.value.frozen.action.batch.max(1) as usize;
        let mut at = 0;
        while at < targets.len() {
            let due = Due::of(&targets[at]);
            let alike = targets[at..].iter().take(most).take_while(|target| Due::of(target) == due).count();
            let group = &mut targets[at..at + alike];
            let flow = match due {
                Due::Patch => self.patch(group).await?,
                Due::Attempt { attempts } => self.attempt(group, attempts).await?,
                Due::Look { attempt } => self.look(group, attempt).await?,
                Due::Nothing => {
                    at += alike;
                    continue;
                }
            };
            match flow {
                Flow::Again => {}
                Flow::Later(due) => return Ok(self.actions.store.queue.release(self.claim, due).await?),
                Flow::Lost => return Ok(()),
            }
        }
        self.finish(Tally::of(targets.iter().map(|target| target.value.state))).await
    }

    async fn finish(&mut self, tally: Tally) -> anyhow::Result<()> {
        // Who reads "done" and opens a board must find it there.
        if let Some(shown) = self.shown.take() {
            shown.await?;
        }
        loop {
            let at = self.actions.clock.now();
            let event = Event::Finish { fence: self.claim.fence, tally, at };
            let Ok(standing) = step(&self.request.value.standing, event) else { return Ok(()) };
            let after = Request { tally: Some(tally), ..moved(&self.request.value, standing) };
            let what = ended(after.standing.state);
            let stops = self.actions.stops(&self.claim.tenant).await?;
            let step = Step { after, actor: None, what, detail: tally.words(), jobs: Vec::new() };
            match self.actions.store.queue.finish(self.claim, self.actions.write(&self.request, step, stops)).await {
                // Somebody stopped the workspace at this moment: it changes nothing about what is over.
                Err(CommitError::Conflict(key)) if key.kind == StopMark::KIND => {}
                // Somebody cancelled the rest when nothing was left.
                Err(CommitError::Conflict(key)) if key.kind == Request::KIND && self.refresh().await? => {}
                Err(CommitError::Conflict(_)) => return Ok(()),
                other => return Ok(other?),
            }
        }
    }

    /// Reads the request as it is now. False: it is not ours any more.
    async fn refresh(&mut self) -> anyhow::Result<bool> {
        let id = self.request.value.id.as_str();
        let Some(request) = self.actions.store.control.load::<Request>(&self.claim.tenant, id).await? else {
            return Ok(false);
        };
        let Standing { state, fence, .. } = request.value.standing;
        let is_ours = state == RequestState::Running && fence == self.claim.fence;
        if is_ours {
            self.request = request;
        }
        Ok(is_ours)
    }
}

/// The end of a run, for the audit log.
fn ended(state: RequestState) -> &'static str {
    match state {
        RequestState::Done => "request.done",
        RequestState::PartlyDone => "request.partly-done",
        RequestState::Stopped => "request.stopped",
        RequestState::NeedsPerson => "request.needs-person",
        _ => "request.failed",
    }
}
