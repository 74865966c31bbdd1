//! The audit log's hash chain: each record of a workspace seals the one before it.

use super::{AuditEvent, AuditRecord};
use crate::domain::{Millis, WorkspaceId};

/// Where a workspace's chain stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// The last record's; 0 before the first.
    pub seq: u64,
    /// The last record's.
    pub hash: String,
}

impl Default for Head {
    fn default() -> Self {
        Self { seq: 0, hash: "0".repeat(64) }
    }
}

impl Head {
    /// The next record, and the head behind it.
    pub fn link(&mut self, tenant: &WorkspaceId, at: Millis, event: AuditEvent) -> AuditRecord {
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
    pub fn precedes(&self, tenant: &WorkspaceId, record: &AuditRecord) -> bool {
        record.seq == self.seq + 1
            && record.previous == self.hash
            && record.hash == digest(tenant, record.seq, record.at, &record.event, &record.previous)
    }
}

/// Whether these records of a workspace, from its first on, form a whole chain.
pub fn is_whole(tenant: &WorkspaceId, records: &[AuditRecord]) -> bool {
    let mut head = Head::default();
    records.iter().all(|record| {
        let fits = head.precedes(tenant, record);
        head = Head::of(record);
        fits
    })
}

#[expect(clippy::expect_used, reason = "an audit event is plain data with string keys: it always serialises")]
fn digest(tenant: &WorkspaceId, seq: u64, at: Millis, event: &AuditEvent, previous: &str) -> String {
    let sealed = serde_json::to_vec(&(tenant, seq, at, event, previous)).expect("an audit event serialises");
    blake3::hash(&sealed).to_hex().to_string()
}
