//! What a look into the tool leads to.

use super::*;
use crate::domain::{ActionName, Effect, Reversal};

fn action(idempotent: bool) -> Action {
    Action {
        name: ActionName::from("do-it"),
        title: "Do it".to_owned(),
        help: String::new(),
        object: None,
        inputs: Vec::new(),
        effect: Effect::Change,
        reversal: Reversal::None,
        inverse: None,
        idempotent,
        batch: 1,
        touches: Vec::new(),
    }
}

#[test]
fn only_what_is_safe_runs_again() {
    use VerdictKind as V;
    let table = [
        (V::Done, true, true, 1, Finding::Done),
        (V::NotDone, true, true, 1, Finding::NotDone { again: true }),
        (V::NotDone, false, true, 1, Finding::NotDone { again: false }),
        (V::NotDone, true, false, 1, Finding::NotDone { again: false }),
        (V::NotDone, true, true, MAX_ATTEMPTS, Finding::NotDone { again: false }),
        (V::Unknown, true, true, 1, Finding::Unknown),
    ];
    for (kind, repeatable, idempotent, attempt, wanted) in table {
        let verdict = Verdict { key: "k".to_owned(), kind, message: String::new(), repeatable, undo_target: None };
        assert_eq!(
            finding(&verdict, &action(idempotent), attempt),
            wanted,
            "{kind:?} {repeatable} {idempotent} {attempt}"
        );
    }
}
