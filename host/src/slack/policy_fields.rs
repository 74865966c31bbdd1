//! Names of the blocks and elements in which an approval policy is entered, and the reading of what stands in them. The name of a
//! block says what the policy is for: Slack keeps what was entered under the same name, and another action begins anew.

use super::inbound::{Chosen, View};
use crate::actions::{EnteredPolicy, Stands};
use crate::domain::{ActionName, UserId};

/// The select over what a policy is for.
pub const OF: &str = "policy-of";
/// Chosen there for the connection's default.
pub const DEFAULT: &str = "*";

/// Whether the policy is one of its own.
pub const STANDS: &str = "stands";
/// How many must approve.
pub const NEEDED: &str = "needed";
/// Whether admins decide as well.
pub const WHO: &str = "who";
/// The people who decide.
pub const PEOPLE: &str = "people";
/// The check boxes.
pub const OPTIONS: &str = "options";
/// Hours until a request expires.
pub const EXPIRY: &str = "expiry";
/// Hours until approvers are reminded.
pub const REMINDER: &str = "reminder";
/// Who is asked as well then.
pub const FALLBACK: &str = "fallback";

/// Chosen for a policy of its own.
pub const OWN: &str = "own";
/// Chosen to follow the default.
pub const FOLLOWS: &str = "follows";
/// Chosen to turn an action off.
pub const OFF: &str = "off";
/// Chosen so that admins decide as well.
pub const ADMINS: &str = "admins";
/// Chosen so that nobody but the named people decides.
pub const NAMED: &str = "named";
/// Checked so that the requester counts.
pub const SELF: &str = "self";
/// Checked so that a reason is required.
pub const REASON: &str = "reason";
/// Checked so that a requester who is alone can confirm.
pub const CONFIRM: &str = "confirm";

const BLOCK: &str = "policy/";

/// The block of a field, for what the policy is for.
pub fn block(field: &str, action: Option<&ActionName>) -> String {
    format!("{BLOCK}{field}/{}", action.map_or(DEFAULT, ActionName::as_str))
}

/// The field that a block is for.
fn field(block: &str) -> Option<&str> {
    block.strip_prefix(BLOCK)?.split_once('/').map(|(field, _)| field)
}

/// The block of a field in this view, if it is there.
pub fn block_of(view: &View, wanted: &str) -> Option<String> {
    view.values.keys().find(|block| field(block) == Some(wanted)).cloned()
}

/// What stands in the window.
pub fn entered(view: &View) -> EnteredPolicy {
    let mut entered = EnteredPolicy::default();
    for (block, fields) in &view.values {
        if let (Some(name), Some(chosen)) = (field(block), fields.values().next()) {
            take(&mut entered, name, chosen);
        }
    }
    entered
}

fn take(entered: &mut EnteredPolicy, field: &str, chosen: &Chosen) {
    let number = || chosen.one().and_then(|text| text.trim().parse().ok());
    let is = |value: &str| chosen.one() == Some(value);
    match field {
        STANDS if is(OWN) => entered.stands = Stands::Own,
        STANDS if is(OFF) => entered.stands = Stands::Off,
        NEEDED => entered.needed = number(),
        WHO => entered.only_named = is(NAMED),
        PEOPLE => entered.people = chosen.all().into_iter().map(UserId).collect(),
        OPTIONS => {
            let checked = chosen.all();
            let is_checked = |option: &str| checked.iter().any(|one| one == option);
            entered.self_approval = is_checked(SELF);
            entered.reason = is_checked(REASON);
            entered.typed_confirmation = is_checked(CONFIRM);
        }
        EXPIRY => entered.expiry_hours = number(),
        REMINDER => entered.reminder_hours = number(),
        FALLBACK => entered.fallback = chosen.one().map(UserId::from),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn view(values: &[(&str, Chosen)]) -> View {
        let action = ActionName::from("deactivate-user");
        let value = |chosen: &Chosen| BTreeMap::from([("value".to_owned(), chosen.clone())]);
        let values = values.iter().map(|(field, chosen)| (block(field, Some(&action)), value(chosen))).collect();
        View { values, ..View::default() }
    }

    #[test]
    fn what_stands_in_the_window_is_read_by_the_names_of_its_blocks() {
        let one = |text: &str| Chosen::One(text.into());
        let many = |texts: &[&str]| Chosen::Many(texts.iter().map(|text| (*text).to_owned()).collect());
        let read = entered(&view(&[
            (STANDS, one(OWN)),
            (NEEDED, one("2")),
            (WHO, one(NAMED)),
            (PEOPLE, many(&["U1", "U2"])),
            (OPTIONS, many(&[REASON, CONFIRM])),
            (EXPIRY, one(" 48 ")),
            (REMINDER, one("4.5")),
            (FALLBACK, one("U9")),
            ("other", one("x")),
        ]));
        let expected = EnteredPolicy {
            stands: Stands::Own,
            needed: Some(2),
            only_named: true,
            people: vec!["U1".into(), "U2".into()],
            self_approval: false,
            reason: true,
            typed_confirmation: true,
            expiry_hours: Some(48),
            reminder_hours: None,
            fallback: Some("U9".into()),
        };
        assert_eq!(read, expected);
        assert_eq!(entered(&view(&[(STANDS, one(OFF))])).stands, Stands::Off);
        assert_eq!(entered(&View::default()), EnteredPolicy::default());
    }

    proptest! {
        #[test]
        fn never_panics(block in ".{0,40}", text in ".{0,20}") {
            let value = BTreeMap::from([("value".to_owned(), Chosen::One(text))]);
            entered(&View { values: BTreeMap::from([(block, value)]), ..View::default() });
        }
    }
}
