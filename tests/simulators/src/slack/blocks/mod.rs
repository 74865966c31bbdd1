//! Block Kit as Slack checks it: one bad block refuses the whole message or view.
//!
//! `check_message` and `check_view` return every fault with the JSON pointer and the words Slack uses for it.

mod check;
mod compose;
mod cross;
mod rich;
pub mod schema;
mod tables;

#[cfg(test)]
mod tests;

use serde_json::Value;

use super::limits as limit;
use check::Checker;
pub use schema::Surface;

/// What the workspace allows beyond the plain rules.
#[derive(Clone, Copy)]
pub struct Policy<'a> {
    /// Whether blocks that are still being rolled out (table, data_table, ...) are known here.
    pub new_blocks: bool,
    /// Whether data_table takes buttons in cells.
    pub action_cells: bool,
    /// Whether a file of this id (or URL) exists and is shared, so that an image block may show it.
    pub file_is_shared: &'a dyn Fn(&str) -> bool,
}

/// One thing Slack dislikes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub message: String,
    pub pointer: String,
}

impl Fault {
    /// `must be less than 151 characters [json-pointer:/blocks/0/text/text]`
    pub fn words(&self) -> String {
        format!("{} [json-pointer:{}]", self.message, self.pointer)
    }
}

/// A refused message or view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Slack's error string: `invalid_blocks`, `invalid_attachments`, `invalid_arguments`, `view_too_large`.
    pub error: &'static str,
    pub faults: Vec<Fault>,
    /// True when the only fault is that a new block has not reached this workspace: no mistake of the app.
    pub rollout: bool,
}

/// Checks a message's `blocks` and the blocks in its `attachments`.
pub fn check_message(blocks: Option<&Value>, attachments: Option<&Value>, policy: Policy<'_>) -> Result<(), Refusal> {
    let mut checker = Checker::new(Surface::Message, policy);
    if let Some(blocks) = blocks {
        checker.block_list(blocks, "/blocks", limit::MESSAGE_BLOCKS);
    }
    for (index, attachment) in attachments.and_then(Value::as_array).into_iter().flatten().enumerate() {
        if let Some(blocks) = attachment.get("blocks") {
            checker.block_list(blocks, &format!("/attachments/{index}/blocks"), limit::MESSAGE_BLOCKS);
        }
    }
    checker.message_totals();
    checker.finish("invalid_blocks")
}

/// Checks a view as `views.*` and `response_action` do. `surface` is what the method takes.
pub fn check_view(view: &Value, surface: Surface, policy: Policy<'_>) -> Result<(), Refusal> {
    if view.to_string().len() > limit::VIEW_BYTES {
        return Err(Refusal { error: "view_too_large", faults: Vec::new(), rollout: false });
    }
    let mut checker = Checker::new(surface, policy);
    checker.view(view);
    checker.finish("invalid_arguments")
}
