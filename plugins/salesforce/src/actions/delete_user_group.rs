//! Delete user group: a public group or a queue, with its memberships.

use super::create_user_group::MAX_MEMBERS;
use super::creation::count;
use super::live;
use super::member::Membership;
use super::operation::{Absent, Asked, Operation, Standing};
use super::people;
use super::write::Write;
use crate::id;
use serde::Deserialize;
use serde_json::json;
use weft_integration::prelude::*;

/// Groups in one call: Salesforce works out sharing anew for each, which takes its time.
const BATCH: u32 = 5;

pub fn action() -> Action {
    Action::new("delete-user-group", "Delete user group", "Group")
        .help("Deletes a public group or a queue. What was shared with it is no longer shared with its members.")
        .destructive()
        .touching(&["GroupMember"])
        .taken_back_by("create-user-group", Reversal::Lossy)
        .in_batches_of(BATCH)
}

pub struct DeleteUserGroup;

/// A group to delete.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Target {
    id: String,
    name: Option<String>,
    developer_name: Option<String>,
    #[serde(rename = "Type")]
    kind: String,
    #[serde(default)]
    does_include_bosses: bool,
}

pub struct Facts {
    pub groups: Vec<Target>,
    pub memberships: Vec<Membership>,
    /// Groups that these are members of.
    pub outer: Vec<Membership>,
}

impl Operation for DeleteUserGroup {
    type Facts = Facts;

    fn read(&self, targets: &[Asked<'_>]) -> Result<Facts, Error> {
        let (keys, columns) = (people::keys(targets), "Id,GroupId,UserOrGroupId");
        Ok(Facts {
            groups: live::by("Group", "Id,Name,DeveloperName,Type,DoesIncludeBosses", "Id", &keys, "")?,
            memberships: live::by("GroupMember", columns, "GroupId", &keys, "")?,
            outer: live::by("GroupMember", columns, "UserOrGroupId", &keys, "")?,
        })
    }

    fn object(&self) -> &'static str {
        "Group"
    }

    fn absent(&self) -> Absent {
        Absent::Wanted("Salesforce has no such group any more.")
    }

    fn stand(&self, key: &str, facts: &Facts) -> Option<Standing> {
        let group = facts.groups.iter().find(|group| id::same(Some(&group.id), Some(key)))?;
        let is_in = |member: &&Membership| id::same(Some(&member.group_id), Some(&group.id));
        let members: Vec<&Membership> = facts.memberships.iter().filter(is_in).collect();
        let is_of = |member: &&Membership| id::same(Some(&member.user_or_group_id), Some(&group.id));
        let outer: Vec<&Membership> = facts.outer.iter().filter(is_of).collect();
        let before = json!({ "Name": group.name, "Type": group.kind, "Members": members.len() });
        let title = group.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| group.id.clone());
        let mut standing = Standing::new(title.clone(), before, "");
        match group.kind.as_str() {
            "Regular" => standing.undo = Some(group.undo(&members)),
            "Queue" => standing.warning(
                "This is a queue. Salesforce refuses while it owns records; it cannot be brought back by Weft.",
            ),
            _ => standing
                .blocker("Salesforce keeps this group itself: it follows from a role, a manager or a territory."),
        }
        standing.step(
            format!("Delete the group {title}."),
            format!("The group {title} is deleted."),
            vec![Write::delete("Group", &group.id).alone()],
        );
        if !members.is_empty() {
            standing.note(format!(
                "It has {}, who lose what was shared with it.",
                count(members.len(), "direct member", "direct members")
            ));
        }
        if !outer.is_empty() {
            standing.warning(format!("It is a member of {}.", count(outer.len(), "other group", "other groups")));
        }
        members.iter().chain(&outer).for_each(|member| standing.touching("GroupMember", &member.id));
        Some(standing)
    }
}

impl Target {
    fn undo(&self, members: &[&Membership]) -> Undo {
        let that = |prefix: &str| -> Vec<&str> {
            let ids = members.iter().map(|member| member.user_or_group_id.as_str());
            ids.filter(|id| id.starts_with(prefix)).collect()
        };
        let (mut users, groups) = (that("005"), that("00G"));
        let left_out = (users.len() + groups.len()).saturating_sub(MAX_MEMBERS);
        users.truncate(users.len() - left_out.min(users.len()));
        let inputs = json!({
            "name": self.name, "api-name": self.developer_name, "include-bosses": self.does_include_bosses,
            "members": users, "member-groups": groups,
        });
        let undo = Undo::new("create-user-group", &inputs)
            .losing("It comes back under another id: what was shared with it is not shared again, and inactive members are left out.");
        match left_out {
            0 => undo,
            _ => undo.losing(format!("{} beyond the first {MAX_MEMBERS}.", count(left_out, "member", "members"))),
        }
    }
}
