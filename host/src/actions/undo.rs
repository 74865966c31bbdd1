//! Taking a request back: a new draft of its inverse, with a preview and an approval of its own.

use super::{
    refusal::Refusal,
    request::{Draft, Request, RequestTarget},
    service::{Actions, fault},
    target::TargetState,
};
use crate::domain::{Actor, AppError, Outcome, RecordRef, RequestId};

impl Actions {
    /// Drafts that take back what a finished request did, the one with the most targets first: targets that need other inputs
    /// (each its own former role) need drafts of their own.
    pub async fn undo_drafts(&self, actor: &Actor, id: &RequestId) -> Outcome<Vec<Draft>> {
        self.view(actor, id).await?;
        let request = self.load(&actor.workspace, id).await?.value;
        if !request.standing.state.is_final() {
            return Err(Refusal::Unfinished.into());
        }
        let targets = self.targets(&actor.workspace, id, request.frozen.targets as usize).await.map_err(fault)?;
        let drafts = drafts(&request, targets.into_iter().map(|target| target.value));
        if drafts.is_empty() {
            return Err(AppError::refused("Nothing of this request can be taken back by Weft. Nothing was changed."));
        }
        Ok(drafts)
    }

    /// The draft of [`Actions::undo_drafts`], where one is enough.
    pub async fn undo_draft(&self, actor: &Actor, id: &RequestId) -> Outcome<Draft> {
        let mut drafts = self.undo_drafts(actor, id).await?;
        match (drafts.pop(), drafts.len()) {
            (Some(draft), 0) => Ok(draft),
            (_, others) => Err(AppError::refused(format!(
                "Its records were changed from {} different states, so each kind has to be taken back by a request of its own.",
                others + 1
            ))),
        }
    }
}

/// What takes back each target that was changed, those with the same inverse together.
fn drafts(request: &Request, targets: impl Iterator<Item = RequestTarget>) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    for RequestTarget { state, frozen, undo, .. } in targets {
        let (TargetState::Done, Some(undo), Some(object)) = (state, undo, frozen.object) else { continue };
        let connection = request.frozen.connection.clone();
        let record = RecordRef { connection: connection.clone(), object, key: frozen.plan.key };
        match drafts.iter_mut().find(|draft| draft.action == undo.action && draft.inputs == undo.inputs) {
            Some(draft) => draft.targets.push(record),
            None => drafts.push(Draft {
                connection,
                action: undo.action,
                inputs: undo.inputs,
                targets: vec![record],
                board: request.frozen.board.clone(),
                undo_of: Some(request.id.clone()),
            }),
        }
    }
    drafts.sort_by_key(|draft| std::cmp::Reverse(draft.targets.len()));
    drafts
}

#[cfg(test)]
mod tests;
