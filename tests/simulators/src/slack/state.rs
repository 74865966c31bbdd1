//! Everything a workspace remembers, behind one lock.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::journal::Journal;
use super::options::{BOT_USER, Channel, Group, SlackOptions, Switches, Team, User};
use super::rate::Rates;

/// Values of interactive elements: block id, then action id.
pub type Values = BTreeMap<String, BTreeMap<String, Value>>;

/// Who wrote a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Author {
    User(String),
    App,
    Slackbot,
}

/// A message in a channel.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    pub channel: String,
    pub ts: String,
    pub author: Author,
    pub text: String,
    pub blocks: Vec<Value>,
    pub attachments: Vec<Value>,
    pub metadata: Option<Value>,
    pub files: Vec<String>,
    pub thread_ts: Option<String>,
    /// Set for an ephemeral message: the only person who sees it.
    pub visible_to: Option<String>,
    pub edited: bool,
    /// What each person has chosen in the message's elements.
    #[serde(skip)]
    pub inputs: BTreeMap<String, Values>,
}

/// A modal or Home view.
#[derive(Clone, Debug, Serialize)]
pub struct View {
    pub id: String,
    pub user: String,
    /// The view as the app sent it, with block and action ids filled in.
    pub view: Value,
    pub hash: String,
    pub root: String,
    pub previous: Option<String>,
    pub values: Values,
    /// Text below fields, by block id, after a refused submission.
    pub errors: BTreeMap<String, String>,
    /// What Slack shows on top of the modal when the app did not answer as it must.
    pub problem: Option<String>,
}

/// A trigger id and what became of it.
#[derive(Clone, Debug)]
pub struct Trigger {
    pub user: String,
    pub born: Duration,
    pub used: bool,
}

/// What a response_url belongs to.
#[derive(Clone, Debug)]
pub struct ResponseUrl {
    pub user: String,
    pub channel: String,
    pub born: Duration,
    pub uses: u32,
    /// The message whose element was used; none for a slash command.
    pub source: Option<String>,
}

/// An uploaded file.
#[derive(Clone, Debug, Serialize)]
pub struct File {
    pub id: String,
    pub name: String,
    pub title: String,
    pub length: usize,
    #[serde(skip)]
    pub ticket: String,
    #[serde(skip)]
    pub bytes: Option<Vec<u8>>,
    pub complete: bool,
    /// The person who uploaded it; none for the app.
    pub owner: Option<String>,
    /// Channel and message ts of each share.
    pub shares: Vec<(String, String)>,
}

/// A token and what it may do.
#[derive(Clone, Debug)]
pub struct Token {
    pub scopes: Vec<String>,
    pub is_app: bool,
    pub revoked: bool,
}

/// The addresses of the app.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RequestUrls {
    pub commands: Option<String>,
    pub interactions: Option<String>,
    pub events: Option<String>,
    /// External selects; falls back to `interactions`.
    pub options: Option<String>,
}

/// The whole workspace.
pub struct State {
    pub team: Team,
    pub app_name: String,
    pub commands: Vec<String>,
    pub urls: RequestUrls,
    pub switches: Switches,
    pub users: Vec<User>,
    pub channels: Vec<Channel>,
    pub groups: Vec<Group>,
    pub messages: Vec<Message>,
    pub views: BTreeMap<String, View>,
    /// Open modals of each person, the lowest first.
    pub stacks: BTreeMap<String, Vec<String>>,
    pub homes: BTreeMap<String, String>,
    pub triggers: HashMap<String, Trigger>,
    pub response_urls: HashMap<String, ResponseUrl>,
    pub files: BTreeMap<String, File>,
    pub tokens: HashMap<String, Token>,
    pub codes: HashMap<String, Value>,
    /// Options the app offered in an external select: person, place, block and action.
    pub offered: HashMap<(String, String, String, String), Vec<Value>>,
    pub rates: Rates,
    pub journal: Journal,
    pub uninstalled: bool,
    last_ts: u64,
    counter: u64,
}

impl State {
    pub fn new(options: &SlackOptions) -> State {
        let mut users = options.users.clone();
        let bot = User::new(BOT_USER, &options.app_name.to_lowercase(), &options.app_name);
        users.push(User { is_bot: true, email: String::new(), ..bot });
        let mut tokens = HashMap::new();
        let bot_token = Token { scopes: options.scopes.clone(), is_app: false, revoked: false };
        tokens.insert(options.bot_token.clone(), bot_token);
        if let Some(token) = &options.app_token {
            let scopes = vec!["connections:write".to_owned()];
            tokens.insert(token.clone(), Token { scopes, is_app: true, revoked: false });
        }
        State {
            team: options.team.clone(),
            app_name: options.app_name.clone(),
            commands: options.commands.clone(),
            urls: RequestUrls::default(),
            switches: options.switches,
            users,
            channels: options.channels.clone(),
            groups: options.groups.clone(),
            messages: Vec::new(),
            views: BTreeMap::new(),
            stacks: BTreeMap::new(),
            homes: BTreeMap::new(),
            triggers: HashMap::new(),
            response_urls: HashMap::new(),
            files: BTreeMap::new(),
            tokens,
            codes: HashMap::new(),
            offered: HashMap::new(),
            rates: Rates::default(),
            journal: Journal::default(),
            uninstalled: false,
            last_ts: 0,
            counter: 0,
        }
    }

