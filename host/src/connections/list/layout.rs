//! How a file is read: found out by reading it once, then the same for every later reading.

use super::{
    Problem,
    cell::{CellKind, Guess},
    lines::{Lines, delimiter},
    text::Encoding,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{HashMap, HashSet},
    io::{Cursor, Read},
};

/// Rows of a list: they are sorted in memory when they are stored, and nobody has a company of more people.
pub const MAX_ROWS: u64 = 500_000;
/// Columns of a list.
pub const MAX_COLUMNS: usize = 100;
/// Cells of a list: 240 MB while it is stored.
pub const MAX_CELLS: u64 = 10_000_000;
/// Characters of a column's name that are kept.
const MAX_NAME: usize = 60;
/// Looked at for the delimiter: a header line is shorter.
const HEAD_BYTES: u64 = 64 << 10;

/// Columns with a meaning of their own: the field, and headers that name it, in small letters and digits alone.
const KNOWN: [(&str, &[&str]); 3] = [
    ("Email", &["email", "emailaddress", "mail", "workemail", "primaryemail", "useremail", "emailadresse"]),
    (
        "EmployeeNumber",
        &["employeenumber", "employeeid", "employeeno", "personnelnumber", "staffid", "staffnumber", "personalnummer"],
    ),
    ("Name", &["name", "fullname", "displayname", "employeename"]),
];

/// The field of the address: the first of the known ones.
pub const EMAIL: &str = "Email";

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// The field it becomes.
    pub field: String,
    /// As the header says, or with a number where two say the same.
    pub title: String,
    pub kind: CellKind,
}

/// How a file is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    pub delimiter: u8,
    pub encoding: Encoding,
    pub columns: Vec<Column>,
    /// Which column holds the address.
    pub email: usize,
    /// Rows of any kind.
    pub rows: u64,
}

/// What is odd about a file, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Oddities {
    /// Rows with more or fewer cells than the header.
    pub ragged: u64,
    /// Headers that stand there several times.
    pub same_headers: Vec<String>,
    /// Columns without a header.
    pub unnamed: usize,
    /// The address was found by its look, not by the header.
    pub email_by_look: Option<String>,
}

/// Reads the whole of a file once.
pub fn scan(mut file: impl Read) -> Result<(Layout, Oddities), Problem> {
    let mut head = Vec::new();
    file.by_ref().take(HEAD_BYTES).read_to_end(&mut head)?;
    let delimiter = delimiter(&head);
    let mut lines = Lines::new(Cursor::new(head).chain(file), delimiter);
    let header = lines.next()?.ok_or_else(|| Problem::refused("The file is empty."))?;
    let header: Vec<Vec<u8>> = header.iter().map(|cell| trimmed(cell).to_vec()).collect();
    if header.len() > MAX_COLUMNS {
        return Err(Problem::Refused(format!(
            "The file has {} columns; a people list may have {MAX_COLUMNS}.",
            header.len()
        )));
    }
    let mut seen = Seen::new(header.len());
    while let Some(record) = lines.next()? {
        seen.row(record)?;
    }
    let encoding = seen.encoding(&header)?;
    let titles: Vec<String> = header.iter().map(|cell| super::text::decoded(cell, encoding)).collect();
    let (email, by_look) = email(&titles, &seen.guesses)?;
    let (columns, mut oddities) = columns(&titles, email, &seen.guesses);
    oddities.ragged = seen.ragged;
    oddities.email_by_look = by_look.then(|| titles[email].clone());
    Ok((Layout { delimiter, encoding, columns, email, rows: seen.rows }, oddities))
}

/// Without spaces around it.
pub fn trimmed(cell: &[u8]) -> &[u8] {
    cell.trim_ascii()
}

/// What all rows together say.
struct Seen {
    guesses: Vec<Guess>,
    rows: u64,
    ragged: u64,
    utf8: bool,
    windows_1252: bool,
}

impl Seen {
    fn new(columns: usize) -> Self {
        Self { guesses: vec![Guess::default(); columns], rows: 0, ragged: 0, utf8: true, windows_1252: true }
    }

    fn row(&mut self, record: &csv::ByteRecord) -> Result<(), Problem> {
        self.rows += 1;
        let columns = self.guesses.len();
        if self.rows > MAX_ROWS {
            return Err(Problem::Refused(format!(
                "The file has more than {MAX_ROWS} rows, the most that a people list may have."
            )));
        }
        if self.rows * columns as u64 > MAX_CELLS {
            return Err(Problem::Refused(format!(
                "The file has {columns} columns in more than {} rows: a people list may have {MAX_CELLS} cells. Leave columns out.",
                MAX_CELLS / columns as u64
            )));
        }
        self.ragged += u64::from(record.len() != columns);
        record.iter().for_each(|cell| self.letters(cell));
        for (cell, guess) in record.iter().zip(&mut self.guesses) {
            // Types are made of ASCII; what is none can only be text.
            guess.see(&String::from_utf8_lossy(cell));
        }
        Ok(())
    }

