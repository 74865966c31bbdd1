//! Users. Their attributes stand in a profile, which each org can extend.

use super::{Declared, Listing, Need, Shape, choice, count, id, text, time};
use serde_json::Value as Json;
use weft_integration::prelude::*;

/// Deprovisioned users are left out of the plain listing, and are in a filtered one (spec, `GET /api/v1/users`). Unlike `search`, `filter`
/// is not said to lag behind; this one lets everybody through.
const EVERYBODY: &[(&str, &str)] = &[("filter", "lastUpdated gt \"1970-01-01T00:00:00.000Z\"")];

pub const DECLARED: Declared = Declared {
    object: "User",
    describe: object_type,
    shape: Shape::Whole(Listing { path: "/api/v1/users", query: EVERYBODY, limit: 200, finish: Some(name) }),
    need: Need { scope: "okta.users.read", view: "users" },
};

/// Every status of a user (spec, `UserStatus`), as the Admin Console calls it.
const STATUSES: &[(&str, &str)] = &[
    ("STAGED", "Staged"),
    ("PROVISIONED", "Pending user action"),
    ("ACTIVE", "Active"),
    ("RECOVERY", "Password reset"),
    ("PASSWORD_EXPIRED", "Password expired"),
    ("LOCKED_OUT", "Locked out"),
    ("SUSPENDED", "Suspended"),
    ("DEPROVISIONED", "Deactivated"),
];

/// A status as people call it.
pub fn status_title(status: &str) -> &str {
    STATUSES.iter().find(|(known, _)| *known == status).map_or(status, |(_, title)| title)
}

fn object_type() -> ObjectType {
    ObjectType::new("User", "User", "Users")
        .identified_by("id", "login")
        .labelled("name")
        .help("People with an account in the org, the deactivated ones as well.")
        .linked("{base}/admin/user/profile/view/{id}")
        .with_fields(who())
        .with_fields(place())
        .with_fields(history())
        .with_derived([
            count("groupCount", "Groups", "groupMemberships", "GroupMember"),
            count("applicationCount", "Applications", "applicationAssignments", "ApplicationAssignment")
                .help("Applications assigned to the user, directly or through a group."),
        ])
        .known_elsewhere_by("email", "email", Normalizer::Email)
        .known_elsewhere_by("username", "login", Normalizer::Folded)
        .known_elsewhere_by("employee-number", "employeeNumber", Normalizer::Folded)
}

fn profile(name: &str, title: &str) -> Field {
    text(name, title).at(&format!("/profile/{name}"))
}

fn who() -> Vec<Field> {
    vec![
        id(),
        profile("login", "Username").shown().help("Unique in the org; often, but not always, an e-mail address."),
        text("name", "Name").shown().help("The display name, or else first and last name."),
        profile("displayName", "Display name"),
        profile("firstName", "First name"),
        profile("lastName", "Last name"),
        profile("email", "Email").shown(),
        profile("secondEmail", "Secondary email"),
        profile("employeeNumber", "Employee number"),
        profile("title", "Title"),
        profile("department", "Department").shown(),
        profile("division", "Division"),
        profile("organization", "Organization"),
        profile("costCenter", "Cost center"),
        profile("userType", "User type"),
        profile("manager", "Manager"),
        profile("managerId", "Manager id"),
        profile("mobilePhone", "Mobile phone"),
        profile("city", "City"),
        profile("state", "State"),
        profile("countryCode", "Country"),
        profile("timezone", "Time zone"),
        profile("locale", "Locale"),
    ]
}

fn place() -> Vec<Field> {
    vec![
        choice("status", "Status", STATUSES)
            .shown()
            .help("As of the last sign-in or change: Okta looks at passwords only when somebody signs in."),
        choice("transitioningToStatus", "Becoming", STATUSES).help("A change of status that is under way."),
        choice("provider", "Signs in with", &[])
            .at("/credentials/provider/type")
            .help("Where the password is: Okta, Active Directory, another provider."),
        text("providerName", "Provider").at("/credentials/provider/name"),
        text("typeId", "User type id").at("/type/id"),
        text("realmId", "Realm id"),
    ]
}

fn history() -> Vec<Field> {
    vec![
        time("lastLogin", "Last sign-in").shown().help("Empty for a user who never signed in."),
        time("created", "Created"),
        time("activated", "Activated"),
        time("statusChanged", "Status changed"),
        time("passwordChanged", "Password changed"),
        time("lastUpdated", "Last changed"),
    ]
}

/// What people call a user: display names are seldom set.
pub fn title(user: &Json) -> Option<String> {
    let text = |name: &str| user["profile"][name].as_str().map(str::trim).filter(|text| !text.is_empty());
    let both: Vec<&str> = [text("firstName"), text("lastName")].into_iter().flatten().collect();
    let name = (!both.is_empty()).then(|| both.join(" "));
    text("displayName").map(str::to_owned).or(name).or_else(|| text("login").map(str::to_owned))
}

fn name(user: &mut Json) {
    if let Some(title) = title(user) {
        user["name"] = Json::String(title);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_user_is_called_as_people_call_them() {
        for (profile, called) in [
            (json!({ "displayName": "Ada B.", "firstName": "Ada", "lastName": "Byron" }), Some("Ada B.")),
            (json!({ "displayName": null, "firstName": "Ada", "lastName": "Byron" }), Some("Ada Byron")),
            (json!({ "displayName": " ", "firstName": null, "lastName": "Byron" }), Some("Byron")),
            (json!({ "login": "ada@acme.example" }), Some("ada@acme.example")),
            (json!({}), None),
        ] {
            let mut user = json!({ "id": "00u1", "profile": profile });
            name(&mut user);
            assert_eq!(user["name"].as_str(), called);
        }
    }
}
