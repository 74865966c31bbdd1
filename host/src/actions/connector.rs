//! How actions reach a connection: asked anew for each step, so that a pause, a new permission or a new component counts at once.

use crate::{
    domain::{Action, ActionName, AppError, ConnectionId, IntegrationId, NoAccess, Outcome, UserId, WorkspaceId},
    plugins::{Access, Integration},
};
use async_trait::async_trait;
use std::collections::BTreeMap;

/// Knows the connections. Implemented by `connections`, which actions may not name.
#[async_trait]
pub trait Connector: Send + Sync {
    /// Whether this person may use the connection now.
    fn use_of(&self, workspace: &WorkspaceId, user: &UserId, connection: &ConnectionId) -> Result<(), NoAccess>;

    /// The connection as it can be used now. A refusal says why it cannot (gone, paused, to be authorized again) and ends what
    /// waits for it; a fault is tried again later.
    async fn connect(&self, workspace: &WorkspaceId, connection: &ConnectionId) -> Outcome<Connected>;

    /// The connection as it is known, even while it cannot be used.
    async fn known(&self, workspace: &WorkspaceId, connection: &ConnectionId) -> Outcome<Known>;
}

/// A connection, ready for use.
#[derive(Clone)]
pub struct Connected {
    /// Its component.
    pub integration: Integration,
    /// What calls are made with.
    pub access: Access,
    /// As people know the connection.
    pub title: String,
    /// The integration's id.
    pub id: IntegrationId,
    /// Keys of records that are never a target: the user whose credentials these are.
    pub protected: Vec<String>,
    /// Actions that cannot be used, and why: an admin turned them off, or the credentials do not allow them.
    pub disabled: BTreeMap<ActionName, String>,
    /// The workspace's owner and admins: who is asked to decide.
    pub approvers: Vec<UserId>,
}

impl Connected {
    /// The action of this name, when it is offered and not turned off.
    pub fn action(&self, name: &ActionName) -> Outcome<&Action> {
        let Some(action) = self.integration.description().action(name) else {
            return Err(AppError::refused(format!(
                "“{}” does not offer this action (any more). Nothing was done.",
                self.title
            )));
        };
        if let Some(why) = self.disabled.get(name) {
            return Err(AppError::refused(format!(
                "“{}” cannot be used on “{}”, so nothing was done. {why}",
                action.title, self.title
            )));
        }
        Ok(action)
    }
}

/// A connection as people know it, whether it can be used now or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// As people call it.
    pub title: String,
    /// What its integration offers.
    pub actions: Vec<Action>,
    /// The workspace's owner and admins.
    pub admins: Vec<UserId>,
}
