//! Delete permission set group: it is taken from everybody first; its permission sets stay.

use super::creation::count;
use super::delete_permission_set::{Assignment, take_away};
use super::live;
use super::operation::{Absent, Asked, Operation, Standing};
use super::people;
use super::write::Write;
use crate::id;
use serde::Deserialize;
use serde_json::json;
use weft_integration::prelude::*;

/// Groups in one call: each may have many assignments to delete first.
const BATCH: u32 = 5;

pub fn action() -> Action {
    Action::new("delete-permission-set-group", "Delete permission set group", "PermissionSetGroup")
        .help("Takes the group from everybody and deletes it. Its permission sets stay.")
        .destructive()
        .touching(&["PermissionSetAssignment", "PermissionSetGroupComponent"])
        .taken_back_by("create-permission-set-group", Reversal::Lossy)
        .in_batches_of(BATCH)
}

pub struct DeletePermissionSetGroup;

/// A group to delete.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Target {
    id: String,
    developer_name: String,
    master_label: String,
    description: Option<String>,
    namespace_prefix: Option<String>,
}

/// A permission set of a group.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Component {
    id: String,
    permission_set_group_id: String,
    permission_set_id: String,
}

pub struct Facts {
    pub groups: Vec<Target>,
    pub assignments: Vec<Assignment>,
    pub components: Vec<Component>,
}

impl Operation for DeletePermissionSetGroup {
    type Facts = Facts;

    fn read(&self, targets: &[Asked<'_>]) -> Result<Facts, Error> {
        let keys = people::keys(targets);
        let (columns, by) = ("Id,DeveloperName,MasterLabel,Description,NamespacePrefix", "PermissionSetGroupId");
        Ok(Facts {
            groups: live::by("PermissionSetGroup", columns, "Id", &keys, "")?,
            assignments: live::by("PermissionSetAssignment", "Id,PermissionSetGroupId,Assignee.Name", by, &keys, "")?,
            components: live::by(
                "PermissionSetGroupComponent",
                "Id,PermissionSetGroupId,PermissionSetId",
                by,
                &keys,
                "",
            )?,
        })
    }

    fn object(&self) -> &'static str {
        "PermissionSetGroup"
    }

    fn absent(&self) -> Absent {
        Absent::Wanted("Salesforce has no such permission set group any more.")
    }

    fn stand(&self, key: &str, facts: &Facts) -> Option<Standing> {
        let group = facts.groups.iter().find(|group| id::same(Some(&group.id), Some(key)))?;
        let holders: Vec<&Assignment> = facts.assignments.iter().filter(|holder| holder.is_of(&group.id)).collect();
        let is_part = |part: &&Component| id::same(Some(&part.permission_set_group_id), Some(&group.id));
        let parts: Vec<&Component> = facts.components.iter().filter(is_part).collect();
        let before = json!({
            "DeveloperName": group.developer_name, "MasterLabel": group.master_label, "Assignments": holders.len(),
        });
        let title = format!("{} ({})", group.master_label, group.developer_name);
        let mut standing = Standing::new(title, before, "");
        if let Some(namespace) = &group.namespace_prefix {
            standing.blocker(format!(
                "It belongs to the installed package {namespace}: only uninstalling that removes it."
            ));
        }
        take_away(&mut standing, &holders);
        standing.step(
            format!("Delete the permission set group {}.", group.master_label),
            format!("The permission set group {} is deleted.", group.master_label),
            vec![Write::delete("PermissionSetGroup", &group.id).alone()],
        );
        standing.note(format!("Its {} stay.", count(parts.len(), "permission set", "permission sets")));
        parts.iter().for_each(|part| standing.touching("PermissionSetGroupComponent", &part.id));
        let sets: Vec<&str> = parts.iter().map(|part| part.permission_set_id.as_str()).collect();
        let inputs = json!({
            "name": group.master_label, "api-name": group.developer_name, "description": group.description,
            "permission-sets": sets,
        });
        let mut undo = Undo::new("create-permission-set-group", &inputs)
            .losing("It comes back under another id, and without permissions that were muted in it.");
        if !holders.is_empty() {
            undo = undo.losing(format!("Who had it: {}.", count(holders.len(), "user", "users")));
        }
        standing.undo = Some(undo);
        Some(standing)
    }
}
