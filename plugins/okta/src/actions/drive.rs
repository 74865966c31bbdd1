//! Prepare, run and verify: the same three ways for every action. Users are changed one after the other; after an answer that was lost
//! or a refusal, how a user stands is read again before anything is said of them.

use super::facts::{Facts, User};
use super::operation::{Operation, Standing};
use super::read_back::read_back;
use crate::{api, errors};
use weft_integration::prelude::*;

/// What one change and the reads after it need at least, in milliseconds: with less left, it is not begun.
const MARGIN_MS: u32 = 20_000;

const GONE: &str = "Okta has no such user any more.";

/// Reads the targets live and plans each.
pub fn prepare(operation: &dyn Operation, call: &Call) -> Result<Plan, Error> {
    let keys: Vec<&str> = call.targets.iter().map(|target| target.key.as_str()).collect();
    let facts = operation.read(&keys)?;
    Ok(Plan::new(keys.into_iter().map(|key| match standing(operation, key, &facts) {
        Some(standing) => standing.plan(key),
        None => TargetPlan::new(key, key, "null").blocker(GONE),
    })))
}

/// Reads each target again, and changes those that are as they were when approved.
pub fn run(operation: &dyn Operation, call: &RunCall) -> Result<RunResult, Error> {
    let facts = operation.read(&keys(call))?;
    let mut halted = None;
    let works: Vec<Work> = call.targets.iter().map(|target| work(operation, target, &facts, &mut halted)).collect();
    let doubtful: Vec<&str> = works.iter().filter_map(Work::doubtful).collect();
    let later = look_again(operation, &doubtful);
    let touched =
        works.iter().filter(|work| work.may_have_changed()).flat_map(|work| operation.touched(work.key(), &facts));
    let (changed, deleted) = read_back(touched.collect());
    let outcomes = works.into_iter().map(|work| work.outcome(operation, later.as_ref()));
    Ok(RunResult::new(outcomes, changed).without(deleted))
}

/// Reads the targets and tells whether it happened.
pub fn verify(operation: &dyn Operation, call: &RunCall) -> Result<Verification, Error> {
    let facts = operation.read(&keys(call))?;
    let verdicts = call.targets.iter().map(|target| verdict(operation, target, &facts));
    let touched = call.targets.iter().flat_map(|target| operation.touched(&target.key, &facts));
    let (changed, deleted) = read_back(touched.collect());
    let mut verification = Verification::new(verdicts, changed);
    verification.deleted = deleted;
    Ok(verification)
}

fn keys(call: &RunCall) -> Vec<&str> {
    call.targets.iter().map(|target| target.key.as_str()).collect()
}

fn standing(operation: &dyn Operation, key: &str, facts: &Facts) -> Option<Standing> {
    let user: &User = facts.users.get(key)?;
    Some(operation.stand(user, facts))
}

/// One target: what became of it, or what went wrong.
enum Work {
    /// Known without any change.
    Settled(Outcome),
    Done(String, Standing),
    Failed(String, Error),
}

fn work(operation: &dyn Operation, target: &RunTarget, facts: &Facts, halted: &mut Option<Error>) -> Work {
    let key = target.key.clone();
    let standing = match judge(standing(operation, &key, facts), target) {
        Ok(standing) => standing,
        Err(outcome) => return Work::Settled(*outcome),
    };
    let sent = halted.clone().map_or_else(|| send(&operation.request(&key)), Err);
    match sent {
        Ok(()) => Work::Done(key, standing),
        Err(error) => {
            if stops_all(&error) {
                halted.get_or_insert_with(|| error.clone());
            }
            Work::Failed(key, error)
        }
    }
}

