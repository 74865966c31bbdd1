//! Form-encoded bodies: slash commands, and the field that carries an interaction's JSON.

use super::{Envelope, Inbound, SlashCommand, Unreadable, body_key, wire::tenant};
use crate::domain::UserId;
use std::borrow::Cow;
use std::collections::HashMap;

/// The first field of this name.
pub(super) fn field<'a>(body: &'a [u8], name: &str) -> Option<Cow<'a, str>> {
    url::form_urlencoded::parse(body).find(|(key, _)| key == name).map(|(_, value)| value)
}

/// Reads a slash command.
pub fn command(body: &[u8]) -> Result<Envelope, Unreadable> {
    let mut fields: HashMap<String, String> = url::form_urlencoded::parse(body).into_owned().collect();
    let mut take = |name: &str| fields.remove(name).filter(|value| !value.is_empty());
    let name = take("command").ok_or(Unreadable::NoPayload)?;
    let organisation = take("is_enterprise_install").is_some_and(|value| value == "true");
    let workspace = tenant(take("team_id"), take("enterprise_id"), organisation)?;
    let trigger = take("trigger_id");
    let dedup = trigger.as_ref().map_or_else(|| body_key("command", body), |trigger| format!("command/{trigger}"));
    let command = SlashCommand {
        name,
        text: take("text").unwrap_or_default(),
        channel: take("channel_id"),
        response_url: take("response_url"),
        trigger,
    };
    Ok(Envelope { workspace, user: take("user_id").map(UserId), dedup, what: Inbound::Command(command) })
}
