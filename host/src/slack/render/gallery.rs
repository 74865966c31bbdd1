//! The ready-made boards of the connected tools.

use crate::boards::GalleryEntry;
use crate::slack::block::{self, Style};
use crate::slack::limits;
use crate::slack::press::Press;
use serde_json::Value as Json;

/// Boards in the window: a block each, and a title for each connection.
const LISTED: usize = 80;

/// The modal. `is_admin`: what is not there comes back for everyone.
pub fn gallery(entries: &[GalleryEntry], is_admin: bool) -> Json {
    let mut blocks = Vec::new();
    if entries.is_empty() {
        blocks.push(block::paragraph(
            "No connected tool brings ready-made boards. An admin connects one with /weft connect.",
        ));
    }
    let mut connection = None;
    for entry in entries.iter().take(LISTED) {
        if connection != Some(&entry.connection) {
            blocks.push(block::header(&entry.connection_title));
            connection = Some(&entry.connection);
        }
        blocks.push(row(entry, is_admin));
    }
    if entries.len() > LISTED {
        blocks.push(block::context(&format!("… and {} more.", entries.len() - LISTED)));
    }
    block::modal("Ready-made boards", blocks)
}

fn row(entry: &GalleryEntry, is_admin: bool) -> Json {
    let make = Press::UseTemplate { connection: entry.connection.clone(), template: entry.template.clone() };
    let button = match &entry.board {
        Some(board) => Press::OpenBoard { board: board.clone() }.button("Open", Style::Plain),
        None if is_admin => make.button("Bring back", Style::Plain),
        None => make.button("Make my own", Style::Plain),
    };
    let text = format!("*{}*\n{}", block::escape_line(&entry.title), block::escape(&entry.help));
    block::section_with(&limits::cut(&text, limits::TEXT), button)
}
