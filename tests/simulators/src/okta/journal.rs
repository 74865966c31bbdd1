//! Every call the org got, without tokens.

use super::faults::Pattern;
use std::sync::{Mutex, PoisonError};

/// Older calls than these are forgotten.
const KEPT: usize = 50_000;

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub method: String,
    pub path: String,
    pub query: String,
    /// 0 when the connection ended instead.
    pub status: u16,
    /// The path, the method or a parameter does not exist: no client should have asked.
    pub unexpected: bool,
}

/// The calls so far.
#[derive(Debug, Default)]
pub struct Journal(Mutex<Vec<Entry>>);

impl Journal {
    /// Adds a call.
    pub fn add(&self, entry: Entry) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.remove(0);
        }
        kept.push(entry);
    }

    /// The calls, oldest first.
    pub fn entries(&self) -> Vec<Entry> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many calls match.
    pub fn count(&self, pattern: &str) -> usize {
        let pattern = Pattern::new(pattern);
        self.entries().iter().filter(|entry| pattern.matches(&entry.method, &entry.path)).count()
    }
}
