//! Every call the org got, without tokens.

use super::faults::Pattern;
use super::sync::lock;
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::Mutex;

/// Older calls than these are forgotten: a bench of many pages must not fill the memory.
const KEPT: usize = 100_000;

/// One call.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// 1 for the first call of the org.
    pub number: u64,
    /// Milliseconds since 1970, on the org's clock.
    pub at: i64,
    pub method: String,
    pub path: String,
    /// The SOQL of a query, or of a Bulk job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub soql: Option<String>,
    /// 0 when the connection was cut instead.
    pub status: u16,
    /// The name of the user whose session it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The fault the test had asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// Bytes of the answer before compression; 0 where it was written while it was sent.
    pub bytes: usize,
    /// The path or the method does not exist: no client should have asked.
    pub unexpected: bool,
}

/// The calls so far.
#[derive(Debug, Default)]
pub struct Journal(Mutex<(u64, VecDeque<Entry>)>);

impl Journal {
    /// Adds a call and numbers it.
    pub fn add(&self, mut entry: Entry) {
        let mut kept = lock(&self.0);
        kept.0 += 1;
        entry.number = kept.0;
        kept.1.push_back(entry);
        if kept.1.len() > KEPT {
            kept.1.pop_front();
        }
    }

    /// The calls that are kept, oldest first.
    pub fn entries(&self) -> Vec<Entry> {
        lock(&self.0).1.iter().cloned().collect()
    }

    /// How many kept calls match.
    pub fn count(&self, pattern: &str) -> usize {
        let pattern = Pattern::new(pattern);
        lock(&self.0).1.iter().filter(|entry| pattern.matches(&entry.method, &entry.path)).count()
    }

    /// The kept calls as JSON lines.
    pub fn lines(&self) -> String {
        let mut text = String::new();
        for entry in lock(&self.0).1.iter() {
            text.push_str(&serde_json::to_string(entry).unwrap_or_default());
            text.push('\n');
        }
        text
    }
}
