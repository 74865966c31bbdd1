//! `/_control/...`: what the page (or a test in another process) does and sees, as JSON.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State as Shared};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use futures::Stream;
use serde::Deserialize;
use serde_json::{Value, json};

use super::World;
use super::deliver;
use super::options::{BOT_USER, Switches};
use super::person::{self, Gesture, Place};
use super::state::{Author, Message, State, View, values_json};

/// Messages of a channel the page shows at once.
const SHOWN_MESSAGES: usize = 100;

pub(super) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/_control/state", get(state))
        .route("/_control/events", get(events))
        .route("/_control/journal", get(journal))
        .route("/_control/violations", get(|world| list(world, |state| json!(state.journal.violations))))
        .route("/_control/unexpected", get(|world| list(world, |state| json!(state.journal.unexpected))))
        .route("/_control/switches", get(|world| list(world, |state| json!(state.switches))))
        .route("/_control/{what}", post(control))
}

async fn list(Shared(world): Shared<Arc<World>>, look: fn(&State) -> Value) -> Json<Value> {
    Json(world.read(look))
}

async fn journal(Shared(world): Shared<Arc<World>>) -> String {
    let entries = world.read(|state| state.journal.entries.clone());
    entries.iter().filter_map(|entry| serde_json::to_string(entry).ok()).collect::<Vec<_>>().join("\n")
}

