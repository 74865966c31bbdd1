//! What our buttons mean. The meaning travels in the button's value, ids only, and comes back at the click; whether the person
//! may do it is decided then, by the feature.

use super::block::{self, Style};
use crate::audit::AuditFormat;
use crate::boards::Change;
use crate::domain::{BoardId, ConnectionId, IntegrationId, RecordRef, RequestId};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// A button of ours, pressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Press {
    /// List the boards.
    ListBoards,
    /// Show a board in a new message.
    OpenBoard {
        /// Which.
        board: BoardId,
    },
    /// Show this part of the board in the same message.
    ShowBoard {
        /// Which.
        board: BoardId,
        /// First row.
        offset: usize,
        /// Only rows with these words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        search: Option<String>,
        /// Through this filter of the person's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        personal: Option<String>,
    },
    /// Post this part of the board where everybody in the channel sees it.
    ShareBoard {
        /// Which.
        board: BoardId,
        /// First row.
        offset: usize,
    },
    /// Choose an action for rows of a board.
    ActOnBoard {
        /// Which.
        board: BoardId,
    },
    /// Connect an integration, or one of its connections again.
    Connect {
        /// Which integration.
        integration: IntegrationId,
        /// The connection to connect again.
        connection: Option<ConnectionId>,
    },
    /// Fetch now.
    Sync {
        /// Which connection.
        connection: ConnectionId,
    },
    /// What the credentials of a connection may see and do.
    Access {
        /// Which connection.
        connection: ConnectionId,
    },
    /// Who may use a connection.
    Permissions {
        /// Which connection.
        connection: ConnectionId,
    },
    /// Stop the fetching of a connection.
    Pause {
        /// Which.
        connection: ConnectionId,
    },
    /// Fetch a paused connection again.
    Resume {
        /// Which.
        connection: ConnectionId,
    },
    /// Ask whether to disconnect a tool.
    Disconnect {
        /// Which.
        connection: ConnectionId,
    },
    /// Whose approval the actions of a connection need.
    Policies {
        /// Which connection.
        connection: ConnectionId,
    },
    /// Say yes to the plan as seen.
    Approve {
        /// Which request.
        request: RequestId,
        /// The plan.
        fingerprint: String,
    },
    /// Say no, with a reason.
    Deny {
        /// Which request.
        request: RequestId,
        /// The plan.
        fingerprint: String,
    },
    /// All there is to know about a request.
    Details {
        /// Which request.
        request: RequestId,
    },
    /// Another page of the records of a request, in the window in front.
    LookThrough {
        /// Which request.
        request: RequestId,
        /// The first record shown.
        from: usize,
    },
    /// Take a request back before it is decided.
    Withdraw {
        /// Which request.
        request: RequestId,
    },
    /// Cancel what has not begun of a request.
    Cancel {
        /// Which request.
        request: RequestId,
    },
    /// Prepare the opposite of a request.
    Undo {
        /// Which request.
        request: RequestId,
    },
    /// Prepare the opposite of one part of a request.
    UndoPart {
        /// Which request.
        request: RequestId,
        /// Its place among the parts.
        part: usize,
    },
    /// Prepare what did not happen of a request once more.
    Retry {
        /// Which request.
        request: RequestId,
    },
    /// Build a new board.
    NewBoard,
    /// Change what a board shows.
    EditBoard {
        /// Which.
        board: BoardId,
        /// What the person came for.
        part: Part,
    },
    /// Filter a board for oneself.
    FilterForMe {
        /// Which.
        board: BoardId,
    },
    /// Change a draft.
    ChangeDraft {
        /// Which.
        draft: String,
        /// How.
        change: Change,
    },
    /// Show a draft as text.
    DraftText {
        /// Which.
        draft: String,
    },
    /// Give a board another name.
    RenameBoard {
        /// Which.
        board: BoardId,
    },
    /// Copy a board.
    DuplicateBoard {
        /// Which.
        board: BoardId,
    },
    /// Show a board's definition as text.
    BoardText {
        /// Which.
        board: BoardId,
    },
    /// A board's definition as a file.
    BoardFile {
        /// Which.
        board: BoardId,
    },
    /// Ask whether to delete a board.
    DeleteBoard {
        /// Which.
        board: BoardId,
    },
    /// Ask with whom to share a board.
    ShareWith {
        /// Which.
        board: BoardId,
    },
    /// All rows of a board as a file.
    ExportBoard {
        /// Which.
        board: BoardId,
    },
    /// Ask for words to look for in a board.
    SearchBoard {
        /// Which.
        board: BoardId,
    },
    /// Show the ready-made boards.
    Gallery,
    /// Make a ready-made board.
    UseTemplate {
        /// Through which connection.
        connection: ConnectionId,
        /// Its name.
        template: String,
    },
    /// Take a file as the people list.
    TakeList {
        /// Which.
        file: String,
    },
    /// Forget a file.
    DropList {
        /// Which.
        file: String,
    },
    /// Look up who the record of the window is in other tools.
    OtherTools,
    /// The record of the window and this one are the same person.
    SamePerson {
        /// The other one.
        other: RecordRef,
    },
    /// They are not the same person.
    NotSamePerson {
        /// The other one.
        other: RecordRef,
    },
    /// What was said of the two is taken back.
    TakeBack {
        /// The other one.
        other: RecordRef,
    },
    /// Show a page of the audit log.
    ShowAudit {
        /// What is looked for.
        search: String,
        /// Only records before this number.
        before: Option<u64>,
    },
    /// Ask what to look for in the audit log.
    AskAudit {
        /// What was looked for last.
        search: String,
    },
    /// Show a record of the audit log.
    AuditRecord {
        /// Its number.
        seq: u64,
    },
    /// The audit log as a file.
    ExportAudit {
        /// Of which kind.
        format: AuditFormat,
    },
    /// The button was a link: the browser has it already.
    Link,
}

