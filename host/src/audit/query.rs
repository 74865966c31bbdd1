//! What is looked for in the log, as typed: words, people, kinds of event, days. Every word must fit.

use super::search::Names;
use crate::domain::{Millis, UserId};
use crate::store::AuditRecord;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

/// Longest text that is looked for: it travels in the value of a button.
const TEXT_CHARS: usize = 200;
/// The clock of a host may be set back a little: a record this much out of order is still found by its day.
const SLACK_MS: Millis = 60 * 60 * 1000;

/// A search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    text: String,
    terms: Vec<Term>,
    /// From this moment on.
    from: Option<Millis>,
    /// Before this moment.
    until: Option<Millis>,
}

/// What must stand in a record.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    /// Somewhere, in small letters.
    Word(String),
    /// Its kind is this, begins with this, or ends with it as its last part.
    Kind(String),
}

impl Query {
    /// Reads what was typed: `ada`, `@ada`, `<@U0ADA>`, `request.approved`, `kind:request`, `2026-11-24`, `2026-11`, `today`,
    /// `yesterday`, `from:2026-11-01`, `until:2026-11-24`, and any other words. What is no date is a word.
    pub fn parse(text: &str, today: Date, zone: &TimeZone) -> Self {
        let text: String = text.trim().chars().take(TEXT_CHARS).collect();
        let mut query = Self { text: text.clone(), terms: Vec::new(), from: None, until: None };
        for token in text.split_whitespace() {
            let token = token.to_lowercase();
            let (days, is_from, is_until) = match token.split_once(':') {
                Some(("from" | "since", day)) => (days(day, today), true, false),
                Some(("until" | "to", day)) => (days(day, today), false, true),
                _ => (days(&token, today), true, true),
            };
            match days {
                Some((first, after)) => {
                    query.from = query.from.max(if is_from { start_of(first, zone) } else { None });
                    let until = if is_until { start_of(after, zone) } else { None };
                    query.until = match (query.until, until) {
                        (Some(one), Some(other)) => Some(one.min(other)),
                        (one, other) => one.or(other),
                    };
                }
                None => query.terms.extend(term(&token)),
            }
        }
        query
    }

    /// As typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Every record is looked for.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.from.is_none() && self.until.is_none()
    }

    /// People's names matter to it.
    pub(super) fn has_words(&self) -> bool {
        self.terms.iter().any(|term| matches!(term, Term::Word(_)))
    }

    /// Records from this moment on need not be looked at.
    pub(super) fn looks_before(&self) -> Option<Millis> {
        self.until.map(|until| until + SLACK_MS)
    }

    /// No record before this one can be looked for.
    pub(super) fn is_past(&self, at: Millis) -> bool {
        self.from.is_some_and(|from| at < from - SLACK_MS)
    }

    /// Whether it is looked for.
    pub(super) fn fits(&self, record: &AuditRecord, names: &Names) -> bool {
        let in_time =
            self.from.is_none_or(|from| record.at >= from) && self.until.is_none_or(|until| record.at < until);
        if !in_time || self.terms.is_empty() {
            return in_time;
        }
        let said = said(record, names);
        self.terms.iter().all(|term| match term {
            Term::Word(word) => said.contains(word),
            Term::Kind(kind) => {
                let what = record.event.what.as_str();
                what.starts_with(kind.as_str()) || what.rsplit('.').next() == Some(kind)
            }
        })
    }
}

fn term(token: &str) -> Option<Term> {
    if let Some(kind) = token.strip_prefix("kind:").filter(|kind| !kind.is_empty()) {
        return Some(Term::Kind(kind.to_owned()));
    }
    let person = token.strip_prefix("<@").map(|rest| rest.split(['|', '>']).next().unwrap_or_default());
    let word = person.unwrap_or(token.trim_start_matches('@'));
    (!word.is_empty()).then(|| Term::Word(word.to_owned()))
}

/// All of a record in small letters, with the names of the people in it.
fn said(record: &AuditRecord, names: &Names) -> String {
    let event = &record.event;
    let mut said = format!("{}\n{}", event.what, event.detail);
    for (kind, id) in &event.about {
        said.push_str(&format!("\n{kind} {id}"));
    }
    if let Some(actor) = &event.actor {
        said.push_str(&format!("\n{}", actor.user));
    } else {
        said.push_str("\nweft");
    }
    let named = super::search::people_of(record);
    for name in named.iter().filter_map(|person: &UserId| names.get(person)) {
        said.push_str(&format!("\n{name}"));
    }
    said.to_lowercase()
}

/// The first day meant, and the one after the last.
fn days(text: &str, today: Date) -> Option<(Date, Date)> {
    let and_next = |first: Date, span: Span| Some((first, first.checked_add(span).ok()?));
    match text {
        "today" => return and_next(today, 1.day()),
        "yesterday" => return and_next(today.yesterday().ok()?, 1.day()),
        _ => {}
    }
    let numbers: Vec<i16> = text.split('-').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let is_written_out = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    match numbers.as_slice() {
        _ if !is_written_out => None,
        [year, month, day] if text.len() == 10 => {
            and_next(Date::new(*year, i8::try_from(*month).ok()?, i8::try_from(*day).ok()?).ok()?, 1.day())
        }
        [year, month @ 1..=12] if text.len() == 7 && *year > 0 => and_next(date(*year, *month as i8, 1), 1.month()),
        _ => None,
    }
}

fn start_of(day: Date, zone: &TimeZone) -> Option<Millis> {
    day.to_zoned_datetime(zone.clone()).ok().map(|start| start.timestamp().as_millisecond())
}
