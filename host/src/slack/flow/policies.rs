//! Approval policies of a connection: the window, what it is about, and saving it. Whether the person may is decided by the feature.

use super::visit::Visit;
use crate::actions::{EnteredPolicy, PolicyOf};
use crate::domain::{ActionName, ConnectionId};
use crate::slack::SlackError;
use crate::slack::render;

impl Visit {
    /// The window, for the default of the connection or for one action.
    pub(super) async fn policies(
        &self,
        connection: &ConnectionId,
        action: Option<&ActionName>,
    ) -> Result<(), SlackError> {
        let screen = async {
            let view = self.door.actions().policies(&self.actor, connection).await?;
            Ok(render::policies(&view, action))
        };
        self.in_modal("Looking it up…", screen).await
    }

    pub(super) async fn save_policy(&self, of: &PolicyOf, entered: &EnteredPolicy) -> Result<(), SlackError> {
        let saved = self.door.actions().set_policy(&self.actor, of, entered).await;
        self.end("Approval policies", saved.map(|view| render::policy_saved(&view, of.action.as_ref()))).await
    }
}
