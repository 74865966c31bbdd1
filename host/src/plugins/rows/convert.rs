//! One JSON scalar to a cell, by the type and format of its field.

use super::time;
use crate::domain::{Field, FieldType};
use std::borrow::Cow;

/// A cell whose text lies in the page, where it can.
pub type Cell<'a> = crate::domain::Value<Cow<'a, str>>;

/// The largest whole number every guest language can hold: 53 bits.
const MAX_INTEGER: i64 = 1 << 53;

/// How the text or number of a date or timestamp is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 3339, and offsets without colon; dates as `2026-11-24`.
    Rfc3339,
    /// Seconds since 1970.
    EpochSeconds,
    /// Milliseconds since 1970.
    EpochMillis,
}

impl Format {
    /// The format a field names; none when the host does not know it.
    pub fn parse(name: Option<&str>) -> Option<Self> {
        match name {
            None | Some("rfc3339") => Some(Self::Rfc3339),
            Some("epoch-s") => Some(Self::EpochSeconds),
            Some("epoch-ms") => Some(Self::EpochMillis),
            Some(_) => None,
        }
    }
}

/// What a column takes.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The type of its values.
    pub kind: FieldType,
    /// For dates and timestamps.
    pub format: Format,
}

impl Column {
    /// The column of a field; none when its format is not known.
    pub fn of(field: &Field) -> Option<Self> {
        Some(Self { kind: field.kind, format: Format::parse(field.format.as_deref())? })
    }

    /// The cell for a text; none when the text is no such value. A choice outside the known values stays as it is, and an
    /// empty text where a number or time should be means "unknown".
    pub fn text(self, text: Cow<'_, str>) -> Option<Cell<'_>> {
        match self.kind {
            FieldType::Text | FieldType::LongText | FieldType::Choice => Some(Cell::Text(text)),
            FieldType::List => Some(Cell::List(vec![text.into()])),
            _ if text.is_empty() => Some(Cell::Null),
            FieldType::Integer => text.parse().ok().and_then(|number| self.integer(number)),
            FieldType::Number => {
                text.parse().ok().and_then(|number: f64| number.is_finite().then_some(Cell::Float(number)))
            }
            FieldType::Boolean => text.parse().ok().map(Cell::Bool),
            FieldType::Date if self.format == Format::Rfc3339 => time::day(&text).map(Cell::Date),
            FieldType::Timestamp if self.format == Format::Rfc3339 => time::timestamp(&text).map(Cell::Time),
            FieldType::Date | FieldType::Timestamp => text.parse().ok().and_then(|number| self.integer(number)),
        }
    }

    /// The cell for a whole number.
    pub fn integer<'a>(self, number: i64) -> Option<Cell<'a>> {
        match self.kind {
            FieldType::Integer => (-MAX_INTEGER..=MAX_INTEGER).contains(&number).then_some(Cell::Int(number)),
            #[expect(clippy::cast_precision_loss, reason = "a number field holds what a JSON number holds")]
            FieldType::Number => Some(Cell::Float(number as f64)),
            FieldType::Text | FieldType::LongText | FieldType::Choice => Some(Cell::Text(number.to_string().into())),
            FieldType::Date => time::day_of(self.micros(number)?).map(Cell::Date),
            FieldType::Timestamp => self.micros(number).map(Cell::Time),
            FieldType::Boolean | FieldType::List => None,
        }
    }

    /// The cell for a number with a fraction. Some tools write whole numbers as `3.0`.
    pub fn float<'a>(self, number: f64) -> Option<Cell<'a>> {
        match self.kind {
            FieldType::Number => Some(Cell::Float(number)),
            FieldType::Text | FieldType::LongText | FieldType::Choice => Some(Cell::Text(number.to_string().into())),
            #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and within 53 bits")]
            FieldType::Integer | FieldType::Date | FieldType::Timestamp
                if number.fract() == 0.0 && number.abs() <= MAX_INTEGER as f64 =>
            {
                self.integer(number as i64)
            }
            #[expect(clippy::cast_possible_truncation, reason = "saturates, and the checked product refuses the rest")]
            FieldType::Timestamp if self.format == Format::EpochSeconds => Some(Cell::Time((number * 1e6) as i64)),
            _ => None,
        }
    }

    /// The cell for a boolean.
    pub fn boolean<'a>(self, value: bool) -> Option<Cell<'a>> {
        match self.kind {
            FieldType::Boolean => Some(Cell::Bool(value)),
            FieldType::Text | FieldType::LongText | FieldType::Choice => {
                Some(Cell::Text(if value { "true".into() } else { "false".into() }))
            }
            _ => None,
        }
    }

    fn micros(self, number: i64) -> Option<i64> {
        match self.format {
            Format::Rfc3339 => None,
            Format::EpochSeconds => number.checked_mul(1_000_000),
            Format::EpochMillis => number.checked_mul(1_000),
        }
    }
}
