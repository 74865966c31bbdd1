//! Bulk results to records: CSV in, one JSON object a line out. Values stay texts: the host reads them by the type of their field.

use std::io::BufRead;

/// Why results cannot be read. No text of the results is in here: it may be personal.
#[derive(Debug)]
pub enum Broken {
    /// They break off.
    Read(String),
    /// A column that was asked for is not there.
    Column(String),
}

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Read(why) => write!(f, "the results break off: {why}"),
            Self::Column(name) => write!(f, "the results have no column {name}"),
        }
    }
}

/// What was made of a piece.
#[derive(Debug, Default, PartialEq)]
pub struct Converted {
    /// One JSON object a line.
    pub lines: Vec<u8>,
    /// The key of the last one.
    pub last: Option<String>,
    /// How many rows there were.
    pub seen: u32,
    /// False when a key was not greater than the one before it: then the lines end before it.
    pub in_order: bool,
}

/// The rows of a piece.
pub struct Cells<R> {
    reader: ::csv::Reader<R>,
    root: Vec<(String, Node)>,
    key: usize,
}

/// A member of a record.
enum Node {
    Cell(usize),
    Object(Vec<(String, Node)>),
}

impl<R: BufRead> Cells<R> {
    /// Reads the head. `columns` are those that were asked for; Salesforce writes them in its own case and order.
    pub fn new(input: R, columns: &[String]) -> Result<Self, Broken> {
        let mut reader = ::csv::ReaderBuilder::new().flexible(true).from_reader(input);
        let head = reader.byte_headers().map_err(|error| Broken::Read(why(&error)))?.clone();
        let place = |column: &str| {
            let found = head.iter().position(|name| name.eq_ignore_ascii_case(column.as_bytes()));
            found.ok_or_else(|| Broken::Column(column.to_owned()))
        };
        // Without a row there may be no head either.
        if head.is_empty() {
            return Ok(Self { reader, root: Vec::new(), key: 0 });
        }
        let mut root = Vec::new();
        for column in columns {
            insert(&mut root, column, place(column)?);
        }
        Ok(Self { key: place("Id")?, reader, root })
    }
}

/// Puts a column `Profile.Name` at its place.
fn insert(members: &mut Vec<(String, Node)>, path: &str, cell: usize) {
    let Some((first, rest)) = path.split_once('.') else {
        members.push((path.to_owned(), Node::Cell(cell)));
        return;
    };
    let known = members.iter().position(|(name, node)| name == first && matches!(node, Node::Object(_)));
    let at = known.unwrap_or_else(|| {
        members.push((first.to_owned(), Node::Object(Vec::new())));
        members.len() - 1
    });
    if let (_, Node::Object(inner)) = &mut members[at] {
        insert(inner, rest, cell);
    }
}

/// Writes all rows behind the key `after`, as long as they are in the order of it.
pub fn lines<R: BufRead>(mut cells: Cells<R>, after: Option<&str>, into: &mut Converted) -> Result<(), Broken> {
    into.in_order = true;
    into.last = after.map(str::to_owned);
    let mut row = ::csv::ByteRecord::new();
    while cells.reader.read_byte_record(&mut row).map_err(|error| Broken::Read(why(&error)))? {
        into.seen += 1;
        let key = String::from_utf8_lossy(row.get(cells.key).unwrap_or_default());
        if key.is_empty() {
            // The host counts and reports what has no key.
            write(&cells.root, &row, &mut into.lines).map_err(|error| Broken::Read(error.to_string()))?;
            continue;
        }
        if into.last.as_deref().is_some_and(|last| *key <= *last) {
            into.in_order = false;
            return Ok(());
        }
        write(&cells.root, &row, &mut into.lines).map_err(|error| Broken::Read(error.to_string()))?;
        into.last = Some(key.into_owned());
    }
    Ok(())
}

fn write(members: &[(String, Node)], row: &::csv::ByteRecord, into: &mut Vec<u8>) -> serde_json::Result<()> {
    object(members, row, into)?;
    into.push(b'\n');
    Ok(())
}

fn object(members: &[(String, Node)], row: &::csv::ByteRecord, into: &mut Vec<u8>) -> serde_json::Result<()> {
    for (place, (name, node)) in members.iter().enumerate() {
        into.push(if place == 0 { b'{' } else { b',' });
        serde_json::to_writer(&mut *into, name)?;
        into.push(b':');
        match node {
            Node::Object(inner) => object(inner, row, into)?,
            // An empty cell is null; Salesforce has no empty texts.
            Node::Cell(cell) => match row.get(*cell).filter(|cell| !cell.is_empty()) {
                Some(cell) => serde_json::to_writer(&mut *into, &String::from_utf8_lossy(cell))?,
                None => into.extend_from_slice(b"null"),
            },
        }
    }
    into.push(b'}');
    Ok(())
}

