//! Run: reads each target again, and changes those that are as they were when approved. One write after the other: Salesforce locks the
//! group memberships of the whole org while it changes a role or deactivates a user.

use super::change;
use super::change::UserChange;
use super::user::{self, User};
use crate::api;
use serde_json::Value as Json;
use weft_integration::prelude::*;

/// Targets of one call: with a second for each write they are far from the end of the call.
pub const BATCH: u32 = 25;
/// No write is begun when less than this is left of the call: its answer would be lost.
const MARGIN_MS: u32 = 20_000;

/// Runs the call.
pub fn run(call: &RunCall) -> Result<RunResult, Error> {
    let change = change(&call.action, &call.inputs)?;
    let users = user::read(&user::ids(call.targets.iter().map(|target| target.key.as_str())))?;
    let mut halted = None;
    let outcomes: Vec<Outcome> = call
        .targets
        .iter()
        .map(|target| one(change.as_ref(), target, user::find(&users, &target.key), &mut halted))
        .collect();
    let is_touched = |outcome: &&Outcome| outcome.kind != OutcomeKind::Failed;
    let touched: Vec<&str> = outcomes.iter().filter(is_touched).map(|outcome| outcome.key.as_str()).collect();
    let changed = user::records(&user::ids(touched));
    Ok(RunResult::new(outcomes, changed))
}

fn one(change: &dyn UserChange, target: &RunTarget, user: Option<&User>, halted: &mut Option<Error>) -> Outcome {
    let user = match judge(change, target, user) {
        Ok(user) => user,
        Err(outcome) => return *outcome,
    };
    if halted.is_none() && remaining_ms() < MARGIN_MS {
        *halted = Some(Error::new(
            ErrorClass::Retry,
            "out-of-time",
            "There was no time left for this user. It is tried again.",
        ));
    }
    if let Some(error) = halted {
        return Outcome::failed(&target.key, error.clone());
    }
    match write(change, &target.key) {
        Ok(()) => Outcome::done(&target.key, change.made()).taken_back_by(change.undo(user)),
        Err(error) => {
            if stops_all(&error) {
                *halted = Some(error.clone());
            }
            Outcome::failed(&target.key, error)
        }
    }
}

/// The user to change, or what became of the target without any change.
pub fn judge<'a>(
    change: &dyn UserChange,
    target: &RunTarget,
    user: Option<&'a User>,
) -> Result<&'a User, Box<Outcome>> {
    let key = target.key.as_str();
    let Some(user) = user else {
        return Err(Box::new(Outcome::changed(key, "Salesforce has no such user any more, so nothing was done.")));
    };
    if change.is_made(user) {
        return Err(Box::new(Outcome::already(key, change.made())));
    }
    if holds(change, &target.before, user) {
        return Ok(user);
    }
    Err(Box::new(Outcome::changed(
        key,
        "The user was changed since this was prepared, so nothing was done. Prepare it again.",
    )))
}

/// Whether the user is still as the approval saw them.
pub fn holds(change: &dyn UserChange, before: &str, user: &User) -> bool {
    serde_json::from_str::<Json>(before).is_ok_and(|before| before == change.before(user))
}

/// What will happen to every further write as well.
fn stops_all(error: &Error) -> bool {
    matches!(error.class, ErrorClass::Throttled | ErrorClass::Exhausted | ErrorClass::Reauthorize | ErrorClass::Bug)
}

/// The request for one user.
pub fn request(change: &dyn UserChange, key: &str) -> Result<Request, Error> {
    http::patch(format!("{}/sobjects/User", api::DATA))
        .segment(key)
        .header("sforce-mru", "updateMru=false")
        .json(&change.body())
}

fn write(change: &dyn UserChange, key: &str) -> Result<(), Error> {
    let error = match request(change, key)?.send().and_then(api::success) {
        Ok(_) => return Ok(()),
        Err(error) => error,
    };
    if !may_have_happened(&error) {
        return Err(error);
    }
    // The answer was lost. Only the record can tell.
    match user::read(&[key]) {
        Ok(users) if users.first().is_some_and(|user| change.is_made(user)) => Ok(()),
        _ => Err(Error { class: ErrorClass::Unknown, ..error }),
    }
}

/// A lost answer, or one of a gateway that does not know what Salesforce did behind it.
fn may_have_happened(error: &Error) -> bool {
    error.class == ErrorClass::Unknown
        || matches!(error.code.as_str(), "http-500" | "http-502" | "http-504" | "http-408")
}
