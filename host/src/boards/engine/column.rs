//! One field of a table, as a typed column.

use super::bits::Bits;
use super::ints::Ints;
use super::texts::Texts;
use crate::domain::{FieldType, Value};
use std::borrow::Cow;
use std::sync::Arc;

/// One field of every row.
#[derive(Debug)]
pub struct Column {
    /// What the field is declared to be.
    pub kind: FieldType,
    /// Rows with a value.
    pub known: Bits,
    /// The values; whatever stands at a row without one means nothing.
    pub data: Data,
}

/// The values of a column.
#[derive(Debug)]
pub enum Data {
    /// Yes or no.
    Bool(Bits),
    /// Whole numbers; dates in days and timestamps in microseconds since 1970.
    Int(Ints),
    /// Numbers.
    Float(Vec<f64>),
    /// Texts that repeat: each distinct one once, and its number for every row.
    Dictionary(Arc<Texts>, Codes),
    /// Texts that hardly repeat, by row.
    Heap(Arc<Texts>),
    /// Lists of texts: each distinct text once, and for every row where its run of numbers ends.
    Lists(Lists),
}

/// Numbers of texts, as narrow as their count allows.
#[derive(Debug)]
pub enum Codes {
    /// Up to 256 texts.
    Narrow(Vec<u8>),
    /// Up to 65,536 texts.
    Middle(Vec<u16>),
    /// More.
    Wide(Vec<u32>),
}

/// Runs of numbers of texts.
#[derive(Debug)]
pub struct Lists {
    /// The distinct texts.
    pub values: Arc<Texts>,
    /// Where the run of each row ends.
    pub ends: Vec<u32>,
    /// The runs behind each other.
    pub codes: Vec<u32>,
}

impl Codes {
    /// As narrow as `distinct` allows.
    pub fn new(codes: Vec<u32>, distinct: usize) -> Self {
        if distinct <= 1 << 8 {
            Self::Narrow(codes.iter().map(|code| *code as u8).collect())
        } else if distinct <= 1 << 16 {
            Self::Middle(codes.iter().map(|code| *code as u16).collect())
        } else {
            Self::Wide(codes)
        }
    }

    /// The number at a row.
    pub fn get(&self, row: usize) -> usize {
        match self {
            Self::Narrow(codes) => codes[row] as usize,
            Self::Middle(codes) => codes[row] as usize,
            Self::Wide(codes) => codes[row] as usize,
        }
    }

    /// The rows whose number is marked.
    pub fn marked(&self, marks: &[bool]) -> Bits {
        if !marks.contains(&true) {
            return Bits::filled(self.len(), false);
        }
        let is_marked = |code: usize| marks.get(code).copied().unwrap_or(false);
        match self {
            Self::Narrow(codes) => Bits::from_values(codes, |code| is_marked(code as usize)),
            Self::Middle(codes) => Bits::from_values(codes, |code| is_marked(code as usize)),
            Self::Wide(codes) => Bits::from_values(codes, |code| is_marked(code as usize)),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Narrow(codes) => codes.len(),
            Self::Middle(codes) => codes.len(),
            Self::Wide(codes) => codes.len(),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Narrow(codes) => codes.len(),
            Self::Middle(codes) => codes.len() * 2,
            Self::Wide(codes) => codes.len() * 4,
        }
    }
}

impl Lists {
    /// The numbers at a row.
    pub fn get(&self, row: usize) -> &[u32] {
        let start = if row == 0 { 0 } else { self.ends[row - 1] as usize };
        &self.codes[start..self.ends[row] as usize]
    }
}

impl Column {
    /// The value at a row.
    pub fn value(&self, row: usize) -> Value {
        if !self.known.get(row) {
            return Value::Null;
        }
        match &self.data {
            Data::Bool(bits) => Value::Bool(bits.get(row)),
            Data::Int(numbers) => match self.kind {
                FieldType::Date => Value::Date(numbers.get(row) as i32),
                FieldType::Timestamp => Value::Time(numbers.get(row)),
                _ => Value::Int(numbers.get(row)),
            },
            Data::Float(numbers) => Value::Float(numbers[row]),
            Data::Dictionary(texts, codes) => Value::Text(texts.get(codes.get(row)).into()),
            Data::Heap(texts) => Value::Text(texts.get(row).into()),
            Data::Lists(lists) => {
                Value::List(lists.get(row).iter().map(|code| lists.values.get(*code as usize).into()).collect())
            }
        }
    }

    /// The text at a row; none where there is no text.
    pub fn text(&self, row: usize) -> Option<Cow<'_, str>> {
        match &self.data {
            Data::Dictionary(texts, codes) if self.known.get(row) => Some(texts.get(codes.get(row))),
            Data::Heap(texts) if self.known.get(row) => Some(texts.get(row)),
            _ => None,
        }
    }

    /// This text is the value at a row. False as well where that cannot be told without making the text.
    pub fn is_kept_as(&self, row: usize, text: &str) -> bool {
        self.known.get(row)
            && match &self.data {
                Data::Dictionary(texts, codes) => texts.is_kept_as(codes.get(row), text),
                Data::Heap(texts) => texts.is_kept_as(row, text),
                Data::Bool(_) | Data::Int(_) | Data::Float(_) | Data::Lists(_) => false,
            }
    }

    /// The value at a row as the text that relationships compare; none for lists and fractions. Who folds it may get it folded.
    pub fn key_text(&self, row: usize, folds: bool) -> Option<Cow<'_, str>> {
        if !self.known.get(row) {
            return None;
        }
        let (texts, index) = match &self.data {
            Data::Dictionary(texts, codes) => (texts, codes.get(row)),
            Data::Heap(texts) => (texts, row),
            Data::Int(numbers) => return Some(Cow::Owned(numbers.get(row).to_string())),
            Data::Bool(bits) => return Some(Cow::Borrowed(if bits.get(row) { "true" } else { "false" })),
            Data::Float(_) | Data::Lists(_) => return None,
        };
        Some(if folds { texts.get_to_fold(index) } else { texts.get(index) })
    }

    /// The smallest and the largest known whole number.
    pub fn range(&self) -> Option<(i64, i64)> {
        let Data::Int(numbers) = &self.data else { return None };
        let known = self.known.ones().map(|row| numbers.get(row as usize));
        known.fold(None, |range, number| match range {
            None => Some((number, number)),
            Some((low, high)) => Some((number.min(low), number.max(high))),
        })
    }

    /// The texts of a text or list column.
    pub fn texts(&self) -> Option<&Arc<Texts>> {
        match &self.data {
            Data::Dictionary(texts, _) | Data::Heap(texts) => Some(texts),
            Data::Lists(lists) => Some(&lists.values),
            Data::Bool(_) | Data::Int(_) | Data::Float(_) => None,
        }
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        let data = match &self.data {
            Data::Bool(bits) => bits.bytes(),
            Data::Int(numbers) => numbers.bytes(),
            Data::Float(numbers) => numbers.len() * 8,
            Data::Dictionary(texts, codes) => texts.bytes() + codes.bytes(),
            Data::Heap(texts) => texts.bytes(),
            Data::Lists(lists) => lists.values.bytes() + lists.ends.len() * 4 + lists.codes.len() * 4,
        };
        data + self.known.bytes()
    }
}