    fn letters(&mut self, cell: &[u8]) {
        if !cell.is_ascii() {
            self.utf8 = self.utf8 && std::str::from_utf8(cell).is_ok();
            self.windows_1252 = self.windows_1252 && super::text::is_windows_1252(cell);
        }
    }

    fn encoding(&mut self, header: &[Vec<u8>]) -> Result<Encoding, Problem> {
        header.iter().for_each(|cell| self.letters(cell));
        match (self.utf8, self.windows_1252) {
            (true, _) => Ok(Encoding::Utf8),
            (false, true) => Ok(Encoding::Windows1252),
            (false, false) => Err(Problem::refused(
                "The file is neither UTF-8 nor Windows-1252, so its letters cannot be read. Save it as \"CSV UTF-8\" and drop that.",
            )),
        }
    }
}

/// The header's letters and digits, small.
fn plain(header: &str) -> String {
    header.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The column of the address, by its header, else by its look.
fn email(titles: &[String], guesses: &[Guess]) -> Result<(usize, bool), Problem> {
    let by_name = titles.iter().position(|title| KNOWN[0].1.contains(&plain(title).as_str()));
    if let Some(found) = by_name {
        return Ok((found, false));
    }
    if titles.iter().any(|title| super::cell::is_email(title)) {
        return Err(Problem::refused(
            "The first line must name the columns, and it holds an email address. Put a line with names before it.",
        ));
    }
    let by_look = guesses.iter().position(Guess::holds_emails);
    by_look.map(|found| (found, true)).ok_or_else(|| {
        Problem::Refused(format!(
            "No column holds email addresses, and people are matched with other tools by them. Name one \"Email\". The columns are: {}.",
            titles.iter().map(|title| format!("\"{}\"", shortened(title))).collect::<Vec<_>>().join(", ")
        ))
    })
}

/// The columns as fields: each with a name of its own.
fn columns(titles: &[String], email: usize, guesses: &[Guess]) -> (Vec<Column>, Oddities) {
    let mut oddities = Oddities::default();
    let (mut taken, mut counts) = (HashSet::new(), HashMap::<String, u32>::new());
    // The known ones are taken first, or a column of another meaning could have their name.
    let known = known(titles, email);
    taken.extend(known.values().map(|field| (*field).to_owned()));
    taken.insert(super::source::KEY.to_owned());
    let mut columns = Vec::with_capacity(titles.len());
    for (at, (header, guess)) in titles.iter().zip(guesses).enumerate() {
        let mut title = shortened(header);
        if title.is_empty() {
            oddities.unnamed += 1;
            title = format!("Column {}", at + 1);
        }
        let count = counts.entry(title.to_lowercase()).or_default();
        *count += 1;
        if *count > 1 {
            oddities.same_headers.push(title.clone());
            title = format!("{title} ({count})");
        }
        let field = match known.get(&at) {
            Some(field) => (*field).to_owned(),
            None => unused(&title, &mut taken),
        };
        // What identifies a person is compared as text.
        let kind = if known.contains_key(&at) { CellKind::Text } else { guess.kind() };
        columns.push(Column { field, title, kind });
    }
    oddities.same_headers.dedup();
    (columns, oddities)
}

fn known(titles: &[String], email: usize) -> HashMap<usize, &'static str> {
    let mut found = HashMap::from([(email, EMAIL)]);
    for (field, headers) in &KNOWN[1..] {
        let at =
            titles.iter().enumerate().position(|(at, title)| at != email && headers.contains(&plain(title).as_str()));
        if let Some(at) = at {
            found.insert(at, *field);
        }
    }
    found
}

/// A field name of letters, digits and `_` that no other column has.
fn unused(title: &str, taken: &mut HashSet<String>) -> String {
    let letters: String = title.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '_' }).collect();
    let base = format!("c_{}", letters.trim_matches('_'));
    let mut name = base.clone();
    let mut number = 2;
    while !taken.insert(name.clone()) {
        name = format!("{base}_{number}");
        number += 1;
    }
    name
}

fn shortened(title: &str) -> String {
    title.chars().filter(|letter| !letter.is_control()).take(MAX_NAME).collect::<String>().trim().to_owned()
}
