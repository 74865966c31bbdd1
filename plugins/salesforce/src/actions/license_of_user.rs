//! Assign and remove licences of all three kinds. Permission set and package licences are rows; a user licence follows from the
//! profile, so it is changed by changing the profile.

use super::inputs::Inputs;
use super::live;
use super::operation::{Asked, Operation, Standing, Touched};
use super::people::{self, User};
use super::seats::{self, License, Needing, Seat};
use super::write::{TOGETHER, Write};
use crate::id;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use weft_integration::prelude::*;

/// Both actions.
pub fn actions() -> [Action; 2] {
    let inputs = |help| {
        let profile = Input::reference("profile", "Profile", "Profile").optional().help(help);
        [Input::reference("licence", "Licence", "License"), profile]
    };
    let assign = Action::new("assign-license", "Assign licence", "User")
        .help("Gives the user a seat of a licence. A user licence comes with a profile: the user gets that profile.")
        .with_inputs(inputs("Only for a user licence: a profile of that licence."))
        .taken_back_by("remove-license", Reversal::Lossy);
    let remove = Action::new("remove-license", "Remove licence", "User")
        .help("Frees the seat that the user takes of a licence. A user always has a user licence: there, choose a profile of another one.")
        .with_inputs(inputs("Only for a user licence: a profile of another licence, which the user gets in its place."))
        .destructive()
        .taken_back_by("assign-license", Reversal::Lossy);
    [assign, remove].map(|action| action.touching(&["LicenseAssignment", "License"]).in_batches_of(TOGETHER as u32))
}

/// Whether users are to have a licence, and the profile that goes with a change of the user licence.
pub struct LicenseOfUser {
    wanted: bool,
    license: String,
    profile: Option<String>,
}

impl LicenseOfUser {
    /// From the inputs of a call.
    pub fn of(wanted: bool, inputs: &Inputs) -> Result<Self, Error> {
        let license = inputs.id("licence", seats::PREFIXES, "a licence")?;
        let profile = inputs.optional_id("profile", &["00e"], "a profile")?;
        let wrong = |sentence: &str| Err(Error::invalid_input("profile", sentence));
        match (license.starts_with(seats::USER), &profile, wanted) {
            (true, None, true) => wrong("A user licence comes with a profile. Choose a profile of this licence."),
            (true, None, false) => {
                wrong("A user always has a user licence. Choose a profile of another licence, or deactivate the user.")
            }
            (false, Some(_), _) => wrong("Only a user licence comes with a profile. Leave this empty."),
            _ => Ok(Self { wanted, license, profile }),
        }
    }
}

/// A profile as it is now.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Profile {
    pub id: String,
    pub name: String,
    pub user_license_id: Option<String>,
}

pub struct Facts {
    pub users: Vec<User>,
    pub license: License,
    pub profile: Option<Profile>,
    /// The licence of that profile, where it is another one.
    pub new_license: Option<License>,
    pub seats: Vec<Seat>,
    pub needing: Vec<Needing>,
}

fn profile(id: &str) -> Result<Profile, Error> {
    let found = live::by("Profile", "Id,Name,UserLicenseId", "Id", &[id], "")?.pop();
    found.ok_or_else(|| Error::invalid_input("profile", "There is no such profile any more. Choose another one."))
}

/// Whether the profile belongs to the licence, as wanted.
fn check(profile: &Profile, license: &License, wanted: bool) -> Result<(), Error> {
    let belongs = id::same(profile.user_license_id.as_deref(), Some(&license.id));
    let wrong = |sentence: String| Err(Error::invalid_input("profile", sentence));
    match (belongs, wanted) {
        (false, true) => {
            wrong(format!("{} is no profile of the licence {}. Choose one that is.", profile.name, license.name))
        }
        (true, false) => wrong(format!(
            "{} is a profile of the licence {} itself. Choose one of another licence.",
            profile.name, license.name
        )),
        _ => Ok(()),
    }
}

impl Operation for LicenseOfUser {
    type Facts = Facts;

