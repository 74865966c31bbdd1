//! Boards: what people see of their tools. A definition says which records, fields and order; the engine answers from memory; rights
//! say who may look. Doors get plain data to show.

mod bind;
mod board;
mod catalog;
pub mod definition;
mod derived;
pub mod engine;
#[cfg(test)]
mod fixtures;
mod groups;
mod needs;
mod open;
mod pages;
mod persons;
mod rights;
mod service;
mod tables;
#[cfg(test)]
mod tests;
mod update;
mod view;
mod words;

pub use board::{Board, MAX_NAME_CHARS, NewBoard, Share};
pub use catalog::Catalog;
pub use definition::{Chart, ConnectionCatalog, Definition};
pub use persons::{MatchView, Saying};
pub use rights::{Deed, Right, may, right_on};
pub use service::{BoardSettings, Boards};
pub use view::{
    Ask, BoardSummary, BoardView, ColumnView, FieldView, GroupView, GroupsView, RecordView, RowView, SourceAge,
    Suggestion,
};
