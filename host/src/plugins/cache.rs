//! Compiled components on disk. What is in there runs as native code, so only what this host wrote is read back: each file is
//! authenticated together with its name, and what fails is thrown away and compiled again.

use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::hash::{Hash, Hasher};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;
use tokio::sync::{Mutex as Flight, Semaphore};
use wasmtime::Engine;
use wasmtime::component::Component;

/// All files together; the least recently used go first. A Python guest is about 35 MB.
const MAX_BYTES: u64 = 1 << 30;
/// The largest file that is read back.
const MAX_FILE: u64 = 256 << 20;
/// The length of the authentication code at the start of a file.
const MAC: usize = blake3::OUT_LEN;
/// What the key is for, so that it fits nothing else.
const PURPOSE: &str = "weft 2026-11 compile cache";
/// Compilations at the same time: one takes a core and, for JavaScript and Python guests, hundreds of MB.
const MAX_COMPILATIONS: usize = 1;

/// The cache.
pub struct Cache {
    dir: PathBuf,
    key: [u8; blake3::KEY_LEN],
    engine: Engine,
    compatibility: String,
    flights: Mutex<HashMap<String, Arc<Flight<()>>>>,
    compilations: Semaphore,
}

/// A component ready to run, and whether it came out of the cache.
pub struct Compiled {
    /// The machine code.
    pub component: Component,
    /// Whether nothing had to be compiled.
    pub cached: bool,
}

