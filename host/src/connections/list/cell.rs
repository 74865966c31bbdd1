//! What a cell may be, and its value. A column takes a type only when every cell of it is one; a formula is text like any other.

use crate::domain::{FieldType, Value};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Characters of a text that are kept.
const MAX_TEXT: usize = 4_000;
/// Digits of a whole number: what every reader of it can hold.
const MAX_DIGITS: usize = 15;
/// Words for yes and no.
const YES: [&str; 3] = ["yes", "true", "y"];
const NO: [&str; 3] = ["no", "false", "n"];

/// The type of a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CellKind {
    #[default]
    Text,
    Integer,
    Number,
    YesNo,
    /// A day, written in this order.
    Date(DayOrder),
}

/// How a day is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DayOrder {
    /// 2026-11-24
    Year,
    /// 24.11.2026
    Day,
    /// 11/24/2026
    Month,
}

const ORDERS: [DayOrder; 3] = [DayOrder::Year, DayOrder::Day, DayOrder::Month];

impl CellKind {
    /// The type of the field it becomes.
    pub fn field_type(self) -> FieldType {
        match self {
            Self::Text => FieldType::Text,
            Self::Integer => FieldType::Integer,
            Self::Number => FieldType::Number,
            Self::YesNo => FieldType::Boolean,
            Self::Date(_) => FieldType::Date,
        }
    }

    /// As people call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "whole number",
            Self::Number => "number",
            Self::YesNo => "yes/no",
            Self::Date(DayOrder::Year) => "date",
            Self::Date(DayOrder::Day) => "date, day first",
            Self::Date(DayOrder::Month) => "date, month first",
        }
    }

    /// The value of a cell; unknown for an empty one.
    pub fn value(self, cell: &str) -> Value {
        let cell = cell.trim();
        if cell.is_empty() {
            return Value::Null;
        }
        let value = match self {
            Self::Text => Some(Value::Text(cell.chars().take(MAX_TEXT).collect::<String>().into())),
            Self::Integer => is_integer(cell).then(|| cell.parse().ok().map(Value::Int)).flatten(),
            Self::Number => is_number(cell).then(|| cell.parse().ok().map(Value::Float)).flatten(),
            Self::YesNo => yes_or_no(cell).map(Value::Bool),
            Self::Date(order) => day(cell, order).map(Value::Date),
        };
        value.unwrap_or(Value::Null)
    }
}

/// What the cells of a column seen so far can be.
#[derive(Clone, Debug)]
pub struct Guess {
    filled: u64,
    emails: u64,
    integer: bool,
    number: bool,
    yes_no: bool,
    days: [bool; 3],
    /// Every day was written with dots, which nobody does month first.
    dotted: bool,
}

impl Default for Guess {
    fn default() -> Self {
        Self { filled: 0, emails: 0, integer: true, number: true, yes_no: true, days: [true; 3], dotted: true }
    }
}

impl Guess {
    /// Looks at one more cell.
    pub fn see(&mut self, cell: &str) {
        let cell = cell.trim();
        if cell.is_empty() {
            return;
        }
        self.filled += 1;
        self.emails += u64::from(is_email(cell));
        self.integer &= is_integer(cell);
        self.number &= is_number(cell);
        self.yes_no &= yes_or_no(cell).is_some();
        for (can, order) in self.days.iter_mut().zip(ORDERS) {
            *can = *can && day(cell, order).is_some();
        }
        self.dotted &= cell.contains('.');
    }

    /// The narrowest type that all cells are. Days that can be read in two orders stay text: a wrong date is worse than none.
    pub fn kind(&self) -> CellKind {
        let [year_first, day_first, month_first] = self.days;
        match () {
            () if self.filled == 0 => CellKind::Text,
            () if self.yes_no => CellKind::YesNo,
            () if self.integer => CellKind::Integer,
            () if self.number => CellKind::Number,
            () if year_first => CellKind::Date(DayOrder::Year),
            () if day_first && (self.dotted || !month_first) => CellKind::Date(DayOrder::Day),
            () if month_first && !day_first => CellKind::Date(DayOrder::Month),
            () => CellKind::Text,
        }
    }

    /// Whether nearly all cells are email addresses.
    pub fn holds_emails(&self) -> bool {
        self.emails > 0 && self.emails * 10 >= self.filled * 8
    }
}

/// Whether it can be an email address: something, one @, and a name with a dot or without.
pub fn is_email(cell: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && !part.contains(|letter: char| letter.is_whitespace() || letter == ',');
    matches!(cell.trim().split_once('@'), Some((name, host)) if plain(name) && plain(host) && !host.contains('@'))
}

