//! Ready-made boards: the waste and the risk that admins look for first.

use serde_json::{Value as Json, json};
use weft_integration::board::{days_ago, definition, falling, is, rising};
use weft_integration::prelude::*;

/// Days without a login after which a paid seat, or a token, counts as idle.
const IDLE_DAYS: u32 = 90;
/// New users need some time before their first login.
const NEW_DAYS: u32 = 30;
/// Licences that run out within so many days are worth a look today.
const EXPIRY_DAYS: u32 = 90;

/// Users that Salesforce runs itself, and visitors without a login.
const NO_PEOPLE: [&str; 3] = ["Guest", "AutomatedProcess", "CloudIntegrationUser"];

/// All templates.
pub fn all() -> Vec<BoardTemplate> {
    vec![
        idle_seats(),
        never_logged_in(),
        inactive_with_licenses(),
        license_use(),
        licenses_running_out(),
        stale_tokens(),
        failed_logins(),
        permission_set_holders(),
        empty_roles(),
        unused_packages(),
        all_users(),
        inactive_users(),
        left_in("okta", "Okta", "status", json!({ "op": "any-of", "value": ["DEPROVISIONED", "SUSPENDED"] })),
        left_in("slack-directory", "Slack", "IsActive", json!({ "op": "is", "value": false })),
    ]
}

/// Leavers of whom Salesforce has not heard: their account in the other tool is closed, as a field of its users says, and here it is
/// open.
fn left_in(alias: &str, tool: &str, field: &str, mut is_closed: Json) -> BoardTemplate {
    let (field, matched) = (format!("@{alias}/User.{field}"), format!("@{alias}/User.@match"));
    is_closed["path"] = json!(field);
    BoardTemplate::new(
        &format!("left-in-{alias}"),
        &format!("Left in {tool}, active in Salesforce"),
        &format!("Active users whose account in {tool} is closed: access that nobody took back."),
        &board(
            "User",
            &["Name", "Username", &field, &matched, "profile.license.Name", "LastLoginDate", "IsActive"],
            &[is("IsActive", true), people(), is_closed],
            &[falling("LastLoginDate")],
        ),
    )
}

fn idle_seats() -> BoardTemplate {
    BoardTemplate::new(
        "idle-paid-seats",
        "Idle paid seats",
        "Active users who have not logged in, or not themselves, for 90 days: each takes a seat that is paid for.",
        &board(
            "User",
            &[
                "Name",
                "Username",
                "profile.license.Name",
                "role.Name",
                "LastLoginDate",
                "LastInteractiveLogin",
                "Frozen",
                "IsActive",
            ],
            &[
                is("IsActive", true),
                people(),
                json!({ "any": [days_ago("LastLoginDate", IDLE_DAYS), days_ago("LastInteractiveLogin", IDLE_DAYS)] }),
            ],
            &[rising("LastLoginDate")],
        ),
    )
}

fn never_logged_in() -> BoardTemplate {
    BoardTemplate::new(
        "never-logged-in",
        "Never logged in",
        "Active users of more than 30 days who have not logged in even once.",
        &board(
            "User",
            &["Name", "Username", "profile.license.Name", "role.Name", "CreatedDate", "Frozen"],
            &[
                is("IsActive", true),
                people(),
                json!({ "path": "LastLoginDate", "op": "is-empty" }),
                days_ago("CreatedDate", NEW_DAYS),
            ],
            &[rising("CreatedDate")],
        ),
    )
}

fn inactive_with_licenses() -> BoardTemplate {
    BoardTemplate::new(
        "inactive-with-licenses",
        "Inactive users still holding licences",
        "Permission set and package licences that stay taken although the user can no longer log in.",
        &board(
            "LicenseAssignment",
            &["user.Name", "user.Username", "license.Name", "Kind", "CreatedDate", "user.LastLoginDate"],
            &[is("user.IsActive", false)],
            &[rising("license.Name"), rising("user.Name")],
        ),
    )
}

fn license_use() -> BoardTemplate {
    BoardTemplate::new(
        "licence-use",
        "Licence use",
        "Seats bought, used and free of every licence, and how many are held by users who can no longer log in.",
        &board(
            "License",
            &["Name", "Kind", "Status", "Total", "Used", "Available", "AssignedToInactive", "ExpirationDate"],
            &[],
            &[rising("Kind"), falling("Used")],
        ),
    )
}

fn licenses_running_out() -> BoardTemplate {
    BoardTemplate::new(
        "licences-running-out",
        "Licences about to run out",
        "Licences that expire within 90 days, or of which no seat is free.",
        &board(
            "License",
            &["Name", "Kind", "Status", "Total", "Used", "Available", "ExpirationDate"],
            &[json!({ "any": [
                { "path": "ExpirationDate", "op": "in-next-days", "value": EXPIRY_DAYS },
                { "all": [
                    { "path": "Available", "op": "is", "value": 0 },
                    { "path": "Used", "op": "greater-than", "value": 0 },
                ] },
            ] })],
            &[rising("ExpirationDate"), rising("Available")],
        ),
    )
}

