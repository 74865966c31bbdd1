//! Sharing: who else may use a board, and as what. The owner and editors give and take these rights; ownership stays.

use super::board::{Board, Share};
use super::rights::{Deed, Right};
use super::service::{Boards, event};
use crate::domain::{Actor, AppError, BoardId, Outcome, UserId};
use crate::store::WriteSet;

/// People a board is shared with one by one, as many as one select of Slack's holds: for more there is everyone.
const MAX_SHARES: usize = 100;

/// With whom a board is shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sharing {
    /// As it is called.
    pub name: String,
    /// Whose it is.
    pub owner: UserId,
    /// People, as what.
    pub people: Vec<Share>,
    /// What everyone in the workspace may.
    pub everyone: Option<Right>,
}

/// The sharing as somebody wants it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewSharing {
    /// May look.
    pub viewers: Vec<UserId>,
    /// May change it; who stands in both is an editor.
    pub editors: Vec<UserId>,
    /// What everyone in the workspace may.
    pub everyone: Option<Right>,
}

/// Who has a board now and did not have it before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// They see it.
    pub new: Vec<UserId>,
    /// They do not see it, since they may not use what it is made of.
    pub barred: Vec<UserId>,
}

impl Boards {
    /// With whom a board is shared, for those who may share it.
    pub async fn sharing(&self, actor: &Actor, board: &BoardId) -> Outcome<Sharing> {
        let board = self.allowed(actor, board, Deed::Change).await?.0.value;
        Ok(Sharing { name: board.name, owner: board.owner, people: board.shared_with, everyone: board.everyone })
    }

    /// Shares a board so and not otherwise. Answers the people who did not have it before.
    pub async fn share(&self, actor: &Actor, board: &BoardId, sharing: &NewSharing) -> Outcome<Shared> {
        let (stored, _) = self.allowed(actor, board, Deed::Change).await?;
        let before = &stored.value;
        let after = Board { shared_with: shares(before, sharing), everyone: sharing.everyone, ..before.clone() };
        if after.everyone == Some(Right::Owner) {
            return Err(AppError::refused("A board has one owner. Nothing was shared."));
        }
        if after.shared_with.len() > MAX_SHARES {
            return Err(AppError::refused(format!(
                "A board is shared with at most {MAX_SHARES} people. Nothing was changed: share it with everyone instead."
            )));
        }
        if &after == before {
            return Ok(Shared::default());
        }
        let had = |user: &UserId| before.shared_with.iter().any(|share| &share.user == user);
        let new = after.shared_with.iter().map(|share| share.user.clone()).filter(|user| !had(user));
        let (barred, new) = new.partition(|user| self.is_barred(&actor.workspace, user, &after));
        let mut audit = event(Some(actor), "board.shared", &after);
        audit.detail = format!("Board “{}”: {}", after.name, words(&after));
        let write = WriteSet::default().update(stored.version, &after).audit(audit);
        self.commit(&actor.workspace, write).await?;
        Ok(Shared { new, barred })
    }
}

fn shares(board: &Board, sharing: &NewSharing) -> Vec<Share> {
    let share = |right: Right| move |user: &UserId| Share { user: user.clone(), right };
    let editors = sharing.editors.iter().map(share(Right::Editor));
    let viewers = sharing.viewers.iter().filter(|user| !sharing.editors.contains(user)).map(share(Right::Viewer));
    // The owner has every right already.
    editors.chain(viewers).filter(|share| share.user != board.owner).collect()
}

/// For the audit log, ids only.
fn words(board: &Board) -> String {
    let right = |right: Right| if right == Right::Viewer { "viewer" } else { "editor" };
    let one = |share: &Share| format!("{} as {}", share.user, right(share.right));
    let mut parts: Vec<String> = board.shared_with.iter().map(one).collect();
    parts.extend(board.everyone.map(|everyone| format!("everyone as {}", right(everyone))));
    if parts.is_empty() { "shared with nobody".to_owned() } else { format!("shared with {}", parts.join(", ")) }
}
