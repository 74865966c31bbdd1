//! What was said over the wires, and what was wrong about it.

use serde::Serialize;
use serde_json::Value;

/// Entries kept; older ones are dropped so that a long demo does not grow without end.
const MOST_ENTRIES: usize = 20_000;

/// One exchange between the app and the workspace.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Rises by one with every entry.
    pub number: u64,
    /// Milliseconds of simulated time since the start.
    pub at_ms: u64,
    pub kind: EntryKind,
    /// Web API method, event type, interaction type, command, or path.
    pub what: String,
    pub request: Value,
    /// HTTP status; 0 when there was no answer.
    pub status: u16,
    pub response: Value,
    /// Milliseconds of simulated time until the answer.
    pub took_ms: u64,
}

/// Which way an exchange went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// The app called the Web API.
    Api,
    /// The app posted to a response_url.
    ResponseUrl,
    /// The app uploaded bytes.
    Upload,
    /// The workspace called the app.
    Delivery,
}

/// Something an app should not do although Slack lets it pass, or a mistake Slack refused.
#[derive(Clone, Debug, Serialize)]
pub struct Violation {
    /// A short word a test can match: `missing_text`, `invalid_blocks`, `late_answer`, ...
    pub rule: &'static str,
    pub detail: String,
}

/// The journal with its two lists of complaints.
#[derive(Default)]
pub struct Journal {
    pub entries: Vec<Entry>,
    pub violations: Vec<Violation>,
    pub unexpected: Vec<String>,
    count: u64,
}

impl Journal {
    /// Adds an exchange; its number is set here.
    pub fn add(&mut self, entry: Entry) {
        self.count += 1;
        if self.entries.len() == MOST_ENTRIES {
            self.entries.drain(..MOST_ENTRIES / 2);
        }
        self.entries.push(Entry { number: self.count, ..entry });
    }

    pub fn violation(&mut self, rule: &'static str, detail: impl Into<String>) {
        self.violations.push(Violation { rule, detail: detail.into() });
    }
}
