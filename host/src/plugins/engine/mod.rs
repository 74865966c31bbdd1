//! The one place that configures wasmtime. Cached machine code fits only the configuration it was made with, so there is one.

mod limiter;

pub use limiter::{Limiter, Overrun};

use std::num::NonZeroUsize;
use std::time::Duration;
use wasmtime::{Config, Engine, EngineWeak, Error, OptLevel, PoolingAllocationConfig};

/// How often guests are interrupted: the unit of the CPU budget.
pub const TICK: Duration = Duration::from_millis(10);
/// The hard ceiling of one linear memory, whatever a manifest asks.
pub const MAX_MEMORY: usize = 256 << 20;
/// The hard ceiling of one table.
pub const MAX_TABLE: usize = 60_000;
/// Memories of one instance: JavaScript guests have three.
pub const MAX_MEMORIES: u32 = 4;
/// Tables of one instance.
pub const MAX_TABLES: u32 = 8;
/// Core instances of one instance: adapters between the parts of a component count.
const MAX_CORE_INSTANCES: u32 = 64;
/// What stays mapped of a memory between two calls: zeroing it is cheaper than faulting it in again up to about this size.
const KEEP_RESIDENT: usize = 1 << 20;
/// Stack of a guest.
const GUEST_STACK: usize = 1 << 20;
/// The difference to the guest's stack is left for host functions: an overflow there would end the process.
const FIBER_STACK: usize = 2 << 20;
/// Frames of a backtrace kept for the author.
const MAX_FRAMES: NonZeroUsize = NonZeroUsize::new(32).expect("32 is not zero");

/// The engine for at most this many instances at a time. Pools them where the machine has the address space, since a fresh
/// instance is then several times cheaper.
pub fn build(max_instances: u32) -> Result<Engine, Error> {
    let mut config = config();
    config.allocation_strategy(pool(max_instances));
    // A pool reserves its address space at once: making it is the probe.
    match Engine::new(&config) {
        Ok(engine) => Ok(engine),
        Err(error) => {
            tracing::warn!(
                error = format!("{error:#}"),
                "no address space for a pool of instances; they are allocated one by one"
            );
            Engine::new(&self::config())
        }
    }
}

fn config() -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .cranelift_opt_level(OptLevel::Speed)
        // One guest is compiled on one thread: the machine also serves people.
        .parallel_compilation(false)
        .memory_init_cow(true)
        .generate_address_map(true)
        .wasm_backtrace_max_frames(Some(MAX_FRAMES))
        .max_wasm_stack(GUEST_STACK)
        .async_stack_size(FIBER_STACK)
        .wasm_memory64(false)
        .shared_memory(false);
    config
}

fn pool(max_instances: u32) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(max_instances)
        .total_core_instances(max_instances * 16)
        .total_memories(max_instances * MAX_MEMORIES)
        .total_tables(max_instances * MAX_TABLES)
        .total_stacks(max_instances)
        .max_memories_per_component(MAX_MEMORIES)
        .max_tables_per_component(MAX_TABLES)
        .max_core_instances_per_component(MAX_CORE_INSTANCES)
        .max_tables_per_module(4)
        .table_elements(MAX_TABLE)
        .max_memory_size(MAX_MEMORY)
        .linear_memory_keep_resident(KEEP_RESIDENT);
    pool
}

/// Starts the thread that makes time pass for guests. It ends with the engine.
pub fn start_ticker(engine: &Engine) -> std::io::Result<()> {
    let engine: EngineWeak = engine.weak();
    let tick = move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(TICK);
        }
    };
    std::thread::Builder::new().name("guest-clock".to_owned()).spawn(tick).map(drop)
}
