//! Which values of a record are wanted, as a tree of keys, and the visitor that fills one row while its record is parsed. Keys
//! are compared where they stand and values that nobody wants are skipped: nothing is allocated but the texts that are kept.

use super::convert::{Cell, Column};
use super::pointer;
use crate::domain::{BorrowedRow, Field};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// Why a list of fields cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// The pointer is not RFC 6901.
    #[error("the pointer `{pointer}` of field `{field}` is no JSON pointer (it starts with `/`)")]
    Pointer { field: String, pointer: String },
    /// The format is none the host knows.
    #[error("the format `{format}` of field `{field}` is not one of rfc3339, epoch-s, epoch-ms")]
    Format { field: String, format: String },
    /// The key is not among the fields.
    #[error("the key field `{0}` is not among the fields asked for")]
    NoKey(String),
}

/// The fields of a record, ready for reading.
pub struct Shape {
    root: Node,
    columns: Vec<(Box<str>, Column)>,
    key: usize,
}

/// One place in a record: the columns that take its value, and the places below it.
#[derive(Default)]
struct Node {
    columns: Vec<usize>,
    children: Vec<Child>,
}

struct Child {
    key: Box<str>,
    /// The key as a place in a list.
    index: Option<usize>,
    node: Node,
}

impl Shape {
    /// The shape for these fields, of which `key` names the record.
    pub fn new(fields: &[Field], key: &str) -> Result<Self, ShapeError> {
        let key = fields.iter().position(|field| field.name == key).ok_or_else(|| ShapeError::NoKey(key.to_owned()))?;
        let mut shape = Self { root: Node::default(), columns: Vec::with_capacity(fields.len()), key };
        for (at, field) in fields.iter().enumerate() {
            let path = pointer::parse(&field.pointer)
                .ok_or_else(|| ShapeError::Pointer { field: field.name.clone(), pointer: field.pointer.clone() })?;
            let column = Column::of(field).ok_or_else(|| ShapeError::Format {
                field: field.name.clone(),
                format: field.format.clone().unwrap_or_default(),
            })?;
            shape.columns.push((field.name.as_str().into(), column));
            path.into_iter().fold(&mut shape.root, Node::child).columns.push(at);
        }
        Ok(shape)
    }

    /// A reader with nothing counted.
    pub fn reader<'de>(&self) -> Reader<'_, 'de> {
        Reader { shape: self, values: Vec::new(), misses: vec![0; self.columns.len()], keyless: 0 }
    }
}

impl Node {
    fn child(&mut self, key: Box<str>) -> &mut Self {
        let at = self.children.iter().position(|child| child.key == key).unwrap_or_else(|| {
            let index = pointer::index(&key);
            self.children.push(Child { key, index, node: Self::default() });
            self.children.len() - 1
        });
        &mut self.children[at].node
    }
}

/// Reads records one after the other and counts what did not fit.
pub struct Reader<'s, 'de> {
    shape: &'s Shape,
    values: Vec<Cell<'de>>,
    misses: Vec<u32>,
    /// Records without a key.
    pub keyless: u32,
}

impl<'de> Reader<'_, 'de> {
    /// Reads one record, and gives its row. None when the record has no key.
    pub fn row<D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<Option<BorrowedRow<'de>>, D::Error> {
        self.values = vec![Cell::Null; self.shape.columns.len()];
        let shape = self.shape;
        Place { node: &shape.root, reader: self }.deserialize(deserializer)?;
        let key = match &self.values[shape.key] {
            Cell::Text(text) if !text.is_empty() => Some(text.clone()),
            Cell::Int(number) => Some(number.to_string().into()),
            _ => None,
        };
        self.keyless += u32::from(key.is_none());
        Ok(key.map(|key| BorrowedRow { key, values: std::mem::take(&mut self.values) }))
    }

    /// The fields in which values of another type were found, and how many.
    pub fn misses(&self) -> impl Iterator<Item = (&str, u32)> {
        let columns = self.shape.columns.iter().map(|(name, _)| &**name);
        columns.zip(self.misses.iter().copied()).filter(|(_, count)| *count > 0)
    }

    /// Puts a value into every column of a place. `None` stands for a value of the wrong type, which becomes unknown.
    fn put(&mut self, node: &Node, make: impl Fn(Column) -> Option<Cell<'de>>) {
        for &at in &node.columns {
            let value = make(self.shape.columns[at].1);
            self.misses[at] += u32::from(value.is_none());
            self.values[at] = value.unwrap_or_default();
        }
    }
}

/// One place of one record.
struct Place<'a, 's, 'de> {
    node: &'a Node,
    reader: &'a mut Reader<'s, 'de>,
}

impl<'de> DeserializeSeed<'de> for Place<'_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Place<'_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.reader.put(self.node, |_| None);
        // Tools answer in the order they were asked, so the next key is nearly always the next child.
        let mut next = 0;
        while let Some(found) = map.next_key_seed(Key { children: &self.node.children, next })? {
            match found {
                Some(at) => {
                    next = at + 1;
                    map.next_value_seed(Place { node: &self.node.children[at].node, reader: self.reader })?;
                }
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        if self.node.children.is_empty() {
            return self.list(seq);
        }
        self.reader.put(self.node, |_| None);
        for place in 0.. {
            let child = self.node.children.iter().find(|child| child.index == Some(place));
            let more = match child {
                Some(child) => seq.next_element_seed(Place { node: &child.node, reader: self.reader })?.is_some(),
                None => seq.next_element::<IgnoredAny>()?.is_some(),
            };
            if !more {
                break;
            }
        }
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.reader.put(self.node, |column| column.boolean(value));
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.reader.put(self.node, |column| column.integer(number));
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.reader.put(self.node, |column| i64::try_from(number).ok().and_then(|number| column.integer(number)));
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.reader.put(self.node, |column| column.float(number));
        Ok(())
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        self.reader.put(self.node, |column| column.text(Cow::Borrowed(text)));
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.reader.put(self.node, |column| column.text(Cow::Owned(text.to_owned())));
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.reader.put(self.node, |_| Some(Cell::Null));
        Ok(())
    }
}

impl<'de> Place<'_, '_, 'de> {
    /// A list of texts; what is in it and is no text or number is left out and counted.
    fn list<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        if self.node.columns.is_empty() {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(());
        }
        let (mut texts, mut odd) = (Vec::new(), 0);
        while let Some(element) = seq.next_element_seed(Element)? {
            match element {
                Some(text) => texts.push(text),
                None => odd += 1,
            }
        }
        let is_list = |column: Column| column.kind == crate::domain::FieldType::List;
        self.reader.put(self.node, |column| is_list(column).then(|| Cell::List(texts.clone())));
        for &at in &self.node.columns {
            self.reader.misses[at] += odd;
        }
        Ok(())
    }
}

/// Takes a key and answers which child it names.
struct Key<'a> {
    children: &'a [Child],
    next: usize,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        if self.children.get(self.next).is_some_and(|child| &*child.key == key) {
            return Ok(Some(self.next));
        }
        Ok(self.children.iter().position(|child| &*child.key == key))
    }
}

/// Takes one element of a list of texts.
struct Element;

impl<'de> DeserializeSeed<'de> for Element {
    type Value = Option<Box<str>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Element {
    type Value = Option<Box<str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.into()))
    }
    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Some(number.to_string().into()))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Some(number.to_string().into()))
    }
    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Some(number.to_string().into()))
    }
    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}
