//! What an admin entered for a policy, checked: a policy under which nobody could ever approve is refused at its field.

use super::{
    super::policy::{Approval, HOUR, Policy},
    window::Stands,
};
use crate::domain::{AppError, Outcome, UserId};

/// People that a policy names: each is asked by a message of their own, and more than this decide nothing together.
pub const MAX_PEOPLE: usize = 20;

/// Approvals that a policy can want.
pub const MAX_NEEDED: u32 = 10;

/// How long a request can wait, in hours: after thirty days the live data it was decided on is another.
pub const MAX_HOURS: u32 = 720;

/// A policy as entered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnteredPolicy {
    /// Whether what follows counts at all.
    pub stands: Stands,
    /// How many must approve; none when that was no such number.
    pub needed: Option<u32>,
    /// Only these people decide, not the admins.
    pub only_named: bool,
    /// People who decide.
    pub people: Vec<UserId>,
    /// The requester counts.
    pub self_approval: bool,
    /// A reason is required.
    pub reason: bool,
    /// Where nobody else could approve, a typed word is enough.
    pub typed_confirmation: bool,
    /// Hours until a request expires; none when that was no whole number.
    pub expiry_hours: Option<u32>,
    /// Hours until approvers are reminded.
    pub reminder_hours: Option<u32>,
    /// Who is asked as well then.
    pub fallback: Option<UserId>,
}

/// The policy, or all that is wrong with it, as `(field, sentence)`.
pub fn check(entered: &EnteredPolicy, admins: &[UserId]) -> Outcome<Policy> {
    let deciders = deciders(entered, admins);
    let wrong: Vec<(String, String)> = [
        wrong_people(entered, &deciders).map(|sentence| ("people", sentence)),
        wrong_needed(entered, &deciders).map(|sentence| ("needed", sentence)),
        wrong_hours(entered.expiry_hours).map(|sentence| ("expiry", sentence)),
        wrong_reminder(entered).map(|sentence| ("reminder", sentence)),
        wrong_fallback(entered, &deciders).map(|sentence| ("fallback", sentence)),
    ]
    .into_iter()
    .flatten()
    .map(|(field, sentence)| (field.to_owned(), sentence))
    .collect();
    let (Some(needed), Some(expiry), Some(reminder), true) =
        (entered.needed, entered.expiry_hours, entered.reminder_hours, wrong.is_empty())
    else {
        return Err(AppError::Inputs(wrong));
    };
    let mut approvers = entered.people.clone();
    approvers.sort();
    approvers.dedup();
    Ok(Policy {
        approval: Approval::of(needed),
        approvers,
        self_approval: entered.self_approval,
        expiry: i64::from(expiry) * HOUR,
        reminder: i64::from(reminder) * HOUR,
        only_named: entered.only_named,
        reason: entered.reason,
        fallback: entered.fallback.clone().filter(|_| needed > 0),
        typed_confirmation: entered.typed_confirmation,
    })
}

/// All who could decide, whoever asks.
fn deciders(entered: &EnteredPolicy, admins: &[UserId]) -> Vec<UserId> {
    let admins = if entered.only_named { &[] } else { admins };
    let mut deciders: Vec<UserId> = admins.iter().chain(&entered.people).cloned().collect();
    deciders.sort();
    deciders.dedup();
    deciders
}

fn wrong_people(entered: &EnteredPolicy, deciders: &[UserId]) -> Option<String> {
    if entered.people.len() > MAX_PEOPLE {
        return Some(format!("Name at most {MAX_PEOPLE} people; these are {}.", entered.people.len()));
    }
    let nobody = deciders.is_empty() && entered.needed != Some(0);
    nobody.then(|| "Name at least one person: nobody could ever approve.".to_owned())
}

fn wrong_needed(entered: &EnteredPolicy, deciders: &[UserId]) -> Option<String> {
    let (there, needed) = (deciders.len(), entered.needed.filter(|needed| *needed <= MAX_NEEDED));
    let Some(needed) = needed else { return Some(format!("Choose how many must approve: at most {MAX_NEEDED}.")) };
    if deciders.is_empty() || needed as usize <= there {
        return None;
    }
    let there = match (there, entered.only_named) {
        (1, true) => "Only 1 person is named".to_owned(),
        (many, true) => format!("Only {many} people are named"),
        (1, false) => "Only 1 person may approve".to_owned(),
        (many, false) => format!("Only {many} people may approve"),
    };
    Some(format!("{there}, so {needed} approvals could never come together."))
}

fn wrong_hours(hours: Option<u32>) -> Option<String> {
    let is_right = hours.is_some_and(|hours| (1..=MAX_HOURS).contains(&hours));
    (!is_right).then(|| format!("Enter whole hours from 1 to {MAX_HOURS}."))
}

fn wrong_reminder(entered: &EnteredPolicy) -> Option<String> {
    let late = || entered.reminder_hours >= entered.expiry_hours && wrong_hours(entered.expiry_hours).is_none();
    wrong_hours(entered.reminder_hours)
        .or_else(|| late().then(|| "The reminder must come before the request expires.".to_owned()))
}

fn wrong_fallback(entered: &EnteredPolicy, deciders: &[UserId]) -> Option<String> {
    let is_asked = entered.fallback.as_ref().is_some_and(|fallback| deciders.contains(fallback));
    is_asked.then(|| "This person is asked from the beginning. Choose somebody else, or nobody.".to_owned())
}
