//! What becomes of requests whose connection is being disconnected: those that nobody decided and those that did not begin end. One that
//! runs is run to its end first.

use super::{
    machine::{Event, RequestState, step},
    policies::Policies,
    request::Request,
    service::{Actions, Step, moved},
};
use crate::{
    domain::{ActionName, AppError, ConnectionId, Outcome, RequestId, UserId, WorkspaceId},
    store::WriteSet,
};

/// A request that a disconnection would end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenRequestView {
    /// Which.
    pub id: RequestId,
    /// What is asked for.
    pub action: ActionName,
    /// The same as people call it.
    pub title: String,
    /// On how many records.
    pub targets: usize,
    /// By whom.
    pub requester: UserId,
    /// Where it stands.
    pub state: RequestState,
}

/// What admins said of approvals goes with the connection.
pub fn without_policies(write: WriteSet, connection: &ConnectionId) -> WriteSet {
    write.delete::<Policies>(connection.0.clone())
}

impl Actions {
    /// The requests of a connection that are not over, the oldest first.
    pub async fn open_of(&self, workspace: &WorkspaceId, connection: &ConnectionId) -> Outcome<Vec<OpenRequestView>> {
        let mut found = Vec::new();
        for id in self.open(workspace).await? {
            // Over and forgotten since it was listed.
            let Ok(request) = self.load(workspace, &id).await else { continue };
            let Request { frozen, standing, .. } = request.value;
            if &frozen.connection == connection && !standing.state.is_final() {
                found.push(OpenRequestView {
                    id,
                    action: frozen.action.name,
                    title: frozen.action.title,
                    targets: frozen.targets as usize,
                    requester: standing.requester,
                    state: standing.state,
                });
            }
        }
        Ok(found)
    }

    /// Ends the requests of a connection that do not run, since it is disconnected by this person. Answers how many ended.
    pub async fn end_of(&self, workspace: &WorkspaceId, connection: &ConnectionId, by: &UserId) -> Outcome<usize> {
        let mut ended = 0;
        for open in self.open_of(workspace, connection).await? {
            let at = self.clock.now();
            let end = |request: &Request, _| {
                let after = moved(request, step(&request.standing, Event::End { at })?);
                let detail = format!("{by} disconnects {}", request.frozen.connection_title);
                Ok(Step { after, actor: None, what: "request.ended", detail, jobs: Vec::new() })
            };
            match self.change(workspace, &open.id, end).await {
                Ok(()) => ended += 1,
                // It runs, or came to its end by itself.
                Err(AppError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(ended)
    }
}
