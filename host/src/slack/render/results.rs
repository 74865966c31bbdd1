//! What became of each target, for the thread under a card.

use super::request;
use crate::actions::{RequestView, TargetState, TargetView};
use crate::slack::block;
use crate::slack::client::Message;
use crate::slack::limits;

/// Targets named with their outcome; failures come first, so that these are the ones that matter.
const NAMED: usize = 60;

/// The results.
pub fn results(view: &RequestView) -> Message {
    let summary = match request::progress(view) {
        Some(counts) => format!("{}: {counts}", request::state(view)),
        None => request::state(view),
    };
    let mut targets: Vec<&TargetView> = view.targets.iter().collect();
    targets.sort_by_key(|target| importance(target.state));
    let mut blocks = vec![block::section(&format!("*{summary}*"))];
    blocks.extend(pages(&targets));
    if targets.len() > NAMED {
        blocks.push(block::context(&format!("… and {} more with the outcomes counted above.", targets.len() - NAMED)));
    }
    let text = block::escape(&format!("{}. {summary}", request::plain_headline(view)));
    Message { text, blocks }
}

fn importance(state: TargetState) -> u8 {
    match state {
        TargetState::Unknown => 0,
        TargetState::Failed | TargetState::Changed => 1,
        TargetState::Stopped | TargetState::Skipped => 2,
        _ => 3,
    }
}

/// Lines of outcomes, as many to a section as fit.
fn pages(targets: &[&TargetView]) -> Vec<serde_json::Value> {
    let mut pages: Vec<String> = Vec::new();
    for target in targets.iter().take(NAMED) {
        let line = format!("{}\n", outcome(target));
        match pages.last_mut() {
            Some(page) if page.chars().count() + line.chars().count() <= limits::TEXT => page.push_str(&line),
            _ => pages.push(line),
        }
    }
    pages.iter().map(|page| block::section(page.trim_end())).collect()
}

/// "Ada Lovelace – ❌ failed: ..."
pub fn outcome(target: &TargetView) -> String {
    let state = request::target_state(target.state);
    let why = target.message.as_deref().filter(|message| !message.is_empty());
    let why = why.map(|message| format!(": {}", request::line(message))).unwrap_or_default();
    format!("{} – {state}{why}", request::line(&target.title))
}
