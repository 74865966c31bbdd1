//! Deactivate and reactivate users: without and with a login, and with it a seat of their user licence.

use super::inputs::Inputs;
use super::live;
use super::logins::{self, Login};
use super::operation::{Asked, Operation, Standing};
use super::people::{self, User};
use super::ties::{self, Ties};
use super::write::{TOGETHER, Write};
use serde_json::{Value as Json, json};
use weft_integration::prelude::*;

/// Both actions.
pub fn actions() -> [Action; 2] {
    let deactivate = Action::new("deactivate-user", "Deactivate user", "User")
        .help("The user can no longer log in, and the seat of their user licence is free. Their records stay. Should Salesforce refuse, they are frozen.")
        .destructive()
        .taken_back_by("reactivate-user", Reversal::Lossless);
    let unfreeze = Input::new("unfreeze", "Unfreeze them too", InputType::Boolean)
        .optional()
        .help("A user who was frozen before stays locked out until they are unfrozen.");
    let reactivate = Action::new("reactivate-user", "Reactivate user", "User")
        .help("The user can log in again, with the profile, role and permissions they have. They take a seat of their licence.")
        .with_inputs([unfreeze])
        .taken_back_by("deactivate-user", Reversal::Lossless);
    [deactivate, reactivate]
        .map(|action| action.touching(&["UserLogin", "LicenseAssignment", "License"]).in_batches_of(TOGETHER as u32))
}

/// Records that follow from whether a user is active.
pub fn touch(standing: &mut Standing, user: &User) {
    standing.touching("User", &user.id);
    standing.touching("LicenseAssignment", &user.id);
    if let Some(license) = user.license_id() {
        standing.touching("License", license);
    }
}

fn before(user: &User) -> Json {
    json!({ "IsActive": user.is_active, "Username": user.username })
}

pub struct Deactivate;

pub struct DeactivateFacts {
    pub users: Vec<User>,
    /// None where they may not be read.
    pub logins: Vec<Login>,
    pub ties: Ties,
}

impl Operation for Deactivate {
    type Facts = DeactivateFacts;

    fn read(&self, targets: &[Asked<'_>]) -> Result<DeactivateFacts, Error> {
        let keys = people::keys(targets);
        let logins = live::readable(logins::read(&keys))?.unwrap_or_default();
        Ok(DeactivateFacts { users: people::read(targets)?, logins, ties: ties::read(&keys)? })
    }

    fn stand(&self, key: &str, facts: &DeactivateFacts) -> Option<Standing> {
        let user = people::find(&facts.users, key)?;
        let mut standing = Standing::new(user.title(), before(user), "The user is inactive.");
        touch(&mut standing, user);
        if !user.is_active {
            return Some(standing);
        }
        standing.step(
            "Deactivate the user.",
            "The user is inactive.",
            vec![Write::update("User", &user.id, json!({ "IsActive": false }))],
        );
        // Salesforce refuses for whom a rule or a default names, and tells so only then.
        if let Some(login) = logins::of(&facts.logins, &user.id).filter(|login| !login.is_frozen) {
            standing.instead(
                "Should Salesforce refuse, freeze the user instead.",
                "The user is frozen instead: they cannot log in, and keep their seat.",
                vec![logins::freeze(login, true)],
            );
        }
        standing.note("They are logged out and cannot log in any more, and the seat of their user licence becomes free. Seats of permission set and package licences stay taken.");
        facts.ties.reserve(&mut standing, user);
        standing.undo = Some(Undo::new("reactivate-user", &json!({})));
        Some(standing)
    }
}

pub struct Reactivate {
    unfreeze: bool,
}

pub struct ReactivateFacts {
    pub users: Vec<User>,
    /// Only where they are to be unfrozen.
    pub logins: Vec<Login>,
}

impl Reactivate {
    /// From the inputs of a call.
    pub fn of(inputs: &Inputs) -> Result<Self, Error> {
        Ok(Self { unfreeze: inputs.flag("unfreeze")? })
    }
}

impl Operation for Reactivate {
    type Facts = ReactivateFacts;

    fn read(&self, targets: &[Asked<'_>]) -> Result<ReactivateFacts, Error> {
        let logins = if self.unfreeze { logins::read(&people::keys(targets))? } else { Vec::new() };
        Ok(ReactivateFacts { users: people::read(targets)?, logins })
    }

    fn stand(&self, key: &str, facts: &ReactivateFacts) -> Option<Standing> {
        let user = people::find(&facts.users, key)?;
        let mut standing = Standing::new(user.title(), json!({ "Username": user.username }), "The user is active.");
        touch(&mut standing, user);
        // Active first: Salesforce takes changes of other things of inactive users less readily.
        if !user.is_active {
            standing.step(
                "Reactivate the user. They can log in again.",
                "The user is active.",
                vec![Write::update("User", &user.id, json!({ "IsActive": true }))],
            );
            standing.note("They take a seat of their user licence; Salesforce refuses when none is free.");
            standing.undo = Some(Undo::new("deactivate-user", &json!({})));
        }
        if let Some(login) = logins::of(&facts.logins, &user.id).filter(|login| login.is_frozen) {
            standing.step("Unfreeze the user.", "The user is unfrozen.", vec![logins::freeze(login, false)]);
            standing.undo.get_or_insert_with(|| Undo::new("freeze-user", &json!({})));
        }
        if !standing.is_made() {
            people::refuse_system(&mut standing, user);
        }
        Some(standing)
    }
}
