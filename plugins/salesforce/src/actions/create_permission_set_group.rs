//! Create permission set group, with its permission sets: all or nothing, in one request.

use super::creation::{self, Taken, Wish};
use super::inputs::Inputs;
use super::live;
use super::operation::{Asked, Operation, Standing, Touched};
use super::write::{Change, Write};
use crate::id;
use serde::Deserialize;
use serde_json::json;
use weft_integration::prelude::*;

/// Permission sets of a new group: with the group itself they are as many as one request takes.
const MAX_SETS: usize = 24;

pub fn action() -> Action {
    Action::without_target("create-permission-set-group", "Create permission set group")
        .help("Makes a group of permission sets that is assigned as one. Salesforce works out what it grants for a while after.")
        .with_inputs([
            Input::new("name", "Label", InputType::Text).at_most(80),
            Input::new("api-name", "API name", InputType::Text).optional().at_most(80).help("Made from the label when empty."),
            Input::new("description", "Description", InputType::LongText).optional().at_most(255),
            Input {
                object: Some("PermissionSet".into()),
                ..Input::new("permission-sets", "Permission sets", InputType::References).optional().at_most(MAX_SETS as u32)
            },
        ])
        .touching(&["PermissionSetGroup", "PermissionSetGroupComponent"])
        .taken_back_by("delete-permission-set-group", Reversal::Lossless)
}

pub struct CreatePermissionSetGroup {
    name: String,
    api_name: String,
    description: Option<String>,
    sets: Vec<String>,
}

impl CreatePermissionSetGroup {
    /// From the inputs of a call.
    pub fn of(inputs: &Inputs) -> Result<Self, Error> {
        let name = inputs.text("name", 80)?;
        Ok(Self {
            api_name: inputs.api_name("api-name", &name)?,
            description: inputs.optional_text("description", 255)?,
            sets: inputs.ids("permission-sets", &["0PS"], "permission sets", MAX_SETS)?,
            name,
        })
    }

    fn is(&self, found: &Found, parts: &[Part]) -> bool {
        let has = |set: &String| parts.iter().any(|part| id::same(Some(&part.permission_set_id), Some(set)));
        found.master_label == self.name
            && found.description.as_deref().unwrap_or_default() == self.description.as_deref().unwrap_or_default()
            && parts.len() == self.sets.len()
            && self.sets.iter().all(has)
    }

    fn write(&self) -> Write {
        let fields = json!({
            "DeveloperName": self.api_name, "MasterLabel": self.name, "Description": self.description,
            "HasActivationRequired": false,
        });
        let parts = self.sets.iter().map(|set| json!({ "PermissionSetId": set })).collect();
        let (of, naming) = ("PermissionSetGroupComponent", "PermissionSetGroupId");
        Write { object: "PermissionSetGroup", change: Change::Tree { fields, of, naming, parts }, alone: true }
    }
}

/// A group with the API name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Found {
    id: String,
    master_label: String,
    description: Option<String>,
    status: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Part {
    id: String,
    permission_set_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Set {
    label: String,
    #[serde(default)]
    is_owned_by_profile: bool,
}

pub struct Facts {
    pub found: Option<Found>,
    pub parts: Vec<Part>,
    pub sets: Vec<Set>,
}

impl CreatePermissionSetGroup {
    fn sets(&self) -> Result<Vec<Set>, Error> {
        let sets: Vec<Set> = live::by("PermissionSet", "Id,Label,IsOwnedByProfile", "Id", &self.sets, "")?;
        if sets.len() != self.sets.len() {
            return Err(Error::invalid_input(
                "permission-sets",
                "One of these permission sets is not there any more. Choose again.",
            ));
        }
        match sets.iter().any(|set| set.is_owned_by_profile) {
            true => Err(Error::invalid_input(
                "permission-sets",
                "The hidden permission set of a profile cannot be part of a group.",
            )),
            false => Ok(sets),
        }
    }

    fn find(&self) -> Result<Option<Found>, Error> {
        let name = live::quoted(&self.api_name);
        let soql = format!(
            "SELECT Id,MasterLabel,Description,Status FROM PermissionSetGroup WHERE DeveloperName = {name} AND NamespacePrefix = null"
        );
        Ok(live::rows(&soql)?.pop())
    }

    fn parts(group: &str) -> Result<Vec<Part>, Error> {
        live::by("PermissionSetGroupComponent", "Id,PermissionSetId", "PermissionSetGroupId", &[group], "")
    }
}

impl Operation for CreatePermissionSetGroup {
    type Facts = Facts;

    fn read(&self, _targets: &[Asked<'_>]) -> Result<Facts, Error> {
        let found = self.find()?;
        let parts = found.as_ref().map(|found| Self::parts(&found.id)).transpose()?.unwrap_or_default();
        Ok(Facts { found, parts, sets: self.sets()? })
    }

    fn stand(&self, _key: &str, facts: &Facts) -> Option<Standing> {
        let wish = Wish { words: "permission set group", name: &self.name, api_name: &self.api_name };
        let same = |found: &Found| self.is(found, &facts.parts);
        let taken =
            facts.found.as_ref().map(|found| Taken { id: &found.id, name: &found.master_label, same: same(found) });
        let (mut standing, to_make) = creation::stand(&wish, taken);
        if let Some(status) =
            facts.found.as_ref().and_then(|found| found.status.as_deref()).filter(|status| *status != "Updated")
        {
            standing.made.push_str(&format!(" Salesforce has not finished working out what it grants ({status})."));
        }
        if to_make {
            let labels = facts.sets.iter().map(|set| set.label.as_str());
            let with =
                if facts.sets.is_empty() { "no permission sets yet".to_owned() } else { creation::some_of(labels) };
            standing.step(
                format!("Create the permission set group {} ({}) with {with}.", self.name, self.api_name),
                format!("The permission set group {} is created. Salesforce works out what it grants; until then it may refuse assignments.", self.name),
                vec![self.write()],
            );
            standing.undo = Some(Undo::new("delete-permission-set-group", &json!({})));
        }
        Some(standing)
    }

    fn aftermath(&self, _keys: &[&str]) -> Result<Vec<Touched>, Error> {
        let Some(found) = self.find()? else { return Ok(Vec::new()) };
        let parts = Self::parts(&found.id)?;
        Ok(parts.into_iter().map(|part| Touched::new("PermissionSetGroupComponent", part.id)).collect())
    }
}
