//! Moments as Salesforce writes them (`2025-03-26T16:43:31.000+0000`), and the org's clock.

use std::sync::atomic::{AtomicI64, Ordering};

/// One day, in milliseconds.
pub const DAY: i64 = 86_400_000;

/// Appends a moment, without allocating: a page of users has tens of thousands of them.
pub fn write(at: i64, out: &mut Vec<u8>) {
    let (year, month, day) = civil(at.div_euclid(DAY));
    let rest = at.rem_euclid(DAY);
    let mut text = *b"0000-00-00T00:00:00.000+0000";
    let mut put = |place: usize, digits: usize, mut number: i64| {
        for position in (place..place + digits).rev() {
            text[position] = b'0' + (number % 10) as u8;
            number /= 10;
        }
    };
    put(0, 4, year);
    put(5, 2, month);
    put(8, 2, day);
    put(11, 2, rest / 3_600_000);
    put(14, 2, rest / 60_000 % 60);
    put(17, 2, rest / 1000 % 60);
    put(20, 3, rest % 1000);
    out.extend_from_slice(&text);
}

/// A moment as text.
pub fn format(at: i64) -> String {
    let mut out = Vec::with_capacity(28);
    write(at, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// Reads a moment with an offset, `Z`, `+01:00` or `+0100`; milliseconds since 1970.
pub fn parse(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>().ok().map(|at| at.as_millisecond())
}

/// A day as text: `2026-11-24`.
pub fn day(days: i64) -> String {
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Reads `2026-11-24`; days since 1970.
pub fn parse_day(text: &str) -> Option<i64> {
    parse(&format!("{text}T00:00:00Z")).map(|start| start.div_euclid(DAY)).filter(|days| day(*days) == text)
}

/// Year, month and day of a day counted from 1970 (proleptic Gregorian calendar).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let slot = (5 * of_year + 2) / 153;
    let month = if slot < 10 { slot + 3 } else { slot - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, of_year - (153 * slot + 2) / 5 + 1)
}

/// The org's clock: the machine's, or one that stands at a given moment and moves a second with each change.
#[derive(Debug)]
pub enum Clock {
    Machine,
    Fixed(AtomicI64),
}

impl Clock {
    /// A clock that starts at `fixed`, or the machine's.
    pub fn new(fixed: Option<i64>) -> Clock {
        fixed.map_or(Clock::Machine, |at| Clock::Fixed(AtomicI64::new(at)))
    }

    /// Now, in milliseconds since 1970.
    pub fn now(&self) -> i64 {
        match self {
            Clock::Machine => jiff::Timestamp::now().as_millisecond(),
            Clock::Fixed(at) => at.load(Ordering::Relaxed),
        }
    }

    /// Now, for the stamp of a change: changes on a fixed clock are a second apart.
    pub fn stamp(&self) -> i64 {
        match self {
            Clock::Machine => self.now(),
            Clock::Fixed(at) => at.fetch_add(1000, Ordering::Relaxed) + 1000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_survive_their_text() {
        for at in [0, 951_782_400_000, 1_709_164_799_999, 1_743_007_411_000, 4_102_444_800_000, -1] {
            assert_eq!(parse(&format(at)), Some(at), "{}", format(at));
        }
        assert_eq!(format(1_743_007_411_000), "2025-03-26T16:43:31.000+0000");
        assert_eq!(parse("2026-01-01T01:00:00+01:00"), parse("2026-01-01T00:00:00Z"));
        assert_eq!(parse("2026-01-01"), None);
        assert_eq!(parse_day("2026-02-29"), None);
        assert_eq!(parse_day("2024-02-29").map(day).as_deref(), Some("2024-02-29"));
    }
}
