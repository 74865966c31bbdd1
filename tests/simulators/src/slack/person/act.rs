//! Using an element: the new value is kept, and the app is told where Slack tells it.

use std::sync::Arc;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::find::{self, Found};
use super::values::{self, Gesture};
use crate::slack::World;
use crate::slack::deliver::payload::{self, PlaceRef};
use crate::slack::deliver::{self, Delivered, Outgoing, Route};
use crate::slack::limits as limit;
use crate::slack::state::{Message, State, Values, View};

/// What Slack shows on a modal when an app fails to answer as it must.
pub(super) const TROUBLE: &str = "We had some trouble connecting. Try again?";
/// Characters a person must type before Slack asks, if the app did not set `min_query_length`.
const MIN_QUERY: u64 = 3;

/// Where an element stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Place {
    Message { channel: String, ts: String },
    View { view: String },
}

impl From<&Message> for Place {
    fn from(message: &Message) -> Place {
        Place::Message { channel: message.channel.clone(), ts: message.ts.clone() }
    }
}

impl From<&View> for Place {
    fn from(view: &View) -> Place {
        Place::View { view: view.id.clone() }
    }
}

impl From<&Place> for Place {
    fn from(place: &Place) -> Place {
        place.clone()
    }
}

/// A copy of what stands at a place, as far as this person may use it.
pub(super) enum Standing {
    Message(Message),
    View(View),
}

impl Standing {
    pub fn at(state: &State, user: &str, place: &Place) -> anyhow::Result<Standing> {
        match place {
            Place::Message { channel, ts } => {
                let seen = state.seen_by(user, channel).into_iter().find(|message| message.ts == *ts);
                seen.map(Standing::Message).with_context(|| format!("{user} sees no message {ts} in {channel}"))
            }
            Place::View { view } => {
                let on_top = state.top_view(user).filter(|top| top.id == *view);
                let home = state.homes.get(user).filter(|home| *home == view).and_then(|home| state.views.get(home));
                let found = on_top.or(home).cloned();
                found.map(Standing::View).with_context(|| format!("view {view} is not in front of {user}"))
            }
        }
    }

    pub fn blocks(&self) -> Vec<Value> {
        match self {
            Standing::View(view) => view.view["blocks"].as_array().cloned().unwrap_or_default(),
            Standing::Message(message) => {
                let inner = |attachment: &Value| attachment["blocks"].as_array().cloned().unwrap_or_default();
                message.blocks.iter().cloned().chain(message.attachments.iter().flat_map(inner)).collect()
            }
        }
    }

    fn key(&self) -> String {
        match self {
            Standing::Message(message) => format!("{} {}", message.channel, message.ts),
            Standing::View(view) => view.id.clone(),
        }
    }

    fn values_mut<'a>(&self, state: &'a mut State, user: &str, blocks: &[Value]) -> Option<&'a mut Values> {
        match self {
            Standing::View(view) => state.views.get_mut(&view.id).map(|view| &mut view.values),
            Standing::Message(message) => {
                let message = state.message_mut(&message.channel, &message.ts)?;
                let start = || values::initial_values(blocks);
                Some(message.inputs.entry(user.into()).or_insert_with(start))
            }
        }
    }
}

/// The ids of the one element a person calls so.
pub(super) fn named(world: &World, user: &str, place: &Place, name: &str) -> anyhow::Result<(String, String)> {
    let blocks = world.read(|state| Standing::at(state, user, place).map(|standing| standing.blocks()))?;
    let found = find::by_name(&blocks, name)?;
    Ok((found.block_id().into(), found.action_id().into()))
}

/// Does something to an element. The answer is that of the app, or an empty one where Slack does not tell the app.
pub(in crate::slack) async fn act(
    world: &Arc<World>,
    user: &str,
    place: &Place,
    ids: (&str, &str),
    gesture: &Gesture,
) -> anyhow::Result<Delivered> {
    let payload = world.write(|state| use_element(world, state, user, place, ids, gesture))?;
    let Some(payload) = payload else { return Ok(Delivered { status: 200, ..Delivered::default() }) };
    let outgoing = Outgoing { route: Route::Interaction, what: "block_actions".into(), payload, headers: Vec::new() };
    let delivered = deliver::send(world, outgoing).await;
    if let (Some(_), Place::View { view }) = (&delivered.problem, place) {
        world.write(|state| {
            if let Some(view) = state.views.get_mut(view) {
                view.problem = Some(TROUBLE.into());
            }
        });
    }
    Ok(delivered)
}

