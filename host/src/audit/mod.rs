//! The audit log for people: read and searched page by page, exported, kept up with who administers. It is written elsewhere, with
//! each change, by the store.

mod export;
mod query;
mod roles;
mod search;
#[cfg(test)]
mod tests;

pub use export::{AuditExport, AuditFile, AuditFormat};
pub use query::Query;
pub use roles::note_roles;
pub use search::{Names, Page, Rest, people_of};

use crate::domain::{Actor, AppError, Outcome};
use crate::store::{AuditRecord, Clock, Store};
use anyhow::Context;
use jiff::tz::TimeZone;

/// Slack's largest file.
const FILE_BYTES: u64 = 1 << 30;

/// The audit log. Cheap to clone.
#[derive(Clone)]
pub struct Audit {
    store: Store,
    clock: Clock,
    zone: TimeZone,
    /// An export that is larger is several files.
    file_bytes: u64,
}

impl Audit {
    /// Over this store, by this clock; days are those of the zone.
    pub fn new(store: Store, clock: Clock, zone: TimeZone) -> Self {
        Self { store, clock, zone, file_bytes: FILE_BYTES }
    }

    /// What was typed, understood by today's date.
    pub fn query(&self, text: &str) -> Query {
        Query::parse(text, self.today(), &self.zone)
    }

    fn today(&self) -> jiff::civil::Date {
        let now = jiff::Timestamp::from_millisecond(self.clock.now()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        now.to_zoned_datetime(self.zone.clone()).date()
    }

    /// One record.
    pub async fn record(&self, actor: &Actor, seq: u64) -> Outcome<AuditRecord> {
        allow(actor)?;
        let found = self.store.control.audit(&actor.workspace, seq.saturating_sub(1), 1).await;
        let found = found.context("a record of the audit log")?.into_iter().find(|record| record.seq == seq);
        found.ok_or_else(|| AppError::refused(format!("The audit log has no record {seq}.")))
    }
}

/// Admins and the owner read the log; nobody else does.
fn allow(actor: &Actor) -> Outcome<()> {
    if actor.is_admin() {
        return Ok(());
    }
    Err(AppError::refused("Only admins and the owner read the audit log. Nothing was shown; ask one of them."))
}
