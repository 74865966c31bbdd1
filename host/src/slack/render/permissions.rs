//! Who may use a connection: the window in which an admin says it, and what it then says.

use super::board_menu::{asking, users};
use crate::connections::{MAX_USERS, PermissionsView, Users};
use crate::domain::ConnectionId;
use crate::slack::block;
use crate::slack::meta::{Meta, field};
use serde_json::Value as Json;

/// Everyone, as the value of the choice.
pub const EVERYONE: &str = "everyone";
/// Chosen people, as the value of the choice.
pub const ONLY: &str = "only";

/// Asks who may use a connection.
pub fn permissions(connection: &ConnectionId, view: &PermissionsView) -> Json {
    let (chosen, people) = match &view.users {
        Users::Everyone => (EVERYONE, Vec::new()),
        Users::Only(people) => (ONLY, people.iter().collect()),
    };
    let options = [("Everyone in the workspace", EVERYONE), ("Only these people", ONLY)];
    let options = options.iter().filter_map(|(text, value)| block::option(text, value, None)).collect();
    let blocks = vec![
        block::section(&format!(
            "*{}*\nAdmins and {}, who connected it, may always use it. Who may not use it sees nothing of it: no board that shows it, no \
             field, no action. A board whose owner may not use it is disabled for everybody until they may again.",
            block::escape_line(&view.title),
            block::person(&view.connected_by)
        )),
        block::input(
            field::WHO,
            "Who may use it?",
            None,
            false,
            block::select(field::VALUE, "Choose", options, Some(chosen)),
        ),
        block::input(
            field::PEOPLE,
            "These people",
            Some(&format!("Counts for “Only these people”: at most {MAX_USERS}, or nobody for admins only.")),
            true,
            users(people),
        ),
    ];
    asking("Manage permissions", "Save", Meta::Permissions { connection: connection.clone() }, blocks)
}

/// Who may use it, in a few words.
pub fn users_words(users: &Users) -> String {
    match users {
        Users::Everyone => "for everyone".to_owned(),
        Users::Only(people) => match people.len() {
            0 => "for admins only".to_owned(),
            1 => "for 1 person and admins".to_owned(),
            many => format!("for {many} people and admins"),
        },
    }
}

/// What an admin has said, as a sentence.
pub fn permitted(view: &PermissionsView) -> String {
    format!("“{}” is {} from now on. Boards and Homes follow at once.", view.title, users_words(&view.users))
}
