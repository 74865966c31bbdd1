//! What a sent modal is answered with, at once: what is wrong at its fields, or a window that says the work goes on.

use crate::actions::validate;
use crate::domain::{AppError, Outcome};
use crate::slack::Door;
use crate::slack::inbound::{Envelope, View};
use crate::slack::intent::{FilledForm, Intent};
use crate::slack::limits::{self, cut};
use crate::slack::meta::field;
use crate::slack::render;
use crate::slack::{fit, inbound::Inbound};
use serde_json::{Map, Value as Json, json};

/// Whether a sent modal is taken on.
pub enum Acceptance {
    /// Nothing of it is done: this is what is wrong.
    Refused(Json),
    /// It is taken on: to be stored, then answered with this.
    Taken(Json),
}

/// Looks at a sent modal. Only what can be said without asking the tool is checked; the rest is found when it is prepared.
pub async fn accept(door: &Door, envelope: &Envelope, view: &View) -> Acceptance {
    let doing = match Intent::of(&Inbound::Submission(view.clone())) {
        Intent::SubmitForm(filled) => {
            let checked = tokio::time::timeout(super::ANSWER_WITHIN, check(door, envelope, &filled)).await;
            if let Ok(Err(AppError::Inputs(errors))) = checked {
                return Acceptance::Refused(json!({"response_action": "errors", "errors": at_blocks(&errors, view)}));
            }
            "Reading the live records and preparing the plan…"
        }
        Intent::SendRequest { .. } => "Sending the request…",
        Intent::DenyRequest { .. } => "Recording the decision…",
        _ => return Acceptance::Taken(json!({})),
    };
    let mut loading = render::loading(doing);
    fit::view(&mut loading);
    Acceptance::Taken(json!({"response_action": "update", "view": loading}))
}

async fn check(door: &Door, envelope: &Envelope, filled: &FilledForm) -> Outcome<()> {
    let Some(user) = &envelope.user else { return Ok(()) };
    let actor = door.directory().actor(&envelope.workspace, user);
    let form = &filled.form;
    let offered = door.actions().offered(&actor, std::slice::from_ref(&form.connection), None).await?;
    match offered.iter().find(|offer| offer.action.name == form.action) {
        Some(offer) => validate(&offer.action, &filled.inputs).map(drop),
        // Turned off meanwhile: said when it is prepared.
        None => Ok(()),
    }
}

/// Slack shows an error only at an input block that is in the view; what has none goes to the first one.
fn at_blocks(errors: &[(String, String)], view: &View) -> Map<String, Json> {
    let first = view.values.keys().next().cloned().unwrap_or_else(|| field::TARGETS.to_owned());
    let mut at = Map::new();
    for (name, sentence) in errors {
        let block = field::input_block(name);
        let block = if view.values.contains_key(&block) { block } else { first.clone() };
        at.entry(block).or_insert_with(|| json!(cut(sentence, limits::INPUT_ERROR)));
    }
    at
}
