//! Add users to public groups and queues, and take them out.

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
    let group = || [Input::reference("group", "Group", "Group").help("A public group or a queue.")];
    let add = Action::new("add-group-member", "Add to group", "User")
        .help("Makes the user a direct member of a public group or a queue.")
        .with_inputs(group())
        .taken_back_by("remove-group-member", Reversal::Lossless);
    let remove = Action::new("remove-group-member", "Remove from group", "User")
        .help("Takes the user out of a public group or a queue. What they are in through roles or other groups stays.")
        .with_inputs(group())
        .destructive()
        .taken_back_by("add-group-member", Reversal::Lossless);
    [add, remove].map(|action| action.touching(&["GroupMember", "Group"]).in_batches_of(TOGETHER as u32))
}

/// Whether users are to be direct members of a group.
pub struct Member {
    wanted: bool,
    group: String,
}

impl Member {
    /// From the inputs of a call.
    pub fn of(wanted: bool, inputs: &Inputs) -> Result<Self, Error> {
        Ok(Self { wanted, group: inputs.id("group", &["00G"], "a group")? })
    }
}

/// A group as it is now.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Group {
    pub id: String,
    pub name: Option<String>,
    #[serde(rename = "Type")]
    pub kind: String,
}

impl Group {
    /// Whether people decide who is in it; all others follow from roles, managers and territories.
    pub fn has_members(&self) -> bool {
        matches!(self.kind.as_str(), "Regular" | "Queue")
    }

    /// As people know it.
    pub fn title(&self) -> &str {
        self.name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&self.id)
    }
}

/// A direct membership.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Membership {
    pub id: String,
    pub group_id: String,
    pub user_or_group_id: String,
}

pub struct Facts {
    pub users: Vec<User>,
    pub group: Group,
    pub memberships: Vec<Membership>,
}

fn group(id: &str) -> Result<Group, Error> {
    check(live::by("Group", "Id,Name,Type", "Id", &[id], "")?.pop())
}

fn check(group: Option<Group>) -> Result<Group, Error> {
    match group {
        None => Err(Error::invalid_input("group", "There is no such group any more. Choose another one.")),
        Some(group) if !group.has_members() => Err(Error::invalid_input(
            "group",
            "Who is in this group follows from roles, managers or territories. Choose a public group or a queue.",
        )),
        Some(group) => Ok(group),
    }
}

impl Operation for Member {
    type Facts = Facts;

    fn read(&self, targets: &[Asked<'_>]) -> Result<Facts, Error> {
        let group = group(&self.group)?;
        let only = format!("GroupId = '{}'", self.group);
        let keys = people::keys(targets);
        let memberships = live::by("GroupMember", "Id,GroupId,UserOrGroupId", "UserOrGroupId", &keys, &only)?;
        Ok(Facts { users: people::read(targets)?, group, memberships })
    }

    fn stand(&self, key: &str, facts: &Facts) -> Option<Standing> {
        let user = people::find(&facts.users, key)?;
        let is_theirs = |member: &&Membership| id::same(Some(&member.user_or_group_id), Some(&user.id));
        let membership = facts.memberships.iter().find(is_theirs);
        let before = json!({ "IsActive": user.is_active, "Membership": membership.map(|member| &member.id) });
        let name = facts.group.title();
        let made = if self.wanted {
            format!("The user is in {name}.")
        } else {
            format!("The user is not directly in {name}.")
        };
        let mut standing = Standing::new(user.title(), before, made.clone());
        let inputs = json!({ "group": self.group });
        match (self.wanted, membership) {
            (true, None) => {
                let fields = json!({ "GroupId": self.group, "UserOrGroupId": user.id });
                standing.step(format!("Add the user to {name}."), made, vec![Write::create("GroupMember", fields)]);
                standing.undo = Some(Undo::new("remove-group-member", &inputs));
                if !user.is_active {
                    standing.blocker("Salesforce takes no inactive users into groups.");
                }
            }
            (false, Some(member)) => {
                let write = Write::delete("GroupMember", &member.id);
                standing.step(format!("Take the user out of {name}."), made, vec![write]);
                standing.undo = Some(Undo::new("add-group-member", &inputs));
            }
            _ => {}
        }
        Some(standing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_groups_with_members_of_their_own_take_some() {
        let group = |kind: &str| Some(Group { id: "00G".into(), name: None, kind: kind.into() });
        assert!(check(group("Regular")).is_ok() && check(group("Queue")).is_ok());
        for refused in [None, group("Role"), group("Organization")] {
            assert_eq!(check(refused).unwrap_err().code, "group");
        }
    }
}
