//! What can be asked of a field, what must be entered for it, and how what was entered is read.

use crate::boards::definition::{Operand, Operator};
use crate::domain::{Field, FieldType};
use serde::{Deserialize, Serialize};

/// What a condition is compared with, by how it is entered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// It is compared with nothing.
    #[default]
    Nothing,
    /// A text.
    Text,
    /// Texts, one a line.
    Lines,
    /// A number.
    Number,
    /// The smallest and the largest number.
    Numbers,
    /// How many days.
    Days,
    /// A day.
    Day,
    /// The first and the last day.
    DaySpan,
    /// Yes or no.
    YesNo,
    /// One of the field's choices.
    Choice,
    /// Some of the field's choices.
    Choices,
}

const TEXT: &[Operator] = &[
    Operator::Contains,
    Operator::DoesNotContain,
    Operator::Is,
    Operator::IsNot,
    Operator::StartsWith,
    Operator::AnyOf,
    Operator::NoneOf,
    Operator::IsEmpty,
    Operator::IsNotEmpty,
    Operator::IsKnown,
    Operator::IsUnknown,
];
const CHOICE: &[Operator] = &[
    Operator::AnyOf,
    Operator::NoneOf,
    Operator::Is,
    Operator::IsNot,
    Operator::Contains,
    Operator::DoesNotContain,
    Operator::StartsWith,
    Operator::IsEmpty,
    Operator::IsNotEmpty,
    Operator::IsKnown,
    Operator::IsUnknown,
];
const BOOLEAN: &[Operator] = &[Operator::Is, Operator::IsNot, Operator::IsKnown, Operator::IsUnknown];
const COUNT: &[Operator] = &[
    Operator::AtLeast,
    Operator::AtMost,
    Operator::Is,
    Operator::IsNot,
    Operator::GreaterThan,
    Operator::LessThan,
    Operator::Between,
];
const NUMBER: &[Operator] = &[
    Operator::AtLeast,
    Operator::AtMost,
    Operator::Is,
    Operator::IsNot,
    Operator::GreaterThan,
    Operator::LessThan,
    Operator::Between,
    Operator::IsKnown,
    Operator::IsUnknown,
];
const DATE: &[Operator] = &[
    Operator::MoreThanDaysAgo,
    Operator::LessThanDaysAgo,
    Operator::InNextDays,
    Operator::LessThan,
    Operator::AtMost,
    Operator::GreaterThan,
    Operator::AtLeast,
    Operator::Is,
    Operator::IsNot,
    Operator::Between,
    Operator::IsKnown,
    Operator::IsUnknown,
];

/// What can be asked of a field, the likeliest first; of a number of records when there is no field.
pub fn operators(field: Option<&Field>) -> &'static [Operator] {
    match field.map(|field| field.kind) {
        None => COUNT,
        Some(FieldType::Choice) if field.is_some_and(|field| !field.choices.is_empty()) => CHOICE,
        Some(FieldType::Text | FieldType::Choice | FieldType::List) => TEXT,
        Some(FieldType::Boolean) => BOOLEAN,
        Some(FieldType::Integer | FieldType::Number) => NUMBER,
        Some(FieldType::Date | FieldType::Timestamp) => DATE,
        // Long texts are shown and not asked for.
        Some(FieldType::LongText) => &[],
    }
}

/// What must be entered to ask this of a field, or of a number of records when there is no field.
pub fn shape(op: Operator, field: Option<&Field>) -> Shape {
    let has_choices = field.is_some_and(|field| field.kind == FieldType::Choice && !field.choices.is_empty());
    let is_date = field.is_some_and(|field| matches!(field.kind, FieldType::Date | FieldType::Timestamp));
    let is_number = field.is_none_or(|field| matches!(field.kind, FieldType::Integer | FieldType::Number));
    match op {
        Operator::IsEmpty | Operator::IsNotEmpty | Operator::IsKnown | Operator::IsUnknown => Shape::Nothing,
        Operator::MoreThanDaysAgo | Operator::LessThanDaysAgo | Operator::InNextDays => Shape::Days,
        Operator::Between if is_date => Shape::DaySpan,
        Operator::Between => Shape::Numbers,
        Operator::AnyOf | Operator::NoneOf if has_choices => Shape::Choices,
        Operator::AnyOf | Operator::NoneOf => Shape::Lines,
        _ if is_date => Shape::Day,
        _ if is_number => Shape::Number,
        Operator::Is | Operator::IsNot if field.is_some_and(|field| field.kind == FieldType::Boolean) => Shape::YesNo,
        Operator::Is | Operator::IsNot if has_choices => Shape::Choice,
        _ => Shape::Text,
    }
}

