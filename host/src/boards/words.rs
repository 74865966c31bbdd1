//! Filters and orders in words, for people to check what a board shows.

use super::definition::{CheckedCondition, CheckedFilter, CheckedSort, Condition, Match, Operand, Operator};
use super::engine::MATCH_NONE;
use crate::domain::{Field, FieldType};

/// `Active is yes and (Last login is more than 90 days ago or Last login is unknown)`. Empty when there is no filter.
pub fn filter_words(filter: &CheckedFilter) -> String {
    match filter {
        CheckedFilter::All(parts) => join(parts, " and "),
        CheckedFilter::Any(parts) => join(parts, " or "),
        CheckedFilter::Is(checked) => match_words(checked).unwrap_or_else(|| words(checked)),
    }
}

fn words(checked: &CheckedCondition) -> String {
    let (subject, field) = match checked.condition.matches {
        None => ("", checked.path.field.as_ref()),
        Some(Match::Any) => ("any of ", checked.path.field.as_ref()),
        Some(Match::All) => ("each of ", checked.path.field.as_ref()),
        Some(Match::None) => ("none of ", checked.path.field.as_ref()),
        Some(Match::Count) => ("number of ", None),
    };
    format!("{subject}{} {}", checked.path.title(), condition_words(field, &checked.condition))
}

/// Whether there is a match in another tool at all.
fn match_words(checked: &CheckedCondition) -> Option<String> {
    let is_none = checked.condition.value == Some(Operand::Text(MATCH_NONE.to_owned()));
    let article = match checked.condition.op {
        Operator::Is => "no",
        Operator::IsNot => "a",
        _ => return None,
    };
    let tools: Vec<&str> = checked.path.edges.iter().map(|edge| edge.title.as_str()).collect();
    let unknown = if checked.condition.or_unknown { " or it is unknown" } else { "" };
    (checked.path.is_match() && is_none).then(|| format!("{article} match for {}{unknown}", tools.join(" › ")))
}

/// `Last login (latest first), Name (A to Z)`. Empty when there is no order but that of the keys.
pub fn sort_words(sorts: &[CheckedSort]) -> String {
    let one = |sort: &CheckedSort| {
        let kind = sort.path.field.as_ref().map(|field| field.kind);
        format!("{} ({})", sort.path.title(), direction(kind, sort.descending))
    };
    sorts.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn join(parts: &[CheckedFilter], with: &str) -> String {
    let part = |part: &CheckedFilter| match part {
        CheckedFilter::All(inner) | CheckedFilter::Any(inner) if inner.len() > 1 && parts.len() > 1 => {
            format!("({})", filter_words(part))
        }
        CheckedFilter::Is(checked) if checked.condition.or_unknown && parts.len() > 1 => {
            format!("({})", filter_words(part))
        }
        _ => filter_words(part),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(with)
}

fn direction(kind: Option<FieldType>, descending: bool) -> &'static str {
    match (kind, descending) {
        (Some(FieldType::Date | FieldType::Timestamp), true) => "latest first",
        (Some(FieldType::Date | FieldType::Timestamp), false) => "earliest first",
        (Some(FieldType::Integer | FieldType::Number), true) => "largest first",
        (Some(FieldType::Integer | FieldType::Number), false) => "smallest first",
        (Some(FieldType::Boolean), true) => "yes first",
        (Some(FieldType::Boolean), false) => "no first",
        (_, true) => "Z to A",
        (_, false) => "A to Z",
    }
}

fn condition_words(field: Option<&Field>, condition: &Condition) -> String {
    let is_date = field.is_some_and(|field| matches!(field.kind, FieldType::Date | FieldType::Timestamp));
    let value = condition.value.as_ref().map(|value| value_words(field, value)).unwrap_or_default();
    let words = match (condition.op, is_date) {
        (Operator::Is, true) => format!("is on {value}"),
        (Operator::IsNot, true) => format!("is not on {value}"),
        (Operator::Is, false) => format!("is {value}"),
        (Operator::IsNot, false) => format!("is not {value}"),
        (Operator::Contains, _) => format!("contains {value}"),
        (Operator::DoesNotContain, _) => format!("does not contain {value}"),
        (Operator::StartsWith, _) => format!("starts with {value}"),
        (Operator::AnyOf, _) => format!("is one of {value}"),
        (Operator::NoneOf, _) => format!("is none of {value}"),
        (Operator::LessThan, true) => format!("is before {value}"),
        (Operator::AtMost, true) => format!("is on or before {value}"),
        (Operator::GreaterThan, true) => format!("is after {value}"),
        (Operator::AtLeast, true) => format!("is on or after {value}"),
        (Operator::LessThan, false) => format!("is less than {value}"),
        (Operator::AtMost, false) => format!("is at most {value}"),
        (Operator::GreaterThan, false) => format!("is more than {value}"),
        (Operator::AtLeast, false) => format!("is at least {value}"),
        (Operator::Between, _) => format!("is between {}", value.replacen(", ", " and ", 1)),
        (Operator::MoreThanDaysAgo, _) => format!("is more than {value} days ago"),
        (Operator::LessThanDaysAgo, _) => format!("is less than {value} days ago"),
        (Operator::InNextDays, _) => format!("is in the next {value} days"),
        (Operator::IsEmpty, _) => "is empty".to_owned(),
        (Operator::IsNotEmpty, _) => "is not empty".to_owned(),
        (Operator::IsKnown, _) => "is known".to_owned(),
        (Operator::IsUnknown, _) => "is unknown".to_owned(),
    };
    if condition.or_unknown { format!("{words} or is unknown") } else { words }
}

fn value_words(field: Option<&Field>, value: &Operand) -> String {
    let unit = field.and_then(|field| field.unit.as_deref()).map(|unit| format!(" {unit}")).unwrap_or_default();
    match value {
        Operand::Bool(true) => "yes".to_owned(),
        Operand::Bool(false) => "no".to_owned(),
        Operand::Int(number) => format!("{number}{unit}"),
        Operand::Float(number) => format!("{number}{unit}"),
        Operand::Text(text) => {
            let choices = field.map(|field| field.choices.as_slice()).unwrap_or_default();
            let choice = choices.iter().find(|choice| &choice.value == text);
            let is_date = field.is_some_and(|field| matches!(field.kind, FieldType::Date | FieldType::Timestamp));
            match choice {
                Some(choice) => choice.title.clone(),
                None if is_date => text.clone(),
                None => format!("“{text}”"),
            }
        }
        Operand::List(items) => items.iter().map(|item| value_words(field, item)).collect::<Vec<_>>().join(", "),
    }
}
