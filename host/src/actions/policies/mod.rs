//! What admins said of approvals: for a connection as a whole, for single actions of it, and which actions are off. Where they said
//! nothing, the operator's settings hold. A request keeps the policy it was prepared under.

mod entered;
mod window;

pub use entered::{EnteredPolicy, MAX_HOURS, MAX_NEEDED, MAX_PEOPLE};
pub use window::{ActionPolicy, PoliciesView, PolicyOf, PolicyView, Stands};

use super::{
    connector::Connected,
    policy::{ActionSettings, Approval, Policy},
    service::{Actions, fault},
};
use crate::{
    domain::{Action, ActionName, ConnectionId, Effect, Outcome, WorkspaceId},
    store::{Entity, StoreError, Versioned},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Said of an action that is off.
const OFF: &str = "An admin turned it off for this connection: nobody can ask for it.";

/// What admins said of one connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policies {
    /// Which.
    pub connection: ConnectionId,
    /// Of all its actions that have no policy of their own.
    pub default: Option<Policy>,
    /// Of these actions.
    pub actions: BTreeMap<ActionName, Policy>,
    /// Actions that nobody can ask for, and that do not run.
    pub off: BTreeSet<ActionName>,
}

impl Entity for Policies {
    const KIND: &'static str = "approval-policies";

    fn id(&self) -> String {
        self.connection.0.clone()
    }
}

impl Policies {
    /// Nothing said.
    fn none(connection: &ConnectionId) -> Self {
        Self { connection: connection.clone(), default: None, actions: BTreeMap::new(), off: BTreeSet::new() }
    }

    /// The policy of an action: its own, or the connection's, or the operator's.
    pub fn of(&self, settings: &ActionSettings, action: &Action) -> Policy {
        if let Some(own) = self.actions.get(&action.name) {
            return own.clone();
        }
        let default = self.base(settings);
        match action.effect {
            Effect::Change => default,
            Effect::Destructive => stricter(default),
        }
    }

    /// The connection's policy, or the operator's.
    fn base(&self, settings: &ActionSettings) -> Policy {
        self.default.clone().unwrap_or_else(|| settings.policy())
    }
}

/// What removes access or data always needs a reason and somebody's approval, unless it has a policy of its own that says otherwise.
fn stricter(default: Policy) -> Policy {
    let approval = match default.approval {
        Approval::None => Approval::One,
        asked => asked,
    };
    // A default that asks nobody may name nobody either.
    let only_named = default.only_named && !default.approvers.is_empty();
    Policy { approval, only_named, reason: true, ..default }
}

impl Actions {
    /// What admins said of a connection; version 0 while they said nothing.
    pub(super) async fn stored_policies(
        &self,
        workspace: &WorkspaceId,
        id: &ConnectionId,
    ) -> Result<Versioned<Policies>, StoreError> {
        let found = self.store.control.load::<Policies>(workspace, id.as_str()).await?;
        Ok(found.unwrap_or_else(|| Versioned { version: 0, value: Policies::none(id) }))
    }

    /// The connection as it can be used now, without the actions that are off, and its policies.
    pub(super) async fn reach(&self, workspace: &WorkspaceId, id: &ConnectionId) -> Outcome<(Connected, Policies)> {
        let mut connected = self.connector.connect(workspace, id).await?;
        let policies = self.stored_policies(workspace, id).await.map_err(fault)?.value;
        connected.disabled.extend(policies.off.iter().map(|action| (action.clone(), OFF.to_owned())));
        Ok((connected, policies))
    }

    /// Why an action is not run from now on, when an admin has turned it off.
    pub(super) async fn turned_off(
        &self,
        workspace: &WorkspaceId,
        id: &ConnectionId,
        action: &Action,
    ) -> Result<Option<String>, StoreError> {
        let policies = self.stored_policies(workspace, id).await?.value;
        let is_off = policies.off.contains(&action.name);
        Ok(is_off.then(|| format!("“{}” was not run. {OFF}", action.title)))
    }
}

#[cfg(test)]
mod tests;
