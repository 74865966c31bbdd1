//! Slash commands, shortcuts, messages and the App Home, as a person uses them.

use std::sync::Arc;

use anyhow::Context;
use serde_json::{Value, json};

use super::act::Place;
use crate::slack::World;
use crate::slack::api::{Draft, NewMessage, view_json};
use crate::slack::deliver::{self, Delivered, EventOutcome, Outgoing, Route, payload};
use crate::slack::state::{Author, State};

/// Runs a slash command in a channel the person is in; what Slack or the app answers at once becomes a message.
pub(in crate::slack) async fn command(
    world: &Arc<World>,
    user: &str,
    command: &str,
    text: &str,
    channel: &str,
) -> anyhow::Result<Delivered> {
    let payload = world.write(|state| {
        let channel = joined(state, user, channel)?;
        if !state.commands.iter().any(|known| known == command) {
            let said = format!("{command} is not a valid command. In Slack, all messages that start with the \"/\" character are interpreted as commands.");
            from_slackbot(world, state, user, &channel, said);
            return anyhow::Ok(None);
        }
        Ok(Some((payload::command(world, state, user, &channel, command, text), channel)))
    })?;
    let Some((payload, channel)) = payload else { return Ok(Delivered::default()) };
    let outgoing = Outgoing { route: Route::Command, what: command.into(), payload, headers: Vec::new() };
    let delivered = deliver::send(world, outgoing).await;
    world.write(|state| answer(world, state, user, &channel, command, &delivered));
    Ok(delivered)
}

/// The id of a channel the person is a member of.
fn joined(state: &State, user: &str, channel: &str) -> anyhow::Result<String> {
    let found = state.channel(channel).with_context(|| format!("there is no channel {channel}"))?;
    anyhow::ensure!(found.members.iter().any(|one| one == user), "{user} is not in {channel}");
    Ok(found.id.clone())
}

fn from_slackbot(world: &World, state: &mut State, user: &str, channel: &str, text: String) {
    let draft = Draft { text: Some(text), ..Draft::default() };
    let visible_to = Some(user.to_owned());
    let new = NewMessage {
        channel: channel.into(),
        author: Author::Slackbot,
        draft,
        thread_ts: None,
        visible_to,
        files: Vec::new(),
    };
    new.store(state, world.clock.micros());
}

fn answer(world: &World, state: &mut State, user: &str, channel: &str, command: &str, delivered: &Delivered) {
    if let Some(problem) = &delivered.problem {
        let word = if problem == "operation_timeout" { "operation_timeout" } else { "dispatch_failed" };
        return from_slackbot(world, state, user, channel, format!("{command} failed with the error \"{word}\""));
    }
    let draft = match &delivered.body {
        Value::Null => return,
        Value::String(text) => Draft { text: Some(text.clone()), ..Draft::default() },
        body if body.get("text").is_none() && body.get("blocks").is_none() => return,
        body => Draft::from_json(body),
    };
    if draft.check(state, "command answer").is_err() {
        return from_slackbot(
            world,
            state,
            user,
            channel,
            format!("{command} failed with the error \"invalid_blocks\""),
        );
    }
    let in_channel = delivered.body.get("response_type").and_then(Value::as_str) == Some("in_channel");
    let visible_to = (!in_channel).then(|| user.to_owned());
    let new = NewMessage {
        channel: channel.into(),
        author: Author::App,
        draft,
        thread_ts: None,
        visible_to,
        files: Vec::new(),
    };
    new.store(state, world.clock.micros());
}

/// Writes a message as a person. The app is not told: Weft does not ask for message events.
pub(in crate::slack) fn say(world: &World, user: &str, channel: &str, text: &str) -> anyhow::Result<()> {
    world.write(|state| {
        let channel = joined(state, user, channel)?;
        // Slack escapes what people type; only apps can write mentions and links as <...>.
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let draft = Draft { text: Some(escaped), ..Draft::default() };
        let author = Author::User(user.into());
        NewMessage { channel, author, draft, thread_ts: None, visible_to: None, files: Vec::new() }
            .store(state, world.clock.micros());
        Ok(())
    })
}

/// Opens a tab of the app: `home` or `messages`.
pub(in crate::slack) async fn open_home(world: &Arc<World>, user: &str, tab: &str) -> EventOutcome {
    let event = world.write(|state| {
        let channel = state.open_im(user);
        let ts = state.next_ts(world.clock.micros());
        let mut event =
            json!({ "type": "app_home_opened", "user": user, "channel": channel, "event_ts": ts, "tab": tab });
        if let Some(home) = state.homes.get(user).and_then(|id| state.views.get(id)) {
            event["view"] = view_json(state, home);
        }
        event
    });
    deliver::event(world, event).await
}

/// Runs a global shortcut, or one on a message.
pub(in crate::slack) async fn shortcut(
    world: &Arc<World>,
    user: &str,
    callback_id: &str,
    on: Option<&Place>,
) -> anyhow::Result<Delivered> {
    let payload = world.write(|state| {
        let message = match on {
            Some(Place::Message { channel, ts }) => {
                let seen = state.seen_by(user, channel).into_iter().find(|message| message.ts == *ts);
                Some(seen.with_context(|| format!("{user} sees no message {ts} in {channel}"))?)
            }
            Some(Place::View { .. }) => anyhow::bail!("a shortcut works on messages, not on views"),
            None => None,
        };
        Ok(payload::shortcut(world, state, user, callback_id, message.as_ref()))
    })?;
    let what = payload["type"].as_str().unwrap_or("shortcut").to_owned();
    Ok(deliver::send(world, Outgoing { route: Route::Interaction, what, payload, headers: Vec::new() }).await)
}
