//! What a person hears who may not use a connection.

use super::{ConnectionId, UserId, WorkspaceId};
use std::sync::Arc;

/// People named who can give access: one of them is enough, and more make a sentence nobody reads.
const NAMED: usize = 3;

/// Somebody may not use a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoAccess {
    /// Who may not.
    pub user: UserId,
    /// As people call the connection.
    pub title: String,
    /// Who can change that.
    pub givers: Vec<UserId>,
}

/// Answers whether a person may use a connection, as things are now.
pub type MayUse = Arc<dyn Fn(&WorkspaceId, &UserId, &ConnectionId) -> Result<(), NoAccess> + Send + Sync>;

impl NoAccess {
    /// A sentence for this reader: whether it is about them or about somebody else, and who can give access.
    pub fn for_reader(&self, reader: &UserId) -> String {
        let (who, them) = if reader == &self.user {
            ("You may not use".to_owned(), "you")
        } else {
            (format!("<@{}> may not use", self.user), "them")
        };
        format!("{who} “{}”. {} can give {them} access.", self.title, self.who_gives())
    }

    /// For the person, in places that take no mention.
    pub fn plain(&self) -> String {
        format!("You may not use “{}”: an admin can give you access.", self.title)
    }

    /// Who can give access, in words.
    pub fn who_gives(&self) -> String {
        let named: Vec<String> = self.givers.iter().take(NAMED).map(|giver| format!("<@{giver}>")).collect();
        match named.split_last() {
            None => "An admin".to_owned(),
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} or {last}", others.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_who_may_not_and_who_can_change_that() {
        let of = |givers: &[&str]| NoAccess {
            user: "U1".into(),
            title: "Okta".into(),
            givers: givers.iter().map(|giver| UserId::from(*giver)).collect(),
        };
        for (givers, reader, expected) in [
            (&["U2"][..], "U1", "You may not use “Okta”. <@U2> can give you access."),
            (&["U2", "U3"], "U1", "You may not use “Okta”. <@U2> or <@U3> can give you access."),
            (&["U2", "U3", "U4", "U5"], "U9", "<@U1> may not use “Okta”. <@U2>, <@U3> or <@U4> can give them access."),
            (&[], "U9", "<@U1> may not use “Okta”. An admin can give them access."),
        ] {
            assert_eq!(of(givers).for_reader(&reader.into()), expected);
        }
    }
}
