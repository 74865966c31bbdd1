//! Remove role: the user stands outside the role hierarchy.

use super::change::{Facts, Needs, UserChange};
use super::user::User;
use crate::id;
use serde_json::{Value as Json, json};
use weft_integration::prelude::*;

pub fn action() -> Action {
    Action::new("remove-role", "Remove role", "User")
        .help("Takes the user out of the role hierarchy. They no longer see what they saw through it.")
        .taken_back_by("assign-role", Reversal::Lossless)
        .in_batches_of(super::run::BATCH)
}

pub struct RemoveRole;

impl UserChange for RemoveRole {
    fn is_made(&self, user: &User) -> bool {
        user.user_role_id.is_none()
    }

    fn body(&self) -> Json {
        json!({ "UserRoleId": null })
    }

    fn before(&self, user: &User) -> Json {
        before(user)
    }

    fn plan(&self, plan: TargetPlan, user: &User, _facts: &Facts) -> TargetPlan {
        let plan = plan.step(format!("Remove the role {}.", user.role_name().unwrap_or("they have")));
        reservations(plan, user)
    }

    fn undo(&self, user: &User) -> Undo {
        Undo::new("assign-role", &json!({ "role": user.user_role_id }))
    }

    fn made(&self) -> &'static str {
        "The user has no role."
    }

    fn needs(&self) -> Needs {
        Needs::default()
    }
}

/// What a change of role rests on.
pub fn before(user: &User) -> Json {
    json!({ "IsActive": user.is_active, "UserRoleId": user.user_role_id.as_deref().and_then(id::normalize) })
}

/// What speaks against any change of this user's role.
pub fn reservations(mut plan: TargetPlan, user: &User) -> TargetPlan {
    if user.is_portal() {
        plan = plan.blocker("The role of a portal, partner or guest user follows from their account.");
    }
    if user.is_system() {
        plan = plan.blocker("Salesforce runs this user itself.");
    }
    if !user.is_active {
        plan = plan.warning("The user is inactive.");
    }
    plan
}
