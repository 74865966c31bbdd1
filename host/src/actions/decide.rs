//! Sending, confirming, approving, denying and withdrawing a request.

use super::{
    connector::Connected,
    jobs::{self, Task},
    machine::{Event, RequestState, step},
    policies::Policies,
    policy::Policy,
    prepare::anything_to_do,
    request::{Request, RequestTarget},
    service::{Actions, Step, fault, moved},
    view::RequestView,
};
use crate::{
    domain::{Actor, AppError, Outcome, RequestId, UserId},
    store::{Job, Versioned},
};

/// Characters of a reason: what a text field of a form takes.
const MAX_REASON: usize = 3_000;

/// What a requester types who confirms alone.
pub const CONFIRMATION: &str = "CONFIRM";

/// What an approver says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Run it.
    Approve,
    /// Do not.
    Deny {
        /// Why.
        reason: Option<String>,
    },
}

/// How a preview becomes a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Others are asked.
    Ask,
    /// Its requester, who is alone, has typed the word.
    Confirm,
}

impl Actions {
    /// Sends a preview as its requester saw it. Afterwards it waits for its approvers, or runs where the policy asks nobody.
    pub async fn submit(
        &self,
        actor: &Actor,
        id: &RequestId,
        fingerprint: &str,
        reason: Option<String>,
    ) -> Outcome<RequestView> {
        self.send(actor, id, fingerprint, reason, Way::Ask).await
    }

    /// Sends a preview that nobody but its requester could approve, confirmed by the word they typed: it runs, and the audit log says
    /// so. Only where the policy allows that.
    pub async fn confirm(
        &self,
        actor: &Actor,
        id: &RequestId,
        fingerprint: &str,
        reason: Option<String>,
        typed: &str,
    ) -> Outcome<RequestView> {
        at_fields(wrong_word(typed))?;
        self.send(actor, id, fingerprint, reason, Way::Confirm).await
    }

    /// What is wrong with what was entered beside a preview, as `(field, sentence)`. `typed` where the preview asks for the word.
    pub async fn send_problems(
        &self,
        actor: &Actor,
        id: &RequestId,
        reason: Option<&str>,
        typed: Option<&str>,
    ) -> Outcome<Vec<(String, String)>> {
        let policy = self.load(&actor.workspace, id).await?.value.standing.policy;
        Ok(no_reason(&policy, reason).into_iter().chain(typed.and_then(wrong_word)).collect())
    }

    async fn send(
        &self,
        actor: &Actor,
        id: &RequestId,
        fingerprint: &str,
        reason: Option<String>,
        way: Way,
    ) -> Outcome<RequestView> {
        let reason = checked_reason(reason)?;
        let at = self.clock.now();
        let event = |others, stops| match way {
            Way::Ask => Event::Submit { by: actor, fingerprint, stops, at },
            Way::Confirm => Event::Confirm { by: actor, fingerprint, others, stops, at },
        };
        let request = self.load(&actor.workspace, id).await?.value;
        step(&request.standing, event(0, 0))?;
        let (connected, policies) = self.runnable(actor, &request).await?;
        let policy = &request.standing.policy;
        if policies.of(&self.settings, &request.frozen.action) != *policy {
            return Err(AppError::refused(
                "The approval policy was changed since this was prepared. Nothing was sent: prepare it again.",
            ));
        }
        at_fields(no_reason(policy, reason.as_deref()))?;
        let asked = policy.asked(&connected.approvers, &actor.user);
        if way == Way::Ask {
            enough(policy, actor, &asked)?;
        }
        let sent = |request: &Request, stops| {
            let standing = step(&request.standing, event(asked.len(), stops))?;
            let after = Request { reason: reason.clone(), asked: asked.clone(), ..moved(request, standing) };
            let why = reason.as_deref().unwrap_or("without a reason");
            let (what, detail) = match way {
                Way::Ask => ("request.sent", why.to_owned()),
                Way::Confirm => {
                    ("request.self-confirmed", format!("typed {CONFIRMATION}, since nobody else could approve; {why}"))
                }
            };
            let jobs = jobs_once_sent(&after, at);
            Ok(Step { after, actor: Some(actor.clone()), what, detail, jobs })
        };
        self.change(&actor.workspace, id, sent).await?;
        self.view(actor, id).await
    }

    /// Approves or denies what the approver saw. A request that needs more approvals than this one goes on waiting.
    pub async fn decide(
        &self,
        actor: &Actor,
        id: &RequestId,
        fingerprint: &str,
        decision: Decision,
    ) -> Outcome<RequestView> {
        match decision {
            Decision::Approve => self.approve(actor, id, fingerprint).await?,
            Decision::Deny { reason } => self.deny(actor, id, fingerprint, checked_reason(reason)?).await?,
        }
        self.view(actor, id).await
    }

    async fn approve(&self, actor: &Actor, id: &RequestId, fingerprint: &str) -> Outcome<()> {
        let at = self.clock.now();
        let event = |stops| Event::Approve { by: actor, fingerprint, stops, at };
        let request = self.load(&actor.workspace, id).await?.value;
        step(&request.standing, event(0))?;
        self.runnable(actor, &request).await?;
        let approved = |request: &Request, stops| {
            let after = moved(request, step(&request.standing, event(stops))?);
            let is_last = after.standing.state == RequestState::Approved;
            let what = if is_last { "request.approved" } else { "request.approval-given" };
            let jobs = is_last.then(|| jobs::run(id, &after.frozen.connection, at)).into_iter().collect();
            let (given, needed) = (after.standing.approvals.len(), after.standing.policy.approval.needed());
            let detail = format!("{given} of {needed}, plan {fingerprint}");
            Ok(Step { after, actor: Some(actor.clone()), what, detail, jobs })
        };
        self.change(&actor.workspace, id, approved).await
    }

