//! The Slack door: verifies and keeps what comes in, works on it, and renders all that goes out. Nothing outside this folder
//! knows Slack.

mod block;
mod client;
mod command;
mod fit;
mod inbound;
mod limits;
mod signature;

pub use client::{Client, SlackError};
