//! Create user group: a public group, with members if wanted.

use super::creation::{self, Taken, Wish, count};
use super::inputs::Inputs;
use super::live;
use super::member::Membership;
use super::operation::{Asked, Operation, Standing};
use super::write::{MADE, TOGETHER, Write};
use crate::id;
use serde::Deserialize;
use serde_json::json;
use weft_integration::prelude::*;

/// Members of a new group: as many as one request adds.
pub const MAX_MEMBERS: usize = TOGETHER;

pub fn action() -> Action {
    let members = |name: &str, title: &str, object: &str| Input {
        object: Some(object.into()),
        ..Input::new(name, title, InputType::References).optional().at_most(MAX_MEMBERS as u32)
    };
    Action::without_target("create-user-group", "Create user group")
        .help("Makes a public group, for sharing records and folders with its members.")
        .with_inputs([
            Input::new("name", "Name", InputType::Text).at_most(40),
            Input::new("api-name", "API name", InputType::Text)
                .optional()
                .at_most(80)
                .help("Made from the name when empty."),
            Input::new("description", "Description", InputType::LongText).optional().at_most(255),
            Input::new("include-bosses", "Grant access to managers", InputType::Boolean)
                .optional()
                .default_to(&json!(true))
                .help("Users above the members in the role hierarchy see what is shared with the group."),
            members("members", "Users", "User"),
            members("member-groups", "Groups", "Group"),
        ])
        .touching(&["Group", "GroupMember"])
        .taken_back_by("delete-user-group", Reversal::Lossless)
}

pub struct CreateUserGroup {
    name: String,
    api_name: String,
    description: Option<String>,
    include_bosses: bool,
    /// Users and groups.
    members: Vec<String>,
}

impl CreateUserGroup {
    /// From the inputs of a call.
    pub fn of(inputs: &Inputs) -> Result<Self, Error> {
        let name = inputs.text("name", 40)?;
        let mut members = inputs.ids("members", &["005"], "users", MAX_MEMBERS)?;
        members.extend(inputs.ids("member-groups", &["00G"], "groups", MAX_MEMBERS)?);
        if members.len() > MAX_MEMBERS {
            let sentence =
                format!("Choose at most {MAX_MEMBERS} users and groups together; these are {}.", members.len());
            return Err(Error::invalid_input("member-groups", sentence));
        }
        Ok(Self {
            api_name: inputs.api_name("api-name", &name)?,
            description: inputs.optional_text("description", 255)?,
            include_bosses: inputs.flag("include-bosses")?,
            members,
            name,
        })
    }

    fn is(&self, found: &Found) -> bool {
        found.name.as_deref() == Some(&self.name) && found.does_include_bosses == self.include_bosses
    }

    /// Those who are not in it yet.
    fn missing(&self, memberships: &[Membership]) -> Vec<&String> {
        let is_in = |member: &String| memberships.iter().any(|of| id::same(Some(&of.user_or_group_id), Some(member)));
        self.members.iter().filter(|member| !is_in(member)).collect()
    }
}

/// A group with the API name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Found {
    id: String,
    name: Option<String>,
    #[serde(default)]
    does_include_bosses: bool,
}

pub struct Facts {
    pub found: Option<Found>,
    pub memberships: Vec<Membership>,
}

impl Operation for CreateUserGroup {
    type Facts = Facts;

    fn read(&self, _targets: &[Asked<'_>]) -> Result<Facts, Error> {
        let name = live::quoted(&self.api_name);
        let soql =
            format!("SELECT Id,Name,DoesIncludeBosses FROM Group WHERE DeveloperName = {name} AND Type = 'Regular'");
        let found: Option<Found> = live::rows(&soql)?.pop();
        let ids: Vec<&str> = found.iter().map(|found| found.id.as_str()).collect();
        let memberships = live::by("GroupMember", "Id,GroupId,UserOrGroupId", "GroupId", &ids, "")?;
        Ok(Facts { found, memberships })
    }

    fn stand(&self, _key: &str, facts: &Facts) -> Option<Standing> {
        let wish = Wish { words: "group", name: &self.name, api_name: &self.api_name };
        let taken = facts.found.as_ref().map(|found| Taken {
            id: &found.id,
            name: found.name.as_deref().unwrap_or(&self.api_name),
            same: self.is(found),
        });
        let (mut standing, to_make) = creation::stand(&wish, taken);
        if to_make {
            let mut fields = json!({
                "Name": self.name, "DeveloperName": self.api_name, "Type": "Regular",
                "DoesIncludeBosses": self.include_bosses,
            });
            if let Some(description) = &self.description {
                fields["Description"] = json!(description);
            }
            standing.step(
                format!("Create the public group {} ({}).", self.name, self.api_name),
                format!("The group {} is created.", self.name),
                vec![Write::create("Group", fields).alone()],
            );
            standing.undo = Some(Undo::new("delete-user-group", &json!({})));
        }
        if standing.blockers.is_empty() {
            self.add_members(&mut standing, facts);
        }
        Some(standing)
    }
}

impl CreateUserGroup {
    fn add_members(&self, standing: &mut Standing, facts: &Facts) {
        let group = facts.found.as_ref().map_or(MADE, |found| found.id.as_str());
        let missing = self.missing(&facts.memberships);
        let add = |member: &&String| Write::create("GroupMember", json!({ "GroupId": group, "UserOrGroupId": member }));
        let members = count(missing.len(), "member", "members");
        standing.step(format!("Add {members}."), format!("{members} added."), missing.iter().map(add).collect());
    }
}
