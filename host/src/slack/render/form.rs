//! An action's form: an element for each input, records to act on first, what was entered kept, what is wrong said at its field.

use crate::actions::Offered;
use crate::domain::{BoardId, Effect, Input, InputType};
use crate::slack::block::{self, AlertLevel};
use crate::slack::limits;
use crate::slack::meta::{FormMeta, Meta, field};
use serde_json::{Map, Value as Json, json};
use std::collections::HashMap;

/// Records that can be chosen by hand; more come through a board's filter later.
const TARGETS: usize = 100;

/// A board whose rows an action can be asked for as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WholeBoard {
    /// How many rows its filter finds.
    pub rows: usize,
    /// How many records a request may be for.
    pub most: usize,
    /// All of them are meant, and the records chosen are left out.
    pub all: bool,
}

/// What stands in the form.
#[derive(Clone, Debug, Default)]
pub struct FormState {
    /// The board it was opened from.
    pub board: Option<BoardId>,
    /// That board, when all of its rows can be meant.
    pub whole: Option<WholeBoard>,
    /// Keys of the records to act on.
    pub targets: Vec<String>,
    /// By input name, as entered.
    pub inputs: Map<String, Json>,
    /// Titles of records, by key: Slack shows a preset choice by its text.
    pub titles: HashMap<String, String>,
    /// `(input name, sentence)`.
    pub errors: Vec<(String, String)>,
    /// What is wrong as a whole.
    pub refusal: Option<String>,
}

/// The modal.
pub fn form(offered: &Offered, state: &FormState) -> Json {
    let action = &offered.action;
    let mut blocks = Vec::new();
    if let Some(refusal) = &state.refusal {
        blocks.push(block::alert(AlertLevel::Error, "This cannot be prepared. Nothing was changed."));
        blocks.push(block::section(&block::sentence(refusal)));
    }
    blocks.push(block::header(&action.title));
    blocks.push(block::paragraph(&action.help));
    if action.effect == Effect::Destructive {
        blocks.push(block::alert(
            AlertLevel::Warning,
            "This action is destructive. You see a preview before anything is sent.",
        ));
    }
    if let Some(object) = &action.object {
        let called = offered.targets.as_deref().unwrap_or(object.as_str());
        blocks.extend(state.whole.as_ref().and_then(|whole| scope(called, whole)));
        blocks.push(targets(called, &field::record_action(object), state));
        blocks.extend(error_at(state, field::TARGETS));
    }
    for input in &action.inputs {
        blocks.push(input_block(input, state));
        blocks.extend(error_at(state, &input.name));
    }
    let unplaced = |name: &str| name != field::TARGETS && action.inputs.iter().all(|input| input.name != name);
    let lost = state.errors.iter().filter(|(name, _)| unplaced(name));
    blocks.extend(lost.map(|(_, sentence)| block::section(&format!("❌ {}", block::sentence(sentence)))));
    blocks.push(block::context(&block::sentence(&offered.policy)));
    let meta = Meta::Form(FormMeta {
        connection: offered.connection.clone(),
        action: action.name.clone(),
        object: action.object.clone(),
        board: state.board.clone(),
    });
    // A modal with inputs needs a submit; one without any input and target goes straight to its preview as well.
    let mut modal = block::modal(&action.title, blocks);
    modal["private_metadata"] = json!(meta.write());
    modal["submit"] = block::plain("Preview", limits::VIEW_TITLE);
    modal["close"] = block::plain("Cancel", limits::VIEW_TITLE);
    modal
}

fn error_at(state: &FormState, name: &str) -> Option<Json> {
    let (_, sentence) = state.errors.iter().find(|(found, _)| found == name)?;
    Some(block::context(&format!("❌ {}", block::sentence(sentence))))
}

/// Those that are chosen, or all rows of the board; where these are too many, why they are not offered.
fn scope(called: &str, whole: &WholeBoard) -> Option<Json> {
    let WholeBoard { rows, most, all } = *whole;
    if rows > most {
        let too_many = format!(
            "The board has {rows} rows, and a request takes at most {most}. Narrow its filter to ask for all of them at once."
        );
        return Some(block::context(&too_many));
    }
    let every = format!("All {rows} rows of the board, except those chosen below");
    let options = [
        block::option("Those chosen below", field::CHOSEN, None)?,
        block::option(&every, field::ALL_ROWS, Some("As its filter finds them now."))?,
    ];
    let initial = options[usize::from(all)].clone();
    let element =
        json!({"type": "radio_buttons", "action_id": field::VALUE, "options": options, "initial_option": initial});
    Some(block::input(field::SCOPE, &format!("On which {}?", called.to_lowercase()), None, false, element))
}

