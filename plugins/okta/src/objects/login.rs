//! Sign-ins to Okta, successful and failed, from the System Log. Okta forgets them after 90 days; the host keeps them longer.

use super::{Declared, Need, Shape, choice, text, time};
use weft_integration::prelude::*;

/// The event of a sign-in (spec, example `ListLogs`; developer.okta.com/docs/reference/api/event-types).
pub const EVENT: &str = "user.session.start";
/// How long the System Log goes back.
pub const KEPT_BY_OKTA_DAYS: u32 = 90;
/// The days that sign-ins are kept by the host: two years, so that a seasonal user is told from one who left.
const KEPT_DAYS: u32 = 730;

pub const DECLARED: Declared = Declared {
    object: "Login",
    describe: object_type,
    shape: Shape::Logins,
    need: Need { scope: "okta.logs.read", view: "the System Log" },
};

/// Spec, `LogOutcome`.
const OUTCOMES: &[(&str, &str)] = &[
    ("SUCCESS", "Success"),
    ("FAILURE", "Failure"),
    ("SKIPPED", "Skipped"),
    ("ALLOW", "Allowed"),
    ("DENY", "Denied"),
    ("CHALLENGE", "Challenged"),
    ("RATE_LIMIT", "Too many"),
    ("DEFERRED", "Deferred"),
    ("SCHEDULED", "Scheduled"),
    ("ABANDONED", "Abandoned"),
    ("UNANSWERED", "Unanswered"),
    ("UNKNOWN", "Unknown"),
];

fn object_type() -> ObjectType {
    ObjectType::new("Login", "Sign-in", "Sign-ins")
        .identified_by("uuid", "uuid")
        .help("Who signed in to Okta, or tried to, when and from where. Kept here for two years; Okta forgets after 90 days.")
        .archived("published", KEPT_DAYS)
        .with_fields(attempt())
        .with_fields(origin())
        .with_relationships([
            Relationship::to_one("user", "User", "User", "userId", "id").seen_back_as("logins", "Sign-ins")
        ])
}

fn attempt() -> Vec<Field> {
    vec![
        text("uuid", "Id"),
        time("published", "Time").shown(),
        text("userId", "User id").at("/actor/id"),
        text("login", "Username").at("/actor/alternateId").shown(),
        text("name", "Name").at("/actor/displayName").shown(),
        choice("outcome", "Outcome", OUTCOMES).at("/outcome/result").shown(),
        text("reason", "Reason").at("/outcome/reason").shown(),
        text("message", "Event").at("/displayMessage"),
        choice("authenticationProvider", "Authenticated by", &[]).at("/authenticationContext/authenticationProvider"),
        choice("credentialType", "Credential", &[]).at("/authenticationContext/credentialType"),
    ]
}

fn origin() -> Vec<Field> {
    vec![
        text("ipAddress", "Source address").at("/client/ipAddress").shown(),
        text("city", "City").at("/client/geographicalContext/city"),
        text("country", "Country").at("/client/geographicalContext/country").shown(),
        text("zone", "Network zone").at("/client/zone"),
        text("device", "Device").at("/client/device"),
        text("browser", "Browser").at("/client/userAgent/browser"),
        text("platform", "Platform").at("/client/userAgent/os"),
        Field::new("isProxy", "Through a proxy", FieldType::Boolean).at("/securityContext/isProxy"),
        text("provider", "Internet provider").at("/securityContext/isp"),
    ]
}
