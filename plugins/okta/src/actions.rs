//! The actions. Each file says what is particular: inputs, what is read besides the users, where one stands, and the request that does it.
//! Preparing, running and verifying are the same for all, in `drive`. All targets are users.

mod drive;
mod facts;
mod lifecycle;
mod member;
mod operation;
mod read_back;
mod sessions;

use operation::Operation;
use serde_json::Value as Json;
use weft_integration::prelude::*;

pub use facts::own_id;

/// Targets of one call: each takes some lookups and one change, one after the other, within two minutes.
const TOGETHER: u32 = 20;

/// All actions.
pub fn all() -> Vec<Action> {
    let all = lifecycle::actions().into_iter().chain([sessions::action()]).chain(member::actions());
    all.map(|action| action.in_batches_of(TOGETHER)).collect()
}

/// What the check says of each: what it is run on, and what its form offers, must be readable. Whether the account may change it, Okta
/// tells only when it is tried.
pub fn access(readable: impl Fn(&str) -> bool) -> Vec<ActionAccess> {
    let of = |action: Action| {
        let offered = action.inputs.iter().filter_map(|input| input.object.as_ref());
        match action.object.iter().chain(offered).find(|object| !readable(object)) {
            None => ActionAccess::allowed(&action.name),
            Some(object) => {
                let sentence = format!("It needs to read {object}, which the connected account may not.");
                ActionAccess::refused(&action.name, sentence)
            }
        }
    };
    all().into_iter().map(of).collect()
}

/// The action with these inputs.
fn operation(action: &str, inputs: &str) -> Result<Box<dyn Operation>, Error> {
    let inputs: Json = serde_json::from_str(inputs)
        .map_err(|_| Error::bug("inputs", "The inputs are no JSON object, so nothing was done."))?;
    if let Some(transition) = lifecycle::find(action) {
        return Ok(Box::new(transition));
    }
    Ok(match action {
        "clear-user-sessions" => Box::new(sessions::ClearSessions::of(&inputs)?),
        "add-group-member" => Box::new(member::Member::of(true, &inputs)?),
        "remove-group-member" => Box::new(member::Member::of(false, &inputs)?),
        _ => {
            let sentence = format!("This integration has no action `{action}`, so nothing was done.");
            return Err(Error::bug("no-such-action", sentence));
        }
    })
}

/// Plans the call.
pub fn prepare(call: &Call) -> Result<Plan, Error> {
    drive::prepare(&*operation(&call.action, &call.inputs)?, call)
}

/// Runs the call.
pub fn run(call: &RunCall) -> Result<RunResult, Error> {
    drive::run(&*operation(&call.action, &call.inputs)?, call)
}

/// Tells whether the call happened.
pub fn verify(call: &RunCall) -> Result<Verification, Error> {
    drive::verify(&*operation(&call.action, &call.inputs)?, call)
}
