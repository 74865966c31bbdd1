//! The one thread that writes to the control database. Whoever waits at the same moment shares one sync of the disk: while it runs, the
//! next orders gather.

use super::backup;
use super::instance::Instance;
use super::journal::{Journal, Mark};
use super::keys::{self, Class};
use super::plan::{self, StoredJob};
use crate::domain::{Millis, WorkspaceId};
use crate::store::backlog::Backlog;
use crate::store::chain::Head;
use crate::store::clock::{Clock, millis};
use crate::store::wake::Bell;
use crate::store::{AuditRecord, Claim, CommitError, EntityKey, Job, JobKind, Lease, StoreError, WriteSet};
use ::sled::Batch;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{mpsc, oneshot};

/// Orders that share a sync at most: with the largest of them a group stays under a second.
const GROUP: usize = 256;
/// Finished jobs forgotten with each group, so that forgetting never holds one up.
const FORGOTTEN_AT_ONCE: usize = 64;

/// The queue's index, shared with those who only look.
pub type SharedBacklog = Arc<Mutex<Backlog>>;

/// The index, also after a panic elsewhere: each change of it is whole.
pub fn lock(backlog: &SharedBacklog) -> MutexGuard<'_, Backlog> {
    backlog.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is asked of the writer, and where the answer goes.
pub enum Order {
    Commit(WorkspaceId, WriteSet, oneshot::Sender<Result<(), CommitError>>),
    Claim(Vec<JobKind>, usize, Lease, oneshot::Sender<Result<Vec<Claim>, StoreError>>),
    Finish(Claim, WriteSet, oneshot::Sender<Result<(), CommitError>>),
    Release(Claim, Millis, oneshot::Sender<Result<(), StoreError>>),
    /// Writes the control database into this new file, as it is between two groups.
    Export(PathBuf, oneshot::Sender<Result<Mark, StoreError>>),
}

/// Answers an order, once it is known whether the disk has it.
type Reply = Box<dyn FnOnce(&Result<(), String>)>;

/// The state of the thread.
pub struct Writer {
    pub control: Arc<Instance>,
    pub backlog: SharedBacklog,
    pub bell: Arc<Bell>,
    pub journal: Journal,
    pub heads: HashMap<WorkspaceId, Head>,
    pub clock: Clock,
    /// Applied, and not yet in the journal.
    pub unsealed: Vec<(WorkspaceId, AuditRecord)>,
    /// Something was applied since the last sync.
    pub dirty: bool,
}

