//! Runs over a wire that answers as written down: what is sent, and what becomes of every target.

use super::*;
use crate::actions::drive::in_waves;
use crate::actions::operation::{Absent, Asked};
use crate::actions::send::{Reply, Sender, Wire};
use crate::actions::work::Work;
use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};

/// Answers one after the other, and what was sent.
struct Script {
    answers: RefCell<VecDeque<Result<(u16, Json), Error>>>,
    sent: RefCell<Vec<(String, String, Json)>>,
    left_ms: u32,
}

impl Script {
    fn new(answers: impl IntoIterator<Item = (u16, Json)>) -> Self {
        let answers = answers.into_iter().map(Ok).collect();
        Self { answers: RefCell::new(answers), sent: RefCell::default(), left_ms: 100_000 }
    }

    fn failing(error: Error) -> Self {
        Self { answers: RefCell::new([Err(error)].into()), sent: RefCell::default(), left_ms: 100_000 }
    }
}

impl Wire for Script {
    fn send(&self, requests: &[Request]) -> Vec<Result<Reply, Error>> {
        let answer = |request: &Request| {
            let body = request.body.as_deref().map(|body| serde_json::from_slice(body).unwrap_or_default());
            self.sent.borrow_mut().push((request.method.clone(), request.url.clone(), body.unwrap_or_default()));
            let (status, body) = self.answers.borrow_mut().pop_front().expect("an answer for each request")?;
            let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
            Ok(Reply { status, body, retry_after_ms: None })
        };
        requests.iter().map(answer).collect()
    }

    fn left_ms(&self) -> u32 {
        self.left_ms
    }
}

/// An operation whose facts are the steps that are left for each target; no entry: no such record.
struct Steps;

type Left = HashMap<String, Vec<(Vec<Write>, StepKind)>>;

impl Operation for Steps {
    type Facts = Left;

