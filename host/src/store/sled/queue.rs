//! The queue on disk. Leases live in memory: this process is the only one, and its claims end with it.

use super::Disk;
use super::writer::{Order, lock};
use crate::domain::Millis;
use crate::store::clock::millis;
use crate::store::{Claim, CommitError, JobKind, Lease, StoreError, WorkQueue, WriteSet};
use async_trait::async_trait;

#[async_trait]
impl WorkQueue for Disk {
    async fn claim(&self, kinds: &[JobKind], n: usize, lease: Lease) -> Result<Vec<Claim>, StoreError> {
        if lock(&self.backlog).claimable(kinds, n, self.clock.now()).is_empty() {
            return Ok(vec![]);
        }
        self.order(|answer| Order::Claim(kinds.to_vec(), n, lease, answer)).await
    }

    async fn renew(&self, claim: &Claim, lease: Lease) -> Result<bool, StoreError> {
        let until = self.clock.now() + millis(lease);
        let mut backlog = lock(&self.backlog);
        let held = backlog.held(claim);
        if let Some(number) = held {
            backlog.change(number, |entry| entry.leased_until = Some(until));
        }
        Ok(held.is_some())
    }

    async fn finish(&self, claim: &Claim, write: WriteSet) -> Result<(), CommitError> {
        self.order(|answer| Order::Finish(claim.clone(), write, answer)).await
    }

    async fn release(&self, claim: &Claim, due: Millis) -> Result<(), StoreError> {
        self.order(|answer| Order::Release(claim.clone(), due, answer)).await
    }

    async fn wait(&self) {
        let next = lock(&self.backlog).next_wake(self.clock.now());
        self.bell.wait(&self.clock, next).await;
    }

    async fn pending(&self) -> Result<Vec<(JobKind, usize)>, StoreError> {
        Ok(lock(&self.backlog).pending())
    }
}
