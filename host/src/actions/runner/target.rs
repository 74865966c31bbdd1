//! One target: run it, or look into the tool when it was begun before.

use super::{
    super::{
        call::{self, Answer},
        request::{RequestTarget, StopMark},
        service::{about, expect_stops, protected},
        target::{Finding, TargetEvent, TargetState, start},
    },
    Flow, Run,
    settle::Settlement,
};
use crate::{
    domain::{Action, ErrorClass, Fault, Millis, Verdict, VerdictKind},
    store::{CommitError, Entity, Expect, Versioned, WriteSet},
};

/// Calls for one target. With the delays below the last comes about three minutes after the first; a tool that is down longer
/// needs a person.
const MAX_ATTEMPTS: u32 = 6;

/// Failed looks into the tool for one target.
const MAX_CHECKS: u32 = 8;

/// The first delay; each further one is twice as long.
const FIRST_DELAY: Millis = 5_000;

/// The longest delay that is our own choice.
const LONGEST_DELAY: Millis = 10 * 60 * 1000;

/// The delay when the tool's allowance is used up and the tool does not say until when.
const EXHAUSTED_DELAY: Millis = 60 * 60 * 1000;

/// The delay while a person must repair the connection; with the checks above they have some three hours.
const PERSON_DELAY: Millis = 30 * 60 * 1000;

impl Run<'_> {
    /// Brings a target one step further.
    pub(super) async fn target(&mut self, target: &mut Versioned<RequestTarget>) -> anyhow::Result<Flow> {
        if target.value.pending.is_some() {
            return self.patch(target).await;
        }
        match target.value.state {
            TargetState::Queued { attempts } => self.attempt(target, attempts).await,
            TargetState::Started { attempt } => self.look(target, attempt).await,
            _ => Ok(Flow::Settled),
        }
    }

    /// Runs a queued target.
    async fn attempt(&mut self, target: &mut Versioned<RequestTarget>, attempts: u32) -> anyhow::Result<Flow> {
        if !self.holds().await? {
            return Ok(Flow::Lost);
        }
        if let Some(sentence) = self.forbids(&target.value, attempts) {
            return self.settle(target, Settlement::new(TargetEvent::Refused, sentence)).await;
        }
        if let Some(flow) = self.intend(target).await? {
            return Ok(flow);
        }
        let Ok(connected) = &self.connected else { return Ok(Flow::Again) };
        let call = call::run(connected, &self.request.value, &target.value, attempts + 1, &self.shape);
        match self.holding(call).await {
            Answer::Settled(outcome, changes) => {
                if outcome.error.as_ref().is_some_and(|fault| fault.class == ErrorClass::Reauthorize) {
                    // The others would hear the same, one by one.
                    self.barrier = Some(outcome.message.clone());
                }
                let mut settlement = Settlement::new(TargetEvent::Answered(outcome.kind), outcome.message);
                (settlement.undo, settlement.changes) = (outcome.undo, changes);
                self.settle(target, settlement).await
            }
            Answer::NothingDone(fault) => {
                let due = self.actions.clock.now() + delay(&fault, attempts);
                match self.settle(target, Settlement::new(TargetEvent::NothingDone, fault.message)).await? {
                    Flow::Lost => Ok(Flow::Lost),
                    _ => Ok(Flow::Later(due)),
                }
            }
            // It stays begun: the next look decides.
            Answer::Doubtful(fault) => Ok(Flow::Later(self.actions.clock.now() + delay(&fault, attempts))),
            Answer::Lost(message) => {
                tracing::info!(request.id = %self.request.value.id, "An outcome was lost and is looked up: {message}");
                Ok(Flow::Again)
            }
        }
    }

    /// Why this target may not be run.
    fn forbids(&self, target: &RequestTarget, attempts: u32) -> Option<String> {
        if let Some(sentence) = &self.barrier {
            return Some(sentence.clone());
        }
        let is_protected =
            |key| self.connected.as_ref().is_ok_and(|connected| self.actions.is_protected(connected, key));
        if is_protected(&target.frozen.plan.key) {
            return Some(protected(&target.frozen.plan.title));
        }
        let last = target.message.as_deref().unwrap_or_default();
        (attempts >= MAX_ATTEMPTS).then(|| format!("Not done after {attempts} attempts. {last}"))
    }

    /// Stores the intent to call the tool: only under our fence, and only while nobody stopped the workspace. None: go on.
    async fn intend(&mut self, target: &mut Versioned<RequestTarget>) -> anyhow::Result<Option<Flow>> {
        let standing = &self.request.value.standing;
        let stops = self.actions.stops(&self.claim.tenant).await?;
        let Ok(state) = start(standing, self.claim.fence, stops, target.value.state) else {
            // Ours and running, or we would not be here: what is in the way is a stop.
            let stopped = Settlement::new(TargetEvent::Stop, "Stopped before it was run.".to_owned());
            return self.settle(target, stopped).await.map(Some);
        };
        let after = RequestTarget { state, ..target.value.clone() };
        let mut write = WriteSet::default().update(target.version, &after);
        write.expect.push(expect_stops(stops));
        write.expect.push((self.request.value.key(), Expect::Version(self.request.version)));
        let key = target.value.frozen.plan.key.clone();
        let mut event =
            about(&self.request.value, None, "target.started", format!("idempotency key {}", after.idempotency_key()));
        event.about.push(("target".to_owned(), key));
        match self.actions.store.control.commit(&self.claim.tenant, write.audit(event)).await {
            Ok(()) => {
                *target = Versioned { version: target.version + 1, value: after };
                Ok(None)
            }
            Err(CommitError::Conflict(key)) if key.kind == StopMark::KIND => Ok(Some(Flow::Again)),
            Err(CommitError::Conflict(_)) => Ok(Some(Flow::Lost)),
            Err(error) => Err(error.into()),
        }
    }

    /// Looks into the tool whether a target that was begun has happened.
    async fn look(&mut self, target: &mut Versioned<RequestTarget>, attempt: u32) -> anyhow::Result<Flow> {
        if !self.holds().await? {
            return Ok(Flow::Lost);
        }
        let looked = match &self.connected {
            Ok(connected) => {
                let call = call::verify(connected, &self.request.value, &target.value, attempt, &self.shape);
                self.holding(call).await
            }
            Err(sentence) => Err(Fault::new(ErrorClass::Reauthorize, "connection", sentence.clone())),
        };
        match looked {
            Ok((verdict, changes)) => {
                let finding = finding(&verdict, &self.request.value.frozen.action, attempt);
                let mut settlement = Settlement::new(TargetEvent::Verified(finding), told(finding, verdict.message));
                settlement.changes = changes;
                self.settle(target, settlement).await
            }
            Err(fault) if can_be_looked_up_later(fault.class) && target.value.checks + 1 < MAX_CHECKS => {
                self.look_later(target, &fault).await
            }
            Err(fault) => {
                let message = format!("It may have happened, and it could not be looked up. {}", fault.message);
                self.settle(target, Settlement::new(TargetEvent::Verified(Finding::Unknown), message)).await
            }
        }
    }

    async fn look_later(&self, target: &mut Versioned<RequestTarget>, fault: &Fault) -> anyhow::Result<Flow> {
        let due = self.actions.clock.now() + delay(fault, target.value.checks);
        let after = RequestTarget { checks: target.value.checks + 1, ..target.value.clone() };
        let write = WriteSet::default().update(target.version, &after);
        match self.actions.store.control.commit(&self.claim.tenant, write).await {
            Ok(()) => Ok(Flow::Later(due)),
            Err(CommitError::Conflict(_)) => Ok(Flow::Lost),
            Err(error) => Err(error.into()),
        }
    }
}

