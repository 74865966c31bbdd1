//! From a draft to a preview: checked, planned against the live tool, frozen.

use super::{
    call,
    connector::Connected,
    inputs, jobs,
    jobs::Task,
    machine::{RequestState, Standing},
    policy::Policy,
    request::{Draft, Frozen, FrozenTarget, Request, RequestTarget, fingerprint},
    service::{Actions, about, fault},
    stored::{self, Record},
    target::TargetState,
    view::RequestView,
};
use crate::{
    domain::{
        Action, Actor, AppError, Call, InputType, Millis, ObjectName, Outcome, Plan, RequestId, Target, TargetPlan,
    },
    store::{CommitError, WriteSet},
};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// How long a preview can be sent: its plan rests on live data of that moment.
const PREVIEW: Millis = 60 * 60 * 1000;

/// Targets in one call of `prepare`: as many as a fetch by keys takes.
const TARGETS_PER_CALL: usize = 200;

/// Entities in one commit: a commit holds the store's writer.
pub(super) const PER_COMMIT: usize = 90;

/// What is left of the store's 64 KiB for one entity once its moving parts have grown.
const MAX_FROZEN: usize = 40 << 10;

/// Warnings about the whole that are shown.
const MAX_WARNINGS: usize = 20;

impl Actions {
    /// How many records a request may be for.
    pub fn max_targets(&self) -> usize {
        self.settings.max_targets
    }

    /// Refuses more records than a request may be for.
    pub fn few_enough(&self, records: usize) -> Outcome<()> {
        few_enough(records, self.max_targets())
    }

    /// Checks the draft, reads the live records, and stores the plan as a preview that only [`Actions::submit`] makes a request.
    /// What is wrong with an input comes back as [`AppError::Inputs`].
    pub async fn prepare(&self, actor: &Actor, draft: Draft) -> Outcome<RequestView> {
        let (connected, policies) = self.connect_for(actor, &draft.connection).await?;
        let action = connected.action(&draft.action)?.clone();
        let keys = target_keys(&action, &draft, self.settings.max_targets)?;
        let typed = inputs::validate(&action, &draft.inputs)?;
        if let Some(undone) = &draft.undo_of {
            self.view(actor, undone).await?;
        }
        let shown = self.shown(actor, &connected, &action, &typed, &draft).await?;
        let targets = self.stored_targets(actor, &connected, &action, &draft, keys).await?;
        let plan = plan(&connected, &action, &typed, &targets).await?;
        let policy = policies.of(&self.settings, &action);
        let (request, targets) = self.freeze(actor, &connected, policy, draft, action, typed, shown, plan, targets)?;
        self.store_preview(actor, &request, &targets).await?;
        self.view(actor, &request.id).await
    }

    /// The inputs for people, with records by name; a record that is not there is an error at its field.
    async fn shown(
        &self,
        actor: &Actor,
        connected: &Connected,
        action: &Action,
        typed: &Map<String, Json>,
        draft: &Draft,
    ) -> Outcome<Vec<(String, String)>> {
        let mut shown = Vec::new();
        for input in &action.inputs {
            let Some(value) = typed.get(&input.name) else { continue };
            let refers = matches!(input.kind, InputType::Reference | InputType::References);
            let titles = match input.object.as_ref().filter(|_| refers) {
                Some(object) => self.titles(actor, connected, draft, &input.name, object, value).await?,
                None => BTreeMap::new(),
            };
            let title_of = |key: &str| titles.get(key).cloned().unwrap_or_else(|| key.to_owned());
            shown.push((input.title.clone(), inputs::shown(input, value, title_of)));
        }
        Ok(shown)
    }

    async fn titles(
        &self,
        actor: &Actor,
        connected: &Connected,
        draft: &Draft,
        input: &str,
        object: &ObjectName,
        value: &Json,
    ) -> Outcome<BTreeMap<String, String>> {
        let keys: Vec<String> = inputs::keys(value).into_iter().map(str::to_owned).collect();
        let found =
            stored::records(&self.store, &actor.workspace, &draft.connection, object, &keys).await.map_err(fault)?;
        // An object that was never fetched has no names to offer; the integration checks the key itself.
        let Some(found) = found else { return Ok(BTreeMap::new()) };
        if let Some(missing) = keys.iter().find(|key| !found.contains_key(*key)) {
            let sentence = format!("{missing} is not among the {object} records fetched last. Choose one of the list.");
            return Err(AppError::Inputs(vec![(input.to_owned(), sentence)]));
        }
        let description = connected.integration.description();
        Ok(found
            .iter()
            .map(|(key, record)| (key.clone(), stored::title(description, object, key, Some(record))))
            .collect())
    }

