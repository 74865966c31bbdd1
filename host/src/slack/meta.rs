//! What a modal of ours is about. Travels in its `private_metadata`, ids only.

use crate::actions::PolicyOf;
use crate::domain::{ActionName, BoardId, ConnectionId, ObjectName, RecordRef, RequestId};
use serde::{Deserialize, Serialize};

/// A modal, by what sending it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "view", rename_all = "kebab-case")]
pub enum Meta {
    /// Looking at a row, or choosing an action.
    Menu {
        /// The board it was opened from.
        board: Option<BoardId>,
        /// The row it was opened on.
        row: Option<RecordRef>,
    },
    /// Filling in an action's form.
    Form(FormMeta),
    /// Looking at a plan before it is sent.
    Preview {
        /// The prepared request.
        request: RequestId,
        /// The plan as shown.
        fingerprint: String,
    },
    /// Saying why not.
    Deny {
        /// The request.
        request: RequestId,
        /// The plan as seen.
        fingerprint: String,
    },
    /// Building a board.
    Builder {
        /// The draft.
        draft: String,
    },
    /// Looking at a draft as text, above the window in which it is built.
    DraftText {
        /// The draft.
        draft: String,
        /// The window below.
        builder: String,
    },
    /// Giving a board another name.
    Rename {
        /// Which.
        board: BoardId,
    },
    /// Thinking about deleting a board.
    Delete {
        /// Which.
        board: BoardId,
    },
    /// Saying with whom a board is shared.
    Share {
        /// Which.
        board: BoardId,
    },
    /// Looking for rows of a board.
    Search {
        /// Which.
        board: BoardId,
    },
    /// Saying what to look for in the audit log.
    AuditSearch {
        /// The window below, which shows what is found.
        below: String,
    },
    /// Saying who may use a connection.
    Permissions {
        /// Which.
        connection: ConnectionId,
    },
    /// Saying whose approval an action needs.
    Policies(PolicyOf),
    /// Nothing to send.
    Plain,
}

/// Which action a form is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormMeta {
    /// Through which connection.
    pub connection: ConnectionId,
    /// What.
    pub action: ActionName,
    /// The object its targets are records of; none for an action without targets.
    pub object: Option<ObjectName>,
    /// The board it was opened from.
    pub board: Option<BoardId>,
}

impl Meta {
    /// As `private_metadata`.
    #[expect(clippy::expect_used, reason = "ids always serialise")]
    pub fn write(&self) -> String {
        serde_json::to_string(self).expect("a modal's meta serialises")
    }

    /// Reads it back; anything else is [`Meta::Plain`].
    pub fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or(Self::Plain)
    }
}

/// Blocks and elements of forms, by name.
pub mod field {
    use crate::domain::{BoardId, ObjectName, ObjectRef};

    /// The select over a board's rows stands in a block of this prefix; a new nonce with each rendering keeps Slack from
    /// showing the choice before.
    const ROW_BLOCK: &str = "row/";
    const BOARD_BLOCK: &str = "board/";
    /// The block of the records an action is for.
    pub const TARGETS: &str = "targets";
    /// The block of whether these are meant, or all others of the board.
    pub const SCOPE: &str = "scope";
    /// The records chosen are meant.
    pub const CHOSEN: &str = "chosen";
    /// All rows of the board are meant, without the records chosen.
    pub const ALL_ROWS: &str = "all";
    /// The block of the reason of a request or a denial.
    pub const REASON: &str = "reason";
    /// The block of the word that confirms a request alone.
    pub const CONFIRMATION: &str = "confirmation";
    /// The only element of an input block.
    pub const VALUE: &str = "value";
    /// The select over actions.
    pub const ACTION: &str = "choose-action";
    /// The select over a board's rows.
    pub const ROW: &str = "choose-row";
    /// The select over a board's rows of those who may only look.
    pub const LOOK: &str = "look-at-row";
    /// The select over accounts of another tool.
    pub const ACCOUNT: &str = "choose-account";
    /// The block of a board's new name.
    pub const NAME: &str = "name";
    /// The block of the people who may look at a board.
    pub const VIEWERS: &str = "viewers";
    /// The block of the people who may change a board.
    pub const EDITORS: &str = "editors";
    /// The block of what everyone may.
    pub const EVERYONE: &str = "everyone";
    /// The block of the channel a board is posted to.
    pub const CHANNEL: &str = "channel";
    /// The block of the words that are looked for.
    pub const WORDS: &str = "words";
    /// The block of the kind of a record.
    pub const KIND: &str = "kind";
    /// The block of the first day.
    pub const FROM: &str = "from";
    /// The block of the last day.
    pub const UNTIL: &str = "until";
    /// The block of who may use a connection.
    pub const WHO: &str = "who";
    /// The block of the people who may use a connection.
    pub const PEOPLE: &str = "people";
    /// The menu of a board or a connection.
    pub const MORE: &str = "more";
    const INPUT_BLOCK: &str = "input/";
    const RECORD: &str = "record/";
    /// The select over accounts stands in a block of this prefix; the nonce keeps Slack from showing the choice before.
    const ACCOUNT_BLOCK: &str = "account/";

    /// The block of an input.
    pub fn input_block(name: &str) -> String {
        format!("{INPUT_BLOCK}{name}")
    }

    /// The input a block is for.
    pub fn input_name(block: &str) -> Option<&str> {
        block.strip_prefix(INPUT_BLOCK)
    }

    /// The select over records of an object.
    pub fn record_action(object: &ObjectName) -> String {
        format!("{RECORD}{object}")
    }

    /// The object a select is over.
    pub fn record_object(action: &str) -> Option<ObjectName> {
        action.strip_prefix(RECORD).map(ObjectName::from)
    }

    /// The block of the select over accounts of an object.
    pub fn account_block(object: &ObjectRef, nonce: &str) -> String {
        format!("{ACCOUNT_BLOCK}{nonce}/{}/{}", object.connection, object.object)
    }

    /// The object whose accounts a select is over.
    pub fn account_object(block: &str) -> Option<ObjectRef> {
        let (_, object) = block.strip_prefix(ACCOUNT_BLOCK)?.split_once('/')?;
        let (connection, object) = object.split_once('/')?;
        Some(ObjectRef { connection: connection.into(), object: object.into() })
    }

    /// The block of the select over a board's rows.
    pub fn row_block(board: &BoardId, nonce: &str) -> String {
        format!("{ROW_BLOCK}{board}/{nonce}")
    }

    /// The block of the buttons that change a board.
    pub fn board_block(board: &BoardId, nonce: &str) -> String {
        format!("{BOARD_BLOCK}{board}/{nonce}")
    }

    /// The name of a block that carries a nonce, as it would be with an empty one.
    pub fn without_nonce(block: &str) -> Option<String> {
        let carries = block.starts_with(ROW_BLOCK) || block.starts_with(BOARD_BLOCK);
        let (before, _) = block.rsplit_once('/').filter(|_| carries)?;
        Some(format!("{before}/"))
    }

    /// The board a row select is over.
    pub fn row_board(block: &str) -> Option<BoardId> {
        let rest = block.strip_prefix(ROW_BLOCK)?;
        rest.rsplit_once('/').map(|(board, _)| BoardId::from(board))
    }
}
