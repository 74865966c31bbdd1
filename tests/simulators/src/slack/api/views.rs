//! views.open, push, update and publish.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{ApiError, ApiResult, Call, policy, shared_files};
use crate::slack::blocks::{self, Surface};
use crate::slack::limits as limit;
use crate::slack::options::{APP_ID, BOT_ID};
use crate::slack::state::{State, Values, View, values_json};

/// A view as Slack sends it to the app.
pub(in crate::slack) fn view_json(state: &State, view: &View) -> Value {
    let mut value = view.view.clone();
    value["id"] = json!(view.id);
    value["team_id"] = json!(state.team.id);
    value["app_id"] = json!(APP_ID);
    value["bot_id"] = json!(BOT_ID);
    value["hash"] = json!(view.hash);
    value["root_view_id"] = json!(view.root);
    value["previous_view_id"] = json!(view.previous);
    value["app_installed_team_id"] = json!(state.team.id);
    value["state"] = json!({ "values": values_json(&view.values) });
    for name in ["private_metadata", "callback_id", "external_id"] {
        if value.get(name).is_none() {
            value[name] = json!("");
        }
    }
    value
}

/// The `view` argument, checked for its surface.
fn checked(call: &Call<'_>, state: &mut State, surface: Surface, whence: &str) -> Result<Value, ApiError> {
    let view = call.args.json("view").map_err(|()| ApiError::new("invalid_arguments"))?;
    let view = view.ok_or_else(|| ApiError::new("invalid_arguments"))?;
    check(state, &view, surface, whence)?;
    Ok(view)
}

/// Block Kit rules for a view, from a method or from a `response_action`.
pub(in crate::slack) fn check(state: &mut State, view: &Value, surface: Surface, whence: &str) -> Result<(), ApiError> {
    let files = shared_files(state);
    let shared = |file: &str| files.iter().any(|id| file.contains(id.as_str()));
    let refused = blocks::check_view(view, surface, policy(state, &shared));
    refused.map_err(|refusal| ApiError::refused(state, &refusal, whence))
}

/// Takes a trigger id for good: whose it is.
fn exchange(call: &Call<'_>, state: &mut State) -> Result<String, ApiError> {
    let now = call.world.clock.elapsed();
    let id = call.args.str("trigger_id").ok_or_else(|| ApiError::new("invalid_trigger_id"))?;
    let trigger = state.triggers.get_mut(id).ok_or_else(|| ApiError::new("invalid_trigger_id"))?;
    if trigger.used {
        return Err(ApiError::new("exchanged_trigger_id"));
    }
    if now.saturating_sub(trigger.born).as_secs_f64() >= limit::ANSWER_SECONDS as f64 {
        return Err(ApiError::new("expired_trigger_id"));
    }
    trigger.used = true;
    Ok(trigger.user.clone())
}

fn external_id_is_free(state: &State, view: &Value, but: Option<&str>) -> Result<(), ApiError> {
    let id = view.get("external_id").and_then(Value::as_str).unwrap_or_default();
    let same = |other: &&View| other.view.get("external_id").and_then(Value::as_str) == Some(id);
    let taken = !id.is_empty() && state.views.values().filter(same).any(|other| Some(other.id.as_str()) != but);
    if taken { Err(ApiError::new("duplicate_external_id")) } else { Ok(()) }
}

/// Puts a new view on top of a person's modals.
pub(in crate::slack) fn install(state: &mut State, user: &str, view: Value, on_top: bool, micros: u64) -> View {
    if !on_top {
        for id in state.stacks.remove(user).unwrap_or_default() {
            state.views.remove(&id);
        }
    }
    let previous = state.stacks.get(user).and_then(|stack| stack.last()).cloned();
    let id = format!("V{:06}", state.next());
    let root =
        previous.as_ref().and_then(|below| state.views.get(below)).map_or(id.clone(), |below| below.root.clone());
    let hash = format!("{}.{:08x}", micros / 1_000_000, state.next());
    let mut stored = View {
        id: id.clone(),
        user: user.into(),
        view,
        hash,
        root,
        previous,
        values: Values::new(),
        errors: BTreeMap::new(),
        problem: None,
    };
    prepare(state, &mut stored, &Values::new());
    state.views.insert(id.clone(), stored.clone());
    state.stacks.entry(user.into()).or_default().push(id);
    stored
}

