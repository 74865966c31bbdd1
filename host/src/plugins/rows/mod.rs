//! Records to rows: the text of a page is parsed once, straight into cells, and each row is shown to who asked as soon as it is read.

mod convert;
pub(super) mod pointer;
mod shape;
#[cfg(test)]
mod tests;
mod time;

pub use shape::{Shape, ShapeError};

use crate::domain::{BorrowedRow, Row};
use pointer::Walk;
use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde_json::error::Category;
use std::fmt;

/// The most records a page may hold: many times what any tool gives at once.
const MAX_ROWS: usize = 50_000;

/// Why a page cannot be read. No text of the page is in here: it may be personal.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// It is no JSON, or it is cut off.
    #[error("it is not JSON (line {line}, column {column})")]
    NotJson { line: usize, column: usize },
    /// It is no UTF-8.
    #[error("it is not UTF-8")]
    NotText,
    /// The pointer to the records is wrong.
    #[error("there is no array of records at `{0}`")]
    NoRecords(String),
    /// More than any page should hold.
    #[error("there are more than {MAX_ROWS} records on one page")]
    TooMany,
}

/// What did not fit: fields in which values of another type became unknown, and records that cannot be told apart.
#[derive(Debug, Default, PartialEq)]
pub struct Misfits {
    /// How many records have no key: they were not shown.
    pub keyless: u32,
    /// Field names and how many values each.
    pub misses: Vec<(String, u32)>,
}

/// Shows the rows of the array of records at `pointer`. After an error, what was shown is not the page.
pub fn array(
    body: &[u8],
    pointer: &str,
    shape: &Shape,
    show: &mut dyn FnMut(BorrowedRow<'_>),
) -> Result<Misfits, ReadError> {
    let missing = || ReadError::NoRecords(pointer.to_owned());
    let path = pointer::parse(pointer).ok_or_else(missing)?;
    // Checked once for the whole page, which is faster than text by text.
    let text = std::str::from_utf8(body).map_err(|_| ReadError::NotText)?;
    let mut reader = shape.reader();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let seed = Records { reader: &mut reader, show };
    let found = Walk { path: &path, seed }
        .deserialize(&mut deserializer)
        .and_then(|found| deserializer.end().map(|()| found))
        .map_err(|error| if error.classify() == Category::Data { missing() } else { not_json(&error) })?;
    match found {
        None => Err(missing()),
        Some(More::Yes) => Err(ReadError::TooMany),
        Some(More::No) => Ok(misfits(&reader)),
    }
}

/// Shows the rows of one JSON object a line. After an error, what was shown is not the page.
pub fn ndjson(body: &[u8], shape: &Shape, show: &mut dyn FnMut(BorrowedRow<'_>)) -> Result<Misfits, ReadError> {
    let text = std::str::from_utf8(body).map_err(|_| ReadError::NotText)?;
    let (mut reader, mut rows) = (shape.reader(), 0);
    for (line, text) in text.lines().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
        rows += 1;
        if rows > MAX_ROWS {
            return Err(ReadError::TooMany);
        }
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let row = reader
            .row(&mut deserializer)
            .and_then(|row| deserializer.end().map(|()| row))
            .map_err(|error| ReadError::NotJson { line: line + 1, column: error.column() })?;
        row.into_iter().for_each(&mut *show);
    }
    Ok(misfits(&reader))
}

/// Reads one record; none when it is no JSON or has no key.
pub fn one(json: &str, shape: &Shape) -> Option<Row> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let row = shape.reader().row(&mut deserializer).ok().flatten()?;
    deserializer.end().ok().map(|()| row.into_owned())
}

fn misfits(reader: &shape::Reader<'_, '_>) -> Misfits {
    let misses = reader.misses().map(|(name, count)| (name.to_owned(), count)).collect();
    Misfits { keyless: reader.keyless, misses }
}

fn not_json(error: &serde_json::Error) -> ReadError {
    ReadError::NotJson { line: error.line(), column: error.column() }
}

/// Whether the array went on beyond the limit.
enum More {
    Yes,
    No,
}

/// Takes the array.
struct Records<'a, 's, 'de> {
    reader: &'a mut shape::Reader<'s, 'de>,
    show: &'a mut dyn FnMut(BorrowedRow<'_>),
}

impl<'de> DeserializeSeed<'de> for Records<'_, '_, 'de> {
    type Value = More;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<More, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Records<'_, '_, 'de> {
    type Value = More;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<More, A::Error> {
        let mut records = 0;
        while let Some(row) = seq.next_element_seed(OneRecord(self.reader))? {
            row.into_iter().for_each(&mut *self.show);
            records += 1;
            if records > MAX_ROWS {
                while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
                return Ok(More::Yes);
            }
        }
        Ok(More::No)
    }
}

/// Takes one element of the array.
struct OneRecord<'a, 's, 'de>(&'a mut shape::Reader<'s, 'de>);

impl<'de> DeserializeSeed<'de> for OneRecord<'_, '_, 'de> {
    type Value = Option<BorrowedRow<'de>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        self.0.row(deserializer)
    }
}
