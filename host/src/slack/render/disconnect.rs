//! Disconnecting a tool: the window that says what goes and wants the connection's name, and what stands in the place of what is gone.

use super::board_menu::asking;
use crate::connections::{Farewell, Gone};
use crate::domain::{ConnectionId, UserId};
use crate::slack::block::{self, AlertLevel};
use crate::slack::client::Message;
use crate::slack::meta::{Meta, field};
use serde_json::{Value as Json, json};

/// Boards named; the rest is counted.
const BOARDS: usize = 10;
/// Requests named; the rest is counted.
const REQUESTS: usize = 5;
/// Longer names are no names of accounts.
const NAME: usize = 300;

/// What goes with a connection.
#[derive(Clone, Debug, PartialEq)]
pub struct LastLook {
    /// The connection itself.
    pub farewell: Farewell,
    /// Names and owners of the boards that use it.
    pub boards: Vec<(String, UserId)>,
    /// Open requests: what is asked for, on how many records, by whom.
    pub requests: Vec<(String, usize, UserId)>,
}

/// Asks for the connection's name, after saying what goes.
pub fn disconnect(connection: &ConnectionId, look: &LastLook) -> Json {
    let title = &look.farewell.title;
    let element = json!({"type": "plain_text_input", "action_id": field::VALUE, "max_length": NAME});
    let blocks = vec![
        block::alert(
            AlertLevel::Warning,
            "This cannot be undone. To stop the fetching without losing a board, use Pause.",
        ),
        block::section(&boards(look)),
        block::section(&requests(look)),
        block::paragraph(&format!(
            "{} Deleted here as well: the fetched data, the sealed credentials, who may use the connection, and what was said of its \
             records. What stays: the audit log, and the requests that are over. A request that runs now is run to its end first.",
            look.farewell.grant
        )),
        block::input(field::CONNECTION_NAME, &format!("Type “{title}” to disconnect it"), None, false, element),
    ];
    asking("Disconnect", "Disconnect", Meta::Disconnect { connection: connection.clone() }, blocks)
}

fn boards(look: &LastLook) -> String {
    let line = |(name, owner): &(String, UserId)| format!("• {} of {}", block::escape_line(name), block::person(owner));
    match look.boards.len() {
        0 => "*No board uses it.*".to_owned(),
        1 => format!("*This board is deleted for good:*\n{}", lines(look.boards.iter().map(line), 1, BOARDS)),
        many => format!(
            "*These {many} boards are deleted for good:*\n{}",
            lines(look.boards.iter().map(line), many, BOARDS)
        ),
    }
}

fn requests(look: &LastLook) -> String {
    let line = |(title, targets, requester): &(String, usize, UserId)| {
        let records = if *targets == 1 { "1 record".to_owned() } else { format!("{targets} records") };
        format!("• {} on {records}, asked for by {}", block::escape_line(title), block::person(requester))
    };
    match look.requests.len() {
        0 => "*No open request is on it.*".to_owned(),
        count => format!("*Open requests end unrun:*\n{}", lines(look.requests.iter().map(line), count, REQUESTS)),
    }
}

fn lines(lines: impl Iterator<Item = String>, count: usize, most: usize) -> String {
    let mut shown: Vec<String> = lines.take(most).collect();
    if count > most {
        shown.push(format!("… and {} more", count - most));
    }
    shown.join("\n")
}

/// In the place of a board that went with its connection.
pub fn board_gone(gone: &Gone) -> Message {
    super::sentence(&format!(
        "This board was deleted: <@{}> disconnected “{}”, and the boards that used it went with it.",
        gone.by, gone.title
    ))
}

/// In the place of how the connection stood.
pub fn disconnected(gone: &Gone) -> Message {
    super::sentence(&format!("“{}” was disconnected by <@{}>.", gone.title, gone.by))
}
