//! Connections as people see them: a tile in the Home and in lists, and a message to the person who connected.

use super::permissions::users_words;
use crate::connections::Users;
use crate::domain::{ConnectionId, IntegrationId, Millis, UserId};
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
    /// When its oldest data was fetched.
    pub fetched_at: Option<Millis>,
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
            fetched_at: None,
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
    let age = match tile.fetched_at {
        Some(at) => format!("data as of {}", block::date(at)),
        None => "no data yet".to_owned(),
    };
    let mut text = format!("*{}*\n{} · {age}", block::escape_line(&tile.title), block::escape_line(&tile.status));
    if let Some(users) = &tile.users {
        text.push_str(&format!(" · {}", users_words(users)));
    }
    for line in tile.progress.iter().take(PROGRESS) {
        text.push_str(&format!("\n• {}", block::escape_line(line)));
    }
    if let Some(lacks) = &tile.lacks {
        text.push_str(&format!("\n• Permissions are missing for {}", block::escape_line(lacks)));
    }
    let sync = Press::Sync { connection: tile.id.clone() }.button("Sync now", Style::Plain);
    let again = Press::Connect { integration: tile.integration.clone(), connection: Some(tile.id.clone()) };
    let button = if tile.can_reconnect && is_admin { again.button("Connect again", Style::Primary) } else { sync };
    let menu = block::overflow(field::MORE, menu(tile));
    let mut blocks =
        vec![block::section(&text), block::actions(&format!("connection/{}", tile.id), vec![button, menu])];
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
fn menu(tile: &Tile) -> Vec<Json> {
    let options = [
        (Press::Permissions { connection: tile.id.clone() }, "Manage permissions…"),
        (Press::Policies { connection: tile.id.clone() }, "Approval policies…"),
        (Press::Access { connection: tile.id.clone() }, "What Weft may do"),
    ];
    options.iter().filter_map(|(press, text)| press.option(text)).collect()
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
