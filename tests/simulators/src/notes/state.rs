//! What the notes tool remembers: its notes, the faults still to come, and every request.

use axum::http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};

/// A note. The comment is not shown in listings of the API; tests read it from the server's handle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub id: String,
    pub title: String,
    pub done: bool,
    /// RFC 3339.
    pub updated: String,
    #[serde(skip)]
    pub comment: Option<String>,
}

/// A way to go wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is done; this status, with `retry-after` in seconds.
    Status(StatusCode, Option<u32>),
    /// It is done, and the connection ends without an answer.
    LoseAnswer,
    /// It is done, and a page of HTML is answered with status 200.
    Html,
    /// It is done, and half of the answer's JSON is sent.
    Truncated,
}

/// A request as it was answered. Holds no token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    pub method: String,
    pub path: String,
    pub query: String,
    pub status: u16,
    /// Whether a note was changed.
    pub effect: bool,
    pub idempotency_key: Option<String>,
}

pub(super) struct State {
    pub token: String,
    pub notes: BTreeMap<String, Note>,
    pub faults: Vec<(Method, String, Fault)>,
    pub journal: Vec<Entry>,
    pub keys_seen: HashSet<String>,
    /// How many changes there were: the tool's clock.
    pub effects: u64,
}

impl State {
    pub fn new(token: String, notes: usize) -> Self {
        let notes = (1..=notes).map(|number| {
            let id = format!("n{number:05}");
            let note = Note {
                id: id.clone(),
                title: format!("Note {number}"),
                done: number % 5 == 0,
                updated: moment(0),
                comment: None,
            };
            (id, note)
        });
        Self {
            token,
            notes: notes.collect(),
            faults: Vec::new(),
            journal: Vec::new(),
            keys_seen: HashSet::new(),
            effects: 0,
        }
    }

    /// Changes a note and its time; nothing where there is no such note.
    pub fn change(&mut self, id: &str, change: impl FnOnce(&mut Note)) {
        if let Some(note) = self.notes.get_mut(id) {
            self.effects += 1;
            change(note);
            note.updated = moment(self.effects);
        }
    }

    /// The first fault told for such a request; it is used up.
    pub fn take_fault(&mut self, method: &Method, path: &str) -> Option<Fault> {
        let place = self.faults.iter().position(|(at, prefix, _)| at == method && path.starts_with(prefix.as_str()))?;
        Some(self.faults.remove(place).2)
    }
}

/// The tool's own time, so that runs are alike: a second for each change.
fn moment(effects: u64) -> String {
    format!("2026-11-24T{:02}:{:02}:{:02}Z", effects / 3600 % 24, effects / 60 % 60, effects % 60)
}
