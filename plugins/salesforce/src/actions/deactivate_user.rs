//! Deactivate user: they can no longer log in, and their seat is free.

use super::change::{Facts, Needs, UserChange};
use super::ties;
use super::user::User;
use serde_json::{Value as Json, json};
use weft_integration::prelude::*;

pub fn action() -> Action {
    Action::new("deactivate-user", "Deactivate user", "User")
        .help("The user can no longer log in, and the seat of their user licence is free. Their records stay.")
        .destructive()
        .taken_back_by("reactivate-user", Reversal::Lossless)
        .in_batches_of(super::run::BATCH)
}

pub struct DeactivateUser;

impl UserChange for DeactivateUser {
    fn is_made(&self, user: &User) -> bool {
        !user.is_active
    }

    fn body(&self) -> Json {
        json!({ "IsActive": false })
    }

    fn before(&self, user: &User) -> Json {
        json!({ "IsActive": user.is_active, "Username": user.username })
    }

    fn plan(&self, plan: TargetPlan, user: &User, facts: &Facts) -> TargetPlan {
        let mut plan = plan.step("Deactivate the user. They are logged out and cannot log in any more.").step(
            "The seat of their user licence becomes free. Seats of permission set and package licences stay taken.",
        );
        for field in ties::naming(facts, user) {
            plan = plan.warning(format!(
                "Other users name them in the field {field}. Salesforce refuses if it is a hierarchy field: name somebody else there first."
            ));
        }
        if facts.is_own(user) {
            plan = plan.blocker("Weft itself is connected as this user.");
        }
        if user.is_system() {
            plan = plan.blocker("Salesforce runs this user itself.");
        }
        if ties::is_last_admin(user, facts) {
            plan = plan.blocker("No other active user could administer the org.");
        }
        plan
    }

    fn undo(&self, _user: &User) -> Undo {
        Undo::new("reactivate-user", &json!({}))
    }

    fn made(&self) -> &'static str {
        "The user is inactive."
    }

    fn needs(&self) -> Needs {
        Needs { ties: true, role: None }
    }
}
