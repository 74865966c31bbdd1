//! chat.postMessage, chat.postEphemeral, chat.update and chat.delete.

use serde_json::{Value, json};

use super::post::{Draft, NewMessage, message_json};
use super::{ApiError, ApiResult, Call};
use crate::slack::options::BOT_USER;
use crate::slack::state::{Author, State};

/// Where an app may post: the channel's id.
fn postable(state: &mut State, channel: Option<&str>, scopes: &[String]) -> Result<String, ApiError> {
    let channel = channel.ok_or_else(|| ApiError::new("channel_not_found"))?;
    if channel.starts_with('U') || channel.starts_with('W') {
        let known = state.user(channel).is_some_and(|user| !user.is_bot);
        return if known { Ok(state.open_im(channel)) } else { Err(ApiError::new("channel_not_found")) };
    }
    let found = state.channel(channel).ok_or_else(|| ApiError::new("channel_not_found"))?;
    let is_member = found.members.iter().any(|member| member == BOT_USER);
    let may_post_anywhere = scopes.iter().any(|scope| scope == "chat:write.public");
    if found.is_private && !is_member {
        return Err(ApiError::new("channel_not_found"));
    }
    if !is_member && !may_post_anywhere {
        return Err(ApiError::new("not_in_channel"));
    }
    if found.is_archived {
        return Err(ApiError::new("is_archived"));
    }
    Ok(found.id.clone())
}

fn thread(state: &State, channel: &str, ts: Option<&str>) -> Result<Option<String>, ApiError> {
    match ts {
        None => Ok(None),
        Some(ts) if state.message(channel, ts).is_some_and(|parent| parent.visible_to.is_none()) => Ok(Some(ts.into())),
        Some(_) => Err(ApiError::new("thread_not_found")),
    }
}

pub(super) fn post_message(call: &Call<'_>) -> ApiResult {
    let draft = Draft::from_args(call.args)?;
    let micros = call.world.clock.micros();
    call.world.write(|state| {
        let channel = postable(state, call.args.str("channel"), &call.scopes)?;
        let thread_ts = thread(state, &channel, call.args.str("thread_ts"))?;
        draft.check(state, "chat.postMessage")?;
        let new = NewMessage { channel, author: Author::App, draft, thread_ts, visible_to: None, files: Vec::new() };
        let message = new.store(state, micros);
        Ok(json!({ "channel": message.channel, "ts": message.ts, "message": message_json(state, &message) }))
    })
}

pub(super) fn post_ephemeral(call: &Call<'_>) -> ApiResult {
    let draft = Draft::from_args(call.args)?;
    let micros = call.world.clock.micros();
    call.world.write(|state| {
        let channel = postable(state, call.args.str("channel"), &call.scopes)?;
        let user = call.args.str("user").ok_or_else(|| ApiError::new("invalid_arguments"))?;
        let is_member = state.channel(&channel).is_some_and(|found| found.members.iter().any(|member| member == user));
        if !is_member {
            return Err(ApiError::new("user_not_in_channel"));
        }
        let thread_ts = thread(state, &channel, call.args.str("thread_ts"))?;
        draft.check(state, "chat.postEphemeral")?;
        let visible_to = Some(user.to_owned());
        let new = NewMessage { channel, author: Author::App, draft, thread_ts, visible_to, files: Vec::new() };
        Ok(json!({ "message_ts": new.store(state, micros).ts }))
    })
}

/// The message an app may change: its own, and not an ephemeral one.
fn own(state: &State, call: &Call<'_>, not_own: &str) -> Result<(String, String), ApiError> {
    let channel = call.args.str("channel").ok_or_else(|| ApiError::new("channel_not_found"))?;
    // chat.update and chat.delete take ids only, no names.
    let channel =
        state.channels.iter().find(|one| one.id == channel).ok_or_else(|| ApiError::new("channel_not_found"))?;
    let ts = call.args.str("ts").ok_or_else(|| ApiError::new("message_not_found"))?;
    let message = state.message(&channel.id, ts).filter(|message| message.visible_to.is_none());
    let message = message.ok_or_else(|| ApiError::new("message_not_found"))?;
    match message.author {
        Author::App => Ok((message.channel.clone(), message.ts.clone())),
        _ => Err(ApiError::new(not_own)),
    }
}

/// Parts that are not given stay: an empty list removes blocks or attachments.
pub(super) fn update(call: &Call<'_>) -> ApiResult {
    let draft = Draft::from_args(call.args)?;
    call.world.write(|state| {
        let (channel, ts) = own(state, call, "cant_update_message")?;
        draft.check(state, "chat.update")?;
        let blocks = draft.blocks.is_some().then(|| state.with_ids(draft.block_list()));
        let message = state.message_mut(&channel, &ts).ok_or_else(|| ApiError::new("message_not_found"))?;
        if draft.text.is_some() {
            message.text = draft.kept_text();
        }
        if let Some(blocks) = blocks {
            message.blocks = blocks;
        }
        if draft.attachments.is_some() {
            message.attachments = draft.attachment_list();
        }
        if draft.metadata.is_some() {
            message.metadata = draft.metadata.clone();
        }
        message.edited = true;
        let message = message.clone();
        let shown: Value = message_json(state, &message);
        Ok(json!({ "channel": channel, "ts": ts, "text": message.text, "message": shown }))
    })
}

pub(super) fn delete(call: &Call<'_>) -> ApiResult {
    call.world.write(|state| {
        let (channel, ts) = own(state, call, "cant_delete_message")?;
        state.messages.retain(|message| message.channel != channel || message.ts != ts);
        Ok(json!({ "channel": channel, "ts": ts }))
    })
}
