//! Requests and approvals as one handle, and the one way a request's standing moves.

use super::{
    connector::{Connected, Connector},
    jobs::{self, Why},
    machine::{RequestState, Standing},
    policies::Policies,
    policy::ActionSettings,
    request::{OpenRequest, Request, RequestOf, RequestTarget, StopMark},
};
use crate::{
    domain::{
        Action, ActionName, Actor, AppError, ConnectionId, ObjectName, ObjectRef, Outcome, RequestId, TargetPlan,
        WorkspaceId,
    },
    store::{AuditEvent, Clock, CommitError, Entity, EntityKey, Expect, Job, Store, StoreError, Versioned, WriteSet},
};
use std::sync::Arc;

/// How often a change is tried anew when somebody else was faster.
const TRIES: usize = 8;

/// Called after rows of a connection changed in the store; the handle ends when readers see them.
pub type OnChanged = Arc<dyn Fn(&WorkspaceId, &ConnectionId) -> tokio::task::JoinHandle<()> + Send + Sync>;

/// Requests and approvals. Cheap to clone.
#[derive(Clone)]
pub struct Actions {
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) connector: Arc<dyn Connector>,
    pub(super) settings: Arc<ActionSettings>,
    pub(super) on_changed: OnChanged,
}

/// An action somebody can ask for.
#[derive(Clone, Debug, PartialEq)]
pub struct Offered {
    /// Through which connection.
    pub connection: ConnectionId,
    /// As people know it.
    pub connection_title: String,
    /// The action.
    pub action: Action,
    /// What its targets are, as people call them: "Users".
    pub targets: Option<String>,
    /// Its targets are records of the object asked about.
    pub fits: bool,
    /// Whose approval it needs, in words.
    pub policy: String,
}

/// What a step leads to.
pub(super) struct Step {
    /// The request after it.
    pub after: Request,
    /// Who, none for Weft itself.
    pub actor: Option<Actor>,
    /// Dotted, for the audit log.
    pub what: &'static str,
    /// In words, for the audit log.
    pub detail: String,
    /// What follows from it, besides that people are told.
    pub jobs: Vec<Job>,
}

impl Actions {
    /// Requests over this store, by this clock.
    pub fn new(
        store: Store,
        clock: Clock,
        connector: Arc<dyn Connector>,
        settings: ActionSettings,
        on_changed: OnChanged,
    ) -> Self {
        Self { store, clock, connector, settings: Arc::new(settings), on_changed }
    }

    /// The enabled actions of these connections, those for `object` first. A connection that cannot be used now, or not by this
    /// person, offers none.
    pub async fn offered(
        &self,
        actor: &Actor,
        connections: &[ConnectionId],
        object: Option<&ObjectRef>,
    ) -> Outcome<Vec<Offered>> {
        let mut offered = Vec::new();
        for id in connections {
            match self.connect_for(actor, id).await {
                Ok((connected, policies)) => offered.extend(self.offers(&connected, &policies, object)),
                Err(AppError::Refused(_) | AppError::Inputs(_)) => {}
                Err(AppError::Fault(error)) => {
                    tracing::warn!(connection = %id, "Connection {id} offers no actions: {error:#}");
                }
            }
        }
        offered.sort_by_key(|offer| !offer.fits);
        Ok(offered)
    }

    /// An action of a connection, or a refusal that says why it is not offered.
    pub async fn offer(&self, actor: &Actor, id: &ConnectionId, action: &ActionName) -> Outcome<Offered> {
        let (connected, policies) = self.connect_for(actor, id).await?;
        connected.action(action)?;
        let found = self.offers(&connected, &policies, None).into_iter().find(|offer| &offer.action.name == action);
        found.ok_or_else(|| AppError::refused("This action is not offered any more. Nothing was done."))
    }

    /// The connection, for a person who may use it: the one way from what a person wants to a tool.
    pub(super) async fn connect_for(&self, actor: &Actor, id: &ConnectionId) -> Outcome<(Connected, Policies)> {
        let used = self.connector.use_of(&actor.workspace, &actor.user, id);
        used.map_err(|lost| AppError::Refused(lost.for_reader(&actor.user)))?;
        self.reach(&actor.workspace, id).await
    }

    fn offers(&self, connected: &Connected, policies: &Policies, object: Option<&ObjectRef>) -> Vec<Offered> {
        let description = connected.integration.description();
        let called = |name: &ObjectName| {
            description.object(name).map_or_else(|| name.to_string(), |object| object.plural.clone())
        };
        let enabled = description.actions.iter().filter(|action| !connected.disabled.contains_key(&action.name));
        let offer = |action: &Action| Offered {
            connection: policies.connection.clone(),
            connection_title: connected.title.clone(),
            action: action.clone(),
            targets: action.object.as_ref().map(called),
            fits: object
                .is_some_and(|of| policies.connection == of.connection && action.object.as_ref() == Some(&of.object)),
            policy: policies.of(&self.settings, action).words(),
        };
        enabled.map(offer).collect()
    }

    pub(super) async fn load(&self, workspace: &WorkspaceId, id: &RequestId) -> Outcome<Versioned<Request>> {
        let request = self.store.control.load::<Request>(workspace, id.as_str()).await.map_err(fault)?;
        request
            .ok_or_else(|| AppError::refused("There is no such request any more. Prepare it again; nothing was done."))
    }

