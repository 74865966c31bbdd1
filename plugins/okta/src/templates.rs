//! Ready-made boards: what an Okta admin looks for first.

use serde_json::{Value as Json, json};
use weft_integration::board::{days_ago, definition, falling, rising};
use weft_integration::prelude::*;

/// New users need some time before their first sign-in.
const NEW_DAYS: u32 = 30;
/// Days without a sign-in after which an account counts as idle.
const IDLE_DAYS: u32 = 90;

/// Users who may sign in, or could once they finish something.
const ALIVE: [&str; 5] = ["PROVISIONED", "ACTIVE", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT"];

/// All templates.
pub fn all() -> Vec<BoardTemplate> {
    vec![
        suspended_users(),
        never_signed_in(),
        idle_users(),
        groups_without_members(),
        unused_applications(),
        deactivated_in_groups(),
        failed_sign_ins(),
        all_users(),
    ]
}

fn suspended_users() -> BoardTemplate {
    BoardTemplate::new(
        "okta-suspended-users",
        "Suspended in Okta",
        "Accounts that cannot sign in and still hold their groups and applications, the longest first.",
        &board(
            "User",
            &["name", "login", "department", "groupCount", "applicationCount", "statusChanged", "lastLogin"],
            &[json!({ "path": "status", "op": "is", "value": "SUSPENDED" })],
            &[rising("statusChanged")],
        ),
    )
}

fn never_signed_in() -> BoardTemplate {
    BoardTemplate::new(
        "okta-never-signed-in",
        "Never signed in to Okta",
        "Accounts of more than 30 days that nobody has used even once.",
        &board(
            "User",
            &["name", "login", "status", "department", "created", "applicationCount"],
            &[
                json!({ "path": "lastLogin", "op": "is-empty" }),
                json!({ "path": "status", "op": "any-of", "value": ALIVE }),
                days_ago("created", NEW_DAYS),
            ],
            &[rising("created")],
        ),
    )
}

fn idle_users() -> BoardTemplate {
    BoardTemplate::new(
        "okta-idle-users",
        "Idle in Okta",
        "Accounts that can sign in and have not for 90 days.",
        &board(
            "User",
            &["name", "login", "status", "department", "lastLogin", "applicationCount"],
            &[json!({ "path": "status", "op": "any-of", "value": ALIVE }), days_ago("lastLogin", IDLE_DAYS)],
            &[rising("lastLogin")],
        ),
    )
}

fn groups_without_members() -> BoardTemplate {
    BoardTemplate::new(
        "okta-groups-without-members",
        "Okta groups without members",
        "Groups managed in Okta that nobody is in.",
        &board(
            "Group",
            &["name", "description", "memberCount", "lastMembershipUpdated", "created"],
            &[
                json!({ "path": "type", "op": "is", "value": "OKTA_GROUP" }),
                json!({ "path": "memberCount", "op": "is", "value": 0 }),
            ],
            &[rising("lastMembershipUpdated"), rising("name")],
        ),
    )
}

fn unused_applications() -> BoardTemplate {
    BoardTemplate::new(
        "okta-applications-without-users",
        "Okta applications without users",
        "Active applications that nobody is assigned to.",
        &board(
            "Application",
            &["label", "name", "signOnMode", "assignmentCount", "created", "lastUpdated"],
            &[
                json!({ "path": "status", "op": "is", "value": "ACTIVE" }),
                json!({ "path": "assignmentCount", "op": "is", "value": 0 }),
            ],
            &[rising("created")],
        ),
    )
}

fn deactivated_in_groups() -> BoardTemplate {
    BoardTemplate::new(
        "okta-deactivated-in-groups",
        "Deactivated in Okta, still in groups",
        "Deactivated accounts keep their groups: whoever activates one gives it all of them again.",
        &board(
            "User",
            &["name", "login", "department", "groupCount", "statusChanged"],
            &[
                json!({ "path": "status", "op": "is", "value": "DEPROVISIONED" }),
                // Everybody is in "Everyone".
                json!({ "path": "groupCount", "op": "greater-than", "value": 1 }),
            ],
            &[falling("groupCount"), rising("login")],
        ),
    )
}

fn failed_sign_ins() -> BoardTemplate {
    BoardTemplate::new(
        "okta-failed-sign-ins",
        "Failed sign-ins to Okta",
        "Sign-ins of the last 30 days that did not succeed, and why, the latest first.",
        &board(
            "Login",
            &["published", "login", "name", "outcome", "reason", "ipAddress", "country", "user.status"],
            &[
                json!({ "path": "outcome", "op": "any-of", "value": ["FAILURE", "DENY", "RATE_LIMIT"] }),
                json!({ "path": "published", "op": "less-than-days-ago", "value": NEW_DAYS }),
            ],
            &[falling("published")],
        ),
    )
}

fn all_users() -> BoardTemplate {
    BoardTemplate::new(
        "okta-all-users",
        "All Okta users",
        "Everybody with an account in the org, the deactivated ones as well.",
        &board(
            "User",
            &["name", "login", "email", "status", "department", "lastLogin", "groupCount", "applicationCount"],
            &[],
            &[rising("login")],
        ),
    )
}

/// Joined columns are called as people call them, not by their way there.
const TITLES: &[(&str, &str)] = &[("user.status", "User is")];

fn board(object: &str, columns: &[&str], filter: &[Json], sort: &[Json]) -> Json {
    definition(object, columns, TITLES, filter, sort)
}
