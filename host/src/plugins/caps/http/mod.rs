//! HTTP to the connected tool. The host owns the base URL, the credentials, the rules, retries of reads, limits and the pool
//! of connections; a guest only says what it wants to know.

mod backoff;
mod egress;
mod exchange;
mod gate;
mod request;
mod session;
#[cfg(test)]
mod tests;

pub use egress::Egress;
pub use gate::Gate;
pub use request::Request;
pub use session::{CallPhase, Held, Response, Session, SessionSettings};

/// Requests that `send-all` takes at once; the WIT package promises it.
pub const MAX_TOGETHER: usize = 16;
