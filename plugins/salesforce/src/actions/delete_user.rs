//! Delete user. Salesforce never deletes users; this takes from them all access and every seat, step by step, so that it can go on
//! where it stood: frozen first, so that nothing that fails later leaves them a way in.

use super::active;
use super::belongings::{self, Belongings};
use super::creation::count;
use super::inputs::Inputs;
use super::logins::{self, Login};
use super::operation::{Asked, Operation, Standing};
use super::people::{self, User};
use super::ties::{self, Ties};
use super::write::Write;
use serde_json::{Value as Json, json};
use weft_integration::prelude::*;

/// Users in one call: each takes some ten requests, and one for every token.
const BATCH: u32 = 5;
/// The end of user names and addresses of anonymised users. Nobody can ever receive mail there (RFC 2606).
const ANONYMOUS: &str = "@anonymised.invalid";

pub fn action() -> Action {
    Action::new("delete-user", "Delete user", "User")
        .help("Salesforce keeps user records, so this removes all access instead: freezes the user, ends tokens and sessions, takes permission sets, licences and group memberships, and deactivates. Their records stay, and their user name stays taken.")
        .with_inputs([Input::new("anonymise", "Anonymise too", InputType::Boolean)
            .optional()
            .help("Replaces name, user name, e-mail address and other personal fields. This cannot be taken back.")])
        .destructive()
        .touching(&["UserLogin", "OauthToken", "PermissionSetAssignment", "LicenseAssignment", "License", "GroupMember"])
        .taken_back_by("reactivate-user", Reversal::Lossy)
        .in_batches_of(BATCH)
}

pub struct DeleteUser {
    anonymise: bool,
}

impl DeleteUser {
    /// From the inputs of a call.
    pub fn of(inputs: &Inputs) -> Result<Self, Error> {
        Ok(Self { anonymise: inputs.flag("anonymise")? })
    }
}

pub struct Facts {
    pub users: Vec<User>,
    pub ties: Ties,
    pub logins: Vec<Login>,
    pub belongings: Belongings,
}

impl Operation for DeleteUser {
    type Facts = Facts;

    fn read(&self, targets: &[Asked<'_>]) -> Result<Facts, Error> {
        let keys = people::keys(targets);
        Ok(Facts {
            users: people::read(targets)?,
            ties: ties::read(&keys)?,
            logins: super::live::readable(logins::read(&keys))?.unwrap_or_default(),
            belongings: belongings::read(&keys)?,
        })
    }

    fn stand(&self, key: &str, facts: &Facts) -> Option<Standing> {
        let user = people::find(&facts.users, key)?;
        let theirs = facts.belongings.of(&user.id);
        let is_anonymous = user.username.ends_with(ANONYMOUS);
        // Not the user name: to anonymise replaces it, and what is left is done all the same.
        let before = json!({
            "Assignments": theirs.assignments.len(), "Licences": theirs.licenses.len(),
            "Memberships": theirs.memberships.len(),
        });
        let made = "The user is inactive and has no permission sets, licences, group memberships or tokens.";
        let mut standing = Standing::new(user.title(), before, made);
        active::touch(&mut standing, user);
        freeze(&mut standing, user, facts);
        theirs.end_access(&mut standing);
        theirs.take_away(&mut standing);
        if user.is_active {
            standing.step(
                "Deactivate the user. The seat of their user licence becomes free.",
                "Deactivated.",
                vec![Write::update("User", &user.id, json!({ "IsActive": false }))],
            );
        }
        if self.anonymise && !is_anonymous {
            let fields = anonymous(user, &facts.ties.updateable);
            standing.step(
                "Anonymise the user. This cannot be taken back.",
                "Anonymised.",
                vec![Write::update("User", &user.id, fields)],
            );
        }
        if !standing.is_made() {
            if user.is_active || self.anonymise {
                facts.ties.reserve(&mut standing, user);
            }
            facts.belongings.tell_unread(&mut standing);
            standing.note("Records they own stay theirs, and their user name stays taken.");
            // An undo that activates is for who was active, and gives back nobody who is anonymous.
            if !self.anonymise && user.is_active {
                standing.undo = Some(undo(&theirs));
            }
        }
        Some(standing)
    }
}

fn freeze(standing: &mut Standing, user: &User, facts: &Facts) {
    match logins::of(&facts.logins, &user.id) {
        Some(login) => {
            standing.touching("UserLogin", &login.id);
            if !login.is_frozen && user.is_active {
                let write = vec![logins::freeze(login, true)];
                standing.optional_step("Freeze the user, so that they cannot log in from here on.", "Frozen.", write);
            }
        }
        None if user.is_active => {
            standing.warning("The user cannot be frozen first: the connected user does not see whether they are frozen (\"Manage Users\").");
        }
        None => {}
    }
}

/// What is left of a person when nothing may be: only columns that may be changed, because one that may not spoils all.
fn anonymous(user: &User, updateable: &[String]) -> Json {
    let id = user.id.to_ascii_lowercase();
    let address = format!("{id}{ANONYMOUS}");
    let fields = [
        ("FirstName", Json::Null),
        ("LastName", json!("Former user")),
        ("Username", json!(address)),
        ("Email", json!(address)),
        ("Alias", json!("former")),
        ("CommunityNickname", json!(id)),
        ("Title", Json::Null),
        ("Department", Json::Null),
        ("Division", Json::Null),
        ("CompanyName", Json::Null),
        ("EmployeeNumber", Json::Null),
        ("FederationIdentifier", Json::Null),
        ("Phone", Json::Null),
        ("MobilePhone", Json::Null),
        ("Street", Json::Null),
        ("City", Json::Null),
        ("PostalCode", Json::Null),
        ("AboutMe", Json::Null),
    ];
    let may = |name: &str| updateable.iter().any(|column| column == name);
    Json::Object(
        fields.into_iter().filter(|(name, _)| may(name)).map(|(name, value)| (name.to_owned(), value)).collect(),
    )
}

fn undo(theirs: &belongings::Theirs<'_>) -> Undo {
    let undo = Undo::new("reactivate-user", &json!({ "unfreeze": true }));
    let tokens = theirs.tokens.len();
    let losses = theirs.names();
    let undo = losses.into_iter().fold(undo, Undo::losing);
    if tokens == 0 {
        undo
    } else {
        undo.losing(format!(
            "{}: the user has to allow these apps again.",
            count(tokens, "OAuth token", "OAuth tokens")
        ))
    }
}