    fn read(&self, targets: &[Asked<'_>]) -> Result<Facts, Error> {
        let license = seats::license(&self.license)?
            .ok_or_else(|| Error::invalid_input("licence", "There is no such licence any more. Choose another one."))?;
        let profile = self.profile.as_deref().map(profile).transpose()?;
        let mut new_license = None;
        if let Some(profile) = &profile {
            check(profile, &license, self.wanted)?;
            let other = profile.user_license_id.as_deref().filter(|_| !self.wanted);
            new_license = other.map(seats::license).transpose()?.flatten();
        }
        let keys = people::keys(targets);
        let needing = match self.license.starts_with(seats::PERMISSION_SET) && !self.wanted {
            true => seats::needing(&self.license, &keys)?,
            false => Vec::new(),
        };
        let seats = seats::seats(&self.license, &keys)?;
        Ok(Facts { users: people::read(targets)?, license, profile, new_license, seats, needing })
    }

    fn stand(&self, key: &str, facts: &Facts) -> Option<Standing> {
        let user = people::find(&facts.users, key)?;
        let has = self.has(user, facts);
        let license = &facts.license;
        let made = match self.wanted {
            true => format!("The user has the licence {}.", license.name),
            false => format!("The user does not have the licence {}.", license.name),
        };
        let seat = seats::of(&facts.seats, &user.id);
        let before = json!({
            "IsActive": user.is_active,
            "ProfileId": facts.profile.as_ref().and(user.profile_id.as_deref()).and_then(id::normalize),
            "Seat": seat.map(|seat| &seat.id),
        });
        let mut standing = Standing::new(user.title(), before, made);
        standing.touching("License", &license.id);
        if self.wanted && license.is_for_all() {
            standing.made = format!("Everybody in the org may use {}: nobody is given a seat of it.", license.name);
            return Some(standing);
        }
        if has == self.wanted {
            return Some(standing);
        }
        match (&facts.profile, seat) {
            (Some(profile), _) => change_profile(&mut standing, user, profile, facts),
            (None, None) => self.take_seat(&mut standing, user, facts),
            (None, Some(seat)) => self.free_seat(&mut standing, user, seat, facts),
        }
        people::refuse_system(&mut standing, user);
        Some(standing)
    }

    fn aftermath(&self, keys: &[&str]) -> Result<Vec<Touched>, Error> {
        // A change of profile moves the seat of the user licence, which has the user's own id.
        let moved = keys.iter().filter(|_| self.profile.is_some());
        Ok(moved.map(|key| Touched::new("LicenseAssignment", *key)).collect())
    }
}

impl LicenseOfUser {
    fn has(&self, user: &User, facts: &Facts) -> bool {
        match facts.profile {
            Some(_) => id::same(user.license_id(), Some(&self.license)),
            None => seats::of(&facts.seats, &user.id).is_some(),
        }
    }

    fn take_seat(&self, standing: &mut Standing, user: &User, facts: &Facts) {
        let Some((object, of_user, of_license)) = seats::rows_of(&self.license) else { return };
        standing.step(
            format!("Give the user a seat of the licence {}.", facts.license.name),
            standing.made.clone(),
            vec![Write::create(object, json!({ of_user: user.id, of_license: self.license }))],
        );
        standing.undo = Some(Undo::new("remove-license", &json!({ "licence": self.license })));
        let wanting = facts.users.iter().filter(|user| !self.has(user, facts)).count();
        facts.license.reserve(standing, wanting);
        if !user.is_active {
            standing.warning("The user is inactive, and would take the seat all the same.");
        }
    }

    fn free_seat(&self, standing: &mut Standing, user: &User, seat: &Seat, facts: &Facts) {
        let Some((object, ..)) = seats::rows_of(&self.license) else { return };
        standing.step(
            format!("Free the user's seat of the licence {}.", facts.license.name),
            standing.made.clone(),
            vec![Write::delete(object, &seat.id)],
        );
        standing.undo = Some(Undo::new("assign-license", &json!({ "licence": self.license })));
        let needed = seats::needed_by(&facts.needing, &user.id, None);
        if !needed.is_empty() {
            standing.blocker(format!(
                "The user has permission sets that need this licence: {}. Remove these first.",
                needed.join(", ")
            ));
        }
    }
}

fn change_profile(standing: &mut Standing, user: &User, profile: &Profile, facts: &Facts) {
    let now = user.profile.as_ref().map_or("the one they have", |profile| profile.name.as_str());
    standing.step(
        format!(
            "Give the user the profile {} in place of {now}: a user licence follows from the profile.",
            profile.name
        ),
        format!("The user has the profile {}, and its licence.", profile.name),
        vec![Write::update("User", &user.id, json!({ "ProfileId": profile.id }))],
    );
    standing.warning("What the former profile allowed and the new one does not is no longer allowed. Permission sets that need the former licence may be taken away.");
    let new = facts.new_license.as_ref().unwrap_or(&facts.license);
    let moves = |user: &&User| user.is_active && !id::same(user.license_id(), Some(&new.id));
    if user.is_active {
        new.reserve(standing, facts.users.iter().filter(moves).count());
    }
    standing.touching("License", &new.id);
    if let Some(former) = user.license_id() {
        standing.touching("License", former);
        let inputs: Json = json!({ "licence": former, "profile": user.profile_id });
        let loses = "Permission sets that Salesforce took away along with the former licence are not given back.";
        standing.undo = Some(Undo::new("assign-license", &inputs).losing(loses));
    }
}
