//! The door as one handle: what it stands on.

use super::client::{Client, Session};
use super::directory::Directory;
use super::names::KnownNames;
use super::signature::Verifier;
use crate::actions::Actions;
use crate::audit::Audit;
use crate::boards::Boards;
use crate::domain::{Millis, WorkspaceId};
use crate::store::{Clock, Store};
use std::sync::Arc;

/// What the door is made of.
pub struct Parts {
    /// Inbox, message addresses.
    pub store: Store,
    /// The time the store goes by.
    pub clock: Clock,
    /// Whom to believe.
    pub verifier: Verifier,
    /// Slack's Web API.
    pub client: Client,
    /// Boards.
    pub boards: Boards,
    /// Requests.
    pub actions: Actions,
    /// The audit log.
    pub audit: Audit,
    /// People, connections and fetching.
    pub directory: Arc<dyn Directory>,
}

/// The Slack door. Cheap to clone.
#[derive(Clone)]
pub struct Door {
    parts: Arc<Parts>,
    names: Arc<KnownNames>,
}

impl Door {
    /// A door made of these.
    pub fn new(parts: Parts) -> Self {
        Self { parts: Arc::new(parts), names: Arc::default() }
    }

    pub(super) fn store(&self) -> &Store {
        &self.parts.store
    }

    pub(super) fn verifier(&self) -> &Verifier {
        &self.parts.verifier
    }

    pub(super) fn boards(&self) -> &Boards {
        &self.parts.boards
    }

    pub(super) fn actions(&self) -> &Actions {
        &self.parts.actions
    }

    pub(super) fn audit(&self) -> &Audit {
        &self.parts.audit
    }

    pub(super) fn known_names(&self) -> &KnownNames {
        &self.names
    }

    pub(super) fn directory(&self) -> &dyn Directory {
        self.parts.directory.as_ref()
    }

    pub(super) fn now(&self) -> Millis {
        self.parts.clock.now()
    }

    /// Slack as the workspace's bot; none when Weft is not installed there.
    pub(super) fn session(&self, workspace: &WorkspaceId) -> Option<Session> {
        let token = self.parts.directory.token(workspace)?;
        Some(self.parts.client.session(workspace, &token))
    }
}
