//! Asking again for what did not happen: a new draft of the same action for those targets, with a preview and an approval of its own.

use super::{
    refusal::Refusal,
    request::{Draft, RequestTarget},
    service::{Actions, fault},
    target::TargetState,
};
use crate::domain::{Actor, AppError, Outcome, RecordRef, RequestId};

impl Actions {
    /// A draft for the targets of a finished request that failed, were changed meanwhile, stopped, or of which nobody knows: the new
    /// preview reads each live, so that one that happened after all is found to be as wanted.
    pub async fn retry_draft(&self, actor: &Actor, id: &RequestId) -> Outcome<Draft> {
        self.view(actor, id).await?;
        let request = self.load(&actor.workspace, id).await?.value;
        if !request.standing.state.is_final() {
            return Err(Refusal::Unfinished.into());
        }
        let frozen = request.frozen;
        let targets = self.targets(&actor.workspace, id, frozen.targets as usize).await.map_err(fault)?;
        let again: Vec<RequestTarget> =
            targets.into_iter().map(|target| target.value).filter(|target| was_left(target.state)).collect();
        if again.is_empty() {
            return Err(AppError::refused("Nothing of this request is left to be tried again. Nothing was changed."));
        }
        let connection = frozen.connection;
        let record = |target: RequestTarget| {
            let object = target.frozen.object?;
            Some(RecordRef { connection: connection.clone(), object, key: target.frozen.plan.key })
        };
        Ok(Draft {
            targets: again.into_iter().filter_map(record).collect(),
            connection: connection.clone(),
            action: frozen.action.name,
            inputs: frozen.inputs,
            board: frozen.board,
            chosen: None,
            undo_of: frozen.undo_of,
        })
    }
}

/// A request that was stopped as a whole leaves its targets as they were.
fn was_left(state: TargetState) -> bool {
    !state.is_final() || can_be_retried(state)
}

/// Whether trying again could make a difference. What was blocked in the plan never ran, and what runs is not over.
pub(super) fn can_be_retried(state: TargetState) -> bool {
    matches!(state, TargetState::Failed | TargetState::Changed | TargetState::Unknown | TargetState::Stopped)
}
