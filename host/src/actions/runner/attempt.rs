//! Running targets that are queued: the intent of all stored first, then one call, then what became of each.

use super::{
    super::{
        call::{self, Answer, Answers},
        refusal::Refusal,
        request::{Request, RequestTarget, StopMark},
        service::{about, expect_stops, protected, target_of},
        target::{TargetEvent, TargetState, start},
    },
    Flow, Group, Run,
    patience::{MAX_ATTEMPTS, delay},
    settle::Settlement,
};
use crate::{
    domain::{ErrorClass, Millis},
    store::{CommitError, Entity, Expect, Versioned, WriteSet},
};

impl Run<'_> {
    /// Runs queued targets, of which `attempts` calls are known to have done nothing.
    pub(super) async fn attempt(&mut self, group: &mut Group, attempts: u32) -> anyhow::Result<Flow> {
        if !self.holds().await? {
            return Ok(Flow::Lost);
        }
        if let Some(why) = self.turned_off().await? {
            self.barrier = Some(why);
        }
        if let Some(flow) = self.refuse(group, attempts).await? {
            return Ok(flow);
        }
        if let Some(flow) = self.intend(group).await? {
            return Ok(flow);
        }
        let Ok(connected) = &self.connected else { return Ok(Flow::Again) };
        let targets = group.iter().map(|target| &target.value);
        let call = call::run(connected, &self.request.value, targets, attempts + 1, &self.shape);
        let Answers { each, changes } = self.holding(call).await;
        let mut later = None;
        let mut settlements = Vec::with_capacity(group.len());
        for answer in each {
            let (settlement, due) = self.settlement(answer, attempts);
            settlements.push(settlement);
            later = later.max(due);
        }
        match self.settle(group, settlements, changes).await? {
            Flow::Lost => Ok(Flow::Lost),
            _ => Ok(later.map_or(Flow::Again, Flow::Later)),
        }
    }

    /// What there is to store after an answer, and when the next look at the target is due. Nothing to store: it stays begun, and
    /// the next look decides.
    fn settlement(&mut self, answer: Answer, attempts: u32) -> (Option<Settlement>, Option<Millis>) {
        let due = |fault| Some(self.actions.clock.now() + delay(fault, attempts));
        match answer {
            Answer::Settled(outcome) => {
                if outcome.error.as_ref().is_some_and(|fault| fault.class == ErrorClass::Reauthorize) {
                    // The others would hear the same, one by one.
                    self.barrier = Some(outcome.message.clone());
                }
                let settlement = Settlement::new(TargetEvent::Answered(outcome.kind), outcome.message);
                (Some(Settlement { undo: outcome.undo, ..settlement }), None)
            }
            Answer::NothingDone(fault) => {
                let due = due(&fault);
                (Some(Settlement::new(TargetEvent::NothingDone, fault.message)), due)
            }
            Answer::Doubtful(fault) => (None, due(&fault)),
            Answer::Lost(message) => {
                tracing::info!(request.id = %self.request.value.id, "An outcome was lost and is looked up: {message}");
                (None, None)
            }
        }
    }

    /// Why nothing more of it is run, when its action was turned off meanwhile.
    async fn turned_off(&self) -> anyhow::Result<Option<String>> {
        let frozen = &self.request.value.frozen;
        Ok(self.actions.turned_off(&self.claim.tenant, &frozen.connection, &frozen.action).await?)
    }

    /// Ends the targets that may not be run. None: there were none.
    async fn refuse(&mut self, group: &mut Group, attempts: u32) -> anyhow::Result<Option<Flow>> {
        let refused = |target: &Versioned<RequestTarget>| {
            let sentence = self.forbids(&target.value, attempts)?;
            Some(Settlement::new(TargetEvent::Refused, sentence))
        };
        let settlements: Vec<_> = group.iter().map(refused).collect();
        if settlements.iter().all(Option::is_none) {
            return Ok(None);
        }
        self.settle(group, settlements, Vec::new()).await.map(Some)
    }

    /// Why this target may not be run.
    fn forbids(&self, target: &RequestTarget, attempts: u32) -> Option<String> {
        if let Some(sentence) = &self.barrier {
            return Some(sentence.clone());
        }
        let request = &self.request.value;
        let (requester, connection) = (&request.standing.requester, &request.frozen.connection);
        // Also in the middle of a run: what has begun is looked up all the same.
        if let Err(lost) = self.actions.connector.use_of(&self.claim.tenant, requester, connection) {
            return Some(format!("Its requester may not use “{}” any more, so it was not run.", lost.title));
        }
        let is_protected =
            |key| self.connected.as_ref().is_ok_and(|connected| self.actions.is_protected(connected, key));
        if is_protected(&target.frozen.plan.key) {
            return Some(protected(&target.frozen.plan.title));
        }
        let last = target.message.as_deref().unwrap_or_default();
        (attempts >= MAX_ATTEMPTS).then(|| format!("Not done after {attempts} attempts. {last}"))
    }

    /// Stores the intent to call the tool for all of them at once: only under our fence, and only while nobody stopped the
    /// workspace. None: go on.
    async fn intend(&mut self, group: &mut Group) -> anyhow::Result<Option<Flow>> {
        let stops = self.actions.stops(&self.claim.tenant).await?;
        let started = |target: &Versioned<RequestTarget>| {
            start(&self.request.value.standing, self.claim.fence, stops, target.value.state)
        };
        let states = match group.iter().map(started).collect::<Result<Vec<_>, _>>() {
            Ok(states) => states,
            // Ours and running, or we would not be here: what is in the way is a stop or a cancellation.
            Err(refusal) => return self.halt(group, &refusal).await.map(Some),
        };
        let mut write = WriteSet::default();
        write.expect.push(expect_stops(stops));
        write.expect.push((self.request.value.key(), Expect::Version(self.request.version)));
        let mut after = Vec::with_capacity(group.len());
        for (target, state) in group.iter().zip(states) {
            let begun = self.begun(target, state, &mut write);
            after.push(begun);
        }
        match self.actions.store.control.commit(&self.claim.tenant, write).await {
            Ok(()) => {
                for (target, value) in group.iter_mut().zip(after) {
                    *target = Versioned { version: target.version + 1, value };
                }
                Ok(None)
            }
            Err(CommitError::Conflict(key)) if key.kind == StopMark::KIND => Ok(Some(Flow::Again)),
            // Cancelled at this moment, or no longer ours.
            Err(CommitError::Conflict(key)) if key.kind == Request::KIND && self.refresh().await? => {
                Ok(Some(Flow::Again))
            }
            Err(CommitError::Conflict(_)) => Ok(Some(Flow::Lost)),
            Err(error) => Err(error.into()),
        }
    }

    /// Ends targets that may not begin any more.
    async fn halt(&mut self, group: &mut Group, refusal: &Refusal) -> anyhow::Result<Flow> {
        let said = match refusal {
            Refusal::Cancelled(_) => "Cancelled before it was run.",
            _ => "Stopped before it was run.",
        };
        let halted = || Some(Settlement::new(TargetEvent::Stop, said.to_owned()));
        let settlements = group.iter().map(|_| halted()).collect();
        self.settle(group, settlements, Vec::new()).await
    }

    /// The target as begun, with its audit row on the write.
    fn begun(&self, target: &Versioned<RequestTarget>, state: TargetState, write: &mut WriteSet) -> RequestTarget {
        let after = RequestTarget { state, ..target.value.clone() };
        let detail = format!("idempotency key {}", after.idempotency_key());
        let mut event = about(&self.request.value, None, "target.started", detail);
        event.about.extend(target_of(&after.frozen.plan));
        *write = std::mem::take(write).update(target.version, &after).audit(event);
        after
    }
}
