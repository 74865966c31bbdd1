//! Create user role: a new place in the role hierarchy.

use super::creation::{self, Taken, Wish};
use super::inputs::Inputs;
use super::live;
use super::operation::{Asked, Operation, Standing};
use super::role_of_user::{self, Role};
use super::write::Write;
use crate::id;
use serde::Deserialize;
use serde_json::json;
use weft_integration::prelude::*;

/// What the owner of an account may do with records of others under it.
const ACCESS: &[(&str, &str)] = &[("None", "No access"), ("Read", "View"), ("Edit", "View and edit")];

/// Input, column, and title of the three kinds of records.
const ACCESSES: &[(&str, &str, &str)] = &[
    ("opportunity-access", "OpportunityAccessForAccountOwner", "Opportunities of own accounts"),
    ("case-access", "CaseAccessForAccountOwner", "Cases of own accounts"),
    ("contact-access", "ContactAccessForAccountOwner", "Contacts of own accounts"),
];

pub fn action() -> Action {
    let access = |(name, _, title): &(&str, &str, &str)| {
        Input::new(name, title, InputType::Choice)
            .optional()
            .with_choices(ACCESS)
            .help("What users with this role may do with them, whoever owns them. Empty: as the org decides.")
    };
    Action::without_target("create-user-role", "Create user role")
        .help("Makes a new place in the role hierarchy.")
        .with_inputs([
            Input::new("name", "Name", InputType::Text).at_most(80),
            Input::new("api-name", "API name", InputType::Text)
                .optional()
                .at_most(80)
                .help("Made from the name when empty."),
            Input::reference("parent", "Reports to", "UserRole").optional().help("Empty: at the top of the hierarchy."),
        ])
        .with_inputs(ACCESSES.iter().map(access))
        .touching(&["UserRole"])
        .taken_back_by("delete-user-role", Reversal::Lossless)
}

pub struct CreateUserRole {
    name: String,
    api_name: String,
    parent: Option<String>,
    /// Columns and their values.
    accesses: Vec<(&'static str, String)>,
}

impl CreateUserRole {
    /// From the inputs of a call.
    pub fn of(inputs: &Inputs) -> Result<Self, Error> {
        let name = inputs.text("name", 80)?;
        let mut accesses = Vec::new();
        for (input, column, _) in ACCESSES {
            accesses.extend(inputs.choice(input, ACCESS)?.map(|value| (*column, value)));
        }
        Ok(Self {
            api_name: inputs.api_name("api-name", &name)?,
            parent: inputs.optional_id("parent", &["00E"], "a role")?,
            accesses,
            name,
        })
    }
}

/// The inputs that make a role anew.
pub fn inputs_of(role: &super::delete_user_role::Target) -> serde_json::Value {
    let mut inputs = json!({ "name": role.name, "api-name": role.developer_name, "parent": role.parent_role_id });
    for (input, column, _) in ACCESSES {
        let value = role.accesses.get(*column).and_then(|value| value.as_str());
        if let Some(value) = value.filter(|value| ACCESS.iter().any(|(known, _)| known == value)) {
            inputs[*input] = json!(value);
        }
    }
    inputs
}

/// A role with the API name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Found {
    id: String,
    name: String,
    parent_role_id: Option<String>,
}

pub struct Facts {
    pub found: Option<Found>,
    pub parent: Option<Role>,
}

impl Operation for CreateUserRole {
    type Facts = Facts;

    fn read(&self, _targets: &[Asked<'_>]) -> Result<Facts, Error> {
        let parent = self.parent.as_deref().map(|parent| role_of_user::assignable("parent", parent)).transpose()?;
        let name = live::quoted(&self.api_name);
        let found =
            live::rows(&format!("SELECT Id,Name,ParentRoleId FROM UserRole WHERE DeveloperName = {name}"))?.pop();
        Ok(Facts { found, parent })
    }

    fn stand(&self, _key: &str, facts: &Facts) -> Option<Standing> {
        let wish = Wish { words: "role", name: &self.name, api_name: &self.api_name };
        let same = |found: &Found| {
            found.name == self.name && id::same(found.parent_role_id.as_deref(), self.parent.as_deref())
        };
        let taken = facts.found.as_ref().map(|found| Taken { id: &found.id, name: &found.name, same: same(found) });
        let (mut standing, to_make) = creation::stand(&wish, taken);
        if to_make {
            let mut fields = json!({ "Name": self.name, "DeveloperName": self.api_name, "ParentRoleId": self.parent });
            for (column, value) in &self.accesses {
                fields[*column] = json!(value);
            }
            let place = match &facts.parent {
                Some(parent) => format!("under {}", parent.name),
                None => "at the top of the hierarchy".to_owned(),
            };
            standing.step(
                format!("Create the role {} ({}) {place}.", self.name, self.api_name),
                format!("The role {} is created.", self.name),
                vec![Write::create("UserRole", fields).alone()],
            );
            standing.undo = Some(Undo::new("delete-user-role", &json!({})));
        }
        Some(standing)
    }
}
