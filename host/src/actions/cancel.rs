//! Cancelling what has not begun of one request.

use super::{
    machine::{Event, step},
    request::Request,
    service::{Actions, Step, moved},
    view::RequestView,
};
use crate::domain::{Actor, Outcome, RequestId};

impl Actions {
    /// Ends what has not begun of an approved or running request, for its requester or an admin. Once this answers, no call to the
    /// tool begins for it; a call in hand ends, and its outcome counts.
    pub async fn cancel(&self, actor: &Actor, id: &RequestId) -> Outcome<RequestView> {
        let at = self.clock.now();
        let cancelled = |request: &Request, stops| {
            let after = moved(request, step(&request.standing, Event::Cancel { by: actor, stops, at })?);
            let detail = "what had not begun by then does not run".to_owned();
            Ok(Step { after, actor: Some(actor.clone()), what: "request.cancelled", detail, jobs: Vec::new() })
        };
        self.change(&actor.workspace, id, cancelled).await?;
        self.view(actor, id).await
    }
}
