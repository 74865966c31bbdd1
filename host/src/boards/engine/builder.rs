//! Columns from cells as they come, row by row.

use super::bits::Bits;
use super::column::{Codes, Column, Data, Lists};
use super::ints::Ints;
use super::texts::{TextsBuilder, TextsFull};
use crate::domain::FieldType;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

/// Up to this many distinct texts a column keeps a dictionary, however few rows share each: it is small in any case.
const SMALL_DICTIONARY: usize = 4096;

/// A cell on its way into a column.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    /// Unknown.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number; a date in days or a timestamp in microseconds since 1970.
    Int(i64),
    /// A number.
    Float(f64),
    /// A text.
    Text(&'a str),
}

/// A column as it grows.
#[derive(Debug)]
pub struct ColumnBuilder {
    kind: FieldType,
    known: Bits,
    data: Growing,
}

#[derive(Debug)]
enum Growing {
    Bool(Bits),
    Int(Vec<i64>),
    Float(Vec<f64>),
    Dictionary(Distinct, Vec<u32>),
    Heap(TextsBuilder),
    Lists { values: Distinct, ends: Vec<u32>, codes: Vec<u32> },
}

impl ColumnBuilder {
    /// For a field of this kind, with room for this many rows.
    pub fn new(kind: FieldType, rows: usize) -> Self {
        let data = match kind {
            FieldType::Text | FieldType::LongText | FieldType::Choice => {
                Growing::Dictionary(Distinct::default(), Vec::with_capacity(rows))
            }
            FieldType::Integer | FieldType::Date | FieldType::Timestamp => Growing::Int(Vec::with_capacity(rows)),
            FieldType::Number => Growing::Float(Vec::with_capacity(rows)),
            FieldType::Boolean => Growing::Bool(Bits::default()),
            FieldType::List => {
                Growing::Lists { values: Distinct::default(), ends: Vec::with_capacity(rows), codes: Vec::new() }
            }
        };
        Self { kind, known: Bits::default(), data }
    }

    /// Adds a row. A cell that is not of the field's kind is unknown.
    pub fn push(&mut self, cell: Cell<'_>) -> Result<(), TextsFull> {
        let known = match (&mut self.data, cell) {
            (Growing::Bool(bits), cell) => {
                bits.push(matches!(cell, Cell::Bool(true)));
                matches!(cell, Cell::Bool(_))
            }
            (Growing::Int(numbers), cell) => {
                numbers.push(if let Cell::Int(number) = cell { number } else { 0 });
                matches!(cell, Cell::Int(_))
            }
            (Growing::Float(numbers), cell) => {
                let number = match cell {
                    Cell::Float(number) if !number.is_nan() => Some(number),
                    Cell::Int(number) => Some(number as f64),
                    _ => None,
                };
                numbers.push(number.unwrap_or_default());
                number.is_some()
            }
            (Growing::Dictionary(..) | Growing::Heap(_), cell) => {
                self.push_text(if let Cell::Text(text) = cell { Some(text) } else { None })?;
                matches!(cell, Cell::Text(_))
            }
            (Growing::Lists { ends, codes, .. }, _) => {
                ends.push(u32::try_from(codes.len()).map_err(|_| TextsFull)?);
                false
            }
        };
        self.known.push(known);
        Ok(())
    }

    /// Adds a row with a list. Of a field that is no list it is unknown.
    pub fn push_list<'a>(&mut self, items: impl Iterator<Item = &'a str>) -> Result<(), TextsFull> {
        let Growing::Lists { values, ends, codes } = &mut self.data else {
            return self.push(Cell::Null);
        };
        codes.extend(items.map(|item| values.code(item)));
        ends.push(u32::try_from(codes.len()).map_err(|_| TextsFull)?);
        self.known.push(true);
        Ok(())
    }

    /// The column.
    pub fn finish(mut self) -> Result<Column, TextsFull> {
        self.give_up_dictionary(true)?;
        let data = match self.data {
            Growing::Bool(bits) => Data::Bool(bits),
            Growing::Int(numbers) => Data::Int(Ints::new(&numbers, &self.known)),
            Growing::Float(mut numbers) => {
                numbers.shrink_to_fit();
                Data::Float(numbers)
            }
            Growing::Dictionary(distinct, codes) => {
                let codes = Codes::new(codes, distinct.len());
                Data::Dictionary(Arc::new(distinct.into_texts()?.finish()), codes)
            }
            Growing::Heap(texts) => Data::Heap(Arc::new(texts.finish())),
            Growing::Lists { values, ends, mut codes } => {
                codes.shrink_to_fit();
                Data::Lists(Lists { values: Arc::new(values.into_texts()?.finish()), ends, codes })
            }
        };
        Ok(Column { kind: self.kind, known: self.known, data })
    }

    fn push_text(&mut self, text: Option<&str>) -> Result<(), TextsFull> {
        match &mut self.data {
            Growing::Dictionary(distinct, codes) => {
                let before = distinct.len();
                codes.push(text.map_or(0, |text| distinct.code(text)));
                if distinct.len() > before {
                    self.give_up_dictionary(false)?;
                }
                Ok(())
            }
            Growing::Heap(texts) => texts.push(text.unwrap_or_default()),
            _ => Ok(()),
        }
    }

    /// Turns into a heap when most texts stand alone: then a dictionary only costs.
    fn give_up_dictionary(&mut self, at_end: bool) -> Result<(), TextsFull> {
        let Growing::Dictionary(distinct, codes) = &mut self.data else { return Ok(()) };
        let is_due = at_end || distinct.len().is_multiple_of(SMALL_DICTIONARY);
        if !is_due || distinct.len() <= SMALL_DICTIONARY || distinct.len() * 2 <= codes.len() {
            return Ok(());
        }
        let (distinct, codes) = (std::mem::take(distinct), std::mem::take(codes));
        let texts = distinct.into_texts()?.finish();
        let mut heap = TextsBuilder::with_capacity(codes.capacity());
        for (row, code) in codes.iter().enumerate() {
            // The last row is not in `known` yet while it is pushed; its code is real then.
            let known = row >= self.known.len() || self.known.get(row);
            heap.push(&if known { texts.get(*code as usize) } else { Cow::Borrowed("") })?;
        }
        self.data = Growing::Heap(heap);
        Ok(())
    }
}

/// Distinct texts, numbered in the order they came.
#[derive(Debug, Default)]
struct Distinct {
    codes: HashMap<Box<str>, u32>,
}

impl Distinct {
    fn len(&self) -> usize {
        self.codes.len()
    }

    fn code(&mut self, text: &str) -> u32 {
        if let Some(code) = self.codes.get(text) {
            return *code;
        }
        let code = self.codes.len() as u32;
        self.codes.insert(text.into(), code);
        code
    }

    fn into_texts(self) -> Result<TextsBuilder, TextsFull> {
        let mut in_order: Vec<(u32, Box<str>)> = self.codes.into_iter().map(|(text, code)| (code, text)).collect();
        in_order.sort_unstable_by_key(|entry| entry.0);
        let mut texts = TextsBuilder::with_capacity(in_order.len());
        in_order.iter().try_for_each(|entry| texts.push(&entry.1))?;
        Ok(texts)
    }
}
