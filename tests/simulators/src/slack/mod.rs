//! A Slack workspace to test and show Weft with: strict, stateful, on 127.0.0.1.
//!
//! It speaks the part of Slack that Weft uses: the Web API with Slack's error strings, signed deliveries of commands,
//! interactions and events, response URLs, modals, App Home, files, rate limits, Socket Mode. `Slack::user` acts as a
//! person; `journal`, `violations` and `unexpected` tell what the app said. `/` serves a page to use it by hand.

mod api;
mod blocks;
mod clock;
mod control;
mod deliver;
mod journal;
mod limits;
mod oauth;
mod options;
mod page;
mod person;
mod rate;
mod response_url;
mod server;
mod socket;
mod state;
#[cfg(test)]
mod tests;
mod upload;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, anyhow};
use serde_json::Value;
use tokio::sync::watch;

pub use clock::ClockMode;
pub use deliver::{Delivered, EventOutcome, Faults};
pub use journal::{Entry, EntryKind, Violation};
pub use options::{APP_ID, BOT_ID, BOT_USER, Channel, Group, SlackOptions, Switches, Team, User};
pub use person::{Gesture, Person, Place, Submitted};
pub use state::{Author, File, Message, RequestUrls, View};

use clock::Clock;
use state::State;

/// How long `wait_for` waits in real time before it says what did not happen.
const WAIT: Duration = Duration::from_secs(30);

/// A running workspace. Clones are handles to the same one.
#[derive(Clone)]
pub struct Slack {
    world: Arc<World>,
    task: Arc<Mutex<Option<tokio::task::JoinHandle<()>>>>,
}

/// What the server's handlers share.
pub(crate) struct World {
    state: Mutex<State>,
    version: watch::Sender<u64>,
    stopping: watch::Sender<bool>,
    pub(crate) clock: Clock,
    pub(crate) url: String,
    pub(crate) signing_secret: String,
    pub(crate) client: (String, String),
    pub(crate) http: reqwest::Client,
    pub(crate) sockets: socket::Sockets,
    pub(crate) faults: Mutex<Faults>,
}

