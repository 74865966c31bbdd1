//! Delete user role: its users get another one, the roles below it move up, then it goes.

use super::creation::{count, some_of};
use super::inputs::Inputs;
use super::operation::{Absent, Asked, Operation, Standing};
use super::people;
use super::role_of_user::{self, Role};
use super::write::Write;
use super::{create_user_role, live};
use crate::id;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use weft_integration::prelude::*;

/// Roles in one call: Salesforce works out sharing anew for each, which takes its time.
const BATCH: u32 = 5;

pub fn action() -> Action {
    Action::new("delete-user-role", "Delete user role", "UserRole")
        .help("Gives the users of the role another one, moves the roles below it up, and deletes it.")
        .with_inputs([Input::reference("move-to", "Move users to", "UserRole")
            .optional()
            .help("Needed where users have the role, inactive ones too.")])
        .destructive()
        .touching(&["User"])
        .taken_back_by("create-user-role", Reversal::Lossy)
        .in_batches_of(BATCH)
}

pub struct DeleteUserRole {
    move_to: Option<String>,
}

impl DeleteUserRole {
    /// From the inputs of a call.
    pub fn of(inputs: &Inputs) -> Result<Self, Error> {
        Ok(Self { move_to: inputs.optional_id("move-to", &["00E"], "a role")? })
    }
}

/// A role to delete.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Target {
    id: String,
    pub name: String,
    pub developer_name: Option<String>,
    pub parent_role_id: Option<String>,
    portal_type: Option<String>,
    /// All other columns.
    #[serde(flatten)]
    pub accesses: Map<String, Json>,
}

/// Somebody who has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Holder {
    id: String,
    name: Option<String>,
    user_role_id: String,
}

/// A role below it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Child {
    id: String,
    name: String,
    parent_role_id: String,
}

pub struct Facts {
    pub roles: Vec<Target>,
    pub holders: Vec<Holder>,
    pub children: Vec<Child>,
    pub move_to: Option<Role>,
}

impl Operation for DeleteUserRole {
    type Facts = Facts;

    fn read(&self, targets: &[Asked<'_>]) -> Result<Facts, Error> {
        let keys = people::keys(targets);
        let columns = "Id,Name,DeveloperName,ParentRoleId,PortalType,OpportunityAccessForAccountOwner,CaseAccessForAccountOwner,ContactAccessForAccountOwner";
        Ok(Facts {
            roles: live::by("UserRole", columns, "Id", &keys, "")?,
            holders: live::by("User", "Id,Name,UserRoleId", "UserRoleId", &keys, "")?,
            children: live::by("UserRole", "Id,Name,ParentRoleId", "ParentRoleId", &keys, "")?,
            move_to: self.move_to.as_deref().map(|role| role_of_user::assignable("move-to", role)).transpose()?,
        })
    }

    fn object(&self) -> &'static str {
        "UserRole"
    }

    fn absent(&self) -> Absent {
        Absent::Wanted("Salesforce has no such role any more.")
    }

    fn stand(&self, key: &str, facts: &Facts) -> Option<Standing> {
        let role = facts.roles.iter().find(|role| id::same(Some(&role.id), Some(key)))?;
        let has = |holder: &&Holder| id::same(Some(&holder.user_role_id), Some(&role.id));
        let holders: Vec<&Holder> = facts.holders.iter().filter(has).collect();
        let is_below = |child: &&Child| id::same(Some(&child.parent_role_id), Some(&role.id));
        let children: Vec<&Child> = facts.children.iter().filter(is_below).collect();
        let before = json!({
            "Name": role.name, "ParentRoleId": role.parent_role_id, "Users": holders.len(), "Children": children.len(),
        });
        let mut standing = Standing::new(role.name.clone(), before, "");
        if role.portal_type.as_deref().is_some_and(|kind| kind != "None") {
            standing.blocker("It belongs to a portal account; Salesforce keeps such roles itself.");
        }
        self.move_users(&mut standing, role, &holders, facts);
        move_children(&mut standing, role, &children);
        standing.step(
            format!("Delete the role {}.", role.name),
            format!("The role {} is deleted.", role.name),
            vec![Write::delete("UserRole", &role.id).alone()],
        );
        standing.warning("Sharing rules and folders that name the role lose it. Salesforce works out sharing anew, which can take a while.");
        standing.undo = Some(undo(role, holders.len(), children.len()));
        Some(standing)
    }
}

impl DeleteUserRole {
    fn move_users(&self, standing: &mut Standing, role: &Target, holders: &[&Holder], facts: &Facts) {
        if holders.is_empty() {
            return;
        }
        let users = count(holders.len(), "user", "users");
        let names = some_of(holders.iter().filter_map(|holder| holder.name.as_deref()));
        let Some(to) = &facts.move_to else {
            standing.blocker(format!("{users} with this role: {names}. Choose the role to move them to."));
            return;
        };
        if id::same(Some(&to.id), Some(&role.id)) {
            standing.blocker("Its users cannot be moved to the role that is deleted. Choose another one.");
        } else if facts.roles.iter().any(|other| id::same(Some(&other.id), Some(&to.id))) {
            standing.blocker(format!("{} is to be deleted as well. Choose a role that stays.", to.name));
        }
        standing.step(
            format!("Give {users} the role {}: {names}.", to.name),
            format!("{users} got the role {}.", to.name),
            holders.iter().map(|holder| Write::update("User", &holder.id, json!({ "UserRoleId": to.id }))).collect(),
        );
    }
}

fn move_children(standing: &mut Standing, role: &Target, children: &[&Child]) {
    let roles = count(children.len(), "role", "roles");
    let names = some_of(children.iter().map(|child| child.name.as_str()));
    let place = if role.parent_role_id.is_some() { "under the role above" } else { "to the top of the hierarchy" };
    let change = json!({ "ParentRoleId": role.parent_role_id });
    standing.step(
        format!("Move {roles} {place}: {names}."),
        format!("{roles} moved up."),
        children.iter().map(|child| Write::update("UserRole", &child.id, change.clone())).collect(),
    );
}

fn undo(role: &Target, users: usize, children: usize) -> Undo {
    let mut undo = Undo::new("create-user-role", &create_user_role::inputs_of(role))
        .losing("It comes back under another id: sharing rules and folders that named it do not name it again.");
    if users + children > 0 {
        undo = undo.losing(format!(
            "{} and {} stay where they were moved.",
            count(users, "user", "users"),
            count(children, "role", "roles")
        ));
    }
    undo
}
