//! The handle by which a test looks at the org, changes it behind the connection's back, and queues trouble.

use super::faults::{Fault, Faults};
use super::journal::{Entry, Journal};
use super::oauth::{self, Tokens};
use super::options::{OktaOptions, Role};
use super::rate::Rates;
use super::seed;
use super::state::State;
use super::time;
use anyhow::Context;
use serde_json::Value as Json;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use url::form_urlencoded;

/// What can be turned while the org runs.
#[derive(Clone, Debug)]
pub struct Settings {
    pub granted_scopes: Vec<String>,
    pub role: Role,
    /// Cursors of another one are forgotten.
    pub cursor_epoch: u32,
}

/// A running org.
#[derive(Debug)]
pub struct Inner {
    pub options: OktaOptions,
    pub url: String,
    pub state: Mutex<State>,
    pub tokens: Mutex<Tokens>,
    pub settings: Mutex<Settings>,
    pub rates: Mutex<Rates>,
    pub faults: Faults,
    pub journal: Journal,
}

impl Inner {
    /// A fresh org.
    pub fn new(options: OktaOptions, url: String) -> Self {
        Self {
            url,
            state: Mutex::new(seed::state(&options, time::now())),
            tokens: Mutex::new(Tokens::new(options.seed)),
            settings: Mutex::new(Settings {
                granted_scopes: options.granted_scopes.clone(),
                role: Role::SuperAdmin,
                cursor_epoch: 0,
            }),
            rates: Mutex::new(Rates::new(options.rate_limit, options.rate_window)),
            faults: Faults::default(),
            journal: Journal::default(),
            options,
        }
    }
}

/// A panic of one request must not hide the state from the test that looks for its cause.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The handle.
#[derive(Clone, Debug)]
pub struct Org(pub(super) Arc<Inner>);

impl Org {
    /// Presses "Allow access" on the authorization page at `address` and answers where it leads: the callback with its code.
    pub fn allow(&self, address: &str) -> anyhow::Result<String> {
        self.press(address, "allow")
    }

    /// Presses "Don't allow".
    pub fn deny(&self, address: &str) -> anyhow::Result<String> {
        self.press(address, "deny")
    }

    fn press(&self, address: &str, decision: &str) -> anyhow::Result<String> {
        let address = url::Url::parse(address)?;
        let query = address.query().unwrap_or_default().as_bytes();
        let mut form: Vec<(String, String)> = form_urlencoded::parse(query).into_owned().collect();
        form.push(("decision".into(), decision.into()));
        let answer = oauth::decide(&self.0, &form);
        let location = answer.headers.into_iter().find(|(name, _)| *name == "location").map(|(_, to)| to);
        location.context(answer.body)
    }

    /// An access token with these scopes, as if the app had been allowed them.
    pub fn session(&self, scopes: &[&str]) -> String {
        let mut tokens = lock(&self.0.tokens);
        let grant = tokens.add_grant(&scopes.join(" "));
        tokens.add_session(grant)
    }

    /// The user with this login, as Okta shows them.
    pub fn user(&self, login: &str) -> Option<Json> {
        let state = lock(&self.0.state);
        state.users.values().find(|user| user.text("login") == login).map(|user| user.json(&self.0.url))
    }

    /// Every user, as Okta shows them.
    pub fn users(&self) -> Vec<Json> {
        lock(&self.0.state).users.values().map(|user| user.json(&self.0.url)).collect()
    }

    /// Every group, as Okta shows it.
    pub fn groups(&self) -> Vec<Json> {
        lock(&self.0.state).groups.values().map(|group| group.json(&self.0.url)).collect()
    }

    /// The id of the group with this name.
    pub fn group(&self, name: &str) -> Option<String> {
        lock(&self.0.state).groups.values().find(|group| group.name == name).map(|group| group.id.clone())
    }

    /// Whether a user is in a group, both by id.
    pub fn is_member(&self, group: &str, user: &str) -> bool {
        lock(&self.0.state).groups.get(group).is_some_and(|group| group.members.contains(user))
    }

