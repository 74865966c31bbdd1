//! Requests to run actions: prepared against the live tool, approved by people, run once, recorded, taken back.
//!
//! The rules are pure ([`machine`], [`target`], [`policy`], [`policies`], [`inputs`]); the use cases are short lists of steps over the store.

mod call;
mod cancel;
mod connector;
mod decide;
mod disconnect;
mod inputs;
mod jobs;
mod machine;
mod policies;
mod policy;
mod prepare;
mod refusal;
mod request;
mod retry;
mod runner;
mod service;
mod stop;
mod stored;
mod subject;
mod target;
mod timer;
mod undo;
mod view;

pub use connector::{Connected, Connector, Known};
pub use decide::{CONFIRMATION, Decision};
pub use disconnect::{OpenRequestView, without_policies};
pub use inputs::{keys, validate};
pub use jobs::{JOB_PREFIX, Notice, Task, Why, Work, lane};
pub use machine::{Cancelled, Decided, RequestState};
pub use policies::{
    ActionPolicy, EnteredPolicy, MAX_HOURS, MAX_NEEDED, MAX_PEOPLE, PoliciesView, PolicyOf, PolicyView, Stands,
};
pub use policy::{ActionSettings, Approval, HOUR, Policy};
pub use refusal::{Refusal, clock};
pub use request::{Draft, StopMark};
pub use service::{Actions, Offered, OnChanged};
pub use stop::Stopped;
pub use target::{Tally, TargetState};
pub use view::{RequestView, TargetView};

#[cfg(test)]
mod tests;
