//! Freeze and unfreeze users: a frozen user cannot log in, and still takes a seat.

use super::live;
use super::operation::{Asked, Operation, Standing};
use super::people::{self, User};
use super::write::{TOGETHER, Write};
use crate::{api, id};
use serde::Deserialize;
use serde_json::json;
use weft_integration::prelude::*;

/// Both actions.
pub fn actions() -> [Action; 2] {
    let freeze = Action::new("freeze-user", "Freeze user", "User")
        .help("The user cannot log in for now. They stay active and keep their seat: for the time until it is clear what becomes of them.")
        .destructive()
        .taken_back_by("unfreeze-user", Reversal::Lossless);
    let unfreeze = Action::new("unfreeze-user", "Unfreeze user", "User")
        .help("The user can log in again.")
        .taken_back_by("freeze-user", Reversal::Lossless);
    [freeze, unfreeze].map(|action| action.touching(&["UserLogin"]).in_batches_of(TOGETHER as u32))
}

/// Whether a user can log in, apart from being active.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Login {
    pub id: String,
    user_id: String,
    pub is_frozen: bool,
}

/// Those of these users.
pub fn read(users: &[&str]) -> Result<Vec<Login>, Error> {
    live::by("UserLogin", "Id,UserId,IsFrozen", "UserId", users, "")
}

/// The one of this user.
pub fn of<'a>(logins: &'a [Login], user: &str) -> Option<&'a Login> {
    logins.iter().find(|login| id::same(Some(&login.user_id), Some(user)))
}

/// The change that freezes or unfreezes.
pub fn freeze(login: &Login, frozen: bool) -> Write {
    Write::update("UserLogin", &login.id, json!({ "IsFrozen": frozen }))
}

/// Whether users are to be frozen.
pub struct Freeze(pub bool);

pub struct Facts {
    pub users: Vec<User>,
    pub logins: Vec<Login>,
    pub own_user: String,
}

impl Operation for Freeze {
    type Facts = Facts;

    fn read(&self, targets: &[Asked<'_>]) -> Result<Facts, Error> {
        let logins = read(&people::keys(targets))?;
        Ok(Facts { users: people::read(targets)?, logins, own_user: api::user_info()?.user_id })
    }

    fn stand(&self, key: &str, facts: &Facts) -> Option<Standing> {
        let user = people::find(&facts.users, key)?;
        let login = of(&facts.logins, &user.id);
        let before = json!({ "IsFrozen": login.map(|login| login.is_frozen) });
        let made = if self.0 { "The user is frozen." } else { "The user is not frozen." };
        let mut standing = Standing::new(user.title(), before, made);
        let Some(login) = login else {
            standing.blocker("Salesforce does not show whether this user is frozen, so it cannot be changed.");
            return Some(standing);
        };
        standing.touching("UserLogin", &login.id);
        if login.is_frozen == self.0 {
            return Some(standing);
        }
        let (says, done, inverse) = if self.0 {
            ("Freeze the user. They cannot log in any more.", made, "unfreeze-user")
        } else {
            ("Unfreeze the user. They can log in again.", "The user is unfrozen.", "freeze-user")
        };
        standing.step(says, done, vec![freeze(login, self.0)]);
        standing.undo = Some(Undo::new(inverse, &json!({})));
        if self.0 {
            standing.note("They stay active and keep their seats. Sessions that are open go on until they end.");
            if id::same(Some(&facts.own_user), Some(&user.id)) {
                standing.blocker("Weft itself is connected as this user.");
            }
        } else if !user.is_active {
            standing.warning("The user is inactive, and cannot log in before they are reactivated.");
        }
        Some(standing)
    }
}
