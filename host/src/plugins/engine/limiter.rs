//! What one call may use of memory and CPU. wasmtime's own limits hold for each memory alone; these are sums.

use super::{MAX_MEMORIES, MAX_TABLES};
use tokio::time::Instant;
use wasmtime::ResourceLimiter;

/// Bytes counted for one element of a table.
const ELEMENT: usize = size_of::<usize>() * 2;

/// A budget that a guest used up. It ends the call as a trap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Overrun {
    /// Memories and tables together, in bytes.
    #[error("it needs more than its {0} bytes of memory")]
    Memory(usize),
    /// Computing, in ticks of the epoch.
    #[error("it computed longer than its {0} ms")]
    Cpu(u64),
    /// The call, by the clock on the wall.
    #[error("the call took longer than it may")]
    Wall,
}

/// The budgets of one call and what is used of them.
#[derive(Debug)]
pub struct Limiter {
    memory: usize,
    used: usize,
    peak: usize,
    ticks: u64,
    ticks_left: u64,
    deadline: Instant,
    waited: bool,
}

impl Limiter {
    /// Budgets in bytes and in ticks, and the end of the call.
    pub fn new(memory: usize, ticks: u64, deadline: Instant) -> Self {
        Self { memory, used: 0, peak: 0, ticks, ticks_left: ticks, deadline, waited: false }
    }

    /// The most bytes in use at any time.
    pub fn peak(&self) -> usize {
        self.peak
    }

    /// The host let the guest wait longer than a tick: the tick in which it returns was not computing.
    pub fn waited(&mut self) {
        self.waited = true;
    }

    /// Counts one tick in which the guest was computing.
    pub fn tick(&mut self) -> Result<(), Overrun> {
        if Instant::now() >= self.deadline {
            return Err(Overrun::Wall);
        }
        if std::mem::take(&mut self.waited) {
            return Ok(());
        }
        let tick = u64::try_from(super::TICK.as_millis()).unwrap_or(u64::MAX);
        self.ticks_left = self.ticks_left.checked_sub(1).ok_or(Overrun::Cpu(self.ticks.saturating_mul(tick)))?;
        Ok(())
    }

    fn grow(&mut self, current: usize, desired: usize) -> wasmtime::Result<bool> {
        let used = self.used.saturating_sub(current).saturating_add(desired);
        if used > self.memory {
            // A trap with a backtrace tells the author more than an allocation that fails somewhere later.
            return Err(wasmtime::Error::new(Overrun::Memory(self.memory)));
        }
        self.used = used;
        self.peak = self.peak.max(used);
        Ok(true)
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        self.grow(current, desired)
    }

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        self.grow(current.saturating_mul(ELEMENT), desired.saturating_mul(ELEMENT))
    }

    fn instances(&self) -> usize {
        super::MAX_CORE_INSTANCES as usize
    }

    fn tables(&self) -> usize {
        MAX_TABLES as usize
    }

    fn memories(&self) -> usize {
        MAX_MEMORIES as usize
    }
}
