//! conversations.open, info, members and list.

use serde_json::{Value, json};

use super::{ApiError, ApiResult, Call};
use crate::slack::options::{BOT_USER, Channel};

/// Slack's epoch of a channel nobody asks about.
const CREATED: u64 = 1_700_000_000;

fn channel_json(channel: &Channel) -> Value {
    let is_member = channel.members.iter().any(|member| member == BOT_USER);
    let mut value = json!({
        "id": channel.id,
        "created": CREATED,
        "is_archived": channel.is_archived,
        "is_im": channel.is_im,
        "is_mpim": false,
        "is_channel": !channel.is_im && !channel.is_private,
        "is_group": channel.is_private,
        "is_private": channel.is_private || channel.is_im,
        "is_member": is_member,
    });
    if channel.is_im {
        value["user"] = json!(channel.members.iter().find(|member| *member != BOT_USER));
    } else {
        value["name"] = json!(channel.name);
        value["name_normalized"] = json!(channel.name);
        value["topic"] = json!({ "value": channel.topic, "creator": "", "last_set": 0 });
        value["purpose"] = json!({ "value": "", "creator": "", "last_set": 0 });
        value["num_members"] = json!(channel.members.len());
    }
    value
}

pub(super) fn open(call: &Call<'_>) -> ApiResult {
    let users = call.args.ids("users");
    let [user] = users.as_slice() else {
        // Group messages are beyond this workspace.
        let error = if users.is_empty() { "users_list_not_supplied" } else { "not_enough_users" };
        return Err(ApiError::new(error));
    };
    call.world.write(|state| {
        let found = state.user(user).ok_or_else(|| ApiError::new("user_not_found"))?;
        if found.deleted {
            return Err(ApiError::new("user_disabled"));
        }
        if found.is_bot {
            return Err(ApiError::new("cannot_dm_bot"));
        }
        let known = state.channels.iter().any(|one| one.is_im && one.members.contains(user));
        let id = state.open_im(user);
        let full = call.args.flag("return_im");
        let channel = state.channel(&id).filter(|_| full).map_or_else(|| json!({ "id": id }), channel_json);
        Ok(json!({ "channel": channel, "already_open": known, "no_op": known }))
    })
}

fn visible(call: &Call<'_>) -> Result<Channel, ApiError> {
    let id = call.args.str("channel").ok_or_else(|| ApiError::new("channel_not_found"))?;
    let found = call.world.read(|state| state.channels.iter().find(|channel| channel.id == id).cloned());
    let hidden = |channel: &Channel| channel.is_private && !channel.members.iter().any(|member| member == BOT_USER);
    found.filter(|channel| !hidden(channel)).ok_or_else(|| ApiError::new("channel_not_found"))
}

pub(super) fn info(call: &Call<'_>) -> ApiResult {
    Ok(json!({ "channel": channel_json(&visible(call)?) }))
}

pub(super) fn members(call: &Call<'_>) -> ApiResult {
    let (members, cursor) = paged(visible(call)?.members, call);
    Ok(json!({ "members": members, "response_metadata": { "next_cursor": cursor } }))
}

pub(super) fn list(call: &Call<'_>) -> Value {
    let mut types = call.args.ids("types");
    if types.is_empty() {
        types.push("public_channel".into());
    }
    let wanted = |channel: &&Channel| {
        let kind = match (channel.is_im, channel.is_private) {
            (true, _) => "im",
            (false, true) => "private_channel",
            (false, false) => "public_channel",
        };
        let in_it = channel.members.iter().any(|member| member == BOT_USER);
        types.iter().any(|one| one == kind)
            && (kind == "public_channel" || in_it)
            && !(channel.is_archived && call.args.flag("exclude_archived"))
    };
    let all = call.world.read(|state| state.channels.iter().filter(wanted).map(channel_json).collect());
    let (channels, cursor) = paged::<Value>(all, call);
    json!({ "channels": channels, "response_metadata": { "next_cursor": cursor } })
}

/// One page by `limit` and `cursor`; the next cursor is empty at the end.
pub(super) fn paged<T>(all: Vec<T>, call: &Call<'_>) -> (Vec<T>, String) {
    let size = call.args.number("limit").filter(|size| *size > 0).unwrap_or(100).min(1000);
    let start: usize =
        call.args.str("cursor").and_then(|cursor| cursor.strip_prefix("page:")?.parse().ok()).unwrap_or(0);
    let total = all.len();
    let page = all.into_iter().skip(start).take(size).collect();
    let next = if start + size < total { format!("page:{}", start + size) } else { String::new() };
    (page, next)
}
