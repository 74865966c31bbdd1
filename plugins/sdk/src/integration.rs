//! The trait an integration implements.

use crate::bindings::exports::weft::integration::actions::{Call, Plan, RunCall, RunResult, Verification};
use crate::bindings::exports::weft::integration::source::{Description, FetchRequest, Page, Report};
use crate::bindings::weft::integration::types::{Error, ErrorClass};

/// An integration. There is no state between calls: each runs in a fresh instance, and what must last is in the cursor or in the tool.
///
/// A panic ends the call; the host contains it and reports a fault of the integration. `config` is the JSON text of the connection's
/// settings, as the manifest asks for them.
pub trait Integration {
    /// All that the integration offers. Cheap, the same each time, without any request.
    fn describe() -> Description;

    /// What these credentials may do, by asking the tool. An [`ErrorClass::Reauthorize`] when they no longer work at all.
    fn check(config: &str) -> Result<Report, Error>;

    /// One page of an object.
    fn fetch(config: &str, request: FetchRequest) -> Result<Page, Error>;

    /// Reads the live records and plans. What is wrong with one target is a blocker, not an error.
    fn prepare(_config: &str, call: Call) -> Result<Plan, Error> {
        Err(no_such_action(&call.action))
    }

    /// Does what was approved, reading each target again first. An error means that nothing was done.
    fn run(_config: &str, call: RunCall) -> Result<RunResult, Error> {
        Err(no_such_action(&call.action))
    }

    /// Did it happen? Reads only.
    fn verify(_config: &str, call: RunCall) -> Result<Verification, Error> {
        Err(no_such_action(&call.action))
    }
}

/// The answer to a call for an action the integration does not offer.
fn no_such_action(action: &str) -> Error {
    Error::new(
        ErrorClass::Bug,
        "no-such-action",
        format!("This integration has no action `{action}`, so nothing was done."),
    )
}
