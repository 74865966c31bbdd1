//! Roles: a tree that decides whose records a user sees.

use super::{id, object, text, time, to_one};
use weft_integration::prelude::*;

/// What the owner of an account may do with records of others under it.
const ACCESS: &[(&str, &str)] =
    &[("None", "None"), ("Read", "Read"), ("Edit", "Edit"), ("ControlledByParent", "As the parent")];

pub fn object_type() -> ObjectType {
    object("UserRole", "Role", "Roles", "Name")
        .help("Places in the role hierarchy. A user has one role or none.")
        .with_fields([
            id(),
            text("Name", "Name").shown(),
            text("DeveloperName", "API name").shown(),
            text("ParentRoleId", "Parent role id"),
            text("RollupDescription", "Title on reports"),
            access("OpportunityAccessForAccountOwner", "Opportunity access"),
            access("CaseAccessForAccountOwner", "Case access"),
            access("ContactAccessForAccountOwner", "Contact access"),
            text("ForecastUserId", "Forecast manager id"),
            Field::new("MayForecastManagerShare", "Forecast manager may share", FieldType::Boolean),
            text("PortalAccountId", "Portal account id"),
            text("PortalAccountOwnerId", "Portal account owner id"),
            Field::new("PortalType", "Portal type", FieldType::Choice).with_choices(&[
                ("None", "None"),
                ("CustomerPortal", "Customer portal"),
                ("Partner", "Partner"),
            ]),
            Field::new("PortalRole", "Portal role", FieldType::Choice),
            time("LastModifiedDate", "Last modified").shown(),
            text("LastModifiedById", "Last modified by"),
            time("SystemModstamp", "System modstamp"),
        ])
        .with_relationships([to_one("parent", "Parent role", "UserRole", "ParentRoleId")
            .seen_back_as("children", "Roles below this one")])
}

fn access(name: &str, title: &str) -> Field {
    Field::new(name, title, FieldType::Choice).with_choices(ACCESS)
}
