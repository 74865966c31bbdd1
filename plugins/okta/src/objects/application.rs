//! Applications that people reach through Okta.

use super::{Declared, Listing, Need, Shape, choice, count, id, text, time};
use weft_integration::prelude::*;

/// At most 200 on a page; without the switch only active apps are listed (spec, `GET /api/v1/apps`).
pub const LISTING: Listing =
    Listing { path: "/api/v1/apps", query: &[("includeNonDeleted", "true")], limit: 200, finish: None };

pub const DECLARED: Declared = Declared {
    object: "Application",
    describe: object_type,
    shape: Shape::Whole(LISTING),
    need: Need { scope: "okta.apps.read", view: "applications" },
};

/// Spec, `ApplicationLifecycleStatus`.
const STATUSES: &[(&str, &str)] = &[("ACTIVE", "Active"), ("INACTIVE", "Inactive"), ("DELETED", "Deleted")];

/// Spec, `ApplicationSignOnMode`.
const SIGN_ON_MODES: &[(&str, &str)] = &[
    ("OPENID_CONNECT", "OpenID Connect"),
    ("SAML_2_0", "SAML 2.0"),
    ("SAML_1_1", "SAML 1.1"),
    ("WS_FEDERATION", "WS-Federation"),
    ("BROWSER_PLUGIN", "Browser plugin"),
    ("SECURE_PASSWORD_STORE", "Password store"),
    ("AUTO_LOGIN", "Auto login"),
    ("BASIC_AUTH", "Basic authentication"),
    ("BOOKMARK", "Bookmark"),
];

fn object_type() -> ObjectType {
    ObjectType::new("Application", "Application", "Applications")
        .identified_by("id", "label")
        .help("Applications that Okta signs people in to, or provisions accounts in.")
        .linked("{base}/admin/app/{name}/instance/{id}")
        .with_fields([
            id(),
            text("label", "Name").shown(),
            text("name", "Kind of application")
                .help("Okta's name for the integration; one may be there several times."),
            choice("status", "Status", STATUSES).shown(),
            choice("signOnMode", "Sign-on", SIGN_ON_MODES).shown(),
            Field::new("features", "Provisioning", FieldType::List)
                .help("What Okta does in the application: create, update or deactivate accounts, import them."),
            time("created", "Created").shown(),
            time("lastUpdated", "Last changed"),
        ])
        .with_derived([count("assignmentCount", "Users assigned", "assignments", "ApplicationAssignment")])
}
