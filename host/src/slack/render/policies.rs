//! The window in which admins say whose approval an action needs, and whether it can be asked for at all.

use super::board_menu::asking;
use crate::actions::{
    ActionPolicy, HOUR, MAX_HOURS, MAX_NEEDED, MAX_PEOPLE, PoliciesView, PolicyOf, PolicyView, Stands,
};
use crate::domain::{ActionName, Millis, UserId};
use crate::slack::block::{self, AlertLevel};
use crate::slack::limits;
use crate::slack::meta::{Meta, field};
use crate::slack::policy_fields as names;
use serde_json::{Value as Json, json};

/// The window for the default of the connection, or for one of its actions.
pub fn policies(view: &PoliciesView, action: Option<&ActionName>) -> Json {
    let of = action.and_then(|name| view.actions.iter().find(|one| &one.name == name));
    let name = of.map(|of| &of.name);
    let stands = of.map_or(&view.default, |of| &of.view);
    let mut blocks = vec![about(view, of)];
    if of.is_some_and(|of| of.is_destructive) {
        let said = "It removes access or data: following the default it always needs an approval and a reason.";
        blocks.push(block::alert(AlertLevel::Warning, said));
    }
    blocks.push(block::section(&format!("*Now:* {}", block::sentence(&stands.words()))));
    blocks.push(choice(stands, of));
    blocks.push(block::context("The rest counts for a policy of its own."));
    blocks.extend(fields(stands, name));
    let of = PolicyOf { connection: view.connection.clone(), action: name.cloned(), version: view.version };
    asking("Approval policies", "Save", Meta::Policies(of), blocks)
}

/// What it is about, and the select over everything it could be about.
fn about(view: &PoliciesView, of: Option<&ActionPolicy>) -> Json {
    let mut select = json!({"type": "external_select", "action_id": names::OF, "min_query_length": 0,
        "placeholder": block::plain("Search", limits::PLACEHOLDER)});
    if let Some(chosen) = of.map_or_else(|| default_option(view), option) {
        select["initial_option"] = chosen;
    }
    let text = format!(
        "*{}*\nWhose approval an action needs before it runs. Actions without a policy of their own follow the default of the connection.",
        block::escape_line(&view.title)
    );
    block::section_with(&text, select)
}

/// What can be chosen there: the default and the actions with these words.
pub fn policy_options(view: &PoliciesView, words: &str) -> Vec<Json> {
    let words = words.to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&words);
    let actions = view.actions.iter().filter(|action| has(&action.title)).filter_map(option);
    let default = default_option(view).filter(|option| option["text"]["text"].as_str().is_some_and(has));
    default.into_iter().chain(actions).take(limits::OPTIONS).collect()
}

fn default_option(view: &PoliciesView) -> Option<Json> {
    let detail = if view.default.stands == Stands::Own { "Set for this connection" } else { "As the operator set it" };
    block::option("Default of the connection", names::DEFAULT, Some(detail))
}

fn option(action: &ActionPolicy) -> Option<Json> {
    let detail = match action.view.stands {
        Stands::Off => "Off",
        Stands::Own => "Policy of its own",
        Stands::Follows => "As the default",
    };
    block::option(&action.title, action.name.as_str(), Some(detail))
}

fn choice(stands: &PolicyView, of: Option<&ActionPolicy>) -> Json {
    let options: &[(&str, &str)] = match of {
        Some(_) => &[
            ("Follows the default of the connection", names::FOLLOWS),
            ("Has a policy of its own", names::OWN),
            ("Is off: nobody can ask for it", names::OFF),
        ],
        None => &[("As the operator set it", names::FOLLOWS), ("A policy of its own", names::OWN)],
    };
    let options = options.iter().filter_map(|(text, value)| block::option(text, value, None)).collect();
    let chosen = match stands.stands {
        Stands::Follows => names::FOLLOWS,
        Stands::Own => names::OWN,
        Stands::Off => names::OFF,
    };
    let (label, hint) = match of {
        Some(of) => (of.title.as_str(), "Off: it is in no list, and requests for it that are not done do not run."),
        None => ("Default of the connection", ""),
    };
    let select = block::select(field::VALUE, "Choose", options, Some(chosen));
    block::input(&names::block(names::STANDS, of.map(|of| &of.name)), label, Some(hint), false, select)
}

