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
mod matches;
mod needs;
mod offered;
mod open;
mod pages;
mod persons;
mod rights;
mod service;
mod share;
mod spool;
mod suggested;
mod tables;
#[cfg(test)]
mod tests;
mod update;
mod view;
mod whole;
mod words;

pub use board::{Board, MAX_NAME_CHARS, NewBoard, Share};
pub use catalog::Catalog;
pub use definition::{
    Chart, Column, Condition, ConnectionCatalog, Definition, Filter, Group, MAX_COLUMNS, MAX_CONDITIONS, MAX_SORTS,
    MAX_TOTALS, Match, Operand, Operator, Period, Show, Sort, TotalOf,
};
pub use draft::{
    Change, Draft, DraftCondition, DraftGroup, Drafted, Entered, EnteredCondition, EnteredGroup, GroupBy, MAX_GROUPS,
    Saved, Shape, is_date, operators,
};
pub use engine::Total;
pub use export::Export;
pub use gallery::GalleryEntry;
pub use gate::Barrier;
pub use groups::total_words;
pub use matches::{Account, Found, MatchView, SaidView};
pub use offered::{OfferedField, OfferedObject, PathFacts, Purpose, show_words};
pub use persons::{Said, Saying};
pub use rights::{Deed, Right, may, right_on};
pub use service::{BoardSettings, Boards};
pub use share::{NewSharing, Shared, Sharing};
pub use view::{
    Ask, BoardSummary, BoardView, ColumnView, FieldView, GroupView, GroupsView, RecordView, RowView, SourceAge,
    Suggestion, Via,
};
pub use whole::Whole;
