//! One condition of a filter: its field, the question, and a field for the answer that fits the question.

use super::{change, tail};
use crate::boards::{Change, DraftCondition, Drafted, Match, Operator, PathFacts, Shape, operators};
use crate::domain::{Choice, Field, FieldType};
use crate::slack::block::{self, Style};
use crate::slack::draft_fields::{self as names, VALUE};
use crate::slack::limits;
use serde_json::{Value as Json, json};

/// Longest text that is asked for; longer ones that were imported stay whole.
const TEXT: usize = 250;
/// The same for several texts.
const LINES: usize = 600;

/// Its blocks.
pub fn condition(drafted: &Drafted, condition: &DraftCondition) -> Vec<Json> {
    let draft = &drafted.draft;
    let facts = condition.path.as_ref().and_then(|path| drafted.facts.get(path));
    let mut elements = vec![path(condition, facts)];
    let known = facts.and_then(|facts| facts.as_ref().ok());
    if let Some(facts) = known {
        let asked = if condition.matches == Some(Match::Count) { None } else { facts.field.as_ref() };
        elements.extend(matches(condition, facts));
        elements.extend(op(condition, asked));
        if condition.shape != Shape::Nothing {
            elements.push(unknown(condition.or_unknown));
        }
    }
    elements.push(change(draft, Change::RemoveCondition(condition.id)).button("Remove", Style::Plain));
    let mut blocks = vec![block::actions(&names::condition_block(draft, condition), elements)];
    if let Some(Err(why)) = facts {
        blocks.push(block::context(&format!("⚠️ {}", block::sentence(why))));
    }
    blocks.extend(known.into_iter().flat_map(|facts| values(drafted, condition, facts)));
    blocks
}

fn path(condition: &DraftCondition, facts: Option<&Result<PathFacts, String>>) -> Json {
    let mut element = json!({"type": "external_select", "action_id": names::PATH, "min_query_length": 0,
        "placeholder": block::plain("Choose a field", limits::PLACEHOLDER)});
    let title = |path: &String| match facts {
        Some(Ok(facts)) => tail(&facts.title),
        _ => path.clone(),
    };
    let chosen = condition.path.as_ref().and_then(|path| block::option(&title(path), path, None));
    if let Some(chosen) = chosen {
        element["initial_option"] = chosen;
    }
    element
}

/// Which of several records are meant.
fn matches(condition: &DraftCondition, facts: &PathFacts) -> Option<Json> {
    if !facts.is_many || facts.field.is_none() {
        return None;
    }
    let cases = [
        ("any of them", Match::Any),
        ("each of them", Match::All),
        ("none of them", Match::None),
        ("their number", Match::Count),
    ];
    let options = cases.iter().filter_map(|(text, case)| block::option(text, &names::word(case), None)).collect();
    Some(block::select(
        names::MATCHES,
        "Which of them",
        options,
        condition.matches.map(|case| names::word(&case)).as_deref(),
    ))
}

fn op(condition: &DraftCondition, asked: Option<&Field>) -> Option<Json> {
    let can = operators(asked);
    let options: Vec<Json> =
        can.iter().filter_map(|op| block::option(op_words(*op, asked), &names::word(op), None)).collect();
    let chosen = condition.op.map(|op| names::word(&op));
    (!options.is_empty()).then(|| block::select(&names::op_action(can), "How", options, chosen.as_deref()))
}

fn unknown(or_unknown: bool) -> Json {
    let option = json!({"text": block::plain("or unknown", limits::OPTION_TEXT), "value": "unknown"});
    let mut element = json!({"type": "checkboxes", "action_id": names::UNKNOWN, "options": [option]});
    if or_unknown {
        element["initial_options"] = json!([option]);
    }
    element
}

/// The question in words.
fn op_words(op: Operator, asked: Option<&Field>) -> &'static str {
    let is_date = asked.is_some_and(|field| matches!(field.kind, FieldType::Date | FieldType::Timestamp));
    match (op, is_date) {
        (Operator::Is, true) => "is on",
        (Operator::Is, false) => "is",
        (Operator::IsNot, true) => "is not on",
        (Operator::IsNot, false) => "is not",
        (Operator::Contains, _) => "contains",
        (Operator::DoesNotContain, _) => "does not contain",
        (Operator::StartsWith, _) => "starts with",
        (Operator::AnyOf, _) => "is any of",
        (Operator::NoneOf, _) => "is none of",
        (Operator::LessThan, true) => "is before",
        (Operator::LessThan, false) => "is less than",
        (Operator::AtMost, true) => "is on or before",
        (Operator::AtMost, false) => "is at most",
        (Operator::GreaterThan, true) => "is after",
        (Operator::GreaterThan, false) => "is more than",
        (Operator::AtLeast, true) => "is on or after",
        (Operator::AtLeast, false) => "is at least",
        (Operator::Between, _) => "is between",
        (Operator::MoreThanDaysAgo, _) => "is more than … days ago",
        (Operator::LessThanDaysAgo, _) => "is less than … days ago",
        (Operator::InNextDays, _) => "is in the next … days",
        (Operator::IsEmpty, _) => "is empty",
        (Operator::IsNotEmpty, _) => "is not empty",
        (Operator::IsKnown, _) => "is known",
        (Operator::IsUnknown, _) => "is unknown",
    }
}

