//! Boards: what people see of their tools. A definition says which records, fields and order; the engine answers from memory; rights
//! say who may look. Doors get plain data to show.

mod bind;
mod board;
mod catalog;
pub mod definition;
mod derived;
mod draft;
mod edit;
pub mod engine;
mod export;
#[cfg(test)]
mod fixtures;
mod gallery;
mod gate;
mod groups;
mod needs;
mod offered;
mod open;
mod pages;
mod persons;
mod rights;
mod service;
mod share;
mod tables;
#[cfg(test)]
mod tests;
mod update;
mod view;
mod words;

pub use board::{Board, MAX_NAME_CHARS, NewBoard, Share};
pub use catalog::Catalog;
pub use definition::{
    Chart, Column, Condition, ConnectionCatalog, Definition, Filter, MAX_COLUMNS, MAX_CONDITIONS, MAX_SORTS, Match,
    Operand, Operator, Show, Sort,
};
pub use draft::{
    Change, Draft, DraftCondition, DraftGroup, Drafted, Entered, EnteredCondition, MAX_GROUPS, Saved, Shape, operators,
};
pub use export::Export;
pub use gallery::GalleryEntry;
pub use gate::Barrier;
pub use offered::{OfferedField, OfferedObject, PathFacts, Purpose, show_words};
pub use persons::{MatchView, Saying};
pub use rights::{Deed, Right, may, right_on};
pub use service::{BoardSettings, Boards};
pub use share::{NewSharing, Shared, Sharing};
pub use view::{
    Ask, BoardSummary, BoardView, ColumnView, FieldView, GroupView, GroupsView, RecordView, RowView, SourceAge,
    Suggestion, Via,
};
