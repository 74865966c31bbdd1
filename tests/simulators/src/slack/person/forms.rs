//! Submitting and closing modals, and what Slack does with the app's answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context;
use serde::Serialize;
use serde_json::{Value, json};

use super::act::TROUBLE;
use super::{find, values};
use crate::slack::World;
use crate::slack::api::{check_view, install_view, replace_view};
use crate::slack::blocks::Surface;
use crate::slack::deliver::{self, Delivered, Outgoing, Route, payload};
use crate::slack::limits as limit;
use crate::slack::state::{State, View};

/// What a submission led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Submitted {
    /// The app was content; this modal is gone and the one below is in front.
    Closed,
    /// The app closed every modal.
    Cleared,
    /// The app shows something else in the same modal.
    Updated,
    /// The app put another modal on top.
    Pushed,
    /// The app refused: text by block id.
    Errors(BTreeMap<String, String>),
    /// Slack did not send it: text by block id.
    Incomplete(BTreeMap<String, String>),
    /// The app answered late, wrongly or not at all; this is what Slack shows.
    Failed(String),
}

/// Submits the modal in front.
pub(in crate::slack) async fn submit(world: &Arc<World>, user: &str) -> anyhow::Result<Submitted> {
    let view =
        world.read(|state| state.top_view(user).cloned()).with_context(|| format!("{user} has no modal open"))?;
    anyhow::ensure!(view.view.get("submit").is_some(), "the modal in front of {user} has no submit button");
    anyhow::ensure!(view.view["submit_disabled"] != json!(true), "the submit button is disabled");
    let missing = incomplete(&view);
    if !missing.is_empty() {
        world.write(|state| set_errors(state, &view.id, &missing));
        return Ok(Submitted::Incomplete(missing));
    }
    let payload = world.write(|state| {
        set_errors(state, &view.id, &BTreeMap::new());
        payload::submission(world, state, &view)
    });
    let outgoing = Outgoing { route: Route::Interaction, what: "view_submission".into(), payload, headers: Vec::new() };
    let delivered = deliver::send(world, outgoing).await;
    let micros = world.clock.micros();
    Ok(world.write(|state| {
        let outcome = settle(state, &view, &delivered, micros);
        if let Submitted::Failed(problem) = &outcome
            && let Some(view) = state.views.get_mut(&view.id)
        {
            view.problem = Some(problem.clone());
        }
        outcome
    }))
}

fn set_errors(state: &mut State, view: &str, errors: &BTreeMap<String, String>) {
    if let Some(view) = state.views.get_mut(view) {
        view.errors.clone_from(errors);
        view.problem = None;
    }
}

fn settle(state: &mut State, view: &View, delivered: &Delivered, micros: u64) -> Submitted {
    let trouble = || Submitted::Failed(TROUBLE.into());
    if !delivered.is_ok() {
        return trouble();
    }
    let user = view.user.as_str();
    let answer = &delivered.body;
    match answer.get("response_action").and_then(Value::as_str) {
        None if answer.is_null() || answer == &json!({}) => {
            remove(state, user, &view.id);
            Submitted::Closed
        }
        Some("clear") => {
            clear(state, user);
            Submitted::Cleared
        }
        Some("errors") => errors(state, view, answer).map_or_else(trouble, Submitted::Errors),
        Some("update") => {
            let replaced = checked(state, answer).and_then(|new| replace_view(state, &view.id, new, micros));
            replaced.map_or_else(trouble, |_| Submitted::Updated)
        }
        Some("push") => match checked(state, answer) {
            Some(new) if state.stacks.get(user).map_or(0, Vec::len) < limit::VIEW_STACK => {
                install_view(state, user, new, true, micros);
                Submitted::Pushed
            }
            _ => trouble(),
        },
        _ => {
            state.journal.violation("bad_submission_answer", format!("Slack cannot read {answer}"));
            trouble()
        }
    }
}

fn checked(state: &mut State, answer: &Value) -> Option<Value> {
    let view = answer.get("view")?.clone();
    check_view(state, &view, Surface::Modal, "view_submission answer").ok().map(|()| view)
}

/// Errors may stand under input blocks of this view only.
fn errors(state: &mut State, view: &View, answer: &Value) -> Option<BTreeMap<String, String>> {
    let given = answer.get("errors")?.as_object()?;
    let blocks = view.view["blocks"].as_array().cloned().unwrap_or_default();
    let is_input = |id: &str| blocks.iter().any(|block| block["type"] == "input" && block["block_id"] == json!(id));
    let all: Option<BTreeMap<String, String>> =
        given.iter().map(|(id, text)| Some((id.clone(), text.as_str()?.to_owned()))).collect();
    let all = all.filter(|all| !all.is_empty() && all.keys().all(|id| is_input(id)));
    match &all {
        Some(all) => set_errors(state, &view.id, all),
        None => state.journal.violation("bad_submission_answer", format!("errors must name input blocks: {answer}")),
    }
    all
}

