//! The line between host and guest: one trait, and a folder for each version of the WIT package that is spoken.

mod state;
mod v0_1;

pub use state::CallState;

use super::access::{FetchRequest, Report};
use super::rows::Layout;
use crate::domain::{Call, Description, Fault, ObjectName, Plan, RunCall, TargetOutcome, Verdict};
use async_trait::async_trait;
use bytes::Bytes;
use std::sync::Arc;
use wasmtime::component::Component;
use wasmtime::{Engine, Store};

/// What a call answers: outside, a trap or a fault of the host, after which the store is dead; inside, what the guest says.
pub type Answer<T> = wasmtime::Result<Result<T, Fault>>;

/// A compiled integration of any version. Each call gets a fresh instance in the store it is given.
#[async_trait]
pub trait Guest: Send + Sync {
    async fn describe(&self, store: &mut Store<CallState>) -> Answer<Description>;
    async fn check(&self, store: &mut Store<CallState>, config: String) -> Answer<Report>;
    async fn fetch(&self, store: &mut Store<CallState>, config: String, request: &FetchRequest) -> Answer<RawPage>;
    async fn prepare(&self, store: &mut Store<CallState>, config: String, call: &Call) -> Answer<Plan>;
    async fn run(&self, store: &mut Store<CallState>, config: String, call: &RunCall) -> Answer<RawRun>;
    async fn verify(&self, store: &mut Store<CallState>, config: String, call: &RunCall) -> Answer<RawVerification>;
}

/// A page before its records are read.
pub struct RawPage {
    pub records: RawRecords,
    pub next: Option<Vec<u8>>,
    pub total: Option<u32>,
    pub incomplete: Option<String>,
    pub layout: Layout,
}

/// Where the records of a page are.
pub enum RawRecords {
    /// In a response the host holds, at this pointer.
    Passthrough { body: Bytes, records: String },
    /// One JSON object a line.
    Ndjson(Vec<u8>),
}

/// A changed record before it is read.
pub enum RawChange {
    Put { object: ObjectName, record: String },
    Delete { object: ObjectName, key: String },
}

/// A run before its records are read.
pub struct RawRun {
    pub outcomes: Vec<TargetOutcome>,
    pub changes: Vec<RawChange>,
}

/// A verification before its records are read.
pub struct RawVerification {
    pub verdicts: Vec<Verdict>,
    pub changes: Vec<RawChange>,
}

/// A version of the WIT package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// `weft:integration@0.1.x`
    V0_1,
}

/// The versions spoken, as manifests write them.
pub const SPOKEN: &[(&str, Version)] = &[("0.1", Version::V0_1)];

/// The name of the WIT package.
pub const PACKAGE: &str = "weft:integration/";

impl Version {
    /// The version with this number (`0.1`).
    pub fn parse(number: &str) -> Option<Self> {
        SPOKEN.iter().find(|(name, _)| *name == number).map(|(_, version)| *version)
    }

    /// Joins a component to the host: this is where imports and exports are checked by type.
    pub fn link(self, engine: &Engine, component: &Component) -> wasmtime::Result<Arc<dyn Guest>> {
        match self {
            Self::V0_1 => Ok(Arc::new(v0_1::Linked::new(engine, component)?)),
        }
    }
}