impl Writer {
    /// Works until nobody can send orders any more.
    pub fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        while let Some(order) = orders.blocking_recv() {
            let mut replies = vec![self.take(order)];
            while replies.len() < GROUP
                && let Ok(order) = orders.try_recv()
            {
                replies.push(self.take(order));
            }
            let synced = self.sync().map_err(|error| error.to_string());
            for reply in replies {
                reply(&synced);
            }
            self.bell.ring();
        }
    }

    fn take(&mut self, order: Order) -> Reply {
        match order {
            Order::Commit(tenant, write, to) => reply(to, self.commit(&tenant, write)),
            Order::Claim(kinds, n, lease, to) => reply(to, self.claim(&kinds, n, lease)),
            Order::Finish(claim, write, to) => reply(to, self.finish(&claim, write)),
            Order::Release(claim, due, to) => reply(to, self.release(&claim, due)),
            Order::Export(to_file, to) => reply(to, self.export(&to_file)),
        }
    }

    /// The database first, then the journal: what the journal says has happened, has.
    fn sync(&mut self) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        for (tenant, id) in lock(&self.backlog).forget(FORGOTTEN_AT_ONCE, self.clock.now()) {
            batch.remove(keys::finished(&tenant, &id));
            self.dirty = true;
        }
        if !self.dirty {
            return Ok(());
        }
        self.control.apply(batch)?;
        self.control.flush()?;
        if !self.unsealed.is_empty() {
            let records = std::mem::take(&mut self.unsealed);
            self.journal.append(&records).inspect_err(|error| self.control.kill(&error.to_string()))?;
        }
        // Last: after a failure it stays so, and every later sync fails as well.
        self.dirty = false;
        Ok(())
    }

    fn apply(&mut self, batch: Batch) -> Result<(), StoreError> {
        self.dirty = true;
        self.control.apply(batch)
    }

    fn commit(&mut self, tenant: &WorkspaceId, write: WriteSet) -> Result<(), CommitError> {
        self.commit_with(tenant, write, None)
    }

    fn finish(&mut self, claim: &Claim, write: WriteSet) -> Result<(), CommitError> {
        let held = lock(&self.backlog).held(claim);
        let stale = || CommitError::Conflict(EntityKey { kind: "job", id: claim.job.id.clone() });
        self.commit_with(&claim.tenant, write, Some((held.ok_or_else(stale)?, &claim.job.id)))
    }

    /// Commits a write set, and ends a job in the same batch.
    fn commit_with(
        &mut self,
        tenant: &WorkspaceId,
        write: WriteSet,
        ends: Option<(u64, &String)>,
    ) -> Result<(), CommitError> {
        let now = self.clock.now();
        let head = self.heads.get(tenant).cloned().unwrap_or_default();
        let mut plan = plan::plan(&self.control, &lock(&self.backlog), head, tenant, write, now)?;
        if let Some((number, id)) = ends {
            plan.end(tenant, number, id, now);
        }
        self.apply(plan.batch)?;
        self.heads.insert(tenant.clone(), plan.head);
        self.unsealed.extend(plan.audit.into_iter().map(|record| (tenant.clone(), record)));
        let mut backlog = lock(&self.backlog);
        for number in ends.map(|(number, _)| number).into_iter().chain(plan.cancelled) {
            backlog.finish(number, now);
        }
        for (number, entry) in plan.jobs {
            backlog.insert(number, entry);
        }
        Ok(())
    }

    fn claim(&mut self, kinds: &[JobKind], n: usize, lease: Lease) -> Result<Vec<Claim>, StoreError> {
        let now = self.clock.now();
        let numbers = lock(&self.backlog).claimable(kinds, n, now);
        let mut claims = Vec::with_capacity(numbers.len());
        let mut batch = Batch::default();
        for number in numbers {
            let mut backlog = lock(&self.backlog);
            let Some(entry) = backlog.entry(number) else { continue };
            let (tenant, id) = entry.of.clone();
            let Some(payload) = self.control.get(&keys::numbered(&tenant, Class::Payload, number))? else {
                return Err(StoreError::Damaged(format!("the payload of job {id} is missing")));
            };
            let (kind, lane, due, fence) = (entry.kind, entry.lane.clone(), entry.due, entry.fence + 1);
            let job = Job { id, kind, lane, due, payload: payload.to_vec() };
            backlog.change(number, |entry| {
                entry.fence = fence;
                entry.leased_until = Some(now + millis(lease));
            });
            store_job(&mut batch, &backlog, number)?;
            claims.push(Claim { tenant, job, fence });
        }
        if !claims.is_empty() {
            self.apply(batch)?;
        }
        Ok(claims)
    }

    fn release(&mut self, claim: &Claim, due: Millis) -> Result<(), StoreError> {
        let mut batch = Batch::default();
        {
            let mut backlog = lock(&self.backlog);
            let Some(number) = backlog.held(claim) else { return Ok(()) };
            backlog.change(number, |entry| (entry.due, entry.leased_until) = (due, None));
            store_job(&mut batch, &backlog, number)?;
        }
        self.apply(batch)
    }

    fn export(&mut self, to: &std::path::Path) -> Result<Mark, StoreError> {
        // What this group has applied so far goes to the journal first, so that the export and the mark agree.
        self.sync()?;
        backup::export(&self.control, to)?;
        Ok(self.journal.mark())
    }
}

fn store_job(batch: &mut Batch, backlog: &Backlog, number: u64) -> Result<(), StoreError> {
    if let Some(entry) = backlog.entry(number) {
        let key = keys::numbered(&entry.of.0, Class::Job, number);
        batch.insert(key, plan::json(&StoredJob::of(entry))?);
    }
    Ok(())
}

/// Holds the answer back until the sync; when that fails, the answer is the failure. Whoever no longer waits is fine.
fn reply<T: 'static, E: From<StoreError> + 'static>(to: oneshot::Sender<Result<T, E>>, answer: Result<T, E>) -> Reply {
    Box::new(move |synced| {
        let answer = match synced {
            Err(why) => answer.and_then(|_| Err(StoreError::Io(why.clone()).into())),
            Ok(()) => answer,
        };
        drop(to.send(answer));
    })
}
