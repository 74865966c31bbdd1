//! Put users into groups of Okta and take them out (spec, `PUT` and `DELETE /api/v1/groups/{groupId}/users/{userId}`).

use super::facts::{Facts, Group, User, listed};
use super::operation::{Operation, Standing};
use crate::api;
use serde_json::{Value as Json, json};
use weft_integration::prelude::*;

/// Both actions.
pub fn actions() -> [Action; 2] {
    let group = || [Input::reference("group", "Group", "Group").help("A group that is managed in Okta.")];
    let add = Action::new("add-group-member", "Add to group", "User")
        .help("Makes the user a member of a group that is managed in Okta. They get the applications that the group gives.")
        .with_inputs(group())
        .taken_back_by("remove-group-member", Reversal::Lossless);
    let remove = Action::new("remove-group-member", "Remove from group", "User")
        .help("Takes the user out of a group that is managed in Okta, and out of the applications they have through it alone.")
        .with_inputs(group())
        .destructive()
        .taken_back_by("add-group-member", Reversal::Lossless);
    [add, remove].map(|action| action.touching(&["GroupMember", "Group"]))
}

/// Whether users are to be in a group.
pub struct Member {
    wanted: bool,
    group: String,
}

impl Member {
    /// From the inputs of a call.
    pub fn of(wanted: bool, inputs: &Json) -> Result<Self, Error> {
        let group = inputs["group"].as_str().map(str::trim).filter(|id| api::is_id(id));
        let group = group.ok_or_else(|| Error::invalid_input("group", "Choose a group of the list."))?;
        Ok(Self { wanted, group: group.to_owned() })
    }
}

/// Only groups of this type take members over the API (spec, `PUT /api/v1/groups/{groupId}/users/{userId}`).
fn check(group: Option<&Group>) -> Result<(), Error> {
    let sentence = match group.map(|group| group.kind.as_str()) {
        Some("OKTA_GROUP") => return Ok(()),
        None => "There is no such group any more. Choose another one.",
        Some("BUILT_IN") => "Okta itself decides who is in this group. Choose another one.",
        Some(_) => {
            "This group comes from an application or a directory, which decides who is in it. Choose a group that is managed in Okta."
        }
    };
    Err(Error::invalid_input("group", sentence))
}

impl Operation for Member {
    fn read(&self, keys: &[&str]) -> Result<Facts, Error> {
        let facts = Facts::of_users(keys)?.with_group(&self.group)?;
        check(facts.group.as_ref())?;
        facts.with_groups()
    }

    fn stand(&self, user: &User, facts: &Facts) -> Standing {
        let name = facts.group.as_ref().map_or(self.group.as_str(), |group| &group.name);
        let is_in = facts.groups_of.get(&user.id).is_some_and(|groups| groups.contains(&self.group));
        let (step, made, undo) = match self.wanted {
            true => (format!("Add the user to {name}."), format!("The user is in {name}."), "remove-group-member"),
            false => {
                (format!("Take the user out of {name}."), format!("The user is not in {name}."), "add-group-member")
            }
        };
        let mut standing = Standing::new(user, json!({ "member": is_in }), step, made);
        standing.is_made = is_in == self.wanted;
        standing.undo = Some(Undo::new(undo, &json!({ "group": self.group })));
        if !facts.group_apps.is_empty() {
            let apps = listed(&facts.group_apps);
            standing.warnings.push(match self.wanted {
                true => format!("The group gives its members {apps}."),
                false => format!("Whoever has {apps} through this group alone loses it, with the account there where Okta manages it."),
            });
        }
        standing
    }

    fn request(&self, user: &str) -> Request {
        let make = if self.wanted { http::put } else { http::delete };
        make("/api/v1/groups".to_owned()).segment(&self.group).segment("users").segment(user)
    }

    fn touched(&self, user: &str, _facts: &Facts) -> Vec<(&'static str, String)> {
        vec![("GroupMember", format!("{}:{user}", self.group)), ("Group", self.group.clone())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(groups: &[&str]) -> Facts {
        let groups = groups.iter().map(|&id| id.to_owned()).collect();
        Facts { groups_of: [("00u1".to_owned(), groups)].into(), ..Facts::default() }
    }

    #[test]
    fn only_groups_of_okta_take_members() {
        let group = |kind: &str| Group { name: "G".into(), kind: kind.into() };
        assert!(check(Some(&group("OKTA_GROUP"))).is_ok());
        for refused in [None, Some(group("APP_GROUP")), Some(group("BUILT_IN"))] {
            assert_eq!(check(refused.as_ref()).unwrap_err().code, "group");
        }
    }

    #[test]
    fn who_is_where_they_should_be_is_left_alone() {
        let user = User::of(&json!({ "id": "00u1", "status": "ACTIVE", "profile": {} })).unwrap();
        for (wanted, groups, made) in
            [(true, &["00g1"][..], true), (true, &["00g2"], false), (false, &["00g1"], false), (false, &[], true)]
        {
            let member = Member::of(wanted, &json!({ "group": "00g1" })).unwrap();
            assert_eq!(member.stand(&user, &facts(groups)).is_made, made);
        }
        for wrong in [json!({}), json!({ "group": "../users" }), json!({ "group": 7 })] {
            assert_eq!(Member::of(true, &wrong).err().unwrap().code, "group");
        }
    }

    #[test]
    fn the_methods_say_in_or_out() {
        let request = |wanted| Member::of(wanted, &json!({ "group": "00g1" })).unwrap().request("00u1");
        assert_eq!(
            (request(true).method.as_str(), request(true).url.as_str()),
            ("PUT", "/api/v1/groups/00g1/users/00u1")
        );
        assert_eq!(request(false).method, "DELETE");
    }
}