fn is_integer(cell: &str) -> bool {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let leads = digits.len() > 1 && digits.starts_with('0');
    (1..=MAX_DIGITS).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) && !leads
}

fn is_number(cell: &str) -> bool {
    match cell.split_once('.') {
        None => is_integer(cell),
        Some((whole, part)) => {
            let whole = if whole == "-0" { "0" } else { whole };
            is_integer(whole)
                && (1..=MAX_DIGITS).contains(&part.len())
                && part.bytes().all(|byte| byte.is_ascii_digit())
        }
    }
}

fn yes_or_no(cell: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| cell.eq_ignore_ascii_case(word));
    if is(&YES) { Some(true) } else { is(&NO).then_some(false) }
}

/// Days since 1970-01-01.
fn day(cell: &str, order: DayOrder) -> Option<i32> {
    let mark = cell.chars().find(|letter| !letter.is_ascii_digit())?;
    if !matches!(mark, '-' | '.' | '/') {
        return None;
    }
    let mut parts = cell.split(mark);
    let [first, second, third] = [parts.next()?, parts.next()?, parts.next()?];
    let (year, month, day) = match order {
        DayOrder::Year => (first, second, third),
        DayOrder::Day => (third, second, first),
        DayOrder::Month => (third, first, second),
    };
    let digits = |part: &str, most: usize| {
        let fits = (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| part.parse::<i16>().ok()).flatten()
    };
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let small = |part: &str| digits(part, 2).and_then(|number| i8::try_from(number).ok());
    let date = Date::new(digits(year, 4)?, small(month)?, small(day)?).ok()?;
    Some((date - Date::constant(1970, 1, 1)).get_days())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kind(cells: &[&str]) -> CellKind {
        let mut guess = Guess::default();
        cells.iter().for_each(|cell| guess.see(cell));
        guess.kind()
    }

    #[test]
    fn a_column_is_the_narrowest_type_that_all_its_cells_are() {
        let table: [(&[&str], CellKind); 18] = [
            (&["1", "-20", ""], CellKind::Integer),
            (&["1", "2.5"], CellKind::Number),
            (&["-0.5", "0"], CellKind::Number),
            (&["00123", "00124"], CellKind::Text),
            (&["1234567890123456"], CellKind::Text),
            (&["1,5"], CellKind::Text),
            (&["Yes", "no", "TRUE"], CellKind::YesNo),
            (&["yes", "maybe"], CellKind::Text),
            (&["2026-11-24", "2026-1-2"], CellKind::Date(DayOrder::Year)),
            (&["2026/11/24"], CellKind::Date(DayOrder::Year)),
            (&["01.02.2026", "3.4.2026"], CellKind::Date(DayOrder::Day)),
            (&["24/11/2026", "01/02/2026"], CellKind::Date(DayOrder::Day)),
            (&["11/24/2026", "01/02/2026"], CellKind::Date(DayOrder::Month)),
            (&["01/02/2026"], CellKind::Text),
            (&["2026-02-30"], CellKind::Text),
            (&["=1+1", "@x"], CellKind::Text),
            (&["", "  "], CellKind::Text),
            (&["1e5"], CellKind::Text),
        ];
        for (cells, wanted) in table {
            assert_eq!(kind(cells), wanted, "{cells:?}");
        }
    }

    #[test]
    fn values_are_what_the_column_says() {
        assert_eq!(CellKind::Integer.value(" 42 "), Value::Int(42));
        assert_eq!(CellKind::YesNo.value("Y"), Value::Bool(true));
        assert_eq!(CellKind::Date(DayOrder::Day).value("02.01.1970"), Value::Date(1));
        assert_eq!(CellKind::Date(DayOrder::Year).value("1969-12-31"), Value::Date(-1));
        assert_eq!(CellKind::Text.value("=HYPERLINK(\"x\")"), Value::from("=HYPERLINK(\"x\")"));
        assert_eq!(CellKind::Text.value(""), Value::Null);
        let long = CellKind::Text.value(&"ü".repeat(10_000));
        assert_eq!(long.as_text().unwrap().chars().count(), MAX_TEXT);
    }

    #[test]
    fn email_addresses() {
        for good in ["a@b", "ada.lovelace@acme.example", " x+y@z.org "] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "@", "a@", "@b", "a b@c", "a@b@c", "ada"] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_guessed_type_gives_every_filled_cell_a_value(cells in proptest::collection::vec("[0-9./:yesno=@ -]{0,12}", 1..6)) {
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            let kind = kind(&cells);
            for cell in cells {
                prop_assert_eq!(kind.value(cell).is_null(), cell.trim().is_empty(), "{:?} as {:?}", cell, kind);
            }
        }
    }
}
