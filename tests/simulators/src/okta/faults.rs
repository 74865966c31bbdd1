//! Trouble on request: what a test queues for calls that match a pattern.

use std::sync::{Mutex, PoisonError};

/// What goes wrong with one call.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Refused with this status, code and summary; nothing is done.
    Refuse { status: u16, code: &'static str, summary: &'static str },
    /// This status without any body, as gateways answer; nothing is done.
    Status(u16),
    /// The connection ends before anything is done.
    Reset,
    /// The work is done, and the connection ends before the answer.
    LostResponse,
}

/// `METHOD path`, where the method may be `*`, and in the path `*` stands for one segment and a final `**` for any rest.
#[derive(Clone, Debug)]
pub struct Pattern(String);

impl Pattern {
    /// Reads a pattern.
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Whether a call is meant.
    pub fn matches(&self, method: &str, path: &str) -> bool {
        let (wanted, glob) = self.0.split_once(' ').unwrap_or(("*", &self.0));
        if wanted != "*" && wanted != method {
            return false;
        }
        let mut segments = path.split('/');
        for part in glob.split('/') {
            match (part, segments.next()) {
                ("**", _) => return true,
                ("*", Some(_)) => {}
                (part, Some(segment)) if part == segment => {}
                _ => return false,
            }
        }
        segments.next().is_none()
    }
}

/// The queue of trouble.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<(Pattern, Fault, u32)>>);

impl Faults {
    /// Queues a fault for the next `times` calls that match.
    pub fn add(&self, pattern: &str, fault: Fault, times: u32) {
        self.queue().push((Pattern::new(pattern), fault, times));
    }

    /// The fault for a call, taken from the queue.
    pub fn take(&self, method: &str, path: &str) -> Option<Fault> {
        let mut queue = self.queue();
        let (_, fault, times) =
            queue.iter_mut().find(|(pattern, _, times)| *times > 0 && pattern.matches(method, path))?;
        *times -= 1;
        Some(fault.clone())
    }

    /// How many faults nobody has met yet.
    pub fn left(&self) -> u32 {
        self.queue().iter().map(|(_, _, times)| times).sum()
    }

    /// Forgets what is queued.
    pub fn clear(&self) {
        self.queue().clear();
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, Vec<(Pattern, Fault, u32)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_method_and_segments() {
        let matches = |pattern: &str, method: &str, path: &str| Pattern::new(pattern).matches(method, path);
        assert!(matches("GET /api/v1/groups/*/users", "GET", "/api/v1/groups/00g1/users"));
        assert!(!matches("GET /api/v1/groups/*/users", "GET", "/api/v1/groups/00g1"));
        assert!(!matches("POST /api/v1/users", "GET", "/api/v1/users"));
        assert!(matches("* /api/v1/**", "DELETE", "/api/v1/users/00u1/sessions"));
    }
}
