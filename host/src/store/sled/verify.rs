//! Looks through the audit log of a data directory, or of a backup, and changes nothing: the journal line by line, and beside it what
//! the database says, which is what people see. Memory does not grow with the log.

use super::instance::{Instance, Pair};
use super::journal::{self, Body, Line, line_text, seal};
use super::keys::{self, Class};
use super::open;
use super::plan::json;
use crate::domain::WorkspaceId;
use crate::store::chain::Head;
use crate::store::exported::{AuditFault, Noted, next_line};
use crate::store::{AuditRecord, StoreError};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// Every page is read once.
const CACHE_BYTES: u64 = 16 << 20;
/// Records of the database read ahead for a workspace: 4 MiB when each is as large as it may be.
const AHEAD: usize = 64;

/// A log that is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditReport {
    /// Where the chain of each workspace ends.
    pub heads: BTreeMap<WorkspaceId, Head>,
    /// What else was looked at.
    pub compared: Compared,
}

/// What the journal was held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// The database says the same.
    Database,
    /// The directory is in use: the database cannot be opened beside the running Weft.
    InUse,
    /// It is a backup: the database is in it as one file, which a restore checks.
    Backup,
}

/// Looks through the audit log in `dir`, which is a data directory or a backup.
pub fn verify(dir: &Path, noted: &[Head]) -> Result<AuditReport, AuditFault> {
    let journal = dir.join("audit");
    if !journal.is_dir() {
        return Err(AuditFault::Unreadable(format!(
            "{} is neither a data directory of Weft nor a backup of one: it has no folder audit",
            dir.display()
        )));
    }
    let mut noted = Noted::new(noted);
    let is_backup = dir.join("control.backup").is_file();
    let held = if is_backup { None } else { open::hold(dir).map_err(unreadable(dir))? };
    let heads = match (&held, is_backup) {
        (Some(_), _) => with_database(dir, &mut noted)?,
        (None, true) => walk(&journal, false, |_, record| met(&mut noted, record))?,
        // What is written at this moment may stand there by half.
        (None, false) => walk(&journal, true, |_, record| met(&mut noted, record))?,
    };
    noted.all_met()?;
    let compared = match (held, is_backup) {
        (Some(_), _) => Compared::Database,
        (None, true) => Compared::Backup,
        (None, false) => Compared::InUse,
    };
    Ok(AuditReport { heads, compared })
}

fn met(noted: &mut Noted, record: &AuditRecord) -> Result<(), AuditFault> {
    noted.meet(record);
    Ok(())
}

fn with_database(dir: &Path, noted: &mut Noted) -> Result<BTreeMap<WorkspaceId, Head>, AuditFault> {
    let path = dir.join("control");
    if !path.is_dir() {
        return Err(AuditFault::Broken(format!("the control database {} is missing", path.display())));
    }
    let control = Instance::open(&path, CACHE_BYTES).map_err(from_store)?;
    let mut stored = Stored { control: &control, ahead: HashMap::new() };
    let heads = walk(&dir.join("audit"), false, |workspace, record| {
        noted.meet(record);
        stored.compare(workspace, record)
    })?;
    let mut workspaces = open::tenants(&control).map_err(from_store)?;
    workspaces.extend(heads.keys().cloned());
    for workspace in workspaces {
        same_end(&control, &workspace, heads.get(&workspace).map_or(0, |head| head.seq))?;
    }
    Ok(heads)
}

/// The database's records of each workspace in order, a few read ahead: one by one they would be looked up all over the disk.
struct Stored<'a> {
    control: &'a Instance,
    ahead: HashMap<WorkspaceId, VecDeque<Pair>>,
}

impl Stored<'_> {
    /// The next record of the workspace is this one.
    fn compare(&mut self, workspace: &WorkspaceId, record: &AuditRecord) -> Result<(), AuditFault> {
        let (seq, key) = (record.seq, |seq| keys::numbered(workspace, Class::Audit, seq));
        let ahead = self.ahead.entry(workspace.clone()).or_default();
        if ahead.is_empty() {
            let after = (seq > 1).then(|| key(seq - 1));
            let prefix = keys::class(workspace, Class::Audit);
            ahead.extend(self.control.scan(&prefix, after.as_deref(), AHEAD).map_err(from_store)?);
        }
        let why = match ahead.pop_front() {
            Some((found, stored)) if found == key(seq) => match json(record) {
                Ok(written) if *written == *stored => return Ok(()),
                _ => format!("record {seq} says something else in the database than in the journal"),
            },
            Some((found, _)) if keys::number(&found) < Some(seq) => {
                format!("the database has a record {} that nobody wrote", keys::number(&found).unwrap_or_default())
            }
            _ => format!("record {seq} is in the journal and not in the database"),
        };
        Err(AuditFault::Broken(format!("workspace {workspace}: {why}")))
    }
}

