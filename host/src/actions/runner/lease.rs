//! Keeping the claim while a call is under way.

use super::Run;
use std::{future::Future, time::Duration};

/// How long a claim holds without renewal: after a crash another runner looks at the request this much later.
const LEASE: Duration = Duration::from_secs(60);

impl Run<'_> {
    /// Whether the claim is still ours, for another lease.
    pub(super) async fn holds(&self) -> anyhow::Result<bool> {
        Ok(self.actions.store.queue.renew(self.claim, LEASE).await?)
    }

    /// Waits for a call and renews the claim meanwhile. A call that has begun is waited for even when the claim is lost: its
    /// answer is the truth about the tool.
    pub(super) async fn holding<T>(&self, call: impl Future<Output = T>) -> T {
        tokio::pin!(call);
        let mut every = tokio::time::interval(LEASE / 3);
        let mut held = true;
        loop {
            tokio::select! {
                answer = &mut call => return answer,
                _ = every.tick(), if held => held = self.holds().await.unwrap_or(false),
            }
        }
    }
}
