//! Users: people, guests and bots, the deactivated ones too. Slack leaves roles and time zone out of deactivated ones: unknown.

use super::{filled, flag, moment, text, time};
use serde::{Deserialize, Serialize};
use weft_integration::prelude::*;

/// What kinds of user there are.
const KINDS: &[(&str, &str)] = &[
    ("primary-owner", "Primary owner"),
    ("owner", "Owner"),
    ("admin", "Admin"),
    ("member", "Member"),
    ("guest", "Multi-channel guest"),
    ("single-channel-guest", "Single-channel guest"),
    ("bot", "Bot"),
];

/// Slack's own helper in every workspace: a bot, of which Slack does not say so.
const SLACKBOT: &str = "USLACKBOT";

pub fn object_type() -> ObjectType {
    ObjectType::new("User", "User", "Users")
        .help("People, guests and bots of the workspace, the deactivated ones too.")
        .identified_by("Id", "Handle")
        .labelled("Name")
        .with_fields(who())
        .with_fields(standing())
        .with_derived([DerivedField::new("UserGroupCount", "User groups", "memberships", Aggregate::Count)
            .needing(&["UserGroupMember"])
            .help("How many user groups the user is in.")])
        .known_elsewhere_by("email", "Email", Normalizer::Email)
}

fn who() -> Vec<Field> {
    vec![
        text("Id", "Id"),
        text("Handle", "Handle").help("Unique in the workspace."),
        text("Name", "Name").shown().help("The full name, or the display name where there is none."),
        text("DisplayName", "Display name"),
        text("Email", "Email").shown().help("Empty for bots. Needs the scope `users:read.email`."),
        text("Title", "Title").shown(),
        text("TimeZone", "Time zone"),
        text("TeamId", "Workspace id").help("Another one than Weft's for people who come over a shared channel."),
    ]
}

fn standing() -> Vec<Field> {
    vec![
        flag("IsActive", "Active").shown().help("Deactivated users cannot use Slack any more."),
        Field::new("Kind", "Kind", FieldType::Choice)
            .with_choices(KINDS)
            .shown()
            .help("Unknown for deactivated users, of whom Slack does not say it."),
        flag("IsGuest", "Guest").help("Sees only some channels, or a single one."),
        flag("IsAdmin", "Admin").help("Owners are admins as well."),
        flag("IsOwner", "Owner"),
        flag("IsBot", "Bot"),
        flag("IsInvited", "Invited").help("Was invited and has not signed in yet."),
        flag("HasTwoFactor", "Two-factor").help("Unknown unless Slack tells it to this app."),
        time("Updated", "Updated").help("The last change of the user or the profile."),
    ]
}

/// A user as Slack writes one.
#[derive(Debug, Deserialize)]
pub struct Member {
    id: String,
    team_id: Option<String>,
    name: Option<String>,
    real_name: Option<String>,
    deleted: Option<bool>,
    tz: Option<String>,
    is_admin: Option<bool>,
    is_owner: Option<bool>,
    is_primary_owner: Option<bool>,
    is_restricted: Option<bool>,
    is_ultra_restricted: Option<bool>,
    is_bot: Option<bool>,
    is_invited_user: Option<bool>,
    has_2fa: Option<bool>,
    updated: Option<i64>,
    #[serde(default)]
    profile: Profile,
}

#[derive(Debug, Default, Deserialize)]
struct Profile {
    real_name: Option<String>,
    display_name: Option<String>,
    email: Option<String>,
    title: Option<String>,
}

/// A user as a record.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Record {
    id: String,
    handle: Option<String>,
    name: Option<String>,
    display_name: Option<String>,
    email: Option<String>,
    title: Option<String>,
    time_zone: Option<String>,
    team_id: Option<String>,
    is_active: Option<bool>,
    kind: Option<&'static str>,
    is_guest: Option<bool>,
    is_admin: Option<bool>,
    is_owner: Option<bool>,
    is_bot: Option<bool>,
    is_invited: Option<bool>,
    has_two_factor: Option<bool>,
    updated: Option<i64>,
}

