//! Assign and remove roles. A user has one role or none, so an assigned one replaces the one they have.

use super::inputs::Inputs;
use super::live;
use super::operation::{Asked, Operation, Standing};
use super::people::{self, User};
use super::write::{TOGETHER, Write};
use crate::id;
use serde::Deserialize;
use serde_json::json;
use weft_integration::prelude::*;

/// Both actions.
pub fn actions() -> [Action; 2] {
    let assign = Action::new("assign-role", "Assign role", "User")
        .help("Gives the user a place in the role hierarchy, in place of the one they have.")
        .with_inputs([Input::reference("role", "Role", "UserRole")])
        .taken_back_by("assign-role", Reversal::Lossless);
    let remove = Action::new("remove-role", "Remove role", "User")
        .help("Takes the user out of the role hierarchy. They no longer see what they saw through it.")
        .taken_back_by("assign-role", Reversal::Lossless);
    [assign, remove].map(|action| action.in_batches_of(TOGETHER as u32))
}

/// The role that users are to have: none to take them out of the hierarchy.
pub struct RoleOfUser {
    role: Option<String>,
}

impl RoleOfUser {
    /// From the inputs of a call.
    pub fn assign(inputs: &Inputs) -> Result<Self, Error> {
        Ok(Self { role: Some(inputs.id("role", &["00E"], "a role")?) })
    }

    /// No role.
    pub fn remove() -> Self {
        Self { role: None }
    }
}

/// A role as it is now.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Role {
    pub id: String,
    pub name: String,
    pub portal_type: Option<String>,
}

impl Role {
    /// Whether it belongs to a portal account: Salesforce keeps those itself.
    pub fn is_portal(&self) -> bool {
        self.portal_type.as_deref().is_some_and(|kind| kind != "None")
    }
}

/// The role of this id, if it is one that people can be given; else what is wrong, at the input.
pub fn assignable(input: &str, id: &str) -> Result<Role, Error> {
    check(input, live::by("UserRole", "Id,Name,PortalType", "Id", &[id], "")?.pop())
}

fn check(input: &str, role: Option<Role>) -> Result<Role, Error> {
    match role {
        None => Err(Error::invalid_input(input, "There is no such role any more. Choose another one.")),
        Some(role) if role.is_portal() => Err(Error::invalid_input(
            input,
            format!(
                "{} is a role of a portal account; Salesforce assigns those itself. Choose another one.",
                role.name
            ),
        )),
        Some(role) => Ok(role),
    }
}

pub struct Facts {
    pub users: Vec<User>,
    pub role: Option<Role>,
}

impl Operation for RoleOfUser {
    type Facts = Facts;

    fn read(&self, targets: &[Asked<'_>]) -> Result<Facts, Error> {
        let role = self.role.as_deref().map(|role| assignable("role", role)).transpose()?;
        Ok(Facts { users: people::read(targets)?, role })
    }

    fn stand(&self, key: &str, facts: &Facts) -> Option<Standing> {
        let user = people::find(&facts.users, key)?;
        let before = json!({
            "IsActive": user.is_active,
            "UserRoleId": user.user_role_id.as_deref().and_then(id::normalize),
        });
        let made = match &facts.role {
            Some(role) => format!("The user has the role {}.", role.name),
            None => "The user has no role.".to_owned(),
        };
        let mut standing = Standing::new(user.title(), before, made.clone());
        if id::same(user.user_role_id.as_deref(), self.role.as_deref()) {
            return Some(standing);
        }
        let says = match (&facts.role, user.role_name()) {
            (Some(role), Some(now)) => format!("Assign the role {} in place of {now}.", role.name),
            (Some(role), None) => format!("Assign the role {}.", role.name),
            (None, now) => format!("Remove the role {}.", now.unwrap_or("they have")),
        };
        standing.step(says, made, vec![Write::update("User", &user.id, json!({ "UserRoleId": self.role }))]);
        standing.undo = Some(match &user.user_role_id {
            Some(role) => Undo::new("assign-role", &json!({ "role": role })),
            None => Undo::new("remove-role", &json!({})),
        });
        reservations(&mut standing, user);
        Some(standing)
    }
}

/// What speaks against any change of this user's role.
fn reservations(standing: &mut Standing, user: &User) {
    if user.is_portal() {
        standing.blocker("The role of a portal, partner or guest user follows from their account.");
    }
    people::refuse_system(standing, user);
    if !user.is_active {
        standing.warning("The user is inactive.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_roles_for_people_can_be_assigned() {
        let role = |portal: &str| Role { id: "00E".into(), name: "VP".into(), portal_type: Some(portal.into()) };
        assert!(check("role", Some(role("None"))).is_ok());
        assert_eq!(check("role", Some(role("Partner"))).unwrap_err().code, "role");
        assert_eq!(check("move-to", None).unwrap_err().code, "move-to");
    }
}
