//! Which policy holds for an action, and what is wrong with one as entered.

use super::{entered::check, *};
use crate::{
    actions::{policy::HOUR, request::tests::request},
    domain::{AppError, UserId},
};

fn action(effect: Effect) -> Action {
    Action { effect, ..request().frozen.action }
}

fn users(ids: &[&str]) -> Vec<UserId> {
    ids.iter().map(|id| UserId::from(*id)).collect()
}

#[test]
fn the_nearest_policy_holds_and_what_removes_is_stricter() {
    let settings = ActionSettings::default();
    let base = settings.policy();
    let free = Policy { approval: Approval::None, ..base.clone() };
    let nobody = Policy { only_named: true, ..free.clone() };
    let two = Policy { approval: Approval::Several(2), ..base.clone() };
    let careful = Policy { reason: true, ..base.clone() };
    let own = |policy: &Policy| BTreeMap::from([(request().frozen.action.name, policy.clone())]);
    let (change, destructive) = (Effect::Change, Effect::Destructive);
    let none = BTreeMap::new;
    let rows = [
        (None, none(), change, base.clone()),
        (None, none(), destructive, careful.clone()),
        (Some(two.clone()), none(), change, two.clone()),
        (Some(two.clone()), none(), destructive, Policy { reason: true, ..two.clone() }),
        (Some(free.clone()), none(), change, free.clone()),
        (Some(free.clone()), none(), destructive, careful.clone()),
        (Some(nobody), none(), destructive, careful),
        (Some(two), own(&free), destructive, free.clone()),
        (None, own(&free), change, free),
    ];
    for (default, actions, effect, expected) in rows {
        let policies = Policies { default, actions, ..Policies::none(&"c1".into()) };
        assert_eq!(policies.of(&settings, &action(effect)), expected, "{effect:?} under {policies:?}");
    }
}

fn right() -> EnteredPolicy {
    EnteredPolicy {
        stands: Stands::Own,
        needed: Some(2),
        only_named: true,
        people: users(&["U3", "U1", "U2"]),
        reason: true,
        expiry_hours: Some(48),
        reminder_hours: Some(4),
        fallback: Some("U9".into()),
        ..EnteredPolicy::default()
    }
}

#[test]
fn a_policy_as_entered() {
    let policy = check(&right(), &users(&["U-admin"])).unwrap();
    let expected = Policy {
        approval: Approval::Several(2),
        approvers: users(&["U1", "U2", "U3"]),
        self_approval: false,
        expiry: 48 * HOUR,
        reminder: 4 * HOUR,
        only_named: true,
        reason: true,
        fallback: Some("U9".into()),
        typed_confirmation: false,
    };
    assert_eq!(policy, expected);
    let nobody = EnteredPolicy { needed: Some(0), people: Vec::new(), ..right() };
    let nobody = check(&nobody, &[]).unwrap();
    assert_eq!((nobody.approval, nobody.fallback), (Approval::None, None));
    let ones = EnteredPolicy { people: users(&["U1", "U1", "U2"]), ..right() };
    assert_eq!(check(&ones, &[]).unwrap().approvers, users(&["U1", "U2"]), "each counts once");
}

#[test]
fn what_is_wrong_is_said_at_its_field() {
    let many: Vec<String> = (0..21).map(|number| format!("W{number}")).collect();
    let many: Vec<UserId> = many.iter().map(|user| UserId::from(user.as_str())).collect();
    let named = |ids: &[&str]| EnteredPolicy { people: users(ids), ..right() };
    let admins = EnteredPolicy { only_named: false, ..named(&[]) };
    let rows: [(EnteredPolicy, &[(&str, &str)]); 13] = [
        (named(&[]), &[("people", "Name at least one person: nobody could ever approve.")]),
        (named(&["U1"]), &[("needed", "Only 1 person is named, so 2 approvals could never come together.")]),
        (
            EnteredPolicy { needed: Some(3), ..named(&["U1", "U2", "U2"]) },
            &[("needed", "Only 2 people are named, so 3 approvals could never come together.")],
        ),
        (admins.clone(), &[("needed", "Only 1 person may approve, so 2 approvals could never come together.")]),
        (
            EnteredPolicy { needed: Some(3), people: users(&["U-admin", "U1"]), ..admins.clone() },
            &[("needed", "Only 2 people may approve, so 3 approvals could never come together.")],
        ),
        (EnteredPolicy { people: many, ..right() }, &[("people", "Name at most 20 people; these are 21.")]),
        (EnteredPolicy { needed: None, ..right() }, &[("needed", "Choose how many must approve: at most 10.")]),
        (EnteredPolicy { needed: Some(11), ..right() }, &[("needed", "Choose how many must approve: at most 10.")]),
        (EnteredPolicy { expiry_hours: Some(0), ..right() }, &[("expiry", "Enter whole hours from 1 to 720.")]),
        (EnteredPolicy { expiry_hours: Some(721), ..right() }, &[("expiry", "Enter whole hours from 1 to 720.")]),
        (EnteredPolicy { reminder_hours: None, ..right() }, &[("reminder", "Enter whole hours from 1 to 720.")]),
        (
            EnteredPolicy { reminder_hours: Some(48), fallback: Some("U1".into()), ..right() },
            &[
                ("reminder", "The reminder must come before the request expires."),
                ("fallback", "This person is asked from the beginning. Choose somebody else, or nobody."),
            ],
        ),
        (
            EnteredPolicy { needed: Some(1), fallback: Some("U-admin".into()), ..admins },
            &[("fallback", "This person is asked from the beginning. Choose somebody else, or nobody.")],
        ),
    ];
    for (entered, expected) in rows {
        let Err(AppError::Inputs(wrong)) = check(&entered, &users(&["U-admin"])) else { panic!("taken: {entered:?}") };
        let wrong: Vec<(&str, &str)> = wrong.iter().map(|(field, why)| (field.as_str(), why.as_str())).collect();
        assert_eq!(wrong, expected, "{entered:?}");
    }
}

/// An entity as large as it may be fits into the store.
#[test]
fn the_most_policies_fit_into_one_entity() {
    let people: Vec<UserId> = (0..MAX_PEOPLE).map(|number| UserId(format!("W{number:0>14}"))).collect();
    let policy = Policy {
        approval: Approval::Several(MAX_NEEDED),
        approvers: people,
        self_approval: true,
        expiry: i64::from(MAX_HOURS) * HOUR,
        reminder: i64::from(MAX_HOURS) * HOUR,
        only_named: true,
        reason: true,
        fallback: Some(UserId("W".repeat(15))),
        typed_confirmation: true,
    };
    let names: Vec<ActionName> = (0..window::MAX_OWN).map(|number| ActionName(format!("{number:0>64}"))).collect();
    let policies = Policies {
        connection: "c".repeat(36).as_str().into(),
        default: Some(policy.clone()),
        actions: names.iter().cloned().map(|name| (name, policy.clone())).collect(),
        off: names.into_iter().collect(),
    };
    assert!(serde_json::to_vec(&policies).unwrap().len() < 64 << 10);
}
