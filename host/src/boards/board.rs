//! A board as it is stored.

use super::definition::Definition;
use super::rights::Right;
use crate::domain::{BoardId, ConnectionId, Millis, UserId};
use crate::store::Entity;
use serde::{Deserialize, Serialize};

/// What fits above a table in Slack with the rest of the line.
pub const MAX_NAME_CHARS: usize = 80;

/// A board: a definition with a name, an owner, and those it is shared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Board {
    /// Its id.
    pub id: BoardId,
    /// As people call it. Not unique.
    pub name: String,
    /// Whose records it shows.
    pub connection: ConnectionId,
    /// Whose it is.
    pub owner: UserId,
    /// Who else may use it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared_with: Vec<Share>,
    /// What everyone in the workspace may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub everyone: Option<Right>,
    /// The name of the template it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// What it shows.
    pub definition: Definition,
    /// When it was made.
    pub created_at: Millis,
}

/// A person a board is shared with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// With whom.
    pub user: UserId,
    /// As what.
    pub right: Right,
}

/// A board to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct NewBoard {
    /// As people will call it, at most [`MAX_NAME_CHARS`] characters.
    pub name: String,
    /// What it shows; the connection must be named.
    pub definition: Definition,
}

impl Entity for Board {
    const KIND: &'static str = "board";

    fn id(&self) -> String {
        self.id.0.clone()
    }
}

/// A template's board that somebody deleted: installing the template again does not bring it back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeletedTemplate {
    /// The id the board had.
    pub board: BoardId,
}

impl Entity for DeletedTemplate {
    const KIND: &'static str = "deleted-template";

    fn id(&self) -> String {
        self.board.0.clone()
    }
}

/// The id of the board made from a template: the same each time, so that a second install finds the first.
pub fn template_board_id(connection: &ConnectionId, template: &str) -> BoardId {
    let name = format!("{connection}/{template}");
    BoardId(hex::encode(&blake3::hash(name.as_bytes()).as_bytes()[..16]))
}
