//! What the doors get to show.

use super::definition::Chart;
use super::rights::Right;
use crate::domain::{BoardId, ConnectionId, FieldType, Millis, ObjectName, Paused, RecordRef, UserId, Value};

/// What of a board is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// Rows to pass over.
    pub offset: usize,
    /// Rows to show; more than a page can hold are cut.
    pub limit: usize,
    /// Only rows in which each of these words stands in a column of the board.
    pub search: Option<String>,
}

/// A board in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardSummary {
    /// Its id.
    pub id: BoardId,
    /// Its name.
    pub name: String,
    /// The object of its rows.
    pub object: ObjectName,
    /// More than one of them, in words (`Users`).
    pub plural: String,
    /// Whose records it shows.
    pub connection: ConnectionId,
    /// As people call the connection.
    pub connection_title: String,
    /// Whose it is.
    pub owner: UserId,
    /// What the person who asks may.
    pub right: Right,
    /// How they came to it.
    pub via: Via,
    /// Its owner may not use what it is made of: nobody sees it until they may again.
    pub is_disabled: bool,
}

/// How a person comes to a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// It is theirs.
    Own,
    /// Somebody shared it with them.
    Shared,
    /// It is everybody's.
    Everyone,
}

/// A page of a board.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardView {
    /// Its id.
    pub id: BoardId,
    /// Its name.
    pub name: String,
    /// From left to right.
    pub columns: Vec<ColumnView>,
    /// From top to bottom.
    pub rows: Vec<RowView>,
    /// How many rows match, on all pages.
    pub total: usize,
    /// How many rows stand before this page.
    pub offset: usize,
    /// All rows in groups, when the board groups them.
    pub groups: Option<GroupsView>,
    /// Where the data comes from and how old it is.
    pub sources: Vec<SourceAge>,
    /// The filter of the person's own through which it is seen.
    pub personal: Option<String>,
    /// Only rows with these words are shown; empty for all.
    pub search: String,
    /// Empty when there is no filter.
    pub filter_words: String,
    /// Empty when there is no order but that of the keys.
    pub sort_words: String,
    /// The object of its rows.
    pub base: ObjectName,
    /// Whose records it shows.
    pub connection: ConnectionId,
    /// Whether the person who asks may change it and act on its rows.
    pub can_edit: bool,
    /// Parts of the definition that no longer fit and were left out, a sentence each.
    pub broken: Vec<String>,
}

/// The rows of a board in groups.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupsView {
    /// What they have in common, as people call it.
    pub by: String,
    /// What is totalled besides the count.
    pub totals: Vec<String>,
    /// How they are drawn.
    pub chart: Chart,
    /// Periods in their order, numbers in theirs, all others largest first; what is not known comes last.
    pub groups: Vec<GroupView>,
    /// Groups that are not among these, and their rows.
    pub left_out: (usize, usize),
}

/// A group of rows.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupView {
    /// The value they have in common; none where it is not known.
    pub title: Option<String>,
    /// How many.
    pub rows: usize,
    /// One for each total; none where no number is known.
    pub totals: Vec<Option<f64>>,
}

/// A column's head.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnView {
    /// What stands above it.
    pub title: String,
    /// What its cells hold.
    pub kind: FieldType,
    /// Of its numbers.
    pub unit: Option<String>,
    /// It is the field people know the records by.
    pub is_primary: bool,
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub struct RowView {
    /// The record.
    pub record: RecordRef,
    /// As people call it.
    pub title: String,
    /// One a column.
    pub cells: Vec<Value>,
}

/// How old the data of a connection is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceAge {
    /// Which connection.
    pub connection: ConnectionId,
    /// As people call it.
    pub title: String,
    /// When the oldest fetch among the objects shown began; none before the first.
    pub fetched_at: Option<Millis>,
    /// What is wrong, a sentence.
    pub problem: Option<String>,
    /// A person stopped the fetching: it grows older.
    pub paused: Option<Paused>,
}

/// One record with all its fields.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordView {
    /// Which one.
    pub record: RecordRef,
    /// As people call it.
    pub title: String,
    /// What it is (`User`).
    pub object_title: String,
    /// In the order of the description.
    pub fields: Vec<FieldView>,
    /// When the fetch that brought it began.
    pub fetched_at: Option<Millis>,
}

/// A field of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldView {
    /// Its stable name.
    pub name: String,
    /// As people call it.
    pub title: String,
    /// What it holds.
    pub kind: FieldType,
    /// Of its number.
    pub unit: Option<String>,
    /// Its value.
    pub value: Value,
}

/// A record that may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// Its key.
    pub key: String,
    /// As people call it.
    pub title: String,
    /// What tells it from others of the same title; may be empty.
    pub detail: String,
}
