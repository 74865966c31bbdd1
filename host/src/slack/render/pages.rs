//! The records of a request page by page: a window holds as many as a person looks at before turning over.

use crate::actions::{RequestView, TargetView};
use crate::slack::block::{self, Style};
use crate::slack::press::Press;
use serde_json::Value as Json;

/// Records on a page; a window has 100 blocks.
pub const PER_PAGE: usize = 50;

/// One page of the records.
pub fn page(view: &RequestView, from: usize) -> &[TargetView] {
    let from = start(view, from);
    view.targets.get(from..view.targets.len().min(from + PER_PAGE)).unwrap_or_default()
}

/// Which page it is, and how to turn it over; nothing when there is one page only.
pub fn turn(view: &RequestView, from: usize) -> Vec<Json> {
    if view.target_count <= PER_PAGE {
        return Vec::new();
    }
    let from = start(view, from);
    let end = view.target_count.min(from + PER_PAGE);
    let to = |from, label| Press::LookThrough { request: view.id.clone(), from }.button(label, Style::Plain);
    let before = from.checked_sub(PER_PAGE).map(|before| to(before, "Previous records"));
    let after = (end < view.target_count).then(|| to(end, "Next records"));
    let buttons: Vec<Json> = before.into_iter().chain(after).collect();
    let place = block::context(&format!("Records {}–{end} of {}", from + 1, view.target_count));
    vec![place, block::actions(&format!("records/{from}"), buttons)]
}

/// The start of a page, also when what is asked for is none.
fn start(view: &RequestView, from: usize) -> usize {
    let last = view.target_count.saturating_sub(1);
    from.min(last) / PER_PAGE * PER_PAGE
}
