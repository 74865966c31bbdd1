//! A span of time in windows that are listed side by side in the order of one key.
//!
//! Salesforce may take too long over a long span, and the host wants keys in order, while a listing by time is not one by key: ids are
//! given out in blocks. So each window is listed in the order of the key, and rows are taken from the window whose next key is the
//! smallest, up to the next key of the others. It starts with one window; only one that takes too long is halved.

use serde::{Deserialize, Serialize};

/// A window that still takes too long is not the reason.
const MIN_SECONDS: i64 = 3_600;
/// All windows must fit into a cursor.
const MAX_WINDOWS: usize = 32;

/// From, included, to, excluded, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub from: i64,
    pub to: i64,
}

/// Where keys start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// With the first one.
    First,
    /// With this one.
    With(String),
    /// Behind this one.
    Behind(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Window {
    span: Span,
    /// No key of this window that is still to come is smaller; none when it is not known.
    head: Option<String>,
}

/// The windows and how far they are listed: all keys before `start` are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Windows {
    windows: Vec<Window>,
    start: Start,
}

/// Which rows to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Of this window.
    pub window: usize,
    pub span: Span,
    pub start: Start,
    /// Only keys before this one.
    pub before: Option<String>,
}

impl Windows {
    /// One window, from `start` on.
    pub fn new(span: Span, start: Start) -> Self {
        Self { windows: vec![Window { span, head: None }], start }
    }

    /// A window whose smallest key must be known before it goes on: with one window alone, none.
    pub fn headless(&self) -> Option<Wanted> {
        let window = self.windows.iter().position(|window| window.head.is_none()).filter(|_| self.windows.len() > 1)?;
        Some(Wanted { window, span: self.windows[window].span, start: self.start.clone(), before: None })
    }

    /// The smallest key of a window from the start on; a window without any is done.
    pub fn headed(&mut self, window: usize, head: Option<String>) {
        match head {
            Some(head) => self.windows[window].head = Some(head),
            None => drop(self.windows.remove(window)),
        }
    }

    /// The rows that come next; none when all were listed. Only when no window is headless.
    pub fn next(&self) -> Option<Wanted> {
        let smallest = |windows: &mut dyn Iterator<Item = (usize, &Window)>| {
            windows.min_by(|(_, left), (_, right)| left.head.cmp(&right.head)).map(|(at, window)| (at, window.clone()))
        };
        let (at, window) = smallest(&mut self.windows.iter().enumerate())?;
        let other = smallest(&mut self.windows.iter().enumerate().filter(|(other, _)| *other != at));
        let before = other.and_then(|(_, other)| other.head);
        Some(Wanted { window: at, span: window.span, start: self.start.clone(), before })
    }

    /// The wanted rows came, and there may be more behind this key.
    pub fn went_on(&mut self, wanted: &Wanted, last: String) {
        if let Some(window) = self.windows.get_mut(wanted.window) {
            window.head = Some(last.clone());
        }
        self.start = Start::Behind(last);
    }

    /// The wanted rows came, and those were all.
    pub fn came(&mut self, wanted: &Wanted) {
        match &wanted.before {
            Some(before) => {
                self.windows[wanted.window].head = None;
                self.start = Start::With(before.clone());
            }
            None => drop(self.windows.remove(wanted.window)),
        }
    }

    /// Whether all was listed.
    pub fn is_done(&self) -> bool {
        self.windows.is_empty()
    }

