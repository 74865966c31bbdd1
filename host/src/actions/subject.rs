//! What a request is for, in a few words.

use super::request::Request;
use super::service::{Actions, fault};
use crate::domain::{Outcome, RequestId, WorkspaceId};

impl Actions {
    /// The action, and where, for those who read the audit log. None when the request was forgotten.
    pub async fn subject(&self, workspace: &WorkspaceId, id: &RequestId) -> Outcome<Option<String>> {
        let request = self.store.control.load::<Request>(workspace, id.as_str()).await.map_err(fault)?;
        Ok(request.map(|request| {
            let frozen = &request.value.frozen;
            format!("{} in {}", frozen.action.title, frozen.connection_title)
        }))
    }
}
