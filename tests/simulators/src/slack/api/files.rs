//! Files v2: an upload address, the completion, and the share that appears a little later.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::post::{Draft, NewMessage};
use super::{ApiError, ApiResult, Call, World};
use crate::slack::deliver;
use crate::slack::limits as limit;
use crate::slack::options::{BOT_ID, BOT_USER};
use crate::slack::state::{Author, File};

pub(super) fn get_upload_url(call: &Call<'_>) -> ApiResult {
    let missing = || ApiError::new("invalid_arguments");
    let name = call.args.str("filename").ok_or_else(missing)?.to_owned();
    let length = call.args.number("length").filter(|length| *length > 0).ok_or_else(missing)?;
    if length > limit::FILE_BYTES {
        return Err(ApiError::new("file_upload_size_restricted"));
    }
    call.world.write(|state| {
        let id = format!("F{:06}", state.next());
        let ticket = format!("t{:08x}", state.next() * 7919);
        let upload_url = format!("{}/upload/{id}/{ticket}", call.world.url);
        let title = name.clone();
        let file = File {
            id: id.clone(),
            name,
            title,
            length,
            ticket,
            bytes: None,
            complete: false,
            owner: None,
            shares: Vec::new(),
        };
        state.files.insert(id.clone(), file);
        Ok(json!({ "upload_url": upload_url, "file_id": id }))
    })
}

fn file_json(world: &World, file: &File) -> Value {
    let mut public = serde_json::Map::new();
    for (channel, ts) in &file.shares {
        public.insert(channel.clone(), json!([{ "ts": ts }]));
    }
    let shares = if public.is_empty() { json!({}) } else { json!({ "public": public }) };
    let channels: Vec<&String> = file.shares.iter().map(|(channel, _)| channel).collect();
    let bot = file.owner.is_none().then_some(BOT_ID);
    json!({
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "size": file.length,
        "user": file.owner.as_deref().unwrap_or(BOT_USER),
        "bot_id": bot,
        "url_private": format!("{}/files/{}", world.url, file.id),
        "url_private_download": format!("{}/files-pri/{}/download/{}", world.url, file.id, plain(&file.name)),
        "permalink": format!("{}/files/{}", world.url, file.id),
        "channels": channels,
        "shares": shares,
    })
}

/// A name as it stands in an address.
fn plain(name: &str) -> String {
    name.chars().map(|letter| if letter.is_ascii_alphanumeric() || letter == '.' { letter } else { '_' }).collect()
}

pub(super) fn info(call: &Call<'_>) -> ApiResult {
    let id = call.args.str("file").ok_or_else(|| ApiError::new("file_not_found"))?;
    let found = call.world.read(|state| state.files.get(id).filter(|file| file.complete).cloned());
    let file = found.ok_or_else(|| ApiError::new("file_not_found"))?;
    Ok(json!({ "file": file_json(call.world, &file) }))
}

/// What is shared, and where.
struct Share {
    channel: String,
    thread_ts: Option<String>,
    draft: Draft,
    files: Vec<String>,
}

pub(super) fn complete(call: &Call<'_>) -> ApiResult {
    let bad = || ApiError::new("invalid_arguments");
    let files = call.args.json("files").map_err(|()| bad())?.ok_or_else(bad)?;
    let files = files.as_array().filter(|files| !files.is_empty()).cloned().ok_or_else(bad)?;
    let blocks = call.args.json("blocks").map_err(|()| ApiError::new("invalid_blocks_format"))?;
    let markdown = |block: &Value| block.get("type").and_then(Value::as_str) == Some("markdown");
    if blocks.as_ref().and_then(Value::as_array).is_some_and(|all| all.iter().any(markdown)) {
        return Err(ApiError::new("internal_error"));
    }
    let comment = call.args.str("initial_comment").map(str::to_owned);
    // With a comment Slack ignores the blocks.
    let blocks = if comment.is_some() { None } else { blocks };
    let draft = Draft { text: comment, blocks, ..Draft::default() };
    let mut ids = Vec::new();
    let (answer, delay) = call.world.write(|state| {
        if let Some(channel) = call.args.str("channel_id") {
            let member = |found: &crate::slack::Channel| found.members.iter().any(|one| one == BOT_USER);
            let found = state.channels.iter().find(|one| one.id == channel);
            let found = found.ok_or_else(|| ApiError::new("channel_not_found"))?;
            if !member(found) {
                return Err(ApiError::new("not_in_channel"));
            }
        }
        if draft.blocks.is_some() {
            draft.check(state, "files.completeUploadExternal")?;
        }
        let mut shown = Vec::new();
        for wanted in &files {
            let id = wanted.get("id").and_then(Value::as_str).unwrap_or_default();
            let file = state.files.get_mut(id).ok_or_else(|| ApiError::new("file_not_found"))?;
            if file.bytes.as_ref().map(Vec::len) != Some(file.length) {
                return Err(ApiError::new("file_not_found"));
            }
            if let Some(title) = wanted.get("title").and_then(Value::as_str) {
                title.clone_into(&mut file.title);
            }
            file.complete = true;
            ids.push(file.id.clone());
            shown.push(file_json(call.world, file));
        }
        Ok((json!({ "files": shown }), state.switches.share_delay_ms))
    })?;
    if let Some(channel) = call.args.str("channel_id") {
        let thread_ts = call.args.str("thread_ts").map(str::to_owned);
        share_later(call.world, Share { channel: channel.into(), thread_ts, draft, files: ids }, delay);
    }
    Ok(answer)
}

/// What the app is told of a file in a channel it is in.
pub(in crate::slack) fn shared(file: &str, owner: &str, channel: &str, ts: &str) -> Value {
    json!({
        "type": "file_shared",
        "channel_id": channel,
        "file_id": file,
        "user_id": owner,
        "file": { "id": file },
        "event_ts": ts,
    })
}

/// The answer says nothing of the share: it comes later, as in Slack.
fn share_later(world: &Arc<World>, share: Share, delay_ms: u64) {
    let later = Arc::clone(world);
    world.spawn(async move {
        later.clock.wait(Duration::from_millis(delay_ms)).await;
        let micros = later.clock.micros();
        let (files, message) = later.write(|state| {
            let Share { channel, thread_ts, draft, files } = share;
            let named = files.clone();
            let new = NewMessage { channel, author: Author::App, draft, thread_ts, visible_to: None, files };
            let message = new.store(state, micros);
            for id in &named {
                if let Some(file) = state.files.get_mut(id) {
                    file.shares.push((message.channel.clone(), message.ts.clone()));
                }
            }
            (named, message)
        });
        for id in files {
            // The app hears of its own files as well.
            deliver::event(&later, shared(&id, BOT_USER, &message.channel, &message.ts)).await;
        }
    });
}
