//! Codes, grants, refresh tokens and sessions.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;

/// Approvals one user can have of one app; the next revokes the oldest.
const MOST_GRANTS: usize = 5;
/// How long a code may lie.
const CODE_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// What a person allowed on the authorization page.
#[derive(Clone, Debug)]
pub struct Code {
    pub user: u32,
    pub redirect_uri: String,
    pub scope: String,
    /// The S256 challenge, if one was sent.
    pub challenge: Option<String>,
    pub issued: Instant,
}

impl Code {
    /// Whether it lay too long.
    pub fn is_stale(&self) -> bool {
        self.issued.elapsed() > CODE_LIFETIME
    }
}

/// An approval that can be refreshed.
#[derive(Clone, Debug)]
pub struct Grant {
    pub user: u32,
    pub scope: String,
    alive: bool,
}

#[derive(Debug)]
struct Session {
    user: u32,
    grant: Option<usize>,
    requests: u64,
    started: Instant,
}

/// What a refresh token stands for.
#[derive(Debug, PartialEq, Eq)]
pub enum Refresh {
    Current(usize),
    /// It was rotated away: somebody replays it.
    Replayed(usize),
    Unknown,
}

/// All that was ever issued.
#[derive(Debug, Default)]
pub struct Auth {
    seed: u64,
    issued: u64,
    codes: HashMap<String, Code>,
    grants: Vec<Grant>,
    /// Refresh tokens, whether they are the current one of their grant.
    refresh: HashMap<String, (usize, bool)>,
    sessions: HashMap<String, Session>,
}

impl Auth {
    /// Nothing issued yet.
    pub fn new(seed: u64) -> Auth {
        Auth { seed, ..Auth::default() }
    }

    /// Keeps an approval until its code is redeemed.
    pub fn add_code(&mut self, code: Code) -> String {
        let text = format!("aPrx{}", self.secret(40));
        self.codes.insert(text.clone(), code);
        text
    }

    /// A code works once.
    pub fn take_code(&mut self, code: &str) -> Option<Code> {
        self.codes.remove(code)
    }

    /// Starts a grant; the sixth of a user ends the oldest.
    pub fn add_grant(&mut self, user: u32, scope: &str) -> usize {
        let alive: Vec<usize> = (0..self.grants.len())
            .filter(|grant| self.grants[*grant].alive && self.grants[*grant].user == user)
            .collect();
        if alive.len() >= MOST_GRANTS {
            self.end_grant(alive[0]);
        }
        self.grants.push(Grant { user, scope: scope.to_owned(), alive: true });
        self.grants.len() - 1
    }

    /// A grant that still stands.
    pub fn grant(&self, grant: usize) -> Option<&Grant> {
        self.grants.get(grant).filter(|grant| grant.alive)
    }

    /// How many grants still stand.
    pub fn grants(&self) -> usize {
        self.grants.iter().filter(|grant| grant.alive).count()
    }

    /// Ends a grant with its refresh token and all its sessions.
    pub fn end_grant(&mut self, grant: usize) {
        if let Some(found) = self.grants.get_mut(grant) {
            found.alive = false;
        }
        self.refresh.retain(|_, (owner, _)| *owner != grant);
        self.sessions.retain(|_, session| session.grant != Some(grant));
    }

    /// Makes a new refresh token the current one of its grant; the ones before are kept only to notice a replay.
    pub fn add_refresh(&mut self, grant: usize) -> String {
        self.refresh.values_mut().filter(|(owner, _)| *owner == grant).for_each(|(_, current)| *current = false);
        let text = format!("5Aep861{}", self.secret(60));
        self.refresh.insert(text.clone(), (grant, true));
        text
    }

    /// What a refresh token stands for.
    pub fn refresh(&self, token: &str) -> Refresh {
        match self.refresh.get(token) {
            Some((grant, true)) => Refresh::Current(*grant),
            Some((grant, false)) => Refresh::Replayed(*grant),
            None => Refresh::Unknown,
        }
    }

    /// Starts a session and answers its access token.
    pub fn add_session(&mut self, organization: &str, user: u32, grant: Option<usize>) -> String {
        let token = format!("{}!AQ{}", &organization[..15], self.secret(80));
        self.sessions.insert(token.clone(), Session { user, grant, requests: 0, started: Instant::now() });
        token
    }

    /// The user of a session that is still good, counting the call against it.
    pub fn use_session(&mut self, token: &str, requests: Option<u64>, lifetime: Option<Duration>) -> Option<u32> {
        let session = self.sessions.get_mut(token)?;
        session.requests += 1;
        let over = requests.is_some_and(|most| session.requests > most)
            || lifetime.is_some_and(|longest| session.started.elapsed() >= longest);
        let user = session.user;
        if over {
            self.sessions.remove(token);
        }
        (!over).then_some(user)
    }

    /// Whether the session lives, without counting.
    pub fn is_session(&self, token: &str) -> bool {
        self.sessions.contains_key(token)
    }

    /// Whose session it is, without counting.
    pub fn user_of(&self, token: &str) -> Option<u32> {
        self.sessions.get(token).map(|session| session.user)
    }

    /// Ends one session; answers whether there was one.
    pub fn end_session(&mut self, token: &str) -> bool {
        self.sessions.remove(token).is_some()
    }

    /// Ends every session; grants stay.
    pub fn end_sessions(&mut self) {
        self.sessions.clear();
    }

    /// Ends everything, as an admin who revokes the app does.
    pub fn end_grants(&mut self) {
        (0..self.grants.len()).for_each(|grant| self.end_grant(grant));
        self.sessions.clear();
    }

    fn secret(&mut self, length: usize) -> String {
        self.issued += 1;
        let mut text = String::new();
        for part in 0_u8.. {
            if text.len() >= length {
                break;
            }
            let mut hash = Sha256::new();
            hash.update(self.seed.to_le_bytes());
            hash.update(self.issued.to_le_bytes());
            hash.update([part]);
            text.push_str(&URL_SAFE_NO_PAD.encode(hash.finalize()).replace('-', "."));
        }
        text.truncate(length);
        text
    }
}
