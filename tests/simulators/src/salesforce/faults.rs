//! Trouble on request: what a test queues for calls that match a pattern.

use super::sync::lock;
use std::sync::{Arc, Mutex};
use tokio::sync::watch;

/// What goes wrong with one call.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Answered with this status at once, and `Retry-After` in seconds; nothing is done.
    Status { status: u16, retry_after: Option<u32> },
    /// Refused with this status, code and text; nothing is done.
    Refuse { status: u16, code: &'static str, message: &'static str },
    /// Refused (400) as the token endpoint refuses: `error` and `error_description`.
    RefuseToken { error: &'static str, description: &'static str },
    /// 503 with a page for people in HTML.
    Maintenance,
    /// 200 with a page in HTML where JSON was asked for.
    HtmlInsteadOfJson,
    /// The session of the call is over: it, and all later ones with its token, get 401.
    ExpiredSession,
    /// The work is done, the JSON of the answer stops in the middle.
    Truncated,
    /// The connection is reset before anything is done.
    Reset,
    /// The work is done, the connection is reset before the answer.
    LostResponse,
    /// The answer waits until the test opens the gate.
    Hold(Gate),
}

impl Fault {
    /// 401 of a session that may do other things: a new one would be no better.
    pub const NOT_FOR_REST: Fault = Fault::Refuse {
        status: 401,
        code: "INVALID_SESSION_ID",
        message: "This session is not valid for use with the REST API",
    };
    /// 401 of an app that has lost its place: a new session would be no better.
    pub const APP_NOT_ATTACHED: Fault =
        Fault::Refuse { status: 401, code: "INVALID_SESSION_ID", message: "Connected app is not attached to Agent" };
    /// 401 that is seen in long fetches: a new session helps.
    pub const BROKEN_JWT: Fault =
        Fault::Refuse { status: 401, code: "INVALID_AUTH_HEADER", message: "INVALID_JWT_FORMAT" };
}

/// A door a call waits at until the test opens it.
#[derive(Clone, Debug)]
pub struct Gate {
    open: Arc<watch::Sender<bool>>,
    arrived: Arc<watch::Sender<u32>>,
}

impl Gate {
    /// A closed gate.
    pub fn new() -> Gate {
        Gate { open: Arc::new(watch::Sender::new(false)), arrived: Arc::new(watch::Sender::new(0)) }
    }

    /// Lets through who waits, and all who come later.
    pub fn open(&self) {
        self.open.send_replace(true);
    }

    /// Returns once this many calls have come to the gate.
    pub async fn arrived(&self, calls: u32) {
        // The sender lives in `self`: waiting cannot fail.
        let _ = self.arrived.subscribe().wait_for(|count| *count >= calls).await;
    }

    /// Waits at the gate.
    pub(super) async fn wait(&self) {
        let mut open = self.open.subscribe();
        self.arrived.send_modify(|count| *count += 1);
        let _ = open.wait_for(|open| *open).await;
    }
}

impl Default for Gate {
    fn default() -> Gate {
        Gate::new()
    }
}

/// `METHOD path`, where the method may be `*`, and in the path `*` stands for one segment and a final `**` for any rest.
#[derive(Clone, Debug)]
pub struct Pattern(String);

impl Pattern {
    /// Reads a pattern.
    pub fn new(text: &str) -> Pattern {
        Pattern(text.to_owned())
    }

    /// Whether a call is meant.
    pub fn matches(&self, method: &str, path: &str) -> bool {
        let (wanted, glob) = self.0.split_once(' ').unwrap_or(("*", &self.0));
        if wanted != "*" && !wanted.eq_ignore_ascii_case(method) {
            return false;
        }
        let mut segments = path.trim_end_matches('/').split('/');
        for part in glob.trim_end_matches('/').split('/') {
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
pub struct Faults(Mutex<Queue>);

#[derive(Debug, Default)]
struct Queue {
    waiting: Vec<(Pattern, Fault, u32)>,
    gates: Vec<Gate>,
}

impl Faults {
    /// Queues a fault for the next `times` calls that match.
    pub fn add(&self, pattern: &str, fault: Fault, times: u32) {
        let mut queue = lock(&self.0);
        if let Fault::Hold(gate) = &fault {
            queue.gates.push(gate.clone());
        }
        queue.waiting.push((Pattern::new(pattern), fault, times));
    }

    /// The fault for a call, taken from the queue.
    pub fn take(&self, method: &str, path: &str) -> Option<Fault> {
        let mut queue = lock(&self.0);
        let place = queue.waiting.iter().position(|(pattern, _, times)| *times > 0 && pattern.matches(method, path))?;
        queue.waiting[place].2 -= 1;
        if queue.waiting[place].2 > 0 {
            Some(queue.waiting[place].1.clone())
        } else {
            Some(queue.waiting.remove(place).1)
        }
    }

    /// How many faults nobody has met yet.
    pub fn left(&self) -> u32 {
        lock(&self.0).waiting.iter().map(|(_, _, times)| times).sum()
    }

    /// Forgets what is queued, and opens every gate.
    pub fn clear(&self) {
        let mut queue = lock(&self.0);
        queue.waiting.clear();
        queue.gates.drain(..).for_each(|gate| gate.open());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_method_and_segments() {
        let matches = |pattern: &str, method: &str, path: &str| Pattern::new(pattern).matches(method, path);
        assert!(matches("GET /services/data/*/query", "GET", "/services/data/v67.0/query"));
        assert!(matches("GET /services/data/*/query", "GET", "/services/data/v67.0/query/"));
        assert!(!matches("GET /services/data/*/query", "GET", "/services/data/v67.0/query/0r8"));
        assert!(!matches("GET /services/data/*/query", "POST", "/services/data/v67.0/query"));
        assert!(matches("* /services/data/**", "PATCH", "/services/data/v67.0/sobjects/User/005"));
        assert!(matches("/services/data/**", "PATCH", "/services/data/v67.0"));
        assert!(!matches("* /services/data/*", "GET", "/services/data"));
    }
}