/// Reads what was entered. None for [`Shape::Nothing`]; an error is a sentence for the person.
pub fn read(shape: Shape, entered: &[String]) -> Result<Option<Operand>, String> {
    let words: Vec<&str> = entered.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
    let one = |missing: &str| words.first().copied().ok_or_else(|| missing.to_owned());
    let two = |missing: &str| match words.as_slice() {
        [first, second] => Ok([*first, *second]),
        _ => Err(missing.to_owned()),
    };
    let list = |items: Vec<Operand>| Operand::List(items);
    Ok(Some(match shape {
        Shape::Nothing => return Ok(None),
        Shape::Text => Operand::Text(one("Enter a text.")?.to_owned()),
        Shape::Choice => Operand::Text(one("Choose one.")?.to_owned()),
        Shape::YesNo => Operand::Bool(one("Choose yes or no.")? == "true"),
        Shape::Number => number(one("Enter a number.")?)?,
        Shape::Days => match one("Enter how many days.")?.parse::<i64>() {
            Ok(days @ 0..) => Operand::Int(days),
            _ => return Err("Enter a whole number of days, 0 or more.".to_owned()),
        },
        Shape::Day => Operand::Text(day(one("Choose a day.")?)?),
        Shape::Numbers => {
            let [low, high] = two("Enter the smallest and the largest number.")?;
            list(vec![number(low)?, number(high)?])
        }
        Shape::DaySpan => {
            let [first, last] = two("Choose the first and the last day.")?;
            list(vec![Operand::Text(day(first)?), Operand::Text(day(last)?)])
        }
        Shape::Lines | Shape::Choices => {
            let lines: Vec<&str> = words.iter().flat_map(|text| text.lines()).map(str::trim).collect();
            let items: Vec<Operand> =
                lines.into_iter().filter(|line| !line.is_empty()).map(|line| Operand::Text(line.to_owned())).collect();
            if items.is_empty() {
                let missing = if shape == Shape::Lines { "Enter at least one text." } else { "Choose at least one." };
                return Err(missing.to_owned());
            }
            list(items)
        }
    }))
}

/// As it is entered again.
pub fn written(operand: Option<&Operand>) -> Vec<String> {
    match operand {
        None => Vec::new(),
        Some(Operand::List(items)) => items.iter().flat_map(|item| written(Some(item))).collect(),
        Some(Operand::Bool(yes)) => vec![yes.to_string()],
        Some(Operand::Int(number)) => vec![number.to_string()],
        Some(Operand::Float(number)) => vec![number.to_string()],
        Some(Operand::Text(text)) => vec![text.clone()],
    }
}

/// A comma is read as the point of a fraction, as many people write it.
fn number(text: &str) -> Result<Operand, String> {
    if let Ok(whole) = text.parse() {
        return Ok(Operand::Int(whole));
    }
    match text.replace(',', ".").parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Operand::Float(number)),
        _ => Err("Enter a number, such as 12 or 0.5.".to_owned()),
    }
}

/// A day, or a moment as an imported text may have it.
fn day(text: &str) -> Result<String, String> {
    let is_day = text.parse::<jiff::civil::Date>().is_ok() || text.parse::<jiff::Timestamp>().is_ok();
    if is_day { Ok(text.to_owned()) } else { Err("Enter a day as 2026-11-24.".to_owned()) }
}