/// Fields for the answer: none, one, or two for a span.
fn values(drafted: &Drafted, condition: &DraftCondition, facts: &PathFacts) -> Vec<Json> {
    let labels: &[&str] = match condition.shape {
        Shape::Nothing => &[],
        Shape::Numbers => &[": smallest", ": largest"],
        Shape::DaySpan => &[": first day", ": last day"],
        _ => &[""],
    };
    let asked = if condition.matches == Some(Match::Count) { None } else { facts.field.as_ref() };
    let words = condition.op.map_or("", |op| op_words(op, asked));
    let one = |(at, label): (usize, &&str)| {
        let entered = match condition.shape {
            Shape::Choices | Shape::Lines => condition.entered.clone(),
            _ => condition.entered.get(at).cloned().into_iter().collect(),
        };
        let element = element(condition.shape, &entered, asked);
        let hint = (condition.shape == Shape::Lines).then_some("One a line.");
        let block_id = names::value_block(&drafted.draft, condition, at as u8);
        let input = block::input(&block_id, &format!("{} {words}{label}", facts.title), hint, false, element);
        if condition.shape == Shape::Lines { input } else { block::dispatching(input) }
    };
    labels.iter().enumerate().map(one).collect()
}

fn element(shape: Shape, entered: &[String], asked: Option<&Field>) -> Json {
    let choices = asked.map(|field| field.choices.as_slice()).unwrap_or_default();
    let first = entered.first().map(String::as_str);
    match shape {
        Shape::Number | Shape::Numbers => number(first, true),
        Shape::Days => number(first, false),
        Shape::Day | Shape::DaySpan if first.is_none_or(|day| day.parse::<jiff::civil::Date>().is_ok()) => {
            with(json!({"type": "datepicker", "action_id": VALUE}), "initial_date", first.map(Json::from))
        }
        Shape::YesNo => {
            let options = [("Yes", "true"), ("No", "false")];
            let options = options.iter().filter_map(|(text, value)| block::option(text, value, None)).collect();
            block::select(VALUE, "Yes or no", options, first)
        }
        Shape::Choice if fits(choices, entered) => block::select(VALUE, "Choose", options(choices), first),
        Shape::Choices if fits(choices, entered) => {
            let all = options(choices);
            let chosen: Vec<Json> =
                all.iter().filter(|one| entered.iter().any(|value| one["value"] == json!(value))).cloned().collect();
            let element = json!({"type": "multi_static_select", "action_id": VALUE, "options": all,
                "placeholder": block::plain("Choose", limits::PLACEHOLDER)});
            with(element, "initial_options", (!chosen.is_empty()).then(|| Json::from(chosen)))
        }
        Shape::Lines | Shape::Choices => text(&entered.join("\n"), LINES, true),
        _ => text(first.unwrap_or_default(), TEXT, false),
    }
}

/// Whether a select can offer all of the choices and shows all that is chosen.
fn fits(choices: &[Choice], entered: &[String]) -> bool {
    choices.len() <= limits::OPTIONS
        && options(choices).len() == choices.len()
        && entered.iter().all(|value| choices.iter().any(|choice| &choice.value == value))
}

fn options(choices: &[Choice]) -> Vec<Json> {
    choices.iter().filter_map(|choice| block::option(&choice.title, &choice.value, None)).collect()
}

fn number(entered: Option<&str>, decimals: bool) -> Json {
    let element = json!({"type": "number_input", "action_id": VALUE, "is_decimal_allowed": decimals});
    let entered = entered.filter(|text| text.parse::<f64>().is_ok_and(f64::is_finite));
    with(element, "initial_value", entered.map(Json::from))
}

fn text(entered: &str, longest: usize, multiline: bool) -> Json {
    let longest = longest.max(entered.chars().count()).min(limits::INPUT_TEXT);
    let element =
        json!({"type": "plain_text_input", "action_id": VALUE, "multiline": multiline, "max_length": longest});
    let entered: String = entered.chars().take(longest).collect();
    with(element, "initial_value", (!entered.is_empty()).then(|| Json::from(entered)))
}

fn with(mut element: Json, name: &str, value: Option<Json>) -> Json {
    if let Some(value) = value {
        element[name] = value;
    }
    element
}
