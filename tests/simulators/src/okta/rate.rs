//! Limits on requests of one kind within a window, told with every answer and kept.

use super::answer::Answer;
use std::collections::HashMap;
use std::time::Duration;

/// The windows that are open.
#[derive(Debug)]
pub struct Rates {
    pub limit: u32,
    window: Duration,
    /// By kind of request: how many were made, and when the window ends, in milliseconds since 1970.
    open: HashMap<String, (u32, i64)>,
}

/// What is told with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    limit: u32,
    remaining: u32,
    /// Seconds since 1970.
    reset: i64,
    pub is_over: bool,
}

impl Rates {
    /// No request yet.
    pub fn new(limit: u32, window: Duration) -> Self {
        Self { limit, window, open: HashMap::new() }
    }

    /// Counts a request, unless it is one too many.
    pub fn count(&mut self, kind: &str, now: i64) -> Told {
        let length = i64::try_from(self.window.as_millis()).unwrap_or(i64::MAX);
        let (made, end) = self.open.entry(kind.to_owned()).or_insert((0, now + length));
        if now >= *end {
            (*made, *end) = (0, now + length);
        }
        let is_over = *made >= self.limit;
        *made += u32::from(!is_over);
        Told { limit: self.limit, remaining: self.limit.saturating_sub(*made), reset: (*end + 999) / 1000, is_over }
    }
}

impl Told {
    /// The answer with what is told.
    pub fn on(&self, answer: Answer) -> Answer {
        answer
            .with("x-rate-limit-limit", self.limit.to_string())
            .with("x-rate-limit-remaining", self.remaining.to_string())
            .with("x-rate-limit-reset", self.reset.to_string())
    }

    /// The refusal of a request too many.
    pub fn refusal() -> Answer {
        Answer::refusal(429, "E0000047", "API call exceeded rate limit due to too many requests.", &[])
    }
}

/// The kind of a request: ids in it do not count.
pub fn kind(method: &str, path: &str) -> String {
    let is_id = |segment: &str| segment.len() >= 18 && segment.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let segments: Vec<&str> = path.split('/').map(|segment| if is_id(segment) { "*" } else { segment }).collect();
    format!("{method} {}", segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_takes_so_many_and_then_opens_anew() {
        let mut rates = Rates::new(2, Duration::from_secs(60));
        let told: Vec<_> =
            [0, 10, 20, 60_000].map(|now| rates.count("a", now)).map(|told| (told.remaining, told.is_over)).into();
        assert_eq!(told, [(1, false), (0, false), (0, true), (1, false)]);
        assert_eq!(rates.count("b", 1).reset, 61);
    }

    #[test]
    fn one_kind_is_one_address_of_any_record() {
        assert_eq!(kind("GET", "/api/v1/users/00uabcdefghijklmnopq"), "GET /api/v1/users/*");
        assert_eq!(kind("GET", "/api/v1/users/me"), "GET /api/v1/users/me");
    }
}
