//! Roles: a tree that decides whose records a user sees.

use super::{choice, count, flag, id, is, page, text, time, to_one};
use crate::reading::{Reading, Source};
use weft_integration::prelude::*;

pub const READING: Reading = Reading::rows("UserRole", Source::of("UserRole", "ViewRoles"));

/// What the owner of an account may do with records of others under it.
const ACCESS: &[(&str, &str)] =
    &[("None", "None"), ("Read", "Read"), ("Edit", "Edit"), ("ControlledByParent", "As the parent")];

pub fn object_type() -> ObjectType {
    page("UserRole", "Role", "Roles", "Name")
        .help("Places in the role hierarchy. A user has one role or none.")
        .with_fields([
            id(),
            text("Name", "Name").shown(),
            text("DeveloperName", "API name").shown(),
            text("ParentRoleId", "Parent role id"),
            text("RollupDescription", "Title on reports"),
            choice("OpportunityAccessForAccountOwner", "Opportunity access", ACCESS),
            choice("CaseAccessForAccountOwner", "Case access", ACCESS),
            choice("ContactAccessForAccountOwner", "Contact access", ACCESS),
            text("ForecastUserId", "Forecast manager id"),
            flag("MayForecastManagerShare", "Forecast manager may share"),
            text("PortalAccountId", "Portal account id"),
            text("PortalAccountOwnerId", "Portal account owner id"),
            choice(
                "PortalType",
                "Portal type",
                &[("None", "None"), ("CustomerPortal", "Customer portal"), ("Partner", "Partner")],
            ),
            Field::new("PortalRole", "Portal role", FieldType::Choice),
            time("LastModifiedDate", "Last modified").shown(),
            text("LastModifiedById", "Last modified by"),
            time("SystemModstamp", "System modstamp"),
        ])
        .with_derived([
            count("UserCount", "Users", "users", &["User"]).help("Inactive users keep their role and count."),
            count("ActiveUserCount", "Active users", "users", &["User"]).only_where(&is("IsActive", true)),
            count("ChildCount", "Roles below", "children", &["UserRole"]),
        ])
        .with_relationships([to_one("parent", "Parent role", "UserRole", "ParentRoleId")
            .seen_back_as("children", "Roles below this one")])
}
