//! The life of a request as one pure function: what it is, what happened, what it is then.

use super::{
    policy::{Approval, Policy, may_decide},
    refusal::Refusal,
    target::Tally,
};
use crate::domain::{Actor, Millis, UserId};
use serde::{Deserialize, Serialize};

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestState {
    /// A preview that its requester looks at.
    Prepared,
    /// Sent, undecided.
    Waiting,
    /// May run.
    Approved,
    /// A runner has it.
    Running,
    /// Every target that could run is as wanted.
    Done,
    /// Some are, some are not.
    PartlyDone,
    /// None is.
    Failed,
    /// An approver said no.
    Denied,
    /// The requester took it back.
    Withdrawn,
    /// Nobody decided in time.
    Expired,
    /// Halted; some targets did not run.
    Stopped,
    /// The outcome of some target is unknown: a person must look into the tool.
    NeedsPerson,
}

impl RequestState {
    /// Never left again.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Prepared | Self::Waiting | Self::Approved | Self::Running)
    }

    /// The state in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Prepared => "not sent yet",
            Self::Waiting => "waiting for approval",
            Self::Approved => "approved",
            Self::Running => "running",
            Self::Done => "done",
            Self::PartlyDone => "partly done",
            Self::Failed => "failed",
            Self::Denied => "denied",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
            Self::Stopped => "stopped",
            Self::NeedsPerson => "needs a person to check",
        }
    }
}

/// A decision, and who answers for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Decided {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Millis,
    /// Yes or no.
    pub approve: bool,
    /// Why, where one was given.
    pub reason: Option<String>,
    /// The requester's own, typed where nobody else could approve.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub self_confirmed: bool,
}

/// Who cancelled what had not begun of a request, and when.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cancelled {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Millis,
}

/// All of a request that the rules look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Where it stands.
    pub state: RequestState,
    /// Who made it.
    pub requester: UserId,
    /// BLAKE3 of all that was frozen, in hex: a decision is on this and nothing else.
    pub fingerprint: String,
    /// The rules it was made under.
    pub policy: Policy,
    /// Until when the preview can be sent, then until when the request can be decided.
    pub expires_at: Millis,
    /// When it was sent.
    pub requested_at: Option<Millis>,
    /// Who said yes so far, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<Decided>,
    /// The policy's fallback approver is asked as well.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub escalated: bool,
    /// The decision: a no, or the yes that was the last one needed.
    pub decided: Option<Decided>,
    /// How often the workspace had been stopped when this was allowed to run: one stop more, and it may not.
    pub stops: u64,
    /// The claim of the runner that has it; a higher one takes it over.
    pub fence: u64,
    /// What had not begun by then does not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<Cancelled>,
    /// When it came to its final state.
    pub ended_at: Option<Millis>,
}

