//! Taking a request back: a new draft of its inverse, with a preview and an approval of its own.

use super::{
    refusal::Refusal,
    request::{Draft, Request, RequestTarget},
    service::{Actions, fault},
    target::TargetState,
};
use crate::domain::{ActionName, Actor, AppError, ObjectName, Outcome, RecordRef, RequestId, Reversal, Undo};

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
        let (connected, _) = self.reach(&actor.workspace, &request.frozen.connection).await?;
        let description = connected.integration.description();
        let targets = targets.into_iter().map(|target| target.value);
        let drafts = drafts(&request, targets, |name| Some(description.action(name)?.object.clone()));
        if drafts.is_empty() {
            return Err(AppError::refused("Nothing of this request can be taken back by Weft. Nothing was changed."));
        }
        Ok(drafts)
    }
}

/// What takes back each target that was changed, those with the same inverse together. `runs_on` tells the object of an action, if
/// there is such an action.
fn drafts(
    request: &Request,
    targets: impl Iterator<Item = RequestTarget>,
    runs_on: impl Fn(&ActionName) -> Option<Option<ObjectName>>,
) -> Vec<Draft> {
    let connection = &request.frozen.connection;
    let mut drafts: Vec<Draft> = Vec::new();
    for RequestTarget { state, frozen, undo, .. } in targets {
        let (TargetState::Done, Some(undo)) = (state, undo) else { continue };
        let Some(object) = runs_on(&undo.action) else { continue };
        // What was created is taken back by its own key; what was deleted, by an action without target.
        let own = (frozen.object == object).then_some(frozen.plan.key);
        let record = match (object, undo.target.or(own)) {
            (Some(object), Some(key)) => Some(RecordRef { connection: connection.clone(), object, key }),
            (Some(_), None) => continue,
            (None, _) => None,
        };
        let same = |draft: &&mut Draft| draft.action == undo.action && draft.inputs == undo.inputs;
        match (record, drafts.iter_mut().find(same)) {
            (Some(record), Some(draft)) => draft.targets.push(record),
            (record, _) => drafts.push(Draft {
                connection: connection.clone(),
                action: undo.action,
                inputs: undo.inputs,
                targets: record.into_iter().collect(),
                board: request.frozen.board.clone(),
                chosen: None,
                undo_of: Some(request.id.clone()),
            }),
        }
    }
    drafts.sort_by_key(|draft| std::cmp::Reverse(draft.targets.len()));
    drafts
}

/// Whether a request can be taken back. An action that may lose something loses nothing where the plans for all records of the request
/// say so: what a licence costs to give back depends on its kind.
pub(super) fn reversal(declared: Reversal, targets: &[RequestTarget]) -> Reversal {
    let changed = |target: &&RequestTarget| target.frozen.plan.blockers.is_empty() && !target.frozen.plan.already;
    let mut undos = targets.iter().filter(changed).map(undo_of).peekable();
    let is_lossless = undos.peek().is_some() && undos.all(|undo| undo.is_some_and(|undo| undo.loses.is_empty()));
    if declared == Reversal::Lossy && is_lossless { Reversal::Lossless } else { declared }
}

/// As the run left it, else as planned.
pub(super) fn undo_of(target: &RequestTarget) -> Option<&Undo> {
    target.undo.as_ref().or(target.frozen.plan.undo.as_ref())
}

#[cfg(test)]
mod tests;