    /// The targets with their stored records. Protected ones are refused, and ones that are not stored.
    async fn stored_targets(
        &self,
        actor: &Actor,
        connected: &Connected,
        action: &Action,
        draft: &Draft,
        keys: Vec<String>,
    ) -> Outcome<Vec<Target>> {
        let Some(object) = &action.object else {
            return Ok(vec![Target { key: String::new(), record: Map::new() }]);
        };
        let found =
            stored::records(&self.store, &actor.workspace, &draft.connection, object, &keys).await.map_err(fault)?;
        let found = found.unwrap_or_default();
        let title = |key: &str, record: Option<&Record>| {
            stored::title(connected.integration.description(), object, key, record)
        };
        let titles: Vec<String> = keys.iter().map(|key| title(key, found.get(key))).collect();
        let named: Vec<(&str, &str)> = keys.iter().map(String::as_str).zip(titles.iter().map(String::as_str)).collect();
        self.refuse_protected(connected, &named)?;
        let target = |key: String| match found.get(&key) {
            Some(record) => Ok(Target { record: record.clone(), key }),
            None => Err(AppError::refused(format!(
                "{key} is not among the {object} records fetched last, so nothing was prepared. Sync the connection and choose again."
            ))),
        };
        keys.into_iter().map(target).collect()
    }

    #[expect(clippy::too_many_arguments, reason = "a request is frozen from all of its parts, once")]
    fn freeze(
        &self,
        actor: &Actor,
        connected: &Connected,
        policy: Policy,
        draft: Draft,
        action: Action,
        typed: Map<String, Json>,
        shown: Vec<(String, String)>,
        plan: Plan,
        targets: Vec<Target>,
    ) -> Outcome<(Request, Vec<RequestTarget>)> {
        let now = self.clock.now();
        let id = RequestId::fresh();
        let frozen = Frozen {
            workspace: actor.workspace.clone(),
            connection: draft.connection,
            connection_title: connected.title.clone(),
            integration: connected.id.clone(),
            digest: connected.integration.digest().to_owned(),
            action,
            inputs: typed,
            shown,
            warnings: plan.warnings.into_iter().take(MAX_WARNINGS).collect(),
            chosen: draft.chosen,
            board: draft.board,
            undo_of: draft.undo_of,
            targets: u32::try_from(targets.len()).unwrap_or(u32::MAX),
            prepared_at: now,
        };
        let object = frozen.action.object.clone();
        let plans = targets.into_iter().zip(plan.targets).enumerate();
        let targets = plans.map(|(position, (target, plan))| freeze_target(&id, position, &object, target, plan));
        let targets = targets.collect::<Outcome<Vec<_>>>()?;
        within_limit(&frozen, "This request")?;
        let asked = policy.asked(&connected.approvers, &actor.user);
        let fingerprint = fingerprint(&frozen, &policy, &targets).map_err(anyhow::Error::from)?;
        let standing = Standing {
            state: RequestState::Prepared,
            requester: actor.user.clone(),
            fingerprint,
            policy,
            expires_at: now + PREVIEW,
            requested_at: None,
            approvals: Vec::new(),
            escalated: false,
            decided: None,
            stops: 0,
            fence: 0,
            cancelled: None,
            ended_at: None,
        };
        Ok((Request { id, frozen, reason: None, asked, standing, tally: None }, targets))
    }

    /// The targets first and the request last: a preview that is there is whole. What a crash leaves behind is forgotten with it.
    async fn store_preview(&self, actor: &Actor, request: &Request, targets: &[RequestTarget]) -> Outcome<()> {
        let forget = jobs::timer(&request.id, Task::Forget, request.standing.expires_at);
        let mut write = WriteSet::default().enqueue(forget);
        for chunk in targets.chunks(PER_COMMIT) {
            write = chunk.iter().fold(write, WriteSet::create);
            self.store.control.commit(&actor.workspace, write).await.map_err(uncommitted)?;
            write = WriteSet::default();
        }
        let detail = format!("{} on {} target(s)", request.frozen.action.title, request.frozen.targets);
        let write = write.create(request).audit(about(request, Some(actor.clone()), "request.prepared", detail));
        self.store.control.commit(&actor.workspace, write).await.map_err(uncommitted)
    }
}

