//! Codes, grants, refresh tokens and sessions.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// What a person allowed.
#[derive(Clone, Debug)]
pub struct Code {
    pub redirect_uri: String,
    pub scope: String,
    /// The S256 challenge, if one was sent.
    pub challenge: Option<String>,
}

/// What a bearer token stands for.
#[derive(Clone, Debug)]
pub struct Session {
    grant: usize,
    pub scope: String,
}

/// What a refresh token stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresh {
    Current(usize),
    /// It was rotated away: somebody uses it once more.
    Replayed(usize),
    Unknown,
}

/// All that was ever issued.
#[derive(Debug)]
pub struct Tokens {
    seed: u64,
    issued: u64,
    codes: HashMap<String, Code>,
    /// The scope of each.
    grants: Vec<String>,
    /// Whether it is the current one of its grant.
    refresh: HashMap<String, (usize, bool)>,
    sessions: HashMap<String, Session>,
}

impl Tokens {
    /// Nothing issued yet.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            issued: 0,
            codes: HashMap::new(),
            grants: Vec::new(),
            refresh: HashMap::new(),
            sessions: HashMap::new(),
        }
    }

    /// Keeps an approval until its code is redeemed.
    pub fn add_code(&mut self, code: Code) -> String {
        let text = self.secret();
        self.codes.insert(text.clone(), code);
        text
    }

    /// A code works once.
    pub fn take_code(&mut self, code: &str) -> Option<Code> {
        self.codes.remove(code)
    }

    /// Starts a grant.
    pub fn add_grant(&mut self, scope: &str) -> usize {
        self.grants.push(scope.to_owned());
        self.grants.len() - 1
    }

    /// What was granted.
    pub fn scope(&self, grant: usize) -> String {
        self.grants.get(grant).cloned().unwrap_or_default()
    }

    /// Ends a grant with its refresh token and all its sessions.
    pub fn end_grant(&mut self, grant: usize) {
        self.refresh.retain(|_, (owner, _)| *owner != grant);
        self.sessions.retain(|_, session| session.grant != grant);
    }

    /// Makes a new refresh token the current one of its grant; those before are kept to notice who uses them again.
    pub fn add_refresh(&mut self, grant: usize) -> String {
        self.refresh.values_mut().filter(|(owner, _)| *owner == grant).for_each(|(_, current)| *current = false);
        let text = self.secret();
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
    pub fn add_session(&mut self, grant: usize) -> String {
        let token = format!("eyJ{}", self.secret());
        let scope = self.scope(grant);
        self.sessions.insert(token.clone(), Session { grant, scope });
        token
    }

    /// The session of a bearer token.
    pub fn session(&self, token: &str) -> Option<&Session> {
        self.sessions.get(token)
    }

    /// Ends one session.
    pub fn end_session(&mut self, token: &str) {
        self.sessions.remove(token);
    }

    /// Ends every session; grants stay.
    pub fn end_sessions(&mut self) {
        self.sessions.clear();
    }

    /// How many grants still stand.
    pub fn grants(&self) -> usize {
        self.refresh.values().filter(|(_, current)| *current).count()
    }

    /// Ends everything, as an admin who revokes the app's tokens does.
    pub fn end_grants(&mut self) {
        self.refresh.clear();
        self.sessions.clear();
    }

    fn secret(&mut self) -> String {
        self.issued += 1;
        let mut hash = Sha256::new();
        hash.update(self.seed.to_le_bytes());
        hash.update(self.issued.to_le_bytes());
        URL_SAFE_NO_PAD.encode(hash.finalize())
    }
}
