//! From the bytes of a file to text: UTF-8 with and without its mark, UTF-16 with its mark, and Windows-1252. What is kept is never
//! UTF-16, so that a comma is one byte wherever the rows are read.

use super::Problem;
use serde::{Deserialize, Serialize};

/// How the bytes of a kept file are text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// What programs write today.
    #[default]
    Utf8,
    /// What Excel writes for "CSV" in the west.
    Windows1252,
}

/// Windows-1252 from 0x80 to 0x9F; the five bytes it does not have are `\0`. All others are as in Unicode.
const UPPER: [char; 32] = [
    '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”', '•',
    '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];

/// The text of a cell, as far as the encoding can say it.
pub fn decoded(bytes: &[u8], encoding: Encoding) -> String {
    match encoding {
        Encoding::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
        Encoding::Windows1252 => bytes.iter().map(|byte| letter(*byte).unwrap_or('\u{fffd}')).collect(),
    }
}

/// Whether these bytes can be Windows-1252.
pub fn is_windows_1252(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| letter(*byte).is_some())
}

fn letter(byte: u8) -> Option<char> {
    match byte {
        0x80..=0x9f => UPPER.get(usize::from(byte - 0x80)).copied().filter(|letter| *letter != '\0'),
        _ => Some(char::from(byte)),
    }
}

/// The bytes of a file as they come, made ready to be kept: marks go, UTF-16 becomes UTF-8, and what is no text is refused.
#[derive(Default)]
pub struct Intake {
    form: Form,
    /// Bytes that wait for the next: of the mark, or half a letter.
    waiting: Vec<u8>,
    /// The first half of a UTF-16 pair.
    high: Option<u16>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Form {
    /// Too few bytes yet.
    #[default]
    Unknown,
    Bytes,
    Utf16 {
        big: bool,
    },
}

/// The longest mark that tells a form.
const MARK_BYTES: usize = 4;

impl Intake {
    /// Takes the next bytes; what is ready is appended.
    pub fn take(&mut self, bytes: &[u8], into: &mut Vec<u8>) -> Result<(), Problem> {
        self.waiting.extend_from_slice(bytes);
        if self.form == Form::Unknown && self.waiting.len() < MARK_BYTES {
            return Ok(());
        }
        self.pass(into)
    }

    /// There is no more.
    pub fn end(&mut self, into: &mut Vec<u8>) -> Result<(), Problem> {
        self.pass(into)?;
        match self.waiting.is_empty() && self.high.is_none() {
            true => Ok(()),
            false => Err(Problem::refused("The file ends in the middle of a letter: it was cut off on the way.")),
        }
    }

    fn pass(&mut self, into: &mut Vec<u8>) -> Result<(), Problem> {
        if self.form == Form::Unknown {
            self.form = self.look()?;
        }
        match self.form {
            Form::Utf16 { big } => self.narrow(big, into),
            _ if self.waiting.contains(&0) => Err(no_text()),
            _ => {
                into.append(&mut self.waiting);
                Ok(())
            }
        }
    }

    /// What the first bytes say; a mark is taken off.
    fn look(&mut self) -> Result<Form, Problem> {
        let (form, mark) = match self.waiting.as_slice() {
            [0xef, 0xbb, 0xbf, ..] => (Form::Bytes, 3),
            [0xff, 0xfe, ..] => (Form::Utf16 { big: false }, 2),
            [0xfe, 0xff, ..] => (Form::Utf16 { big: true }, 2),
            [b'P', b'K', 3, 4, ..] | [0xd0, 0xcf, 0x11, 0xe0, ..] => {
                return Err(Problem::refused(
                    "This is an Excel workbook, not a CSV file. Save it as \"CSV UTF-8\" and drop that.",
                ));
            }
            _ => (Form::Bytes, 0),
        };
        self.waiting.drain(..mark);
        Ok(form)
    }

    fn narrow(&mut self, big: bool, into: &mut Vec<u8>) -> Result<(), Problem> {
        let whole = self.waiting.len() / 2 * 2;
        let units: Vec<u8> = self.waiting.drain(..whole).collect();
        for pair in units.chunks_exact(2) {
            let pair = [pair[0], pair[1]];
            let unit = if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) };
            let waited = self.high.take();
            let units = waited.into_iter().chain([unit]);
            match char::decode_utf16(units).next() {
                Some(Ok('\0')) => return Err(no_text()),
                Some(Ok(letter)) => into.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
                // The first of two: wait for the second.
                _ if waited.is_none() && (0xd800..0xdc00).contains(&unit) => self.high = Some(unit),
                _ => {
                    return Err(Problem::refused(
                        "The file says it is UTF-16 and is not. Save it as \"CSV UTF-8\" and drop that.",
                    ));
                }
            }
        }
        Ok(())
    }
}

fn no_text() -> Problem {
    Problem::refused("This is no text file, or UTF-16 without its mark. Save the table as \"CSV UTF-8\" and drop that.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn taken(bytes: &[u8], piece: usize) -> Result<Vec<u8>, String> {
        let (mut intake, mut into) = (Intake::default(), Vec::new());
        for some in bytes.chunks(piece.max(1)) {
            intake.take(some, &mut into).map_err(|problem| problem.to_string())?;
        }
        intake.end(&mut into).map_err(|problem| problem.to_string())?;
        Ok(into)
    }

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(bytes).collect()
    }

    #[test]
    fn marks_go_and_what_is_no_text_is_refused() {
        assert_eq!(taken(b"\xef\xbb\xbfemail\n", 2).unwrap(), b"email\n");
        assert_eq!(taken(b"a", 1).unwrap(), b"a");
        assert_eq!(taken(b"", 1).unwrap(), b"");
        for (bytes, part) in [
            (&b"PK\x03\x04workbook"[..], "Excel workbook"),
            (b"\xd0\xcf\x11\xe0old workbook", "Excel workbook"),
            (b"e\0m\0a\0i\0l\0", "no text file"),
            (b"\xff\xfee\0m", "cut off"),
            (b"\xff\xfe\x00\xdc\x00\xdc", "is not"),
        ] {
            assert!(taken(bytes, 3).unwrap_err().contains(part), "{bytes:?}");
        }
    }

    #[test]
    fn windows_1252_has_its_own_letters_and_five_holes() {
        assert_eq!(decoded(b"Z\xfcrich \x80 \x84x\x93", Encoding::Windows1252), "Zürich € „x“");
        let holes: Vec<u8> = (0..=255).filter(|byte| !is_windows_1252(&[*byte])).collect();
        assert_eq!(holes, [0x81, 0x8d, 0x8f, 0x90, 0x9d]);
    }

    proptest! {
        #[test]
        fn text_comes_through_in_any_pieces(text in "[^\0\u{feff}]{0,40}", piece in 1_usize..7, big: bool) {
            prop_assert_eq!(taken(&utf16(&text, big), piece).unwrap(), text.as_bytes());
            let marked = [&b"\xef\xbb\xbf"[..], text.as_bytes()].concat();
            prop_assert_eq!(taken(&marked, piece).unwrap(), text.as_bytes());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80), piece in 1_usize..9) {
            taken(&bytes, piece).ok();
            decoded(&bytes, Encoding::Windows1252);
        }
    }
}
