//! Users, as plans need them.

use super::live;
use super::operation::{Asked, Standing};
use crate::id;
use serde::Deserialize;
use weft_integration::prelude::*;

const COLUMNS: &str = "Id,Name,Username,IsActive,UserType,UserRoleId,UserRole.Name,ProfileId,Profile.Name,Profile.UserLicenseId,Profile.UserLicense.Name";

/// User types whose roles belong to their portal.
const PORTAL_TYPES: &[&str] =
    &["PowerPartner", "CspLitePortal", "CustomerSuccess", "PowerCustomerSuccess", "CsnOnly", "Guest"];
/// User types that Salesforce runs itself.
const SYSTEM_TYPES: &[&str] = &["AutomatedProcess", "CloudIntegrationUser"];

/// A user as they are now.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct User {
    pub id: String,
    name: Option<String>,
    pub username: String,
    pub is_active: bool,
    user_type: Option<String>,
    pub user_role_id: Option<String>,
    user_role: Option<Named>,
    pub profile_id: Option<String>,
    pub profile: Option<Profile>,
}

/// A record by its name.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Named {
    pub name: String,
}

/// The profile of a user.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Profile {
    pub name: String,
    pub user_license_id: Option<String>,
    pub user_license: Option<Named>,
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

    /// The user licence that their profile takes.
    pub fn license_id(&self) -> Option<&str> {
        self.profile.as_ref()?.user_license_id.as_deref()
    }

    /// The name of that licence.
    pub fn license_name(&self) -> &str {
        let license = self.profile.as_ref().and_then(|profile| profile.user_license.as_ref());
        license.map_or("another licence", |license| license.name.as_str())
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

/// What is said of a user that Salesforce runs itself.
pub fn refuse_system(standing: &mut Standing, user: &User) {
    if user.is_system() {
        standing.blocker("Salesforce runs this user itself.");
    }
}

/// The users asked for; the order is Salesforce's.
pub fn read(targets: &[Asked<'_>]) -> Result<Vec<User>, Error> {
    named(&keys(targets))
}

/// The users of these ids.
pub fn named(ids: &[&str]) -> Result<Vec<User>, Error> {
    live::by("User", COLUMNS, "Id", ids, "")
}

/// The keys of these targets.
pub fn keys<'a>(targets: &[Asked<'a>]) -> Vec<&'a str> {
    targets.iter().map(|target| target.key).collect()
}

/// The user of this key.
pub fn find<'a>(users: &'a [User], key: &str) -> Option<&'a User> {
    users.iter().find(|user| id::same(Some(&user.id), Some(key)))
}