/// A commit of new entities failed: their ids are fresh, so nobody else can have been faster.
fn uncommitted(error: CommitError) -> AppError {
    AppError::Fault(error.into())
}

/// The keys to run on, each once, in the order chosen.
fn target_keys(action: &Action, draft: &Draft, most: usize) -> Outcome<Vec<String>> {
    let refuse = |sentence: String| Err(AppError::refused(sentence));
    let Some(object) = &action.object else {
        return if draft.targets.is_empty() {
            Ok(Vec::new())
        } else {
            refuse(format!("“{}” is not run on records. Start it without choosing any.", action.title))
        };
    };
    let fits = |connection, name| connection == &draft.connection && name == object;
    if draft.targets.is_empty() || !draft.targets.iter().all(|target| fits(&target.connection, &target.object)) {
        return refuse(format!(
            "“{}” is run on {object} records of its own connection. Choose such records.",
            action.title
        ));
    }
    let mut keys: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    keys.extend(draft.targets.iter().filter(|target| seen.insert(&target.key)).map(|target| target.key.clone()));
    few_enough(keys.len(), most)?;
    Ok(keys)
}

fn few_enough(records: usize, most: usize) -> Outcome<()> {
    if records <= most {
        return Ok(());
    }
    Err(AppError::Refused(format!(
        "These are {records} records; a request takes at most {most}, so that a person can look through it. Narrow the filter, or ask in parts."
    )))
}

/// The plan for all targets, asked for in parts.
async fn plan(connected: &Connected, action: &Action, typed: &Map<String, Json>, targets: &[Target]) -> Outcome<Plan> {
    let mut whole = Plan::default();
    for part in targets.chunks(TARGETS_PER_CALL) {
        let call = Call { action: action.name.clone(), inputs: typed.clone(), targets: part.to_vec() };
        let plan = call::prepare(connected, call).await?;
        let planned = plan.targets.iter().map(|target| &target.key);
        if !planned.eq(part.iter().map(|target| &target.key)) {
            return Err(AppError::Fault(anyhow::anyhow!(
                "the plan of {} is not about the targets asked for",
                action.name
            )));
        }
        whole.targets.extend(plan.targets);
        whole.warnings.extend(plan.warnings);
    }
    whole.warnings.dedup();
    Ok(whole)
}

fn freeze_target(
    request: &RequestId,
    position: usize,
    object: &Option<ObjectName>,
    target: Target,
    plan: TargetPlan,
) -> Outcome<RequestTarget> {
    let blocked = !plan.blockers.is_empty();
    let frozen = FrozenTarget { object: object.clone(), record: target.record, plan };
    within_limit(&frozen, &frozen.plan.title)?;
    Ok(RequestTarget {
        request: request.clone(),
        position: u32::try_from(position).unwrap_or(u32::MAX),
        state: if blocked { TargetState::Skipped } else { TargetState::Queued { attempts: 0 } },
        message: blocked.then(|| frozen.plan.blockers.join(" ")),
        undo: None,
        checks: 0,
        pending: None,
        frozen,
    })
}

fn within_limit(frozen: &impl serde::Serialize, what: &str) -> Outcome<()> {
    let size = serde_json::to_vec(frozen).map_err(anyhow::Error::from)?.len();
    if size <= MAX_FROZEN {
        return Ok(());
    }
    Err(AppError::refused(format!(
        "{what} is too large to be kept: {size} bytes, at most {MAX_FROZEN}. Nothing was prepared; use fewer or shorter inputs."
    )))
}

/// Whether a person could gain anything from sending this.
pub(super) fn anything_to_do(targets: &[&RequestTarget]) -> Outcome<()> {
    let runnable = |target: &&&RequestTarget| !target.state.is_final() && !target.frozen.plan.already;
    if targets.iter().any(|target| runnable(&target)) {
        return Ok(());
    }
    let blocked = targets.iter().any(|target| target.state == TargetState::Skipped);
    Err(AppError::refused(if blocked {
        "No record is left to run on: the others are blocked. Nothing was sent; look at the reasons in the preview."
    } else {
        "Everything is already as wanted, so there is nothing to ask for. Nothing was sent."
    }))
}
