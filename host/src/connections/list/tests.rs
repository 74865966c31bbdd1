//! Files good and bad, from their bytes to what is said of them.

use super::{
    cell::{CellKind, DayOrder},
    layout::{self, Layout, MAX_ROWS, Oddities},
    people::{self, Counts, People, Person},
    text::{Encoding, Intake},
};
use proptest::prelude::*;

/// As a file is taken in: made ready, then read once.
fn scanned(bytes: &[u8]) -> Result<(Vec<u8>, Layout, Oddities), String> {
    let (mut intake, mut ready) = (Intake::default(), Vec::new());
    let taken = intake.take(bytes, &mut ready).and_then(|()| intake.end(&mut ready));
    taken
        .and_then(|()| layout::scan(ready.as_slice()))
        .map_err(|problem| problem.to_string())
        .map(|(layout, oddities)| (ready, layout, oddities))
}

fn people(bytes: &[u8]) -> (Vec<Person>, Counts) {
    let (ready, layout, _) = scanned(bytes).unwrap();
    let mut found = People::new(ready.as_slice(), &layout).unwrap();
    let mut all = Vec::new();
    while let Some(person) = found.next().unwrap() {
        all.push(person);
    }
    (all, found.counts)
}

fn columns(layout: &Layout) -> Vec<(&str, &str, CellKind)> {
    layout.columns.iter().map(|column| (column.field.as_str(), column.title.as_str(), column.kind)).collect()
}

#[test]
fn columns_get_names_types_and_meanings() {
    let file = "Full name;E-Mail;Staff ID;Start;Seats;Contractor;Cost centre\n\
        Ada Lovelace;ada@acme.example;007;24.11.2020;3;no;00120\n\
        Grace Hopper;grace@acme.example;008;1.2.2021;;yes;00121\n";
    let (_, layout, oddities) = scanned(file.as_bytes()).unwrap();
    assert_eq!((layout.delimiter, layout.email, layout.rows), (b';', 1, 2));
    assert_eq!(
        columns(&layout),
        [
            ("Name", "Full name", CellKind::Text),
            ("Email", "E-Mail", CellKind::Text),
            ("EmployeeNumber", "Staff ID", CellKind::Text),
            ("c_Start", "Start", CellKind::Date(DayOrder::Day)),
            ("c_Seats", "Seats", CellKind::Integer),
            ("c_Contractor", "Contractor", CellKind::YesNo),
            ("c_Cost_centre", "Cost centre", CellKind::Text),
        ]
    );
    assert_eq!(oddities, Oddities::default());
}

#[test]
fn what_cannot_be_taken_says_why() {
    let many = format!("email\n{}", "a@b\n".repeat(usize::try_from(MAX_ROWS).unwrap() + 1));
    let wide = (0..101).map(|at| format!("c{at}")).collect::<Vec<_>>().join(",");
    let table: [(&[u8], &str); 9] = [
        (b"", "is empty"),
        (b"\n\n , ,\n", "is empty"),
        (b"name,phone\nAda,1\n", "No column holds email addresses"),
        (b"ada@acme.example,Ada\ngrace@acme.example,Grace\n", "The first line must name the columns"),
        (b"email,name\na@b,\x81\xff\n", "neither UTF-8 nor Windows-1252"),
        (b"PK\x03\x04xlsx", "Excel workbook"),
        (b"e\0m\0a\0i\0l\0", "no text file"),
        (many.as_bytes(), "more than 500000 rows"),
        (wide.as_bytes(), "101 columns"),
    ];
    for (bytes, part) in table {
        let refused = scanned(bytes).map(drop).unwrap_err();
        assert!(refused.contains(part), "{part}: {refused}");
    }
}

#[test]
fn two_million_rows_end_early_with_a_sentence() {
    // Made as it is read: the file is never in memory.
    let row = b"ada@acme.example,Ada\n";
    let file = std::io::Read::chain(&b"email,name\n"[..], Rows { row, left: 2_000_000, at: 0 });
    let refused = layout::scan(file).map(drop).unwrap_err().to_string();
    assert!(refused.contains("more than 500000 rows"), "{refused}");
}

struct Rows {
    row: &'static [u8],
    left: usize,
    at: usize,
}

impl std::io::Read for Rows {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.left == 0 {
            return Ok(0);
        }
        let count = self.row[self.at..].len().min(into.len());
        into[..count].copy_from_slice(&self.row[self.at..self.at + count]);
        self.at += count;
        if self.at == self.row.len() {
            (self.at, self.left) = (0, self.left - 1);
        }
        Ok(count)
    }
}

#[test]
fn too_many_cells_are_refused_by_their_number() {
    let wide = (0..99).map(|at| format!("c{at}")).collect::<Vec<_>>().join(",");
    let file = format!("email,{wide}\n{}", "a@b\n".repeat(100_001));
    let refused = scanned(file.as_bytes()).map(drop).unwrap_err();
    assert!(refused.contains("100 columns in more than 100000 rows"), "{refused}");
}

