//! Assign role: a user has one role, so it replaces the one they have.

use super::change::{Facts, Needs, UserChange};
use super::remove_role;
use super::user::User;
use crate::id;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use weft_integration::prelude::*;

pub fn action() -> Action {
    Action::new("assign-role", "Assign role", "User")
        .help("Gives the user a place in the role hierarchy, in place of the one they have.")
        .with_inputs([Input::reference("role", "Role", "UserRole")])
        .taken_back_by("assign-role", Reversal::Lossless)
        .in_batches_of(super::run::BATCH)
}

pub struct AssignRole {
    role: String,
}

#[derive(Deserialize)]
struct Inputs {
    role: String,
}

impl AssignRole {
    /// From the inputs of a call.
    pub fn of(inputs: &str) -> Result<Self, Error> {
        let role = serde_json::from_str::<Inputs>(inputs).ok().and_then(|inputs| id::normalize(&inputs.role));
        role.map(|role| Self { role }).ok_or_else(|| Error::invalid_input("role", "Choose a role."))
    }
}

impl UserChange for AssignRole {
    fn is_made(&self, user: &User) -> bool {
        id::same(user.user_role_id.as_deref(), Some(&self.role))
    }

    fn body(&self) -> Json {
        json!({ "UserRoleId": self.role })
    }

    fn before(&self, user: &User) -> Json {
        remove_role::before(user)
    }

    fn plan(&self, plan: TargetPlan, user: &User, facts: &Facts) -> TargetPlan {
        let role = facts.role.as_ref().map_or(self.role.as_str(), |role| role.name.as_str());
        let plan = plan.step(match user.role_name() {
            Some(now) => format!("Assign the role {role} in place of {now}."),
            None => format!("Assign the role {role}."),
        });
        remove_role::reservations(plan, user)
    }

    fn undo(&self, user: &User) -> Undo {
        match &user.user_role_id {
            Some(role) => Undo::new("assign-role", &json!({ "role": role })),
            None => Undo::new("remove-role", &json!({})),
        }
    }

    fn made(&self) -> &'static str {
        "The user has the role."
    }

    fn needs(&self) -> Needs {
        Needs { ties: false, role: Some(self.role.clone()) }
    }
}
