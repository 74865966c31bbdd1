//! Delete permission set: it is taken from everybody and out of every group first.

use super::creation::{count, some_of};
use super::live;
use super::operation::{Absent, Asked, Operation, Standing};
use super::people;
use super::write::Write;
use crate::id;
use serde::Deserialize;
use serde_json::json;
use weft_integration::prelude::*;

/// Permission sets in one call: each may have many assignments to delete first.
const BATCH: u32 = 5;

pub fn action() -> Action {
    Action::new("delete-permission-set", "Delete permission set", "PermissionSet")
        .help("Takes the permission set from everybody, out of every group, and deletes it with all its permissions.")
        .destructive()
        .touching(&["PermissionSetAssignment", "PermissionSetGroupComponent", "PermissionSetGroup"])
        .taken_back_by("create-permission-set", Reversal::Lossy)
        .in_batches_of(BATCH)
}

pub struct DeletePermissionSet;

/// A permission set to delete.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Target {
    id: String,
    name: String,
    label: String,
    description: Option<String>,
    #[serde(default)]
    is_custom: bool,
    #[serde(default)]
    is_owned_by_profile: bool,
    permission_set_group_id: Option<String>,
    license_id: Option<String>,
    namespace_prefix: Option<String>,
    #[serde(default)]
    has_activation_required: bool,
}

/// Somebody who has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Assignment {
    id: String,
    #[serde(alias = "PermissionSetGroupId")]
    permission_set_id: String,
    assignee: Option<people::Named>,
}

/// A group that it is part of.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Component {
    id: String,
    permission_set_id: String,
    permission_set_group_id: String,
    permission_set_group: Option<super::grant::Labelled>,
}

pub struct Facts {
    pub sets: Vec<Target>,
    pub assignments: Vec<Assignment>,
    pub components: Vec<Component>,
}

/// Says who has what is to be deleted, and takes it from them.
pub fn take_away(standing: &mut Standing, holders: &[&Assignment]) {
    let names = some_of(holders.iter().filter_map(|holder| holder.assignee.as_ref()).map(|user| user.name.as_str()));
    let users = count(holders.len(), "user", "users");
    standing.step(
        format!("Take it from {users}: {names}."),
        format!("Taken from {users}."),
        holders.iter().map(|holder| Write::delete("PermissionSetAssignment", &holder.id)).collect(),
    );
}

impl Assignment {
    /// Whether it is of this permission set or group.
    pub fn is_of(&self, what: &str) -> bool {
        id::same(Some(&self.permission_set_id), Some(what))
    }
}

impl Operation for DeletePermissionSet {
    type Facts = Facts;

    fn read(&self, targets: &[Asked<'_>]) -> Result<Facts, Error> {
        let keys = people::keys(targets);
        let columns = "Id,Name,Label,Description,IsCustom,IsOwnedByProfile,PermissionSetGroupId,LicenseId,NamespacePrefix,HasActivationRequired";
        let of_component = "Id,PermissionSetId,PermissionSetGroupId,PermissionSetGroup.MasterLabel";
        Ok(Facts {
            sets: live::by("PermissionSet", columns, "Id", &keys, "")?,
            assignments: live::by(
                "PermissionSetAssignment",
                "Id,PermissionSetId,Assignee.Name",
                "PermissionSetId",
                &keys,
                "",
            )?,
            components: live::by_if_readable(
                "PermissionSetGroupComponent",
                of_component,
                "PermissionSetId",
                &keys,
                "",
            )?
            .unwrap_or_default(),
        })
    }

    fn object(&self) -> &'static str {
        "PermissionSet"
    }

    fn absent(&self) -> Absent {
        Absent::Wanted("Salesforce has no such permission set any more.")
    }

    fn stand(&self, key: &str, facts: &Facts) -> Option<Standing> {
        let set = facts.sets.iter().find(|set| id::same(Some(&set.id), Some(key)))?;
        let holders: Vec<&Assignment> = facts.assignments.iter().filter(|holder| holder.is_of(&set.id)).collect();
        let parts: Vec<&Component> =
            facts.components.iter().filter(|part| id::same(Some(&part.permission_set_id), Some(&set.id))).collect();
        let before = json!({
            "Name": set.name, "Label": set.label, "Assignments": holders.len(), "Groups": parts.len(),
        });
        let mut standing = Standing::new(format!("{} ({})", set.label, set.name), before, "");
        set.reserve(&mut standing);
        take_away(&mut standing, &holders);
        let groups = some_of(
            parts.iter().filter_map(|part| part.permission_set_group.as_ref()).map(|group| group.label.as_str()),
        );
        standing.step(
            format!(
                "Take it out of {}: {groups}.",
                count(parts.len(), "permission set group", "permission set groups")
            ),
            format!("Taken out of {}.", count(parts.len(), "permission set group", "permission set groups")),
            parts.iter().map(|part| Write::delete("PermissionSetGroupComponent", &part.id)).collect(),
        );
        parts.iter().for_each(|part| standing.touching("PermissionSetGroup", &part.permission_set_group_id));
        standing.step(
            format!("Delete the permission set {}.", set.label),
            format!("The permission set {} is deleted.", set.label),
            vec![Write::delete("PermissionSet", &set.id).alone()],
        );
        standing.undo = Some(set.undo(holders.len(), parts.len()));
        Some(standing)
    }
}

impl Target {
    fn reserve(&self, standing: &mut Standing) {
        if self.is_owned_by_profile || self.permission_set_group_id.is_some() {
            standing.blocker("This is the hidden permission set of a profile or of a permission set group.");
        } else if let Some(namespace) = &self.namespace_prefix {
            standing.blocker(format!(
                "It belongs to the installed package {namespace}: only uninstalling that removes it."
            ));
        } else if !self.is_custom {
            standing.blocker("Salesforce comes with this permission set; it cannot be deleted.");
        }
    }

    fn undo(&self, holders: usize, groups: usize) -> Undo {
        let inputs = json!({
            "name": self.label, "api-name": self.name, "description": self.description, "licence": self.license_id,
            "activation-required": self.has_activation_required,
        });
        let mut undo = Undo::new("create-permission-set", &inputs)
            .losing("All its permissions: it comes back empty, and under another id.");
        if holders + groups > 0 {
            undo = undo.losing(format!(
                "Who had it: {} and {}.",
                count(holders, "user", "users"),
                count(groups, "permission set group", "permission set groups")
            ));
        }
        undo
    }
}
