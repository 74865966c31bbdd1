//! All rows of a board at one moment: for a file, or as the records that an action is asked for.

use super::bind::Bound;
use super::board::Board;
use super::definition::Checked;
use super::rights::Deed;
use super::service::Boards;
use super::tables::Sources;
use crate::domain::{Actor, BoardId, ObjectRef, Outcome, RecordRef};
use anyhow::Context;
use std::sync::Arc;

/// What the rows of a board are read from, and which they are.
pub(super) struct Read {
    pub sources: Sources,
    pub checked: Checked,
    pub bound: Arc<Bound>,
    /// How many the filter finds.
    pub total: usize,
    /// The first of them, in the board's order.
    pub rows: Vec<u32>,
}

/// The rows that a board's filter finds, as records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// As the board is called.
    pub name: String,
    /// How many there are.
    pub total: usize,
    /// The first of them, in the board's order.
    pub records: Vec<RecordRef>,
}

impl Boards {
    /// The rows of a board as records, at most `most` of them, for those who may act on them.
    pub async fn whole(&self, actor: &Actor, board: &BoardId, most: usize) -> Outcome<Whole> {
        let board = self.allowed(actor, board, Deed::Change).await?.0.value;
        let read = self.read_rows(actor, &board, most).await?;
        let keys = read.bound.query.table.keys();
        let record = |row: &u32| RecordRef {
            connection: board.connection.clone(),
            object: board.definition.object.clone(),
            key: keys.get(*row as usize).into_owned(),
        };
        let records = read.rows.iter().map(record).collect();
        Ok(Whole { name: board.name, total: read.total, records })
    }

    pub(super) async fn read_rows(&self, actor: &Actor, board: &Board, most: usize) -> Outcome<Read> {
        let offer = self.offer_for(actor, &board.connection)?;
        let (sources, checked) = self.checked(actor, &offer, &board.definition).await?;
        let base = ObjectRef::new(&board.connection, &board.definition.object);
        let bound = Arc::new(self.bound(&base, &checked, &sources).await?);
        let query = bound.query.clone();
        let _permit = self.permit().await?;
        let find = move || {
            let total = query.answer(0).total;
            (total, query.answer(total.min(most)).rows)
        };
        let (total, rows) = tokio::task::spawn_blocking(find).await.context("the rows could not be found")?;
        Ok(Read { sources, checked, bound, total, rows })
    }
}
