//! The channel that follows the audit log: each new record, in order, a few at a time. Where it stands is stored after Slack has taken a
//! message, so a record is posted again rather than lost, and nothing else waits for it.

use super::audit::lines;
use super::visit::FlowError;
use crate::domain::WorkspaceId;
use crate::slack::Door;
use crate::slack::address::AuditFeed;
use crate::slack::render;
use crate::store::WriteSet;
use anyhow::Context;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Records of one message: what happens at once is told at once.
const TOLD_AT_ONCE: usize = 25;
/// Between two looks at the log: rows of one moment are told together, and Slack takes about a message a second.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// After Slack or the store did not take it.
const AFTER_FAILURE: Duration = Duration::from_secs(60);

impl Door {
    /// Posts each new record of the log to this channel until told to stop. The first time it begins with what comes from then on.
    pub async fn follow_audit(&self, workspace: WorkspaceId, channel: String, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let pause = match self.tell_audit(&workspace, &channel).await {
                Ok(0) => LOOK_EVERY,
                Ok(_) => continue,
                Err(error) => {
                    tracing::warn!(%error, "The audit channel was not told; it is tried again, and nothing is left out");
                    AFTER_FAILURE
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Posts the next records, if there are any, and answers how many.
    pub(in crate::slack) async fn tell_audit(
        &self,
        workspace: &WorkspaceId,
        channel: &str,
    ) -> Result<usize, FlowError> {
        let control = &self.store().control;
        let feed = control.load::<AuditFeed>(workspace, channel).await.context("where the audit channel stands")?;
        let Some(feed) = feed.map(|feed| feed.value) else {
            let last = control.audit_last(workspace).await.context("the end of the audit log")?;
            let begun = AuditFeed { channel: channel.to_owned(), told: last.map_or(0, |record| record.seq) };
            control
                .commit(workspace, WriteSet::default().put(&begun))
                .await
                .context("where the audit channel stands")?;
            return Ok(0);
        };
        let records = control.audit(workspace, feed.told, TOLD_AT_ONCE).await.context("the audit log")?;
        let (Some(told), Some(session)) = (records.last().map(|last| last.seq), self.session(workspace)) else {
            return Ok(0);
        };
        let count = records.len();
        let lines = lines(self, workspace, records).await?;
        let names = self.names_of(&session, &render::people_in(&lines)).await;
        session.post(channel, None, &render::audit_feed(&lines, &names)).await?;
        let after = AuditFeed { told, ..feed };
        control.commit(workspace, WriteSet::default().put(&after)).await.context("where the audit channel stands")?;
        Ok(count)
    }
}
