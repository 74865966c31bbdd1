//! Requests as people see them.

use super::{
    machine::{Cancelled, Decided, RequestState},
    policy::{Approval, may_decide},
    refusal::Refusal,
    request::{OpenRequest, Request, RequestOf, RequestTarget},
    retry::can_be_retried,
    service::{Actions, fault},
    target::{Tally, TargetState},
    undo::{reversal, undo_of},
};
use crate::{
    domain::{
        Action, Actor, BoardId, ConnectionId, Millis, ObjectName, Outcome, RequestId, Reversal, UserId, WorkspaceId,
    },
    store::Versioned,
};
use std::collections::BTreeSet;

/// Requests in one list: what a person looks through.
const LISTED: usize = 50;

/// Targets of a request in a list of requests.
const TARGETS_IN_LISTS: usize = 5;

/// Entries of an index read at once.
const PAGE: usize = 200;

/// A request, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestView {
    /// Its id.
    pub id: RequestId,
    /// Where it stands.
    pub state: RequestState,
    /// Handed back with a decision, which is on this plan and no other.
    pub fingerprint: String,
    /// Who made it.
    pub requester: UserId,
    /// Why it is wanted.
    pub reason: Option<String>,
    /// Through which connection.
    pub connection: ConnectionId,
    /// As people knew it then.
    pub connection_title: String,
    /// The action as it was described.
    pub action: Action,
    /// The inputs: `(title, text)`.
    pub inputs: Vec<(String, String)>,
    /// Warnings about the whole.
    pub warnings: Vec<String>,
    /// The targets in order; in lists of requests only the first few.
    pub targets: Vec<TargetView>,
    /// How many targets there are.
    pub target_count: usize,
    /// How they stand; in lists of requests only once the request is over.
    pub tally: Option<Tally>,
    /// The policy in words.
    pub policy: String,
    /// Who was asked to decide; of a preview, who would be.
    pub approvers: Vec<UserId>,
    /// Only people whom the policy names are asked.
    pub only_named: bool,
    /// How many must say yes.
    pub needed: usize,
    /// Who said yes, each once, in order.
    pub approvals: Vec<Decided>,
    /// The policy's fallback approver, once they are asked as well.
    pub also_asked: Option<UserId>,
    /// It is sent with a reason only.
    pub needs_reason: bool,
    /// Nobody but its requester could approve this preview, and the policy lets them confirm it by typing a word.
    pub can_confirm: bool,
    /// The decision: a no, or the last yes that was needed.
    pub decision: Option<Decided>,
    /// Who cancelled what had not begun.
    pub cancelled: Option<Cancelled>,
    /// When the live records were read.
    pub prepared_at: Millis,
    /// When it was sent.
    pub requested_at: Option<Millis>,
    /// Until when it can be sent or decided.
    pub expires_at: Millis,
    /// When it was over.
    pub ended_at: Option<Millis>,
    /// Whether it can be taken back.
    pub undo: Reversal,
    /// What is lost even when it is taken back.
    pub loses: Vec<String>,
    /// It is over, and something of it can be taken back.
    pub can_undo: bool,
    /// Whether there is something that could be tried again.
    pub can_retry: bool,
    /// The request it takes back.
    pub undo_of: Option<RequestId>,
    /// How the records were chosen, in words, where nobody chose them one by one.
    pub chosen: Option<String>,
    /// The board it was asked for from.
    pub board: Option<BoardId>,
    /// Grows with each change of its state: an older view never replaces a newer one.
    pub version: u64,
}

/// A target, ready to be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetView {
    /// Its object.
    pub object: Option<ObjectName>,
    /// Its key.
    pub key: String,
    /// As people know it.
    pub title: String,
    /// What will be done.
    pub steps: Vec<String>,
    /// What to know before.
    pub warnings: Vec<String>,
    /// Why it is left out.
    pub blockers: Vec<String>,
    /// It was as wanted when the plan was made.
    pub already: bool,
    /// Where it stands.
    pub state: TargetState,
    /// What there is to say about that.
    pub message: Option<String>,
    /// It happened and can be taken back.
    pub can_undo: bool,
}

impl RequestView {
    /// Its state in words.
    pub fn words(&self) -> &'static str {
        match (self.state, &self.cancelled) {
            (RequestState::Stopped, Some(_)) => "cancelled",
            (state, _) => state.words(),
        }
    }

    /// Whether something of it may not have begun yet, and can be cancelled.
    pub fn can_be_cancelled(&self) -> bool {
        matches!(self.state, RequestState::Approved | RequestState::Running) && self.cancelled.is_none()
    }
}

impl Actions {
    /// The request, for its requester, for admins, and for who was asked to decide.
    pub async fn view(&self, actor: &Actor, id: &RequestId) -> Outcome<RequestView> {
        let request = self.load(&actor.workspace, id).await?;
        let concerned = actor.is_admin()
            || request.value.standing.requester == actor.user
            || request.value.standing.policy.approvers.contains(&actor.user)
            || request.value.asked.contains(&actor.user);
        if !concerned {
            return Err(Refusal::NotYours(request.value.standing.requester).into());
        }
        self.seen(&actor.workspace, request, usize::MAX).await
    }

    /// The request, for the cards that Weft itself keeps up to date: nobody asks, so nobody is checked.
    pub async fn card(&self, workspace: &WorkspaceId, id: &RequestId) -> Outcome<RequestView> {
        let request = self.load(workspace, id).await?;
        self.seen(workspace, request, usize::MAX).await
    }

