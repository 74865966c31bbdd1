//! The log of one call: bounded, cleaned of control characters and secrets, with the facts only the host knows.

use crate::domain::{ConnectionId, IntegrationId, WorkspaceId};
use secrecy::{ExposeSecret, SecretString};
use std::collections::VecDeque;
use std::fmt::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The longest line, in bytes; the WIT package promises it.
const MAX_LINE: usize = 1 << 10;
/// Lines of one call; the WIT package promises it.
const MAX_LINES: u32 = 200;
/// Lines kept for the author when a call ends in a trap.
const TAIL: usize = 50;
/// Shorter texts are too likely to be ordinary words to be taken out as secrets.
const MIN_SECRET: usize = 8;

/// How loud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Level {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
}

/// What the host knows of a call and adds to each line.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The workspace and connection; none while describing.
    pub connection: Option<(WorkspaceId, ConnectionId)>,
    /// The integration.
    pub integration: IntegrationId,
    /// The first digits of the component's digest.
    pub digest: String,
    /// The id of the call.
    pub call: String,
    /// Which function.
    pub function: &'static str,
}

/// The log of one call. When it is dropped, one more line says how many were left out.
pub struct CallLog {
    facts: Facts,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    lines: u32,
    dropped: u32,
    tail: VecDeque<String>,
    secrets: Vec<SecretString>,
}

impl CallLog {
    /// An empty log.
    pub fn new(facts: Facts) -> Self {
        Self { facts, state: Mutex::default() }
    }

    /// What the host knows of the call.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Writes one line of the guest.
    pub fn guest(&self, level: Level, message: &str, fields: &[(String, String)]) {
        let mut state = self.state();
        if state.lines == MAX_LINES {
            state.dropped += 1;
            return;
        }
        state.lines += 1;
        let line = clean(message, fields, &state.secrets);
        if state.tail.len() == TAIL {
            state.tail.pop_front();
        }
        emit(&self.facts, level, &line);
        state.tail.push_back(line);
    }

    /// From now on this text is taken out of every line.
    pub fn hide(&self, secret: &SecretString) {
        let mut state = self.state();
        let known = state.secrets.iter().any(|known| known.expose_secret() == secret.expose_secret());
        if secret.expose_secret().len() >= MIN_SECRET && !known {
            state.secrets.push(secret.clone());
        }
    }

    /// The last lines, for the author of the integration.
    pub fn tail(&self) -> Vec<String> {
        self.state().tail.iter().cloned().collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for CallLog {
    fn drop(&mut self) {
        let dropped = self.state().dropped;
        if dropped > 0 {
            emit(&self.facts, Level::Warn, &format!("dropped {dropped} more line(s): a call may write {MAX_LINES}"));
        }
    }
}

fn clean(message: &str, fields: &[(String, String)], secrets: &[SecretString]) -> String {
    // Cut before the secrets are sought, with room for one that starts inside: the work is bounded, whatever a guest sends.
    let mut line = head(message, 2 * MAX_LINE).to_owned();
    for (name, value) in fields.iter().take(32) {
        let _ = write!(line, " {}={}", head(name, 64), head(value, MAX_LINE));
        if line.len() > 4 * MAX_LINE {
            break;
        }
    }
    for secret in secrets {
        line = line.replace(secret.expose_secret(), "[hidden]");
    }
    let line: String = head(&line, MAX_LINE).chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
    line.trim_end().to_owned()
}

/// The start of a text, at most `limit` bytes, cut between characters.
fn head(text: &str, limit: usize) -> &str {
    &text[..text.floor_char_boundary(limit)]
}

fn emit(facts: &Facts, level: Level, line: &str) {
    let (workspace, connection) = match &facts.connection {
        Some((workspace, connection)) => (workspace.as_str(), connection.as_str()),
        None => ("", ""),
    };
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(target: "weft::guest", workspace, connection, integration = %facts.integration,
                digest = facts.digest, call = facts.call, function = facts.function, "{line}")
        };
    }
    match level {
        Level::Trace => line!(trace),
        Level::Debug => line!(debug),
        Level::Info => line!(info),
        Level::Warn => line!(warn),
        Level::Error => line!(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> CallLog {
        CallLog::new(Facts {
            connection: None,
            integration: "notes".into(),
            digest: "0".into(),
            call: "1".into(),
            function: "fetch",
        })
    }

    #[test]
    fn lines_are_short_clean_and_without_secrets() {
        let log = log();
        log.hide(&SecretString::from("abcdefgh-token"));
        log.guest(Level::Info, "a\u{1b}[31m\nb abcdefgh-token", &[("k".into(), "x abcdefgh-token\r".into())]);
        log.guest(Level::Info, &"é".repeat(5_000), &[]);
        assert_eq!(log.tail()[0], "a [31m b [hidden] k=x [hidden]");
        assert_eq!(log.tail()[1].len(), MAX_LINE);
    }

    #[test]
    fn a_flood_ends_after_200_lines_and_50_are_kept() {
        let log = log();
        (0..1000).for_each(|number| log.guest(Level::Info, &number.to_string(), &[]));
        assert_eq!(log.tail().len(), TAIL);
        assert_eq!(log.tail().last().map(String::as_str), Some("199"));
        assert_eq!(log.state().dropped, 800);
    }
}
