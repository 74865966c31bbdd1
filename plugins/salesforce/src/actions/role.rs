//! The role to assign, read live.

use crate::{api, soql};
use serde::Deserialize;
use weft_integration::prelude::*;

/// A role as it is now.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Role {
    pub name: String,
    pub portal_type: Option<String>,
}

/// The role of this id, if it is one that people can be given.
pub fn read(key: &str) -> Result<Role, Error> {
    let columns = ["Id", "Name", "PortalType"].map(str::to_owned);
    let mut found: Vec<Role> = api::read(&soql::by_keys("UserRole", &columns, &[key])?)?;
    assignable(found.pop())
}

fn assignable(role: Option<Role>) -> Result<Role, Error> {
    let role =
        role.ok_or_else(|| Error::invalid_input("role", "There is no such role any more. Choose another one."))?;
    match role.portal_type.as_deref() {
        None | Some("None") => Ok(role),
        Some(_) => Err(Error::invalid_input(
            "role",
            format!(
                "{} is a role of a portal account; Salesforce assigns those itself. Choose another one.",
                role.name
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_roles_for_people_can_be_assigned() {
        let role = |portal: &str| Role { name: "VP".into(), portal_type: Some(portal.into()) };
        assert!(assignable(Some(role("None"))).is_ok());
        assert_eq!(assignable(Some(role("Partner"))).unwrap_err().code, "role");
        assert_eq!(assignable(None).unwrap_err().class, ErrorClass::InvalidInput);
    }
}
