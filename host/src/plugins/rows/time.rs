//! Dates and times as tools write them, to numbers. Written by hand because a sync reads millions of them.

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;
/// Seconds in a day.
const DAY: i64 = 86_400;

/// The day `YYYY-MM-DD` counted from 1970-01-01, alone or as the start of a timestamp.
pub fn day(text: &str) -> Option<i32> {
    let bytes = text.as_bytes();
    let rest = bytes.get(10);
    if rest.is_some_and(|next| !matches!(next, b'T' | b't' | b' ')) {
        return None;
    }
    civil_day(bytes).and_then(|day| i32::try_from(day).ok())
}

/// A point in time written as RFC 3339, the offset with or without colon or minutes, in microseconds since 1970. Without an
/// offset the time is not known, and the answer is none.
pub fn timestamp(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let day = civil_day(bytes)?;
    if !matches!(bytes.get(10), Some(b'T' | b't' | b' '))
        || bytes.get(13) != Some(&b':')
        || bytes.get(16) != Some(&b':')
    {
        return None;
    }
    let (hour, minute, second) = (digits(bytes, 11, 2)?, digits(bytes, 14, 2)?, digits(bytes, 17, 2)?);
    // 60 is a leap second: RFC 3339 allows it, and it counts as the next second.
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (micros, end) = fraction(bytes, 19)?;
    let offset = offset_seconds(bytes.get(end..)?)?;
    Some((day * DAY + hour * 3600 + minute * 60 + second - offset) * SECOND + micros)
}

/// The day a point in time falls on, in UTC.
pub fn day_of(micros: i64) -> Option<i32> {
    i32::try_from(micros.div_euclid(DAY * SECOND)).ok()
}

/// The number written in `count` digits at `start`.
fn digits(bytes: &[u8], start: usize, count: usize) -> Option<i64> {
    let slice = bytes.get(start..start + count)?;
    slice.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
}

/// The part after the seconds, in microseconds, and where it ends. Digits beyond the sixth are cut off.
fn fraction(bytes: &[u8], start: usize) -> Option<(i64, usize)> {
    if bytes.get(start) != Some(&b'.') {
        return Some((0, start));
    }
    let count = bytes[start + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let kept = count.min(6);
    let scale = 10_i64.pow(6 - u32::try_from(kept).ok()?);
    (count > 0).then_some(())?;
    Some((digits(bytes, start + 1, kept)? * scale, start + 1 + count))
}

/// `Z`, `+hh`, `+hhmm` or `+hh:mm` in seconds.
fn offset_seconds(bytes: &[u8]) -> Option<i64> {
    if matches!(bytes, b"Z" | b"z") {
        return Some(0);
    }
    let sign = match bytes.first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = match bytes.len() {
        3 => (digits(bytes, 1, 2)?, 0),
        5 => (digits(bytes, 1, 2)?, digits(bytes, 3, 2)?),
        6 if bytes[3] == b':' => (digits(bytes, 1, 2)?, digits(bytes, 4, 2)?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// The day of `YYYY-MM-DD` at the start of the text, counted from 1970-01-01 in the proleptic Gregorian calendar.
fn civil_day(bytes: &[u8]) -> Option<i64> {
    if bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
        return None;
    }
    let (year, month, day) = (digits(bytes, 0, 4)?, digits(bytes, 5, 2)?, digits(bytes, 8, 2)?);
    if !(1..=12).contains(&month) || day < 1 || day > month_length(year, month) {
        return None;
    }
    // Years are counted from March, so that the leap day is the last of its year.
    let shifted = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn offsets_are_read_with_and_without_colon() {
        let wanted = Some(1_743_007_411_000_000);
        for text in [
            "2025-03-26T16:43:31.000+0000",
            "2025-03-26T16:43:31Z",
            "2025-03-26T16:43:31+00:00",
            "2025-03-26 16:43:31z",
            "2025-03-26T18:43:31+02",
            "2025-03-26T18:43:31.0+0200",
            "2025-03-26T11:13:31-05:30",
        ] {
            assert_eq!(timestamp(text), wanted, "{text}");
        }
        assert_eq!(timestamp("1969-12-31T23:59:59.5Z"), Some(-500_000));
        assert_eq!(timestamp("2016-12-31T23:59:60Z"), timestamp("2017-01-01T00:00:00Z"));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "2025",
            "2025-03-26",
            "2025-03-26T16:43:31",
            "2025-03-26T16:43Z",
            "2025-13-26T16:43:31Z",
            "2025-02-29T00:00:00Z",
            "2025-03-26T24:00:00Z",
            "2025-03-26T16:43:31.Z",
            "2025-03-26T16:43:31+0",
            "2025-03-26T16:43:31+00:00x",
            "é025-03-26T1",
        ] {
            assert_eq!(timestamp(text), None, "{text}");
        }
        assert_eq!(day("2025-02-29"), None);
        assert_eq!(day("2025-03-26x"), None);
        assert_eq!(day("2024-02-29"), Some(19_782));
        assert_eq!(day("2024-02-29T10:00:00Z"), Some(19_782));
    }

    proptest! {
        #[test]
        fn any_timestamp_reads_as_jiff_reads_it(micros in -62_135_596_800_000_000_i64..253_402_207_200_000_000) {
            let text = jiff::Timestamp::from_microsecond(micros).unwrap().to_string();
            prop_assert_eq!(timestamp(&text), Some(micros), "{}", text);
            prop_assert_eq!(day(&text), day_of(micros));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = (timestamp(&text), day(&text));
        }

        #[test]
        fn nearly_a_timestamp_never_panics(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.+Zé-]{0,20}") {
            let _ = (timestamp(&text), day(&text));
        }
    }
}