fn use_element(
    world: &World,
    state: &mut State,
    user: &str,
    place: &Place,
    ids: (&str, &str),
    gesture: &Gesture,
) -> anyhow::Result<Option<Value>> {
    let standing = Standing::at(state, user, place)?;
    let blocks = standing.blocks();
    let found = find::by_ids(&blocks, ids.0, ids.1).with_context(|| format!("no element {}/{} here", ids.0, ids.1))?;
    let key = (user.to_owned(), standing.key(), ids.0.to_owned(), ids.1.to_owned());
    let offered = state.offered.get(&key).cloned().unwrap_or_default();
    let value = values::after(found.element, &offered, gesture)?;
    let stored = standing.values_mut(state, user, &blocks);
    if let (Some(value), Some(stored)) = (&value, stored) {
        stored.entry(ids.0.into()).or_default().insert(ids.1.into(), value.clone());
    }
    if let Standing::View(view) = &standing
        && let Some(view) = state.views.get_mut(&view.id)
    {
        view.problem = None;
        view.errors.remove(ids.0);
    }
    if !is_told(&found, gesture) {
        return Ok(None);
    }
    let ts = state.next_ts(world.clock.micros());
    let action = values::action(&found, &offered, gesture, value.as_ref(), ts);
    // Read again: the payload carries the value that was just stored.
    Ok(Some(match Standing::at(state, user, place)? {
        Standing::Message(message) => payload::message_action(world, state, user, &message, action),
        Standing::View(view) => payload::view_action(world, state, user, &view, action),
    }))
}

/// An element in an input block is silent unless the block asks for `dispatch_action`.
fn is_told(found: &Found<'_>, gesture: &Gesture) -> bool {
    let silent = found.block["type"] == "input" && found.block["dispatch_action"] != json!(true);
    let empty = matches!(gesture, Gesture::Text(text) if text.is_empty());
    !silent && !empty
}

/// Types into an external select: the options the app offers, flat.
pub(in crate::slack) async fn suggest(
    world: &Arc<World>,
    user: &str,
    place: &Place,
    ids: (&str, &str),
    typed: &str,
) -> anyhow::Result<Value> {
    let (payload, key) = world.read(|state| {
        let standing = Standing::at(state, user, place)?;
        let blocks = standing.blocks();
        let found =
            find::by_ids(&blocks, ids.0, ids.1).with_context(|| format!("no element {}/{} here", ids.0, ids.1))?;
        anyhow::ensure!(
            found.kind().ends_with("external_select"),
            "a {} does not ask the app for options",
            found.kind()
        );
        let least = found.element["min_query_length"].as_u64().unwrap_or(MIN_QUERY);
        let enough = typed.chars().count() as u64 >= least;
        let place = match &standing {
            Standing::Message(message) => PlaceRef::Message(message),
            Standing::View(view) => PlaceRef::View(view),
        };
        let payload = enough.then(|| payload::suggestion(state, user, place, ids, typed));
        Ok((payload, (user.to_owned(), standing.key(), ids.0.to_owned(), ids.1.to_owned())))
    })?;
    let Some(payload) = payload else { return Ok(json!({ "options": [] })) };
    let outgoing = Outgoing { route: Route::Options, what: "block_suggestion".into(), payload, headers: Vec::new() };
    let delivered = deliver::send(world, outgoing).await;
    let offered = read_options(&delivered);
    world.write(|state| match offered {
        Ok(options) => {
            state.offered.entry(key).or_default().extend(options);
            Ok(delivered.body)
        }
        Err(problem) => {
            state.journal.violation("bad_options", format!("{}/{}: {problem}", ids.0, ids.1));
            Ok(json!({ "options": [], "problem": "Couldn't load results" }))
        }
    })
}

/// Every option of an answer, if Slack would take it.
fn read_options(delivered: &Delivered) -> Result<Vec<Value>, String> {
    if let Some(problem) = &delivered.problem {
        return Err(problem.clone());
    }
    let list = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned();
    let (options, groups) = (list(&delivered.body, "options"), list(&delivered.body, "option_groups"));
    let groups = match (&options, groups) {
        (Some(_), None) => Vec::new(),
        (None, Some(groups)) => groups,
        _ => return Err("the answer must hold either `options` or `option_groups`".into()),
    };
    if groups.len() > limit::OPTION_GROUPS {
        return Err(format!("more than {} option groups", limit::OPTION_GROUPS));
    }
    let mut lists: Vec<Vec<Value>> = options.into_iter().collect();
    lists.extend(groups.iter().map(|group| list(group, "options").unwrap_or_default()));
    for options in &lists {
        if options.len() > limit::SELECT_OPTIONS {
            return Err(format!("more than {} options", limit::SELECT_OPTIONS));
        }
        options.iter().try_for_each(fits)?;
    }
    Ok(lists.into_iter().flatten().collect())
}

fn fits(option: &Value) -> Result<(), String> {
    let length = |pointer: &str| option.pointer(pointer).and_then(Value::as_str).map(|text| text.chars().count());
    let between = |pointer: &str, most: usize| length(pointer).is_some_and(|length| (1..=most).contains(&length));
    if option.pointer("/text/type") != Some(&json!("plain_text")) || !between("/text/text", limit::OPTION_TEXT) {
        return Err(format!("an option's text must be plain_text of 1 to {} characters: {option}", limit::OPTION_TEXT));
    }
    if !between("/value", limit::OPTION_VALUE) {
        return Err(format!("an option's value must have 1 to {} characters: {option}", limit::OPTION_VALUE));
    }
    if length("/description/text").is_some_and(|length| length > limit::OPTION_TEXT) {
        return Err(format!("an option's description must have at most {} characters", limit::OPTION_TEXT));
    }
    Ok(())
}
