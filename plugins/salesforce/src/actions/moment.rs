//! Days and moments as Salesforce writes them.

use weft_integration::prelude::*;

/// Milliseconds of a day.
const DAY_MS: f64 = 86_400_000.0;

/// The day of a moment: `2026-12-31` of `2026-12-31T10:00:00.000+0000`.
pub fn day(moment: &str) -> &str {
    moment.get(..10).unwrap_or(moment)
}

/// A moment to the second, so that two ways to write it are equal. Salesforce answers in UTC, and so do we ask.
pub fn second(moment: &str) -> &str {
    moment.get(..19).unwrap_or(moment)
}

/// The last second of a day: access lasts through the day that was chosen.
pub fn end_of_day(day: &str) -> String {
    format!("{day}T23:59:59Z")
}

/// A day that is given as an input, if one is; it must not be over.
pub fn future_day(input: &str, given: Option<&str>, now_ms: f64) -> Result<Option<String>, Error> {
    let Some(given) = given else { return Ok(None) };
    let wrong = || Error::invalid_input(input, "Enter a day, such as 2026-11-24.");
    let last = days_since_1970(given).ok_or_else(wrong)?;
    if (f64::from(last) + 1.0) * DAY_MS <= now_ms {
        return Err(Error::invalid_input(input, "This day is over. Enter a later one."));
    }
    Ok(Some(given.to_owned()))
}

/// The number of a day; none for what is no day.
fn days_since_1970(text: &str) -> Option<i32> {
    let is_shape = text.len() == 10
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !is_shape {
        return None;
    }
    let (year, month, day): (i32, i32, i32) =
        (text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..].parse().ok()?);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let lengths = [31, if is_leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let length = *lengths.get(usize::try_from(month - 1).ok()?)?;
    if year < 1970 || !(1..=length).contains(&day) {
        return None;
    }
    let leap_days = |year: i32| year / 4 - year / 100 + year / 400;
    let years = (year - 1970) * 365 + leap_days(year - 1) - leap_days(1969);
    let months: i32 = lengths.iter().take(usize::try_from(month - 1).ok()?).sum();
    Some(years + months + day - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_the_calendar_does() {
        for (text, days) in [
            ("1970-01-01", 0),
            ("1970-12-31", 364),
            ("2000-02-29", 11_016),
            ("2000-03-01", 11_017),
            ("2026-11-24", 20_781),
        ] {
            assert_eq!(days_since_1970(text), Some(days), "{text}");
        }
        for text in
            ["", "2026-02-29", "2026-13-01", "2026-00-10", "26-11-24", "2026-11-24T00", "2026/11/24", "2026-11-0ü"]
        {
            assert_eq!(days_since_1970(text), None, "{text}");
        }
    }

    #[test]
    fn access_ends_with_a_day_that_is_not_over() {
        let now = f64::from(20_781) * DAY_MS + 1.0;
        let ends = |day| future_day("expires", Some(day), now);
        assert_eq!(ends("2026-11-24").unwrap().as_deref(), Some("2026-11-24"));
        for day in ["2026-11-23", "soon"] {
            assert_eq!(ends(day).unwrap_err().code, "expires", "{day}");
        }
        assert_eq!(future_day("expires", None, now).unwrap(), None);
    }

    #[test]
    fn two_ways_to_write_a_moment_are_one() {
        assert_eq!(second("2026-12-31T23:59:59.000+0000"), second(&end_of_day("2026-12-31")));
        assert_eq!(day("2026-12-31T23:59:59.000+0000"), "2026-12-31");
    }
}
