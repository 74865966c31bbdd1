//! The queue in memory.

use super::Memory;
use crate::domain::Millis;
use crate::store::backlog::{Backlog, Entry};
use crate::store::clock::millis;
use crate::store::{Claim, CommitError, EntityKey, JobKind, Lease, StoreError, WorkQueue, WriteSet};
use async_trait::async_trait;

#[async_trait]
impl WorkQueue for Memory {
    async fn claim(&self, kinds: &[JobKind], n: usize, lease: Lease) -> Result<Vec<Claim>, StoreError> {
        let now = self.clock.now();
        let state = &mut *self.state();
        let mut claims = Vec::new();
        for number in state.backlog.claimable(kinds, n, now) {
            state.backlog.change(number, |entry| {
                entry.fence += 1;
                entry.leased_until = Some(now + millis(lease));
            });
            if let (Some(entry), Some(job)) = (state.backlog.entry(number), state.jobs.get(&number)) {
                claims.push(Claim { tenant: entry.of.0.clone(), job: job.clone(), fence: entry.fence });
            }
        }
        Ok(claims)
    }

    async fn renew(&self, claim: &Claim, lease: Lease) -> Result<bool, StoreError> {
        let until = self.clock.now() + millis(lease);
        Ok(change_held(&mut self.state().backlog, claim, |entry| entry.leased_until = Some(until)))
    }

    async fn finish(&self, claim: &Claim, write: WriteSet) -> Result<(), CommitError> {
        let now = self.clock.now();
        {
            let state = &mut *self.state();
            let Some(number) = state.backlog.held(claim) else {
                return Err(CommitError::Conflict(EntityKey { kind: "job", id: claim.job.id.clone() }));
            };
            state.check(&claim.tenant, &write, now)?;
            state.backlog.finish(number, now);
            state.jobs.remove(&number);
            state.apply(&claim.tenant, write, now);
            state.backlog.forget(usize::MAX, now);
        }
        self.bell.ring();
        Ok(())
    }

    async fn release(&self, claim: &Claim, due: Millis) -> Result<(), StoreError> {
        {
            let state = &mut *self.state();
            if let Some(job) = state.backlog.held(claim).and_then(|number| state.jobs.get_mut(&number)) {
                job.due = due;
            }
            change_held(&mut state.backlog, claim, |entry| (entry.due, entry.leased_until) = (due, None));
        }
        self.bell.ring();
        Ok(())
    }

    async fn wait(&self) {
        let next = self.state().backlog.next_wake(self.clock.now());
        self.bell.wait(&self.clock, next).await;
    }

    async fn pending(&self) -> Result<Vec<(JobKind, usize)>, StoreError> {
        Ok(self.state().backlog.pending())
    }
}

/// Changes the claimed job's entry if the claim is the latest of it; whether it is.
fn change_held(backlog: &mut Backlog, claim: &Claim, change: impl FnOnce(&mut Entry)) -> bool {
    let held = backlog.held(claim);
    if let Some(number) = held {
        backlog.change(number, change);
    }
    held.is_some()
}
