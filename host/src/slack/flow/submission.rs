//! What a sent modal is answered with, at once: what is wrong at its fields, or a window that says the work goes on.

use crate::actions::{EnteredPolicy, PolicyOf, validate};
use crate::boards::{Definition, Entered};
use crate::domain::{AppError, Outcome, RequestId};
use crate::slack::Door;
use crate::slack::draft_fields;
use crate::slack::inbound::{Envelope, View};
use crate::slack::intent::{FilledForm, Intent};
use crate::slack::limits::{self, cut};
use crate::slack::meta::field;
use crate::slack::policy_fields;
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
        Intent::SaveDraft { draft, entered } => {
            let checked =
                tokio::time::timeout(super::ANSWER_WITHIN, check_draft(door, envelope, &draft, &entered)).await;
            if let Ok(Ok(problems)) = checked
                && let Some(errors) = at_draft_blocks(&problems, view)
            {
                return Acceptance::Refused(json!({"response_action": "errors", "errors": errors}));
            }
            "One moment…"
        }
        Intent::ReadText { text, .. } => {
            return match Definition::parse(&text) {
                // This window goes; the one below is drawn again.
                Ok(_) => Acceptance::Taken(json!({})),
                Err(why) => {
                    let errors = json!({draft_fields::TEXT: cut(&why, limits::INPUT_ERROR)});
                    Acceptance::Refused(json!({"response_action": "errors", "errors": errors}))
                }
            };
        }
        Intent::RenameBoard { name, .. } if name.trim().is_empty() => {
            let errors = json!({field::NAME: "A board needs a name."});
            return Acceptance::Refused(json!({"response_action": "errors", "errors": errors}));
        }
        Intent::RenameBoard { .. } => "Renaming the board…",
        Intent::DeleteBoard { .. } => "Deleting the board…",
        Intent::ShareBoard { .. } => "Sharing the board…",
        Intent::SearchBoard { .. } => "Searching the board…",
        Intent::Permit { .. } => "Saving who may use it…",
        Intent::SendRequest { request, reason, typed, .. } => {
            let checked = check_sending(door, envelope, &request, reason.as_deref(), typed.as_deref());
            if let Ok(Ok(problems)) = tokio::time::timeout(super::ANSWER_WITHIN, checked).await
                && !problems.is_empty()
            {
                // The fields of a preview are named like its blocks.
                return refused(problems.into_iter());
            }
            "Sending the request…"
        }
        Intent::SavePolicy { of, entered } => {
            let checked = check_policy(door, envelope, &of, &entered);
            if let Ok(Ok(problems)) = tokio::time::timeout(super::ANSWER_WITHIN, checked).await {
                let at = |(name, sentence): (String, String)| Some((policy_fields::block_of(view, &name)?, sentence));
                let mut at_fields = problems.into_iter().filter_map(at).peekable();
                if at_fields.peek().is_some() {
                    return refused(at_fields);
                }
            }
            "Saving the approval policy…"
        }
        Intent::DenyRequest { .. } => "Recording the decision…",
        _ => return Acceptance::Taken(json!({})),
    };
    let mut loading = render::loading(doing);
    fit::view(&mut loading);
    Acceptance::Taken(json!({"response_action": "update", "view": loading}))
}

/// Sentences at blocks of the window.
fn refused(at_blocks: impl Iterator<Item = (String, String)>) -> Acceptance {
    let errors: Map<String, Json> =
        at_blocks.map(|(block, sentence)| (block, json!(cut(&sentence, limits::INPUT_ERROR)))).collect();
    Acceptance::Refused(json!({"response_action": "errors", "errors": errors}))
}

async fn check_sending(
    door: &Door,
    envelope: &Envelope,
    request: &RequestId,
    reason: Option<&str>,
    typed: Option<&str>,
) -> Outcome<Vec<(String, String)>> {
    let Some(user) = &envelope.user else { return Ok(Vec::new()) };
    let actor = door.directory().actor(&envelope.workspace, user);
    door.actions().send_problems(&actor, request, reason, typed).await
}

async fn check_policy(
    door: &Door,
    envelope: &Envelope,
    of: &PolicyOf,
    entered: &EnteredPolicy,
) -> Outcome<Vec<(String, String)>> {
    let Some(user) = &envelope.user else { return Ok(Vec::new()) };
    let actor = door.directory().actor(&envelope.workspace, user);
    door.actions().policy_problems(&actor, &of.connection, entered).await
}

async fn check(door: &Door, envelope: &Envelope, filled: &FilledForm) -> Outcome<()> {
    let Some(user) = &envelope.user else { return Ok(()) };
    let actor = door.directory().actor(&envelope.workspace, user);
    let form = &filled.form;
    let offered = door.actions().offered(&actor, std::slice::from_ref(&form.connection), None).await?;
    if filled.all == Some(false) && filled.targets.is_empty() {
        let sentence = "Choose at least one here, or all rows of the board above.";
        return Err(AppError::Inputs(vec![(field::TARGETS.to_owned(), sentence.to_owned())]));
    }
    match offered.iter().find(|offer| offer.action.name == form.action) {
        Some(offer) => validate(&offer.action, &filled.inputs).map(drop),
        // Turned off meanwhile: said when it is prepared.
        None => Ok(()),
    }
}

async fn check_draft(
    door: &Door,
    envelope: &Envelope,
    draft: &str,
    entered: &Entered,
) -> Outcome<Vec<(String, String)>> {
    let Some(user) = &envelope.user else { return Ok(Vec::new()) };
    let actor = door.directory().actor(&envelope.workspace, user);
    door.boards().draft_problems(&actor, draft, entered).await
}

/// Each sentence at the input it is about. None when nothing is wrong, or when no input of the window can show it: then it is said
/// when the board is saved.
fn at_draft_blocks(problems: &[(String, String)], view: &View) -> Option<Map<String, Json>> {
    let mut at = Map::new();
    for (place, sentence) in problems {
        let block = draft_fields::block_of(view, place)?;
        at.entry(block).or_insert_with(|| json!(cut(sentence, limits::INPUT_ERROR)));
    }
    (!at.is_empty()).then_some(at)
}

/// Slack shows an error only at an input block that is in the view; what has none goes to the first one.
fn at_blocks(errors: &[(String, String)], view: &View) -> Map<String, Json> {
    let first = view.values.keys().next().cloned().unwrap_or_else(|| field::TARGETS.to_owned());
    let mut at = Map::new();
    for (name, sentence) in errors {
        let block = if name == field::TARGETS { field::TARGETS.to_owned() } else { field::input_block(name) };
        let block = if view.values.contains_key(&block) { block } else { first.clone() };
        at.entry(block).or_insert_with(|| json!(cut(sentence, limits::INPUT_ERROR)));
    }
    at
}