/// What happens to a request.
#[derive(Clone, Debug)]
pub enum Event<'a> {
    /// Its requester sends the preview as seen.
    Submit { by: &'a Actor, fingerprint: &'a str, stops: u64, at: Millis },
    /// Its requester, whom nobody but `others` people could give an approval, confirms the preview as seen.
    Confirm { by: &'a Actor, fingerprint: &'a str, others: usize, stops: u64, at: Millis },
    /// Somebody says yes to the plan as seen.
    Approve { by: &'a Actor, fingerprint: &'a str, stops: u64, at: Millis },
    /// Somebody says no.
    Deny { by: &'a Actor, fingerprint: &'a str, reason: Option<String>, at: Millis },
    /// Its requester takes it back.
    Withdraw { by: &'a Actor, at: Millis },
    /// Nobody decided until the reminder: the fallback approver is asked as well.
    Escalate { at: Millis },
    /// Its hour has come.
    Expire { at: Millis },
    /// The workspace was stopped before it began.
    Stop { at: Millis },
    /// Its requester or an admin cancels what has not begun.
    Cancel { by: &'a Actor, stops: u64, at: Millis },
    /// Its connection is disconnected before it began.
    End { at: Millis },
    /// A runner takes it, under the fence of its claim.
    Claim { fence: u64, stops: u64 },
    /// Its runner is through.
    Finish { fence: u64, tally: Tally, at: Millis },
}

/// The next standing, or why there is none.
pub fn step(now: &Standing, event: Event<'_>) -> Result<Standing, Refusal> {
    match event {
        Event::Submit { by, fingerprint, stops, at } => submit(now, by, fingerprint, stops, at),
        Event::Confirm { by, fingerprint, others, stops, at } => confirm(now, by, fingerprint, others, stops, at),
        Event::Approve { by, fingerprint, stops, at } => approve(now, by, fingerprint, stops, at),
        Event::Deny { by, fingerprint, reason, at } => {
            let decided = decide(now, by, fingerprint, at, reason, false)?;
            Ok(Standing { decided: Some(decided), ..end(now, RequestState::Denied, at) })
        }
        Event::Withdraw { by, at } => withdraw(now, by, at),
        Event::Escalate { at } => escalate(now, at),
        Event::Expire { at } => expire(now, at),
        Event::Stop { at } => match now.state {
            RequestState::Approved => Ok(end(now, RequestState::Stopped, at)),
            _ => Err(standing_in_the_way(now)),
        },
        Event::Cancel { by, stops, at } => cancel(now, by, stops, at),
        Event::End { at } => match now.state {
            RequestState::Waiting | RequestState::Approved => Ok(end(now, RequestState::Stopped, at)),
            _ => Err(standing_in_the_way(now)),
        },
        Event::Claim { fence, stops } => claim(now, fence, stops),
        Event::Finish { fence, tally, at } => finish(now, fence, &tally, at),
    }
}

fn end(now: &Standing, state: RequestState, at: Millis) -> Standing {
    Standing { state, ended_at: Some(at), ..now.clone() }
}

fn submit(now: &Standing, by: &Actor, fingerprint: &str, stops: u64, at: Millis) -> Result<Standing, Refusal> {
    can_be_sent(now, by, fingerprint, at)?;
    let state = match now.policy.approval {
        Approval::None => RequestState::Approved,
        Approval::One | Approval::Several(_) => RequestState::Waiting,
    };
    Ok(Standing { state, stops, ..sent(now, at) })
}

fn can_be_sent(now: &Standing, by: &Actor, fingerprint: &str, at: Millis) -> Result<(), Refusal> {
    own(now, by)?;
    if now.state != RequestState::Prepared {
        return Err(Refusal::SentBefore);
    }
    same_plan(now, fingerprint)?;
    if at >= now.expires_at {
        return Err(Refusal::Stale(now.expires_at));
    }
    Ok(())
}

fn sent(now: &Standing, at: Millis) -> Standing {
    Standing { requested_at: Some(at), expires_at: at.saturating_add(now.policy.expiry), ..now.clone() }
}

fn confirm(
    now: &Standing,
    by: &Actor,
    fingerprint: &str,
    others: usize,
    stops: u64,
    at: Millis,
) -> Result<Standing, Refusal> {
    can_be_sent(now, by, fingerprint, at)?;
    let policy = &now.policy;
    let asks = policy.approval != Approval::None;
    if !(asks && policy.typed_confirmation && others == 0 && policy.counts(by, false)) {
        return Err(Refusal::NotAlone);
    }
    let decided = Decided { by: by.user.clone(), at, approve: true, reason: None, self_confirmed: true };
    let approvals = vec![decided.clone()];
    Ok(Standing { state: RequestState::Approved, decided: Some(decided), approvals, stops, ..sent(now, at) })
}

/// The yes of one more person; the last one needed approves.
fn approve(now: &Standing, by: &Actor, fingerprint: &str, stops: u64, at: Millis) -> Result<Standing, Refusal> {
    let yes = decide(now, by, fingerprint, at, None, true)?;
    let (given, needed) = (now.approvals.len(), now.policy.approval.needed());
    if let Some(before) = now.approvals.iter().find(|before| before.by == yes.by) {
        return Err(Refusal::ApprovedBefore { at: before.at, given, needed });
    }
    let approvals: Vec<Decided> = now.approvals.iter().cloned().chain([yes.clone()]).collect();
    if approvals.len() < needed {
        return Ok(Standing { approvals, ..now.clone() });
    }
    Ok(Standing { state: RequestState::Approved, decided: Some(yes), approvals, stops, ..now.clone() })
}

fn decide(
    now: &Standing,
    by: &Actor,
    fingerprint: &str,
    at: Millis,
    reason: Option<String>,
    approve: bool,
) -> Result<Decided, Refusal> {
    match now.state {
        RequestState::Waiting if at >= now.expires_at => return Err(expired(now)),
        RequestState::Waiting => {}
        _ => return Err(standing_in_the_way(now)),
    }
    may_decide(&now.policy, now, by)?;
    same_plan(now, fingerprint)?;
    Ok(Decided { by: by.user.clone(), at, approve, reason, self_confirmed: false })
}

fn withdraw(now: &Standing, by: &Actor, at: Millis) -> Result<Standing, Refusal> {
    own(now, by)?;
    match now.state {
        RequestState::Prepared | RequestState::Waiting | RequestState::Approved => {
            Ok(end(now, RequestState::Withdrawn, at))
        }
        RequestState::Running => Err(Refusal::Running),
        state => Err(Refusal::Over(state)),
    }
}

/// Ends what has not begun. One that runs goes on to the end of what it has begun.
fn cancel(now: &Standing, by: &Actor, stops: u64, at: Millis) -> Result<Standing, Refusal> {
    if by.user != now.requester && !by.is_admin() {
        return Err(Refusal::NotYoursNorAdmins(now.requester.clone()));
    }
    let cancelled = Standing { cancelled: Some(Cancelled { by: by.user.clone(), at }), ..now.clone() };
    match (now.state, &now.cancelled) {
        (RequestState::Approved | RequestState::Running, Some(before)) => Err(Refusal::Cancelled(before.clone())),
        (RequestState::Approved | RequestState::Running, None) if stops != now.stops => Err(Refusal::Stopped),
        (RequestState::Approved, None) => Ok(end(&cancelled, RequestState::Stopped, at)),
        (RequestState::Running, None) => Ok(cancelled),
        (RequestState::Prepared | RequestState::Waiting, _) => Err(Refusal::NotApproved),
        (state, _) => Err(Refusal::Over(state)),
    }
}

fn expire(now: &Standing, at: Millis) -> Result<Standing, Refusal> {
    match now.state {
        RequestState::Waiting if at < now.expires_at => Err(Refusal::NotYet(now.expires_at)),
        RequestState::Waiting => Ok(end(now, RequestState::Expired, at)),
        _ => Err(standing_in_the_way(now)),
    }
}

fn escalate(now: &Standing, at: Millis) -> Result<Standing, Refusal> {
    match now.state {
        RequestState::Waiting if at >= now.expires_at => Err(expired(now)),
        RequestState::Waiting if now.escalated || now.policy.fallback.is_none() => Err(Refusal::NobodyElse),
        RequestState::Waiting => Ok(Standing { escalated: true, ..now.clone() }),
        _ => Err(standing_in_the_way(now)),
    }
}

fn claim(now: &Standing, fence: u64, stops: u64) -> Result<Standing, Refusal> {
    match now.state {
        RequestState::Approved if stops != now.stops => Err(Refusal::Stopped),
        RequestState::Running if fence <= now.fence => Err(Refusal::TakenOver),
        // A running request is taken over even after a stop: what it began must be looked after.
        RequestState::Approved | RequestState::Running => {
            Ok(Standing { state: RequestState::Running, fence, ..now.clone() })
        }
        RequestState::Prepared | RequestState::Waiting => Err(Refusal::NotApproved),
        state => Err(Refusal::Over(state)),
    }
}

fn finish(now: &Standing, fence: u64, tally: &Tally, at: Millis) -> Result<Standing, Refusal> {
    if now.state != RequestState::Running {
        return Err(standing_in_the_way(now));
    }
    if fence != now.fence {
        return Err(Refusal::TakenOver);
    }
    if tally.open() > 0 {
        return Err(Refusal::Unfinished);
    }
    let reached = tally.done + tally.already;
    let state = match tally {
        tally if tally.unknown > 0 => RequestState::NeedsPerson,
        tally if tally.stopped > 0 => RequestState::Stopped,
        _ if reached == 0 => RequestState::Failed,
        tally if tally.failed + tally.changed > 0 => RequestState::PartlyDone,
        _ => RequestState::Done,
    };
    Ok(end(now, state, at))
}

/// Whether a call to the tool may begin now, under this fence and this count of stops.
pub fn may_run(now: &Standing, fence: u64, stops: u64) -> Result<(), Refusal> {
    if now.state != RequestState::Running {
        return Err(Refusal::NotApproved);
    }
    if fence != now.fence {
        return Err(Refusal::TakenOver);
    }
    if stops != now.stops {
        return Err(Refusal::Stopped);
    }
    if let Some(cancelled) = &now.cancelled {
        return Err(Refusal::Cancelled(cancelled.clone()));
    }
    Ok(())
}

fn own(now: &Standing, by: &Actor) -> Result<(), Refusal> {
    if by.user == now.requester { Ok(()) } else { Err(Refusal::NotYours(now.requester.clone())) }
}

fn same_plan(now: &Standing, fingerprint: &str) -> Result<(), Refusal> {
    if fingerprint == now.fingerprint { Ok(()) } else { Err(Refusal::Changed) }
}

fn expired(now: &Standing) -> Refusal {
    Refusal::Expired { at: now.expires_at, requester: now.requester.clone() }
}

/// Why a request in this state is not decided, expired or stopped.
fn standing_in_the_way(now: &Standing) -> Refusal {
    match (now.state, &now.decided) {
        (RequestState::Prepared, _) => Refusal::NotSent,
        (RequestState::Withdrawn, _) => Refusal::Withdrawn(now.requester.clone()),
        (RequestState::Expired, _) => expired(now),
        (RequestState::Stopped, None) => Refusal::Stopped,
        (_, Some(decided)) => Refusal::AlreadyDecided(decided.clone()),
        (RequestState::Running, None) => Refusal::Running,
        (RequestState::Waiting, None) => Refusal::NotApproved,
        (state, None) => Refusal::Over(state),
    }
}

#[cfg(test)]
mod tests;