#[test]
fn every_encoding_gives_the_same_people() {
    let text = "email\tname\nada@acme.example\tÄda Löve\n";
    let utf16 = |big: bool| -> Vec<u8> {
        let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(bytes).collect()
    };
    let latin: Vec<u8> = text.chars().map(|letter| u32::from(letter) as u8).collect();
    let marked = [&b"\xef\xbb\xbf"[..], text.as_bytes()].concat();
    let wanted = people(text.as_bytes()).0;
    assert_eq!(wanted[0].cells, ["ada@acme.example", "Äda Löve"]);
    for bytes in [marked, utf16(false), utf16(true), latin.clone()] {
        assert_eq!(people(&bytes).0, wanted);
    }
    assert_eq!(scanned(&latin).unwrap().1.encoding, Encoding::Windows1252);
}

#[test]
fn an_address_without_a_header_is_found_by_its_look() {
    let (_, layout, oddities) = scanned(b"who,contact\nAda,ada@b\nGrace,grace@b\nLinus,\n").unwrap();
    assert_eq!((layout.email, oddities.email_by_look.as_deref()), (1, Some("contact")));
}

#[test]
fn headers_that_are_the_same_or_missing_are_told_apart() {
    let (_, layout, oddities) = scanned(b"email,Team,Team,,team,Id\na@b,1,x,3,4,5\n").unwrap();
    let shown: Vec<_> = columns(&layout).into_iter().map(|(field, title, _)| (field, title)).collect();
    assert_eq!(
        shown,
        [
            ("Email", "email"),
            ("c_Team", "Team"),
            ("c_Team__2", "Team (2)"),
            ("c_Column_4", "Column 4"),
            ("c_team__3", "team (3)"),
            ("c_Id", "Id"),
        ]
    );
    assert_eq!((oddities.same_headers.len(), oddities.unnamed), (2, 1));
}

#[test]
fn rows_that_are_short_long_repeated_or_nobody_are_counted() {
    let file = b"email,name,team\nA@b,Ada\nc@d,Cy,x,surplus\n,Nobody,x\nn/a,No,x\na@B,Ada again,y\n";
    let (all, counts) = people(file);
    let keys: Vec<&str> = all.iter().map(|person| person.key.as_str()).collect();
    assert_eq!(keys, ["a@b", "c@d", "a@b#2"]);
    assert_eq!(all[0].cells, ["A@b", "Ada", ""]);
    assert_eq!(counts, Counts { people: 3, nobody: 2, repeated: 1 });
    assert_eq!(scanned(file).unwrap().2.ragged, 2);
}

#[test]
fn formulas_and_quoted_breaks_stay_what_they_are() {
    let (all, _) = people(b"email,note\na@b,\"=HYPERLINK(\"\"http://x\"\")\"\nc@d,\"two\nlines\"\n");
    assert_eq!(all[0].cells[1], "=HYPERLINK(\"http://x\")");
    assert_eq!(all[1].cells[1], "two\nlines");
}

#[test]
fn a_newer_file_is_compared_by_address_over_common_columns() {
    let old = b"email,name,team,size\na@b,Ada,x,1\nc@d,Cy,x,2\ne@f,Eve,y,3\n";
    let new = b"name,email,size,site\nAda,A@B,1,Rome\nCyrus,c@d,2,Bonn\nGil,g@h,many,Oslo\n";
    let ((old, old_layout, _), (new, new_layout, _)) = (scanned(old).unwrap(), scanned(new).unwrap());
    let (counts, found) = people::compare((old.as_slice(), &old_layout), (new.as_slice(), &new_layout)).unwrap();
    assert_eq!((counts.people, found.added, found.removed, found.changed), (3, 1, 1, 1));
    assert_eq!((found.columns_added, found.columns_removed), (vec!["site".to_owned()], vec!["team".to_owned()]));
    assert_eq!(found.columns_retyped, ["size (text instead of whole number)"]);
    let (_, same) = people::compare((new.as_slice(), &new_layout), (new.as_slice(), &new_layout)).unwrap();
    assert_eq!(same, people::Difference::default());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_make_reading_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let file = [&b"email,x\n"[..], &bytes].concat();
        if let Ok((ready, layout, _)) = scanned(&file) {
            prop_assert!(people::count(ready.as_slice(), &layout).is_ok());
        }
        scanned(&bytes).ok();
    }

    #[test]
    fn keys_are_unique_and_every_row_is_counted(names in proptest::collection::vec("[abAB]{0,2}", 0..30)) {
        let rows: String = names.iter().map(|name| if name.is_empty() { "-\n".into() } else { format!("{name}@x\n") }).collect();
        let file = format!("email\n{rows}");
        let (all, counts) = people(file.as_bytes());
        let mut keys: Vec<&str> = all.iter().map(|person| person.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        prop_assert_eq!(keys.len(), all.len());
        prop_assert_eq!(counts.people + counts.nobody, names.len() as u64);
    }
}
