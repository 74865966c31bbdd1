//! The plugin host as the rest of Weft uses it: real components in, simulators out.

mod hostile;
mod loading;
mod notes;

use super::*;
use crate::domain::Fault;
use async_trait::async_trait;
use secrecy::SecretString;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;
use url::Url;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

/// A plugin host with its own cache.
pub struct TestHost {
    pub plugins: Plugins,
    dir: TempDir,
}

impl TestHost {
    /// A host that may reach these private places.
    pub fn start(private: &[&str]) -> Self {
        let dir = TempDir::new().unwrap();
        Self { plugins: start(&dir, private, [7; 32]), dir }
    }

    /// Another process on the same cache, with this key.
    pub fn restart(&mut self, key: [u8; 32]) {
        self.plugins = start(&self.dir, &[], key);
    }

    /// The files of the cache.
    pub fn cached_files(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.dir.path().join("cache")).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

fn start(dir: &TempDir, private: &[&str], key: [u8; 32]) -> Plugins {
    let allow_private = private.iter().map(|text| text.parse().unwrap()).collect();
    let settings = PluginSettings {
        cache_dir: dir.path().join("cache"),
        cache_key: SecretBox::new(Box::new(key)),
        max_instances: 4,
        egress: EgressSettings { allow_private, ..EgressSettings::default() },
    };
    Plugins::start(settings).unwrap()
}

/// Credentials that hold one token, and take the next when they are told to renew.
pub struct Tokens {
    base: Url,
    tokens: Mutex<Vec<String>>,
    pub generation: AtomicU64,
}

impl Tokens {
    /// The tokens in the order they come to be used.
    pub fn new(base: &str, tokens: &[&str]) -> Arc<Self> {
        let tokens = Mutex::new(tokens.iter().rev().map(|&token| token.to_owned()).collect());
        Arc::new(Self { base: base.parse().unwrap(), tokens, generation: AtomicU64::new(0) })
    }

    /// Access to a connection with these credentials.
    pub fn access(self: &Arc<Self>, config: &str) -> Access {
        Access {
            workspace: "T1".into(),
            connection: "c1".into(),
            config: config.to_owned(),
            credentials: Arc::clone(self) as Arc<dyn Credentials>,
        }
    }
}

#[async_trait]
impl Credentials for Tokens {
    async fn apply(&self, _slot: &str) -> Result<Applied, Fault> {
        let token = self.tokens.lock().unwrap().last().unwrap().clone();
        let header = ("authorization".to_owned(), SecretString::from(format!("Bearer {token}")));
        Ok(Applied { headers: vec![header], query: Vec::new(), generation: self.generation.load(Ordering::SeqCst) })
    }

    async fn renew(&self, _slot: &str, generation: u64) -> Result<(), Fault> {
        let mut tokens = self.tokens.lock().unwrap();
        if tokens.len() == 1 {
            return Err(Fault::new(crate::domain::ErrorClass::Reauthorize, "over", "Connect again."));
        }
        if self.generation.compare_exchange(generation, generation + 1, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
            tokens.pop();
        }
        Ok(())
    }

    fn base_url(&self) -> Url {
        self.base.clone()
    }
}

/// A component of world `source-only` made of this core module.
pub fn component(wat: &str) -> Vec<u8> {
    let mut module = wat::parse_str(wat).unwrap();
    let mut resolve = wit_parser::Resolve::default();
    let (package, _) = resolve.push_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../wit/0.1")).unwrap();
    let world = resolve.select_world(&[package], Some("source-only")).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().validate(true).encode().unwrap()
}

/// The manifest of the guest that misbehaves.
pub const HOSTILE_MANIFEST: &str = r#"
id = "hostile"
name = "Hostile"
version = "1"
wit = "0.1"
license = "MIT"
[http]
base = "{url}"
hosts = ["tool.example"]
[[http.read]]
method = "GET"
path = "/open/**"
[auth.default]
kind = "bearer"
[limits]
memory_mib = 8
call_seconds = 20
cpu_seconds = 1
response_mib = 1
requests_per_second = 1000
"#;

/// The guest that misbehaves, packed.
pub fn hostile() -> Vec<u8> {
    pack(&component(include_str!("hostile.wat")), HOSTILE_MANIFEST)
}
