//! What a field holds, how it is written as JSON and how two of them compare in a filter or a sort.

use super::id::Id;
use super::time;
use std::borrow::Cow;
use std::cmp::Ordering;

/// The value of one field of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    Null,
    Bool(bool),
    Int(i64),
    /// A number with two decimals, in hundredths.
    Hundredths(i64),
    Text(Cow<'a, str>),
    Id(Id),
    /// Milliseconds since 1970, UTC.
    Time(i64),
    /// Days since 1970.
    Date(i64),
}

impl<'a> Value<'a> {
    /// A text, borrowed.
    pub fn text(text: &'a str) -> Value<'a> {
        Value::Text(Cow::Borrowed(text))
    }

    /// The same value without a lifetime.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Value::Null => Value::Null,
            Value::Bool(flag) => Value::Bool(flag),
            Value::Int(number) => Value::Int(number),
            Value::Hundredths(number) => Value::Hundredths(number),
            Value::Date(day) => Value::Date(day),
            Value::Id(id) => Value::Id(id),
            Value::Time(at) => Value::Time(at),
        }
    }

    /// The same value, borrowed from here.
    pub fn borrow(&self) -> Value<'_> {
        match self {
            Value::Text(text) => Value::Text(Cow::Borrowed(text)),
            Value::Null => Value::Null,
            Value::Bool(flag) => Value::Bool(*flag),
            Value::Int(number) => Value::Int(*number),
            Value::Hundredths(number) => Value::Hundredths(*number),
            Value::Date(day) => Value::Date(*day),
            Value::Id(id) => Value::Id(*id),
            Value::Time(at) => Value::Time(*at),
        }
    }

    /// The id in it, if it is one.
    pub fn id(&self) -> Option<Id> {
        match self {
            Value::Id(id) => Some(*id),
            _ => None,
        }
    }

    /// Whether it is the boolean `true`.
    pub fn is_true(&self) -> bool {
        matches!(self, Value::Bool(true))
    }

    /// Its text for a page or a message: empty for null.
    pub fn shown(&self) -> String {
        match self {
            Value::Null => String::new(),
            Value::Bool(flag) => flag.to_string(),
            Value::Int(number) => number.to_string(),
            Value::Hundredths(number) => decimal(*number),
            Value::Date(day) => time::day(*day),
            Value::Text(text) => text.to_string(),
            Value::Id(id) => id.to_string(),
            Value::Time(at) => time::format(*at),
        }
    }

    /// Appends it as JSON.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Value::Null => out.extend_from_slice(b"null"),
            Value::Bool(true) => out.extend_from_slice(b"true"),
            Value::Bool(false) => out.extend_from_slice(b"false"),
            Value::Int(number) => out.extend_from_slice(number.to_string().as_bytes()),
            Value::Hundredths(number) => out.extend_from_slice(decimal(*number).as_bytes()),
            Value::Date(day) => {
                out.push(b'"');
                out.extend_from_slice(time::day(*day).as_bytes());
                out.push(b'"');
            }
            Value::Text(text) => write_text(text, out),
            Value::Id(id) => {
                out.push(b'"');
                out.extend_from_slice(&id.text());
                out.push(b'"');
            }
            Value::Time(at) => {
                out.push(b'"');
                time::write(*at, out);
                out.push(b'"');
            }
        }
    }

    /// Order of two values of one field. Nulls are equal to each other and before all else; texts ignore case.
    pub fn order(&self, other: &Value<'_>) -> Ordering {
        match (self, other) {
            (Value::Null, Value::Null) => Ordering::Equal,
            (Value::Null, _) => Ordering::Less,
            (_, Value::Null) => Ordering::Greater,
            (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
            (Value::Int(left), Value::Int(right))
            | (Value::Hundredths(left), Value::Hundredths(right))
            | (Value::Time(left), Value::Time(right))
            | (Value::Date(left), Value::Date(right)) => left.cmp(right),
            (Value::Id(left), Value::Id(right)) if (left.object, left.pod) == (right.object, right.pod) => {
                left.number.cmp(&right.number)
            }
            (Value::Id(left), Value::Id(right)) => left.key().cmp(&right.key()),
            (Value::Text(left), Value::Text(right)) => fold(left, right),
            _ => Ordering::Equal,
        }
    }
}

/// `1250` as `12.5`, `1200` as `12.0`.
fn decimal(hundredths: i64) -> String {
    format!("{:?}", hundredths as f64 / 100.0)
}

/// Compares two texts without case, as SOQL does, without building lowered copies.
fn fold(left: &str, right: &str) -> Ordering {
    if left.is_ascii() && right.is_ascii() {
        let shared = left.bytes().zip(right.bytes()).find_map(|(one, two)| {
            let order = one.to_ascii_lowercase().cmp(&two.to_ascii_lowercase());
            (order != Ordering::Equal).then_some(order)
        });
        return shared.unwrap_or_else(|| left.len().cmp(&right.len()));
    }
    left.chars().flat_map(char::to_lowercase).cmp(right.chars().flat_map(char::to_lowercase))
}

/// Appends a JSON string.
pub fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    if text.bytes().all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
        out.extend_from_slice(text.as_bytes());
    } else {
        for letter in text.chars() {
            match letter {
                '"' => out.extend_from_slice(b"\\\""),
                '\\' => out.extend_from_slice(b"\\\\"),
                '\n' => out.extend_from_slice(b"\\n"),
                '\r' => out.extend_from_slice(b"\\r"),
                '\t' => out.extend_from_slice(b"\\t"),
                control if (control as u32) < 0x20 => {
                    out.extend_from_slice(format!("\\u{:04x}", control as u32).as_bytes());
                }
                other => out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
    }
    out.push(b'"');
}
