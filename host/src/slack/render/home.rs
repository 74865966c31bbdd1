//! The App Home: what waits for me, what I asked for, boards, connections. The durable place for all that is ephemeral elsewhere.

use super::{boards, connection, connection::Tile, request};
use crate::actions::RequestView;
use crate::boards::BoardSummary;
use crate::domain::IntegrationId;
use crate::slack::block::{self, Style};
use crate::slack::press::Press;
use serde_json::{Value as Json, json};

/// Requests in each of the two lists.
const REQUESTS: usize = 10;
/// Boards listed.
const BOARDS: usize = 25;
/// Connections shown.
const TILES: usize = 12;

/// What the Home shows.
#[derive(Clone, Debug, Default)]
pub struct Home {
    /// The person manages connections.
    pub is_admin: bool,
    /// Requests that this person may decide now.
    pub waiting: Vec<RequestView>,
    /// Requests that this person sent.
    pub mine: Vec<RequestView>,
    /// Boards this person may see.
    pub boards: Vec<BoardSummary>,
    /// Connections.
    pub tiles: Vec<Tile>,
    /// What can be connected: id and name.
    pub integrations: Vec<(IntegrationId, String)>,
    /// What could not be read, in a sentence; the rest is shown all the same.
    pub problems: Vec<String>,
}

/// The view.
pub fn home(home: &Home) -> Json {
    let mut blocks: Vec<Json> = Vec::new();
    blocks.extend(home.problems.iter().map(|problem| block::context(&format!("⚠️ {}", block::sentence(problem)))));
    if !home.waiting.is_empty() {
        blocks.push(block::header("Waiting for you"));
        blocks.extend(requests(&home.waiting, "Review"));
    }
    blocks.push(block::header("Boards"));
    if home.boards.is_empty() {
        blocks.push(block::paragraph("No boards yet. Build one; a connected tool brings its own, too."));
    }
    blocks.extend(boards::sections(&home.boards, BOARDS));
    blocks.push(boards::make());
    if !home.mine.is_empty() {
        blocks.push(block::header("Your requests"));
        blocks.extend(requests(&home.mine, "Details"));
    }
    blocks.push(block::header("Connections"));
    if home.tiles.is_empty() {
        blocks.push(block::paragraph("No tool is connected yet."));
    }
    blocks.extend(home.tiles.iter().take(TILES).flat_map(|tile| connection::connection(tile, home.is_admin)));
    if home.is_admin && !home.integrations.is_empty() {
        let connect = |(id, name): &(IntegrationId, String)| {
            Press::Connect { integration: id.clone(), connection: None }
                .button(&format!("Connect {name}"), Style::Plain)
        };
        blocks.push(block::actions("connect", home.integrations.iter().map(connect).collect()));
    }
    if home.is_admin {
        blocks.push(block::header("Administration"));
        let log = Press::ShowAudit { search: String::new(), before: None };
        blocks.push(block::actions("administration", vec![log.button("Audit log", Style::Plain)]));
    }
    blocks.push(block::context("In any channel: `/weft help` · `/boards` · `/boards NAME`"));
    json!({"type": "home", "blocks": blocks})
}

fn requests(views: &[RequestView], button: &str) -> Vec<Json> {
    let row = |view: &RequestView| {
        let details = Press::Details { request: view.id.clone() }.button(button, Style::Plain);
        let who = block::person(&view.requester);
        block::section_with(&format!("{}\n{} · {who}", request::headline(view), request::state(view)), details)
    };
    let mut blocks: Vec<Json> = views.iter().take(REQUESTS).map(row).collect();
    if views.len() > REQUESTS {
        blocks.push(block::context(&format!("… and {} more.", views.len() - REQUESTS)));
    }
    blocks
}

/// What waits for me and what I asked for, as a message.
pub fn list(waiting: &[RequestView], mine: &[RequestView]) -> crate::slack::client::Message {
    let mut blocks = Vec::new();
    for (title, views, button) in [("Waiting for you", waiting, "Review"), ("Your requests", mine, "Details")] {
        blocks.push(block::section(&format!("*{title}*")));
        if views.is_empty() {
            blocks.push(block::paragraph("None."));
        }
        blocks.extend(requests(views, button));
    }
    let text = format!("{} waiting for you, {} of yours.", waiting.len(), mine.len());
    crate::slack::client::Message { text, blocks }
}
