//! Short answers: help, status, loading, refusals, errors with a reference, and the modal that asks why not.

use super::connection::{self, Tile};
use crate::actions::RequestView;
use crate::domain::{NoAccess, RequestId};
use crate::slack::block::{self, AlertLevel};
use crate::slack::client::Message;
use crate::slack::limits::{self, cut};
use crate::slack::meta::{Meta, field};
use serde_json::{Value as Json, json};

/// What can be typed.
const EXAMPLES: &str = "• `/boards` – list the boards\n\
    • `/boards Idle users` – open one by name\n\
    • `/weft new` – build a board\n\
    • `/weft templates` – the ready-made boards\n\
    • `/weft run` – choose an action\n\
    • `/weft requests` – what waits for you, and what you asked for\n\
    • `/weft connections` – the connected tools\n\
    • `/weft connect salesforce` – connect one (admins)\n\
    • `/weft status` – whether all is well\n\
    • `/weft audit ada request.approved` – the audit log, searched by person, kind, day or words (admins)\n\
    • `/weft stop` – halt all running work of the workspace (admins)";

/// A sentence as a message.
pub fn sentence(text: &str) -> Message {
    let marked = block::sentence(text);
    Message { blocks: vec![block::section(&marked)], text: marked }
}

/// What can be typed.
pub fn help() -> Message {
    let text = format!(
        "*Weft* shows your tools as boards and changes them after an approval.\n{EXAMPLES}\nAll of it is in the Home of this app, too."
    );
    Message { blocks: vec![block::section(&text)], text: "What you can type: /boards, /boards NAME, /weft new, /weft templates, /weft run, /weft requests, /weft connections, /weft connect, /weft status, /weft audit, /weft stop".to_owned() }
}

/// Words we do not know.
pub fn unknown_command(typed: &str) -> Message {
    let typed = block::escape_line(&cut(typed, 100));
    let text = format!("I do not know “{typed}”. Nothing was done. Here is what works:\n{EXAMPLES}");
    Message { blocks: vec![block::section(&text)], text: format!("I do not know “{typed}”. Try /weft help.") }
}

/// How the workspace stands.
pub fn status(tiles: &[Tile], waiting: usize, is_admin: bool) -> Message {
    let mut blocks = vec![block::section(&match waiting {
        0 => "*Status* – no request waits for you.".to_owned(),
        1 => "*Status* – 1 request waits for you: `/weft requests`".to_owned(),
        many => format!("*Status* – {many} requests wait for you: `/weft requests`"),
    })];
    if tiles.is_empty() {
        blocks.push(block::section("No tool is connected yet. An admin connects one with `/weft connect`."));
    }
    blocks.extend(
        tiles
            .iter()
            .take(limits::MESSAGE_BLOCKS / connection::TILE_BLOCKS - 2)
            .flat_map(|tile| connection::connection(tile, is_admin)),
    );
    let known = tiles.iter().filter(|tile| tile.barred.is_none());
    let words: Vec<String> = known.map(|tile| format!("{}: {}", tile.title, tile.status)).collect();
    Message { text: block::escape(&format!("{waiting} waiting for you. {}", words.join(", "))), blocks }
}

/// Stands in a modal while the work is done: the trigger lives three seconds, the modal does not.
pub fn loading(what: &str) -> Json {
    block::modal("Weft", vec![block::paragraph(what)])
}

/// The end of something, as a modal.
pub fn said(title: &str, level: AlertLevel, text: &str) -> Json {
    block::modal(title, vec![refusal(level, text)])
}

/// A sentence at the top of a modal: as an alert when it is short and names nobody, since an alert takes no mention.
pub fn refusal(level: AlertLevel, text: &str) -> Json {
    let is_short = text.chars().count() <= limits::ALERT && !text.contains("<@");
    if is_short { block::alert(level, text) } else { block::section(&block::sentence(text)) }
}

/// A fault, with the reference that finds it in the log.
pub fn failed(reference: &str) -> String {
    format!(
        "Something went wrong on our side, and what you asked for may not be done. Try again; if it stays, tell an admin the reference {reference}."
    )
}

/// Boards named one by one.
const DISABLED: usize = 10;

/// Tells owners that boards of theirs are disabled, and why.
pub fn boards_disabled(lost: &NoAccess, boards: &[String]) -> Message {
    let named: Vec<String> = boards.iter().take(DISABLED).map(|board| format!("“{board}”")).collect();
    let more = boards.len().saturating_sub(DISABLED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    sentence(&format!(
        "{} Until then these boards of yours are disabled for everybody: {}{more}. Nothing of them is lost.",
        lost.for_reader(&lost.user),
        named.join(", ")
    ))
}

/// Tells owners that they may use a connection again.
pub fn boards_are_back(title: &str) -> Message {
    sentence(&format!("You may use “{title}” again: your boards that show it are back."))
}

/// Under a card that nobody decided yet.
pub fn reminder(view: &RequestView) -> Message {
    sentence(&format!(
        "Reminder: <@{}> still waits for a decision. It expires {}.",
        view.requester,
        block::instant(view.expires_at)
    ))
}

/// Asks why not.
pub fn deny(request: &RequestId, fingerprint: &str) -> Json {
    let element = json!({"type": "plain_text_input", "action_id": field::VALUE, "multiline": true, "max_length": 500});
    let mut modal = block::modal(
        "Deny request",
        vec![block::input(field::REASON, "Why not?", Some("The requester reads this."), true, element)],
    );
    let meta = Meta::Deny { request: request.clone(), fingerprint: fingerprint.to_owned() };
    modal["private_metadata"] = json!(meta.write());
    modal["submit"] = block::plain("Deny", limits::VIEW_TITLE);
    modal["close"] = block::plain("Cancel", limits::VIEW_TITLE);
    modal
}