/// Takes a view and everything on top of it off the stack.
fn remove(state: &mut State, user: &str, view: &str) {
    let stack = state.stacks.entry(user.into()).or_default();
    let at = stack.iter().position(|id| id == view).unwrap_or(stack.len());
    for id in stack.split_off(at) {
        state.views.remove(&id);
    }
}

fn clear(state: &mut State, user: &str) {
    for id in state.stacks.remove(user).unwrap_or_default() {
        state.views.remove(&id);
    }
}

/// Closes the modal in front, or all of them; apps that asked to know are told.
pub(in crate::slack) async fn close(world: &Arc<World>, user: &str, all: bool) -> anyhow::Result<()> {
    let payloads = world.write(|state| {
        let front = state.top_view(user).cloned().with_context(|| format!("{user} has no modal open"))?;
        let all = all || front.view["clear_on_close"] == json!(true);
        let stack = state.stacks.get(user).cloned().unwrap_or_default();
        let closing: Vec<View> =
            stack.iter().filter(|id| all || **id == front.id).filter_map(|id| state.views.get(id).cloned()).collect();
        if all {
            clear(state, user)
        } else {
            remove(state, user, &front.id)
        }
        let told = closing.iter().filter(|view| view.view["notify_on_close"] == json!(true));
        anyhow::Ok(told.map(|view| payload::closed(state, view, all)).collect::<Vec<_>>())
    })?;
    for payload in payloads {
        let outgoing = Outgoing { route: Route::Interaction, what: "view_closed".into(), payload, headers: Vec::new() };
        deliver::send(world, outgoing).await;
    }
    Ok(())
}

/// What Slack's client itself refuses to send, by block id.
fn incomplete(view: &View) -> BTreeMap<String, String> {
    let blocks = view.view["blocks"].as_array().cloned().unwrap_or_default();
    let mut missing = BTreeMap::new();
    for found in find::elements(&blocks).into_iter().filter(|found| found.block["type"] == "input") {
        let value = view.values.get(found.block_id()).and_then(|actions| actions.get(found.action_id()));
        let filled = value.is_some_and(values::is_filled);
        let problem = match value.filter(|_| filled) {
            None if found.block["optional"] == json!(true) => None,
            None => Some("Please complete this required field.".to_owned()),
            Some(value) => malformed(found.element, value),
        };
        if let Some(problem) = problem {
            missing.insert(found.block_id().to_owned(), problem);
        }
    }
    missing
}

fn malformed(element: &Value, value: &Value) -> Option<String> {
    let text = value["value"].as_str().unwrap_or_default();
    let number = |name: &str| element[name].as_str().and_then(|limit| limit.parse::<f64>().ok());
    let problem = match element["type"].as_str().unwrap_or_default() {
        "plain_text_input" => {
            let length = text.chars().count() as u64;
            let most = element["max_length"].as_u64().unwrap_or(limit::INPUT_VALUE as u64);
            let least = element["min_length"].as_u64().unwrap_or(0);
            if length > most {
                format!("This field can have at most {most} characters.")
            } else if length < least {
                format!("This field needs at least {least} characters.")
            } else {
                return None;
            }
        }
        "number_input" => match text.parse::<f64>() {
            Err(_) => "Please enter a number.".into(),
            Ok(given) if element["is_decimal_allowed"] == json!(false) && given.fract() != 0.0 => {
                "Please enter a whole number.".into()
            }
            Ok(given) if number("min_value").is_some_and(|least| given < least) => {
                format!("Must be at least {}.", element["min_value"].as_str().unwrap_or_default())
            }
            Ok(given) if number("max_value").is_some_and(|most| given > most) => {
                format!("Must be at most {}.", element["max_value"].as_str().unwrap_or_default())
            }
            Ok(_) => return None,
        },
        "email_text_input" if !text.contains('@') => "Please enter a valid email address.".into(),
        "url_text_input" if url::Url::parse(text).is_err() => "Please enter a valid URL.".into(),
        kind if kind.starts_with("multi_") => {
            let chosen =
                value.as_object().and_then(|value| value.values().find_map(Value::as_array)).map_or(0, Vec::len);
            let most = element["max_selected_items"].as_u64().unwrap_or(u64::MAX);
            if chosen as u64 <= most {
                return None;
            }
            format!("Choose at most {most}.")
        }
        _ => return None,
    };
    Some(problem)
}
