//! Permission set groups: permission sets that are assigned together.

use super::{choice, count, flag, id, long_text, page, stamps, text};
use crate::reading::{Reading, Source};
use weft_integration::prelude::*;

pub const READING: Reading = Reading::rows("PermissionSetGroup", Source::of("PermissionSetGroup", "ViewSetup"));

pub fn object_type() -> ObjectType {
    page("PermissionSetGroup", "Permission set group", "Permission set groups", "MasterLabel")
        .help("Permission sets that are assigned together, as a job needs them.")
        .with_fields([
            id(),
            text("MasterLabel", "Label").shown(),
            text("DeveloperName", "API name").shown(),
            long_text("Description", "Description"),
            choice(
                "Status",
                "Calculation",
                &[
                    ("Updated", "Up to date"),
                    ("Outdated", "Out of date"),
                    ("Updating", "Being calculated"),
                    ("Failed", "Failed"),
                ],
            )
            .shown()
            .help("Salesforce works out the permissions of a group anew after each change of it."),
            text("Language", "Language"),
            text("NamespacePrefix", "Package namespace"),
            flag("HasActivationRequired", "Needs activation in a session"),
        ])
        .with_fields(stamps())
        .with_derived([
            count("AssignmentCount", "Assignments", "assignments", &["PermissionSetAssignment"]),
            count("PermissionSetCount", "Permission sets in it", "components", &["PermissionSetGroupComponent"]),
        ])
}
