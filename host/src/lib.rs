//! Weft: see and change your SaaS tools from Slack. This library serves the one binary and our own tests; ARCHITECTURE.md draws it.

pub mod actions;
pub mod boards;
pub mod domain;
pub mod plugins;
pub mod slack;
pub mod store;
