//! What a CSV file needs so that a spreadsheet shows it as it is.

use std::borrow::Cow;

/// Tells spreadsheets that the text is UTF-8: without it they garble every name that is not English.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// What a spreadsheet would take for a formula gets an apostrophe in front, so that it is shown and not run. Numbers stay numbers.
pub fn defused(text: &str) -> Cow<'_, str> {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if is_formula && text.trim().parse::<f64>().is_err() { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_run_is_shown_instead() {
        for (text, expected) in [
            ("=1+1", "'=1+1"),
            ("+49 30 1234", "'+49 30 1234"),
            ("-5", "-5"),
            ("-5.5e3", "-5.5e3"),
            ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("＝1", "'＝1"),
            ("a=1", "a=1"),
            ("", ""),
        ] {
            assert_eq!(defused(text), expected, "{text:?}");
        }
    }
}
