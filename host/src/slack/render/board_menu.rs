//! Windows of a board's menu: another name, deleting, sharing, searching, its text.

use super::builder::text_element;
use crate::boards::{MAX_NAME_CHARS, Right, Sharing};
use crate::domain::{BoardId, UserId};
use crate::slack::block::{self, AlertLevel, Style};
use crate::slack::client::Message;
use crate::slack::limits;
use crate::slack::meta::{Meta, field};
use crate::slack::press::Press;
use serde_json::{Value as Json, json};

/// People a select takes; a board is shared with no more.
const PEOPLE: usize = 100;
/// Words that are looked for.
const WORDS: usize = 100;

/// Asks for another name.
pub fn rename_board(board: &BoardId, name: &str) -> Json {
    let element = json!({"type": "plain_text_input", "action_id": field::VALUE, "max_length": MAX_NAME_CHARS, "initial_value": name});
    asking(
        "Rename board",
        "Rename",
        Meta::Rename { board: board.clone() },
        vec![block::input(field::NAME, "Name", None, false, element)],
    )
}

/// Asks whether to delete a board.
pub fn delete_board(board: &BoardId, name: &str) -> Json {
    let text = format!("Delete “{name}” for good?");
    let blocks = vec![
        block::alert(AlertLevel::Warning, &text),
        block::paragraph(
            "Everyone it is shared with loses it. The records stay where they are: in the tool. There is no undo; “As text” keeps a copy of what the board shows.",
        ),
    ];
    asking("Delete board", "Delete", Meta::Delete { board: board.clone() }, blocks)
}

/// Asks with whom to share a board.
pub fn share_board(board: &BoardId, sharing: &Sharing) -> Json {
    let people =
        |right: Right| sharing.people.iter().filter(|share| share.right == right).map(|share| &share.user).collect();
    let everyone = match sharing.everyone {
        Some(Right::Editor | Right::Owner) => "editor",
        Some(Right::Viewer) => "viewer",
        None => "nobody",
    };
    let options =
        [("Nobody but those named above", "nobody"), ("May look at it", "viewer"), ("May change it", "editor")];
    let options = options.iter().filter_map(|(text, value)| block::option(text, value, None)).collect();
    let channel = json!({"type": "conversations_select", "action_id": field::VALUE,
        "filter": {"include": ["public", "private"], "exclude_bot_users": true},
        "placeholder": block::plain("Choose a channel", limits::PLACEHOLDER)});
    let blocks = vec![
        block::section(&format!(
            "*{}* belongs to {}.",
            block::escape_line(&sharing.name),
            block::person(&sharing.owner)
        )),
        block::input(
            field::VIEWERS,
            "Who may look at it?",
            Some("Viewers search it and filter it for themselves."),
            true,
            users(people(Right::Viewer)),
        ),
        block::input(
            field::EDITORS,
            "Who may change it?",
            Some("Editors change fields and filter, run actions, export and share."),
            true,
            users(people(Right::Editor)),
        ),
        block::input(
            field::EVERYONE,
            "Everyone in the workspace",
            None,
            false,
            block::select(field::VALUE, "Choose", options, Some(everyone)),
        ),
        block::input(
            field::CHANNEL,
            "Post it to a channel",
            Some("Everybody there sees the rows as you see them, and the message is kept up to date."),
            true,
            channel,
        ),
    ];
    asking("Share board", "Share", Meta::Share { board: board.clone() }, blocks)
}

/// Tells a person that they have a board now.
pub fn shared_with_you(board: &BoardId, name: &str, by: &UserId) -> Message {
    let text = format!("{} shared the board *{}* with you.", block::person(by), block::escape_line(name));
    let open = Press::OpenBoard { board: board.clone() }.button("Open", Style::Plain);
    Message { blocks: vec![block::section_with(&text, open)], text }
}

/// A select of people, with these chosen.
pub fn users(chosen: Vec<&UserId>) -> Json {
    let mut element = json!({"type": "multi_users_select", "action_id": field::VALUE, "max_selected_items": PEOPLE,
        "placeholder": block::plain("Choose people", limits::PLACEHOLDER)});
    if !chosen.is_empty() {
        element["initial_users"] = json!(chosen.iter().take(PEOPLE).collect::<Vec<_>>());
    }
    element
}

/// Asks for words to look for.
pub fn search_board(board: &BoardId) -> Json {
    let element = json!({"type": "plain_text_input", "action_id": field::VALUE, "max_length": WORDS});
    let hint =
        "Each word must stand in one of the board's columns. Only you see what is found; the board stays as it is.";
    asking(
        "Search board",
        "Search",
        Meta::Search { board: board.clone() },
        vec![block::input(field::WORDS, "Words", Some(hint), false, element)],
    )
}

/// A board's definition, to be copied.
pub fn board_text(board: &BoardId, name: &str, text: &str) -> Json {
    let file = Press::BoardFile { board: board.clone() }.button("Send me the file", Style::Plain);
    let mut blocks = vec![block::section_with(&format!("*{}*", block::escape_line(name)), file)];
    if text.chars().count() <= limits::INPUT_TEXT {
        let hint = "To make a board of it, here or in another workspace: /weft new, choose an object, then “As text”.";
        blocks.push(block::input(
            field::input_block("text").as_str(),
            "Definition",
            Some(hint),
            true,
            text_element(text),
        ));
    } else {
        blocks.push(block::paragraph("The text is longer than a field of Slack's takes: use the file."));
    }
    let mut modal = block::modal("Board as text", blocks);
    // Slack wants a button to send wherever there is a field.
    modal["submit"] = block::plain("Done", limits::VIEW_TITLE);
    modal
}

/// A window that is sent with a button of this name.
pub fn asking(title: &str, submit: &str, meta: Meta, blocks: Vec<Json>) -> Json {
    let mut modal = block::modal(title, blocks);
    modal["private_metadata"] = json!(meta.write());
    modal["submit"] = block::plain(submit, limits::VIEW_TITLE);
    modal["close"] = block::plain("Cancel", limits::VIEW_TITLE);
    modal
}
