//! The rows of a board as one of the ladder's rungs. Each answers how many rows it could take: the next page begins there.

use super::board::Rung;
use super::value;
use crate::boards::BoardView;
use crate::domain::Value;
use crate::slack::block;
use crate::slack::limits::{self, TableLimits, cut};
use serde_json::{Value as Json, json};

/// Rows a page of the reader's own paging in a `data_table`.
const PAGE_SIZE: usize = 10;
/// Columns beside the title in a section list: more does not fit on a line of a phone.
const LISTED_COLUMNS: usize = 5;

/// Blocks, and how many rows are in them.
pub struct Rows {
    /// What shows the rows.
    pub blocks: Vec<Json>,
    /// How many of the view's rows.
    pub shown: usize,
}

fn why_empty(view: &BoardView) -> &'static str {
    if !view.search.is_empty() {
        "No rows contain what was searched for."
    } else if view.filter_words.is_empty() && view.personal.is_none() {
        "There are no records, as of the last sync."
    } else {
        "No rows match this board's filter."
    }
}

/// The view's rows on this rung.
pub fn rows(view: &BoardView, rung: Rung) -> Rows {
    if view.rows.is_empty() {
        return Rows { blocks: vec![block::paragraph(why_empty(view))], shown: 0 };
    }
    match rung {
        Rung::DataTable | Rung::Table if view.columns.is_empty() => sections(view),
        Rung::DataTable => data_table(view),
        Rung::Table => table(view),
        Rung::Sections => sections(view),
        Rung::Text => text(view),
    }
}

fn data_table(view: &BoardView) -> Rows {
    let cell = |value: &Value| match value::number(value) {
        Some(number) => json!({"type": "raw_number", "value": number, "text": value::text(value)}),
        None => raw_text(&value::text(value)),
    };
    let (rows, shown) = grid(view, rung_limits(Rung::DataTable), cell);
    let primary = view.columns.iter().position(|column| column.is_primary).unwrap_or(0);
    let caption = cut(&format!("{}: rows {}", view.name, span(view.offset, shown, view.total)), limits::HEADER);
    let table = json!({"type": "data_table", "caption": caption, "page_size": PAGE_SIZE, "rows": rows,
        "row_header_column_index": primary.min(limits::DATA_TABLE.columns - 1)});
    Rows { blocks: vec![table], shown }
}

fn table(view: &BoardView) -> Rows {
    let (rows, shown) = grid(view, rung_limits(Rung::Table), |value| raw_text(&value::text(value)));
    let is_number = |kind| matches!(kind, crate::domain::FieldType::Integer | crate::domain::FieldType::Number);
    let columns = view.columns.iter().take(limits::TABLE.columns);
    let settings: Vec<Json> =
        columns.map(|column| json!({"align": if is_number(column.kind) { "right" } else { "left" }})).collect();
    Rows { blocks: vec![json!({"type": "table", "column_settings": settings, "rows": rows})], shown }
}

/// Header and rows within the limits, and how many rows those are.
fn grid(view: &BoardView, limits: TableLimits, cell: impl Fn(&Value) -> Json) -> (Vec<Vec<Json>>, usize) {
    let columns = view.columns.len().min(limits.columns);
    let header: Vec<Json> = view.columns.iter().take(columns).map(|column| raw_text(&heading(column))).collect();
    let mut left = limits.characters.saturating_sub(characters(&header));
    let mut rows = vec![header];
    for row in view.rows.iter().take(limits.rows) {
        let mut cells: Vec<Json> = row.cells.iter().take(columns).map(&cell).collect();
        cells.resize_with(columns, || raw_text(value::UNKNOWN));
        let used = characters(&cells);
        if used > left {
            break;
        }
        left -= used;
        rows.push(cells);
    }
    let shown = rows.len() - 1;
    (rows, shown)
}

fn heading(column: &crate::boards::ColumnView) -> String {
    match column.unit.as_deref().filter(|unit| !unit.is_empty()) {
        Some(unit) => format!("{} ({unit})", column.title),
        None => column.title.clone(),
    }
}

fn raw_text(text: &str) -> Json {
    json!({"type": "raw_text", "text": cut(text, limits::CELL)})
}

fn characters(cells: &[Json]) -> usize {
    cells.iter().filter_map(|cell| cell["text"].as_str()).map(|text| text.chars().count()).sum()
}

fn sections(view: &BoardView) -> Rows {
    let shown = view.rows.len().min(limits::SECTION_LIST.rows);
    let blocks = view.rows.iter().take(shown).map(|row| block::section(&listed(view, row, "\n"))).collect();
    Rows { blocks, shown }
}

fn text(view: &BoardView) -> Rows {
    let mut lines = String::new();
    let mut shown = 0;
    for row in view.rows.iter().take(limits::PLAIN_TEXT.rows) {
        let line = format!("{}\n", listed(view, row, " · "));
        if lines.chars().count() + line.chars().count() > limits::PLAIN_TEXT.characters {
            break;
        }
        lines.push_str(&line);
        shown += 1;
    }
    Rows { blocks: vec![block::section(lines.trim_end())], shown }
}

/// One row on a line or two: its title, and its first columns with their names.
pub(super) fn listed(view: &BoardView, row: &crate::boards::RowView, after_title: &str) -> String {
    let pairs = view.columns.iter().zip(&row.cells).filter(|(column, _)| !column.is_primary).take(LISTED_COLUMNS);
    let one = |(column, cell): (&crate::boards::ColumnView, &Value)| {
        format!("{}: {}", block::escape_line(&column.title), block::escape_line(&cut(&value::text(cell), limits::CELL)))
    };
    let columns: Vec<String> = pairs.map(one).collect();
    let title = block::escape_line(&cut(&row.title, limits::CELL));
    let after = if columns.is_empty() { "" } else { after_title };
    format!("*{title}*{after}{}", columns.join(" · "))
}

/// What a rung holds.
pub fn rung_limits(rung: Rung) -> TableLimits {
    match rung {
        Rung::DataTable => limits::DATA_TABLE,
        Rung::Table => limits::TABLE,
        Rung::Sections => limits::SECTION_LIST,
        Rung::Text => limits::PLAIN_TEXT,
    }
}

/// "1–25 of 300".
pub fn span(offset: usize, shown: usize, total: usize) -> String {
    match shown {
        0 => format!("0 of {total}"),
        _ => format!("{}–{} of {total}", offset + 1, offset + shown),
    }
}