fn fields(view: &PolicyView, action: Option<&ActionName>) -> Vec<Json> {
    let policy = &view.policy;
    let input = |name: &str, label: &str, hint: &str, optional: bool, element: Json| {
        block::input(&names::block(name, action), label, Some(hint), optional, element)
    };
    let who = [("Admins, the owner and the people below", names::ADMINS), ("Only the people below", names::NAMED)];
    let who = who.iter().filter_map(|(text, value)| block::option(text, value, None)).collect();
    let chosen = if policy.only_named { names::NAMED } else { names::ADMINS };
    let most = format!("At most {MAX_PEOPLE}.");
    vec![
        input(names::NEEDED, "How many must approve?", "Each person counts once; one no is a no.", false, needed(view)),
        input(names::WHO, "Who may approve?", "", false, block::select(field::VALUE, "Choose", who, Some(chosen))),
        input(names::PEOPLE, "These people", &most, true, people(&policy.approvers)),
        input(names::OPTIONS, "Rules", "", true, options(view)),
        input(names::EXPIRY, "Hours until a request expires", "", false, hours(policy.expiry)),
        input(names::REMINDER, "Hours until approvers are reminded", "", false, hours(policy.reminder)),
        input(names::FALLBACK, "Who is asked as well after the reminder?", "", true, person(policy.fallback.as_ref())),
    ]
}

fn needed(view: &PolicyView) -> Json {
    let words = |count: u32| match count {
        0 => "Nobody: it runs when it is sent".to_owned(),
        1 => "1 person".to_owned(),
        many => format!("{many} people"),
    };
    let option = |count: u32| block::option(&words(count), &count.to_string(), None);
    let chosen = view.policy.approval.needed().to_string();
    block::select(field::VALUE, "Choose", (0..=MAX_NEEDED).filter_map(option).collect(), Some(&chosen))
}

fn people(chosen: &[UserId]) -> Json {
    let mut element = json!({"type": "multi_users_select", "action_id": field::VALUE, "max_selected_items": MAX_PEOPLE,
        "placeholder": block::plain("Choose people", limits::PLACEHOLDER)});
    if !chosen.is_empty() {
        element["initial_users"] = json!(chosen.iter().take(MAX_PEOPLE).collect::<Vec<_>>());
    }
    element
}

fn person(chosen: Option<&UserId>) -> Json {
    let mut element = json!({"type": "users_select", "action_id": field::VALUE,
        "placeholder": block::plain("Nobody", limits::PLACEHOLDER)});
    if let Some(chosen) = chosen {
        element["initial_user"] = json!(chosen);
    }
    element
}

fn options(view: &PolicyView) -> Json {
    let policy = &view.policy;
    let rules = [
        (policy.reason, "A reason is required", names::REASON),
        (policy.self_approval, "The requester may approve, if they are one of those who may", names::SELF),
        (policy.typed_confirmation, "Where nobody else could approve, they may type CONFIRM instead", names::CONFIRM),
    ];
    let option = |(_, text, value): &(bool, &str, &str)| block::option(text, value, None);
    let checked: Vec<Json> = rules.iter().filter(|(is_checked, ..)| *is_checked).filter_map(option).collect();
    let all: Vec<Json> = rules.iter().filter_map(option).collect();
    let mut element = json!({"type": "checkboxes", "action_id": field::VALUE, "options": all});
    if !checked.is_empty() {
        element["initial_options"] = json!(checked);
    }
    element
}

fn hours(time: Millis) -> Json {
    let hours = (time / HOUR).clamp(1, i64::from(MAX_HOURS));
    json!({"type": "number_input", "action_id": field::VALUE, "is_decimal_allowed": false, "min_value": "1",
        "max_value": MAX_HOURS.to_string(), "initial_value": hours.to_string()})
}

/// What holds now, after it was saved.
pub fn policy_saved(view: &PoliciesView, action: Option<&ActionName>) -> String {
    let of = action.and_then(|name| view.actions.iter().find(|one| &one.name == name));
    let (what, stands) = of.map_or(("The default", &view.default), |of| (of.title.as_str(), &of.view));
    let since = match stands.stands {
        Stands::Off => "Requests for it that are not done do not run.",
        Stands::Own | Stands::Follows => "Requests that were sent before keep the policy they were made under.",
    };
    format!("{what}, on “{}”: {} {since}", view.title, stands.words())
}
