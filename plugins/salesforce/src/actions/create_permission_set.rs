//! Create permission set: an empty one, to which permissions are added in Salesforce.

use super::creation::{self, Taken, Wish};
use super::inputs::Inputs;
use super::live;
use super::operation::{Asked, Operation, Standing};
use super::write::Write;
use crate::id;
use serde::Deserialize;
use serde_json::json;
use weft_integration::prelude::*;

/// Characters that Salesforce takes in a label.
const MAX_LABEL: usize = 80;
/// Characters that Salesforce takes in a description.
const MAX_DESCRIPTION: usize = 255;

pub fn action() -> Action {
    Action::without_target("create-permission-set", "Create permission set")
        .help("Makes a permission set that grants nothing yet: its permissions are chosen in Salesforce's setup.")
        .with_inputs([
            Input::new("name", "Label", InputType::Text).at_most(80),
            Input::new("api-name", "API name", InputType::Text).optional().at_most(80).help("Made from the label when empty."),
            Input::new("description", "Description", InputType::LongText).optional().at_most(255),
            Input::reference("licence", "Licence", "License")
                .optional()
                .help("Only users with this licence can be given the set, and it can only grant what the licence allows. It cannot be changed later."),
            Input::new("activation-required", "Only in activated sessions", InputType::Boolean).optional(),
        ])
        .touching(&["PermissionSet"])
        .taken_back_by("delete-permission-set", Reversal::Lossless)
}

pub struct CreatePermissionSet {
    name: String,
    api_name: String,
    description: Option<String>,
    license: Option<String>,
    activation_required: bool,
}

impl CreatePermissionSet {
    /// From the inputs of a call.
    pub fn of(inputs: &Inputs) -> Result<Self, Error> {
        let name = inputs.text("name", MAX_LABEL)?;
        Ok(Self {
            api_name: inputs.api_name("api-name", &name)?,
            description: inputs.optional_text("description", MAX_DESCRIPTION)?,
            license: inputs.optional_id("licence", &["100", "0PL"], "a user or permission set licence")?,
            activation_required: inputs.flag("activation-required")?,
            name,
        })
    }

    fn is(&self, found: &Found) -> bool {
        found.label == self.name
            && found.description.as_deref().unwrap_or_default() == self.description.as_deref().unwrap_or_default()
            && id::same(found.license_id.as_deref(), self.license.as_deref())
            && found.has_activation_required == self.activation_required
    }
}

/// A permission set with the API name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Found {
    id: String,
    label: String,
    description: Option<String>,
    license_id: Option<String>,
    #[serde(default)]
    has_activation_required: bool,
}

impl Operation for CreatePermissionSet {
    type Facts = Vec<Found>;

    fn read(&self, _targets: &[Asked<'_>]) -> Result<Vec<Found>, Error> {
        live::rows(&format!(
            "SELECT Id,Label,Description,LicenseId,HasActivationRequired FROM PermissionSet WHERE Name = {} AND NamespacePrefix = null",
            live::quoted(&self.api_name)
        ))
    }

    fn stand(&self, _key: &str, found: &Vec<Found>) -> Option<Standing> {
        let wish = Wish { words: "permission set", name: &self.name, api_name: &self.api_name };
        let taken = found.first().map(|found| Taken { id: &found.id, name: &found.label, same: self.is(found) });
        let (mut standing, to_make) = creation::stand(&wish, taken);
        if to_make {
            let fields = json!({
                "Name": self.api_name, "Label": self.name, "Description": self.description,
                "LicenseId": self.license, "HasActivationRequired": self.activation_required,
            });
            standing.step(
                format!("Create the permission set {} ({}).", self.name, self.api_name),
                format!("The permission set {} is created.", self.name),
                vec![Write::create("PermissionSet", fields).alone()],
            );
            standing.undo = Some(Undo::new("delete-permission-set", &json!({})));
        }
        Some(standing)
    }
}
