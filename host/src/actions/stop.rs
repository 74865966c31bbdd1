//! Stopping everything of a workspace at once.

use super::{
    machine::{Event, RequestState, step},
    request::{Request, StopMark},
    service::{Actions, Step, expect_stops, fault, moved},
};
use crate::{
    domain::{Actor, AppError, Outcome, RequestId, WorkspaceId},
    store::{AuditEvent, CommitError, WriteSet},
};

/// What a stop met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stopped {
    /// Approved requests of which nothing had run: they will not.
    pub stopped: Vec<RequestId>,
    /// Running requests: the call in hand, if any, ends; no other begins.
    pub running: Vec<RequestId>,
    /// Undecided requests: left as they are, since each still needs somebody's decision.
    pub waiting: usize,
}

impl Actions {
    /// Halts all queued and running work of the actor's workspace. Once this answers, no call to a tool begins that was allowed
    /// before. Requests approved afterwards run again.
    pub async fn stop(&self, actor: &Actor) -> Outcome<Stopped> {
        if !actor.is_admin() {
            return Err(AppError::refused(
                "Only an admin or the owner can stop all work. Nothing was stopped; ask one of them.",
            ));
        }
        self.mark_stopped(actor).await?;
        let mut met = Stopped::default();
        for id in self.open(&actor.workspace).await? {
            let Ok(request) = self.load(&actor.workspace, &id).await else { continue };
            match request.value.standing.state {
                RequestState::Approved if self.stop_queued(&actor.workspace, Some(actor), &id).await? => {
                    met.stopped.push(id)
                }
                RequestState::Waiting => met.waiting += 1,
                state if !state.is_final() => met.running.push(id),
                _ => {}
            }
        }
        Ok(met)
    }

    async fn mark_stopped(&self, actor: &Actor) -> Outcome<()> {
        loop {
            let stops = self.stops(&actor.workspace).await.map_err(fault)?;
            let mark = StopMark { by: actor.user.clone(), at: self.clock.now() };
            let event = AuditEvent {
                actor: Some(actor.clone()),
                what: "workspace.stopped".to_owned(),
                about: Vec::new(),
                detail: "all queued and running work".to_owned(),
            };
            let mut write = WriteSet::default().put(&mark).audit(event);
            write.expect.push(expect_stops(stops));
            match self.store.control.commit(&actor.workspace, write).await {
                Ok(()) => return Ok(()),
                // Somebody else stopped at the same moment; this stop must still come after what was approved since.
                Err(CommitError::Conflict(_)) => {}
                Err(error) => return Err(AppError::Fault(error.into())),
            }
        }
    }

    /// Ends an approved request that was allowed to run before the last stop. False: it had begun or ended by itself.
    pub(super) async fn stop_queued(
        &self,
        workspace: &WorkspaceId,
        actor: Option<&Actor>,
        id: &RequestId,
    ) -> Outcome<bool> {
        let at = self.clock.now();
        let stopped = |request: &Request, stops| {
            if request.standing.stops == stops {
                return Err(AppError::refused("This request was approved after the stop."));
            }
            let after = moved(request, step(&request.standing, Event::Stop { at })?);
            let detail = "before anything of it had run".to_owned();
            Ok(Step { after, actor: actor.cloned(), what: "request.stopped", detail, jobs: Vec::new() })
        };
        match self.change(workspace, id, stopped).await {
            Ok(()) => Ok(true),
            Err(AppError::Refused(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