/// How the target stands, or what became of it without any change.
fn judge(standing: Option<Standing>, target: &RunTarget) -> Result<Standing, Box<Outcome>> {
    let key = target.key.as_str();
    let Some(standing) = standing else {
        return Err(Box::new(Outcome::changed(key, format!("{GONE} Nothing was done."))));
    };
    if standing.is_made {
        return Err(Box::new(Outcome::already(key, standing.made)));
    }
    if !standing.is_as_approved(&target.before) {
        let sentence = "It was changed since this was prepared, so nothing was done. Prepare it again.";
        return Err(Box::new(Outcome::changed(key, sentence)));
    }
    if !standing.blockers.is_empty() {
        return Err(Box::new(Outcome::changed(key, format!("{} Nothing was done.", standing.blockers.join(" ")))));
    }
    Ok(standing)
}

/// Sends one change. The body of a success is not looked at: that of an activation holds a secret.
fn send(request: &Request) -> Result<(), Error> {
    if remaining_ms() < MARGIN_MS {
        let sentence = "There was no time left for it in this call. It is tried again.";
        return Err(Error::new(ErrorClass::Throttled, "out-of-time", sentence));
    }
    api::success(request.send()?).map(drop).map_err(|error| match errors::is_doubtful(&error) {
        true => Error { class: ErrorClass::Unknown, ..error },
        false => error,
    })
}

/// What will happen to every further change as well.
fn stops_all(error: &Error) -> bool {
    matches!(error.class, ErrorClass::Throttled | ErrorClass::Exhausted | ErrorClass::Reauthorize | ErrorClass::Bug)
}

/// How the users of doubtful changes stand now; none where that cannot be read.
fn look_again(operation: &dyn Operation, doubtful: &[&str]) -> Option<Facts> {
    if doubtful.is_empty() {
        return None;
    }
    operation
        .read(doubtful)
        .inspect_err(|error| log(Level::Warn, "users could not be looked up after a failure", &[("code", &error.code)]))
        .ok()
}

impl Work {
    fn key(&self) -> &str {
        match self {
            Self::Settled(outcome) => &outcome.key,
            Self::Done(key, _) | Self::Failed(key, _) => key,
        }
    }

    /// The key of a target of which only another look can tell how it stands.
    fn doubtful(&self) -> Option<&str> {
        match self {
            Self::Failed(key, error) if error.class != ErrorClass::Throttled => Some(key),
            _ => None,
        }
    }

    /// Boards may also show what was true before somebody else changed it.
    fn may_have_changed(&self) -> bool {
        !matches!(self, Self::Failed(_, error) if error.class == ErrorClass::Throttled)
    }

    fn outcome(self, operation: &dyn Operation, later: Option<&Facts>) -> Outcome {
        match self {
            Self::Settled(outcome) => outcome,
            Self::Done(key, standing) => done(&key, standing),
            Self::Failed(key, error) => {
                let found = later.and_then(|facts| standing(operation, &key, facts)).filter(|found| found.is_made);
                match found {
                    // The answer was lost, and the change was not.
                    Some(found) if error.class == ErrorClass::Unknown => done(&key, found),
                    // Somebody else was faster.
                    Some(found) => Outcome::already(&key, found.made),
                    None => Outcome::failed(&key, error),
                }
            }
        }
    }
}

fn done(key: &str, standing: Standing) -> Outcome {
    let outcome = Outcome::done(key, standing.made);
    match standing.undo {
        Some(undo) => outcome.taken_back_by(undo),
        None => outcome,
    }
}

/// The finding for one target.
fn verdict(operation: &dyn Operation, target: &RunTarget, facts: &Facts) -> Verdict {
    let key = target.key.as_str();
    match standing(operation, key, facts) {
        None => Verdict::unknown(key, GONE),
        Some(standing) if standing.is_made => Verdict::done(key, standing.made),
        Some(standing) if standing.is_as_approved(&target.before) => {
            Verdict::not_done(key, operation.untold().unwrap_or("It did not happen."))
        }
        Some(_) => Verdict::unknown(key, "It was changed in another way meanwhile."),
    }
}

#[cfg(test)]
mod tests;
