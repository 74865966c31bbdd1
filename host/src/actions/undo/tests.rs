//! Which drafts take a request back.

use super::*;
use crate::{
    actions::request::tests::{request, target},
    domain::{ActionName, Undo},
};
use serde_json::{Map, json};

fn undo(role: &str) -> Option<Undo> {
    let inputs = Map::from_iter([("role".to_owned(), json!(role))]);
    Some(Undo { action: ActionName::from("assign-role"), inputs, loses: Vec::new(), target: None })
}

#[test]
fn what_the_plans_say_of_each_record_counts() {
    let planned = |loses: &[&str], already: bool| {
        let mut target = target(0);
        let loses = loses.iter().map(|lost| (*lost).to_owned()).collect();
        target.frozen.plan.undo = undo("sales").map(|undo| Undo { loses, ..undo });
        target.frozen.plan.already = already;
        target
    };
    let (nothing, something, already) = (planned(&[], false), planned(&["Sets."], false), planned(&["Sets."], true));
    let (lossy, lossless) = (Reversal::Lossy, Reversal::Lossless);
    for (targets, expected) in [
        (vec![nothing.clone()], lossless),
        (vec![nothing.clone(), already.clone()], lossless),
        (vec![nothing.clone(), something], lossy),
        (vec![nothing.clone(), target(1)], lossy),
        (vec![already], lossy),
        (Vec::new(), lossy),
    ] {
        assert_eq!(reversal(lossy, &targets), expected, "{targets:?}");
    }
    assert_eq!(reversal(Reversal::None, &[nothing]), Reversal::None);
}

#[test]
fn targets_that_need_the_same_go_together() {
    let done = |position, undo| RequestTarget { state: TargetState::Done, undo, ..target(position) };
    let targets = vec![
        done(0, undo("sales")),
        done(1, undo("support")),
        done(2, undo("support")),
        done(3, None),
        RequestTarget { state: TargetState::Already, undo: undo("support"), ..target(4) },
    ];
    let request = request();
    let drafts = drafts(&request, targets.into_iter(), |_| Some(target(0).frozen.object));
    let told: Vec<(String, Vec<&str>)> = drafts
        .iter()
        .map(|draft| {
            (draft.inputs["role"].to_string(), draft.targets.iter().map(|target| target.key.as_str()).collect())
        })
        .collect();
    assert_eq!(told, [("\"support\"".to_owned(), vec!["k1", "k2"]), ("\"sales\"".to_owned(), vec!["k0"])]);
    assert!(drafts.iter().all(|draft| draft.undo_of.as_ref() == Some(&request.id)));
}

#[test]
fn what_was_created_is_deleted_by_its_key_and_what_was_deleted_created_anew() {
    let undo = |action: &str, target: Option<&str>| {
        let target = target.map(str::to_owned);
        Some(Undo { action: ActionName::from(action), inputs: Map::new(), loses: Vec::new(), target })
    };
    let runs_on = |name: &ActionName| match name.as_str() {
        "delete-group" => Some(Some(ObjectName::from("Group"))),
        "create-group" => Some(None),
        _ => None,
    };
    let targets = |undo, object: Option<&str>| {
        let mut target = RequestTarget { state: TargetState::Done, undo, ..target(0) };
        target.frozen.object = object.map(ObjectName::from);
        let drafts = drafts(&request(), [target].into_iter(), runs_on);
        drafts.into_iter().map(|draft| draft.targets.into_iter().map(|record| record.key).collect()).collect()
    };
    let kept: Vec<Vec<String>> = targets(undo("delete-group", Some("g9")), None);
    assert_eq!(kept, [["g9"]]);
    let kept: Vec<Vec<String>> = targets(undo("create-group", None), Some("Group"));
    assert_eq!(kept, [[""; 0]]);
    let kept: Vec<Vec<String>> = targets(undo("delete-group", None), None);
    assert!(kept.is_empty(), "nobody knows what was created");
    let kept: Vec<Vec<String>> = targets(undo("no-such-action", None), Some("Group"));
    assert!(kept.is_empty());
}
