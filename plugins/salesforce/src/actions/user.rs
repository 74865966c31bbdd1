//! Users, read live: never from what was fetched before.

use crate::describe::{self, Describe, Described};
use crate::{api, id, objects, soql};
use serde::Deserialize;
use serde_json::Value as Json;
use weft_integration::prelude::*;

/// What plans rest on.
const COLUMNS: &[&str] = &["Id", "Name", "Username", "IsActive", "UserType", "UserRoleId", "UserRole.Name"];

/// User types whose roles belong to their portal.
const PORTAL_TYPES: &[&str] =
    &["PowerPartner", "CspLitePortal", "CustomerSuccess", "PowerCustomerSuccess", "CsnOnly", "Guest"];
/// User types that Salesforce runs itself.
const SYSTEM_TYPES: &[&str] = &["AutomatedProcess", "CloudIntegrationUser"];

/// A user as it is now.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct User {
    pub id: String,
    pub name: Option<String>,
    pub username: String,
    pub is_active: bool,
    user_type: Option<String>,
    pub user_role_id: Option<String>,
    user_role: Option<Named>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    name: String,
}

impl User {
    /// As people know them.
    pub fn title(&self) -> String {
        match &self.name {
            Some(name) => format!("{name} ({})", self.username),
            None => self.username.clone(),
        }
    }

    /// The name of their role; its id where the name cannot be read.
    pub fn role_name(&self) -> Option<&str> {
        self.user_role.as_ref().map(|role| role.name.as_str()).or(self.user_role_id.as_deref())
    }

    /// A customer, partner or guest: their role follows from their portal.
    pub fn is_portal(&self) -> bool {
        self.user_type.as_deref().is_some_and(|kind| PORTAL_TYPES.contains(&kind))
    }

    /// A user that Salesforce runs itself.
    pub fn is_system(&self) -> bool {
        self.user_type.as_deref().is_some_and(|kind| SYSTEM_TYPES.contains(&kind))
    }
}

/// The users with these keys, in one query; the order is Salesforce's.
pub fn read<T: AsRef<str>>(keys: &[T]) -> Result<Vec<User>, Error> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let columns: Vec<String> = COLUMNS.iter().map(|&column| column.to_owned()).collect();
    api::read(&soql::by_keys("User", &columns, keys)?)
}

/// The user of this key.
pub fn find<'a>(users: &'a [User], key: &str) -> Option<&'a User> {
    users.iter().find(|user| id::same(Some(&user.id), Some(key)))
}

/// The keys that are Salesforce ids: what is none is no user, and must not spoil the query for the others.
pub fn ids<'a>(keys: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    keys.into_iter().filter(|key| id::normalize(key).is_some()).collect()
}

/// The whole records of these users, with the same columns as a fetch. What was done is told even when they cannot be read: the next
/// sync brings them.
pub fn records(keys: &[&str]) -> Vec<ChangedRecord> {
    read_records(keys).unwrap_or_else(|error| {
        log(Level::Warn, "users could not be read back after an action", &[("code", &error.code)]);
        Vec::new()
    })
}

fn read_records(keys: &[&str]) -> Result<Vec<ChangedRecord>, Error> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let fields = describe::visible(&objects::find("User")?, &described()?);
    let records: Vec<Json> = api::read(&soql::by_keys("User", &soql::columns(&fields)?, keys)?)?;
    Ok(records.iter().map(|record| ChangedRecord::new("User", record)).collect())
}

/// The descriptions that decide which columns of a user are seen. One that is refused hides its columns.
fn described() -> Result<Described, Error> {
    let names = ["User", "Profile", "UserRole"];
    let answers = http::all(&names.map(api::describe));
    let mut described = Described::new();
    for (name, answer) in names.into_iter().zip(answers) {
        let describe = api::success(answer?).and_then(|response| response.json::<Describe>());
        match describe {
            Ok(describe) => drop(described.insert(name.to_owned(), describe)),
            Err(error) if error.class == ErrorClass::Forbidden || error.class == ErrorClass::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(described)
}
