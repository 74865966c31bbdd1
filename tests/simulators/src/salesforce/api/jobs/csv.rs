//! The CSV of job results: every value in quotes, null as nothing, moments with `Z`.

use crate::salesforce::data::Row;
use crate::salesforce::fail::{Fail, Outcome};
use crate::salesforce::soql::Leaf;
use crate::salesforce::value::Value;

/// Delimiters by Salesforce's names.
const DELIMITERS: [(&str, u8); 6] =
    [("COMMA", b','), ("TAB", b'\t'), ("SEMICOLON", b';'), ("PIPE", b'|'), ("CARET", b'^'), ("BACKQUOTE", b'`')];

/// How columns and lines are told apart.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    delimiter: usize,
    crlf: bool,
}

impl Dialect {
    /// The dialect a job asks for: commas and line feeds unless it says otherwise.
    pub fn named(delimiter: Option<&str>, line_ending: Option<&str>) -> Outcome<Dialect> {
        let delimiter = delimiter.unwrap_or("COMMA");
        let place = DELIMITERS.iter().position(|(name, _)| *name == delimiter);
        let unknown = |what: &str, value: &str| Fail::bad("INVALIDJOB", format!("{what} {value} is not supported"));
        Ok(Dialect {
            delimiter: place.ok_or_else(|| unknown("columnDelimiter", delimiter))?,
            crlf: match line_ending {
                None | Some("LF") => false,
                Some("CRLF") => true,
                Some(other) => return Err(unknown("lineEnding", other)),
            },
        })
    }

    /// Salesforce's name of the delimiter.
    pub fn delimiter_name(self) -> &'static str {
        DELIMITERS[self.delimiter].0
    }

    /// Salesforce's name of the line ending.
    pub fn line_ending_name(self) -> &'static str {
        if self.crlf { "CRLF" } else { "LF" }
    }

    /// Appends the names of the columns.
    pub fn header(self, out: &mut Vec<u8>, columns: &[Leaf]) {
        for (place, column) in columns.iter().enumerate() {
            self.cell(out, place, column.name.as_bytes());
        }
        self.end(out);
    }

    /// Appends a record.
    pub fn record(self, out: &mut Vec<u8>, row: &Row<'_>, columns: &[Leaf]) {
        for (place, column) in columns.iter().enumerate() {
            match column.route.value(row) {
                Value::Time(at) => {
                    let mut text = Vec::with_capacity(28);
                    Value::Time(at).write(&mut text);
                    // `"2025-03-26T16:43:31.000+0000"` loses its quotes and its offset.
                    let moment = text.get(1..24).unwrap_or_default();
                    self.cell(out, place, &[moment, b"Z"].concat());
                }
                value => self.cell(out, place, value.shown().as_bytes()),
            }
        }
        self.end(out);
    }

    fn cell(self, out: &mut Vec<u8>, place: usize, text: &[u8]) {
        if place > 0 {
            out.push(DELIMITERS[self.delimiter].1);
        }
        out.push(b'"');
        for &byte in text {
            if byte == b'"' {
                out.push(b'"');
            }
            out.push(byte);
        }
        out.push(b'"');
    }

    fn end(self, out: &mut Vec<u8>) {
        out.extend_from_slice(if self.crlf { b"\r\n" } else { b"\n" });
    }
}