/// One line per change; the page then asks for the state again.
async fn events(Shared(world): Shared<Arc<World>>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let version = world.watch();
    let stream = futures::stream::unfold((world, version, true), |(world, mut version, first)| async move {
        if !first {
            tokio::select! {
                changed = version.changed() => changed.ok()?,
                () = world.stopped() => return None,
            }
        }
        let number = *version.borrow_and_update();
        Some((Ok(Event::default().data(number.to_string())), (world, version, false)))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

/// What one person may do, by the last part of the path.
#[derive(Deserialize)]
#[serde(default)]
struct Ask {
    user: String,
    channel: String,
    command: String,
    text: String,
    place: Option<Place>,
    block_id: String,
    action_id: String,
    gesture: Option<Gesture>,
    /// Fields a person filled in since the last call: (block, action, what was done).
    fields: Vec<(String, String, Gesture)>,
    typed: String,
    all: bool,
    tab: String,
    callback_id: String,
    seconds: f64,
    switches: Option<Switches>,
    method: String,
    times: u32,
    event: Value,
}

impl Default for Ask {
    fn default() -> Ask {
        Ask {
            user: String::new(),
            channel: String::new(),
            command: String::new(),
            text: String::new(),
            place: None,
            block_id: String::new(),
            action_id: String::new(),
            gesture: None,
            fields: Vec::new(),
            typed: String::new(),
            all: false,
            tab: "home".into(),
            callback_id: String::new(),
            seconds: 0.0,
            switches: None,
            method: String::new(),
            times: 1,
            event: Value::Null,
        }
    }
}

async fn control(Shared(world): Shared<Arc<World>>, Path(what): Path<String>, Json(ask): Json<Ask>) -> Response {
    match perform(&world, &what, ask).await {
        Ok(Some(value)) => Json(value).into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => (StatusCode::CONFLICT, Json(json!({ "problem": format!("{error:#}") }))).into_response(),
    }
}

async fn perform(world: &Arc<World>, what: &str, ask: Ask) -> anyhow::Result<Option<Value>> {
    let user = ask.user.as_str();
    if let Some(place) = &ask.place {
        for (block, action, gesture) in &ask.fields {
            person::act(world, user, place, (block, action), gesture).await?;
        }
    }
    let place = || ask.place.as_ref().ok_or_else(|| anyhow::anyhow!("`place` is missing"));
    let answer = |delivered: deliver::Delivered| json!({ "status": delivered.status, "problem": delivered.problem });
    Ok(Some(match what {
        "say" => match ask.text.strip_prefix('/') {
            Some(line) => {
                let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
                answer(person::command(world, user, &format!("/{name}"), rest.trim(), &ask.channel).await?)
            }
            None => person::say(world, user, &ask.channel, &ask.text).map(|()| json!({}))?,
        },
        "command" => answer(person::command(world, user, &ask.command, &ask.text, &ask.channel).await?),
        "act" => {
            let gesture = ask.gesture.clone().unwrap_or(Gesture::Press);
            answer(person::act(world, user, place()?, (&ask.block_id, &ask.action_id), &gesture).await?)
        }
        "suggest" => person::suggest(world, user, place()?, (&ask.block_id, &ask.action_id), &ask.typed).await?,
        // A file's name, and its bytes in base64.
        "drop" => {
            json!({ "file": person::drop_file(world, user, &ask.text, &BASE64_STANDARD.decode(&ask.typed)?).await? })
        }
        "submit" => json!({ "outcome": person::submit(world, user).await? }),
        "close" => person::close(world, user, ask.all).await.map(|()| json!({}))?,
        "home" => answer(person::open_home(world, user, &ask.tab).await.first),
        "shortcut" => answer(person::shortcut(world, user, &ask.callback_id, ask.place.as_ref()).await?),
        "event" => answer(deliver::event(world, ask.event).await.first),
        "uninstall" => {
            deliver::uninstall(world).await;
            json!({})
        }
        "advance" => {
            world.clock.advance(Duration::try_from_secs_f64(ask.seconds)?);
            json!({})
        }
        "switch" => {
            let switches = ask.switches.ok_or_else(|| anyhow::anyhow!("`switches` is missing"))?;
            world.write(|state| state.switches = switches);
            json!(switches)
        }
        "refuse" => {
            let retry_after = ask.seconds.max(1.0) as u64;
            world.write(|state| state.rates.inject(&ask.method, ask.times, retry_after));
            json!({})
        }
        _ => return Ok(None),
    }))
}

/// Everything the page draws for one person and one channel.
async fn state(Shared(world): Shared<Arc<World>>, Query(query): Query<HashMap<String, String>>) -> Json<Value> {
    let user = query.get("user").cloned().unwrap_or_default();
    let channel = query.get("channel").cloned().unwrap_or_default();
    let im = if user.is_empty() { String::new() } else { world.write_quietly(|state| state.open_im(&user)) };
    let version = *world.watch().borrow();
    Json(world.read(|state| {
        // Whoever is in no channel stands in the directory only.
        let takes_part =
            |id: &String| state.channels.iter().any(|channel| !channel.is_im && channel.members.contains(id));
        let people: Vec<_> = state.users.iter().filter(|one| !one.deleted && takes_part(&one.id)).collect();
        let channels: Vec<Value> = state
            .channels
            .iter()
            .filter(|one| one.members.contains(&user) || (!one.is_im && !one.is_private))
            .map(|one| {
                let mut value = json!(one);
                value["joined"] = json!(one.members.contains(&user));
                value["latest"] = json!(state.seen_by(&user, &one.id).last().map(|message| message.ts.clone()));
                value
            })
            .collect();
        let seen = state.seen_by(&user, &channel);
        let from = seen.len().saturating_sub(SHOWN_MESSAGES);
        let messages: Vec<Value> = seen[from..].iter().map(|message| message_state(state, &user, message)).collect();
        let modals = state.stacks.get(&user).into_iter().flatten().filter_map(|id| state.views.get(id));
        let home = state.homes.get(&user).and_then(|id| state.views.get(id));
        json!({
            "version": version,
            "team": state.team,
            "app": { "name": state.app_name, "user": BOT_USER, "im": im, "commands": state.commands },
            "users": people,
            "channels": channels,
            "channel": channel,
            "messages": messages,
            "modals": modals.map(view_state).collect::<Vec<_>>(),
            "home": home.map(view_state),
        })
    }))
}

fn message_state(state: &State, user: &str, message: &Message) -> Value {
    let (kind, id, name) = match &message.author {
        Author::User(id) => ("user", id.as_str(), state.user(id).map_or("", |user| user.real_name.as_str())),
        Author::App => ("app", BOT_USER, state.app_name.as_str()),
        Author::Slackbot => ("slackbot", "USLACKBOT", "Slackbot"),
    };
    let files = message.files.iter().filter_map(|id| state.files.get(id));
    let mut value = json!(message);
    value["author"] = json!({ "kind": kind, "id": id, "name": name });
    value["files"] = json!(files.collect::<Vec<_>>());
    value["values"] = message.inputs.get(user).map(values_json).unwrap_or_default();
    value
}

fn view_state(view: &View) -> Value {
    let mut value = json!(view);
    value["values"] = values_json(&view.values);
    value
}