/// The database holds no record after the last of the journal.
fn same_end(control: &Instance, workspace: &WorkspaceId, last: u64) -> Result<(), AuditFault> {
    let stored = control.last(&keys::class(workspace, Class::Audit)).map_err(from_store)?;
    match stored.and_then(|(key, _)| keys::number(&key)) {
        Some(stored) if stored > last => Err(AuditFault::Broken(format!(
            "workspace {workspace}: record {} is in the database and not in the journal, which ends at record {last}: the journal was cut, \
             or Weft was killed in the middle of a write. In that case the next start makes it whole",
            last + 1
        ))),
        _ => Ok(()),
    }
}

/// Shows each record of all files in order, and answers where the chains end.
fn walk(
    dir: &Path,
    is_written: bool,
    mut visit: impl FnMut(&WorkspaceId, &AuditRecord) -> Result<(), AuditFault>,
) -> Result<BTreeMap<WorkspaceId, Head>, AuditFault> {
    let numbers = journal::numbers(dir).map_err(from_store)?;
    let mut walk = Walk::default();
    for (at, number) in numbers.iter().enumerate() {
        let path = journal::path(dir, *number);
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if *number != at as u64 + 1 {
            let missing = journal::path(Path::new(""), at as u64 + 1);
            return Err(AuditFault::Broken(format!("the file {} of the journal is missing", missing.display())));
        }
        let mut lines = BufReader::new(File::open(&path).map_err(unreadable(&path))?);
        let mut place = 0;
        while let Some(line) = next_line(&mut lines).map_err(unreadable(&path))? {
            place += 1;
            if !line.ends_with(b"\n") {
                if is_written && at + 1 == numbers.len() {
                    break;
                }
                return Err(AuditFault::Broken(format!(
                    "{name}, line {place}: it ends in the middle: the file was cut, or the machine lost power during a write. In that case \
                     the next start of Weft makes it whole"
                )));
            }
            let broken = |why: String| AuditFault::Broken(format!("{name}, line {place}: {why}"));
            if let Some((workspace, record)) = walk.line(&line, place == 1).map_err(broken)? {
                visit(&workspace, &record)?;
            }
        }
        if place == 0 {
            return Err(AuditFault::Broken(format!("{name} is empty: the file was cut")));
        }
    }
    Ok(walk.heads)
}

/// Where a walk through the journal stands.
#[derive(Default)]
struct Walk {
    chain: String,
    heads: BTreeMap<WorkspaceId, Head>,
}

impl Walk {
    /// Takes the next line; answers its record, or what is wrong with it.
    fn line(&mut self, text: &[u8], is_first: bool) -> Result<Option<(WorkspaceId, AuditRecord)>, String> {
        let unread = |_| "it is not a line of an audit journal".to_owned();
        let line: Line<&RawValue> = serde_json::from_slice(text).map_err(unread)?;
        let found = match serde_json::from_str(line.body.get()).map_err(unread)? {
            Body::First { follows, heads } if is_first => {
                if follows != self.chain || journal::heads_of(heads) != self.heads {
                    return Err("the file does not follow the one before it: something between them was cut".to_owned());
                }
                None
            }
            Body::Record { workspace, record } if !is_first => {
                let head = self.heads.entry(workspace.clone()).or_default();
                head.follow(&workspace, &record).map_err(|wrong| format!("workspace {workspace}: {wrong}"))?;
                Some((workspace, record))
            }
            _ => return Err("a line was put in or taken out at the beginning of the file".to_owned()),
        };
        let about = || match &found {
            Some((workspace, record)) => format!("workspace {workspace}: record {}", record.seq),
            None => "the first line".to_owned(),
        };
        let chain = seal(&self.chain, line.body.get());
        if chain != line.chain {
            return Err(format!(
                "{} does not seal the line before it: a line of another workspace was changed or taken out",
                about()
            ));
        }
        // What means the same and reads otherwise was written by somebody else.
        if line_text(&chain, line.body).ok().as_deref().map(str::as_bytes) != Some(text) {
            return Err(format!("{} is not written as Weft writes it", about()));
        }
        self.chain = chain;
        Ok(found)
    }
}

fn unreadable(path: &Path) -> impl Fn(std::io::Error) -> AuditFault {
    move |error| AuditFault::Unreadable(format!("{} cannot be read: {error}", path.display()))
}

fn from_store(error: StoreError) -> AuditFault {
    match error {
        StoreError::Damaged(why) => AuditFault::Broken(format!("the stored log cannot be read: {why}")),
        other => AuditFault::Unreadable(other.to_string()),
    }
}
