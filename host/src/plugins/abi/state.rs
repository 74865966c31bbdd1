//! What the host keeps for one call: budgets, handles, and the capabilities.

use crate::plugins::caps::clock::Clock;
use crate::plugins::caps::http::Session;
use crate::plugins::caps::log::CallLog;
use crate::plugins::engine::Limiter;
use std::sync::Arc;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

/// Handles of the host that a guest may hold: bodies, and the streams of WASI.
const MAX_HANDLES: usize = 4_096;

/// The data of a store.
pub struct CallState {
    /// Memory and CPU.
    pub limiter: Limiter,
    /// HTTP.
    pub http: Arc<Session>,
    /// The log.
    pub log: Arc<CallLog>,
    /// The clock.
    pub clock: Clock,
    /// What the guest holds of the host.
    pub table: ResourceTable,
    wasi: WasiCtx,
}

impl CallState {
    /// The state of a call that has not begun.
    pub fn new(limiter: Limiter, http: Arc<Session>, log: Arc<CallLog>, clock: Clock, wasi: WasiCtx) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(MAX_HANDLES);
        Self { limiter, http, log, clock, table, wasi }
    }
}

impl WasiView for CallState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}
