//! A whole board as CSV (RFC 4180, UTF-8 with the mark that spreadsheets look for), made piece by piece into a file without a name:
//! memory does not grow with the rows, and whoever takes it knows its length before the first byte.

use super::bind::{Bound, label};
use super::board::Board;
use super::definition::{CheckedColumn, Show};
use super::rights::Deed;
use super::service::{Boards, event};
use super::spool::Spool;
use super::tables::Sources;
use super::whole::Read;
use crate::domain::spreadsheet::{BYTE_ORDER_MARK, defused};
use crate::domain::{Actor, AppError, BoardId, FieldType, Outcome, Value};
use crate::store::WriteSet;
use anyhow::Context;
use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, TryAcquireError};

/// Rows made at once: with 20 columns a few hundred kilobytes, and as many segments at most in hand when long texts are read.
const CHUNK_ROWS: usize = 1_000;
/// The same where cells hold lists: each may be as long as a cell of a spreadsheet, and memory is to stay flat then, too.
const CHUNK_ROWS_WITH_LISTS: usize = 50;
/// Pieces made ahead of the one that is sent.
const PIECES_AT_ONCE: usize = 2;
/// Slack's largest file.
const MAX_BYTES: u64 = 1 << 30;

/// A board's rows as a file, made at one moment. It is gone from the disk with the last copy of this.
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
    board: Board,
    actor: Actor,
    boards: Boards,
    spool: Arc<Spool>,
    /// The room that it takes among the files kept at once.
    _room: Arc<OwnedSemaphorePermit>,
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
        let room = Arc::new(self.room()?);
        let maker = Arc::new(self.maker(actor, board.clone()).await?);
        let spool = Arc::new(Spool::filled(&self.inner.settings.spool, MAX_BYTES, maker.clone().pieces()).await?);
        let mut audit = event(Some(actor), "board.exported", &board);
        audit.detail = format!("Board “{}”: {} rows", board.name, maker.rows.len());
        self.commit(&actor.workspace, WriteSet::default().audit(audit)).await?;
        let file = format!("{} {}.csv", file_name(&board.name), self.clock().today());
        let (name, rows, bytes) = (board.name.clone(), maker.rows.len(), spool.bytes());
        Ok(Export { file, name, rows, bytes, board, actor: actor.clone(), boards: self.clone(), spool, _room: room })
    }

    fn room(&self) -> Outcome<OwnedSemaphorePermit> {
        self.inner.exports.clone().try_acquire_owned().map_err(|error| match error {
            TryAcquireError::NoPermits => AppError::refused(
                "Other boards are being exported right now. Nothing was exported: try again in a minute.",
            ),
            TryAcquireError::Closed => anyhow::anyhow!("exports are closed").into(),
        })
    }

    async fn maker(&self, actor: &Actor, board: Board) -> Outcome<Maker> {
        let Read { sources, checked, bound, rows, .. } = self.read_rows(actor, &board, usize::MAX).await?;
        let header = checked.columns.iter().map(heading).collect();
        let has_lists = checked.columns.iter().any(|column| column.path.is_many() && column.show == Show::List);
        let chunk = if has_lists { CHUNK_ROWS_WITH_LISTS } else { CHUNK_ROWS };
        Ok(Maker { boards: self.clone(), actor: actor.clone(), board, sources, bound, header, rows, chunk })
    }
}

impl Export {
    /// The file, piece by piece, as long as the person may have it.
    pub fn stream(&self) -> impl Stream<Item = anyhow::Result<Bytes>> + Send + use<> {
        let export = self.clone();
        self.spool.clone().pieces().and_then(move |piece| {
            let allowed = export.boards.admit(&export.actor, &export.board, Deed::Change);
            std::future::ready(allowed.map(|()| piece).map_err(anyhow::Error::from))
        })
    }
}

impl Maker {
    /// The pieces in order, the header in the first, which is there also without rows.
    fn pieces(self: Arc<Self>) -> impl Stream<Item = Outcome<Bytes>> + Send + use<> {
        let starts = (0..self.rows.len().max(1)).step_by(self.chunk);
        let piece = move |at| self.clone().piece(at);
        futures::stream::iter(starts).map(piece).buffered(PIECES_AT_ONCE)
    }

    async fn piece(self: Arc<Self>, at: usize) -> Outcome<Bytes> {
        self.boards.admit(&self.actor, &self.board, Deed::Change)?;
        let maker = self.clone();
        let has_long_texts = self.bound.cells.iter().any(|cell| cell.kind() == FieldType::LongText);
        if !has_long_texts {
            let make = move || maker.written(at);
            return Ok(tokio::task::spawn_blocking(make).await.context("rows could not be written")??);
        }
        let cells = tokio::task::spawn_blocking(move || maker.cells(at));
        let mut cells = cells.await.context("rows could not be read")?;
        let rows = self.chunk(at);
        self.boards.read_long_texts(&self.actor.workspace, &self.sources, &self.bound, rows, &mut cells).await?;
        let make = move || written(self.header(at), &cells);
        Ok(tokio::task::spawn_blocking(make).await.context("rows could not be written")??)
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