/// A part of what a board shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Which rows.
    Filter,
    /// Which fields.
    Columns,
}

impl Press {
    /// Unique among the buttons of one block: it says what the button does, and to what part where there are several.
    fn action_id(&self) -> String {
        let name = match self {
            Self::ListBoards => "list-boards",
            Self::OpenBoard { .. } => "open-board",
            Self::ShowBoard { offset, .. } => return format!("press.show-board.{offset}"),
            Self::ShareBoard { .. } => "share-board",
            Self::ActOnBoard { .. } => "act-on-board",
            Self::Connect { integration, .. } => return format!("press.connect.{integration}"),
            Self::Sync { .. } => "sync",
            Self::Access { .. } => "access",
            Self::Permissions { .. } => "permissions",
            Self::Pause { .. } => "pause",
            Self::Resume { .. } => "resume",
            Self::Disconnect { .. } => "disconnect",
            Self::Policies { .. } => "policies",
            Self::Approve { .. } => "approve",
            Self::Deny { .. } => "deny",
            Self::Details { .. } => "details",
            Self::LookThrough { from, .. } => return format!("press.look-through.{from}"),
            Self::Withdraw { .. } => "withdraw",
            Self::Cancel { .. } => "cancel",
            Self::Undo { .. } => "undo",
            Self::UndoPart { part, .. } => return format!("press.undo-part.{part}"),
            Self::Retry { .. } => "retry",
            Self::NewBoard => "new-board",
            Self::EditBoard { part: Part::Filter, .. } => "edit-filter",
            Self::EditBoard { part: Part::Columns, .. } => "edit-columns",
            Self::FilterForMe { .. } => "filter-for-me",
            Self::ChangeDraft { change, .. } => return format!("press.{}", change_name(*change)),
            Self::DraftText { .. } => "draft-text",
            Self::RenameBoard { .. } => "rename-board",
            Self::DuplicateBoard { .. } => "duplicate-board",
            Self::BoardText { .. } => "board-text",
            Self::BoardFile { .. } => "board-file",
            Self::DeleteBoard { .. } => "delete-board",
            Self::ShareWith { .. } => "share-with",
            Self::ExportBoard { .. } => "export-board",
            Self::SearchBoard { .. } => "search-board",
            Self::Gallery => "gallery",
            Self::UseTemplate { .. } => "use-template",
            Self::TakeList { .. } => "take-list",
            Self::DropList { .. } => "drop-list",
            Self::OtherTools => "other-tools",
            Self::SamePerson { .. } => "same-person",
            Self::NotSamePerson { .. } => "not-same-person",
            Self::TakeBack { .. } => "take-back",
            Self::ShowAudit { before: None, .. } => "show-audit",
            Self::ShowAudit { before: Some(_), .. } => "show-older-audit",
            Self::AskAudit { .. } => "ask-audit",
            Self::AuditRecord { .. } => "audit-record",
            Self::ExportAudit { format: AuditFormat::JsonLines } => "export-audit-json",
            Self::ExportAudit { format: AuditFormat::Csv } => "export-audit-csv",
            Self::Link => "link",
        };
        format!("press.{name}")
    }

    /// The button.
    #[expect(clippy::expect_used, reason = "ids and numbers always serialise")]
    pub fn button(&self, text: &str, style: Style) -> Json {
        let value = serde_json::to_string(self).expect("a press serialises");
        block::button(text, &self.action_id(), &value, style)
    }

    /// The same as an option of a menu. None when its ids are too long for one.
    #[expect(clippy::expect_used, reason = "ids and numbers always serialise")]
    pub fn option(&self, text: &str) -> Option<Json> {
        block::option(text, &serde_json::to_string(self).expect("a press serialises"), None)
    }

    /// The button, asking once more before it does anything.
    pub fn careful_button(&self, text: &str, style: Style, confirm: Json) -> Json {
        let mut button = self.button(text, style);
        button["confirm"] = confirm;
        button
    }

    /// A button that opens an address.
    pub fn link(text: &str, url: &str) -> Json {
        block::link_button(text, &Self::Link.action_id(), url)
    }

    /// Reads a button's value back.
    pub fn read(action_id: &str, value: &str) -> Option<Self> {
        if action_id == Self::Link.action_id() {
            return Some(Self::Link);
        }
        serde_json::from_str(value).ok()
    }
}

fn change_name(change: Change) -> &'static str {
    match change {
        Change::None => "refresh-draft",
        Change::AddCondition(_) => "add-condition",
        Change::RemoveCondition(_) => "remove-condition",
        Change::AddGroup => "add-group",
        Change::RemoveGroup(_) => "remove-group",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_comes_back_as_what_it_was() {
        let presses = [
            Press::ListBoards,
            Press::ChangeDraft { draft: "d".into(), change: Change::AddCondition(Some(7)) },
            Press::EditBoard { board: "b".into(), part: Part::Filter },
            Press::ShowBoard { board: "b".into(), offset: 200, search: Some("ada".into()), personal: None },
            Press::Approve { request: "r".into(), fingerprint: "f".repeat(64) },
            Press::Connect { integration: "salesforce".into(), connection: Some("c".into()) },
        ];
        for press in presses {
            let button = press.button("x", Style::Plain);
            let read = Press::read(button["action_id"].as_str().unwrap(), button["value"].as_str().unwrap());
            assert_eq!(read, Some(press));
        }
    }

    #[test]
    fn values_of_others_are_none() {
        assert_eq!(Press::read("x", "approve"), None);
        assert_eq!(Press::read("x", r#"{"do":"format-disk"}"#), None);
    }
}