impl From<Member> for Record {
    fn from(member: Member) -> Self {
        let is_bot = if member.id == SLACKBOT { Some(true) } else { member.is_bot };
        let kind = kind(&member, is_bot);
        let Profile { real_name, display_name, email, title } = member.profile;
        let (handle, display_name) = (filled(member.name), filled(display_name));
        let full = filled(real_name).or(filled(member.real_name));
        Self {
            name: full.or_else(|| display_name.clone()).or_else(|| handle.clone()),
            handle,
            display_name,
            email: filled(email),
            title: filled(title),
            time_zone: filled(member.tz),
            team_id: member.team_id,
            is_active: member.deleted.map(|deleted| !deleted),
            kind,
            is_guest: either(member.is_restricted, member.is_ultra_restricted),
            is_admin: member.is_admin,
            is_owner: member.is_owner,
            is_bot,
            // Slack names only those who were invited.
            is_invited: Some(member.is_invited_user.unwrap_or(false)),
            has_two_factor: member.has_2fa,
            updated: moment(member.updated),
            id: member.id,
        }
    }
}

/// The strongest of what Slack says; none where it says nothing of roles.
fn kind(member: &Member, is_bot: Option<bool>) -> Option<&'static str> {
    let is = |flag: Option<bool>| flag == Some(true);
    match () {
        () if is(is_bot) => Some("bot"),
        () if is(member.is_primary_owner) => Some("primary-owner"),
        () if is(member.is_owner) => Some("owner"),
        () if is(member.is_admin) => Some("admin"),
        () if is(member.is_ultra_restricted) => Some("single-channel-guest"),
        () if is(member.is_restricted) => Some("guest"),
        () if member.is_restricted.is_none() => None,
        () => Some("member"),
    }
}

/// True when one is; unknown when neither is said.
fn either(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (None, None) => None,
        (left, right) => Some(left.unwrap_or(false) || right.unwrap_or(false)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};

    fn record(mut user: Json) -> Json {
        user["id"] = json!("U1");
        let member: Member = serde_json::from_value(user).unwrap();
        serde_json::to_value(Record::from(member)).unwrap()
    }

    #[test]
    fn names_fall_back_from_full_to_handle() {
        let table = [
            (
                json!({ "name": "ada", "real_name": "A. L.", "profile": { "real_name": "Ada Lovelace" } }),
                "Ada Lovelace",
            ),
            (json!({ "name": "ada", "real_name": "A. L.", "profile": { "real_name": "" } }), "A. L."),
            (json!({ "name": "ada", "profile": { "display_name": "Countess" } }), "Countess"),
            (json!({ "name": "ada" }), "ada"),
        ];
        for (user, name) in table {
            assert_eq!(record(user.clone())["Name"], name, "{user}");
        }
    }

    #[test]
    fn kinds_are_the_strongest_that_slack_says() {
        let base = json!({
            "is_bot": false, "is_admin": false, "is_owner": false, "is_restricted": false, "is_ultra_restricted": false
        });
        let kind = |flags: &[&str]| {
            let mut user = base.clone();
            flags.iter().for_each(|flag| user[*flag] = json!(true));
            record(user)["Kind"].clone()
        };
        assert_eq!(kind(&[]), "member");
        assert_eq!(kind(&["is_admin"]), "admin");
        assert_eq!(kind(&["is_admin", "is_owner"]), "owner");
        assert_eq!(kind(&["is_admin", "is_owner", "is_primary_owner"]), "primary-owner");
        assert_eq!(kind(&["is_restricted"]), "guest");
        assert_eq!(kind(&["is_restricted", "is_ultra_restricted"]), "single-channel-guest");
        assert_eq!(kind(&["is_bot"]), "bot");
        assert_eq!(record(json!({ "deleted": true }))["Kind"], Json::Null);
    }

    #[test]
    fn what_slack_does_not_say_is_unknown() {
        let gone = record(json!({ "name": "gone", "deleted": true, "updated": 1_700_000_000, "profile": {} }));
        assert_eq!((&gone["IsActive"], &gone["Updated"]), (&json!(false), &json!(1_700_000_000)));
        for unknown in ["IsAdmin", "IsGuest", "HasTwoFactor", "TimeZone", "Email"] {
            assert_eq!(gone[unknown], Json::Null, "{unknown}");
        }
    }

    #[test]
    fn every_field_of_the_object_is_in_the_record() {
        let fields: Vec<String> = object_type().fields.into_iter().map(|field| field.name).collect();
        let mut members: Vec<String> = record(json!({})).as_object().unwrap().keys().cloned().collect();
        let mut sorted = fields.clone();
        sorted.sort();
        members.sort();
        assert_eq!(sorted, members);
    }

    #[test]
    fn slackbot_is_a_bot() {
        let member: Member = serde_json::from_value(json!({ "id": "USLACKBOT", "is_bot": false })).unwrap();
        assert_eq!(Record::from(member).is_bot, Some(true));
    }
}
