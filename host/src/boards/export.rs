//! A whole board as CSV (RFC 4180, UTF-8 with the mark that spreadsheets look for), made piece by piece: memory does not grow with the
//! rows. It is made twice from the same tables, since whoever takes it wants to know its length first.

use super::bind::{Bound, label};
use super::board::Board;
use super::definition::{CheckedColumn, Show};
use super::rights::Deed;
use super::service::{Boards, event};
use super::tables::Sources;
use crate::domain::spreadsheet::{BYTE_ORDER_MARK, defused};
use crate::domain::{Actor, AppError, BoardId, FieldType, ObjectRef, Outcome, Value};
use crate::store::WriteSet;
use anyhow::Context;
use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt};
use std::sync::Arc;

/// Rows made at once: with 20 columns a few hundred kilobytes, and as many segments at most in hand when long texts are read.
const CHUNK_ROWS: usize = 1_000;
/// The same where cells hold lists: each may be as long as a cell of a spreadsheet, and memory is to stay flat then, too.
const CHUNK_ROWS_WITH_LISTS: usize = 50;
/// Pieces made ahead of the one that is sent.
const PIECES_AT_ONCE: usize = 2;
/// Slack's largest file.
const MAX_BYTES: u64 = 1 << 30;

/// A board's rows as a file that is not there yet.
#[derive(Clone)]
pub struct Export {
    /// A name for the file.
    pub file: String,
    /// As the board is called.
    pub name: String,
    /// Rows without the header.
    pub rows: usize,
    /// The length of the file.
    pub bytes: u64,
    maker: Arc<Maker>,
}

impl std::fmt::Debug for Export {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Export").field("rows", &self.rows).field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

struct Maker {
    boards: Boards,
    actor: Actor,
    board: Board,
    sources: Sources,
    bound: Arc<Bound>,
    header: Vec<String>,
    rows: Vec<u32>,
    /// Rows made at once.
    chunk: usize,
}

impl Boards {
    /// Exports a board with all its rows, for those who may. It is in the audit log before the first byte leaves.
    pub async fn export(&self, actor: &Actor, board: &BoardId) -> Outcome<Export> {
        let board = self.allowed(actor, board, Deed::Change).await?.0.value;
        let offer = self.offer_for(actor, &board.connection)?;
        let (sources, checked) = self.checked(actor, &offer, &board.definition).await?;
        let bound = Arc::new(
            self.bound(&ObjectRef::new(&board.connection, &board.definition.object), &checked, &sources).await?,
        );
        let query = bound.query.clone();
        let permit = self.permit().await?;
        let all = move || {
            let total = query.answer(0).total;
            query.answer(total).rows
        };
        let rows = tokio::task::spawn_blocking(all).await.context("the rows could not be found")?;
        drop(permit);
        let header = checked.columns.iter().map(heading).collect();
        let has_lists = checked.columns.iter().any(|column| column.path.is_many() && column.show == Show::List);
        let chunk = if has_lists { CHUNK_ROWS_WITH_LISTS } else { CHUNK_ROWS };
        let (boards, actor, asked) = (self.clone(), actor.clone(), board.clone());
        let maker = Arc::new(Maker { boards, actor, board: asked, sources, bound, header, rows, chunk });
        let Some(bytes) = maker.length().await? else {
            return Err(AppError::refused(
                "The file would be larger than Slack takes (1 GB). Nothing was exported: filter the board or show fewer columns.",
            ));
        };
        let mut audit = event(Some(&maker.actor), "board.exported", &board);
        audit.detail = format!("Board “{}”: {} rows", board.name, maker.rows.len());
        self.commit(&maker.actor.workspace, WriteSet::default().audit(audit)).await?;
        let day = self.clock().today();
        let file = format!("{} {day}.csv", file_name(&board.name));
        Ok(Export { file, name: board.name, rows: maker.rows.len(), bytes, maker })
    }
}

impl Export {
    /// The file, piece by piece.
    pub fn stream(&self) -> impl Stream<Item = anyhow::Result<Bytes>> + Send + use<> {
        self.maker.clone().pieces()
    }
}

impl Maker {
    /// None when it is over what a file may have: the rest is then not made.
    async fn length(self: &Arc<Self>) -> anyhow::Result<Option<u64>> {
        let mut pieces = std::pin::pin!(self.clone().pieces());
        let mut length = 0;
        while let Some(piece) = pieces.try_next().await? {
            length += piece.len() as u64;
            if length > MAX_BYTES {
                return Ok(None);
            }
        }
        Ok(Some(length))
    }

    /// The pieces in order, the header in the first, which is there also without rows.
    fn pieces(self: Arc<Self>) -> impl Stream<Item = anyhow::Result<Bytes>> + Send + use<> {
        let starts = (0..self.rows.len().max(1)).step_by(self.chunk);
        let piece = move |at| self.clone().piece(at);
        futures::stream::iter(starts).map(piece).buffered(PIECES_AT_ONCE)
    }

