//! Packs the tiny guest in its three languages into `tests/guests/corpus`. The host's tests load these files, so that neither Node nor
//! Python is needed to run them. `corpus -- DIRECTORY` takes `js.wasm` and `python.wasm` from there; `tests/guests/build.sh` calls it.

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use weft_bundled::{TEST_GUEST, section};

/// Made once, read often.
const COMPRESSION: i32 = 19;

/// `corpus.toml`: what each file was made from, by language.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Corpus(BTreeMap<String, Entry>);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Entry {
    /// SHA-256 over the sources, the manifest and the WIT package without its comments.
    sources: String,
    /// SHA-256 of the packed component, before compression.
    component: String,
}

fn main() -> Result<()> {
    let built = PathBuf::from(std::env::args().nth(1).context("name the directory with js.wasm and python.wasm")?);
    let manifest = fs::read_to_string(guests().join("manifest.toml"))?;
    let mut corpus = Corpus::default();
    for language in ["rust", "js", "python"] {
        let packed = match language {
            "rust" => TEST_GUEST.to_vec(),
            _ => section::append_manifest(&fs::read(built.join(language).with_extension("wasm"))?, &manifest),
        };
        fs::write(file_of(language), zstd::encode_all(packed.as_slice(), COMPRESSION)?)?;
        corpus.0.insert(language.into(), Entry { sources: sources(language)?, component: digest([packed.as_slice()]) });
    }
    let text = format!(
        "# Written by build.sh: what the files beside this one were made from.\n\n{}",
        toml::to_string(&corpus)?
    );
    fs::write(guests().join("corpus/corpus.toml"), text)?;
    Ok(())
}

fn guests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/guests")
}

fn file_of(language: &str) -> PathBuf {
    guests().join(format!("corpus/notes-{language}.wasm.zst"))
}

/// The digest of all that a guest is made from. The SDK is left out: a guest built with an older one must go on working.
fn sources(language: &str) -> Result<String> {
    let directory = match language {
        "rust" => guests().join("rust/src"),
        _ => guests().join(language),
    };
    let mut parts = vec![fs::read_to_string(guests().join("manifest.toml"))?];
    for file in files(&directory)? {
        parts.push(fs::read_to_string(file)?);
    }
    for file in files(&guests().join("../../wit/0.1"))? {
        parts.push(without_comments(&fs::read_to_string(file)?));
    }
    Ok(digest(parts.iter().map(String::as_bytes)))
}

fn files(directory: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory)?.collect::<std::io::Result<Vec<_>>>()?;
    let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    ensure!(!files.is_empty(), "{} is empty", directory.display());
    files.sort();
    Ok(files)
}

/// Better words in the WIT package do not make a guest older.
fn without_comments(wit: &str) -> String {
    wit.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn digest<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_corpus_is_made_from_the_sources_beside_it() {
        let text = fs::read_to_string(guests().join("corpus/corpus.toml")).unwrap();
        let corpus: Corpus = toml::from_str(&text).unwrap();
        assert_eq!(corpus.0.len(), 3);
        for (language, entry) in corpus.0 {
            let now = sources(&language).unwrap();
            assert_eq!(entry.sources, now, "the {language} guest is newer than its component; run `make guests`");
            let packed = zstd::decode_all(fs::File::open(file_of(&language)).unwrap()).unwrap();
            assert_eq!(entry.component, digest([packed.as_slice()]), "{language}: not the file that was packed");
        }
    }

    #[test]
    fn comments_do_not_count() {
        assert_eq!(without_comments("/// Words.\n  // More.\n\n  a: u32,\n"), "a: u32,");
    }
}
