//! Who must agree before an action runs. Pure: given the policy, the request and the person, the answer is always the same.

use super::{machine::Standing, refusal::Refusal};
use crate::domain::{Actor, Millis, UserId};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How many must agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Approval {
    /// Nobody: it runs when it is sent.
    None,
    /// One person.
    One,
}

/// The rules a request was made under, frozen with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// How many must agree.
    pub approval: Approval,
    /// People who may decide besides the admins and the owner.
    pub approvers: Vec<UserId>,
    /// Whether the requester may approve.
    pub self_approval: bool,
    /// How long a request waits, in milliseconds.
    pub expiry: Millis,
    /// After how long the approvers are reminded, in milliseconds.
    pub reminder: Millis,
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
    /// The policy of an action that writes: every action does.
    pub fn policy(&self) -> Policy {
        Policy {
            approval: Approval::One,
            approvers: self.approvers.clone(),
            self_approval: self.self_approval,
            expiry: millis(self.expiry),
            reminder: millis(self.reminder),
        }
    }
}

fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX)
}

impl Policy {
    /// The rules in words, for the card.
    pub fn words(&self) -> String {
        let hours = self.expiry / 3_600_000;
        match self.approval {
            Approval::None => "Needs no approval.".to_owned(),
            Approval::One if self.self_approval => {
                format!("Needs the approval of {}; the requester counts. Waits {hours} hours.", self.deciders())
            }
            Approval::One => {
                format!("Needs the approval of {} other than the requester. Waits {hours} hours.", self.deciders())
            }
        }
    }

    fn deciders(&self) -> String {
        if self.approvers.is_empty() {
            "an admin or the owner".to_owned()
        } else {
            "an admin, the owner or a named approver".to_owned()
        }
    }

    /// Who is asked: the admins, the owner and the named approvers, without the requester unless that is allowed.
    pub fn asked(&self, admins: &[UserId], requester: &UserId) -> Vec<UserId> {
        let mut asked: Vec<UserId> = admins.iter().chain(&self.approvers).cloned().collect();
        asked.sort();
        asked.dedup();
        asked.retain(|user| self.self_approval || user != requester);
        asked
    }
}

/// Whether this person may decide this request. The role is the one at the click, not the one at the request.
pub fn may_decide(policy: &Policy, request: &Standing, actor: &Actor) -> Result<(), Refusal> {
    if !actor.is_admin() && !policy.approvers.contains(&actor.user) {
        return Err(Refusal::Stranger(policy.deciders()));
    }
    if actor.user == request.requester && !policy.self_approval {
        return Err(Refusal::OwnRequest);
    }
    Ok(())
}
