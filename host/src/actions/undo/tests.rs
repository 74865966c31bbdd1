//! Which drafts take a request back.

use super::*;
use crate::{
    actions::request::tests::{request, target},
    domain::{ActionName, Undo},
};
use serde_json::{Map, json};

fn undo(role: &str) -> Option<Undo> {
    let inputs = Map::from_iter([("role".to_owned(), json!(role))]);
    Some(Undo { action: ActionName::from("assign-role"), inputs, loses: Vec::new() })
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
    let drafts = drafts(&request, targets.into_iter());
    let told: Vec<(String, Vec<&str>)> = drafts
        .iter()
        .map(|draft| {
            (draft.inputs["role"].to_string(), draft.targets.iter().map(|target| target.key.as_str()).collect())
        })
        .collect();
    assert_eq!(told, [("\"support\"".to_owned(), vec!["k1", "k2"]), ("\"sales\"".to_owned(), vec!["k0"])]);
    assert!(drafts.iter().all(|draft| draft.undo_of.as_ref() == Some(&request.id)));
}
