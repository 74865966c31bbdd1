//! What a look into the tool leads to, and how long failures wait.

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
        let verdict = Verdict { key: "k".to_owned(), kind, message: String::new(), repeatable };
        assert_eq!(
            finding(&verdict, &action(idempotent), attempt),
            wanted,
            "{kind:?} {repeatable} {idempotent} {attempt}"
        );
    }
}

#[test]
fn delays_grow_and_heed_the_tool() {
    let fault = |class, after| Fault { retry_after_ms: after, ..Fault::new(class, "CODE", "later") };
    let retry = fault(ErrorClass::Retry, None);
    let delays: Vec<Millis> = (0..9).map(|n| delay(&retry, n)).collect();
    assert_eq!(delays, [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 600_000, 600_000]);
    assert_eq!(delay(&fault(ErrorClass::Throttled, Some(90_000)), 0), 90_000);
    assert_eq!(delay(&fault(ErrorClass::Throttled, Some(1)), 0), 5_000);
    assert_eq!(delay(&fault(ErrorClass::Exhausted, None), 0), EXHAUSTED_DELAY);
    assert_eq!(delay(&retry, u32::MAX), LONGEST_DELAY);
}
