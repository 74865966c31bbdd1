//! The audit log outside the store: one line of JSON a record, with all that is needed to check the chain without Weft.

use super::chain::Head;
use super::{AuditEvent, AuditRecord};
use crate::domain::{Millis, WorkspaceId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, BufRead, Read as _};

/// More than any line has: an event is at most 32 KiB.
const LINE_BYTES: u64 = 256 << 10;

/// A record as it is exported. Its hash is BLAKE3, in hex, of the JSON text `[workspace,seq,at,event,previous]` without blanks, each
/// member as it stands in the line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedRecord {
    /// Whose log it is of.
    pub workspace: WorkspaceId,
    /// 1, 2, 3 ... in the workspace.
    pub seq: u64,
    /// When it was committed, in milliseconds since 1970.
    pub at: Millis,
    /// What happened.
    pub event: AuditEvent,
    /// The hash of the record before; 64 zeros for the first.
    pub previous: String,
    /// Its own.
    pub hash: String,
}

/// What stands and what does not, of a log that was looked through.
#[derive(Debug, thiserror::Error)]
pub enum AuditFault {
    /// The log is not what was written. Names the first bad record.
    #[error("{0}")]
    Broken(String),
    /// It could not be read.
    #[error("{0}")]
    Unreadable(String),
}

/// Chains with heads that were noted down earlier: a log that was cut, or replaced as a whole, no longer holds them.
#[derive(Debug)]
pub(super) struct Noted(Vec<(Head, bool)>);

impl ExportedRecord {
    /// A record of this workspace, for the outside.
    pub fn new(workspace: &WorkspaceId, record: AuditRecord) -> Self {
        let AuditRecord { seq, at, event, previous, hash } = record;
        Self { workspace: workspace.clone(), seq, at, event, previous, hash }
    }

    fn into_parts(self) -> (WorkspaceId, AuditRecord) {
        let Self { workspace, seq, at, event, previous, hash } = self;
        (workspace, AuditRecord { seq, at, event, previous, hash })
    }
}

impl Noted {
    /// These, none met yet.
    pub fn new(heads: &[Head]) -> Self {
        Self(heads.iter().map(|head| (head.clone(), false)).collect())
    }

    /// A record went by.
    pub fn meet(&mut self, record: &AuditRecord) {
        for (head, met) in &mut self.0 {
            *met |= head.seq == record.seq && head.hash == record.hash;
        }
    }

    /// All of them went by, or the first that did not.
    pub fn all_met(self) -> Result<(), AuditFault> {
        match self.0.into_iter().find(|(_, met)| !met) {
            None => Ok(()),
            Some((head, _)) => Err(AuditFault::Broken(format!(
                "record {} with the hash {} that was noted is not in the log: the log was cut before it, or another was put in its place",
                head.seq, head.hash
            ))),
        }
    }
}

/// Looks through an exported log, line by line, and answers where each workspace's chain ends. The lines of a workspace begin with its
/// first record.
pub fn verify(mut lines: impl BufRead, noted: &[Head]) -> Result<BTreeMap<WorkspaceId, Head>, AuditFault> {
    let mut heads: BTreeMap<WorkspaceId, Head> = BTreeMap::new();
    let mut noted = Noted::new(noted);
    let mut number = 0;
    while let Some(line) = next_line(&mut lines).map_err(|error| AuditFault::Unreadable(error.to_string()))? {
        number += 1;
        let broken = |why: String| AuditFault::Broken(format!("line {number}: {why}"));
        let Some(text) = line.strip_suffix(b"\n") else {
            return Err(broken("it ends in the middle: the file was cut".to_owned()));
        };
        let record: ExportedRecord =
            serde_json::from_slice(text).map_err(|_| broken("it is not a record of an audit log".to_owned()))?;
        let written = serde_json::to_vec(&record).unwrap_or_default();
        let (workspace, record) = record.into_parts();
        let followed = heads.entry(workspace.clone()).or_default().follow(&workspace, &record);
        followed.map_err(|wrong| broken(format!("workspace {workspace}: {wrong}")))?;
        // What means the same and reads otherwise was written by somebody else.
        if written != text {
            return Err(broken(format!(
                "workspace {workspace}: record {} is not written as Weft writes it",
                record.seq
            )));
        }
        noted.meet(&record);
    }
    noted.all_met()?;
    Ok(heads)
}

/// A line with its end, or what there is of it. None at the end.
pub(super) fn next_line(from: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    from.take(LINE_BYTES).read_until(b'\n', &mut line)?;
    if line.len() as u64 == LINE_BYTES && !line.ends_with(b"\n") {
        return Err(io::Error::other("a line is longer than any of an audit log"));
    }
    Ok((!line.is_empty()).then_some(line))
}
