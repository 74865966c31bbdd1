//! Who may do what with a board: the table of the product, as a function.

use super::board::Board;
use crate::domain::Actor;
use serde::{Deserialize, Serialize};

/// How a board is shared with somebody. Each may do what the one before may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Right {
    /// Looks at it.
    Viewer,
    /// Changes what it shows, and acts on what it shows.
    Editor,
    /// It is theirs.
    Owner,
}

/// What somebody wants to do with a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// View, search, filter for oneself.
    View,
    /// Change columns, filter and sort; run actions; export; duplicate; share.
    Change,
    /// Rename or delete.
    Dispose,
}

/// The actor's right on a board, the highest of those given in any way. None: for them the board does not exist.
pub fn right_on(board: &Board, actor: &Actor) -> Option<Right> {
    if board.owner == actor.user {
        return Some(Right::Owner);
    }
    let shared = board.shared_with.iter().filter(|share| share.user == actor.user).map(|share| share.right);
    // Ownership is not given by sharing.
    shared.chain(board.everyone).max().map(|right| right.min(Right::Editor))
}

/// Whether a person with this right may do it. Admins of the workspace may dispose of any board, without seeing into it.
pub fn may(right: Option<Right>, is_admin: bool, deed: Deed) -> bool {
    match deed {
        Deed::View => right.is_some(),
        Deed::Change => right >= Some(Right::Editor),
        Deed::Dispose => right == Some(Right::Owner) || is_admin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_rights() {
        use Right::*;
        let rows = [
            // right, admin: view, change, dispose
            (None, false, [false, false, false]),
            (Some(Viewer), false, [true, false, false]),
            (Some(Editor), false, [true, true, false]),
            (Some(Owner), false, [true, true, true]),
            (None, true, [false, false, true]),
            (Some(Viewer), true, [true, false, true]),
            (Some(Editor), true, [true, true, true]),
            (Some(Owner), true, [true, true, true]),
        ];
        for (right, is_admin, expected) in rows {
            let answers = [Deed::View, Deed::Change, Deed::Dispose].map(|deed| may(right, is_admin, deed));
            assert_eq!(answers, expected, "{right:?}, admin: {is_admin}");
        }
    }
}
