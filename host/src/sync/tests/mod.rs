//! Fetching as it runs: a real guest in the real plugin host, a tool that a test tells what to do, a store in memory.

mod archives;
mod changes;
mod paused;
mod stops;
mod world;

use world::{World, record, records};
