//! The action `finish-note`.

use crate::note::{self, Note};
use serde::{Deserialize, Serialize};
use weft_integration::prelude::*;

#[derive(Default, Deserialize)]
struct Inputs {
    comment: Option<String>,
}

/// What a plan rests on: a note that got another title is not the one that was approved.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Before {
    title: String,
    done: bool,
}

impl Before {
    fn of(note: &Note) -> Self {
        Self { title: note.title.clone(), done: note.done }
    }
}

/// What the action looks like.
pub fn action() -> Action {
    Action::new("finish-note", "Finish note", "Note")
        .help("Marks the note as done.")
        .with_inputs([Input::new("comment", "Comment", InputType::LongText).optional().at_most(500)])
        .in_batches_of(10)
}

/// Reads the notes live and says what would be done with each.
pub fn prepare(call: &Call) -> Result<Plan, Error> {
    inputs(&call.inputs)?;
    let keys: Vec<&str> = call.targets.iter().map(|target| target.key.as_str()).collect();
    let notes = note::read(&keys);
    keys.iter()
        .zip(notes)
        .map(|(key, note)| Ok(plan(key, note?.as_ref())))
        .collect::<Result<Vec<_>, _>>()
        .map(Plan::new)
}

fn plan(key: &str, note: Option<&Note>) -> TargetPlan {
    let Some(note) = note else {
        return TargetPlan::new(key, key, "null").blocker("There is no such note any more.");
    };
    let plan = TargetPlan::new(key, &note.title, serde_json::json!(Before::of(note)).to_string());
    if note.done { plan.as_wanted() } else { plan.step("Mark the note as done.") }
}

/// Finishes the notes that are as they were when approved.
pub fn run(call: &RunCall) -> Result<RunResult, Error> {
    let inputs = inputs(&call.inputs)?;
    let keys: Vec<&str> = call.targets.iter().map(|target| target.key.as_str()).collect();
    let mut result = RunResult::new([], []);
    for (target, note) in call.targets.iter().zip(note::read(&keys)) {
        let (outcome, note) = run_one(target, note, &inputs);
        result.outcomes.push(outcome);
        result.changed.extend(note.map(|note| changed(&note)));
    }
    Ok(result)
}

fn run_one(target: &RunTarget, note: Result<Option<Note>, Error>, inputs: &Inputs) -> (Outcome, Option<Note>) {
    let key = target.key.as_str();
    match note {
        Err(error) => (Outcome::failed(key, error), None),
        Ok(None) => (Outcome::changed(key, "There is no such note any more, so nothing was done."), None),
        Ok(Some(note)) if note.done => (Outcome::already(key, "The note was done already."), Some(note)),
        Ok(Some(note)) if !holds(&target.before, &note) => {
            (Outcome::changed(key, "The note has another title now, so nothing was done."), Some(note))
        }
        Ok(Some(_)) => match write(target, inputs) {
            Ok(note) => (Outcome::done(key, "The note is done."), Some(note)),
            Err(error) => (Outcome::failed(key, error), None),
        },
    }
}

fn holds(before: &str, note: &Note) -> bool {
    serde_json::from_str::<Before>(before).is_ok_and(|before| before == Before::of(note))
}

fn write(target: &RunTarget, inputs: &Inputs) -> Result<Note, Error> {
    let body = match &inputs.comment {
        Some(comment) => serde_json::json!({ "done": true, "comment": comment }),
        None => serde_json::json!({ "done": true }),
    };
    http::patch("/notes")
        .segment(&target.key)
        .header("idempotency-key", &target.idempotency_key)
        .json(&body)?
        .send()?
        .success()?
        .json()
}

/// Did it happen?
pub fn verify(call: &RunCall) -> Result<Verification, Error> {
    let keys: Vec<&str> = call.targets.iter().map(|target| target.key.as_str()).collect();
    let mut verification = Verification::new([], []);
    for (key, note) in keys.iter().zip(note::read(&keys)) {
        let note = note?;
        verification.verdicts.push(match &note {
            Some(note) if note.done => Verdict::done(*key, "The note is done."),
            Some(_) => Verdict::not_done(*key, "The note is not done."),
            None => Verdict::unknown(*key, "There is no such note any more."),
        });
        verification.changed.extend(note.map(|note| changed(&note)));
    }
    Ok(verification)
}

fn inputs(json: &str) -> Result<Inputs, Error> {
    serde_json::from_str(json).map_err(|_| Error::invalid_input("comment", "The comment must be a text."))
}

fn changed(note: &Note) -> ChangedRecord {
    ChangedRecord::new("Note", &serde_json::json!(note))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(title: &str, done: bool) -> Note {
        Note { id: "n1".into(), title: title.into(), done, updated: "2026-11-24T00:00:00Z".into() }
    }

    #[test]
    fn a_plan_has_a_step_a_blocker_or_nothing_to_do() {
        assert_eq!(plan("n1", Some(&note("Milk", false))).steps, ["Mark the note as done."]);
        assert!(plan("n1", Some(&note("Milk", true))).already);
        assert_eq!(plan("n1", None).blockers, ["There is no such note any more."]);
    }

    #[test]
    fn another_title_is_another_note() {
        let before = plan("n1", Some(&note("Milk", false))).before;
        assert!(holds(&before, &note("Milk", false)));
        assert!(!holds(&before, &note("Bread", false)));
        assert!(!holds("nonsense", &note("Milk", false)));
    }

    #[test]
    fn a_comment_must_be_a_text() {
        assert_eq!(inputs(r#"{"comment": 1}"#).err().map(|error| error.code), Some("comment".to_owned()));
        assert!(inputs("{}").is_ok_and(|inputs| inputs.comment.is_none()));
    }
}