/// The kind of an error, without what it quotes.
fn why(error: &::csv::Error) -> String {
    match error.kind() {
        ::csv::ErrorKind::Io(error) => error.to_string(),
        _ => "no CSV".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value as Json, json};

    fn read(text: &str, columns: &[&str], after: Option<&str>) -> Result<Converted, Broken> {
        let columns: Vec<String> = columns.iter().map(|&column| column.to_owned()).collect();
        let mut converted = Converted::default();
        lines(Cells::new(text.as_bytes(), &columns)?, after, &mut converted)?;
        Ok(converted)
    }

    fn records(converted: &Converted) -> Vec<Json> {
        let lines = converted.lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
    }

    #[test]
    fn rows_become_records_with_members_where_pointers_look_for_them() {
        let text = "\"Id\",\"Name\",\"Profile.Name\",\"IsActive\",\"Profile.UserLicenseId\"\n\
                    \"005A\",\"A \"\"quoted\"\", name\nof two lines\",\"Sales\",\"true\",\"\"\n\"005B\",\"\",\"\",\"false\",\"100\"\n";
        let converted = read(text, &["Id", "Name", "Profile.Name", "IsActive", "Profile.UserLicenseId"], None).unwrap();
        assert_eq!((converted.seen, converted.last.as_deref(), converted.in_order), (2, Some("005B"), true));
        assert_eq!(
            records(&converted),
            [
                json!({ "Id": "005A", "Name": "A \"quoted\", name\nof two lines", "Profile": { "Name": "Sales", "UserLicenseId": null }, "IsActive": "true" }),
                json!({ "Id": "005B", "Name": null, "Profile": { "Name": null, "UserLicenseId": "100" }, "IsActive": "false" }),
            ]
        );
    }

    #[test]
    fn columns_are_found_whatever_their_case_and_order() {
        let converted = read("NAME,ID\nx,005A\n", &["Id", "Name"], None).unwrap();
        assert_eq!(records(&converted), [json!({ "Id": "005A", "Name": "x" })]);
        assert!(matches!(read("Id\n005A\n", &["Id", "Name"], None), Err(Broken::Column(name)) if name == "Name"));
    }

    #[test]
    fn what_is_out_of_order_ends_the_records() {
        let converted = read("Id\n005B\n005D\n005C\n", &["Id"], Some("005A")).unwrap();
        assert_eq!((converted.in_order, converted.last.as_deref()), (false, Some("005D")));
        assert_eq!(records(&converted).len(), 2);
        assert!(!read("Id\n005A\n", &["Id"], Some("005A")).unwrap().in_order);
    }

    #[test]
    fn broken_rows_do_not_stop_the_others() {
        let converted = read("Id,Name\n005A\n\"\",x\n005B,y,z\n", &["Id", "Name"], None).unwrap();
        assert_eq!(
            records(&converted),
            [
                json!({ "Id": "005A", "Name": null }),
                json!({ "Id": null, "Name": "x" }),
                json!({ "Id": "005B", "Name": "y" }),
            ]
        );
        assert_eq!(converted.last.as_deref(), Some("005B"));
    }

    #[test]
    fn nothing_is_no_rows() {
        for text in ["", "Id\n", "Id"] {
            let converted = read(text, &["Id"], Some("005A")).unwrap();
            assert_eq!(
                (converted.seen, converted.last.as_deref(), converted.in_order),
                (0, Some("005A"), true),
                "{text:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_through(names in proptest::collection::vec("\\PC{0,12}[\"\n,\r]?", 1..20)) {
            let mut writer = ::csv::WriterBuilder::new().quote_style(::csv::QuoteStyle::Always).from_writer(Vec::new());
            writer.write_record(["Id", "Name"]).unwrap();
            for (place, name) in names.iter().enumerate() {
                writer.write_record([&format!("{place:03}"), name]).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let converted = read(&text, &["Id", "Name"], None).unwrap();
            let back: Vec<String> = records(&converted).iter().map(|row| row["Name"].as_str().unwrap_or_default().to_owned()).collect();
            prop_assert_eq!(back, names);
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(cells) = Cells::new(bytes.as_slice(), &["Id".to_owned()]) {
                let _ = lines(cells, None, &mut Converted::default());
            }
        }
    }
}
