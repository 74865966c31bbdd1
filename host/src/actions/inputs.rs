//! What was typed into an action's form, checked against the action's inputs and made into typed JSON.

use crate::domain::{Action, AppError, Input, InputType, Outcome};
use serde_json::{Map, Number, Value as Json};

/// What a text field of a form takes at most when the action does not say, in characters.
const MAX_TEXT: usize = 3_000;

/// A key of a record, in characters: longer than any tool's.
const MAX_KEY: usize = 255;

/// How many records an input names at most when the action does not say.
const MAX_REFERENCES: usize = 100;

/// Numbers beyond 53 bits lose digits on their way through a guest.
const MAX_WHOLE: f64 = 9_007_199_254_740_992.0;

/// The inputs, typed, in the order of the action; or all that is wrong with them, as `(input name, sentence)`.
pub fn validate(action: &Action, given: &Map<String, Json>) -> Outcome<Map<String, Json>> {
    let mut typed = Map::new();
    let mut wrong = Vec::new();
    for input in &action.inputs {
        match validate_one(input, given.get(&input.name)) {
            Ok(Some(value)) => drop(typed.insert(input.name.clone(), value)),
            Ok(None) => {}
            Err(sentence) => wrong.push((input.name.clone(), sentence)),
        }
    }
    for name in given.keys().filter(|name| action.inputs.iter().all(|input| &input.name != *name)) {
        wrong.push((name.clone(), format!("“{}” has no such input.", action.title)));
    }
    if wrong.is_empty() { Ok(typed) } else { Err(AppError::Inputs(wrong)) }
}

fn validate_one(input: &Input, given: Option<&Json>) -> Result<Option<Json>, String> {
    let default = input.default.as_deref().and_then(|text| serde_json::from_str::<Json>(text).ok());
    match given.filter(|value| !is_blank(value)).or(default.as_ref().filter(|value| !is_blank(value))) {
        Some(value) => typed(input, value).map(Some),
        None if input.required => Err(format!("{} is needed.", input.title)),
        None => Ok(None),
    }
}

fn is_blank(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.trim().is_empty(),
        Json::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn typed(input: &Input, value: &Json) -> Result<Json, String> {
    match input.kind {
        InputType::Text => text(input, value, false),
        InputType::LongText => text(input, value, true),
        InputType::Number => number(value),
        InputType::Boolean => boolean(value),
        InputType::Date => date(value),
        InputType::Choice => choice(input, value),
        InputType::Reference => key(value).map(Json::String),
        InputType::References => references(input, value),
    }
}

fn text(input: &Input, value: &Json, lines: bool) -> Result<Json, String> {
    let text = value.as_str().ok_or("Enter a text.")?.trim();
    if !lines && text.contains(['\n', '\r']) {
        return Err("Enter a single line.".to_owned());
    }
    if text.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')) {
        return Err("Remove the control characters.".to_owned());
    }
    let most = input.max.map_or(MAX_TEXT, |max| max as usize);
    let length = text.chars().count();
    if length > most {
        return Err(format!("Enter at most {most} characters; these are {length}."));
    }
    Ok(Json::String(text.to_owned()))
}

fn number(value: &Json) -> Result<Json, String> {
    let number = match value {
        Json::Number(number) => number.as_f64(),
        Json::String(text) => text.trim().parse::<f64>().ok(),
        _ => None,
    };
    let number = number.filter(|number| number.is_finite()).ok_or("Enter a number, such as 12 or 0.5.")?;
    if number.abs() > MAX_WHOLE {
        return Err("Enter a smaller number.".to_owned());
    }
    if number.fract() == 0.0 {
        return Ok(Json::Number((number as i64).into()));
    }
    Number::from_f64(number).map(Json::Number).ok_or_else(|| "Enter a number, such as 12 or 0.5.".to_owned())
}

fn boolean(value: &Json) -> Result<Json, String> {
    match value {
        Json::Bool(_) => Ok(value.clone()),
        Json::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" => Ok(Json::Bool(true)),
            "false" | "no" => Ok(Json::Bool(false)),
            _ => Err("Choose yes or no.".to_owned()),
        },
        _ => Err("Choose yes or no.".to_owned()),
    }
}

fn date(value: &Json) -> Result<Json, String> {
    let day = value.as_str().and_then(|text| text.trim().parse::<jiff::civil::Date>().ok());
    day.map(|day| Json::String(day.to_string())).ok_or_else(|| "Enter a day, such as 2026-11-24.".to_owned())
}

fn choice(input: &Input, value: &Json) -> Result<Json, String> {
    let chosen = value.as_str().ok_or("Choose one of the list.")?;
    if input.choices.iter().any(|choice| choice.value == chosen) {
        Ok(Json::String(chosen.to_owned()))
    } else {
        Err("Choose one of the list.".to_owned())
    }
}

fn key(value: &Json) -> Result<String, String> {
    let key = value.as_str().ok_or("Choose a record of the list.")?.trim();
    if key.is_empty() || key.chars().count() > MAX_KEY || key.chars().any(char::is_control) {
        return Err("Choose a record of the list.".to_owned());
    }
    Ok(key.to_owned())
}

fn references(input: &Input, value: &Json) -> Result<Json, String> {
    let given = match value {
        Json::Array(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut keys: Vec<String> = Vec::new();
    for item in given {
        let key = key(item)?;
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let most = input.max.map_or(MAX_REFERENCES, |max| max as usize);
    if keys.len() > most {
        return Err(format!("Choose at most {most}; these are {}.", keys.len()));
    }
    Ok(keys.into())
}

/// The keys of records that an input names, in order.
pub fn keys(value: &Json) -> Vec<&str> {
    match value {
        Json::Array(items) => items.iter().filter_map(Json::as_str).collect(),
        value => value.as_str().into_iter().collect(),
    }
}

/// A typed input as people read it. `title_of` names the record of a key.
pub fn shown(input: &Input, value: &Json, title_of: impl Fn(&str) -> String) -> String {
    match (input.kind, value) {
        (InputType::Boolean, Json::Bool(yes)) => (if *yes { "Yes" } else { "No" }).to_owned(),
        (InputType::Choice, Json::String(chosen)) => {
            let choice = input.choices.iter().find(|choice| &choice.value == chosen);
            choice.map_or_else(|| chosen.clone(), |choice| choice.title.clone())
        }
        (InputType::Reference | InputType::References, value) => {
            keys(value).into_iter().map(title_of).collect::<Vec<_>>().join(", ")
        }
        (_, Json::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
