//! What may keep a user from being deactivated, as far as it can be read: being the connected user, being the last administrator, and
//! being named by other users. Default owners of cases and leads, workflow users and approvers cannot be read; there Salesforce's own
//! refusal tells.

use super::live;
use super::operation::Standing;
use super::people::{self, User};
use crate::describe::{Column, Describe};
use crate::{api, id, soql};
use serde::Deserialize;
use serde_json::Value as Json;
use weft_integration::prelude::*;

/// Custom fields looked at: orgs have one or two in which users name users.
const MAX_FIELDS: usize = 5;

/// What ties users to the org.
#[derive(Debug, Default)]
pub struct Ties {
    /// The user the connection acts as.
    pub own_user: String,
    /// Active users who may change all data and are no targets; none where that cannot be read.
    pub other_admins: Option<usize>,
    /// The targets among those who may.
    pub target_admins: Vec<String>,
    /// For each custom field in which users name users: its label, and whom it names.
    pub named_in: Vec<(String, Vec<String>)>,
    /// The columns of a user that the connected user may change.
    pub updateable: Vec<String>,
}

/// Reads the ties of these users.
pub fn read(keys: &[&str]) -> Result<Ties, Error> {
    let mut ties = Ties { own_user: api::user_info()?.user_id, ..Ties::default() };
    let keys: Vec<&str> = keys.iter().copied().filter(|key| id::normalize(key).is_some()).collect();
    if keys.is_empty() {
        return Ok(ties);
    }
    count_admins(&mut ties, &keys)?;
    let describe: Describe = api::success(api::describe("User").send()?)?.json()?;
    for column in describe.fields.iter().filter(|column| column.names_a_user()).take(MAX_FIELDS) {
        ties.named_in.push((column.label.clone(), named(column, &keys)?));
    }
    let updateable = describe.fields.into_iter().filter(|column| column.updateable);
    ties.updateable = updateable.map(|column| column.name).collect();
    Ok(ties)
}

fn named(column: &Column, keys: &[&str]) -> Result<Vec<String>, Error> {
    let records: Vec<Json> = live::by("User", &column.name, &column.name, keys, "IsActive = true")?;
    let mut named: Vec<String> =
        records.iter().filter_map(|record| record[&column.name].as_str()).map(Into::into).collect();
    named.sort_unstable();
    named.dedup();
    Ok(named)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Admin {
    #[serde(alias = "AssigneeId")]
    id: String,
}

/// Over profiles and over permission sets. Where neither can be read, nothing is counted: Salesforce itself refuses to deactivate the
/// last administrator.
fn count_admins(ties: &mut Ties, keys: &[&str]) -> Result<(), Error> {
    let most = soql::MAX_PAGE;
    let over_profiles =
        format!("SELECT Id FROM User WHERE IsActive = true AND Profile.PermissionsModifyAllData = true LIMIT {most}");
    let over_sets = format!(
        "SELECT AssigneeId FROM PermissionSetAssignment WHERE PermissionSet.PermissionsModifyAllData = true AND Assignee.IsActive = true LIMIT {most}"
    );
    let (over_profiles, over_sets) =
        (live::readable(live::rows::<Admin>(&over_profiles))?, live::readable(live::rows::<Admin>(&over_sets))?);
    if over_profiles.is_none() && over_sets.is_none() {
        return Ok(());
    }
    let mut admins: Vec<String> =
        [over_profiles, over_sets].into_iter().flatten().flatten().map(|admin| admin.id).collect();
    admins.sort_unstable();
    admins.dedup();
    let is_target = |admin: &String| keys.iter().any(|key| id::same(Some(key), Some(admin)));
    let (targets, others): (Vec<_>, Vec<_>) = admins.into_iter().partition(is_target);
    (ties.other_admins, ties.target_admins) = (Some(others.len()), targets);
    Ok(())
}

impl Ties {
    /// Says what speaks against deactivating this user.
    pub fn reserve(&self, standing: &mut Standing, user: &User) {
        for (field, _) in self.named_in.iter().filter(|(_, named)| contains(named, user)) {
            standing.warning(format!(
                "Other users name them in the field {field}. Salesforce refuses if it is a hierarchy field: name somebody else there first."
            ));
        }
        if id::same(Some(&self.own_user), Some(&user.id)) {
            standing.blocker("Weft itself is connected as this user.");
        }
        people::refuse_system(standing, user);
        if contains(&self.target_admins, user) && self.other_admins == Some(0) {
            standing.blocker("No other active user could administer the org.");
        }
    }
}

fn contains(ids: &[String], user: &User) -> bool {
    ids.iter().any(|found| id::same(Some(found), Some(&user.id)))
}
