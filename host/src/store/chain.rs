//! The audit log's hash chain: each record of a workspace seals the one before it.

use super::{AuditEvent, AuditRecord};
use crate::domain::{Millis, WorkspaceId};
use std::fmt;
use std::str::FromStr;

/// Hex digits of a hash.
const HASH_DIGITS: usize = 64;

/// Where a workspace's chain stands. As text `<seq>:<hash>`, to be noted down apart from the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The last record's; 0 before the first.
    pub seq: u64,
    /// The last record's.
    pub hash: String,
}

/// What is wrong with a record, as seen from the one before it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Break {
    /// Another number was to come.
    #[error("record {expected} is missing: record {found} stands in its place")]
    Missing {
        /// The number that was to come.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// It seals another record than the one before it.
    #[error("record {0} does not follow the record before it: one of the two was replaced")]
    Unlinked(u64),
    /// Its content is not what its hash says.
    #[error("record {0} was changed: its hash does not fit what it says")]
    Changed(u64),
}

impl Default for Head {
    fn default() -> Self {
        Self { seq: 0, hash: "0".repeat(HASH_DIGITS) }
    }
}

impl Head {
    /// The next record, and the head behind it.
    pub(super) fn link(&mut self, tenant: &WorkspaceId, at: Millis, event: AuditEvent) -> AuditRecord {
        let (seq, previous) = (self.seq + 1, self.hash.clone());
        let hash = digest(tenant, seq, at, &event, &previous);
        *self = Self { seq, hash: hash.clone() };
        AuditRecord { seq, at, event, previous, hash }
    }

    /// The head after this record.
    pub fn of(record: &AuditRecord) -> Self {
        Self { seq: record.seq, hash: record.hash.clone() }
    }

    /// Whether this record follows here and is what its hash says.
    pub(super) fn precedes(&self, tenant: &WorkspaceId, record: &AuditRecord) -> bool {
        self.check(tenant, record).is_ok()
    }

    /// Takes the record that follows here, or says what is wrong with it.
    pub(super) fn follow(&mut self, tenant: &WorkspaceId, record: &AuditRecord) -> Result<(), Break> {
        self.check(tenant, record)?;
        *self = Self::of(record);
        Ok(())
    }

    fn check(&self, tenant: &WorkspaceId, record: &AuditRecord) -> Result<(), Break> {
        let seq = record.seq;
        if seq != self.seq + 1 {
            return Err(Break::Missing { expected: self.seq + 1, found: seq });
        }
        if record.hash != digest(tenant, seq, record.at, &record.event, &record.previous) {
            return Err(Break::Changed(seq));
        }
        if record.previous == self.hash { Ok(()) } else { Err(Break::Unlinked(seq)) }
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, self.hash)
    }
}

impl FromStr for Head {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once(':').and_then(|(seq, hash)| Some((seq.parse().ok()?, hash.to_lowercase())));
        let is_hash = |hash: &str| hash.len() == HASH_DIGITS && hash.bytes().all(|digit| digit.is_ascii_hexdigit());
        match parts {
            Some((seq, hash)) if is_hash(&hash) => Ok(Self { seq, hash }),
            _ => Err(format!("a head is the number of a record, a colon and its {HASH_DIGITS} hex digits: 1234:0af3…")),
        }
    }
}

/// Whether these records of a workspace, from its first on, form a whole chain.
pub fn is_whole(tenant: &WorkspaceId, records: &[AuditRecord]) -> bool {
    let mut head = Head::default();
    records.iter().all(|record| head.follow(tenant, record).is_ok())
}

#[expect(clippy::expect_used, reason = "an audit event is plain data with string keys: it always serialises")]
fn digest(tenant: &WorkspaceId, seq: u64, at: Millis, event: &AuditEvent, previous: &str) -> String {
    let sealed = serde_json::to_vec(&(tenant, seq, at, event, previous)).expect("an audit event serialises");
    blake3::hash(&sealed).to_hex().to_string()
}
