//! Connecting and fetching.

use super::visit::Visit;
use crate::connections::{Begun, Users};
use crate::domain::{ConnectionId, IntegrationId};
use crate::slack::SlackError;
use crate::slack::block::AlertLevel;
use crate::slack::render;

impl Visit {
    pub(super) async fn connect(
        &self,
        integration: &IntegrationId,
        connection: Option<ConnectionId>,
    ) -> Result<(), SlackError> {
        let directory = self.door.directory();
        let link = async {
            let begun = directory.connect(&self.actor, integration, connection).await?;
            let known = directory.integrations().into_iter().find(|(id, _)| id == integration);
            let name = known.map_or_else(|| integration.0.clone(), |(_, name)| name);
            Ok(match begun {
                Begun::Browser(url) => render::connect_link(&name, url.as_str()),
                Begun::Said(said) => render::said(&name, AlertLevel::Success, &said),
            })
        };
        self.in_modal("Preparing the connection…", link).await
    }

    pub(super) async fn access(&self, connection: &ConnectionId) -> Result<(), SlackError> {
        let directory = self.door.directory();
        let screen = async {
            let view = directory.access(&self.actor, connection).await?;
            let off = self.door.actions().off(&self.actor, connection).await?;
            Ok(render::access(&view, &off))
        };
        self.in_modal("Looking it up…", screen).await
    }

    pub(super) async fn permissions(&self, connection: &ConnectionId) -> Result<(), SlackError> {
        let screen = async {
            let view = self.door.directory().permissions(&self.actor, connection).await?;
            Ok(render::permissions(connection, &view))
        };
        self.in_modal("Looking it up…", screen).await
    }

    /// Boards and Homes follow by the notice that the change itself enqueues.
    pub(super) async fn permit(&self, connection: &ConnectionId, users: Users) -> Result<(), SlackError> {
        let permitted = self.door.directory().permit(&self.actor, connection, users).await;
        self.end("Manage permissions", permitted.map(|view| render::permitted(&view))).await
    }

    pub(super) async fn sync(&self, connection: &ConnectionId) -> Result<(), SlackError> {
        let directory = self.door.directory();
        let begun = async {
            directory.sync(&self.actor, connection).await?;
            Ok(render::sentence("The fetch begins. The Home of this app shows how far it is."))
        };
        self.answer_with(begun).await
    }
}
