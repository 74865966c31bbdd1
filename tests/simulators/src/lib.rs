//! Simulated tools as servers on the loopback address: strict, stateful, with faults on request and a journal of every call.

pub mod feed;
pub mod notes;
pub mod okta;
pub mod salesforce;
pub mod slack;
