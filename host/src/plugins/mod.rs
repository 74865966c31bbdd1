//! The plugin host: loads integrations and calls them, each call in a fresh sandbox that can reach its tool and nothing else.
//!
//! Layers, each knowing only those before it: `engine` (wasmtime's settings and budgets) → `abi` (a folder for each version of
//! the WIT package) → `caps` (HTTP, log, clock) with `grants` and `manifest` → `cache`, `load` → `runner` → this facade.

mod abi;
mod access;
mod answers;
mod cache;
mod caps;
mod engine;
mod grants;
mod integration;
mod load;
mod manifest;
mod rows;
mod runner;
#[cfg(test)]
mod tests;

pub use access::{
    Access, AccessLevel, Account, ActionAccess, Applied, Credentials, FetchRequest, ObjectAccess, Page, Report,
};
pub use answers::Unread;
pub use grants::{HostPort, Refusal, host_matches};
pub use integration::Integration;
pub use load::LoadError;
pub use manifest::{
    ActionRules, Audience, Auth, Choice, DEFAULT_SLOT, HttpRules, Limits, Manifest, ManifestError, Method, RefusedHost,
    Rule, SECTION, Setting, SettingKind, SignInError, pack,
};

use anyhow::Context;
use cache::Cache;
use caps::http::Egress;
use grants::Operator;
use runner::{Admission, GuestRuntime, Runner};
use secrecy::{ExposeSecret, SecretBox};
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

/// The most instances a pool is made for: each reserves some 20 GiB of address space.
const MAX_INSTANCES: u32 = 1_000;

/// How the plugin host is set up.
pub struct PluginSettings {
    /// Where compiled integrations are kept; made if missing, closed to others.
    pub cache_dir: PathBuf,
    /// The key that authenticates them; not kept in that directory.
    pub cache_key: SecretBox<[u8; 32]>,
    /// Calls of guests at the same time, 1 to 1,000.
    pub max_instances: u32,
    /// What the operator grants.
    pub egress: EgressSettings,
}

/// What the operator grants to all integrations.
#[derive(Clone, Debug)]
pub struct EgressSettings {
    /// Private places that may be reached, also without TLS, where a manifest or a connection asks for them.
    pub allow_private: Vec<HostPort>,
    /// When not empty, the only host names that may be reached: exact, or `*.` and a suffix.
    pub only_hosts: Vec<String>,
    /// How Weft names itself to tools.
    pub user_agent: String,
}

impl Default for EgressSettings {
    fn default() -> Self {
        let user_agent = concat!("weft/", env!("CARGO_PKG_VERSION")).to_owned();
        Self { allow_private: Vec::new(), only_hosts: Vec::new(), user_agent }
    }
}

/// The plugin host. Cheap to clone; one is enough for a process.
#[derive(Clone)]
pub struct Plugins {
    runner: Arc<Runner>,
    cache: Arc<Cache>,
    operator: Operator,
}

impl Plugins {
    /// Starts the engine, its clock, and the threads guests run on.
    pub fn start(settings: PluginSettings) -> anyhow::Result<Self> {
        let places = settings.max_instances;
        anyhow::ensure!(
            (1..=MAX_INSTANCES).contains(&places),
            "max_instances is {places}; it takes 1 to {MAX_INSTANCES}"
        );
        let engine =
            engine::build(places).map_err(anyhow::Error::from).context("the WebAssembly engine does not start")?;
        engine::start_ticker(&engine).context("the clock of the guests does not start")?;
        let cache = Cache::open(&settings.cache_dir, settings.cache_key.expose_secret(), &engine)
            .with_context(|| format!("the compile cache in {} cannot be used", settings.cache_dir.display()))?;
        let runner = Runner {
            engine,
            runtime: GuestRuntime::start().context("the threads of the guests do not start")?,
            admission: Arc::new(Admission::new(places)),
            egress: Arc::new(Egress::new(&settings.egress.user_agent)?),
        };
        let operator = Operator {
            allow_private: settings.egress.allow_private.into_iter().collect::<HashSet<_>>(),
            only_hosts: settings.egress.only_hosts,
        };
        Ok(Self { runner: Arc::new(runner), cache: Arc::new(cache), operator })
    }

    /// Checks a packed component, compiles it or takes it from the cache, and asks it to describe itself.
    pub async fn load(&self, wasm: Vec<u8>) -> Result<Integration, LoadError> {
        let loaded = load::load(&self.runner.engine, &self.cache, wasm).await?;
        Integration::new(Arc::clone(&self.runner), loaded, self.operator.clone()).await
    }
}
