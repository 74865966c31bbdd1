//! A board as a message: what it shows, how old that is, the rows, and what can be done with them.

use super::board_table::{self, span};
use super::chart;
use crate::boards::{BoardView, SourceAge};
use crate::slack::block::{self, Style};
use crate::slack::client::Message;
use crate::slack::meta::field;
use crate::slack::press::{Part, Press};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

/// How rows are shown, best first. A client or workspace that refuses one gets the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rung {
    /// `data_table`: the reader sorts, filters and pages.
    #[default]
    DataTable,
    /// `table`.
    Table,
    /// A section a row.
    Sections,
    /// Lines of text.
    Text,
}

impl Rung {
    /// The next simpler one.
    pub fn below(self) -> Option<Self> {
        match self {
            Self::DataTable => Some(Self::Table),
            Self::Table => Some(Self::Sections),
            Self::Sections => Some(Self::Text),
            Self::Text => None,
        }
    }

    /// Rows to ask for.
    pub fn rows(self) -> usize {
        board_table::rung_limits(self).rows
    }
}

/// Parts that no longer fit, named above the rows.
const BROKEN: usize = 3;

/// Who sees the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BoardPlace {
    /// Only the person who asked.
    Private,
    /// Everybody in the channel.
    Shared,
}

/// The message. `nonce` is new with each rendering: it keeps Slack from showing an earlier choice in the row select.
pub fn board(view: &BoardView, rung: Rung, place: BoardPlace, nonce: &str) -> Message {
    let rows = board_table::rows(view, rung);
    let mut blocks = vec![block::header(&view.name), block::context(&about(view, rows.shown))];
    blocks.extend(view.sources.iter().filter_map(problem));
    blocks.extend(
        view.broken.iter().take(BROKEN).map(|sentence| block::context(&format!("⚠️ {}", block::sentence(sentence)))),
    );
    blocks.extend(chart::blocks(view, rung));
    blocks.extend(rows.blocks);
    blocks.extend(controls(view, place, nonce));
    if let Some(pages) = pages(view, rows.shown, rung) {
        blocks.push(pages);
    }
    Message { text: fallback(view, rows.shown), blocks }
}

/// Count, filter, order and age, each in words.
fn about(view: &BoardView, shown: usize) -> String {
    let count = match (shown, view.total) {
        (shown, total) if shown == total => format!("*{}*", rows_word(total)),
        (shown, total) => format!("*Rows {}*", span(view.offset, shown, total)),
    };
    let filter = if view.filter_words.is_empty() { "All records" } else { &view.filter_words };
    let mut parts = vec![count, block::escape_line(filter)];
    if view.personal.is_some() {
        parts.push("filtered for you alone".to_owned());
    }
    if !view.search.is_empty() {
        parts.push(format!("with “{}”", block::escape_line(&view.search)));
    }
    if !view.sort_words.is_empty() {
        parts.push(block::escape_line(&view.sort_words));
    }
    parts.extend(view.sources.iter().map(age));
    parts.join(" · ")
}

fn age(source: &SourceAge) -> String {
    let title = block::escape_line(&source.title);
    let age = match source.fetched_at {
        Some(at) => format!("{title} as of {}", block::date(at)),
        None => format!("{title}: not fetched yet"),
    };
    match &source.paused {
        Some(paused) => format!("{age}, {}", super::connection::paused_words(paused)),
        None => age,
    }
}

fn problem(source: &SourceAge) -> Option<Json> {
    let problem = source.problem.as_deref()?;
    let title = block::escape_line(&source.title);
    Some(block::context(&format!("⚠️ *{title} needs attention:* {}", block::sentence(problem))))
}

/// What can be done with the rows, and with the board.
fn controls(view: &BoardView, place: BoardPlace, nonce: &str) -> Vec<Json> {
    let (board, offset) = (view.id.clone(), view.offset);
    let refresh = show(view, offset).button("Refresh", Style::Plain);
    let search = Press::SearchBoard { board: board.clone() };
    if !view.can_edit {
        let filter = Press::FilterForMe { board: board.clone() }.button("Filter for me…", Style::Plain);
        let buttons = [refresh, search.button("Search…", Style::Plain), filter];
        let elements = row_select(view, field::LOOK, "Look at a row…").into_iter().chain(buttons).collect();
        return vec![block::actions(&field::row_block(&board, nonce), elements)];
    }
    let mut rows: Vec<Json> = row_select(view, field::ROW, "Act on a row…").into_iter().collect();
    rows.push(Press::ActOnBoard { board: board.clone() }.button("Actions…", Style::Plain));
    rows.push(refresh);
    let mut of_board = vec![
        Press::EditBoard { board: board.clone(), part: Part::Filter }.button("Filter…", Style::Plain),
        Press::EditBoard { board: board.clone(), part: Part::Columns }.button("Columns…", Style::Plain),
        Press::ExportBoard { board: board.clone() }.button("Export", Style::Plain),
        Press::ShareWith { board: board.clone() }.button("Share…", Style::Plain),
    ];
    if place == BoardPlace::Private {
        of_board.push(Press::ShareBoard { board: board.clone(), offset }.button("Post here", Style::Plain));
    }
    let more = [
        (search, "Search…"),
        (Press::RenameBoard { board: board.clone() }, "Rename…"),
        (Press::DuplicateBoard { board: board.clone() }, "Duplicate"),
        (Press::BoardText { board: board.clone() }, "As text…"),
        (Press::DeleteBoard { board: board.clone() }, "Delete…"),
    ];
    of_board.push(block::overflow(field::MORE, more.iter().filter_map(|(press, text)| press.option(text)).collect()));
    vec![
        block::actions(&field::row_block(&board, nonce), rows),
        block::actions(&field::board_block(&board, nonce), of_board),
    ]
}

/// None without rows.
fn row_select(view: &BoardView, action: &str, placeholder: &str) -> Option<Json> {
    let select = json!({"type": "external_select", "action_id": action, "min_query_length": 0,
        "placeholder": block::plain(placeholder, crate::slack::limits::PLACEHOLDER)});
    (view.total > 0).then_some(select)
}

fn show(view: &BoardView, offset: usize) -> Press {
    let search = Some(view.search.clone()).filter(|words| !words.is_empty());
    Press::ShowBoard { board: view.id.clone(), offset, search, personal: view.personal.clone() }
}

/// Buttons for the rows before and after, when there are any.
fn pages(view: &BoardView, shown: usize, rung: Rung) -> Option<Json> {
    let to = |offset| show(view, offset);
    let mut buttons = Vec::new();
    if view.offset > 0 {
        buttons.push(to(view.offset.saturating_sub(rung.rows())).button("Previous rows", Style::Plain));
    }
    let next = view.offset + shown;
    if shown > 0 && next < view.total {
        buttons.push(to(next).button("Next rows", Style::Plain));
    }
    (!buttons.is_empty()).then(|| block::actions(&format!("pages/{next}"), buttons))
}

pub(super) fn rows_word(total: usize) -> String {
    if total == 1 { "1 row".to_owned() } else { format!("{total} rows") }
}

/// The numbers in words, and the first titles: all that a screen reader or a notification gets.
fn fallback(view: &BoardView, shown: usize) -> String {
    const TITLES: usize = 5;
    let titles: Vec<&str> = view.rows.iter().take(shown.min(TITLES)).map(|row| row.title.as_str()).collect();
    let first = if titles.is_empty() { String::new() } else { format!(" First: {}.", titles.join(", ")) };
    block::escape(&format!("Board {}: rows {}.{first}", view.name, span(view.offset, shown, view.total)))
}
