//! Remove a permission set or a permission set group from a user.

use super::grant::{self, Facts, Kind};
use super::inputs::Inputs;
use super::operation::{Asked, Operation, Standing};
use super::people::{self, User};
use super::seats;
use super::write::{TOGETHER, Write};
use weft_integration::prelude::*;

/// Both actions.
pub fn actions() -> [Action; 2] {
    let free = Input::new("free-licence", "Free the permission set licence too", InputType::Boolean)
        .optional()
        .help("Salesforce keeps the seat taken. It is freed where nothing else of the user needs it.");
    let set = Action::new("remove-permission-set", "Remove permission set", "User")
        .help("Takes from the user what the permission set grants, unless something else grants it as well.")
        .with_inputs([Input::reference("permission-set", "Permission set", "PermissionSet"), free])
        .touching(&["LicenseAssignment", "License"])
        .taken_back_by("assign-permission-set", Reversal::Lossless);
    let group = Action::new("remove-permission-set-group", "Remove permission set group", "User")
        .help("Takes from the user what the group grants, unless something else grants it as well.")
        .with_inputs([Input::reference("group", "Permission set group", "PermissionSetGroup")])
        .taken_back_by("assign-permission-set-group", Reversal::Lossless);
    [set, group]
        .map(|action| action.destructive().touching(&["PermissionSetAssignment"]).in_batches_of(TOGETHER as u32))
}

pub struct Remove {
    kind: Kind,
    id: String,
    free_license: bool,
}

impl Remove {
    /// From the inputs of a call.
    pub fn of(kind: Kind, inputs: &Inputs) -> Result<Self, Error> {
        let id = inputs.id(kind.input(), &[kind.prefix()], &format!("a {}", kind.words()))?;
        Ok(Self { kind, id, free_license: inputs.flag("free-licence")? })
    }

    /// The seat of the permission set licence that comes with the set: it stays taken unless it is freed.
    fn free(&self, standing: &mut Standing, user: &User, facts: &Facts) {
        let Some(license) = facts.license.as_ref().filter(|license| license.id.starts_with(seats::PERMISSION_SET))
        else {
            return;
        };
        let Some(seat) = seats::of(&facts.seats, &user.id) else { return };
        let needed = seats::needed_by(&facts.needing, &user.id, Some(&self.id));
        if !needed.is_empty() {
            if self.free_license {
                standing.warning(format!("The licence {} stays: {} needs it.", license.name, needed.join(", ")));
            }
        } else if self.free_license {
            standing.touching("License", &license.id);
            standing.step(
                format!("Free the seat of the permission set licence {}.", license.name),
                format!("The seat of the licence {} is free.", license.name),
                vec![Write::delete("PermissionSetLicenseAssign", &seat.id)],
            );
        } else if !standing.is_made() {
            standing.warning(format!(
                "The user keeps a seat of the permission set licence {}, which nothing else of theirs needs. Choose to free it as well.",
                license.name
            ));
        }
    }
}

impl Operation for Remove {
    type Facts = Facts;

    fn read(&self, targets: &[Asked<'_>]) -> Result<Facts, Error> {
        let mut facts = grant::read(self.kind, &self.id, targets)?;
        if let Some(license) = facts.granted.license_id.as_deref().filter(|id| id.starts_with(seats::PERMISSION_SET)) {
            facts.needing = seats::needing(license, &people::keys(targets))?;
        }
        Ok(facts)
    }

    fn stand(&self, key: &str, facts: &Facts) -> Option<Standing> {
        let user = people::find(&facts.users, key)?;
        let (assignment, label) = (facts.of(user), &facts.granted.label);
        let mut made = format!("The user does not have the {} {label}.", self.kind.words());
        let groups = facts.groups_of(user);
        if !groups.is_empty() {
            made = format!(
                "The {} is not assigned directly; the user has it through {}.",
                self.kind.words(),
                groups.join(", ")
            );
        }
        let mut standing = Standing::new(user.title(), grant::before(user, assignment), made);
        if let Some(assignment) = assignment {
            standing.step(
                format!("Remove the {} {label}.", self.kind.words()),
                format!("The user no longer has the {} {label}.", self.kind.words()),
                vec![Write::delete("PermissionSetAssignment", &assignment.id)],
            );
            standing.undo = Some(grant::undo_to(self.kind, &self.id, assignment));
        }
        self.free(&mut standing, user, facts);
        grant::tell_groups(&mut standing, &groups, "The user keeps what it grants, through");
        Some(standing)
    }
}