    /// The names of the applications that a user has.
    pub fn apps_of(&self, user: &str) -> Vec<String> {
        let state = lock(&self.0.state);
        state.apps.values().filter(|app| app.assigned.contains_key(user)).map(|app| app.label.clone()).collect()
    }

    /// How many there are: members of groups, assignments of applications, sign-ins.
    pub fn counts(&self) -> (usize, usize, usize) {
        let state = lock(&self.0.state);
        let members = state.groups.values().map(|group| group.members.len()).sum();
        let assigned = state.apps.values().map(|app| app.assigned.len()).sum();
        (members, assigned, state.events.len())
    }

    /// Open sessions of a user.
    pub fn sessions_of(&self, user: &str) -> u32 {
        lock(&self.0.state).users.get(user).map_or(0, |user| user.sessions)
    }

    /// Gives a user another status, as somebody else in the Admin Console would.
    pub fn turn(&self, user: &str, status: &'static str) {
        lock(&self.0.state).turn(user, status, time::now());
    }

    /// Deletes a group, as somebody else would.
    pub fn delete_group(&self, group: &str) {
        lock(&self.0.state).groups.remove(group);
    }

    /// A user signs in.
    pub fn sign_in(&self, user: &str) {
        let mut state = lock(&self.0.state);
        let (now, number) = (time::now(), 1_000_000_000 + state.events.len() as u64);
        let Some(found) = state.users.get_mut(user) else { return };
        found.last_login = Some(now);
        found.sessions += 1;
        let event = seed::event(found, self.0.options.seed, number, now, None);
        state.log(event);
    }

    /// Whether deactivation and activation go on behind the answer; turned off, all that are under way come to their end.
    pub fn slow_transitions(&self, slow: bool) {
        let mut state = lock(&self.0.state);
        state.slow_transitions = slow;
        let under_way = state.users.values().filter_map(|user| Some((user.id.clone(), user.becoming?)));
        let under_way: Vec<_> = under_way.filter(|_| !slow).collect();
        under_way.into_iter().for_each(|(user, status)| state.turn(&user, status, time::now()));
    }

    /// Turns what can be turned while the org runs.
    pub fn settings<T>(&self, turn: impl FnOnce(&mut Settings) -> T) -> T {
        turn(&mut lock(&self.0.settings))
    }

    /// Listings that are under way are forgotten.
    pub fn forget_cursors(&self) {
        self.settings(|settings| settings.cursor_epoch += 1);
    }

    /// Requests of one kind within a window.
    pub fn limit_rate(&self, limit: u32) {
        lock(&self.0.rates).limit = limit;
    }

    /// Ends every session: the next call of each gets 401, a refresh works.
    pub fn expire_sessions(&self) {
        lock(&self.0.tokens).end_sessions();
    }

    /// Ends every grant: refreshing gets `invalid_grant`.
    pub fn revoke_grants(&self) {
        lock(&self.0.tokens).end_grants();
    }

    /// How many grants of the app still stand.
    pub fn grants(&self) -> usize {
        lock(&self.0.tokens).grants()
    }

    /// Queues trouble for the next call that matches: `GET /api/v1/users`, `* /api/v1/**`.
    pub fn fault(&self, pattern: &str, fault: Fault) {
        self.0.faults.add(pattern, fault, 1);
    }

    /// Queues trouble for the next `times` calls that match.
    pub fn fault_times(&self, pattern: &str, times: u32, fault: Fault) {
        self.0.faults.add(pattern, fault, times);
    }

    /// How many queued faults nobody has met.
    pub fn faults_left(&self) -> u32 {
        self.0.faults.left()
    }

    /// Forgets queued faults.
    pub fn clear_faults(&self) {
        self.0.faults.clear();
    }

    /// Every call so far, oldest first.
    pub fn journal(&self) -> Vec<Entry> {
        self.0.journal.entries()
    }

    /// How many calls matched a pattern.
    pub fn calls(&self, pattern: &str) -> usize {
        self.0.journal.count(pattern)
    }

    /// Calls that no client should make: a test should end with none.
    pub fn unexpected(&self) -> Vec<Entry> {
        self.journal().into_iter().filter(|entry| entry.unexpected).collect()
    }
}
