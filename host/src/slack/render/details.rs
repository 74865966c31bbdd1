//! All there is to know about a request, as a modal: every target with its plan or outcome.

use super::card::{cancel, decide};
use super::{pages, request, results};
use crate::actions::{RequestState, RequestView, TargetView};
use crate::slack::block::{self, Style};
use crate::slack::limits;
use crate::slack::press::Press;
use serde_json::{Value as Json, json};

/// Steps of one target.
const STEPS: usize = 8;

/// What the person may do with it, as decided on the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct May {
    /// Approve and deny.
    pub decide: bool,
    /// Withdraw.
    pub withdraw: bool,
    /// Cancel what has not begun.
    pub cancel: bool,
    /// Prepare the opposite.
    pub undo: bool,
    /// Prepare what did not happen once more.
    pub retry: bool,
}

/// The modal, with the page of its records that begins here.
pub fn details(view: &RequestView, may: May, from: usize) -> Json {
    let mut blocks = vec![block::header(&view.action.title), block::section(&summary(view))];
    for part in [request::reason(view), request::chosen(view), request::inputs(view), request::left_out(view)]
        .into_iter()
        .flatten()
    {
        blocks.push(block::section(&part));
    }
    blocks.extend(view.warnings.iter().map(|warning| block::section(&format!("⚠️ {}", request::line(warning)))));
    blocks.push(block::context(&policy(view)));
    if let Some(buttons) = buttons(view, may) {
        blocks.push(buttons);
    }
    blocks.push(block::divider());
    let ran = view.state == RequestState::Running || request::has_results(view);
    let shown = pages::page(view, from).iter();
    blocks.extend(shown.map(|target| block::section(&if ran { results::outcome(target) } else { plan(target) })));
    blocks.extend(pages::turn(view, from));
    let mut modal = block::modal("Request", blocks);
    modal["private_metadata"] = json!(crate::slack::meta::Meta::Plain.write());
    modal
}

fn summary(view: &RequestView) -> String {
    let mut lines = vec![format!("{} asks for {}", block::person(&view.requester), request::headline(view))];
    lines.push(request::state(view));
    lines.extend(request::approvals(view));
    lines.extend(request::decision(view));
    lines.extend(request::cancelled(view));
    lines.extend(request::progress(view));
    lines.push(request::effect(view));
    lines.join("\n")
}

fn policy(view: &RequestView) -> String {
    let until = match view.state {
        RequestState::Waiting => format!(" · Expires {}", block::date(view.expires_at)),
        _ => String::new(),
    };
    format!("{} · Live data read {}{until}", block::sentence(&view.policy), block::date(view.prepared_at))
}

fn buttons(view: &RequestView, may: May) -> Option<Json> {
    let request = || view.id.clone();
    let mut buttons = Vec::new();
    if may.decide {
        buttons.extend(decide(view));
    }
    if may.withdraw {
        buttons.push(Press::Withdraw { request: request() }.button("Withdraw", Style::Plain));
    }
    if may.cancel {
        buttons.push(cancel(view));
    }
    if may.retry {
        buttons.push(Press::Retry { request: request() }.button("Try the rest again…", Style::Plain));
    }
    if may.undo {
        buttons.push(Press::Undo { request: request() }.button("Undo…", Style::Plain));
    }
    (!buttons.is_empty()).then(|| block::actions(&format!("details/{}", view.version), buttons))
}

/// One target before it is decided: what will be done, what to know, why it is left out.
pub fn plan(target: &TargetView) -> String {
    let mut lines = vec![format!("*{}*", request::line(&target.title))];
    if target.already {
        lines.push("Already so: nothing to do.".to_owned());
    }
    lines.extend(target.blockers.iter().map(|blocker| format!("🚫 Left out: {}", request::line(blocker))));
    lines.extend(target.warnings.iter().map(|warning| format!("⚠️ {}", request::line(warning))));
    if target.blockers.is_empty() {
        lines.extend(target.steps.iter().take(STEPS).map(|step| format!("• {}", request::line(step))));
    }
    limits::cut(&lines.join("\n"), limits::TEXT)
}
