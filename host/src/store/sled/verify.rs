//! Looks through the audit log of a data directory, or of a backup, and changes nothing: the journal line by line, and beside it what
//! the database says, which is what people see. Memory does not grow with the log.

use super::instance::Instance;
use super::journal::{self, Body, Line, line_text, seal};
use super::keys::{self, Class};
use super::open;
use super::plan::json;
use crate::domain::WorkspaceId;
use crate::store::chain::Head;
use crate::store::exported::{AuditFault, Noted, next_line};
use crate::store::{AuditRecord, StoreError};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// Every page is read once.
const CACHE_BYTES: u64 = 16 << 20;

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
    let heads = walk(&dir.join("audit"), false, |workspace, record| {
        noted.meet(record);
        let stored = control.get(&keys::numbered(workspace, Class::Audit, record.seq)).map_err(from_store)?;
        let same = |stored: &[u8]| json(record).is_ok_and(|written| written == stored);
        let why = match stored {
            Some(stored) if same(&stored) => return Ok(()),
            Some(_) => "says something else in the database than in the journal",
            None => "is in the journal and not in the database",
        };
        Err(AuditFault::Broken(format!("workspace {workspace}: record {} {why}", record.seq)))
    })?;
    let mut workspaces = open::tenants(&control).map_err(from_store)?;
    workspaces.extend(heads.keys().cloned());
    for workspace in workspaces {
        same_ends(&control, &workspace, heads.get(&workspace).map_or(0, |head| head.seq))?;
    }
    Ok(heads)
}

/// The database holds no record before the first or after the last of the journal. All between were found in it.
fn same_ends(control: &Instance, workspace: &WorkspaceId, last: u64) -> Result<(), AuditFault> {
    let prefix = keys::class(workspace, Class::Audit);
    let number = |pair: Option<super::instance::Pair>| pair.and_then(|(key, _)| keys::number(&key));
    let first_stored = number(control.scan(&prefix, None, 1).map_err(from_store)?.pop());
    let last_stored = number(control.last(&prefix).map_err(from_store)?);
    if first_stored.is_some_and(|first| first == 0) {
        return Err(AuditFault::Broken(format!(
            "workspace {workspace}: the database has a record 0, which nobody wrote"
        )));
    }
    match last_stored.unwrap_or(0) {
        stored if stored > last => Err(AuditFault::Broken(format!(
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
