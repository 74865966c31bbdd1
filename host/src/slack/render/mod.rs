//! All that people see of Weft in Slack. Pure: data in, blocks out. Words before colours and signs, an explicit text beside
//! every message, everything from a tool escaped or in plain text.

mod access;
mod audit;
mod audit_words;
mod board;
mod board_menu;
mod board_table;
mod boards;
mod builder;
mod card;
mod chart;
mod connection;
mod details;
mod form;
mod gallery;
mod home;
mod list;
mod menu;
mod notice;
mod pages;
mod people;
mod permissions;
mod policies;
mod preview;
mod request;
mod results;
mod undo;
mod value;

#[cfg(test)]
pub(super) mod tests;

pub use access::{AccessView, SeenObject, Sight, access};
pub use audit::{AuditLine, AuditView, ask_audit, audit, audit_feed, audit_record, people_in};
pub use board::{BoardPlace, Rung, board};
pub use board_menu::{board_text, delete_board, rename_board, search_board, share_board, shared_with_you};
pub use boards::boards;
pub use builder::{Builder, PREVIEW_ROWS, Preview, builder, draft_text, field_options, text_too_long, total_options};
pub use card::{Audience, card};
pub use connection::{Tile, connect_link, message as connection_message};
pub use details::{May, details};
pub use form::{FormState, WholeBoard, form};
pub use gallery::gallery;
pub use home::{Home, home, list as requests};
pub use list::list_preview;
pub use menu::{menu, row_menu};
pub use notice::{
    boards_are_back, boards_disabled, deny, failed, help, loading, reminder, said, sentence, status, unknown_command,
};
pub use people::{Others, Row};
pub use permissions::{ONLY, permissions, permitted};
pub use policies::{policies, policy_options, policy_saved};
pub use preview::{preview, sent};
pub use request::{approved, has_results};
pub use results::results;
pub use undo::undo_parts;
pub use value::text as cell_text;
