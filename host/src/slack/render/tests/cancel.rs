//! A request whose rest was cancelled: while what has begun ends, and over.

use super::super::*;
use crate::actions::{Cancelled, RequestState, RequestView, Tally, TargetState};
use crate::slack::client::Message;
use crate::slack::fixtures::{self, NOW};
use serde_json::Value as Json;

fn cancelled(state: RequestState) -> RequestView {
    let mut view = fixtures::request(state);
    view.cancelled = Some(Cancelled { by: "U1".into(), at: NOW + 90_000 });
    if state == RequestState::Stopped {
        view.targets[0].state = TargetState::Stopped;
        view.targets[0].message = Some("Cancelled before it was run.".into());
        view.tally = Some(Tally::of(view.targets.iter().map(|target| target.state)));
    }
    view
}

pub fn messages() -> Vec<(&'static str, Message)> {
    let running = fixtures::request(RequestState::Running);
    vec![
        ("card_running_requester", card(&running, Audience::Requester, None)),
        ("card_cancelled_running", card(&cancelled(RequestState::Running), Audience::Requester, None)),
        ("card_cancelled", card(&cancelled(RequestState::Stopped), Audience::Requester, None)),
        ("results_cancelled", results(&cancelled(RequestState::Stopped))),
    ]
}

pub fn views() -> Vec<(&'static str, Json)> {
    let may = May { cancel: true, ..May::default() };
    vec![("details_running", details(&fixtures::request(RequestState::Running), may, 0))]
}