    /// A window took too long. False when it cannot be halved any further.
    pub fn halve(&mut self, window: usize) -> bool {
        let Some(Window { span, .. }) = self.windows.get(window).cloned() else { return false };
        if span.to - span.from < 2 * MIN_SECONDS || self.windows.len() >= MAX_WINDOWS {
            return false;
        }
        let middle = span.from + (span.to - span.from) / 2;
        let halves = [Span { to: middle, ..span }, Span { from: middle, ..span }];
        self.windows.splice(window..=window, halves.map(|span| Window { span, head: None }));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Rows as Salesforce has them: key and time.
    type Rows = Vec<(String, i64)>;

    fn ask(rows: &Rows, wanted: &Wanted, most: usize) -> Vec<String> {
        let mut keys: Vec<String> = rows
            .iter()
            .filter(|(key, time)| {
                let started = match &wanted.start {
                    Start::First => true,
                    Start::With(start) => key >= start,
                    Start::Behind(start) => key > start,
                };
                started
                    && (wanted.span.from..wanted.span.to).contains(time)
                    && wanted.before.as_ref().is_none_or(|before| key < before)
            })
            .map(|(key, _)| key.clone())
            .collect();
        keys.sort();
        keys.truncate(most);
        keys
    }

    /// Lists everything; `slow` says which asks take too long.
    fn list(rows: &Rows, span: Span, page: usize, mut slow: impl FnMut(Span) -> bool) -> Vec<String> {
        let (mut windows, mut listed) = (Windows::new(span, Start::First), Vec::new());
        for _ in 0..10_000 {
            // As between two calls.
            windows = serde_json::from_slice(&serde_json::to_vec(&windows).unwrap()).unwrap();
            if let Some(wanted) = windows.headless() {
                if !slow(wanted.span) || !windows.halve(wanted.window) {
                    windows.headed(wanted.window, ask(rows, &wanted, 1).pop());
                }
                continue;
            }
            let Some(wanted) = windows.next() else { return listed };
            if slow(wanted.span) && windows.halve(wanted.window) {
                continue;
            }
            let keys = ask(rows, &wanted, page);
            match keys.last().filter(|_| keys.len() == page) {
                Some(last) => windows.went_on(&wanted, last.clone()),
                None => windows.came(&wanted),
            }
            listed.extend(keys);
        }
        panic!("it never ends");
    }

    #[test]
    fn one_window_is_a_plain_listing() {
        let rows: Rows = (0..7).map(|number| (format!("{number}"), 10 * number)).collect();
        assert_eq!(list(&rows, Span { from: 10, to: 60 }, 2, |_| false), ["1", "2", "3", "4", "5"]);
        assert!(list(&rows, Span { from: 100, to: 200 }, 2, |_| false).is_empty());
    }

    #[test]
    fn windows_are_halved_down_to_an_hour_and_fit_into_a_cursor() {
        let mut windows = Windows::new(Span { from: 0, to: 730 * 86_400 }, Start::First);
        while (0..MAX_WINDOWS).rev().any(|window| windows.halve(window)) {}
        for window in 0..windows.windows.len() {
            windows.headed(window, Some("0YaR0000000zlh9KAA".into()));
        }
        assert_eq!(windows.windows.len(), MAX_WINDOWS);
        assert!(serde_json::to_vec(&windows).unwrap().len() < 3_500);
        let mut hour = Windows::new(Span { from: 0, to: 2 * MIN_SECONDS - 1 }, Start::First);
        assert!(!hour.halve(0) && !hour.halve(9));
    }

    proptest! {
        #[test]
        fn every_row_of_the_span_comes_once_in_order_of_the_key(
            times in proptest::collection::vec(0_i64..200, 0..120), page in 1_usize..9, fast in 1_i64..30, in_time in any::<bool>(),
        ) {
            let hour = |hours: i64| hours * MIN_SECONDS;
            let mut rows: Rows = times.iter().map(|time| hour(*time)).enumerate().map(|(at, time)| (format!("{at:04}"), time)).collect();
            if in_time {
                // As a rule, later logins have larger ids.
                let mut sorted: Vec<i64> = rows.iter().map(|(_, time)| *time).collect();
                sorted.sort_unstable();
                rows.iter_mut().zip(sorted).for_each(|(row, time)| row.1 = time);
            }
            let span = Span { from: hour(20), to: hour(180) };
            let listed = list(&rows, span, page, |span| span.to - span.from > hour(fast));
            let mut wanted: Vec<String> = rows.iter().filter(|(_, time)| (span.from..span.to).contains(time)).map(|(key, _)| key.clone()).collect();
            wanted.sort();
            prop_assert_eq!(listed, wanted);
        }
    }
}
