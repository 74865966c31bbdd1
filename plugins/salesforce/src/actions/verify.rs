//! Verify: did it happen?

use super::change;
use super::change::UserChange;
use super::run::holds;
use super::user::{self, User};
use weft_integration::prelude::*;

/// Reads the targets and tells.
pub fn verify(call: &RunCall) -> Result<Verification, Error> {
    let change = change(&call.action, &call.inputs)?;
    let users = user::read(&user::ids(call.targets.iter().map(|target| target.key.as_str())))?;
    let verdicts = call.targets.iter().map(|target| verdict(change.as_ref(), target, user::find(&users, &target.key)));
    let read: Vec<&str> = users.iter().map(|user| user.id.as_str()).collect();
    Ok(Verification::new(verdicts, user::records(&read)))
}

/// The finding for one target.
pub fn verdict(change: &dyn UserChange, target: &RunTarget, user: Option<&User>) -> Verdict {
    let key = target.key.as_str();
    match user {
        Some(user) if change.is_made(user) => Verdict::done(key, change.made()),
        Some(user) if holds(change, &target.before, user) => {
            Verdict::not_done(key, "It did not happen: the user is as before.")
        }
        Some(_) => Verdict::unknown(key, "The user was changed in another way meanwhile."),
        None => Verdict::unknown(key, "Salesforce has no such user any more."),
    }
}
