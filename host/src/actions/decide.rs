//! Sending, approving, denying and withdrawing a request.

use super::{
    connector::Connected,
    jobs::{self, Task},
    machine::{Event, RequestState, step},
    policy::Approval,
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

impl Actions {
    /// Sends a preview as its requester saw it. Afterwards it waits for its approvers, or runs where the policy asks nobody.
    pub async fn submit(
        &self,
        actor: &Actor,
        id: &RequestId,
        fingerprint: &str,
        reason: Option<String>,
    ) -> Outcome<RequestView> {
        let reason = checked_reason(reason)?;
        let at = self.clock.now();
        let event = |stops| Event::Submit { by: actor, fingerprint, stops, at };
        let request = self.load(&actor.workspace, id).await?.value;
        step(&request.standing, event(0))?;
        let connected = self.runnable(actor, &request).await?;
        let asked = asked(&request, &connected)?;
        let sent = |request: &Request, stops| {
            let standing = step(&request.standing, event(stops))?;
            let after = Request { reason: reason.clone(), asked: asked.clone(), ..moved(request, standing) };
            let detail = reason.clone().unwrap_or_else(|| "without a reason".to_owned());
            let jobs = jobs_once_sent(&after, at);
            Ok(Step { after, actor: Some(actor.clone()), what: "request.sent", detail, jobs })
        };
        self.change(&actor.workspace, id, sent).await?;
        self.view(actor, id).await
    }

    /// Approves or denies what the approver saw.
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
            let jobs = vec![jobs::run(id, &after.frozen.connection, at)];
            let detail = format!("plan {fingerprint}");
            Ok(Step { after, actor: Some(actor.clone()), what: "request.approved", detail, jobs })
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
    async fn runnable(&self, actor: &Actor, request: &Request) -> Outcome<Connected> {
        let requester = &request.standing.requester;
        // Who approves needs no access of their own: the card is what they see.
        let used = self.connector.use_of(&actor.workspace, requester, &request.frozen.connection);
        used.map_err(|lost| AppError::Refused(format!("{} Nothing was run.", lost.for_reader(&actor.user))))?;
        let connected = self.connector.connect(&actor.workspace, &request.frozen.connection).await?;
        connected.action(&request.frozen.action.name)?;
        let targets =
            self.targets(&actor.workspace, &request.id, request.frozen.targets as usize).await.map_err(fault)?;
        self.refuse_protected(&connected, &titles(&targets))?;
        let targets: Vec<&RequestTarget> = targets.iter().map(|target| &target.value).collect();
        anything_to_do(&targets)?;
        Ok(connected)
    }
}

/// Targets that may run, as `(key, title)`.
fn titles(targets: &[Versioned<RequestTarget>]) -> Vec<(&str, &str)> {
    let open = targets.iter().filter(|target| !target.value.state.is_final());
    open.map(|target| (target.value.frozen.plan.key.as_str(), target.value.frozen.plan.title.as_str())).collect()
}

fn asked(request: &Request, connected: &Connected) -> Outcome<Vec<UserId>> {
    let policy = &request.standing.policy;
    let asked = policy.asked(&connected.approvers, &request.standing.requester);
    if policy.approval == Approval::One && asked.is_empty() {
        return Err(AppError::refused(
            "Nobody but you could approve this, and you cannot approve your own request. Nothing was sent. Name another admin or approver, or allow self-approval in the settings.",
        ));
    }
    Ok(asked)
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
