//! The preflight: who the connection is, and what its user may read and do.

mod findings;
mod sources;

use crate::permissions::Permissions;
use crate::{actions, api, id, objects};
use findings::Findings;
use serde::Deserialize;
use sources::Sources;
use weft_integration::prelude::*;

/// Asks Salesforce for all of it. Only a login that no longer works at all is an error.
pub fn check() -> Result<Report, Error> {
    let user = api::user_info()?;
    let permissions = permissions()?;
    let sources = Sources::read()?;
    let findings = Findings { sources: &sources, permissions: &permissions };
    let found = objects::all().iter().map(|object| findings.of(object)).collect::<Result<Vec<_>, _>>()?;
    Ok(Report::new(account(&user), found, actions::access(&sources.described, &permissions)))
}

/// What the user may do; nothing is known where they may not even ask for that.
fn permissions() -> Result<Permissions, Error> {
    match Permissions::read() {
        Err(error) if !sources::ends_check(&error) => {
            log(Level::Info, "the permissions of the connected user are not known", &[("code", &error.code)]);
            Ok(Permissions::default())
        }
        answer => answer,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Organization {
    name: String,
    is_sandbox: Option<bool>,
}

/// The org by its name; by its id alone where the name cannot be read.
fn account(user: &api::UserInfo) -> Account {
    let soql = "SELECT Name,IsSandbox FROM Organization LIMIT 1";
    let name = match api::read::<Organization>(soql).ok().and_then(|mut found| found.pop()) {
        Some(Organization { name, is_sandbox: Some(true) }) => format!("{name} (sandbox)"),
        Some(Organization { name, .. }) => name,
        None => format!("Salesforce org {}", user.organization_id),
    };
    // Records carry long ids; what is compared with them must be one, too.
    let own_user = id::normalize(&user.user_id).unwrap_or_else(|| user.user_id.clone());
    Account::new(&user.organization_id, name).acting_as(own_user)
}
