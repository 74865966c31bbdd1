//! Moments as Okta writes them: `2024-08-13T15:58:20.353Z`.

use jiff::Timestamp;

/// One day, in milliseconds.
pub const DAY: i64 = 86_400_000;

/// Now, in milliseconds since 1970.
pub fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

/// A moment as text.
pub fn format(at: i64) -> String {
    Timestamp::from_millisecond(at).map(|at| at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()).unwrap_or_default()
}

/// Reads a moment with an offset; milliseconds since 1970.
pub fn parse(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_survive_their_text() {
        for at in [0, 951_782_400_000, 1_723_564_700_353] {
            assert_eq!(parse(&format(at)), Some(at), "{}", format(at));
        }
        assert_eq!(format(1_723_564_700_353), "2024-08-13T15:58:20.353Z");
        assert_eq!(parse("yesterday"), None);
    }
}