    async fn piece(self: Arc<Self>, at: usize) -> anyhow::Result<Bytes> {
        self.boards.admit(&self.actor, &self.board, Deed::Change)?;
        let maker = self.clone();
        let has_long_texts = self.bound.cells.iter().any(|cell| cell.kind() == FieldType::LongText);
        if !has_long_texts {
            let make = move || maker.written(at);
            return tokio::task::spawn_blocking(make).await.context("rows could not be written")?;
        }
        let cells = tokio::task::spawn_blocking(move || maker.cells(at));
        let mut cells = cells.await.context("rows could not be read")?;
        let rows = self.chunk(at);
        self.boards.read_long_texts(&self.actor.workspace, &self.sources, &self.bound, rows, &mut cells).await?;
        let make = move || written(self.header(at), &cells);
        tokio::task::spawn_blocking(make).await.context("rows could not be written")?
    }

    /// The piece when all its cells are in memory: their texts are not copied on the way.
    fn written(&self, at: usize) -> anyhow::Result<Bytes> {
        let mut writer = begun(self.header(at))?;
        for row in self.chunk(at) {
            for cell in &self.bound.cells {
                match cell.plain_text(*row) {
                    Some(text) => writer.write_field(defused(&text).as_bytes())?,
                    None => write_value(&mut writer, &cell.whole_value(*row))?,
                }
            }
            writer.write_record(None::<&[u8]>)?;
        }
        finished(writer)
    }

    fn header(&self, at: usize) -> Option<&[String]> {
        (at == 0).then_some(self.header.as_slice())
    }

    fn chunk(&self, at: usize) -> &[u32] {
        self.rows.get(at..self.rows.len().min(at + self.chunk)).unwrap_or_default()
    }

    fn cells(&self, at: usize) -> Vec<Vec<Value>> {
        let row = |row: &u32| self.bound.cells.iter().map(|cell| cell.whole_value(*row)).collect();
        self.chunk(at).iter().map(row).collect()
    }
}

fn heading(column: &CheckedColumn) -> String {
    match column.path.field.as_ref().and_then(|field| field.unit.as_deref()).filter(|unit| !unit.is_empty()) {
        Some(unit) => format!("{} ({unit})", column.title),
        None => column.title.clone(),
    }
}

fn written(header: Option<&[String]>, rows: &[Vec<Value>]) -> anyhow::Result<Bytes> {
    let mut writer = begun(header)?;
    for row in rows {
        row.iter().try_for_each(|value| write_value(&mut writer, value))?;
        writer.write_record(None::<&[u8]>)?;
    }
    finished(writer)
}

type Writer = csv::Writer<Vec<u8>>;

fn begun(header: Option<&[String]>) -> anyhow::Result<Writer> {
    let mark = if header.is_some() { BYTE_ORDER_MARK.as_bytes().to_vec() } else { Vec::new() };
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(mark);
    if let Some(header) = header {
        writer.write_record(header.iter().map(|title| defused(title).into_owned()))?;
    }
    Ok(writer)
}

fn write_value(writer: &mut Writer, value: &Value) -> csv::Result<()> {
    match value {
        Value::Text(text) => writer.write_field(defused(text).as_bytes()),
        Value::Bool(yes) => writer.write_field(if *yes { "true" } else { "false" }),
        Value::List(items) => writer.write_field(defused(&items.join("; ")).as_bytes()),
        other => writer.write_field(label(other)),
    }
}

fn finished(writer: Writer) -> anyhow::Result<Bytes> {
    Ok(writer.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?.into())
}

/// The name without what file systems refuse.
fn file_name(name: &str) -> String {
    let kept = |c: char| if c.is_control() || "/\\:*?\"<>|".contains(c) { '-' } else { c };
    name.chars().map(kept).collect::<String>().trim_matches(['.', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_as_the_standard_says() {
        let row = vec![
            Value::from("a,b"),
            Value::from("say \"hi\"\nthere"),
            Value::Null,
            Value::Bool(true),
            Value::Float(-0.5),
            Value::Date(20_781),
            Value::Time(1_700_000_000_000_000),
            Value::List(vec!["x".into(), "=y".into()]),
            Value::from("👩‍💻 עדה"),
        ];
        let bytes = written(Some(&["A".to_owned(), "=B".to_owned()][..1]), &[]).unwrap();
        assert_eq!(&bytes[..], "\u{feff}A\r\n".as_bytes());
        let text = String::from_utf8(written(None, &[row]).unwrap().to_vec()).unwrap();
        assert_eq!(
            text,
            "\"a,b\",\"say \"\"hi\"\"\nthere\",,true,-0.5,2026-11-24,2023-11-14T22:13:20Z,x; =y,👩‍💻 עדה\r\n"
        );
    }

    #[test]
    fn a_file_s_name_holds_nothing_that_leads_elsewhere() {
        assert_eq!(file_name("../Idle: seats?"), "-Idle- seats-");
    }
}
