//! A cell as people read it. Unknown is a dash, never zero and never "no".

use crate::domain::Value;
use crate::slack::block;

/// The sign for "unknown".
pub const UNKNOWN: &str = "–";

/// The text of a value.
pub fn text(value: &Value) -> String {
    match value {
        Value::Null => UNKNOWN.to_owned(),
        Value::Bool(true) => "Yes".to_owned(),
        Value::Bool(false) => "No".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Text(text) => text.to_string(),
        Value::Date(days) => date(*days),
        Value::Time(micros) => block::instant(micros.div_euclid(1_000)),
        Value::List(texts) => texts.join(", "),
    }
}

/// The number of a value that Slack can sort by.
pub fn number(value: &Value) -> Option<serde_json::Number> {
    match value {
        Value::Int(number) => Some((*number).into()),
        Value::Float(number) => serde_json::Number::from_f64(*number),
        _ => None,
    }
}

fn date(days: i32) -> String {
    let start = jiff::civil::date(1970, 1, 1);
    let day = jiff::Span::new().try_days(days).ok().and_then(|span| start.checked_add(span).ok());
    day.map_or_else(|| UNKNOWN.to_owned(), |day| day.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let cases = [
            (Value::Null, "–"),
            (Value::Bool(false), "No"),
            (Value::Int(-3), "-3"),
            (Value::Float(0.5), "0.5"),
            (Value::Date(20_781), "2026-11-24"),
            (Value::Date(i32::MAX), "–"),
            (Value::Time(1_700_000_000_000_000), "2023-11-14 22:13 UTC"),
            (Value::List(vec!["a".into(), "b".into()]), "a, b"),
        ];
        for (value, expected) in cases {
            assert_eq!(text(&value), expected);
        }
    }
}