impl World {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the state.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.lock())
    }

    /// Changes the state and wakes everything that watches it.
    pub(crate) fn write<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.lock());
        self.version.send_modify(|version| *version += 1);
        result
    }

    /// Changes the state without waking anybody: for what nobody can see.
    pub(crate) fn write_quietly<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.lock())
    }

    /// Runs in the background until done or until the workspace shuts down.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut stopping = self.stopping.subscribe();
        tokio::spawn(async move {
            tokio::select! {
                () = work => {}
                _ = stopping.wait_for(|stop| *stop) => {}
            }
        });
    }

    /// Ends when the workspace shuts down.
    pub(crate) async fn stopped(&self) {
        // An error means every sender is gone, which is a shutdown too.
        drop(self.stopping.subscribe().wait_for(|stop| *stop).await);
    }

    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    pub(crate) fn at_ms(&self) -> u64 {
        u64::try_from(self.clock.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

impl Slack {
    /// Starts the workspace on 127.0.0.1. The app is told where to find it with `connect`.
    pub async fn start(options: SlackOptions) -> anyhow::Result<Slack> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", options.port))
            .await
            .with_context(|| format!("the Slack simulator cannot listen on 127.0.0.1:{}", options.port))?;
        let url = format!("http://{}", listener.local_addr()?);
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
        let world = Arc::new(World {
            state: Mutex::new(State::new(&options)),
            version: watch::Sender::new(0),
            stopping: watch::Sender::new(false),
            clock: Clock::new(options.clock),
            url,
            signing_secret: options.signing_secret,
            client: options.client,
            http,
            sockets: socket::Sockets::default(),
            faults: Mutex::new(Faults::default()),
        });
        let router = server::router(Arc::clone(&world));
        let waiting = Arc::clone(&world);
        let task = tokio::spawn(async move {
            let stop = async move { waiting.stopped().await };
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stop).await {
                tracing::error!(%error, "The Slack simulator stopped serving");
            }
        });
        Ok(Slack { world, task: Arc::new(Mutex::new(Some(task))) })
    }

    /// Address of the page, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.world.url
    }

    /// Base of the Web API without a trailing slash, `http://127.0.0.1:PORT/api`.
    pub fn api_url(&self) -> String {
        format!("{}/api", self.world.url)
    }

    /// Tells the workspace where the app answers: `/slack/commands`, `/slack/interactions`, `/slack/events` below `base`.
    pub fn connect(&self, base: &str) {
        let base = base.trim_end_matches('/');
        self.set_request_urls(RequestUrls {
            commands: Some(format!("{base}/slack/commands")),
            interactions: Some(format!("{base}/slack/interactions")),
            events: Some(format!("{base}/slack/events")),
            options: None,
        });
    }

    /// Sets each of the app's addresses; with none, deliveries go over Socket Mode.
    pub fn set_request_urls(&self, urls: RequestUrls) {
        self.world.write(|state| state.urls = urls);
    }

    /// Acts as a person of the workspace.
    pub fn user(&self, id: &str) -> Person {
        Person::new(self.clone(), id)
    }

    /// Puts the workspace's clock forward.
    pub fn advance(&self, by: Duration) {
        self.world.clock.advance(by);
        self.world.version.send_modify(|version| *version += 1);
    }

    /// Changes the switches.
    pub fn switch(&self, change: impl FnOnce(&mut Switches)) {
        self.world.write(|state| change(&mut state.switches));
    }

    /// Makes deliveries go wrong on purpose.
    pub fn fault(&self, change: impl FnOnce(&mut Faults)) {
        change(&mut self.world.faults.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Makes the next `times` calls of a Web API method answer 429 with this Retry-After in seconds.
    pub fn refuse(&self, method: &str, times: u32, retry_after: u64) {
        self.world.write(|state| state.rates.inject(method, times, retry_after));
    }

    /// Adds a person.
    pub fn add_user(&self, user: User) {
        self.world.write(|state| state.users.push(user));
    }

    /// Changes a person, by user id.
    pub fn change_user(&self, id: &str, change: impl FnOnce(&mut User)) {
        self.world.write(|state| state.users.iter_mut().find(|user| user.id == id).map(change));
    }

    /// Adds a user group.
    pub fn add_group(&self, group: Group) {
        self.world.write(|state| state.groups.push(group));
    }

    /// Takes a scope from every bot token, as a reinstalled app without it would have.
    pub fn drop_scope(&self, scope: &str) {
        self.world.write(|state| state.tokens.values_mut().for_each(|token| token.scopes.retain(|one| one != scope)));
    }

    /// Adds a channel.
    pub fn add_channel(&self, channel: Channel) {
        self.world.write(|state| state.channels.push(channel));
    }

    /// A code that `oauth.v2.access` takes once.
    pub fn grant_code(&self, installer: &str) -> String {
        oauth::grant(&self.world, installer)
    }

    /// Every message of a channel, whoever sees it, oldest first.
    pub fn messages(&self, channel: &str) -> Vec<Message> {
        self.world.read(|state| state.messages.iter().filter(|message| message.channel == channel).cloned().collect())
    }

    /// An uploaded file's bytes, by file id.
    pub fn file_bytes(&self, file: &str) -> Option<Vec<u8>> {
        self.world.read(|state| state.files.get(file)?.bytes.clone())
    }

    /// Every exchange so far, oldest first.
    pub fn journal(&self) -> Vec<Entry> {
        self.world.read(|state| state.journal.entries.clone())
    }

    /// The journal as JSON lines.
    pub fn journal_lines(&self) -> String {
        let lines = self.journal().into_iter().filter_map(|entry| serde_json::to_string(&entry).ok());
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Calls of one Web API method so far: their arguments.
    pub fn calls(&self, method: &str) -> Vec<Value> {
        let mine = |entry: &Entry| entry.kind == EntryKind::Api && entry.what == method;
        self.journal().into_iter().filter(mine).map(|entry| entry.request).collect()
    }

    /// Calls of methods and paths the simulator does not know. Tests assert that there are none.
    pub fn unexpected(&self) -> Vec<String> {
        self.world.read(|state| state.journal.unexpected.clone())
    }

    /// What the app did that it should not do.
    pub fn violations(&self) -> Vec<Violation> {
        self.world.read(|state| state.journal.violations.clone())
    }

    /// Waits until `look` finds something. Woken by changes; fails after 30 s of real time.
    pub async fn wait_for<T>(&self, what: &str, mut look: impl FnMut(&Slack) -> Option<T>) -> anyhow::Result<T> {
        let mut version = self.world.watch();
        let waiting = async {
            loop {
                version.borrow_and_update();
                if let Some(found) = look(self) {
                    return Ok(found);
                }
                version.changed().await?;
            }
        };
        match tokio::time::timeout(WAIT, waiting).await {
            Ok(result) => result,
            Err(_) => {
                Err(anyhow!("waited {} s in vain for {what}; the journal:\n{}", WAIT.as_secs(), self.journal_lines()))
            }
        }
    }

    /// Sends an event to the app, retried as Slack does. Resolves after the first attempt.
    pub async fn event(&self, event: Value) -> EventOutcome {
        deliver::event(&self.world, event).await
    }

    /// Asks the app's event address whether it is really the app's.
    pub async fn verify_events_url(&self) -> anyhow::Result<()> {
        deliver::url_verification(&self.world).await
    }

    /// The certificate check Slack makes on a command's address.
    pub async fn ssl_check(&self) -> Delivered {
        deliver::ssl_check(&self.world).await
    }

    /// Removes the app from the workspace: tokens die, `app_uninstalled` and `tokens_revoked` are sent.
    pub async fn uninstall(&self) {
        deliver::uninstall(&self.world).await;
    }

    /// Tells the Socket Mode connections to go away, for `warning`, `refresh_requested` or `link_disabled`.
    pub fn disconnect_sockets(&self, reason: &str) {
        self.world.sockets.disconnect(reason);
    }

    /// Stops serving; open connections are ended.
    pub async fn shutdown(&self) {
        self.world.stopping.send_replace(true);
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            let abort = task.abort_handle();
            if tokio::time::timeout(Duration::from_secs(5), task).await.is_err() {
                abort.abort();
            }
        }
    }
}
