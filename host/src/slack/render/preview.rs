//! The plan before it is sent: what will be done to which record, what stands in the way, and whether it can be undone.

use super::{details, pages, request};
use crate::actions::{CONFIRMATION, RequestState, RequestView};
use crate::slack::block::{self, AlertLevel};
use crate::slack::limits;
use crate::slack::meta::{Meta, field};
use serde_json::{Value as Json, json};

/// The preview of a prepared request, with the page of its records that begins here. It can be sent when at least one target is left
/// to run.
pub fn preview(view: &RequestView, from: usize) -> Json {
    let runs = view.targets.iter().filter(|target| target.blockers.is_empty() && !target.already).count();
    let can_be_approved = view.approvers.len() >= view.needed || view.can_confirm;
    let can_send = (runs > 0 || view.target_count == 0) && can_be_approved;
    let mut blocks = vec![verdict(view, runs)];
    blocks.push(block::section(&format!(
        "You are about to ask for {}\n{}",
        request::headline(view),
        request::effect(view)
    )));
    blocks.extend(request::chosen(view).into_iter().chain(request::inputs(view)).map(|part| block::section(&part)));
    blocks.extend(view.warnings.iter().map(|warning| block::section(&format!("⚠️ {}", request::line(warning)))));
    blocks.extend(pages::page(view, from).iter().map(|target| block::section(&details::plan(target))));
    blocks.extend(pages::turn(view, from));
    blocks.push(block::context(&format!(
        "{} · Live data read {}",
        block::sentence(&view.policy),
        block::date(view.prepared_at)
    )));
    if !can_be_approved {
        blocks.push(block::section(&block::sentence(&unapprovable(view))));
    }
    if can_send {
        blocks.push(reason_input(!view.needs_reason));
    }
    if can_send && view.can_confirm {
        blocks.push(confirmation_input());
    }
    let mut modal = block::modal("Preview", blocks);
    if can_send {
        let meta = Meta::Preview { request: view.id.clone(), fingerprint: view.fingerprint.clone() };
        modal["private_metadata"] = json!(meta.write());
        let submit = if view.can_confirm { "Confirm and run" } else { "Send request" };
        modal["submit"] = block::plain(submit, limits::VIEW_TITLE);
        modal["close"] = block::plain("Cancel", limits::VIEW_TITLE);
    }
    modal
}

fn verdict(view: &RequestView, runs: usize) -> Json {
    let blocked = view.targets.iter().filter(|target| !target.blockers.is_empty()).count();
    let records = |count: usize| if count == 1 { "1 record".to_owned() } else { format!("{count} records") };
    match (runs, blocked, view.target_count) {
        (_, _, 0) => block::alert(AlertLevel::Info, "Nothing was changed yet. Look at the plan, then send it."),
        (0, 0, _) => block::alert(AlertLevel::Info, "Everything is so already: there is nothing to do."),
        (0, blocked, _) => block::alert(
            AlertLevel::Error,
            &format!("This cannot be done: {} blocked. Nothing was changed.", records(blocked)),
        ),
        (runs, 0, _) => {
            block::alert(AlertLevel::Info, &format!("Nothing was changed yet. {} would be changed.", records(runs)))
        }
        (runs, blocked, _) => block::alert(
            AlertLevel::Warning,
            &format!("{} would be changed, {} left out.", records(runs), records(blocked)),
        ),
    }
}

fn unapprovable(view: &RequestView) -> String {
    let could = match view.approvers.len() {
        0 => "nobody but you could approve it".to_owned(),
        there => format!("it needs {} approvals, and only {there} could be given", view.needed),
    };
    format!("❌ This cannot be sent: {could}. An admin can change that in the approval policies of this connection.")
}

/// Asks for the word of a requester whom nobody else could approve.
fn confirmation_input() -> Json {
    let element = json!({"type": "plain_text_input", "action_id": field::VALUE, "max_length": 20});
    let label = format!("Type {CONFIRMATION} to run it without another approver");
    let hint = "Nobody but you could approve this. That you confirmed it alone is written into the audit log.";
    block::input(field::CONFIRMATION, &label, Some(hint), false, element)
}

fn reason_input(optional: bool) -> Json {
    let element = json!({"type": "plain_text_input", "action_id": field::VALUE, "multiline": true, "max_length": 500});
    block::input(field::REASON, "Reason", Some("Your approvers read this."), optional, element)
}

/// After it was sent.
pub fn sent(view: &RequestView) -> Json {
    let text = match (view.state, view.needed) {
        _ if request::confirmed(view) => "Confirmed. It runs now.".to_owned(),
        (RequestState::Waiting, 0 | 1) => "Sent. Nothing is changed until somebody approves it.".to_owned(),
        (RequestState::Waiting, many) => format!("Sent. Nothing is changed until {many} people approve it."),
        (_, 0) => "Sent. It needs no approval and runs now.".to_owned(),
        // Somebody was faster than this window.
        (state, _) => format!("Sent. It is {} already.", state.words()),
    };
    let asked: Vec<String> = view.approvers.iter().take(10).map(block::person).collect();
    let mut blocks = vec![block::alert(AlertLevel::Success, &text), block::section(&request::headline(view))];
    if view.state == RequestState::Waiting && !asked.is_empty() {
        blocks.push(block::section(&format!("Asked: {}", asked.join(", "))));
    }
    blocks.push(block::context(
        "You get a message with the decision and the results. It is in the Home of this app as well.",
    ));
    block::modal("Request sent", blocks)
}