/// Running again is for what is known not to have happened, and only where the integration and the action both say it is safe.
fn finding(verdict: &Verdict, action: &Action, attempt: u32) -> Finding {
    match verdict.kind {
        VerdictKind::Done => Finding::Done,
        VerdictKind::NotDone => {
            Finding::NotDone { again: verdict.repeatable && action.idempotent && attempt < MAX_ATTEMPTS }
        }
        VerdictKind::Unknown => Finding::Unknown,
    }
}

fn told(finding: Finding, message: String) -> String {
    match finding {
        Finding::Done => format!("The answer was lost, then looked up: it was done. {message}"),
        Finding::NotDone { .. } => format!("The answer was lost, then looked up: it was not done. {message}"),
        Finding::Unknown => format!("It may have happened; look into the tool. {message}"),
    }
}

/// Waiting, or a person who authorizes the connection again, makes it possible to look.
fn can_be_looked_up_later(class: ErrorClass) -> bool {
    call::is_passing(class) || matches!(class, ErrorClass::Reauthorize | ErrorClass::Unknown)
}

/// How long to wait after the `n`th failure, counted from 0.
fn delay(fault: &Fault, n: u32) -> Millis {
    let own = FIRST_DELAY.saturating_mul(1 << n.min(16)).min(LONGEST_DELAY);
    let asked = fault.retry_after_ms.map(Millis::from);
    match fault.class {
        ErrorClass::Exhausted => asked.unwrap_or(EXHAUSTED_DELAY).max(own),
        ErrorClass::Reauthorize => PERSON_DELAY,
        _ => asked.unwrap_or(0).max(own),
    }
}

#[cfg(test)]
mod tests;
