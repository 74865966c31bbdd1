//! The audit log a second time: JSON lines that are only ever appended, each sealed with the hash of the line before, synced before a
//! commit is answered. It does not depend on the engine, so it outlives it; on conflict it wins.
//!
//! A line is `{"chain": C, "body": B}` where C is BLAKE3 (hex) of the chain value before it followed by the text B. The first line
//! of a file has the chain value it follows and the head of each workspace in its body; the others a workspace and its record.

use super::instance::io;
use crate::domain::{Millis, WorkspaceId};
use crate::store::chain::Head;
use crate::store::files;
use crate::store::{AuditRecord, StoreError};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A file that has grown beyond is followed by a new one: the last one is read whole at each start.
const FILE_BYTES: u64 = 16 << 20;

/// The open journal.
pub struct Journal {
    dir: PathBuf,
    file: File,
    at: Mark,
    chain: String,
    heads: BTreeMap<WorkspaceId, Head>,
    file_bytes: u64,
}

/// A place in the journal: all before it is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The number of the file, from 1.
    pub file: u64,
    /// Bytes of it.
    pub bytes: u64,
}

/// A line as it stands in a file.
#[derive(Serialize, Deserialize)]
pub struct Line<B> {
    pub chain: String,
    pub body: B,
}

/// What a line says.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub enum Body {
    First { follows: String, heads: BTreeMap<WorkspaceId, StoredHead> },
    Record { workspace: WorkspaceId, record: AuditRecord },
}

/// A [`Head`] as it is written.
#[derive(Serialize, Deserialize)]
pub struct StoredHead {
    seq: u64,
    hash: String,
}

impl Journal {
    /// Opens the journal in this directory, or starts one. What a power loss left of an unfinished write is cut off and, unless it is
    /// blank, kept beside.
    pub fn open(dir: &Path, now: Millis) -> Result<Self, StoreError> {
        Self::open_sized(dir, now, FILE_BYTES)
    }

    pub fn open_sized(dir: &Path, now: Millis, file_bytes: u64) -> Result<Self, StoreError> {
        fs::create_dir_all(dir).map_err(|error| io(dir, &error))?;
        for number in numbers(dir)?.into_iter().rev() {
            let path = path(dir, number);
            let bytes = fs::read(&path).map_err(|error| io(&path, &error))?;
            let read = Reading::of(&bytes);
            set_aside(dir, &path, &bytes[read.good..], now)?;
            if read.good == 0 {
                fs::remove_file(&path).map_err(|error| io(&path, &error))?;
                continue;
            }
            let file = OpenOptions::new().append(true).open(&path).map_err(|error| io(&path, &error))?;
            file.set_len(read.good as u64).and_then(|()| file.sync_all()).map_err(|error| io(&path, &error))?;
            let at = Mark { file: number, bytes: read.good as u64 };
            return Ok(Self { dir: dir.to_owned(), file, at, chain: read.chain, heads: read.heads, file_bytes });
        }
        Self::begin(dir, 1, String::new(), BTreeMap::new(), file_bytes)
    }

    fn begin(
        dir: &Path,
        number: u64,
        follows: String,
        heads: BTreeMap<WorkspaceId, Head>,
        file_bytes: u64,
    ) -> Result<Self, StoreError> {
        let path = path(dir, number);
        let stored = heads.iter().map(|(of, head)| (of.clone(), StoredHead { seq: head.seq, hash: head.hash.clone() }));
        let body = Body::First { follows: follows.clone(), heads: stored.collect() };
        let (line, chain) = line(&follows, &body)?;
        let started = || -> std::io::Result<File> {
            let mut file = OpenOptions::new().append(true).create_new(true).open(&path)?;
            file.write_all(line.as_bytes())?;
            file.sync_all()?;
            files::sync_dir(dir)?;
            Ok(file)
        };
        let file = started().map_err(|error| io(&path, &error))?;
        let at = Mark { file: number, bytes: line.len() as u64 };
        Ok(Self { dir: dir.to_owned(), file, at, chain, heads, file_bytes })
    }

