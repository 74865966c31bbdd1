//! The list of boards.

use crate::boards::{BoardSummary, Via};
use crate::slack::block::{self, Style};
use crate::slack::client::Message;
use crate::slack::press::Press;
use serde_json::Value as Json;

/// Boards in one message: a block each, and room for the rest.
const LISTED: usize = 40;

/// The list; `searched` is what no board was called, or what several are.
pub fn boards(found: &[BoardSummary], searched: Option<&str>) -> Message {
    let title = match (searched, found.len()) {
        (None, 0) => {
            "No boards yet. Build one, or connect a tool with `/weft connect`: it brings its own boards.".to_owned()
        }
        (Some(name), 0) => format!(
            "No board is called “{}”. `/boards` lists all of them.",
            block::escape_line(&crate::slack::limits::cut(name, 75))
        ),
        (Some(name), _) => format!("Several boards match “{}”:", block::escape_line(name)),
        (None, _) => "*Boards*".to_owned(),
    };
    let mut blocks = vec![block::section(&title)];
    match searched {
        Some(_) => blocks.extend(rows(found, LISTED)),
        None => blocks.extend(sections(found, LISTED)),
    }
    blocks.push(make());
    let names: Vec<&str> = found.iter().take(LISTED).map(|board| board.name.as_str()).collect();
    let text = if names.is_empty() { title } else { block::escape(&format!("Boards: {}", names.join(", "))) };
    Message { text, blocks }
}

/// Buttons that make boards.
pub fn make() -> Json {
    let buttons = vec![
        Press::NewBoard.button("New board", Style::Primary),
        Press::Gallery.button("Ready-made boards", Style::Plain),
    ];
    block::actions("make-board", buttons)
}

/// The person's own boards, those shared with them, those of everyone; at most `limit` in all, and how many are left out.
pub fn sections(found: &[BoardSummary], limit: usize) -> Vec<Json> {
    let kinds = [(Via::Own, "Yours"), (Via::Shared, "Shared with you"), (Via::Everyone, "For everyone")];
    let mut blocks = Vec::new();
    let mut room = limit;
    for (via, title) in kinds {
        let of: Vec<&BoardSummary> = found.iter().filter(|board| board.via == via).collect();
        if of.is_empty() || room == 0 {
            continue;
        }
        blocks.push(block::context(&format!("*{title}*")));
        blocks.extend(of.iter().take(room).map(|board| row(board)));
        room -= of.len().min(room);
    }
    blocks.extend(left_out(found.len(), limit));
    blocks
}

/// A block a board, at most `limit`, and how many are left out.
fn rows(found: &[BoardSummary], limit: usize) -> Vec<Json> {
    found.iter().take(limit).map(row).chain(left_out(found.len(), limit)).collect()
}

fn row(board: &BoardSummary) -> Json {
    let open = Press::OpenBoard { board: board.id.clone() }.button("Open", Style::Plain);
    let by = match board.via {
        Via::Shared => format!(" · by {}", block::person(&board.owner)),
        _ => String::new(),
    };
    let by = if board.is_disabled { format!("{by} · disabled") } else { by };
    block::section_with(&format!("{}{by}", block::escape_line(&board.name)), open)
}

fn left_out(count: usize, limit: usize) -> Option<Json> {
    let left = count.checked_sub(limit).filter(|left| *left > 0)?;
    Some(block::context(&format!("… and {left} more. Open one by name: `/boards NAME`.")))
}