    /// Requests that this person may approve now, the oldest first.
    pub async fn waiting_for(&self, actor: &Actor) -> Outcome<Vec<RequestView>> {
        let mut views = Vec::new();
        for id in self.open(&actor.workspace).await? {
            let Some(request) = self.stored(&actor.workspace, &id).await? else { continue };
            let standing = &request.value.standing;
            let undecided = standing.state == RequestState::Waiting && self.clock.now() < standing.expires_at;
            let undecided = undecided && standing.approvals.iter().all(|yes| yes.by != actor.user);
            if undecided && may_decide(&standing.policy, standing, actor).is_ok() {
                views.push(self.seen(&actor.workspace, request, TARGETS_IN_LISTS).await?);
            }
            if views.len() == LISTED {
                break;
            }
        }
        Ok(views)
    }

    /// Requests that this person sent, the newest first.
    pub async fn requested_by(&self, actor: &Actor) -> Outcome<Vec<RequestView>> {
        let after = format!("{}/", actor.user);
        let listed =
            self.store.control.list::<RequestOf>(&actor.workspace, Some(&after), LISTED).await.map_err(fault)?;
        let mut views = Vec::new();
        for entry in listed.into_iter().take_while(|entry| entry.value.user == actor.user) {
            if let Some(request) = self.stored(&actor.workspace, &entry.value.request).await? {
                views.push(self.seen(&actor.workspace, request, TARGETS_IN_LISTS).await?);
            }
        }
        Ok(views)
    }

    /// All requests that are not over, the oldest first.
    pub(super) async fn open(&self, workspace: &WorkspaceId) -> Outcome<Vec<RequestId>> {
        let mut ids: Vec<RequestId> = Vec::new();
        loop {
            let after = ids.last().map(RequestId::as_str);
            let page = self.store.control.list::<OpenRequest>(workspace, after, PAGE).await.map_err(fault)?;
            let full = page.len() == PAGE;
            ids.extend(page.into_iter().map(|open| open.value.request));
            if !full {
                return Ok(ids);
            }
        }
    }

    async fn stored(&self, workspace: &WorkspaceId, id: &RequestId) -> Outcome<Option<Versioned<Request>>> {
        self.store.control.load::<Request>(workspace, id.as_str()).await.map_err(fault)
    }

    async fn seen(&self, workspace: &WorkspaceId, request: Versioned<Request>, limit: usize) -> Outcome<RequestView> {
        let limit = limit.min(request.value.frozen.targets as usize);
        let targets = self.targets(workspace, &request.value.id, limit).await.map_err(fault)?;
        let targets: Vec<RequestTarget> = targets.into_iter().map(|target| target.value).collect();
        Ok(view(request, &targets))
    }
}

fn view(request: Versioned<Request>, targets: &[RequestTarget]) -> RequestView {
    let Versioned { version, value: Request { id, frozen, reason, asked, standing, tally } } = request;
    let is_over = standing.state.is_final();
    let whole = targets.len() == frozen.targets as usize;
    let undos = targets.iter().filter_map(undo_of);
    let loses: BTreeSet<String> = undos.flat_map(|undo| undo.loses.iter().cloned()).collect();
    let undo = if whole { reversal(frozen.action.reversal, targets) } else { frozen.action.reversal };
    let targets: Vec<TargetView> = targets.iter().map(|target| view_target(target, is_over)).collect();
    RequestView {
        id,
        state: standing.state,
        requester: standing.requester,
        reason,
        connection: frozen.connection,
        connection_title: frozen.connection_title,
        inputs: frozen.shown,
        warnings: frozen.warnings,
        target_count: frozen.targets as usize,
        tally: tally.or_else(|| whole.then(|| Tally::of(targets.iter().map(|target| target.state)))),
        policy: standing.policy.words(),
        only_named: standing.policy.only_named,
        needed: standing.policy.approval.needed(),
        also_asked: standing.policy.fallback.filter(|user| standing.escalated && asked.contains(user)),
        needs_reason: standing.policy.reason,
        can_confirm: standing.policy.typed_confirmation
            && standing.policy.approval != Approval::None
            && asked.is_empty(),
        approvals: standing.approvals,
        approvers: asked,
        decision: standing.decided,
        cancelled: standing.cancelled,
        prepared_at: frozen.prepared_at,
        requested_at: standing.requested_at,
        expires_at: standing.expires_at,
        ended_at: standing.ended_at,
        undo,
        loses: loses.into_iter().collect(),
        can_undo: is_over && targets.iter().any(|target| target.can_undo),
        can_retry: has_run(standing.state) && targets.iter().any(|target| can_be_retried(target.state)),
        undo_of: frozen.undo_of,
        chosen: frozen.chosen,
        board: frozen.board,
        fingerprint: standing.fingerprint,
        action: frozen.action,
        targets,
        version,
    }
}

/// A request that was denied, withdrawn or expired is asked for again as a whole, not in parts.
fn has_run(state: RequestState) -> bool {
    use RequestState as S;
    matches!(state, S::PartlyDone | S::Failed | S::Stopped | S::NeedsPerson)
}

fn view_target(target: &RequestTarget, request_is_over: bool) -> TargetView {
    let plan = &target.frozen.plan;
    // A request that is over without having run its targets leaves them as they were.
    let state = if request_is_over && !target.state.is_final() { TargetState::Stopped } else { target.state };
    TargetView {
        object: target.frozen.object.clone(),
        key: plan.key.clone(),
        title: plan.title.clone(),
        steps: plan.steps.clone(),
        warnings: plan.warnings.clone(),
        blockers: plan.blockers.clone(),
        already: plan.already,
        state,
        message: target.message.clone(),
        can_undo: state == TargetState::Done && target.undo.is_some(),
    }
}
