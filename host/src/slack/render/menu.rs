//! Choosing an action: those for the board's object first, then the others by connection.

use crate::actions::Offered;
use crate::domain::{BoardId, RecordRef};
use crate::slack::block;
use crate::slack::limits;
use crate::slack::meta::{Meta, field};
use serde_json::{Value as Json, json};

/// The modal. `row` is the chosen row with its title.
pub fn menu(offered: &[Offered], board: Option<&BoardId>, row: Option<(&RecordRef, &str)>) -> Json {
    let mut blocks = Vec::new();
    if let Some((_, title)) = row {
        blocks.push(block::section(&format!("On *{}*", block::escape_line(&limits::cut(title, 200)))));
    }
    if offered.is_empty() {
        blocks.push(block::paragraph("No action is available: no connection offers one that is turned on. An admin can connect a tool with /weft connect."));
    } else {
        let select = json!({"type": "static_select", "action_id": field::ACTION, "option_groups": groups(offered),
            "placeholder": block::plain("Choose an action", limits::PLACEHOLDER)});
        blocks.push(block::section_with(
            "What do you want to do? Nothing is changed before you have seen a preview and it is approved.",
            select,
        ));
    }
    let meta = Meta::Menu { board: board.cloned(), row: row.map(|(record, _)| record.clone()) };
    let mut modal = block::modal("Actions", blocks);
    modal["private_metadata"] = json!(meta.write());
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
