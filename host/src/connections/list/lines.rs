//! The rows of a file, one in hand at a time, with a bound on how long one may be.

use super::Problem;
use std::{
    cell::Cell,
    io::{self, Read},
    rc::Rc,
};

/// The longest row. A longer one is a quotation mark that is never closed: all that follows would be one cell.
const MAX_ROW_BYTES: u64 = 1 << 20;

/// What may stand between two cells.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The delimiter that the first line has most of, outside quotation marks; a comma when it has none.
pub fn delimiter(head: &[u8]) -> u8 {
    let (mut counts, mut quoted) = ([0_u32; DELIMITERS.len()], false);
    for byte in head {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if quoted => {}
            _ => {
                if let Some(at) = DELIMITERS.iter().position(|delimiter| delimiter == byte) {
                    counts[at] += 1;
                }
            }
        }
    }
    let most = counts.iter().max().copied().unwrap_or_default();
    let first = counts.iter().position(|count| *count == most && most > 0);
    first.map_or(b',', |at| DELIMITERS[at])
}

/// Ends a row that is too long.
struct Bounded<R> {
    inner: R,
    /// Bytes read since the last row ended.
    since: Rc<Cell<u64>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.since.get() > MAX_ROW_BYTES {
            return Err(io::Error::other(TooLong));
        }
        let count = self.inner.read(into)?;
        self.since.set(self.since.get() + count as u64);
        Ok(count)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a row is too long")]
struct TooLong;

/// Rows as bytes. Lines without a character are none.
pub struct Lines<R> {
    reader: csv::Reader<Bounded<R>>,
    since: Rc<Cell<u64>>,
    record: csv::ByteRecord,
}

impl<R: Read> Lines<R> {
    /// From the first line on, which is the header.
    pub fn new(file: R, delimiter: u8) -> Self {
        let since = Rc::new(Cell::new(0));
        let bounded = Bounded { inner: file, since: since.clone() };
        let reader =
            csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(bounded);
        Self { reader, since, record: csv::ByteRecord::new() }
    }

    /// The next row that has anything in it.
    pub fn next(&mut self) -> Result<Option<&csv::ByteRecord>, Problem> {
        loop {
            self.since.set(0);
            let line = self.reader.position().line();
            match self.reader.read_byte_record(&mut self.record) {
                Ok(false) => return Ok(None),
                Ok(true) if self.record.iter().all(|cell| cell.trim_ascii().is_empty()) => {}
                Ok(true) => return Ok(Some(&self.record)),
                Err(error) => return Err(problem(error, line)),
            }
        }
    }
}

fn problem(error: csv::Error, line: u64) -> Problem {
    match error.into_kind() {
        csv::ErrorKind::Io(error) if error.get_ref().is_some_and(|inner| inner.is::<TooLong>()) => {
            Problem::Refused(format!(
                "The row that begins in line {line} does not end within {} MiB: a quotation mark there is probably never closed.",
                MAX_ROW_BYTES >> 20
            ))
        }
        csv::ErrorKind::Io(error) => Problem::Io(error),
        other => Problem::Refused(format!("Line {line} cannot be read as CSV: {other:?}.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_what_the_header_has_most_of() {
        for (head, wanted) in [
            (&b"a,b,c\n1;2;3;4;5"[..], b','),
            (b"a;b;c\n", b';'),
            (b"a\tb\tc", b'\t'),
            (b"a|b", b'|'),
            (b"\"a;b;c\",d\n", b','),
            (b"email\n", b','),
            (b"", b','),
        ] {
            assert_eq!(delimiter(head), wanted, "{head:?}");
        }
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_ends_somewhere() {
        let mut text = b"email,note\na@b,ok\nc@d,\"".to_vec();
        text.extend(std::iter::repeat_n(b"x,y\n".as_slice(), 600_000).flatten());
        let mut lines = Lines::new(text.as_slice(), b',');
        assert!(lines.next().is_ok_and(|found| found.is_some()));
        assert!(lines.next().is_ok_and(|found| found.is_some()));
        let refused = lines.next().map(drop).unwrap_err().to_string();
        assert!(refused.contains("line 3") && refused.contains("never closed"), "{refused}");
    }

    #[test]
    fn lines_without_a_character_are_none() {
        let mut lines = Lines::new(&b"a,b\n\n , \r\n1,2"[..], b',');
        let mut next = || lines.next().unwrap().map(|record| record.iter().map(<[u8]>::to_vec).collect::<Vec<_>>());
        assert_eq!(next(), Some(vec![b"a".to_vec(), b"b".to_vec()]));
        assert_eq!(next(), Some(vec![b"1".to_vec(), b"2".to_vec()]));
        assert_eq!(next(), None);
    }
}
