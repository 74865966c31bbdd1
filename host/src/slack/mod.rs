//! The Slack door: verifies and keeps what comes in, works on it, and renders all that goes out. Nothing outside this folder
//! knows Slack.

mod address;
mod block;
mod client;
mod command;
mod directory;
mod door;
mod draft_fields;
mod fit;
#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod fixtures_audit;
#[cfg(test)]
mod fixtures_builder;
#[cfg(test)]
mod fixtures_people;
mod flow;
mod http;
mod inbound;
mod intent;
mod limits;
mod meta;
mod names;
mod policy_fields;
mod press;
mod render;
mod signature;
#[cfg(test)]
mod tests;

pub use client::{Client, SlackError, TokenHealth};
pub use directory::Directory;
pub use door::{Door, Parts};
pub use http::router;
pub use render::{AccessView, SeenObject, Sight, Tile};
pub use signature::Verifier;