    /// Appends records; they are durable when it answers.
    pub fn append(&mut self, records: &[(WorkspaceId, AuditRecord)]) -> Result<(), StoreError> {
        let mut text = String::new();
        for (workspace, record) in records {
            let body = Body::Record { workspace: workspace.clone(), record: record.clone() };
            let (line, chain) = line(&self.chain, &body)?;
            self.chain = chain;
            self.heads.insert(workspace.clone(), Head::of(record));
            text.push_str(&line);
        }
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_data());
        written.map_err(|error| io(&path(&self.dir, self.at.file), &error))?;
        self.at.bytes += text.len() as u64;
        if self.at.bytes >= self.file_bytes {
            let (follows, heads) = (std::mem::take(&mut self.chain), std::mem::take(&mut self.heads));
            *self = Self::begin(&self.dir, self.at.file + 1, follows, heads, self.file_bytes)?;
        }
        Ok(())
    }

    /// Where it stands.
    pub fn mark(&self) -> Mark {
        self.at
    }

    /// The head of each workspace.
    pub fn heads(&self) -> &BTreeMap<WorkspaceId, Head> {
        &self.heads
    }

    /// All records of a workspace, from all files. A file that is not whole is [`StoreError::Damaged`].
    pub fn records(&self, of: &WorkspaceId) -> Result<Vec<AuditRecord>, StoreError> {
        let mut records = Vec::new();
        let mut chain = None;
        for number in numbers(&self.dir)? {
            let path = path(&self.dir, number);
            let bytes = fs::read(&path).map_err(|error| io(&path, &error))?;
            let mut read = Reading::default();
            read.go(&bytes, |workspace, record| {
                if workspace == of {
                    records.push(record.clone());
                }
            });
            let follows = chain.is_none_or(|chain| chain == read.follows);
            chain = Some(read.chain);
            if read.good < bytes.len() || !follows {
                return Err(StoreError::Damaged(format!("{} is not whole after {} bytes", path.display(), read.good)));
            }
        }
        Ok(records)
    }
}

/// How far a file's text holds together.
#[derive(Default)]
struct Reading {
    good: usize,
    /// The chain value the file begins with.
    follows: String,
    chain: String,
    heads: BTreeMap<WorkspaceId, Head>,
}

impl Reading {
    fn of(bytes: &[u8]) -> Self {
        let mut reading = Self::default();
        reading.go(bytes, |_, _| {});
        reading
    }

    fn go(&mut self, bytes: &[u8], mut visit: impl FnMut(&WorkspaceId, &AuditRecord)) {
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            if !line.ends_with(b"\n") || self.line(line, &mut visit).is_none() {
                return;
            }
            self.good += line.len();
        }
    }

    fn line(&mut self, text: &[u8], visit: &mut impl FnMut(&WorkspaceId, &AuditRecord)) -> Option<()> {
        let line: Line<&RawValue> = serde_json::from_slice(text).ok()?;
        let body = serde_json::from_str(line.body.get()).ok()?;
        match body {
            Body::First { follows, heads } if self.good == 0 => {
                self.heads = heads_of(heads);
                self.chain = follows.clone();
                self.follows = follows;
            }
            Body::Record { workspace, record } if self.good > 0 => {
                let head = self.heads.entry(workspace.clone()).or_default();
                if !head.precedes(&workspace, &record) {
                    return None;
                }
                *head = Head::of(&record);
                visit(&workspace, &record);
            }
            _ => return None,
        }
        let chain = seal(&self.chain, line.body.get());
        self.chain = chain;
        (self.chain == line.chain).then_some(())
    }
}

/// Heads as they were written.
pub fn heads_of(stored: BTreeMap<WorkspaceId, StoredHead>) -> BTreeMap<WorkspaceId, Head> {
    stored.into_iter().map(|(of, StoredHead { seq, hash })| (of, Head { seq, hash })).collect()
}

fn line(follows: &str, body: &Body) -> Result<(String, String), StoreError> {
    let body = serde_json::value::to_raw_value(body).map_err(damaged)?;
    let chain = seal(follows, body.get());
    Ok((line_text(&chain, &body)?, chain))
}

/// A line with its end.
pub fn line_text(chain: &str, body: &RawValue) -> Result<String, StoreError> {
    let text = serde_json::to_string(&Line { chain: chain.to_owned(), body }).map_err(damaged)?;
    Ok(text + "\n")
}

fn damaged(error: serde_json::Error) -> StoreError {
    StoreError::Damaged(error.to_string())
}

/// The chain value of a line, from the one before and its body.
pub fn seal(follows: &str, body: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(follows.as_bytes());
    hasher.update(body.as_bytes());
    hasher.finalize().to_hex().to_string()
}

/// The file of this number.
pub fn path(dir: &Path, number: u64) -> PathBuf {
    dir.join(format!("audit-{number:06}.jsonl"))
}

/// The numbers of the files that are there, in order.
pub fn numbers(dir: &Path) -> Result<Vec<u64>, StoreError> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(dir).map_err(|error| io(dir, &error))? {
        let name = entry.map_err(|error| io(dir, &error))?.file_name();
        let digits = name.to_str().and_then(|name| name.strip_prefix("audit-")?.strip_suffix(".jsonl"));
        numbers.extend(digits.and_then(|digits| digits.parse::<u64>().ok()));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

fn set_aside(dir: &Path, of: &Path, rest: &[u8], now: Millis) -> Result<(), StoreError> {
    if rest.iter().any(|byte| *byte != 0) {
        let kept = dir.join(format!("unfinished-{now}.part"));
        tracing::warn!(
            file = %of.display(), bytes = rest.len(), kept = %kept.display(),
            "The audit journal ends in an unfinished write; it was cut off and kept beside",
        );
        files::write(&kept, rest).map_err(|error| io(&kept, &error))?;
    }
    Ok(())
}
