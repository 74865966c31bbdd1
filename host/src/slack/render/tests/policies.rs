//! Approval policies as admins edit them, and requests under them: several approvals, a reason, a requester who is alone.

use super::super::*;
use super::{hostile, marked_up};
use crate::actions::{
    ActionPolicy, ActionSettings, Approval, HOUR, PoliciesView, Policy, PolicyView, RequestState, RequestView, Stands,
};
use crate::slack::block::AlertLevel;
use crate::slack::client::Message;
use crate::slack::fit;
use crate::slack::fixtures::{self, said as decided};
use proptest::prelude::*;
use serde_json::Value as Json;

fn own() -> Policy {
    Policy {
        approval: Approval::Several(2),
        approvers: vec!["U1".into(), "U7".into(), "W3".into()],
        only_named: true,
        self_approval: true,
        reason: true,
        typed_confirmation: true,
        reminder: 4 * HOUR,
        fallback: Some("U9".into()),
        ..ActionSettings::default().policy()
    }
}

/// A connection whose first action follows, whose second has a policy of its own, and whose third is off.
fn all() -> PoliciesView {
    let base = ActionSettings::default().policy();
    let action = |name: &str, title: &str, is_destructive, stands, policy: &Policy| ActionPolicy {
        name: name.into(),
        title: title.into(),
        is_destructive,
        view: PolicyView { stands, policy: policy.clone() },
    };
    PoliciesView {
        connection: "c1".into(),
        title: "Acme *EMEA*".into(),
        version: 3,
        default: PolicyView { stands: Stands::Follows, policy: base.clone() },
        actions: vec![
            action("assign-role", "Assign role", false, Stands::Follows, &base),
            action("delete-user", "Delete user", true, Stands::Own, &own()),
            action("freeze-user", "Freeze user", false, Stands::Off, &base),
        ],
    }
}

/// A request that needs two, with these who said yes.
fn two(state: RequestState, yes: &[&str]) -> RequestView {
    let mut view = fixtures::request(state);
    view.needed = 2;
    view.policy = own().words();
    view.approvals = yes.iter().map(|user| decided(user, true)).collect();
    view
}

fn confirmed() -> RequestView {
    let mut view = fixtures::request(RequestState::Running);
    let alone = crate::actions::Decided { self_confirmed: true, ..decided("U1", true) };
    view.approvers.clear();
    view.approvals = vec![alone.clone()];
    view.decision = Some(alone);
    view
}

/// Every message.
pub fn messages() -> Vec<(&'static str, Message)> {
    use RequestState as S;
    let mut escalated = two(S::Waiting, &["W3"]);
    escalated.approvers.insert(0, "U9".into());
    escalated.also_asked = Some("U9".into());
    let approver = |view: &RequestView, reader: &str| card(view, Audience::Approver, Some(&reader.into()));
    vec![
        ("card_two_needed", approver(&two(S::Waiting, &[]), "U2")),
        ("card_one_of_two", approver(&two(S::Waiting, &["W3"]), "U2")),
        ("card_one_of_two_own", approver(&two(S::Waiting, &["W3"]), "W3")),
        ("card_one_of_two_channel", card(&two(S::Waiting, &["W3"]), Audience::Approver, None)),
        ("card_one_of_two_requester", card(&two(S::Waiting, &["W3"]), Audience::Requester, Some(&"U1".into()))),
        ("card_two_of_two", approver(&two(S::Running, &["W3", "U2"]), "U2")),
        ("card_denied_after_one", approver(&two(S::Denied, &["W3"]), "U2")),
        ("card_escalated", approver(&escalated, "U9")),
        ("card_confirmed_alone", card(&confirmed(), Audience::Requester, Some(&"U1".into()))),
    ]
}

/// Every modal.
pub fn views() -> Vec<(&'static str, Json)> {
    use RequestState as S;
    let mut reason = fixtures::request(S::Prepared);
    reason.needs_reason = true;
    let mut alone = reason.clone();
    alone.approvers.clear();
    let mut confirm = alone.clone();
    confirm.can_confirm = true;
    let mut one_missing = two(S::Prepared, &[]);
    one_missing.approvers.truncate(1);
    let (delete, freeze) = ("delete-user".into(), "freeze-user".into());
    let saved = |name| said("Approval policies", AlertLevel::Success, &policy_saved(&all(), name));
    vec![
        ("policies_default", policies(&all(), None)),
        ("policies_of_an_action", policies(&all(), Some(&delete))),
        ("policies_of_an_action_that_is_off", policies(&all(), Some(&freeze))),
        ("policies_of_an_action_that_is_gone", policies(&all(), Some(&"gone".into()))),
        ("access_with_an_action_off", access(&fixtures::access(), &["Freeze user".into()])),
        ("policy_saved", saved(Some(&delete))),
        ("policy_saved_off", saved(Some(&freeze))),
        ("policy_saved_default", saved(None)),
        ("preview_with_a_reason", preview(&reason, 0)),
        ("preview_to_confirm", preview(&confirm, 0)),
        ("preview_that_nobody_could_approve", preview(&alone, 0)),
        ("preview_that_too_few_could_approve", preview(&one_missing, 0)),
        ("sent_to_two", sent(&two(S::Waiting, &[]))),
        ("sent_confirmed", sent(&confirmed())),
        ("details_one_of_two", details(&two(S::Waiting, &["W3"]), May { decide: true, ..May::default() }, 0)),
        ("approved_one_of_two", said("Approved", AlertLevel::Success, &approved(&two(S::Waiting, &["W3"])))),
    ]
}

#[test]
fn who_approved_already_cannot_approve_on_their_own_copy_but_say_no() {
    let view = two(RequestState::Waiting, &["W3"]);
    let buttons = |reader: Option<&crate::domain::UserId>| {
        serde_json::json!(card(&view, Audience::Approver, reader).blocks).to_string()
    };
    let own = buttons(Some(&"W3".into()));
    assert!(!own.contains("press.approve") && own.contains("press.deny") && own.contains("You approved this"), "{own}");
    for other in [Some("U2".into()), None] {
        let others = buttons(other.as_ref());
        assert!(others.contains("press.approve") && !others.contains("You approved this"), "{others}");
    }
}

#[test]
fn actions_are_found_by_their_words_within_what_a_select_takes() {
    let titles = |words: &str| -> Vec<String> {
        let found = policy_options(&all(), words);
        found.iter().map(|option| option["text"]["text"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(titles(""), ["Default of the connection", "Assign role", "Delete user", "Freeze user"]);
    assert_eq!(titles("USER"), ["Delete user", "Freeze user"]);
    assert_eq!(titles("default"), ["Default of the connection"]);
    let mut many = all();
    many.actions = vec![many.actions[0].clone(); 300];
    assert_eq!(policy_options(&many, "").len(), 100);
}

proptest! {
    #[test]
    fn hostile_text_stays_text_in_windows_of_policies(text in hostile(), title in hostile()) {
        let mut view = all();
        view.title = title;
        view.actions[0].title = text;
        let name = view.actions[0].name.clone();
        let saved = said("Approval policies", AlertLevel::Success, &policy_saved(&view, Some(&name)));
        for mut view in [policies(&view, None), policies(&view, Some(&name)), saved] {
            fit::view(&mut view);
            prop_assert!(!marked_up(&view, "<!channel>") && !marked_up(&view, "<https://evil"), "{view}");
        }
    }
}
