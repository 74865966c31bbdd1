//! A call of a guest: fresh instance and describe through the host, against wasmtime alone doing the same with the same component.

use crate::percentile;
use anyhow::Context;
use std::time::{Duration, Instant};
use weft::plugins::{EgressSettings, PluginSettings, Plugins};

const ROUNDS: usize = 2_000;

pub async fn run() -> anyhow::Result<()> {
    let (_, component) = weft_bundled::BUNDLED.iter().find(|(id, _)| *id == "salesforce").context("the integration")?;
    let dir = tempfile::tempdir()?;
    let start = || {
        Plugins::start(PluginSettings {
            cache_dir: dir.path().join("compiled"),
            cache_key: secrecy::SecretBox::new(Box::new([7; 32])),
            max_instances: 8,
            egress: EgressSettings::default(),
        })
    };
    let first = start()?.load(component.to_vec()).await?;
    let integration = start()?.load(component.to_vec()).await?;
    let mut host = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        integration.describe().await?;
        host.push(begun.elapsed());
    }
    let bare = bare::rounds(component, ROUNDS).await?;
    let (host, bare) = (median(host), median(bare));
    println!(
        "guest    fresh instance + describe   host {host:?}   bare wasmtime {bare:?}   ratio {:.2}",
        ratio(host, bare)
    );
    println!(
        "guest    machine code                compiled in {:?}   from the cache in {:?} (hit: {})",
        first.code_time(),
        integration.code_time(),
        integration.is_from_cache()
    );
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    percentile(&times, 0.5).unwrap_or_default()
}

fn ratio(left: Duration, right: Duration) -> f64 {
    left.as_secs_f64() / right.as_secs_f64()
}

/// wasmtime with a pool and nothing around it.
mod bare {
    use std::time::{Duration, Instant};
    use wasmtime::{
        Config, Engine, PoolingAllocationConfig, Store,
        component::{Component, Linker, ResourceTable, Val},
    };
    use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

    struct Context {
        wasi: WasiCtx,
        table: ResourceTable,
    }

    impl WasiView for Context {
        fn ctx(&mut self) -> WasiCtxView<'_> {
            WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
        }
    }

    pub async fn rounds(component: &[u8], rounds: usize) -> anyhow::Result<Vec<Duration>> {
        let mut config = Config::new();
        let mut pool = PoolingAllocationConfig::new();
        pool.total_component_instances(8).total_stacks(8);
        config.allocation_strategy(pool);
        let engine = Engine::new(&config)?;
        let component = Component::new(&engine, component)?;
        let mut linker = Linker::<Context>::new(&engine);
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        linker.define_unknown_imports_as_traps(&component)?;
        let pre = linker.instantiate_pre(&component)?;
        let source = component.get_export_index(None, "weft:integration/source@0.1.0");
        let describe = component.get_export_index(source.as_ref(), "describe");
        let describe = describe.ok_or_else(|| anyhow::anyhow!("the component has no `describe`"))?;
        let mut times = Vec::with_capacity(rounds);
        for _ in 0..rounds {
            let begun = Instant::now();
            let context = Context { wasi: WasiCtxBuilder::new().build(), table: ResourceTable::new() };
            let mut store = Store::new(&engine, context);
            let instance = pre.instantiate_async(&mut store).await?;
            let function = instance.get_func(&mut store, describe);
            let function = function.ok_or_else(|| anyhow::anyhow!("`describe` is no function"))?;
            let mut results = [Val::Bool(false)];
            function.call_async(&mut store, &[], &mut results).await?;
            drop(store);
            times.push(begun.elapsed());
        }
        Ok(times)
    }
}
