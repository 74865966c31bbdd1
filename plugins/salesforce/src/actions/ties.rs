//! What may keep a user from being deactivated, as far as it can be read: being the last administrator, and being named by other users.
//! Default owners of cases and leads, workflow users and approvers cannot be read; there Salesforce's own refusal tells.

use super::change::Facts;
use super::user::User;
use crate::describe::{Column, Describe};
use crate::{api, id, soql};
use serde::Deserialize;
use serde_json::Value as Json;
use weft_integration::prelude::*;

/// Custom fields looked at: orgs have one or two in which users name users.
const MAX_FIELDS: usize = 5;

/// Reads the ties of these users.
pub fn read(facts: &mut Facts, keys: &[&str]) -> Result<(), Error> {
    if keys.is_empty() {
        return Ok(());
    }
    count_admins(facts, keys)?;
    let describe: Describe = api::success(api::describe("User").send()?)?.json()?;
    for column in describe.fields.iter().filter(|column| column.names_a_user()).take(MAX_FIELDS) {
        facts.named_in.push((column.label.clone(), named(column, keys)?));
    }
    Ok(())
}

fn named(column: &Column, keys: &[&str]) -> Result<Vec<String>, Error> {
    let records: Vec<Json> = api::read(&soql::that_name("User", &column.name, keys)?)?;
    let mut named: Vec<String> =
        records.iter().filter_map(|record| record[&column.name].as_str()).map(Into::into).collect();
    named.sort_unstable();
    named.dedup();
    Ok(named)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Admin {
    id: String,
}

/// Where profiles cannot be read, nothing is counted: Salesforce itself refuses to deactivate the last administrator.
fn count_admins(facts: &mut Facts, keys: &[&str]) -> Result<(), Error> {
    let soql = format!(
        "SELECT Id FROM User WHERE IsActive = true AND Profile.PermissionsModifyAllData = true LIMIT {}",
        soql::MAX_PAGE
    );
    match api::read::<Admin>(&soql) {
        Ok(admins) => {
            let is_target = |admin: &Admin| keys.iter().any(|key| id::same(Some(key), Some(&admin.id)));
            let (targets, others): (Vec<_>, Vec<_>) = admins.into_iter().partition(is_target);
            facts.other_admins = Some(others.len());
            facts.target_admins = targets.into_iter().map(|admin| admin.id).collect();
            Ok(())
        }
        Err(error) if error.class == ErrorClass::Forbidden => Ok(()),
        Err(error) => Err(error),
    }
}

/// Whether nobody but targets could administer the org afterwards, and this user could.
pub fn is_last_admin(user: &User, facts: &Facts) -> bool {
    contains(&facts.target_admins, user) && facts.other_admins == Some(0)
}

/// The fields in which others name this user.
pub fn naming<'a>(facts: &'a Facts, user: &User) -> impl Iterator<Item = &'a str> {
    facts.named_in.iter().filter(|(_, named)| contains(named, user)).map(|(label, _)| label.as_str())
}

fn contains(ids: &[String], user: &User) -> bool {
    ids.iter().any(|found| id::same(Some(found), Some(&user.id)))
}
