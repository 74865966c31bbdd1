//! What is said when a call ends without an answer of the guest.

use crate::domain::{ErrorClass, Fault};
use crate::plugins::caps::log::CallLog;
use crate::plugins::engine::Overrun;
use tokio::task::JoinError;
use wasmtime::Trap;

/// The longest detail, in bytes: a backtrace and the last lines.
const MAX_DETAIL: usize = 16 << 10;

/// How a call ended without an answer.
pub enum Ended {
    /// Its time was over.
    Late,
    /// The guest trapped, or used up a budget.
    Trapped(wasmtime::Error),
    /// A host function panicked.
    Panicked(JoinError),
}

/// The fault for it. After a change was sent, nobody knows what happened, and the class says so.
pub fn explain(ended: Ended, log: &CallLog, has_written: bool) -> Fault {
    let facts = log.facts();
    let (class, code, what) = sort(&ended);
    let (class, then) = match (has_written, class) {
        (true, _) => {
            (ErrorClass::Unknown, "Changes were sent to the tool before that: what became of them must be checked.")
        }
        (false, ErrorClass::Retry) => (class, "Nothing was changed. Try again later."),
        (false, _) => (class, "Nothing was changed. Tell the integration's author."),
    };
    let message = format!("The integration `{}` {what} (call {}). {then}", facts.integration, facts.call);
    let fault = Fault { detail: Some(detail(&ended, log)), ..Fault::new(class, code, message) };
    tracing::warn!(call = facts.call, integration = %facts.integration, digest = facts.digest, function = facts.function,
        connection = facts.connection.as_ref().map(|(_, connection)| connection.as_str()), code = fault.code,
        detail = fault.detail, "A call of an integration ended without an answer");
    fault
}

fn sort(ended: &Ended) -> (ErrorClass, &'static str, &'static str) {
    let error = match ended {
        Ended::Late => return (ErrorClass::Retry, "deadline", "took longer than it may"),
        Ended::Panicked(_) => return (ErrorClass::Bug, "host-panic", "was ended by a fault of the host"),
        Ended::Trapped(error) => error,
    };
    match error.downcast_ref::<Overrun>() {
        Some(Overrun::Wall) => return (ErrorClass::Retry, "deadline", "took longer than it may"),
        Some(Overrun::Cpu(_)) => return (ErrorClass::Bug, "cpu-limit", "computed longer than it may"),
        Some(Overrun::Memory(_)) => return (ErrorClass::Bug, "memory-limit", "needed more memory than it may"),
        None => {}
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::StackOverflow) => (ErrorClass::Bug, "stack-overflow", "called itself too deeply"),
        Some(Trap::UnreachableCodeReached) => (ErrorClass::Bug, "panic", "stopped itself"),
        Some(_) => (ErrorClass::Bug, "trap", "crashed"),
        None => (ErrorClass::Bug, "refused", "did something the host does not allow"),
    }
}

fn detail(ended: &Ended, log: &CallLog) -> String {
    let cause = match ended {
        Ended::Late => "the call's deadline passed".to_owned(),
        // Without the stack of the host, which says nothing to the author.
        Ended::Trapped(error) => format!("{error:#}"),
        Ended::Panicked(error) => error.to_string(),
    };
    let mut text = format!("{cause}\nlast lines of its log:\n{}", log.tail().join("\n"));
    text.truncate(text.floor_char_boundary(MAX_DETAIL));
    text
}
