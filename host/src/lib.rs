//! Weft: see and change your SaaS tools from Slack. This library serves the one binary and our own tests; ARCHITECTURE.md draws it.

pub mod actions;
pub mod app;
pub mod audit;
pub mod boards;
pub mod config;
pub mod connections;
pub mod domain;
pub mod log;
pub mod people;
pub mod plugins;
pub mod slack;
pub mod store;
pub mod sync;
pub mod web;
