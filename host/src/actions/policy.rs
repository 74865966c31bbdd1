//! Who must agree before an action runs. Pure: given the policy, the request and the person, the answer is always the same.

use super::{machine::Standing, refusal::Refusal};
use crate::domain::{Actor, Millis, UserId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// An hour, in milliseconds.
pub const HOUR: Millis = 60 * 60 * 1000;

/// People named in a sentence; the others are counted.
const NAMED: usize = 5;

/// How many must agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Approval {
    /// Nobody: it runs when it is sent.
    None,
    /// One person.
    One,
    /// So many people, two at least, each once.
    Several(u32),
}

impl Approval {
    /// The approval of this many people.
    pub fn of(people: u32) -> Self {
        match people {
            0 => Self::None,
            1 => Self::One,
            several => Self::Several(several),
        }
    }

    /// How many people must say yes.
    pub fn needed(self) -> usize {
        match self {
            Self::None => 0,
            Self::One => 1,
            Self::Several(people) => people as usize,
        }
    }
}

/// The rules a request was made under, frozen with it. What came later is left out where it says nothing: the fingerprint of an
/// older request is over the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// How many must agree.
    pub approval: Approval,
    /// People who may decide, besides the admins and the owner or instead of them.
    pub approvers: Vec<UserId>,
    /// Whether the requester may approve.
    pub self_approval: bool,
    /// How long a request waits, in milliseconds.
    pub expiry: Millis,
    /// After how long the approvers are reminded, in milliseconds.
    pub reminder: Millis,
    /// Only `approvers` decide: an admin who is not one of them does not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only_named: bool,
    /// Whether the requester must say why.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reason: bool,
    /// Who may decide as well once the reminder has come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<UserId>,
    /// Where nobody else could approve, whoever may decide can confirm a request of their own by typing a word.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub typed_confirmation: bool,
}

/// What the operator sets for all workspaces.
#[derive(Clone, Debug)]
pub struct ActionSettings {
    /// People who may decide besides the admins and the owner.
    pub approvers: Vec<UserId>,
    /// Whether the requester may approve.
    pub self_approval: bool,
    /// How long a request waits for its decision.
    pub expiry: Duration,
    /// After how long the approvers are reminded.
    pub reminder: Duration,
    /// How many targets a request may have: what a person can still look through.
    pub max_targets: usize,
    /// Keys of records that are never a target (break-glass admins).
    pub protected: Vec<String>,
}

impl Default for ActionSettings {
    fn default() -> Self {
        Self {
            approvers: Vec::new(),
            self_approval: false,
            expiry: Duration::from_secs(72 * 60 * 60),
            reminder: Duration::from_secs(24 * 60 * 60),
            max_targets: 500,
            protected: Vec::new(),
        }
    }
}

impl ActionSettings {
    /// The policy of an action that writes, where no admin has said anything: every action writes.
    pub fn policy(&self) -> Policy {
        Policy {
            approval: Approval::One,
            approvers: self.approvers.clone(),
            self_approval: self.self_approval,
            expiry: millis(self.expiry),
            reminder: millis(self.reminder),
            only_named: false,
            reason: false,
            fallback: None,
            typed_confirmation: false,
        }
    }
}

fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}

impl Policy {
    /// The rules in words, for people: a sentence for each.
    pub fn words(&self) -> String {
        let mut words = vec![match (self.approval, self.self_approval) {
            (Approval::None, _) => "Needs no approval.".to_owned(),
            (_, true) => format!("Needs the approval of {}; the requester counts.", self.wanted()),
            (_, false) => format!("Needs the approval of {} other than the requester.", self.wanted()),
        }];
        if self.approval != Approval::None {
            words.push(format!("Waits {}.", hours(self.expiry)));
            let as_well = |user| format!("After {} <@{user}> is asked as well.", hours(self.reminder));
            words.extend(self.fallback.as_ref().map(as_well));
            if self.typed_confirmation {
                words.push("Where nobody else could approve, it can be confirmed by typing a word.".to_owned());
            }
        }
        if self.reason {
            words.push("A reason is required.".to_owned());
        }
        words.join(" ")
    }

    fn wanted(&self) -> String {
        match (self.approval, self.only_named) {
            (Approval::None | Approval::One, _) => self.deciders(),
            (Approval::Several(people), true) => format!("{people} of {}", list(&self.approvers, "and")),
            (Approval::Several(people), false) if self.approvers.is_empty() => {
                format!("{people} of the admins and the owner")
            }
            (Approval::Several(people), false) => {
                format!("{people} of the admins, the owner and the named approvers")
            }
        }
    }

    fn deciders(&self) -> String {
        match (self.only_named, self.approvers.is_empty()) {
            (true, _) => list(&self.approvers, "or"),
            (false, true) => "an admin or the owner".to_owned(),
            (false, false) => "an admin, the owner or a named approver".to_owned(),
        }
    }

    /// Whether this person is one of those who decide, whoever asks.
    pub fn counts(&self, actor: &Actor, is_escalated: bool) -> bool {
        self.approvers.contains(&actor.user)
            || (!self.only_named && actor.is_admin())
            || (is_escalated && self.fallback.as_ref() == Some(&actor.user))
    }

    /// Who is asked: those who decide, without the requester unless that is allowed.
    pub fn asked(&self, admins: &[UserId], requester: &UserId) -> Vec<UserId> {
        let admins = if self.only_named { &[] } else { admins };
        let mut asked: Vec<UserId> = admins.iter().chain(&self.approvers).cloned().collect();
        asked.sort();
        asked.dedup();
        asked.retain(|user| self.self_approval || user != requester);
        asked
    }
}

/// Whether this person may decide this request. The role is the one at the click, not the one at the request.
pub fn may_decide(policy: &Policy, request: &Standing, actor: &Actor) -> Result<(), Refusal> {
    if !policy.counts(actor, request.escalated) {
        return Err(Refusal::Stranger(policy.deciders()));
    }
    if actor.user == request.requester && !policy.self_approval {
        return Err(Refusal::OwnRequest);
    }
    Ok(())
}

/// `72 hours`.
fn hours(time: Millis) -> String {
    match time / HOUR {
        1 => "1 hour".to_owned(),
        many => format!("{many} hours"),
    }
}

/// People as mentions: `<@U1>, <@U2> or <@U3>`.
pub(super) fn list(people: &[UserId], conjunction: &str) -> String {
    let mut named: Vec<String> = people.iter().take(NAMED).map(|user| format!("<@{user}>")).collect();
    if people.len() > NAMED {
        named.push(format!("{} more", people.len() - NAMED));
    }
    match named.split_last() {
        None => "nobody".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} {conjunction} {last}", others.join(", ")),
    }
}

#[cfg(test)]
mod tests;
