//! The list of boards.

use crate::boards::BoardSummary;
use crate::slack::block::{self, Style};
use crate::slack::client::Message;
use crate::slack::press::Press;
use serde_json::Value as Json;

/// Boards in one message: a block each, and room for the rest.
const LISTED: usize = 40;

/// The list; `searched` is what no board was called, or what several are.
pub fn boards(found: &[BoardSummary], searched: Option<&str>) -> Message {
    let title = match (searched, found.len()) {
        (None, 0) => "No boards yet. Connect a tool with `/weft connect`: it brings its own boards.".to_owned(),
        (Some(name), 0) => format!(
            "No board is called “{}”. `/boards` lists all of them.",
            block::escape_line(&crate::slack::limits::cut(name, 75))
        ),
        (Some(name), _) => format!("Several boards match “{}”:", block::escape_line(name)),
        (None, _) => "*Boards*".to_owned(),
    };
    let mut blocks = vec![block::section(&title)];
    blocks.extend(rows(found, LISTED));
    let names: Vec<&str> = found.iter().take(LISTED).map(|board| board.name.as_str()).collect();
    let text = if names.is_empty() { title } else { block::escape(&format!("Boards: {}", names.join(", "))) };
    Message { text, blocks }
}

/// A block a board, at most `limit`, and how many are left out.
pub fn rows(found: &[BoardSummary], limit: usize) -> Vec<Json> {
    let row = |board: &BoardSummary| {
        let open = Press::OpenBoard { board: board.id.clone() }.button("Open", Style::Plain);
        block::section_with(&block::escape_line(&board.name), open)
    };
    let mut blocks: Vec<Json> = found.iter().take(limit).map(row).collect();
    if found.len() > limit {
        let left = found.len() - limit;
        blocks.push(block::context(&format!("… and {left} more. Open one by name: `/boards NAME`.")));
    }
    blocks
}