    async fn deny(&self, actor: &Actor, id: &RequestId, fingerprint: &str, reason: Option<String>) -> Outcome<()> {
        let at = self.clock.now();
        let denied = |request: &Request, _| {
            let event = Event::Deny { by: actor, fingerprint, reason: reason.clone(), at };
            let after = moved(request, step(&request.standing, event)?);
            let detail = reason.clone().unwrap_or_else(|| "without a reason".to_owned());
            Ok(Step { after, actor: Some(actor.clone()), what: "request.denied", detail, jobs: Vec::new() })
        };
        self.change(&actor.workspace, id, denied).await
    }

    /// Takes a request back, as long as it does not run.
    pub async fn withdraw(&self, actor: &Actor, id: &RequestId) -> Outcome<RequestView> {
        let at = self.clock.now();
        let withdrawn = |request: &Request, _| {
            let after = moved(request, step(&request.standing, Event::Withdraw { by: actor, at })?);
            let detail = "by its requester".to_owned();
            Ok(Step { after, actor: Some(actor.clone()), what: "request.withdrawn", detail, jobs: Vec::new() })
        };
        self.change(&actor.workspace, id, withdrawn).await?;
        self.view(actor, id).await
    }

    /// Checks that the request could run as things are now: requester, connection, action and targets.
    async fn runnable(&self, actor: &Actor, request: &Request) -> Outcome<(Connected, Policies)> {
        let requester = &request.standing.requester;
        // Who approves needs no access of their own: the card is what they see.
        let used = self.connector.use_of(&actor.workspace, requester, &request.frozen.connection);
        used.map_err(|lost| AppError::Refused(format!("{} Nothing was run.", lost.for_reader(&actor.user))))?;
        let (connected, policies) = self.reach(&actor.workspace, &request.frozen.connection).await?;
        connected.action(&request.frozen.action.name)?;
        let targets =
            self.targets(&actor.workspace, &request.id, request.frozen.targets as usize).await.map_err(fault)?;
        self.refuse_protected(&connected, &titles(&targets))?;
        let targets: Vec<&RequestTarget> = targets.iter().map(|target| &target.value).collect();
        anything_to_do(&targets)?;
        Ok((connected, policies))
    }
}

/// Targets that may run, as `(key, title)`.
fn titles(targets: &[Versioned<RequestTarget>]) -> Vec<(&str, &str)> {
    let open = targets.iter().filter(|target| !target.value.state.is_final());
    open.map(|target| (target.value.frozen.plan.key.as_str(), target.value.frozen.plan.title.as_str())).collect()
}

/// Whether those who are asked could ever give as many approvals as are needed.
fn enough(policy: &Policy, actor: &Actor, asked: &[UserId]) -> Outcome<()> {
    let needed = policy.approval.needed();
    if asked.len() >= needed {
        return Ok(());
    }
    let can_confirm = policy.typed_confirmation && policy.counts(actor, false);
    Err(AppError::Refused(match asked.len() {
        0 if can_confirm => format!("Nobody but you could approve this: type {CONFIRMATION} in the preview to run it. Nothing was sent."),
        0 => "Nobody but you could approve this, and you cannot approve your own request. Nothing was sent. An admin can name \
              another approver, or allow self-approval, in the approval policies of this connection."
            .to_owned(),
        there => format!(
            "This needs the approval of {needed} people, and only {there} could approve a request of yours. Nothing was sent. An \
             admin can change that in the approval policies of this connection."
        ),
    }))
}

/// What is wrong with a reason that the policy asks for, at its field.
fn no_reason(policy: &Policy, reason: Option<&str>) -> Option<(String, String)> {
    let is_missing = policy.reason && reason.is_none_or(|reason| reason.trim().is_empty());
    is_missing.then(|| ("reason".to_owned(), "Say why: the approval policy of this action wants a reason.".to_owned()))
}

/// What is wrong with the word that confirms, at its field.
fn wrong_word(typed: &str) -> Option<(String, String)> {
    (typed.trim() != CONFIRMATION)
        .then(|| ("confirmation".to_owned(), format!("Type {CONFIRMATION} to run it without another approver.")))
}

fn at_fields(wrong: Option<(String, String)>) -> Outcome<()> {
    wrong.map_or(Ok(()), |wrong| Err(AppError::Inputs(vec![wrong])))
}

fn jobs_once_sent(request: &Request, now: i64) -> Vec<Job> {
    let standing = &request.standing;
    if standing.state == RequestState::Approved {
        return vec![jobs::run(&request.id, &request.frozen.connection, now)];
    }
    vec![
        jobs::timer(&request.id, Task::Remind, now.saturating_add(standing.policy.reminder)),
        jobs::timer(&request.id, Task::Expire, standing.expires_at),
    ]
}

fn checked_reason(reason: Option<String>) -> Outcome<Option<String>> {
    let reason = reason.map(|reason| reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    match reason {
        Some(reason) if reason.chars().count() > MAX_REASON => {
            Err(AppError::Inputs(vec![("reason".to_owned(), format!("Enter at most {MAX_REASON} characters."))]))
        }
        reason => Ok(reason),
    }
}
