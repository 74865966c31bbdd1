//! Assign a permission set or a permission set group, for good or until a day.

use super::grant::{self, Facts, Granted, Kind};
use super::inputs::Inputs;
use super::operation::{Asked, Operation, Standing, Touched};
use super::people::{self, User};
use super::write::{TOGETHER, Write};
use super::{live, moment, seats};
use crate::id;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use weft_integration::prelude::*;

/// Both actions.
pub fn actions() -> [Action; 2] {
    let expires = || {
        Input::new("expires", "Until", InputType::Date)
            .optional()
            .help("Access ends with this day (UTC). Empty: it does not end by itself.")
    };
    let set = Action::new("assign-permission-set", "Assign permission set", "User")
        .help("Gives the user what the permission set grants.")
        .with_inputs([Input::reference("permission-set", "Permission set", "PermissionSet"), expires()])
        .touching(&["LicenseAssignment", "License"])
        .taken_back_by("remove-permission-set", Reversal::Lossless);
    let group = Action::new("assign-permission-set-group", "Assign permission set group", "User")
        .help("Gives the user what the permission sets of the group grant together.")
        .with_inputs([Input::reference("group", "Permission set group", "PermissionSetGroup"), expires()])
        .taken_back_by("remove-permission-set-group", Reversal::Lossless);
    [set, group].map(|action| action.touching(&["PermissionSetAssignment"]).in_batches_of(TOGETHER as u32))
}

pub struct Assign {
    kind: Kind,
    id: String,
    /// The last day.
    expires: Option<String>,
}

impl Assign {
    /// From the inputs of a call.
    pub fn of(kind: Kind, inputs: &Inputs, now_ms: f64) -> Result<Self, Error> {
        let id = inputs.id(kind.input(), &[kind.prefix()], &format!("a {}", kind.words()))?;
        let given = inputs.optional_text("expires", 10)?;
        Ok(Self { kind, id, expires: moment::future_day("expires", given.as_deref(), now_ms)? })
    }

    fn ends(&self) -> Option<String> {
        self.expires.as_deref().map(moment::end_of_day)
    }

    fn create(&self, user: &User) -> Write {
        let mut fields = json!({ "AssigneeId": user.id, self.kind.column(): self.id });
        if let Some(ends) = self.ends() {
            fields["ExpirationDate"] = Json::String(ends);
        }
        Write::create("PermissionSetAssignment", fields)
    }

    /// The user has it: only its end may be another one.
    fn change_end(&self, standing: &mut Standing, assignment: &grant::Assignment) {
        standing.touching("PermissionSetAssignment", &assignment.id);
        let (now, wanted) = (assignment.expiration_date.as_deref(), self.ends());
        if now.map(moment::second) == wanted.as_deref().map(moment::second) {
            return;
        }
        let of_now = now.map_or("no end".to_owned(), |now| format!("the end {}", moment::day(now)));
        let says = match &self.expires {
            Some(day) => format!("Let the access end with {day}; it has {of_now} now."),
            None => format!("Let the access not end by itself; it has {of_now} now."),
        };
        let write = Write::update("PermissionSetAssignment", &assignment.id, json!({ "ExpirationDate": wanted }));
        standing.step(says, "The end of the access is changed.", vec![write]);
        standing.undo = Some(grant::undo_to(self.kind, &self.id, assignment));
    }

    fn give(&self, standing: &mut Standing, user: &User, facts: &Facts) {
        let label = &facts.granted.label;
        let says = match &self.expires {
            Some(day) => format!("Assign the {} {label} until the end of {day}.", self.kind.words()),
            None => format!("Assign the {} {label}.", self.kind.words()),
        };
        standing.step(says, format!("The user has the {} {label}.", self.kind.words()), vec![self.create(user)]);
        standing.undo = Some(Undo::new(self.kind.remove(), &json!({ self.kind.input(): self.id })));
        licence(standing, user, facts);
        if !user.is_active {
            standing.warning("The user is inactive.");
        }
    }
}

/// Says which licence it takes, and what speaks against it.
fn licence(standing: &mut Standing, user: &User, facts: &Facts) {
    let Some(license) = &facts.license else { return };
    if license.id.starts_with(seats::USER) {
        if !id::same(Some(&license.id), user.license_id()) {
            standing.blocker(format!(
                "The permission set is for users with the licence {}; this user has {}.",
                license.name,
                user.license_name()
            ));
        }
        return;
    }
    if seats::of(&facts.seats, &user.id).is_some() {
        return;
    }
    standing.note(format!("Salesforce gives the user a seat of the permission set licence {} with it.", license.name));
    standing.touching("License", &license.id);
    let wanting = facts.users.iter().filter(|user| seats::of(&facts.seats, &user.id).is_none());
    license.reserve(standing, wanting.filter(|user| facts.of(user).is_none()).count());
}

/// What holds for every user it is given to.
fn reservations(standing: &mut Standing, granted: &Granted) {
    if granted.has_activation_required {
        standing.warning("It grants access only in sessions in which it is activated.");
    }
    match granted.status.as_deref() {
        None | Some("Updated") => {}
        Some("Failed") => standing.warning("Salesforce could not work out what the group grants: look at it in Setup."),
        Some(_) => {
            standing.warning("Salesforce is still working out what the group grants, and may refuse until then.")
        }
    }
}

impl Operation for Assign {
    type Facts = Facts;

    fn read(&self, targets: &[Asked<'_>]) -> Result<Facts, Error> {
        grant::read(self.kind, &self.id, targets)
    }

    fn stand(&self, key: &str, facts: &Facts) -> Option<Standing> {
        let user = people::find(&facts.users, key)?;
        let assignment = facts.of(user);
        let made = format!("The user has the {} {}.", self.kind.words(), facts.granted.label);
        let mut standing = Standing::new(user.title(), grant::before(user, assignment), made);
        match assignment {
            Some(assignment) => self.change_end(&mut standing, assignment),
            None => self.give(&mut standing, user, facts),
        }
        if !standing.is_made() {
            reservations(&mut standing, &facts.granted);
            grant::tell_groups(&mut standing, &facts.groups_of(user), "The user has it already through");
            people::refuse_system(&mut standing, user);
        }
        Some(standing)
    }

    fn aftermath(&self, keys: &[&str]) -> Result<Vec<Touched>, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Row {
            license_id: Option<String>,
        }
        if self.kind == Kind::Group {
            return Ok(Vec::new());
        }
        let set: Option<Row> = live::by("PermissionSet", "Id,LicenseId", "Id", &[&self.id], "")?.pop();
        match set.and_then(|set| set.license_id).filter(|license| license.starts_with(seats::PERMISSION_SET)) {
            Some(license) => {
                let seats = seats::seats(&license, keys)?;
                Ok(seats.into_iter().map(|seat| Touched::new("LicenseAssignment", seat.id)).collect())
            }
            None => Ok(Vec::new()),
        }
    }
}
