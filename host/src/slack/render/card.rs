//! The card of a request: for its approvers with buttons while it waits, for its requester, and without buttons once decided.

use super::request::{self, list};
use crate::actions::{RequestState, RequestView};
use crate::domain::{Effect, UserId};
use crate::slack::block::{self, Style};
use crate::slack::client::Message;
use crate::slack::press::Press;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// Targets named on a card; all of them are under Details.
const TARGETS: usize = 5;
/// Warnings on a card.
const WARNINGS: usize = 5;

/// Who reads the copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// Somebody who may decide, or the channel where deciders are.
    Approver,
    /// Who asked.
    Requester,
}

/// The card, as this person reads it; none for a channel.
pub fn card(view: &RequestView, audience: Audience, reader: Option<&UserId>) -> Message {
    let has_approved = view.approvals.iter().any(|yes| Some(&yes.by) == reader);
    let mut blocks = vec![block::header(&title(view, audience)), block::section(&opening(view, audience))];
    blocks.extend(body(view));
    blocks.push(block::context(&small_print(view)));
    if has_approved && view.state == RequestState::Waiting {
        blocks.push(block::context("✅ You approved this. It runs once the others have approved."));
    }
    blocks.push(buttons(view, audience, has_approved));
    Message { text: fallback(view, audience), blocks }
}

fn title(view: &RequestView, audience: Audience) -> String {
    match (view.state, audience) {
        (RequestState::Waiting, Audience::Approver) => format!("Approval needed: {}", view.action.title),
        (RequestState::Waiting, Audience::Requester) => format!("Sent for approval: {}", view.action.title),
        _ => format!("{}: {}", view.action.title, view.words()),
    }
}

fn opening(view: &RequestView, audience: Audience) -> String {
    let headline = request::headline(view);
    match audience {
        Audience::Approver => format!("{} asks for {headline}", block::person(&view.requester)),
        Audience::Requester => format!("You asked for {headline}"),
    }
}

/// Reason, inputs, targets, warnings, effect: what the decision is on.
fn body(view: &RequestView) -> Vec<Json> {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(request::reason(view));
    parts.extend(request::chosen(view));
    parts.extend(request::inputs(view));
    if view.target_count > 1 || view.targets.iter().any(|target| !target.blockers.is_empty()) {
        let titles: Vec<String> = view.targets.iter().map(request::target).collect();
        parts.push(list(&titles, TARGETS));
    }
    if view.target_count == 1 {
        let steps = view.targets.iter().flat_map(|target| target.steps.iter().map(|step| request::line(step)));
        parts.push(list(&steps.collect::<Vec<_>>(), TARGETS));
    }
    parts.extend(request::left_out(view));
    let warnings = view.warnings.iter().chain(view.targets.iter().flat_map(|target| &target.warnings));
    let warnings: Vec<String> = warnings.map(|warning| format!("⚠️ {}", request::line(warning))).collect();
    if !warnings.is_empty() {
        parts.push(list(&warnings, WARNINGS));
    }
    if !view.state.is_final() {
        parts.push(request::effect(view));
    }
    parts.into_iter().filter(|part| !part.is_empty()).map(|part| block::section(&part)).collect()
}

fn small_print(view: &RequestView) -> String {
    let mut parts = vec![request::state(view)];
    parts.extend(request::approvals(view));
    parts.extend(request::decision(view));
    parts.extend(request::cancelled(view));
    parts.extend(request::progress(view));
    if let (Some(user), RequestState::Waiting) = (&view.also_asked, view.state) {
        parts.push(format!("Nobody decided until the reminder: {} is asked as well", block::person(user)));
    }
    parts.push(format!("Live data read {}", block::date(view.prepared_at)));
    match (view.state, view.ended_at) {
        (RequestState::Waiting, _) => parts.push(format!("Expires {}", block::date(view.expires_at))),
        (_, Some(at)) => parts.push(format!("Ended {}", block::date(at))),
        _ => {}
    }
    parts.join(" · ")
}

fn buttons(view: &RequestView, audience: Audience, has_approved: bool) -> Json {
    let mut buttons = Vec::new();
    let waits = view.state == RequestState::Waiting;
    if waits && audience == Audience::Approver {
        // A yes counts once; who changes their mind can still say no.
        buttons.extend(decide(view).into_iter().skip(usize::from(has_approved)));
    }
    buttons.push(Press::Details { request: view.id.clone() }.button("Details", Style::Plain));
    if waits && audience == Audience::Requester {
        buttons.push(Press::Withdraw { request: view.id.clone() }.button("Withdraw", Style::Plain));
    }
    if view.can_be_cancelled() && audience == Audience::Requester {
        buttons.push(cancel(view));
    }
    if view.can_retry && audience == Audience::Requester {
        buttons.push(Press::Retry { request: view.id.clone() }.button("Try the rest again…", Style::Plain));
    }
    if view.can_undo && audience == Audience::Requester {
        buttons.push(Press::Undo { request: view.id.clone() }.button("Undo…", Style::Plain));
    }
    block::actions(&format!("card/{}", view.version), buttons)
}

/// Cancels what has not begun, asked once more: it cannot be gone on with.
pub fn cancel(view: &RequestView) -> Json {
    let question = "What has begun ends; nothing else of this request is run. It can be asked for again.";
    let confirm = block::confirm("Cancel the rest?", question, "Cancel the rest");
    Press::Cancel { request: view.id.clone() }.careful_button("Cancel the rest", Style::Plain, confirm)
}

/// Approve and Deny. A destructive action is confirmed once more.
pub fn decide(view: &RequestView) -> [Json; 2] {
    let (request, fingerprint) = (view.id.clone(), view.fingerprint.clone());
    let approve = Press::Approve { request: request.clone(), fingerprint: fingerprint.clone() };
    let label = format!("Approve: {}", view.action.title);
    let approve = match view.action.effect {
        Effect::Change => approve.button(&label, Style::Primary),
        Effect::Destructive => {
            let question = format!("{}. This is destructive.", request::plain_headline(view));
            approve.careful_button(&label, Style::Primary, block::confirm("Approve?", &question, "Approve"))
        }
    };
    [approve, Press::Deny { request, fingerprint }.button("Deny…", Style::Danger)]
}

fn fallback(view: &RequestView, audience: Audience) -> String {
    let headline = block::escape(&request::plain_headline(view));
    match (view.state, audience) {
        (RequestState::Waiting, Audience::Approver) => {
            format!("{} asks for your approval: {headline}", block::person(&view.requester))
        }
        _ => format!("{headline}: {}", view.words()),
    }
}
