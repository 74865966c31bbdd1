//! What a guest is given: HTTP to its tool, a log, a clock. Nothing in here knows WebAssembly.

pub mod clock;
pub mod http;
pub mod log;
