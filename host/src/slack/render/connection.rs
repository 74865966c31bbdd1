//! Connections as people see them: a tile in the Home and in lists, and a message to the person who connected.

use super::permissions::users_words;
use crate::connections::Users;
use crate::domain::{ConnectionId, IntegrationId, Millis, Paused, UserId};
use crate::slack::block::{self, AlertLevel, Style};
use crate::slack::client::Message;
use crate::slack::meta::field;
use crate::slack::press::Press;
use serde_json::Value as Json;

/// A connection, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Tile {
    /// Its id.
    pub id: ConnectionId,
    /// Its integration.
    pub integration: IntegrationId,
    /// As admins know it.
    pub title: String,
    /// Who is told how it stands.
    pub connected_by: UserId,
    /// Its status in words: Syncing, Connected, Needs reauthorization ...
    pub status: String,
    /// What is wrong and what to do.
    pub problem: Option<String>,
    /// What the last fetch found different, a line each: records that came and went, fields that changed.
    pub news: Vec<String>,
    /// How far a fetch is, one line an object: "User: 1,200 of 5,000 rows".
    pub progress: Vec<String>,
    /// A fetch is under way: it is looked at again and again.
    pub is_fetching: bool,
    /// It is being disconnected.
    pub is_leaving: bool,
    /// Who stopped its fetching, and when.
    pub paused: Option<Paused>,
    /// When its oldest data was fetched.
    pub fetched_at: Option<Millis>,
    /// When it is fetched next.
    pub next_fetch: Option<Millis>,
    /// Connecting it again would help.
    pub can_reconnect: bool,
    /// What the credentials lack, in a few words: "2 objects, 3 actions".
    pub lacks: Option<String>,
    /// Who may use it.
    pub users: Option<Users>,
    /// The person who looks may not use it, and this is all they hear of it.
    pub barred: Option<String>,
}

impl Tile {
    /// Of a connection that the person may not use: `why`, a sentence, and nothing else.
    pub fn barred(id: ConnectionId, integration: IntegrationId, title: &str, why: &str) -> Self {
        Self {
            id,
            integration,
            title: title.to_owned(),
            connected_by: UserId(String::new()),
            status: String::new(),
            problem: None,
            news: Vec::new(),
            progress: Vec::new(),
            is_fetching: false,
            is_leaving: false,
            paused: None,
            fetched_at: None,
            next_fetch: None,
            can_reconnect: false,
            lacks: None,
            users: None,
            barred: Some(why.to_owned()),
        }
    }
}

/// Lines of progress shown.
const PROGRESS: usize = 8;
/// Lines of news shown.
const NEWS: usize = 6;

/// Blocks of a tile, at most.
pub const TILE_BLOCKS: usize = 3;

/// The tile: one block for the connection, one for its buttons, one for what needs attention.
pub fn connection(tile: &Tile, is_admin: bool) -> Vec<Json> {
    if let Some(why) = &tile.barred {
        return vec![block::section(&format!("*{}*\n{}", block::escape_line(&tile.title), block::sentence(why)))];
    }
    if tile.is_leaving {
        return vec![leaving(tile)];
    }
    let age = match tile.fetched_at {
        Some(at) => format!("data as of {}", block::date(at)),
        None => "no data yet".to_owned(),
    };
    let mut text = format!("*{}*\n{} · {age}", block::escape_line(&tile.title), block::escape_line(&tile.status));
    if let Some(at) = tile.next_fetch.filter(|_| !tile.is_fetching) {
        text.push_str(&format!(" · next fetch {}", block::date(at)));
    }
    if let Some(users) = &tile.users {
        text.push_str(&format!(" · {}", users_words(users)));
    }
    if let Some(paused) = &tile.paused {
        text.push_str(&format!("\n• {}: nothing is fetched, and no action runs", paused_words(paused)));
    }
    for line in tile.progress.iter().take(PROGRESS) {
        text.push_str(&format!("\n• {}", block::escape_line(line)));
    }
    if let Some(lacks) = &tile.lacks {
        text.push_str(&format!("\n• Permissions are missing for {}", block::escape_line(lacks)));
    }
    let sync = Press::Sync { connection: tile.id.clone() }.button("Sync now", Style::Plain);
    let again = Press::Connect { integration: tile.integration.clone(), connection: Some(tile.id.clone()) };
    let resume = Press::Resume { connection: tile.id.clone() };
    let button = match tile.paused {
        _ if tile.can_reconnect && is_admin => Some(again.button("Connect again", Style::Primary)),
        Some(_) => is_admin.then(|| resume.button("Resume", Style::Plain)),
        None => Some(sync),
    };
    let menu = block::overflow(field::MORE, menu(tile, is_admin));
    let elements = button.into_iter().chain([menu]).collect();
    let mut blocks = vec![block::section(&text), block::actions(&format!("connection/{}", tile.id), elements)];
    if let Some(problem) = &tile.problem {
        blocks.push(block::context(&format!("⚠️ {}", block::sentence(problem))));
    }
    let news: Vec<String> = tile.news.iter().take(NEWS).map(|line| block::escape_line(line)).collect();
    if !news.is_empty() && !tile.is_fetching {
        blocks.push(block::context(&news.join("\n")));
    }
    blocks
}

/// What is behind the three dots.
fn menu(tile: &Tile, is_admin: bool) -> Vec<Json> {
    let connection = || tile.id.clone();
    let mut options = vec![
        (Press::Permissions { connection: connection() }, "Manage permissions…"),
        (Press::Policies { connection: connection() }, "Approval policies…"),
        (Press::Access { connection: connection() }, "What Weft may do"),
    ];
    if is_admin {
        options.push(match tile.paused {
            Some(_) => (Press::Resume { connection: connection() }, "Resume"),
            None => (Press::Pause { connection: connection() }, "Pause"),
        });
        options.push((Press::Disconnect { connection: connection() }, "Disconnect…"));
    }
    options.iter().filter_map(|(press, text)| press.option(text)).collect()
}

/// Nothing can be done with it any more.
fn leaving(tile: &Tile) -> Json {
    block::section(&format!(
        "*{}*\n{} · its boards and its data are being deleted",
        block::escape_line(&tile.title),
        block::escape_line(&tile.status)
    ))
}

/// Who stopped the fetching, and when.
pub fn paused_words(paused: &Paused) -> String {
    format!("paused by {} on {}", block::person(&paused.by), block::date(paused.at))
}

/// How the connection stands, for the person who connected it.
pub fn message(tile: &Tile) -> Message {
    let text = block::escape(&format!("{}: {}", tile.title, tile.status));
    Message { text, blocks: connection(tile, true) }
}

/// The way to the browser, as a modal.
pub fn connect_link(integration: &str, url: &str) -> Json {
    let blocks = vec![
        block::section(&format!(
            "Connect *{}* in your browser. The link works once, for ten minutes, and only for you.",
            block::escape_line(integration)
        )),
        block::actions("connect", vec![Press::link("Continue in the browser", url)]),
        block::alert(AlertLevel::Info, "Weft shows the result here, and fetches for the first time."),
    ];
    block::modal("Connect", blocks)
}
