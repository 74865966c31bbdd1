//! Who is who in the workspace: the owner, the admins, and everybody else as a member.

use crate::{
    config::PeopleConfig,
    domain::{Actor, Role, UserId, WorkspaceId},
};
use std::sync::Arc;

/// Answers who somebody is. Nothing but the Slack user id counts.
#[derive(Clone)]
pub struct People {
    config: Arc<PeopleConfig>,
}

impl People {
    /// With the owner and the admins of the configuration.
    pub fn new(config: PeopleConfig) -> Self {
        Self { config: Arc::new(config) }
    }

    /// The person as somebody who acts.
    pub fn actor(&self, workspace: &WorkspaceId, user: &UserId) -> Actor {
        Actor { workspace: workspace.clone(), user: user.clone(), role: self.role(user) }
    }

    /// Owner and admins, each once: they decide requests whose policy names nobody else, and say who may use a connection.
    pub fn admins(&self) -> Vec<UserId> {
        let mut admins = vec![UserId(self.config.owner.clone())];
        for admin in &self.config.admins {
            let admin = UserId(admin.clone());
            if !admins.contains(&admin) {
                admins.push(admin);
            }
        }
        admins
    }

    fn role(&self, user: &UserId) -> Role {
        if self.config.owner == user.0 {
            Role::Owner
        } else if self.config.admins.contains(&user.0) {
            Role::Admin
        } else {
            Role::Member
        }
    }
}
