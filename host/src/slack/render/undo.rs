//! Taking a request back in parts: records that came from different states each go back to their own.

use super::request::{line, list};
use crate::actions::{Draft, RequestView};
use crate::slack::block::{self, Style};
use crate::slack::press::Press;
use serde_json::Value as Json;

/// Parts shown: the others are shown again once these are taken back.
const PARTS: usize = 40;
/// Records named in a part.
const NAMED: usize = 5;

/// The modal to choose a part from.
pub fn undo_parts(view: &RequestView, drafts: &[Draft]) -> Json {
    let mut blocks = vec![block::section(&format!(
        "These records were changed from {} different states, so each part is taken back by a request of its own. Nothing was changed yet.",
        drafts.len()
    ))];
    for (part, draft) in drafts.iter().take(PARTS).enumerate() {
        let titles: Vec<String> = draft.targets.iter().map(|target| line(title(view, &target.key))).collect();
        let button = Press::UndoPart { request: view.id.clone(), part }.button("Prepare…", Style::Plain);
        blocks.push(block::section_with(&list(&titles, NAMED), button));
    }
    if drafts.len() > PARTS {
        blocks.push(block::context(&format!("… and {} more parts.", drafts.len() - PARTS)));
    }
    block::modal("Undo", blocks)
}

fn title<'a>(view: &'a RequestView, key: &'a str) -> &'a str {
    view.targets.iter().find(|target| target.key == key).map_or(key, |target| &target.title)
}
