//! What becomes of the values of a page.

use super::*;
use crate::domain::{Field, FieldType, Value};
use proptest::prelude::*;

/// The rows of a page, and what did not fit.
#[derive(Debug, PartialEq)]
struct Decoded {
    rows: Vec<Row>,
    keyless: u32,
    misses: Vec<(String, u32)>,
}

fn decode(
    read: impl FnOnce(&mut dyn FnMut(BorrowedRow<'_>)) -> Result<Misfits, ReadError>,
) -> Result<Decoded, ReadError> {
    let mut rows = Vec::new();
    let Misfits { keyless, misses } = read(&mut |row| rows.push(row.into_owned()))?;
    Ok(Decoded { rows, keyless, misses })
}

fn array(body: &[u8], pointer: &str, shape: &Shape) -> Result<Decoded, ReadError> {
    decode(|show| super::array(body, pointer, shape, show))
}

fn ndjson(body: &[u8], shape: &Shape) -> Result<Decoded, ReadError> {
    decode(|show| super::ndjson(body, shape, show))
}

fn field(name: &str, kind: FieldType, pointer: &str, format: Option<&str>) -> Field {
    Field { pointer: pointer.into(), format: format.map(Into::into), default: true, ..Field::plain(name, kind) }
}

fn one(kind: FieldType, format: Option<&str>, json: &str) -> (Value, u32) {
    let fields = [field("id", FieldType::Text, "/id", None), field("it", kind, "/a/b", format)];
    let shape = Shape::new(&fields, "id").unwrap();
    let body =
        format!(r#"{{"n":1,"records":[{{"x":[{{}}],"id":"k","a":{{"z":null,"b":{json}}},"y":2}}],"done":true}}"#);
    let decoded = array(body.as_bytes(), "/records", &shape).unwrap();
    let misses = decoded.misses.iter().map(|(name, count)| (name == "it").then_some(*count).unwrap()).sum();
    assert_eq!(&*decoded.rows[0].key, "k");
    (decoded.rows[0].values[1].clone(), misses)
}

#[test]
fn values_become_cells_by_type_and_format() {
    use FieldType::{Boolean, Choice, Date, Integer, List, LongText, Number, Text, Timestamp};
    let list = |texts: &[&str]| Value::List(texts.iter().map(|&text| text.into()).collect());
    let table = [
        (Text, None, r#""a\"é""#, Value::from("a\"é")),
        (LongText, None, "12", Value::from("12")),
        (Text, None, "true", Value::from("true")),
        (Choice, None, r#""other""#, Value::from("other")),
        (Integer, None, "-7", Value::Int(-7)),
        (Integer, None, "3.0", Value::Int(3)),
        (Integer, None, r#""12""#, Value::Int(12)),
        (Integer, None, r#""""#, Value::Null),
        (Number, None, "3", Value::Float(3.0)),
        (Number, None, "1.5e3", Value::Float(1500.0)),
        (Boolean, None, "false", Value::Bool(false)),
        (Boolean, None, r#""true""#, Value::Bool(true)),
        (Date, None, r#""2024-02-29""#, Value::Date(19_782)),
        (Date, Some("epoch-ms"), "1709164800000", Value::Date(19_782)),
        (Timestamp, None, r#""2025-03-26T16:43:31.000+0000""#, Value::Time(1_743_007_411_000_000)),
        (Timestamp, Some("rfc3339"), r#""2025-03-26T16:43:31Z""#, Value::Time(1_743_007_411_000_000)),
        (Timestamp, Some("epoch-s"), "1743007411", Value::Time(1_743_007_411_000_000)),
        (Timestamp, Some("epoch-s"), "1743007411.5", Value::Time(1_743_007_411_500_000)),
        (Timestamp, Some("epoch-ms"), r#""1743007411000""#, Value::Time(1_743_007_411_000_000)),
        (List, None, r#"["a", 1, "b"]"#, list(&["a", "1", "b"])),
        (List, None, r#""a""#, list(&["a"])),
        (Text, None, "null", Value::Null),
    ];
    for (kind, format, json, wanted) in table {
        assert_eq!(one(kind, format, json), (wanted, 0), "{kind:?} {format:?} {json}");
    }
}

#[test]
fn a_value_of_another_type_becomes_unknown_and_is_counted() {
    use FieldType::{Boolean, Date, Integer, Text, Timestamp};
    let table = [
        (Text, None, r#"{"c":1}"#),
        (Text, None, "[1]"),
        (Integer, None, r#""many""#),
        (Integer, None, "1.5"),
        (Integer, None, "9007199254740993"),
        (Integer, None, "18446744073709551615"),
        (Boolean, None, "1"),
        (Date, None, r#""yesterday""#),
        (Date, None, "5"),
        (Timestamp, None, r#""2025-03-26T16:43:31""#),
        (Timestamp, Some("epoch-s"), "9223372036854775807"),
    ];
    for (kind, format, json) in table {
        assert_eq!(one(kind, format, json), (Value::Null, 1), "{kind:?} {json}");
    }
}

#[test]
fn one_value_can_fill_several_columns_and_lists_have_places() {
    let fields = [
        field("id", FieldType::Integer, "/id", None),
        field("first", FieldType::Text, "/emails/0/value", None),
        field("city", FieldType::Text, "/a~1b/city", None),
        field("again", FieldType::Text, "/id", None),
        // A place has no leading zero (RFC 6901, 4), so this one is nowhere.
        field("nowhere", FieldType::Text, "/emails/00/value", None),
    ];
    let shape = Shape::new(&fields, "id").unwrap();
    let body = r#"[{"a/b":{"city":"Ulm"},"id":7,"emails":[{"value":"a@x"},{"value":"b@x"}]},{"id":8,"emails":[]}]"#;
    let decoded = array(body.as_bytes(), "", &shape).unwrap();
    assert_eq!(&*decoded.rows[0].key, "7");
    assert_eq!(decoded.rows[0].values, [Value::Int(7), "a@x".into(), "Ulm".into(), "7".into(), Value::Null]);
    assert_eq!(decoded.rows[1].values, [Value::Int(8), Value::Null, Value::Null, "8".into(), Value::Null]);
}

#[test]
fn a_page_that_cannot_be_read_says_why_without_its_text() {
    let shape = Shape::new(&[field("id", FieldType::Text, "/id", None)], "id").unwrap();
    let read = |body: &str| array(body.as_bytes(), "/records", &shape).unwrap_err();
    assert_eq!(read("<html>"), ReadError::NotJson { line: 1, column: 1 });
    assert!(matches!(read(r#"{"records":[{"id":"a"}"#), ReadError::NotJson { .. }));
    assert!(matches!(read(r#"{"records":[]} x"#), ReadError::NotJson { .. }));
    let none = ReadError::NoRecords("/records".into());
    for body in
        [r#"{"items":[]}"#, r#"{"records":null}"#, r#"{"records":{"secret":1}}"#, r#"{"records":"secret"}"#, "7"]
    {
        assert_eq!(read(body), none, "{body}");
    }
    assert_eq!(array(b"\xff", "", &shape).unwrap_err(), ReadError::NotText);
    assert!(matches!(Shape::new(&[], "id"), Err(ShapeError::NoKey(_))));
}

#[test]
fn a_record_without_a_key_is_left_out_and_counted() {
    let shape = Shape::new(&[field("id", FieldType::Text, "/id", None)], "id").unwrap();
    let page = array(br#"{"records":[{"id":"a"},{"id":null},{},3,{"id":"b"}]}"#, "/records", &shape).unwrap();
    assert_eq!((page.rows.len(), page.keyless), (2, 3));
    let lines = ndjson(b"{\"id\":\"a\"}\n{}\n{\"id\":\"b\"}\n", &shape).unwrap();
    assert_eq!((lines.rows.len(), lines.keyless), (2, 1));
}

#[test]
fn lines_are_read_like_an_array() {
    let shape = Shape::new(&[field("id", FieldType::Text, "/id", None)], "id").unwrap();
    let decoded = ndjson(b"{\"id\":\"a\"}\n\n{\"id\":\"b\"}\r\n", &shape).unwrap();
    assert_eq!(decoded.rows.iter().map(|row| &*row.key).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(ndjson(b"{\"id\":\"a\"}\n{", &shape).unwrap_err(), ReadError::NotJson { line: 2, column: 1 });
}

proptest! {
    #[test]
    fn picks_what_serde_json_would_pick(records in prop::collection::vec((0..999_u32, "\\PC{0,12}", any::<Option<bool>>()), 0..20)) {
        let fields = [
            field("id", FieldType::Text, "/id", None),
            field("name", FieldType::Text, "/p/name", None),
            field("on", FieldType::Boolean, "/on", None),
        ];
        let json: Vec<_> = records.iter().map(|(id, name, on)| serde_json::json!({"on": on, "p": {"q": [id], "name": name}, "id": id})).collect();
        let body = serde_json::json!({"a": {"records": json}}).to_string();
        let decoded = array(body.as_bytes(), "/a/records", &Shape::new(&fields, "id").unwrap()).unwrap();
        prop_assert_eq!(decoded.rows.len(), records.len());
        for (row, (id, name, on)) in decoded.rows.iter().zip(&records) {
            let wanted = vec![Value::from(id.to_string().as_str()), Value::from(name.as_str()), on.map_or(Value::Null, Value::Bool)];
            prop_assert_eq!(&row.values, &wanted);
        }
    }

    #[test]
    fn no_body_panics(body in prop::collection::vec(any::<u8>(), 0..80)) {
        let shape = Shape::new(&[field("id", FieldType::List, "/id", None)], "id").unwrap();
        let _ = (array(&body, "/a", &shape), ndjson(&body, &shape));
    }
}
