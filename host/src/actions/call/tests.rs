//! What answers and faults of an integration mean.

use super::*;

fn outcome(kind: TargetOutcomeKind, error: Option<ErrorClass>) -> Result<RunResult, Fault> {
    let error = error.map(|class| Fault::new(class, "CODE", "said the tool"));
    let outcome = TargetOutcome { key: "k".to_owned(), kind, message: "so it was".to_owned(), error, undo: None };
    Ok(RunResult { outcomes: vec![outcome], changes: Vec::new() })
}

fn word(answer: &Answer) -> String {
    match answer {
        Answer::Settled(outcome) => format!("{:?}: {}", outcome.kind, outcome.message),
        Answer::NothingDone(fault) => format!("NothingDone: {}", fault.message),
        Answer::Doubtful(fault) => format!("Doubtful: {}", fault.message),
        Answer::Lost(message) => format!("Lost: {message}"),
    }
}

#[test]
fn each_answer_drives_what_comes_next() {
    use ErrorClass as C;
    use TargetOutcomeKind as K;
    let fault = |class| Err(Fault::new(class, "CODE", "said the tool"));
    let table = [
        (outcome(K::Done, None), "Done: so it was"),
        (outcome(K::Already, None), "Already: so it was"),
        (outcome(K::Changed, None), "Changed: so it was"),
        (outcome(K::Failed, Some(C::Forbidden)), "Failed: so it was"),
        (outcome(K::Failed, Some(C::Throttled)), "NothingDone: said the tool"),
        (outcome(K::Unknown, Some(C::Unknown)), "Lost: so it was"),
        (Ok(RunResult::default()), "Lost: The integration did not say what became of this record."),
        (outcome(K::Failed, Some(C::Retry)), "Doubtful: said the tool"),
        (fault(C::Retry), "Doubtful: said the tool"),
        (fault(C::Throttled), "NothingDone: said the tool"),
        (fault(C::Exhausted), "NothingDone: said the tool"),
        (fault(C::Reauthorize), "Failed: said the tool"),
        (fault(C::Forbidden), "Failed: said the tool"),
        (fault(C::InvalidInput), "Failed: said the tool"),
        (fault(C::NotFound), "Failed: said the tool"),
        (fault(C::CursorExpired), "Failed: said the tool"),
        (fault(C::Conflict), "Changed: said the tool"),
        (fault(C::Unknown), "Lost: said the tool"),
        (fault(C::Bug), "Lost: said the tool"),
    ];
    for (result, wanted) in table {
        let what = format!("{result:?}");
        assert_eq!(word(&answers(&["k".to_owned()], result).each[0]), wanted, "{what}");
    }
}

#[test]
fn an_answer_about_another_record_is_none() {
    let keys = ["other".to_owned()];
    let answers = answers(&keys, outcome(TargetOutcomeKind::Done, None));
    assert!(matches!(answers.each[..], [Answer::Lost(_)]), "{answers:?}");
    assert_eq!(verdicts(&keys, Verification::default()).map_err(|fault| fault.class), Err(ErrorClass::Bug));
}

#[test]
fn a_wrong_input_comes_back_at_its_field() {
    let inputs = ["role".to_owned()];
    let fault = |class, code| Fault::new(class, code, "no such role");
    let at_field = for_the_person(fault(ErrorClass::InvalidInput, "role"), &inputs);
    assert!(matches!(at_field, AppError::Inputs(wrong) if wrong == [("role".to_owned(), "no such role".to_owned())]));
    assert!(matches!(for_the_person(fault(ErrorClass::InvalidInput, "else"), &inputs), AppError::Refused(_)));
    assert!(matches!(for_the_person(fault(ErrorClass::Bug, "role"), &inputs), AppError::Fault(_)));
}
