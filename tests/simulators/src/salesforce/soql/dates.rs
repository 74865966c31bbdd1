//! Date literals: a word that stands for a stretch of time, told from the org's clock. Days are days of GMT, weeks begin on Sunday.

use crate::salesforce::time::DAY;
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

/// What days are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// Which units a word covers, counted from the present one, which is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Fixed(i64, i64),
    /// So many before the present one; of days, the present one too.
    Last,
    /// So many after the present one.
    Next,
    /// One, so many before the present one.
    Ago,
}

use Reach::{Ago, Fixed, Last, Next};
use Unit::{Day, Month, Quarter, Week, Year};

/// The fiscal year is the calendar's here.
const WORDS: [(&str, Unit, Reach); 35] = [
    ("YESTERDAY", Day, Fixed(-1, -1)),
    ("TODAY", Day, Fixed(0, 0)),
    ("TOMORROW", Day, Fixed(1, 1)),
    ("LAST_90_DAYS", Day, Fixed(-90, 0)),
    ("NEXT_90_DAYS", Day, Fixed(1, 90)),
    ("LAST_WEEK", Week, Fixed(-1, -1)),
    ("THIS_WEEK", Week, Fixed(0, 0)),
    ("NEXT_WEEK", Week, Fixed(1, 1)),
    ("LAST_MONTH", Month, Fixed(-1, -1)),
    ("THIS_MONTH", Month, Fixed(0, 0)),
    ("NEXT_MONTH", Month, Fixed(1, 1)),
    ("LAST_QUARTER", Quarter, Fixed(-1, -1)),
    ("THIS_QUARTER", Quarter, Fixed(0, 0)),
    ("NEXT_QUARTER", Quarter, Fixed(1, 1)),
    ("LAST_YEAR", Year, Fixed(-1, -1)),
    ("THIS_YEAR", Year, Fixed(0, 0)),
    ("NEXT_YEAR", Year, Fixed(1, 1)),
    ("LAST_FISCAL_YEAR", Year, Fixed(-1, -1)),
    ("THIS_FISCAL_YEAR", Year, Fixed(0, 0)),
    ("NEXT_FISCAL_YEAR", Year, Fixed(1, 1)),
    ("LAST_N_DAYS", Day, Last),
    ("NEXT_N_DAYS", Day, Next),
    ("N_DAYS_AGO", Day, Ago),
    ("LAST_N_WEEKS", Week, Last),
    ("NEXT_N_WEEKS", Week, Next),
    ("N_WEEKS_AGO", Week, Ago),
    ("LAST_N_MONTHS", Month, Last),
    ("NEXT_N_MONTHS", Month, Next),
    ("N_MONTHS_AGO", Month, Ago),
    ("LAST_N_QUARTERS", Quarter, Last),
    ("NEXT_N_QUARTERS", Quarter, Next),
    ("N_QUARTERS_AGO", Quarter, Ago),
    ("LAST_N_YEARS", Year, Last),
    ("NEXT_N_YEARS", Year, Next),
    ("N_YEARS_AGO", Year, Ago),
];

/// A word, and the number after its colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    word: usize,
    /// The number after the colon, if the word takes one.
    pub count: Option<u32>,
}

impl Span {
    /// The word of this name, and whether a number must follow.
    pub fn named(name: &str) -> Option<(Span, bool)> {
        let word = WORDS.iter().position(|(known, ..)| known.eq_ignore_ascii_case(name))?;
        Some((Span { word, count: None }, !matches!(WORDS[word].2, Fixed(..))))
    }

    /// The name of its word.
    pub fn name(&self) -> &'static str {
        WORDS[self.word].0
    }

    /// First moment of the stretch and first after it, in milliseconds since 1970.
    pub fn range(&self, now: i64) -> (i64, i64) {
        let (_, unit, reach) = WORDS[self.word];
        let count = i64::from(self.count.unwrap_or(1));
        let (first, last) = match reach {
            Fixed(first, last) => (first, last),
            Last => (-count, if unit == Day { 0 } else { -1 }),
            Next => (1, count),
            Ago => (-count, -count),
        };
        (edge(now, unit, first), edge(now, unit, last + 1))
    }
}

/// Where the unit begins that is so many after the present one; the ends of time where the calendar ends.
fn edge(now: i64, unit: Unit, offset: i64) -> i64 {
    let today = Offset::UTC.to_datetime(Timestamp::from_millisecond(now).unwrap_or(Timestamp::UNIX_EPOCH)).date();
    let month = today.first_of_month();
    // Each most is further than the calendar reaches, and within what a span of that unit can hold.
    let limited = |most: i64| offset.clamp(-most, most);
    let date = match unit {
        Day => today.saturating_add(limited(7_000_000).days()),
        Week => {
            let sunday = today.saturating_sub(i64::from(today.weekday().to_sunday_zero_offset()).days());
            sunday.saturating_add(limited(1_000_000).weeks())
        }
        Month => month.saturating_add(limited(230_000).months()),
        Quarter => {
            let first = month.saturating_sub(i64::from((month.month() - 1) % 3).months());
            first.saturating_add((limited(70_000) * 3).months())
        }
        Year => today.first_of_year().saturating_add(limited(19_000).years()),
    };
    date.since(Date::constant(1970, 1, 1)).map_or(0, |since| i64::from(since.get_days())) * DAY
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::salesforce::time;

    /// A Tuesday.
    const NOW: &str = "2026-11-24T15:30:00Z";

    #[test]
    fn words_cover_what_salesforce_says() {
        let table = [
            ("TODAY", None, "2026-11-24", "2026-11-25"),
            ("YESTERDAY", None, "2026-11-23", "2026-11-24"),
            ("LAST_N_DAYS", Some(30), "2026-10-25", "2026-11-25"),
            ("NEXT_N_DAYS", Some(2), "2026-11-25", "2026-11-27"),
            ("N_DAYS_AGO", Some(2), "2026-11-22", "2026-11-23"),
            ("THIS_WEEK", None, "2026-11-22", "2026-11-29"),
            ("LAST_N_WEEKS", Some(2), "2026-11-08", "2026-11-22"),
            ("LAST_MONTH", None, "2026-10-01", "2026-11-01"),
            ("LAST_N_MONTHS", Some(11), "2025-12-01", "2026-11-01"),
            ("THIS_QUARTER", None, "2026-10-01", "2027-01-01"),
            ("NEXT_N_QUARTERS", Some(1), "2027-01-01", "2027-04-01"),
            ("LAST_YEAR", None, "2025-01-01", "2026-01-01"),
            ("LAST_N_YEARS", Some(3), "2023-01-01", "2026-01-01"),
        ];
        let moment = |text: &str| time::parse(text).unwrap();
        for (name, count, from, to) in table {
            let (mut span, counted) = Span::named(&name.to_lowercase()).unwrap();
            assert_eq!(counted, count.is_some());
            span.count = count;
            let day = |text: &str| moment(&format!("{text}T00:00:00Z"));
            assert_eq!(span.range(moment(NOW)), (day(from), day(to)), "{name}");
        }
    }

    #[test]
    fn no_number_leaves_the_calendar() {
        for (place, (name, ..)) in WORDS.iter().enumerate() {
            for count in [0, 1, 1_000_000, u32::MAX] {
                let (from, to) = Span { word: place, count: Some(count) }.range(0);
                assert!(from <= to || count == 0, "{name}:{count}");
            }
        }
    }
}
