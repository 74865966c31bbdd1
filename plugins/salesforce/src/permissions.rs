//! What the connected user may do, as Salesforce tells it: `UserPermissionAccess` has one boolean column for each permission.

use crate::api;
use crate::describe::Describe;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use weft_integration::prelude::*;

/// The permissions that this integration speaks of: Salesforce's API name, and the label that Setup shows.
const LABELS: &[(&str, &str)] = &[
    ("ApiEnabled", "API Enabled"),
    ("AssignPermissionSets", "Assign Permission Sets"),
    ("CustomizeApplication", "Customize Application"),
    ("FreezeUsers", "Freeze Users"),
    ("InstallPackaging", "Download AppExchange Packages"),
    ("ManageInternalUsers", "Manage Internal Users"),
    ("ManagePackageLicenses", "Manage Package Licenses"),
    ("ManageProfilesPermissionsets", "Manage Profiles and Permission Sets"),
    ("ManageRoles", "Manage Roles"),
    ("ManageUsers", "Manage Users"),
    ("MonitorLoginHistory", "Monitor Login History"),
    ("ViewAllUsers", "View All Users"),
    ("ViewRoles", "View Roles and Role Hierarchy"),
    ("ViewSetup", "View Setup and Configuration"),
];

/// The label of a permission as an admin finds it in Setup; its name where none is known.
pub fn label(name: &str) -> &str {
    LABELS.iter().find(|(known, _)| *known == name).map_or(name, |(_, label)| label)
}

/// What the connected user may do, as far as Salesforce says. A permission it does not speak of (not every one has a column, and
/// the object may be out of reach) counts as held: the refusal comes later, with Salesforce's own words.
#[derive(Clone, Debug, Default)]
pub struct Permissions {
    said: BTreeMap<String, bool>,
}

impl Permissions {
    /// Whether the user holds the permission of this API name (`ManageUsers`), or nothing is known against it.
    pub fn has(&self, name: &str) -> bool {
        self.said.get(name).copied().unwrap_or(true)
    }

    /// Whether Salesforce says that the user holds the permission of this API name.
    pub fn holds(&self, name: &str) -> bool {
        self.said.get(name) == Some(&true)
    }

    /// Asks for all permissions this integration speaks of, in two requests: which of them have a column here, then their values.
    pub fn read() -> Result<Self, Error> {
        let describe: Describe = api::success(api::describe("UserPermissionAccess").send()?)?.json()?;
        let columns = columns(&describe);
        if columns.is_empty() {
            return Ok(Self::default());
        }
        let soql = format!("SELECT {} FROM UserPermissionAccess LIMIT 1", columns.join(","));
        Ok(api::read::<Map<String, Json>>(&soql)?.first().map(Self::of).unwrap_or_default())
    }

    /// From the record that Salesforce gives.
    pub fn of(record: &Map<String, Json>) -> Self {
        let value = |(column, value): (&String, &Json)| {
            Some((column.strip_prefix("Permissions")?.to_owned(), value.as_bool()?))
        };
        Self { said: record.iter().filter_map(value).collect() }
    }
}

fn columns(describe: &Describe) -> Vec<String> {
    let names = LABELS.iter().map(|(name, _)| format!("Permissions{name}"));
    names.filter(|name| describe.column(name).is_some()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_salesforce_does_not_speak_of_is_not_held_against_the_user() {
        let record = json!({ "attributes": {}, "PermissionsManageUsers": false, "PermissionsViewSetup": true });
        let permissions = Permissions::of(record.as_object().unwrap());
        assert!(!permissions.has("ManageUsers") && !permissions.holds("ManageUsers"));
        assert!(permissions.has("ViewSetup") && permissions.holds("ViewSetup"));
        for unsaid in ["ManagePackageLicenses", "ManageRoles"] {
            assert!(permissions.has(unsaid) && !permissions.holds(unsaid), "{unsaid}");
        }
    }

    #[test]
    fn only_columns_that_exist_are_asked_for() {
        let fields = json!({ "fields": [{ "name": "PermissionsManageRoles", "label": "x", "type": "boolean" }] });
        assert_eq!(columns(&serde_json::from_value(fields).unwrap()), ["PermissionsManageRoles"]);
        assert_eq!(label("InstallPackaging"), "Download AppExchange Packages");
    }
}
