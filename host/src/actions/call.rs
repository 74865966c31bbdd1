//! The one file that calls an integration, and what its answers mean for a target.

use super::{
    connector::Connected,
    request::{Request, RequestTarget},
};
use crate::domain::{
    AppError, Call, Change, ErrorClass, Fault, Field, ObjectName, Outcome, Plan, RunCall, RunResult, RunTarget,
    TargetOutcome, TargetOutcomeKind, Verdict, Verification,
};

/// The fields that rows are fetched with, by object: changed records come back in this shape.
pub type Shape = Vec<(ObjectName, Vec<Field>)>;

/// What a call of `run` for one target means.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It is known what became of it.
    Settled(TargetOutcome, Vec<Change>),
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

/// Runs one target. The intent must be stored before.
pub async fn run(
    connected: &Connected,
    request: &Request,
    target: &RequestTarget,
    attempt: u32,
    shape: &Shape,
) -> Answer {
    let call = run_call(request, target, attempt);
    answer(&target.frozen.plan.key, connected.integration.run(&connected.access, call, shape).await)
}

/// Looks whether one target happened.
pub async fn verify(
    connected: &Connected,
    request: &Request,
    target: &RequestTarget,
    attempt: u32,
    shape: &Shape,
) -> Result<(Verdict, Vec<Change>), Fault> {
    let call = run_call(request, target, attempt);
    let verification = connected.integration.verify(&connected.access, call, shape).await?;
    verdict(&target.frozen.plan.key, verification)
}

fn run_call(request: &Request, target: &RequestTarget, attempt: u32) -> RunCall {
    let run_target = RunTarget {
        key: target.frozen.plan.key.clone(),
        record: target.frozen.record.clone(),
        before: target.frozen.plan.before.clone(),
        idempotency_key: target.idempotency_key(),
    };
    let frozen = &request.frozen;
    RunCall { action: frozen.action.name.clone(), inputs: frozen.inputs.clone(), targets: vec![run_target], attempt }
}

fn answer(key: &str, result: Result<RunResult, Fault>) -> Answer {
    match result {
        Ok(result) => {
            let changes = result.changes;
            match result.outcomes.into_iter().find(|outcome| outcome.key == key) {
                Some(outcome) => of_outcome(outcome, changes),
                None => Answer::Lost("The integration did not say what became of this record.".to_owned()),
            }
        }
        Err(fault) => of_fault(key, fault),
    }
}

fn of_outcome(outcome: TargetOutcome, changes: Vec<Change>) -> Answer {
    match (outcome.kind, outcome.error) {
        (TargetOutcomeKind::Unknown, _) => Answer::Lost(outcome.message),
        (TargetOutcomeKind::Failed, Some(fault)) if is_passing(fault.class) => passing(fault),
        (_, error) => Answer::Settled(TargetOutcome { error, ..outcome }, changes),
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
    Answer::Settled(TargetOutcome { key: key.to_owned(), kind, message, error: Some(fault), undo: None }, Vec::new())
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

fn verdict(key: &str, verification: Verification) -> Result<(Verdict, Vec<Change>), Fault> {
    let Verification { verdicts, changes } = verification;
    let found = verdicts.into_iter().find(|verdict| verdict.key == key);
    found.map(|verdict| (verdict, changes)).ok_or_else(|| {
        Fault::new(ErrorClass::Bug, "no-verdict", "The integration could not say whether this record was changed.")
    })
}

#[cfg(test)]
mod tests;