    fn read(&self, _targets: &[Asked<'_>]) -> Result<Left, Error> {
        Ok(Left::new())
    }

    fn stand(&self, key: &str, facts: &Left) -> Option<Standing> {
        let mut standing = Standing::new(key, json!({ "Is": "so" }), "It is so.");
        for (number, (writes, kind)) in facts.get(key)?.iter().enumerate() {
            let (says, done) = (format!("Step {number}."), format!("Done {number}."));
            match kind {
                StepKind::Needed => standing.step(says, done, writes.clone()),
                StepKind::Optional => standing.optional_step(says, done, writes.clone()),
                StepKind::Instead => standing.instead(says, done, writes.clone()),
            }
        }
        standing.undo = Some(Undo::new("back", &json!({})));
        Some(standing)
    }

    fn absent(&self) -> Absent {
        Absent::Wanted("It is gone.")
    }
}

fn target(key: &str) -> RunTarget {
    RunTarget {
        key: key.into(),
        record: "{}".into(),
        before: r#"{"Is":"so"}"#.into(),
        idempotency_key: "k".into(),
        ext: Vec::new(),
    }
}

fn begun(left: &Left) -> Vec<Work> {
    let mut keys: Vec<&String> = left.keys().collect();
    keys.sort();
    keys.into_iter().map(|key| Work::begin(&Steps, &target(key), left)).collect()
}

fn run(left: &Left, script: &Script) -> Vec<Work> {
    let mut works = begun(left);
    in_waves(&mut works, &mut Sender::new(script));
    works
}

fn outcomes(works: Vec<Work>) -> Vec<Outcome> {
    works.into_iter().map(Work::outcome).collect()
}

fn one(key: &str, writes: Vec<Write>) -> Left {
    [(key.to_owned(), vec![(writes, StepKind::Needed)])].into()
}

fn change(number: usize) -> Write {
    Write::update("User", &format!("005D00000{number:06}"), json!({ "IsActive": false }))
}

fn yes() -> Json {
    json!({ "id": "0PaD00000000001", "success": true, "errors": [] })
}

fn no(code: &str, text: &str) -> Json {
    json!({ "success": false, "errors": [{ "statusCode": code, "message": text, "fields": [] }] })
}

#[test]
fn many_targets_go_out_together_and_each_hears_its_own() {
    let left: Left =
        (0..3).map(|number| (number.to_string(), vec![(vec![change(number)], StepKind::Needed)])).collect();
    let refused = json!({ "success": false, "errors": [
        { "statusCode": "FIELD_INTEGRITY_EXCEPTION", "message": "First.", "fields": [] },
        { "statusCode": "OTHER", "message": "Second.", "fields": [] },
    ] });
    let script = Script::new([(200, json!([yes(), refused, yes()]))]);
    let found = outcomes(run(&left, &script));
    let kinds: Vec<OutcomeKind> = found.iter().map(|outcome| outcome.kind).collect();
    assert_eq!(kinds, [OutcomeKind::Done, OutcomeKind::Failed, OutcomeKind::Done]);
    assert!(found[1].message.contains("First. Second."), "{}", found[1].message);
    assert!(found[0].undo.is_some() && found[1].undo.is_none());
    let sent = script.sent.borrow();
    assert_eq!(
        (sent.len(), sent[0].0.as_str(), sent[0].1.as_str()),
        (1, "PATCH", "/services/data/v67.0/composite/sobjects")
    );
    assert_eq!(sent[0].2["allOrNone"], json!(false));
    assert_eq!(
        sent[0].2["records"][0],
        json!({ "attributes": { "type": "User" }, "id": "005D00000000000", "IsActive": false })
    );
}

#[test]
fn one_call_has_one_object_one_kind_and_not_too_many() {
    let delete = |number: usize| Write::delete("PermissionSetAssignment", &format!("0PaD00000{number:06}"));
    let mut writes: Vec<Write> = (0..60).map(delete).collect();
    writes.extend((0..250).map(change));
    writes.push(Write::create("GroupMember", json!({})));
    writes.extend((0..120).map(|number| Write::delete("GroupMember", &format!("011D00000{number:06}"))));
    let parcels = parcels(&writes.iter().collect::<Vec<_>>()).unwrap();
    let sizes: Vec<(&str, usize)> =
        parcels.iter().map(|parcel| (parcel.request.method.as_str(), parcel.places.len())).collect();
    assert_eq!(
        sizes,
        [("DELETE", 49), ("DELETE", 11), ("PATCH", 200), ("PATCH", 50), ("POST", 1), ("DELETE", 100), ("DELETE", 20)]
    );
    assert!(parcels.iter().all(|parcel| parcel.request.url.len() < 4_000));
    let places: BTreeSet<usize> = parcels.iter().flat_map(|parcel| parcel.places.clone()).collect();
    assert_eq!(places.len(), writes.len());
}

#[test]
fn a_lock_is_tried_again_and_then_left_to_the_host() {
    let locked = || no("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record");
    let script = Script::new([(200, json!([locked(), yes()])), (200, json!([yes()]))]);
    let left: Left =
        (0..2).map(|number| (number.to_string(), vec![(vec![change(number)], StepKind::Needed)])).collect();
    assert!(outcomes(run(&left, &script)).iter().all(|outcome| outcome.kind == OutcomeKind::Done));
    assert_eq!(script.sent.borrow()[1].2["records"].as_array().unwrap().len(), 1);

    let other = || no("UNKNOWN_EXCEPTION", "Group membership operation already in progress");
    let script = Script::new([(200, json!([other()])), (200, json!([locked()])), (200, json!([locked()]))]);
    let found = outcomes(run(&one("0", vec![change(0)]), &script));
    let error = found[0].error.as_ref().unwrap();
    // Salesforce says that it did nothing: the host waits and need not look first.
    assert_eq!((found[0].kind, error.class), (OutcomeKind::Failed, ErrorClass::Throttled));
    assert!(error.retry_after_ms.is_some());
}

#[test]
fn what_stops_one_stops_all() {
    let left: Left =
        (0..3).map(|number| (number.to_string(), vec![(vec![change(number).alone()], StepKind::Needed)])).collect();
    let limit = json!([{ "errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded." }]);
    let script = Script::new([(204, Json::Null), (403, limit)]);
    let found = outcomes(run(&left, &script));
    assert_eq!(found[0].kind, OutcomeKind::Done);
    assert!(found[1..].iter().all(|outcome| outcome.error.as_ref().unwrap().class == ErrorClass::Exhausted));
    assert_eq!(script.sent.borrow().len(), 2);

    let script = Script { left_ms: 5_000, ..Script::new([]) };
    let late = outcomes(run(&one("0", vec![change(0)]), &script));
    assert_eq!(late[0].error.as_ref().map(|error| error.class), Some(ErrorClass::Throttled));
}

#[test]
fn a_lost_answer_is_looked_up_before_anything_else() {
    let gone = Error::new(ErrorClass::Unknown, "no-answer", "No answer came.");
    let lost = || run(&one("0", vec![change(0)]), &Script::failing(gone.clone()));
    let html = Script::new([(502, json!("<html>"))]);
    for works in [lost(), run(&one("0", vec![change(0)]), &html)] {
        assert!(works[0].is_doubtful());
        assert_eq!(outcomes(works)[0].kind, OutcomeKind::Unknown);
    }
    let mut made = lost();
    made[0].look_again(&Steps, &[("0".to_owned(), Vec::new())].into());
    let found = outcomes(made);
    assert_eq!((found[0].kind, found[0].message.as_str()), (OutcomeKind::Done, "It is so."));
    let mut still = lost();
    still[0].look_again(&Steps, &one("0", vec![change(0)]));
    assert_eq!(outcomes(still)[0].kind, OutcomeKind::Unknown);
}

#[test]
fn duplicates_and_what_is_gone_count_as_already() {
    let text = "Duplicate PermissionSetAssignment.  Assignee: 005ak000005hvjJ; Permission Set: 0PSak00000M9uBB";
    let create = Write::create("PermissionSetAssignment", json!({}));
    let mut works = run(&one("0", vec![create]), &Script::new([(200, json!([no("DUPLICATE_VALUE", text)]))]));
    works[0].look_again(&Steps, &[("0".to_owned(), Vec::new())].into());
    let found = outcomes(works);
    assert_eq!((found[0].kind, found[0].undo.is_some()), (OutcomeKind::Already, false));

    for (status, body) in
        [(404, json!([{ "errorCode": "ENTITY_IS_DELETED", "message": "entity is deleted" }])), (404, Json::Null)]
    {
        let delete = Write::delete("UserRole", &long(ROLE)).alone();
        assert_eq!(outcomes(run(&one("0", vec![delete]), &Script::new([(status, body)])))[0].kind, OutcomeKind::Done);
    }
    let mut works = run(
        &one("0", vec![Write::delete("UserRole", &long(ROLE)).alone()]),
        &Script::new([(
            400,
            json!([{ "errorCode": "INVALID_CROSS_REFERENCE_KEY", "message": "invalid cross reference id" }]),
        )]),
    );
    works[0].look_again(&Steps, &Left::new());
    assert_eq!(outcomes(works)[0].kind, OutcomeKind::Already);
}

#[test]
fn steps_follow_each_other_and_tell_what_was_done() {
    let steps = |kind| -> Left {
        [(
            "0".to_owned(),
            vec![(vec![change(0)], kind), (vec![Write::delete("Group", &long(GROUP)).alone()], StepKind::Needed)],
        )]
        .into()
    };
    let refused = || (200, json!([no("CANNOT_FREEZE_SELF", "No.")]));
    let both = outcomes(run(&steps(StepKind::Needed), &Script::new([(200, json!([yes()])), (204, Json::Null)])));
    assert_eq!((both[0].kind, both[0].message.as_str()), (OutcomeKind::Done, "Done 0. Done 1."));
    let first = outcomes(run(&steps(StepKind::Needed), &Script::new([refused()])));
    assert_eq!(first[0].kind, OutcomeKind::Failed);
    let on = outcomes(run(&steps(StepKind::Optional), &Script::new([refused(), (204, Json::Null)])));
    assert_eq!(on[0].kind, OutcomeKind::Failed);
    assert!(on[0].message.starts_with("Done 1. Not done: Step 0. Salesforce refused"), "{}", on[0].message);
}

#[test]
fn what_stands_in_is_done_only_when_it_is_refused_and_stays_a_failure() {
    let steps: Left = [(
        "0".to_owned(),
        vec![
            (vec![change(0)], StepKind::Needed),
            (vec![change(1)], StepKind::Instead),
            (vec![change(2)], StepKind::Needed),
        ],
    )]
    .into();
    let refused = || (200, json!([no("FIELD_INTEGRITY_EXCEPTION", "Default owner.")]));
    let done = || (200, json!([yes()]));
    let both = outcomes(run(&steps, &Script::new([done(), done()])));
    assert_eq!((both[0].kind, both[0].message.as_str()), (OutcomeKind::Done, "Done 0. Done 2."));
    let instead = outcomes(run(&steps, &Script::new([refused(), done()])));
    assert_eq!(instead[0].kind, OutcomeKind::Failed);
    assert!(instead[0].message.starts_with("Done 1. Not done: Step 0. "), "{}", instead[0].message);
    let neither = outcomes(run(&steps, &Script::new([refused(), refused()])));
    assert!(neither[0].message.contains("Not done: Step 1."), "{}", neither[0].message);
    let lost = Script::failing(Error::new(ErrorClass::Unknown, "lost", "The answer was lost."));
    assert_eq!(outcomes(run(&steps, &lost))[0].error.as_ref().unwrap().class, ErrorClass::Unknown);
    assert_eq!(lost.sent.borrow().len(), 1, "what may be done is not stood in for");
}

#[test]
fn a_target_that_was_begun_is_never_called_undone() {
    let steps: Left =
        [("0".to_owned(), vec![(vec![change(0)], StepKind::Needed), (vec![change(1)], StepKind::Needed)])].into();
    let limit = json!([{ "errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "ConcurrentRequests (Concurrent API Requests) Limit exceeded." }]);
    let found = outcomes(run(&steps, &Script::new([(200, json!([yes()])), (403, limit)])));
    // The host must look before it goes on: half of it is done.
    assert_eq!(found[0].error.as_ref().unwrap().class, ErrorClass::Retry);
    let half = no("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record");
    let answers = [(200, json!([yes(), half])), (200, json!([half])), (200, json!([half]))];
    let found = outcomes(run(&one("0", vec![change(0), change(1)]), &Script::new(answers)));
    assert_eq!(found[0].error.as_ref().unwrap().class, ErrorClass::Retry);
}

#[test]
fn what_a_step_made_is_named_by_the_next_and_by_the_undo() {
    use crate::actions::write::MADE;
    let member = Write::create("GroupMember", json!({ "GroupId": MADE }));
    let left: Left = [(
        String::new(),
        vec![(vec![Write::create("Group", json!({})).alone()], StepKind::Needed), (vec![member], StepKind::Needed)],
    )]
    .into();
    let script = Script::new([(201, json!({ "id": "00G1", "success": true, "errors": [] })), (200, json!([yes()]))]);
    let works = run(&left, &script);
    let touched: Vec<(&str, &str)> =
        works[0].touched.iter().map(|touched| (touched.object, touched.key.as_str())).collect();
    assert_eq!(touched, [("Group", "00G1"), ("GroupMember", "0PaD00000000001")]);
    assert_eq!(script.sent.borrow()[1].2["records"][0]["GroupId"], "00G1");
    let found = outcomes(works);
    assert_eq!(found[0].ext, [("undo-target".to_owned(), "00G1".to_owned())]);
}

#[test]
fn a_tree_is_one_request_and_tells_the_first_cause() {
    use crate::actions::write::Change;
    let change = Change::Tree {
        fields: json!({ "DeveloperName": "Core" }),
        of: "PermissionSetGroupComponent",
        naming: "PermissionSetGroupId",
        parts: vec![json!({ "PermissionSetId": SET })],
    };
    let tree = || one("", vec![Write { object: "PermissionSetGroup", change: change.clone(), alone: true }]);
    let node = |status: u16, body: Json| json!({ "body": body, "httpHeaders": {}, "httpStatusCode": status, "referenceId": "x" });
    let good = json!({ "compositeResponse": [node(201, json!({ "id": "0PG1", "success": true })), node(201, json!({ "id": "0PM1" }))] });
    let script = Script::new([(200, good)]);
    assert_eq!(outcomes(run(&tree(), &script))[0].kind, OutcomeKind::Done);
    let sent = script.sent.borrow()[0].2.clone();
    assert_eq!(
        sent["compositeRequest"][1]["body"],
        json!({ "PermissionSetId": SET, "PermissionSetGroupId": "@{made.id}" })
    );
    let halted =
        node(400, json!([{ "errorCode": "PROCESSING_HALTED", "message": "The transaction was rolled back." }]));
    let cause =
        node(400, json!([{ "errorCode": "INVALID_CROSS_REFERENCE_KEY", "message": "invalid cross reference id" }]));
    let found = outcomes(run(&tree(), &Script::new([(200, json!({ "compositeResponse": [halted, cause] }))])));
    assert_eq!(found[0].error.as_ref().unwrap().code, "INVALID_CROSS_REFERENCE_KEY");
}

#[test]
fn a_token_is_ended_without_login_and_refusals_come_in_two_forms() {
    let parcels = parcels(&[&Write::revoke("f00d", "a+b/c")]).unwrap();
    let request = &parcels[0].request;
    assert_eq!((request.url.as_str(), request.auth.as_deref()), ("/services/oauth2/revoke", Some("none")));
    assert_eq!(request.body.as_deref(), Some(b"token=a%2Bb%2Fc".as_slice()));
    let revoke = Write::revoke("f00d", "secret");
    let code = |body: &str| {
        let answers = write::answers(&[&revoke], 400, body.as_bytes());
        answers[0].as_ref().unwrap_err().code.clone()
    };
    assert_eq!(
        code("error=unsupported_token_type&error_description=this+token+type+is+not+supported"),
        "unsupported_token_type"
    );
    assert_eq!(code(r#"{"error":"invalid_token","error_description":"x"}"#), "invalid_token");
    assert_eq!(code("<html>"), "http-400");
    let error = write::answers(&[&revoke], 400, b"error=invalid_token")[0].clone().unwrap_err();
    assert_ne!(error.class, ErrorClass::Reauthorize, "the connection itself is well");
}

#[test]
fn what_changed_since_it_was_prepared_is_left_alone() {
    let left = one("0", vec![change(0)]);
    let kind = |before: &str, left: &Left| {
        let target = RunTarget { before: before.into(), ..target("0") };
        Work::begin(&Steps, &target, left).outcome().kind
    };
    assert_eq!(kind(r#"{"Is":"other"}"#, &left), OutcomeKind::Changed);
    assert_eq!(kind("nonsense", &left), OutcomeKind::Changed);
    assert_eq!(kind("nonsense", &[("0".to_owned(), Vec::new())].into()), OutcomeKind::Already);
    assert_eq!(kind("nonsense", &Left::new()), OutcomeKind::Already);
}

#[test]
fn verdicts_tell_done_from_not_done_from_unknown() {
    let verdict = |before: &str, left: &Left| {
        let target = RunTarget { before: before.into(), ..target("0") };
        let verdict = drive::verdict(&Steps, &target, left);
        (verdict.kind, verdict.repeatable)
    };
    let (so, left) = (r#"{"Is":"so"}"#, one("0", vec![change(0)]));
    assert_eq!(verdict(so, &[("0".to_owned(), Vec::new())].into()), (VerdictKind::Done, false));
    assert_eq!(verdict(so, &left), (VerdictKind::NotDone, true));
    assert_eq!(verdict("{}", &left), (VerdictKind::Unknown, false));
    assert_eq!(verdict(so, &Left::new()), (VerdictKind::Done, false));
}
