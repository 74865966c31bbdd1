//! Reactivate user: they can log in again and take a seat.

use super::change::{Facts, Needs, UserChange};
use super::user::User;
use serde_json::{Value as Json, json};
use weft_integration::prelude::*;

pub fn action() -> Action {
    Action::new("reactivate-user", "Reactivate user", "User")
        .help("The user can log in again, with the profile, role and permissions they have. They take a seat of their licence.")
        .taken_back_by("deactivate-user", Reversal::Lossless)
        .in_batches_of(super::run::BATCH)
}

pub struct ReactivateUser;

impl UserChange for ReactivateUser {
    fn is_made(&self, user: &User) -> bool {
        user.is_active
    }

    fn body(&self) -> Json {
        json!({ "IsActive": true })
    }

    fn before(&self, user: &User) -> Json {
        json!({ "IsActive": user.is_active, "Username": user.username })
    }

    fn plan(&self, plan: TargetPlan, user: &User, _facts: &Facts) -> TargetPlan {
        let plan = plan
            .step("Reactivate the user. They can log in again.")
            .step("They take a seat of their user licence; Salesforce refuses when none is free.");
        if user.is_system() { plan.blocker("Salesforce runs this user itself.") } else { plan }
    }

    fn undo(&self, _user: &User) -> Undo {
        Undo::new("deactivate-user", &json!({}))
    }

    fn made(&self) -> &'static str {
        "The user is active."
    }

    fn needs(&self) -> Needs {
        Needs::default()
    }
}
