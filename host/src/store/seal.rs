//! Secrets at rest: sealed with XChaCha20-Poly1305 under a key from the environment or from a key file, and bound to the place they
//! are kept in, so that one cannot be put in place of another.

#[cfg(test)]
mod tests;

use super::files;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret, SecretString};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::{Zeroize as _, Zeroizing};

/// In the data directory, and in its backups.
pub(super) const CANARY_FILE: &str = "canary";
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
/// The first byte of what is sealed: cipher and layout.
const VERSION: u8 = 1;
/// What the canary holds; only the right key says so.
const CANARY: &[u8] = b"weft: this is the right key";
/// More than any key file we write; anything larger is not one.
const KEY_FILE_BYTES: u64 = 1 << 10;

/// Where the key comes from.
pub enum KeySource<'a> {
    /// Its text: 64 hex digits.
    Given(&'a SecretString),
    /// A file with that text; created, readable by its owner only, when it is missing. Keep it out of the data directory's backups.
    File(&'a Path),
}

/// Why the key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Not 64 hex digits.
    #[error("the key for secrets must be 64 hex digits; make one with `openssl rand -hex 32`")]
    Malformed,
    /// The key file.
    #[error("the key file {} cannot be used: {why}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: std::io::Error,
    },
    /// The canary was sealed under another key.
    #[error("the secrets in {} were sealed with another key; give Weft the key it was first started with", .0.display())]
    Wrong(PathBuf),
    /// The secrets are there, their key is not.
    #[error("the key file {} is missing, but secrets were sealed with it; put it back (it is never part of a backup)", .0.display())]
    Missing(PathBuf),
}

/// What was to be opened was not sealed with this key for this place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stored secret cannot be opened; connect again")]
pub struct Unsealable;

/// Seals and opens. Cheap to clone; the key is wiped with the last clone.
#[derive(Clone)]
pub struct Sealer(Arc<XChaCha20Poly1305>);

impl Sealer {
    /// Takes the key and checks it against the canary in the data directory, which the first start puts there.
    pub fn open_or_create(key: &KeySource<'_>, data_dir: &Path) -> Result<Self, KeyError> {
        let canary = data_dir.join(CANARY_FILE);
        let sealed = match std::fs::read(&canary) {
            Ok(sealed) => Some(sealed),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(why) => return Err(KeyError::File { path: canary, why }),
        };
        let key = match key {
            KeySource::Given(text) => parse(text.expose_secret())?,
            KeySource::File(path) => read_or_create(path, sealed.is_some())?,
        };
        let sealer = Self(Arc::new(XChaCha20Poly1305::new((&*key).into())));
        match sealed {
            Some(sealed) if sealer.open(b"canary", &sealed).is_ok_and(|text| *text == CANARY) => Ok(sealer),
            Some(_) => Err(KeyError::Wrong(data_dir.to_owned())),
            None => {
                files::write(&canary, &sealer.seal(b"canary", CANARY))
                    .map_err(|why| KeyError::File { path: canary, why })?;
                Ok(sealer)
            }
        }
    }

    /// Whether the key is the one that the data directory's secrets were sealed with. False: nothing was sealed yet. Makes nothing.
    pub fn fits(key: &KeySource<'_>, data_dir: &Path) -> Result<bool, KeyError> {
        let is_sealed = data_dir.join(CANARY_FILE).exists();
        match key {
            KeySource::File(path) if !is_sealed && !path.exists() => Ok(false),
            KeySource::File(path) if !is_sealed => read_or_create(path, true).map(|_| false),
            KeySource::Given(text) if !is_sealed => parse(text.expose_secret()).map(|_| false),
            _ => Self::open_or_create(key, data_dir).map(|_| true),
        }
    }

    /// Seals bytes for a place (tenant, connection, slot; see [`place`]): version, nonce, ciphertext with its tag.
    #[expect(
        clippy::expect_used,
        reason = "the cipher fails above 256 GiB only, and a system without random numbers cannot go on"
    )]
    pub fn seal(&self, place: &[u8], secret: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).expect("the system gives random numbers");
        let sealed =
            self.0.encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: place }).expect("the secret is small");
        [&[VERSION][..], &nonce, &sealed].concat()
    }

    /// Opens what was sealed for this place.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unsealable> {
        let (version, rest) = sealed.split_first().ok_or(Unsealable)?;
        let (nonce, text) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(Unsealable)?;
        if *version != VERSION {
            return Err(Unsealable);
        }
        let opened = self.0.decrypt(&XNonce::from(*nonce), Payload { msg: text, aad: place });
        opened.map(Zeroizing::new).map_err(|_| Unsealable)
    }
}

/// The associated data of a secret: each part with its length, so that no two places are the same text.
pub fn place(parts: &[&str]) -> Vec<u8> {
    parts.iter().flat_map(|part| (part.len() as u32).to_be_bytes().into_iter().chain(part.bytes())).collect()
}

type Key = Zeroizing<[u8; KEY_BYTES]>;

fn parse(text: &str) -> Result<Key, KeyError> {
    let mut key = Key::default();
    hex::decode_to_slice(text.trim(), &mut *key).map_err(|_| KeyError::Malformed)?;
    Ok(key)
}

fn read_or_create(path: &Path, needed: bool) -> Result<Key, KeyError> {
    let failed = |why| KeyError::File { path: path.to_owned(), why };
    match File::open(path) {
        Ok(file) => {
            let mut text = Zeroizing::new(String::new());
            file.take(KEY_FILE_BYTES).read_to_string(&mut text).map_err(failed)?;
            parse(&text)
        }
        Err(error) if error.kind() == ErrorKind::NotFound && needed => Err(KeyError::Missing(path.to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => create(path).map_err(failed),
        Err(why) => Err(failed(why)),
    }
}

/// A new key in a new file that only its owner can read.
fn create(path: &Path) -> std::io::Result<Key> {
    let mut key = Key::default();
    getrandom::fill(&mut *key).map_err(std::io::Error::other)?;
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.write(true).create_new(true).open(path)?;
    let mut text = hex::encode(*key);
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    text.zeroize();
    written?;
    files::sync_parent(path)?;
    Ok(key)
}
