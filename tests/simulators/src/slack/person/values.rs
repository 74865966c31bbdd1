//! What interactive elements hold: their value at the start, and after a person did something.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::find;
use crate::slack::state::Values;

/// What a person does to an element. As JSON: `"press"`, `{"text": "..."}`, `{"choose": "value"}`, ...
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gesture {
    /// Clicks a button.
    Press,
    /// Types text (or a number, an email address, a URL) into a field.
    Text(String),
    /// Chooses one option by its value, or a person or channel by id.
    Choose(String),
    /// Chooses these options, people or channels and no others.
    ChooseMany(Vec<String>),
    /// `YYYY-MM-DD`
    Date(String),
    /// `HH:MM`
    Time(String),
    /// Seconds since the Unix epoch.
    DateTime(i64),
    /// Empties the element.
    Clear,
}

/// The member of the value that holds what was chosen, and whether it is a list.
fn slot(kind: &str) -> Option<(&'static str, bool)> {
    Some(match kind {
        "static_select" | "external_select" | "radio_buttons" => ("selected_option", false),
        "multi_static_select" | "multi_external_select" | "checkboxes" => ("selected_options", true),
        "users_select" => ("selected_user", false),
        "multi_users_select" => ("selected_users", true),
        "channels_select" => ("selected_channel", false),
        "multi_channels_select" => ("selected_channels", true),
        "conversations_select" => ("selected_conversation", false),
        "multi_conversations_select" => ("selected_conversations", true),
        "datepicker" => ("selected_date", false),
        "timepicker" => ("selected_time", false),
        "datetimepicker" => ("selected_date_time", false),
        "plain_text_input" | "number_input" | "email_text_input" | "url_text_input" => ("value", false),
        "rich_text_input" => ("rich_text_value", false),
        "file_input" => ("files", true),
        _ => return None,
    })
}

fn initial(element: &Value, kind: &str) -> Value {
    let name = match kind {
        "static_select" | "external_select" | "radio_buttons" => "initial_option",
        "multi_static_select" | "multi_external_select" | "checkboxes" => "initial_options",
        "users_select" => "initial_user",
        "multi_users_select" => "initial_users",
        "channels_select" => "initial_channel",
        "multi_channels_select" => "initial_channels",
        "conversations_select" => "initial_conversation",
        "multi_conversations_select" => "initial_conversations",
        "datepicker" => "initial_date",
        "timepicker" => "initial_time",
        "datetimepicker" => "initial_date_time",
        _ => "initial_value",
    };
    element.get(name).cloned().unwrap_or_default()
}

/// The state of every element that has one, as views and messages start with it.
pub(in crate::slack) fn initial_values(blocks: &[Value]) -> Values {
    let mut values = Values::new();
    for found in find::elements(blocks) {
        let kind = found.kind();
        let Some((name, many)) = slot(kind) else { continue };
        let start = match initial(found.element, kind) {
            Value::Null if many => json!([]),
            other => other,
        };
        let mut value = json!({ "type": kind });
        value[name] = start;
        values.entry(found.block_id().into()).or_default().insert(found.action_id().into(), value);
    }
    values
}

/// The element's new state, or why the gesture does not fit it. None for elements without state (buttons, menus).
pub(super) fn after(element: &Value, offered: &[Value], gesture: &Gesture) -> anyhow::Result<Option<Value>> {
    let kind = element["type"].as_str().unwrap_or_default();
    let options = find::options(element, offered);
    let pick = |wanted: &String| {
        let found = options.iter().find(|option| option["value"] == json!(wanted));
        found.cloned().ok_or_else(|| anyhow::anyhow!("{kind} has no option with the value `{wanted}`"))
    };
    let by_option = matches!(slot(kind), Some(("selected_option" | "selected_options", _))) || kind == "overflow";
    let chosen = match (kind, gesture) {
        ("button" | "icon_button" | "workflow_button", Gesture::Press) => return Ok(None),
        ("overflow", Gesture::Choose(value)) => return pick(value).map(|_| None),
        (_, Gesture::Clear) => Value::Null,
        (_, Gesture::Choose(value)) if by_option => pick(value)?,
        (_, Gesture::ChooseMany(values)) if by_option => {
            Value::Array(values.iter().map(pick).collect::<anyhow::Result<_>>()?)
        }
        (kind, Gesture::Choose(id)) if kind.ends_with("_select") => json!(id),
        (kind, Gesture::ChooseMany(ids)) if kind.ends_with("_select") => json!(ids),
        ("datepicker", Gesture::Date(date)) => json!(date),
        ("timepicker", Gesture::Time(time)) => json!(time),
        ("datetimepicker", Gesture::DateTime(seconds)) => json!(seconds),
        (kind, Gesture::Text(text)) if kind.ends_with("_input") => match text.as_str() {
            "" => Value::Null,
            text => json!(text),
        },
        _ => anyhow::bail!("{gesture:?} cannot be done to a {kind}"),
    };
    let (name, many) = slot(kind).ok_or_else(|| anyhow::anyhow!("a {kind} holds nothing"))?;
    if chosen.is_array() != many && !chosen.is_null() {
        anyhow::bail!("{gesture:?} does not fit a {kind}");
    }
    let mut value = json!({ "type": kind });
    value[name] = if chosen.is_null() && many { json!([]) } else { chosen };
    Ok(Some(value))
}

/// The entry in `actions` for an element that was used.
pub(super) fn action(
    found: &find::Found<'_>,
    offered: &[Value],
    gesture: &Gesture,
    state: Option<&Value>,
    ts: String,
) -> Value {
    let element = found.element;
    let mut action = state.cloned().unwrap_or_else(|| json!({ "type": found.kind() }));
    action["action_id"] = json!(found.action_id());
    action["block_id"] = json!(found.block_id());
    action["action_ts"] = json!(ts);
    for name in ["text", "value", "url", "style", "placeholder"] {
        if let (Some(value), None) = (element.get(name), action.get(name)) {
            action[name] = value.clone();
        }
    }
    if let (Some("overflow"), Gesture::Choose(value)) = (element["type"].as_str(), gesture) {
        let option = find::options(element, offered).into_iter().find(|option| option["value"] == json!(value));
        action["selected_option"] = option.unwrap_or_default();
    }
    action
}

/// Whether the element's state counts as filled in.
pub(super) fn is_filled(value: &Value) -> bool {
    let kind = value["type"].as_str().unwrap_or_default();
    match slot(kind).map(|(name, _)| &value[name]) {
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::String(text)) => !text.trim().is_empty(),
        Some(Value::Null) | None => false,
        Some(_) => true,
    }
}
