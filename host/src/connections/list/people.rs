//! The rows of a file as people: each with a key made of the address, the same for the same file.

use super::{
    Problem,
    layout::{EMAIL, Layout, trimmed},
    lines::Lines,
    text::decoded,
};
use std::{
    collections::{HashMap, hash_map::Entry},
    io::Read,
};

/// A row with an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The address in small letters; with `#2` and so on where it stands in several rows.
    pub key: String,
    /// A cell for each column of the layout; empty where the row is too short.
    pub cells: Vec<String>,
}

/// What was counted on the way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows that are people.
    pub people: u64,
    /// Rows without an address, left out.
    pub nobody: u64,
    /// People whose address stands in a row before.
    pub repeated: u64,
}

/// The people of a file, in its order.
pub struct People<'a, R> {
    lines: Lines<R>,
    layout: &'a Layout,
    /// How often an address was seen, by a hash of it.
    seen: HashMap<u64, u32>,
    pub counts: Counts,
}

impl<'a, R: Read> People<'a, R> {
    /// Behind the header.
    pub fn new(file: R, layout: &'a Layout) -> Result<Self, Problem> {
        let mut lines = Lines::new(file, layout.delimiter);
        lines.next()?;
        Ok(Self { lines, layout, seen: HashMap::new(), counts: Counts::default() })
    }

    /// The next one.
    pub fn next(&mut self) -> Result<Option<Person>, Problem> {
        while let Some(record) = self.lines.next()? {
            let cell = |at: usize| decoded(trimmed(record.get(at).unwrap_or_default()), self.layout.encoding);
            let cells: Vec<String> = (0..self.layout.columns.len()).map(cell).collect();
            let address = cells.get(self.layout.email).map(|cell| cell.to_lowercase()).unwrap_or_default();
            if !super::cell::is_email(&address) {
                self.counts.nobody += 1;
                continue;
            }
            self.counts.people += 1;
            let key = self.key(address);
            return Ok(Some(Person { key, cells }));
        }
        Ok(None)
    }

    fn key(&mut self, address: String) -> String {
        match self.seen.entry(short_hash(address.as_bytes())) {
            Entry::Vacant(entry) => {
                entry.insert(1);
                address
            }
            Entry::Occupied(mut entry) => {
                self.counts.repeated += 1;
                *entry.get_mut() += 1;
                format!("{address}#{}", entry.get())
            }
        }
    }
}

/// The first eight bytes of a BLAKE3: half a million addresses meet by chance once in a hundred million files.
pub fn short_hash(bytes: &[u8]) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&blake3::hash(bytes).as_bytes()[..8]);
    u64::from_le_bytes(first)
}

/// How a new file differs from the one it would replace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    pub added: u64,
    pub removed: u64,
    pub changed: u64,
    /// Titles of columns that only the new one has.
    pub columns_added: Vec<String>,
    /// Titles of columns that only the old one has.
    pub columns_removed: Vec<String>,
    /// Titles of columns whose type is another one, with both types.
    pub columns_retyped: Vec<String>,
}

/// Counts the people of a file.
pub fn count(file: impl Read, layout: &Layout) -> Result<Counts, Problem> {
    let mut people = People::new(file, layout)?;
    while people.next()?.is_some() {}
    Ok(people.counts)
}

/// Compares two files by key, over the columns that both have.
pub fn compare(old: (impl Read, &Layout), new: (impl Read, &Layout)) -> Result<(Counts, Difference), Problem> {
    let ((old_file, old), (new_file, new)) = (old, new);
    let mut difference = columns(old, new);
    let common: Vec<&str> =
        new.columns.iter().map(|column| column.field.as_str()).filter(|field| place(old, field).is_some()).collect();
    let mut known = HashMap::new();
    let mut people = People::new(old_file, old)?;
    while let Some(person) = people.next()? {
        known.insert(short_hash(person.key.as_bytes()), content(&person, old, &common));
    }
    let mut people = People::new(new_file, new)?;
    while let Some(person) = people.next()? {
        match known.remove(&short_hash(person.key.as_bytes())) {
            None => difference.added += 1,
            Some(before) => difference.changed += u64::from(before != content(&person, new, &common)),
        }
    }
    difference.removed = known.len() as u64;
    Ok((people.counts, difference))
}

fn place(layout: &Layout, field: &str) -> Option<usize> {
    layout.columns.iter().position(|column| column.field == field)
}

fn columns(old: &Layout, new: &Layout) -> Difference {
    let lacking = |from: &Layout, of: &Layout| {
        let missing = from.columns.iter().filter(|column| place(of, &column.field).is_none());
        missing.map(|column| column.title.clone()).collect()
    };
    let retyped = new.columns.iter().filter_map(|column| {
        let before = old.columns.get(place(old, &column.field)?)?;
        let words = || format!("{} ({} instead of {})", column.title, column.kind.word(), before.kind.word());
        (before.kind.field_type() != column.kind.field_type()).then(words)
    });
    Difference {
        columns_added: lacking(new, old),
        columns_removed: lacking(old, new),
        columns_retyped: retyped.collect(),
        ..Difference::default()
    }
}

/// A hash of the cells of these columns.
fn content(person: &Person, layout: &Layout, fields: &[&str]) -> u64 {
    let mut bytes = Vec::new();
    for field in fields {
        let cell = place(layout, field).and_then(|at| person.cells.get(at)).map_or("", String::as_str);
        // Whoever writes an address in other letters has not changed.
        let cell = if *field == EMAIL { cell.to_lowercase() } else { cell.to_owned() };
        bytes.extend_from_slice(&(cell.len() as u64).to_le_bytes());
        bytes.extend_from_slice(cell.as_bytes());
    }
    short_hash(&bytes)
}
