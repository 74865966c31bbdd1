//! The one file that calls an integration, and what its answers mean for a target.

use super::{
    connector::Connected,
    request::{Request, RequestTarget},
};
use crate::domain::{
    AppError, Call, Change, ErrorClass, Fault, Field, ObjectName, Outcome, Plan, RunCall, RunResult, RunTarget,
    TargetOutcome, TargetOutcomeKind, Verdict, Verification,
};
use std::collections::HashMap;

/// The fields that rows are fetched with, by object: changed records come back in this shape.
pub type Shape = Vec<(ObjectName, Vec<Field>)>;

/// What a call of `run` means for one target.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It is known what became of it.
    Settled(TargetOutcome),
    /// Nothing was done, and trying again later may help.
    NothingDone(Fault),
    /// A passing fault: nothing was done, as far as the integration can tell. Later, look into the tool before trying again.
    Doubtful(Fault),
    /// It may have happened: look into the tool.
    Lost(String),
}

/// Asks for a plan. A wrong input comes back at its field.
pub async fn prepare(connected: &Connected, call: Call) -> Outcome<Plan> {
    let inputs: Vec<String> = call.inputs.keys().cloned().collect();
    connected.integration.prepare(&connected.access, call).await.map_err(|fault| for_the_person(fault, &inputs))
}

fn for_the_person(fault: Fault, inputs: &[String]) -> AppError {
    match fault.class {
        ErrorClass::InvalidInput if inputs.contains(&fault.code) => AppError::Inputs(vec![(fault.code, fault.message)]),
        ErrorClass::Bug => AppError::Fault(fault.into()),
        _ => AppError::Refused(fault.message),
    }
}

/// What a call of `run` for some targets answers.
#[derive(Debug, Default)]
pub struct Answers {
    /// One for each target, in the order asked.
    pub each: Vec<Answer>,
    /// What came with them: records of these targets and others.
    pub changes: Vec<Change>,
}

/// Runs targets that stand alike. The intent must be stored before.
pub async fn run<'a>(
    connected: &Connected,
    request: &Request,
    targets: impl IntoIterator<Item = &'a RequestTarget>,
    attempt: u32,
    shape: &Shape,
) -> Answers {
    let call = run_call(request, targets, attempt);
    let keys: Vec<String> = call.targets.iter().map(|target| target.key.clone()).collect();
    answers(&keys, connected.integration.run(&connected.access, call, shape).await)
}

/// Looks whether targets happened: a verdict for each, in the order asked.
pub async fn verify<'a>(
    connected: &Connected,
    request: &Request,
    targets: impl IntoIterator<Item = &'a RequestTarget>,
    attempt: u32,
    shape: &Shape,
) -> Result<(Vec<Verdict>, Vec<Change>), Fault> {
    let call = run_call(request, targets, attempt);
    let keys: Vec<String> = call.targets.iter().map(|target| target.key.clone()).collect();
    verdicts(&keys, connected.integration.verify(&connected.access, call, shape).await?)
}

fn run_call<'a>(request: &Request, targets: impl IntoIterator<Item = &'a RequestTarget>, attempt: u32) -> RunCall {
    let run_target = |target: &RequestTarget| RunTarget {
        key: target.frozen.plan.key.clone(),
        record: target.frozen.record.clone(),
        before: target.frozen.plan.before.clone(),
        idempotency_key: target.idempotency_key(),
    };
    let frozen = &request.frozen;
    let targets = targets.into_iter().map(run_target).collect();
    RunCall { action: frozen.action.name.clone(), inputs: frozen.inputs.clone(), targets, attempt }
}

fn answers(keys: &[String], result: Result<RunResult, Fault>) -> Answers {
    let RunResult { outcomes, changes } = match result {
        Ok(result) => result,
        Err(fault) => {
            let each = keys.iter().map(|key| of_fault(key, fault.clone())).collect();
            return Answers { each, changes: Vec::new() };
        }
    };
    let mut by_key: HashMap<String, TargetOutcome> =
        outcomes.into_iter().map(|outcome| (outcome.key.clone(), outcome)).collect();
    let each = keys.iter().map(|key| match by_key.remove(key) {
        Some(outcome) => of_outcome(outcome),
        None => Answer::Lost("The integration did not say what became of this record.".to_owned()),
    });
    Answers { each: each.collect(), changes }
}

fn of_outcome(outcome: TargetOutcome) -> Answer {
    match (outcome.kind, outcome.error) {
        (TargetOutcomeKind::Unknown, _) => Answer::Lost(outcome.message),
        (TargetOutcomeKind::Failed, Some(fault)) if is_passing(fault.class) => passing(fault),
        (_, error) => Answer::Settled(TargetOutcome { error, ..outcome }),
    }
}

fn of_fault(key: &str, fault: Fault) -> Answer {
    let kind = match fault.class {
        class if is_passing(class) => return passing(fault),
        // A component that broke off may have written before.
        ErrorClass::Unknown | ErrorClass::Bug => return Answer::Lost(fault.message),
        ErrorClass::Conflict => TargetOutcomeKind::Changed,
        _ => TargetOutcomeKind::Failed,
    };
    let message = fault.message.clone();
    Answer::Settled(TargetOutcome { key: key.to_owned(), kind, message, error: Some(fault), undo: None })
}

/// A tool that refuses to work says so before it works. A tool that stumbles (a 502 after a write) may have worked.
fn passing(fault: Fault) -> Answer {
    match fault.class {
        ErrorClass::Retry => Answer::Doubtful(fault),
        _ => Answer::NothingDone(fault),
    }
}

/// Whether waiting may help.
pub fn is_passing(class: ErrorClass) -> bool {
    matches!(class, ErrorClass::Retry | ErrorClass::Throttled | ErrorClass::Exhausted)
}

fn verdicts(keys: &[String], verification: Verification) -> Result<(Vec<Verdict>, Vec<Change>), Fault> {
    let Verification { verdicts, changes } = verification;
    let mut by_key: HashMap<String, Verdict> =
        verdicts.into_iter().map(|verdict| (verdict.key.clone(), verdict)).collect();
    let each = keys.iter().map(|key| {
        by_key.remove(key).ok_or_else(|| {
            let sentence = "The integration could not say whether this record was changed.";
            Fault::new(ErrorClass::Bug, "no-verdict", sentence)
        })
    });
    Ok((each.collect::<Result<_, _>>()?, changes))
}

#[cfg(test)]
mod tests;