/// Fills in ids and starting values; what a person entered under the same ids stays.
fn prepare(state: &mut State, view: &mut View, before: &Values) {
    let blocks = view.view.get("blocks").and_then(Value::as_array).cloned().unwrap_or_default();
    let blocks = state.with_ids(blocks);
    view.values = crate::slack::person::initial_values(&blocks);
    for (block, actions) in &mut view.values {
        for (action, value) in actions {
            if let Some(kept) = before.get(block).and_then(|actions| actions.get(action))
                && kept.get("type") == value.get("type")
            {
                *value = kept.clone();
            }
        }
    }
    view.view["blocks"] = Value::Array(blocks);
}

/// Replaces what a view shows. The id stays, the hash changes.
pub(in crate::slack) fn replace(state: &mut State, id: &str, view: Value, micros: u64) -> Option<View> {
    let mut stored = state.views.get(id)?.clone();
    let before = std::mem::take(&mut stored.values);
    stored.view = view;
    stored.hash = format!("{}.{:08x}", micros / 1_000_000, state.next());
    stored.errors.clear();
    stored.problem = None;
    prepare(state, &mut stored, &before);
    state.views.insert(id.into(), stored.clone());
    Some(stored)
}

pub(super) fn open(call: &Call<'_>) -> ApiResult {
    call.world.write(|state| {
        let view = checked(call, state, Surface::Modal, "views.open")?;
        external_id_is_free(state, &view, None)?;
        let user = exchange(call, state)?;
        let view = install(state, &user, view, false, call.world.clock.micros());
        Ok(json!({ "view": view_json(state, &view) }))
    })
}

pub(super) fn push(call: &Call<'_>) -> ApiResult {
    call.world.write(|state| {
        let view = checked(call, state, Surface::Modal, "views.push")?;
        external_id_is_free(state, &view, None)?;
        let user = exchange(call, state)?;
        let height = state.stacks.get(&user).map_or(0, Vec::len);
        if height >= limit::VIEW_STACK {
            return Err(ApiError::new("push_limit_reached"));
        }
        let view = install(state, &user, view, height > 0, call.world.clock.micros());
        Ok(json!({ "view": view_json(state, &view) }))
    })
}

pub(super) fn update(call: &Call<'_>) -> ApiResult {
    call.world.write(|state| {
        let view = checked(call, state, Surface::Modal, "views.update")?;
        let external = call.args.str("external_id");
        let id = match (call.args.str("view_id"), external) {
            (Some(id), _) => Some(id.to_owned()),
            (None, Some(external)) => {
                let named = |one: &&View| one.view.get("external_id").and_then(Value::as_str) == Some(external);
                state.views.values().find(named).map(|one| one.id.clone())
            }
            (None, None) => return Err(ApiError::new("invalid_arguments")),
        };
        let found = id.and_then(|id| state.views.get(&id)).cloned().ok_or_else(|| ApiError::new("view_not_found"))?;
        if found.view["type"] != json!("modal") {
            return Err(ApiError::new("view_not_found"));
        }
        if call.args.str("hash").is_some_and(|hash| hash != found.hash) {
            return Err(ApiError::new("hash_conflict"));
        }
        external_id_is_free(state, &view, Some(&found.id))?;
        let stored = replace(state, &found.id, view, call.world.clock.micros());
        let stored = stored.ok_or_else(|| ApiError::new("view_not_found"))?;
        Ok(json!({ "view": view_json(state, &stored) }))
    })
}

pub(super) fn publish(call: &Call<'_>) -> ApiResult {
    call.world.write(|state| {
        let user = call.args.str("user_id").ok_or_else(|| ApiError::new("invalid_arguments"))?.to_owned();
        if state.user(&user).is_none() {
            return Err(ApiError::new("user_not_found"));
        }
        let view = checked(call, state, Surface::Home, "views.publish")?;
        let micros = call.world.clock.micros();
        let current = state.homes.get(&user).and_then(|id| state.views.get(id)).cloned();
        if let (Some(hash), Some(current)) = (call.args.str("hash"), &current)
            && hash != current.hash
        {
            return Err(ApiError::new("hash_conflict"));
        }
        let stored = match current {
            Some(current) => replace(state, &current.id, view, micros),
            None => Some(first_home(state, &user, view, micros)),
        };
        let stored = stored.ok_or_else(|| ApiError::new("view_not_found"))?;
        Ok(json!({ "view": view_json(state, &stored) }))
    })
}

fn first_home(state: &mut State, user: &str, view: Value, micros: u64) -> View {
    let stack = state.stacks.remove(user);
    let stored = install(state, user, view, false, micros);
    state.stacks.remove(user);
    if let Some(stack) = stack {
        state.stacks.insert(user.into(), stack);
    }
    state.homes.insert(user.into(), stored.id.clone());
    stored
}
