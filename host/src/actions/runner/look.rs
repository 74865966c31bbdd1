//! Looking into the tool whether targets that were begun have happened.

use super::{
    super::{
        call,
        request::RequestTarget,
        target::{Finding, TargetEvent},
    },
    Flow, Group, Run,
    patience::{MAX_ATTEMPTS, MAX_CHECKS, delay},
    settle::Settlement,
};
use crate::{
    domain::{Action, ErrorClass, Fault, Verdict, VerdictKind},
    store::{CommitError, Versioned, WriteSet},
};

impl Run<'_> {
    /// Settles what a lost call did, as far as the tool can tell.
    pub(super) async fn look(&mut self, group: &mut Group, attempt: u32) -> anyhow::Result<Flow> {
        if !self.holds().await? {
            return Ok(Flow::Lost);
        }
        let looked = match &self.connected {
            Ok(connected) => {
                let targets = group.iter().map(|target| &target.value);
                let call = call::verify(connected, &self.request.value, targets, attempt, &self.shape);
                self.holding(call).await
            }
            Err(sentence) => Err(Fault::new(ErrorClass::Reauthorize, "connection", sentence.clone())),
        };
        match looked {
            Ok((verdicts, changes)) => {
                let settlements = verdicts.into_iter().map(|verdict| Some(self.verified(verdict, attempt))).collect();
                self.settle(group, settlements, changes).await
            }
            Err(fault) => self.unseen(group, &fault).await,
        }
    }

    fn verified(&self, verdict: Verdict, attempt: u32) -> Settlement {
        let finding = finding(&verdict, &self.request.value.frozen.action, attempt);
        let settlement = Settlement::new(TargetEvent::Verified(finding), told(finding, verdict.message));
        Settlement { undo_target: verdict.undo_target, ..settlement }
    }

    /// The tool could not be looked into: later, or a person has to.
    async fn unseen(&mut self, group: &mut Group, fault: &Fault) -> anyhow::Result<Flow> {
        let is_over = |target: &Versioned<RequestTarget>| {
            !can_be_looked_up_later(fault.class) || target.value.checks + 1 >= MAX_CHECKS
        };
        if !group.iter().any(is_over) {
            return self.look_later(group, fault).await;
        }
        let message = format!("It may have happened, and it could not be looked up. {}", fault.message);
        let unknown = || Settlement::new(TargetEvent::Verified(Finding::Unknown), message.clone());
        let settlements = group.iter().map(|target| is_over(target).then(unknown)).collect();
        self.settle(group, settlements, Vec::new()).await
    }

    async fn look_later(&self, group: &mut Group, fault: &Fault) -> anyhow::Result<Flow> {
        let checks = group.iter().map(|target| target.value.checks).max().unwrap_or_default();
        let due = self.actions.clock.now() + delay(fault, checks);
        let counted = |target: &Versioned<RequestTarget>| RequestTarget {
            checks: target.value.checks + 1,
            ..target.value.clone()
        };
        let after: Vec<_> = group.iter().map(counted).collect();
        let updates = group.iter().zip(&after);
        let write = updates.fold(WriteSet::default(), |write, (target, after)| write.update(target.version, after));
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

#[cfg(test)]
mod tests;
