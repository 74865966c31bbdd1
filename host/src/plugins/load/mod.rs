//! From bytes to an integration that can be called: everything is checked before any of its code runs, and each refusal is a
//! sentence for its author.

mod anatomy;
mod description;

pub use description::check as check_description;

use super::abi::{Guest, Version};
use super::cache::{self, Cache};
use super::engine::{MAX_MEMORIES, MAX_MEMORY, MAX_TABLES};
use super::manifest::Manifest;
use crate::domain::Fault;
use anatomy::Anatomy;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wasmtime::Engine;
use wasmtime::component::Component;

/// The largest component: three times a Python guest.
const MAX_COMPONENT: usize = 64 << 20;
/// A page of linear memory.
const WASM_PAGE: u64 = 64 << 10;

/// Why a component is refused. The text is for its author and the admin who installs it.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It is larger than any integration.
    #[error("it has {0} bytes; an integration has at most {MAX_COMPONENT}")]
    TooLarge(usize),
    /// It is something else.
    #[error("it is not a WebAssembly component: {0}")]
    NotAComponent(String),
    /// It is damaged.
    #[error("it is damaged: {0}")]
    Invalid(String),
    /// There is no manifest.
    #[error("it has no manifest: pack `plugin.toml` into it as the custom section `{}`", super::manifest::SECTION)]
    NoManifest,
    /// The manifest is wrong.
    #[error("its manifest is refused: {0}")]
    Manifest(String),
    /// It wants something the host does not give.
    #[error("it imports `{name}`: {sentence}")]
    Import {
        /// The import.
        name: String,
        /// Why not, and what to do.
        sentence: &'static str,
    },
    /// It is made for another version of the interface.
    #[error("{0}")]
    Version(String),
    /// It does not fit the interface.
    #[error("it does not fit the interface: {0}")]
    Interface(String),
    /// It needs more than the host gives.
    #[error("it needs {0}")]
    Resources(String),
    /// It cannot be compiled.
    #[error("it cannot be compiled: {0}")]
    Compile(String),
    /// It failed while describing itself.
    #[error("it failed while describing itself: {0}")]
    Describe(Fault),
    /// What it says of itself does not hold together.
    #[error("its description is refused: {0}")]
    Description(String),
}

/// A checked and compiled component.
pub struct Loaded {
    /// What it asks for.
    pub manifest: Manifest,
    /// The SHA-256 of its bytes, in hex.
    pub digest: String,
    /// How it is called.
    pub guest: Arc<dyn Guest>,
    /// Whether it exports actions.
    pub has_actions: bool,
    /// Whether nothing had to be compiled.
    pub cached: bool,
    /// How long it took to get the machine code.
    pub code_time: Duration,
}

/// Checks and compiles a component.
pub async fn load(engine: &Engine, cache: &Arc<Cache>, wasm: Vec<u8>) -> Result<Loaded, LoadError> {
    if wasm.len() > MAX_COMPONENT {
        return Err(LoadError::TooLarge(wasm.len()));
    }
    let wasm: Arc<[u8]> = wasm.into();
    let (digest, anatomy) = examine(Arc::clone(&wasm)).await?;
    let text = anatomy.manifest.ok_or(LoadError::NoManifest)?;
    let manifest = Manifest::parse(&text).map_err(|error| LoadError::Manifest(error.to_string()))?;
    let version = version(&anatomy.spoken, &manifest)?;
    let start = Instant::now();
    let compiled = cache.component(&digest, wasm).await.map_err(|error| LoadError::Compile(format!("{error:#}")))?;
    let code_time = start.elapsed();
    fits(&compiled.component)?;
    let guest =
        version.link(engine, &compiled.component).map_err(|error| LoadError::Interface(format!("{error:#}")))?;
    compiled.component.initialize_copy_on_write_image().map_err(|error| LoadError::Compile(format!("{error:#}")))?;
    Ok(Loaded { manifest, digest, guest, has_actions: anatomy.has_actions, cached: compiled.cached, code_time })
}

/// Reading and validating megabytes takes a while: not on a thread that others wait for.
async fn examine(wasm: Arc<[u8]>) -> Result<(String, Anatomy), LoadError> {
    let work =
        tokio::task::spawn_blocking(move || anatomy::examine(&wasm).map(|anatomy| (cache::digest(&wasm), anatomy)));
    work.await.map_err(|error| LoadError::Invalid(error.to_string()))?
}

fn version(spoken: &str, manifest: &Manifest) -> Result<Version, LoadError> {
    let known = super::abi::SPOKEN.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let version = Version::parse(spoken).ok_or_else(|| {
        LoadError::Version(format!("it is made for weft:integration {spoken}; this host speaks {known}"))
    })?;
    if manifest.wit != spoken {
        let sentence = format!("its manifest says `wit = \"{}\"`, and its exports are of {spoken}", manifest.wit);
        return Err(LoadError::Version(sentence));
    }
    Ok(version)
}

/// What it needs before its first instruction must fit a slot of the pool.
fn fits(component: &Component) -> Result<(), LoadError> {
    let Some(needs) = component.resources_required() else {
        return Err(LoadError::Resources("modules or instances from the host, which gives none".to_owned()));
    };
    if needs.num_memories > MAX_MEMORIES || needs.num_tables > MAX_TABLES {
        let (memories, tables) = (needs.num_memories, needs.num_tables);
        let sentence =
            format!("{memories} memories and {tables} tables; the host gives {MAX_MEMORIES} and {MAX_TABLES}");
        return Err(LoadError::Resources(sentence));
    }
    let first = needs.max_initial_memory_size.unwrap_or(0).saturating_mul(WASM_PAGE);
    if first > MAX_MEMORY as u64 {
        return Err(LoadError::Resources(format!("{first} bytes of memory at its start; the host gives {MAX_MEMORY}")));
    }
    Ok(())
}