    /// A number nobody had before.
    pub fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// A message timestamp, unique and rising, from microseconds since the epoch.
    pub fn next_ts(&mut self, micros: u64) -> String {
        self.last_ts = micros.max(self.last_ts + 1);
        format!("{}.{:06}", self.last_ts / 1_000_000, self.last_ts % 1_000_000)
    }

    pub fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    /// A channel by id or by `#name` / `name`.
    pub fn channel(&self, id: &str) -> Option<&Channel> {
        let name = id.trim_start_matches('#');
        self.channels.iter().find(|channel| channel.id == id || (!channel.is_im && channel.name == name))
    }

    /// The direct message between the app and a person, once it was opened.
    pub fn im(&self, user: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.is_im && channel.members.iter().any(|id| id == user))
    }

    /// The same, opened if need be.
    pub fn open_im(&mut self, user: &str) -> String {
        if let Some(channel) = self.im(user) {
            return channel.id.clone();
        }
        let id = format!("D{}", user.trim_start_matches('U'));
        self.channels.push(Channel { is_im: true, ..Channel::new(&id, "", &[user, BOT_USER]) });
        id
    }

    pub fn message(&self, channel: &str, ts: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.channel == channel && message.ts == ts)
    }

    pub fn message_mut(&mut self, channel: &str, ts: &str) -> Option<&mut Message> {
        self.messages.iter_mut().find(|message| message.channel == channel && message.ts == ts)
    }

    /// What a person sees in a channel, oldest first.
    pub fn seen_by(&self, user: &str, channel: &str) -> Vec<Message> {
        let member = |id: &str| self.channel(id).is_some_and(|channel| channel.members.iter().any(|one| one == user));
        let seen = |message: &&Message| {
            message.channel == channel
                && (message.visible_to.is_none() || message.visible_to.as_deref() == Some(user))
                && (member(channel) || message.visible_to.is_some())
        };
        self.messages.iter().filter(seen).cloned().collect()
    }

    /// A trigger id for something a person just did.
    pub fn trigger(&mut self, user: &str, now: Duration) -> String {
        let id = format!("{}.{}.{:032x}", self.next(), 1_000_000, now.as_micros());
        self.triggers.insert(id.clone(), Trigger { user: user.into(), born: now, used: false });
        id
    }

    /// The view on top of a person's modals.
    pub fn top_view(&self, user: &str) -> Option<&View> {
        self.views.get(self.stacks.get(user)?.last()?)
    }

    /// Fills in the ids Slack makes up where the app gave none.
    pub fn with_ids(&mut self, mut blocks: Vec<Value>) -> Vec<Value> {
        for block in &mut blocks {
            self.fill_ids(block);
        }
        blocks
    }

    fn fill_ids(&mut self, block: &mut Value) {
        let number = self.next();
        let Some(object) = block.as_object_mut() else { return };
        if object.get("type").and_then(Value::as_str) == Some("markdown") {
            // Slack drops the id of a markdown block.
            object.remove("block_id");
        }
        object.entry("block_id").or_insert_with(|| json!(format!("b{number:04}")));
        for name in ["elements", "accessory", "element"] {
            let Some(inner) = object.get_mut(name) else { continue };
            match inner {
                Value::Array(elements) => elements.iter_mut().for_each(|element| self.fill_action(element)),
                element => self.fill_action(element),
            }
        }
        for child in object.get_mut("child_blocks").and_then(Value::as_array_mut).into_iter().flatten() {
            self.fill_ids(child);
        }
    }

    fn fill_action(&mut self, element: &mut Value) {
        let interactive = element.get("type").and_then(Value::as_str).is_some_and(|kind| {
            !matches!(kind, "image" | "mrkdwn" | "plain_text")
                && !kind.starts_with("rich_text_s")
                && !matches!(kind, "rich_text_list" | "rich_text_quote" | "rich_text_preformatted")
        });
        let number = self.next();
        if let Some(object) = element.as_object_mut().filter(|_| interactive) {
            object.entry("action_id").or_insert_with(|| json!(format!("a{number:04}")));
        }
    }
}

/// Values as they stand in payloads: `{block: {action: {...}}}`.
pub fn values_json(values: &Values) -> Value {
    let blocks = values.iter().map(|(block, actions)| {
        let actions: Map<String, Value> = actions.clone().into_iter().collect();
        (block.clone(), Value::Object(actions))
    });
    Value::Object(blocks.collect())
}
