//! At start: the audit log in the database is made to agree with the journal, which wins.

use super::instance::Instance;
use super::journal::Journal;
use super::keys::{self, Class};
use super::plan::{from_json, json};
use crate::domain::WorkspaceId;
use crate::store::chain::Head;
use crate::store::{AuditRecord, StoreError};
use ::sled::Batch;
use std::collections::{BTreeMap, HashMap};

/// Records brought over in one batch.
const BATCH: usize = 256;

/// Makes both agree, and answers where each workspace's chain stands.
pub fn reconcile(
    control: &Instance,
    journal: &mut Journal,
    tenants: &[WorkspaceId],
) -> Result<HashMap<WorkspaceId, Head>, StoreError> {
    let mut wanted: BTreeMap<WorkspaceId, Head> = journal.heads().clone();
    for tenant in tenants {
        wanted.entry(tenant.clone()).or_default();
    }
    let mut heads = HashMap::new();
    for (tenant, sealed) in wanted {
        heads.insert(tenant.clone(), agree(control, journal, &tenant, &sealed)?);
    }
    Ok(heads)
}

fn agree(control: &Instance, journal: &mut Journal, tenant: &WorkspaceId, sealed: &Head) -> Result<Head, StoreError> {
    let stored = last(control, tenant)?;
    if stored == *sealed {
        return Ok(stored);
    }
    // A crash between the two syncs leaves the database ahead by what nobody was answered.
    if stored.seq > sealed.seq && at(control, tenant, sealed.seq)? == *sealed {
        let missing = records(control, tenant, sealed.seq)?;
        let whole = missing
            .iter()
            .try_fold(sealed.clone(), |head, record| head.precedes(tenant, record).then(|| Head::of(record)));
        if whole.as_ref() == Some(&stored) {
            let missing: Vec<_> = missing.into_iter().map(|record| (tenant.clone(), record)).collect();
            missing.chunks(BATCH).try_for_each(|records| journal.append(records))?;
            return Ok(stored);
        }
    }
    take_over(control, journal, tenant, stored.seq)?;
    Ok(sealed.clone())
}

/// Replaces the workspace's records in the database by the journal's.
fn take_over(control: &Instance, journal: &Journal, tenant: &WorkspaceId, stored: u64) -> Result<(), StoreError> {
    let truth = journal.records(tenant)?;
    tracing::error!(
        workspace = %tenant, in_database = stored, in_journal = truth.len(),
        "The audit log in the database differs from the journal; the journal wins",
    );
    for records in truth.chunks(BATCH) {
        let mut batch = Batch::default();
        for record in records {
            batch.insert(keys::numbered(tenant, Class::Audit, record.seq), json(record)?);
        }
        control.apply(batch)?;
    }
    let mut batch = Batch::default();
    let after = truth.last().map_or(0, |record| record.seq);
    (after + 1..=stored).for_each(|seq| batch.remove(keys::numbered(tenant, Class::Audit, seq)));
    control.apply(batch)?;
    control.flush()
}

fn last(control: &Instance, tenant: &WorkspaceId) -> Result<Head, StoreError> {
    let pair = control.last(&keys::class(tenant, Class::Audit))?;
    pair.map_or(Ok(Head::default()), |(_, stored)| Ok(Head::of(&from_json(&stored)?)))
}

fn at(control: &Instance, tenant: &WorkspaceId, seq: u64) -> Result<Head, StoreError> {
    let stored = control.get(&keys::numbered(tenant, Class::Audit, seq))?;
    stored.map_or(Ok(Head::default()), |stored| Ok(Head::of(&from_json(&stored)?)))
}

fn records(control: &Instance, tenant: &WorkspaceId, after: u64) -> Result<Vec<AuditRecord>, StoreError> {
    let prefix = keys::class(tenant, Class::Audit);
    let from = keys::numbered(tenant, Class::Audit, after);
    let pairs = control.scan(&prefix, Some(&from), usize::MAX)?;
    pairs.iter().map(|(_, stored)| from_json(stored)).collect()
}
