//! Choosing an action: those for the board's object first, then the others by connection.

use super::notice::refusal;
use super::people::{self, Row};
use crate::actions::Offered;
use crate::domain::{BoardId, RecordRef};
use crate::slack::block::{self, AlertLevel};
use crate::slack::limits;
use crate::slack::meta::{Meta, field};
use serde_json::{Value as Json, json};

/// The modal.
pub fn menu(offered: &[Offered], board: Option<&BoardId>) -> Json {
    titled("Actions", choice(offered), board, None)
}

/// The same for a row, with who it is in other tools below. Those who may only look at the board get no actions.
pub fn row_menu(row: &Row<'_>, offered: Option<&[Offered]>, board: &BoardId) -> Json {
    let mut blocks: Vec<Json> = row.alert.map(|alert| refusal(AlertLevel::Warning, alert)).into_iter().collect();
    let title = block::escape_line(&limits::cut(row.title, TITLE));
    blocks.push(block::section(&if offered.is_some() { format!("On *{title}*") } else { format!("*{title}*") }));
    blocks.extend(offered.into_iter().flat_map(choice));
    blocks.extend(people::blocks(row));
    let title = if offered.is_some() { "Actions" } else { "Record" };
    titled(title, blocks, Some(board), Some(row.record))
}

/// Longer titles say nothing more.
const TITLE: usize = 200;

fn choice(offered: &[Offered]) -> Vec<Json> {
    if offered.is_empty() {
        let none = "No action is available: no connection offers one that is turned on. An admin can connect a tool with /weft connect.";
        return vec![block::paragraph(none)];
    }
    let select = json!({"type": "static_select", "action_id": field::ACTION, "option_groups": groups(offered),
        "placeholder": block::plain("Choose an action", limits::PLACEHOLDER)});
    let asks = "What do you want to do? Nothing is changed before you have seen a preview and it is approved.";
    vec![block::section_with(asks, select)]
}

fn titled(title: &str, blocks: Vec<Json>, board: Option<&BoardId>, row: Option<&RecordRef>) -> Json {
    let mut modal = block::modal(title, blocks);
    modal["private_metadata"] = json!(Meta::Menu { board: board.cloned(), row: row.cloned() }.write());
    modal
}

/// One group for what fits, then one a connection, in the order offered.
fn groups(offered: &[Offered]) -> Vec<Json> {
    let mut groups: Vec<(String, Vec<Json>)> = Vec::new();
    for offer in offered {
        let label = if offer.fits {
            format!("For this board · {}", offer.connection_title)
        } else {
            offer.connection_title.clone()
        };
        let value = format!("{}/{}", offer.connection, offer.action.name);
        let Some(option) = block::option(&offer.action.title, &value, Some(&offer.action.help)) else { continue };
        match groups.iter_mut().find(|(known, _)| *known == label) {
            Some((_, options)) => options.push(option),
            None => groups.push((label, vec![option])),
        }
    }
    groups.into_iter().map(|(label, options)| block::option_group(&label, options)).collect()
}