fn stale_tokens() -> BoardTemplate {
    BoardTemplate::new(
        "stale-oauth-tokens",
        "Stale OAuth tokens",
        "Apps that may act as a user and did not for 90 days, or never did.",
        &board(
            "OauthToken",
            &["AppName", "user.Name", "user.Username", "user.IsActive", "LastUsedDate", "UseCount", "CreatedDate"],
            &[json!({ "path": "LastUsedDate", "op": "more-than-days-ago", "value": IDLE_DAYS, "or_unknown": true })],
            &[rising("LastUsedDate")],
        ),
    )
}

fn failed_logins() -> BoardTemplate {
    BoardTemplate::new(
        "failed-logins",
        "Failed logins",
        "Logins of the last 30 days that did not succeed, and why, the latest first.",
        &board(
            "LoginHistory",
            &[
                "LoginTime",
                "user.Name",
                "user.Username",
                "Status",
                "LoginType",
                "Application",
                "SourceIp",
                "CountryIso",
                "user.IsActive",
            ],
            &[
                json!({ "path": "Status", "op": "is-not", "value": "Success" }),
                json!({ "path": "LoginTime", "op": "less-than-days-ago", "value": NEW_DAYS }),
            ],
            &[falling("LoginTime")],
        ),
    )
}

fn permission_set_holders() -> BoardTemplate {
    BoardTemplate::new(
        "permission-set-holders",
        "Users by permission set",
        "Who has which permission set, or has it through a group, and until when. Filter it by the permission set in question.",
        &board(
            "PermissionSetAssignment",
            &[
                "permissionSet.Label",
                "group.MasterLabel",
                "user.Name",
                "user.Username",
                "user.IsActive",
                "ExpirationDate",
                "user.LastLoginDate",
            ],
            &[json!({ "path": "IsActive", "op": "is", "value": true, "or_unknown": true })],
            &[rising("permissionSet.Label"), rising("group.MasterLabel"), rising("user.Name")],
        ),
    )
}

fn empty_roles() -> BoardTemplate {
    BoardTemplate::new(
        "roles-without-users",
        "Roles without users",
        "Places in the role tree that nobody has, with the role above and how many are below.",
        &board(
            "UserRole",
            &["Name", "DeveloperName", "parent.Name", "ChildCount", "UserCount", "LastModifiedDate"],
            &[json!({ "path": "UserCount", "op": "is", "value": 0 })],
            &[rising("parent.Name"), rising("Name")],
        ),
    )
}

fn unused_packages() -> BoardTemplate {
    BoardTemplate::new(
        "packages-with-unused-licences",
        "Packages with unused licences",
        "Installed packages of which seats are bought and not used, the most first.",
        &board(
            "Package",
            &[
                "Name",
                "NamespacePrefix",
                "Version",
                "license.Total",
                "license.Used",
                "license.Available",
                "license.ExpirationDate",
            ],
            &[
                json!({ "path": "Kind", "op": "is", "value": "installed" }),
                json!({ "path": "license.Available", "op": "greater-than", "value": 0 }),
            ],
            &[falling("license.Available")],
        ),
    )
}

fn all_users() -> BoardTemplate {
    BoardTemplate::new(
        "all-users",
        "All users",
        "Everybody in the org, with role, profile and licence.",
        &board(
            "User",
            &[
                "Name",
                "Username",
                "Email",
                "role.Name",
                "profile.Name",
                "profile.license.Name",
                "LastLoginDate",
                "IsActive",
            ],
            &[],
            &[rising("Name")],
        ),
    )
}

fn inactive_users() -> BoardTemplate {
    BoardTemplate::new(
        "inactive-users",
        "Inactive users",
        "Users who can no longer log in, the latest change first.",
        &board(
            "User",
            &["Name", "Username", "role.Name", "profile.Name", "LicenseCount", "LastLoginDate", "LastModifiedDate"],
            &[is("IsActive", false)],
            &[falling("LastModifiedDate")],
        ),
    )
}

/// The type of a user may be empty: then nothing speaks against a person.
fn people() -> Json {
    json!({ "path": "UserType", "op": "none-of", "value": NO_PEOPLE, "or_unknown": true })
}

/// Joined columns are called as people call them, not by their way there.
const TITLES: &[(&str, &str)] = &[
    ("role.Name", "Role"),
    ("profile.Name", "Profile"),
    ("profile.license.Name", "Licence"),
    ("user.Name", "User"),
    ("user.Username", "Username"),
    ("user.IsActive", "User active"),
    ("user.LastLoginDate", "Last login"),
    ("license.Name", "Licence"),
    ("license.Total", "Seats bought"),
    ("license.Used", "Seats used"),
    ("license.Available", "Seats free"),
    ("license.ExpirationDate", "Expires"),
    ("permissionSet.Label", "Permission set"),
    ("group.MasterLabel", "Through group"),
    ("parent.Name", "Role above"),
];

fn board(object: &str, columns: &[&str], filter: &[Json], sort: &[Json]) -> Json {
    definition(object, columns, TITLES, filter, sort)
}