impl Cache {
    /// A cache in `dir`, which is made if it is missing and is closed to others.
    pub fn open(dir: &Path, key: &[u8; 32], engine: &Engine) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        if fs::symlink_metadata(dir)?.is_symlink() {
            return Err(io::Error::other("the compile cache is a symbolic link, which is refused"));
        }
        // Fails for a directory of somebody else, which is what should happen.
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700))?;
        Ok(Self {
            dir: dir.to_owned(),
            key: blake3::derive_key(PURPOSE, key),
            engine: engine.clone(),
            compatibility: compatibility(engine),
            flights: Mutex::default(),
            compilations: Semaphore::new(MAX_COMPILATIONS),
        })
    }

    /// The machine code of a component, compiled at most once however many ask.
    pub async fn component(self: &Arc<Self>, digest: &str, wasm: Arc<[u8]>) -> wasmtime::Result<Compiled> {
        let name = format!("{digest}-{}.cwasm", self.compatibility);
        let flight = Arc::clone(self.flights().entry(name.clone()).or_default());
        let result = {
            let _alone = flight.lock().await;
            self.read_or_compile(&name, wasm).await
        };
        self.flights().retain(|other, flight| *other != name || Arc::strong_count(flight) > 2);
        result
    }

    async fn read_or_compile(self: &Arc<Self>, name: &str, wasm: Arc<[u8]>) -> wasmtime::Result<Compiled> {
        let (cache, name) = (Arc::clone(self), name.to_owned());
        let (reader, file) = (Arc::clone(self), name.clone());
        if let Some(component) = blocking(move || reader.read(&file)).await? {
            return Ok(Compiled { component, cached: true });
        }
        let _turn = self.compilations.acquire().await?;
        let component = blocking(move || cache.compile(&name, &wasm)).await??;
        Ok(Compiled { component, cached: false })
    }

    /// The component in a file, when there is one, it is ours, and it fits.
    fn read(&self, name: &str) -> Option<Component> {
        let path = self.dir.join(name);
        let file = OpenOptions::new().read(true).custom_flags(libc::O_NOFOLLOW).open(&path).ok()?;
        let found = self.authentic(name, &file).and_then(|bytes| self.load(&bytes[MAC..]));
        match found {
            Ok(component) => {
                // The time of the last use, for the order in which files go.
                let _ = file.set_modified(SystemTime::now());
                Some(component)
            }
            Err(error) => {
                tracing::warn!(
                    file = name,
                    error = format!("{error:#}"),
                    "a file of the compile cache is not used and removed"
                );
                let _ = fs::remove_file(&path);
                None
            }
        }
    }

    fn authentic(&self, name: &str, file: &File) -> wasmtime::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(usize::try_from(file.metadata()?.len().min(MAX_FILE))? + 1);
        file.take(MAX_FILE).read_to_end(&mut bytes)?;
        let Some((mac, code)) = bytes.split_first_chunk::<MAC>() else { wasmtime::bail!("it is too short") };
        if self.mac(name, code) != blake3::Hash::from_bytes(*mac) {
            wasmtime::bail!("it was not written by this host, or was changed since");
        }
        Ok(bytes)
    }

    #[expect(unsafe_code, reason = "wasmtime cannot check machine code; the authentication code does")]
    fn load(&self, code: &[u8]) -> wasmtime::Result<Component> {
        // SAFETY: `code` was made by `Component::serialize` in this host: `authentic` has checked these very bytes, which no one
        // else can change, under a key that only this host has.
        unsafe { Component::deserialize(&self.engine, code) }
    }

    fn compile(&self, name: &str, wasm: &[u8]) -> wasmtime::Result<Component> {
        let component = Component::from_binary(&self.engine, wasm)?;
        // A full disk must not keep an integration from running.
        if let Err(error) = component.serialize().and_then(|code| Ok(self.write(name, &code)?)) {
            tracing::warn!(file = name, error = format!("{error:#}"), "a compiled integration could not be kept");
        }
        Ok(component)
    }

    fn write(&self, name: &str, code: &[u8]) -> io::Result<()> {
        let temporary = self.dir.join(format!("{name}.{}.tmp", uuid::Uuid::now_v7().simple()));
        let written = self.write_through(&temporary, self.mac(name, code).as_bytes(), code);
        if let Err(error) = written.and_then(|()| fs::rename(&temporary, self.dir.join(name))) {
            let _ = fs::remove_file(&temporary);
            return Err(error);
        }
        File::open(&self.dir)?.sync_all()?;
        self.evict(name)
    }

    fn write_through(&self, path: &Path, mac: &[u8], code: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(mac)?;
        file.write_all(code)?;
        file.sync_all()
    }

    /// Removes the files used longest ago until the rest fits; never the one just written.
    fn evict(&self, keep: &str) -> io::Result<()> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            let about = entry.metadata()?;
            files.push((about.modified()?, about.len(), entry.path()));
        }
        files.sort();
        let mut total: u64 = files.iter().map(|(_, length, _)| length).sum();
        for (_, length, path) in files {
            if total <= MAX_BYTES {
                break;
            }
            if path.file_name().is_none_or(|name| name != keep) {
                fs::remove_file(path)?;
                total -= length;
            }
        }
        Ok(())
    }

    /// Over the name as well: a file cannot stand in for another.
    fn mac(&self, name: &str, code: &[u8]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(&(name.len() as u64).to_le_bytes()).update(name.as_bytes()).update(code);
        hasher.finalize()
    }

    fn flights(&self) -> std::sync::MutexGuard<'_, HashMap<String, Arc<Flight<()>>>> {
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The SHA-256 of a component, in hex: its identity.
pub fn digest(wasm: &[u8]) -> String {
    hex::encode(Sha256::digest(wasm))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> wasmtime::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(wasmtime::Error::new)
}

/// What machine code must have been made with: the engine's settings, its full version, the machine.
fn compatibility(engine: &Engine) -> String {
    struct Sink(blake3::Hasher);
    impl Hasher for Sink {
        fn write(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }
        fn finish(&self) -> u64 {
            0
        }
    }
    let mut sink = Sink(blake3::Hasher::new());
    engine.precompile_compatibility_hash().hash(&mut sink);
    sink.0.update(env!("CARGO_PKG_VERSION").as_bytes());
    hex::encode(&sink.0.finalize().as_bytes()[..16])
}