    /// The targets of a request in order, at most `limit`.
    pub(super) async fn targets(
        &self,
        workspace: &WorkspaceId,
        id: &RequestId,
        limit: usize,
    ) -> Result<Vec<Versioned<RequestTarget>>, StoreError> {
        /// Entities a read: the store holds a lock while it reads.
        const PAGE: usize = 100;
        let mut targets: Vec<Versioned<RequestTarget>> = Vec::new();
        let mut after = format!("{id}/");
        while targets.len() < limit {
            let page = self.store.control.list::<RequestTarget>(workspace, Some(&after), PAGE).await?;
            let full = page.len() == PAGE;
            let before = targets.len();
            targets.extend(page.into_iter().take_while(|target| &target.value.request == id));
            if !full || targets.len() - before < PAGE {
                break;
            }
            after = targets.last().map(|target| target.value.id()).unwrap_or_default();
        }
        targets.truncate(limit);
        Ok(targets)
    }

    /// How often the workspace was stopped.
    pub(super) async fn stops(&self, workspace: &WorkspaceId) -> Result<u64, StoreError> {
        let mark = self.store.control.load::<StopMark>(workspace, StopMark::ID).await?;
        Ok(mark.map_or(0, |mark| mark.version))
    }

    /// Takes one step of a request, with its audit row and its jobs; decides anew when somebody else was faster.
    pub(super) async fn change(
        &self,
        workspace: &WorkspaceId,
        id: &RequestId,
        step: impl Fn(&Request, u64) -> Outcome<Step>,
    ) -> Outcome<()> {
        for _ in 0..TRIES {
            let request = self.load(workspace, id).await?;
            let stops = self.stops(workspace).await.map_err(fault)?;
            let write = self.write(&request, step(&request.value, stops)?, stops);
            match self.store.control.commit(workspace, write).await {
                Ok(()) => return Ok(()),
                Err(CommitError::Conflict(_) | CommitError::DuplicateJob(_)) => {}
                Err(CommitError::Store(error)) => return Err(fault(error)),
            }
        }
        Err(AppError::refused("Many people act on this request at this moment. Nothing was changed; try again."))
    }

    /// The write set of a step. It holds only under the count of stops that it was decided under.
    pub(super) fn write(&self, before: &Versioned<Request>, step: Step, stops: u64) -> WriteSet {
        let id = &step.after.id;
        let mut write = WriteSet::default().update(before.version, &step.after);
        write.expect.push(expect_stops(stops));
        let open = OpenRequest { request: id.clone() };
        write = if step.after.standing.state.is_final() {
            write.delete::<OpenRequest>(open.id())
        } else {
            write.put(&open)
        };
        if before.value.standing.state == RequestState::Prepared {
            write = write.put(&RequestOf { user: step.after.standing.requester.clone(), request: id.clone() });
        }
        write = write.audit(about(&step.after, step.actor, step.what, step.detail));
        let change = (before.version + 1).to_string();
        let told = jobs::notice(id, Why::Changed, &change, self.clock.now());
        step.jobs.into_iter().chain([told]).fold(write, WriteSet::enqueue)
    }

    /// Refuses records that are never a target.
    pub(super) fn refuse_protected(&self, connected: &Connected, titles_by_key: &[(&str, &str)]) -> Outcome<()> {
        match titles_by_key.iter().find(|(key, _)| self.is_protected(connected, key)) {
            Some((_, title)) => Err(AppError::refused(protected(title))),
            None => Ok(()),
        }
    }

    pub(super) fn is_protected(&self, connected: &Connected, key: &str) -> bool {
        connected.protected.iter().chain(&self.settings.protected).any(|protected| protected == key)
    }
}

/// The sentence about a protected record.
pub(super) fn protected(title: &str) -> String {
    format!(
        "{title} is protected (an emergency account, or the account Weft itself uses): no action may change it. Nothing was done to it."
    )
}

/// Holds while the workspace was stopped this often.
pub(super) fn expect_stops(stops: u64) -> (EntityKey, Expect) {
    let expect = if stops == 0 { Expect::Absent } else { Expect::Version(stops) };
    (StopMark::key_of(StopMark::ID), expect)
}

/// An audit event about a request.
pub(super) fn about(request: &Request, actor: Option<Actor>, what: &str, detail: String) -> AuditEvent {
    let about = vec![
        ("request".to_owned(), request.id.0.clone()),
        ("connection".to_owned(), request.frozen.connection.0.clone()),
        ("action".to_owned(), request.frozen.action.name.0.clone()),
    ];
    AuditEvent { actor, what: what.to_owned(), about, detail }
}

/// A target in an audit event: its key, and what people call it.
pub(super) fn target_of(plan: &TargetPlan) -> [(String, String); 2] {
    [("target".to_owned(), plan.key.clone()), ("title".to_owned(), plan.title.clone())]
}

/// The store failed: the person hears a reference only.
pub(super) fn fault(error: StoreError) -> AppError {
    AppError::Fault(error.into())
}

/// The same request, standing elsewhere.
pub(super) fn moved(request: &Request, standing: Standing) -> Request {
    Request { standing, ..request.clone() }
}