fn targets(called: &str, action_id: &str, state: &FormState) -> Json {
    let can_be_empty = state.whole.is_some_and(|whole| whole.rows <= whole.most);
    let element = records(action_id, Some(TARGETS), &state.targets, state);
    block::input(field::TARGETS, called, Some("Type to search."), can_be_empty, element)
}

fn input_block(input: &Input, state: &FormState) -> Json {
    let entered = state.inputs.get(&input.name).cloned().or_else(|| preset(input));
    let element = element(input, entered.as_ref(), state);
    block::input(&field::input_block(&input.name), &input.title, input.help.as_deref(), !input.required, element)
}

fn preset(input: &Input) -> Option<Json> {
    serde_json::from_str(input.default.as_deref()?).ok()
}

fn element(input: &Input, entered: Option<&Json>, state: &FormState) -> Json {
    let text = entered.map(text_of).filter(|text| !text.is_empty());
    match input.kind {
        InputType::Text => text_input(input, text, false),
        InputType::LongText => text_input(input, text, true),
        InputType::Number => with(
            json!({"type": "number_input", "action_id": field::VALUE, "is_decimal_allowed": true}),
            "initial_value",
            text.filter(|text| text.parse::<f64>().is_ok_and(f64::is_finite)).map(Json::from),
        ),
        InputType::Date => with(
            json!({"type": "datepicker", "action_id": field::VALUE}),
            "initial_date",
            text.filter(|text| text.parse::<jiff::civil::Date>().is_ok()).map(Json::from),
        ),
        InputType::Boolean => choices([("true", "Yes"), ("false", "No")].into_iter(), text.as_deref()),
        // A select without options would be refused with the whole form.
        InputType::Choice if input.choices.is_empty() => text_input(input, text, false),
        InputType::Choice => {
            choices(input.choices.iter().map(|choice| (choice.value.as_str(), choice.title.as_str())), text.as_deref())
        }
        InputType::Reference => reference(input, entered, state, None),
        InputType::References => reference(input, entered, state, Some(input.max.map_or(TARGETS, |max| max as usize))),
    }
}

fn text_input(input: &Input, text: Option<String>, multiline: bool) -> Json {
    let longest = input.max.map_or(limits::INPUT_TEXT, |max| (max as usize).clamp(1, limits::INPUT_TEXT));
    let element =
        json!({"type": "plain_text_input", "action_id": field::VALUE, "multiline": multiline, "max_length": longest});
    with(element, "initial_value", text.map(|text| Json::from(text.chars().take(longest).collect::<String>())))
}

fn choices<'a>(choices: impl Iterator<Item = (&'a str, &'a str)>, chosen: Option<&str>) -> Json {
    let options: Vec<Json> =
        choices.filter_map(|(value, title)| block::option(title, value, None)).take(limits::OPTIONS).collect();
    let initial = options.iter().find(|option| option["value"].as_str() == chosen).cloned();
    let element = json!({"type": "static_select", "action_id": field::VALUE, "options": options,
        "placeholder": block::plain("Choose", limits::PLACEHOLDER)});
    with(element, "initial_option", initial)
}

/// A select over records of the input's object; over nothing when the integration did not name one, which its own check says.
fn reference(input: &Input, entered: Option<&Json>, state: &FormState, many: Option<usize>) -> Json {
    let action_id = input.object.as_ref().map_or_else(|| field::VALUE.to_owned(), field::record_action);
    records(&action_id, many, &entered.map(texts_of).unwrap_or_default(), state)
}

fn records(action_id: &str, many: Option<usize>, keys: &[String], state: &FormState) -> Json {
    let option = |key: &String| block::option(state.titles.get(key).unwrap_or(key), key, None);
    let chosen: Vec<Json> = keys.iter().filter_map(option).take(many.unwrap_or(1)).collect();
    let kind = if many.is_some() { "multi_external_select" } else { "external_select" };
    let mut element = json!({"type": kind, "action_id": action_id, "min_query_length": 0,
        "placeholder": block::plain("Search", limits::PLACEHOLDER)});
    match many {
        Some(most) => {
            element["max_selected_items"] = json!(most.clamp(1, TARGETS));
            with(element, "initial_options", (!chosen.is_empty()).then(|| Json::from(chosen)))
        }
        None => with(element, "initial_option", chosen.into_iter().next()),
    }
}

fn with(mut element: Json, name: &str, value: Option<Json>) -> Json {
    if let Some(value) = value {
        element[name] = value;
    }
    element
}

fn text_of(value: &Json) -> String {
    value.as_str().map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned)
}

fn texts_of(value: &Json) -> Vec<String> {
    match value {
        Json::Array(items) => items.iter().map(text_of).collect(),
        Json::Null => Vec::new(),
        one => vec![text_of(one)],
    }
}
