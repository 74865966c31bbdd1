//! Disconnecting a tool, step after step: each is a job that may be done again, and ends together with the job of the next. Whatever
//! stops the host in between, the rest is done after its start.

#[cfg(test)]
mod tests;

use crate::{
    actions::{self, Actions},
    boards::{Boards, LostBoards},
    connections::{Connection, Connections, Disconnection, Gone},
    domain::{Actor, ConnectionId, ErrorClass, Millis, Outcome, UserId, WorkspaceId},
    people::People,
    store::{AuditEvent, Claim, Clock, Entity, Job, JobKind, Store, WriteSet},
    sync::Syncs,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A step that takes longer is done by a second worker as well: the longest wait of one is for a tool, twenty seconds.
pub(super) const LEASE: Duration = Duration::from_secs(10 * 60);
/// How often a tool that does not answer is asked to end its grant, about a minute in all: then the rest goes on without it.
const GRANT_ATTEMPTS: u64 = 5;
const FIRST_WAIT_MS: Millis = 2_000;

/// What is done, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Step {
    /// Requests that nobody decided and those that did not begin end.
    Requests,
    /// The same again, once no request of the connection runs any more.
    Runs,
    /// The tool is told to end its grant, once no fetch runs any more.
    Grant,
    /// Boards that use it are deleted.
    Boards,
    /// Their owners are told.
    Owners,
    /// What admins said of its records goes.
    Persons,
    /// Its data goes, and then the connection itself.
    Data,
}

impl Step {
    fn next(self) -> Option<Self> {
        match self {
            Self::Requests => Some(Self::Runs),
            Self::Runs => Some(Self::Grant),
            Self::Grant => Some(Self::Boards),
            Self::Boards => Some(Self::Owners),
            Self::Owners => Some(Self::Persons),
            Self::Persons => Some(Self::Data),
            Self::Data => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Runs => "runs",
            Self::Grant => "grant",
            Self::Boards => "boards",
            Self::Owners => "owners",
            Self::Persons => "persons",
            Self::Data => "data",
        }
    }

    /// A step waits its turn behind what must be over before it.
    fn lane(self, connection: &ConnectionId) -> Option<String> {
        match self {
            Self::Requests => None,
            Self::Runs => Some(actions::lane(connection)),
            _ => Some(Connection::sync_lane(connection)),
        }
    }

    fn job(self, connection: &ConnectionId, now: Millis) -> Job {
        Job {
            id: format!("disconnect/{connection}/{}", self.name()),
            kind: JobKind::Disconnect,
            lane: self.lane(connection),
            due: now,
            payload: serde_json::json!({ "connection": connection, "step": self }).to_string().into_bytes(),
        }
    }
}

#[derive(Deserialize)]
struct Payload {
    connection: ConnectionId,
    step: Step,
}

/// What a step leads to.
enum Done {
    /// The next one, with this.
    With(WriteSet),
    /// The same again at this moment.
    Later(Millis),
}

/// Takes connections apart.
#[derive(Clone)]
pub(super) struct Disconnects {
    pub store: Store,
    pub clock: Clock,
    pub people: People,
    pub connections: Connections,
    pub syncs: Syncs,
    pub boards: Boards,
    pub actions: Actions,
}

impl Disconnects {
    /// Begins, once the connection's name was typed. Answers the name.
    pub async fn begin(&self, actor: &Actor, id: &ConnectionId, typed: &str) -> Outcome<String> {
        let first = Step::Requests.job(id, self.clock.now());
        let title = self.connections.begin_disconnect(actor, id, typed, first).await?;
        self.syncs.halt(id);
        Ok(title)
    }

    /// Does a job of kind [`JobKind::Disconnect`].
    pub async fn work(&self, claim: &Claim) -> anyhow::Result<()> {
        let Payload { connection, step } = serde_json::from_slice(&claim.job.payload)?;
        let Some(leaving) = self.connections.disconnection(&claim.tenant, &connection).await? else {
            return Ok(self.store.queue.finish(claim, WriteSet::default()).await?);
        };
        let write = match self.step(claim, step, &leaving).await? {
            Done::With(write) => write,
            Done::Later(due) => return Ok(self.store.queue.release(claim, due).await?),
        };
        let next = step.next().map(|next| next.job(&connection, self.clock.now()));
        Ok(self.store.queue.finish(claim, next.into_iter().fold(write, WriteSet::enqueue)).await?)
    }

    async fn step(&self, claim: &Claim, step: Step, leaving: &Disconnection) -> anyhow::Result<Done> {
        let (workspace, id) = (&claim.tenant, &leaving.connection);
        let by = self.people.actor(workspace, &leaving.by);
        match step {
            Step::Requests | Step::Runs => {
                self.actions.end_of(workspace, id, &leaving.by).await?;
                Ok(Done::With(WriteSet::default()))
            }
            Step::Grant => self.grant(claim, leaving).await,
            Step::Boards => {
                self.offer(workspace, id).await;
                self.boards.delete_using(workspace, id, &by).await?;
                let lost = self.boards.lost_with(workspace, id).await?;
                let after = Disconnection { boards: lost.iter().map(|lost| lost.count).sum(), ..leaving.clone() };
                // What of them is on a screen is covered at once.
                Ok(Done::With(WriteSet::default().put(&after).enqueue(self.gone(leaving, "boards"))))
            }
            Step::Owners => {
                self.tell_owners(workspace, leaving).await?;
                Ok(Done::With(WriteSet::default()))
            }
            Step::Persons => {
                self.boards.forget_persons_of(workspace, id, &by).await?;
                Ok(Done::With(WriteSet::default()))
            }
            Step::Data => self.data(workspace, leaving, &by).await.map(Done::With),
        }
    }

    /// Which boards use it is asked of what it offers; a process that was started meanwhile does not know that.
    async fn offer(&self, workspace: &WorkspaceId, id: &ConnectionId) {
        if self.boards.catalog().get(workspace, id).is_none()
            && let Ok(resolved) = self.connections.resolve(workspace, id).await
        {
            self.boards.catalog().set_schema(workspace, super::bridge::catalog(&resolved));
        }
    }

    async fn grant(&self, claim: &Claim, leaving: &Disconnection) -> anyhow::Result<Done> {
        let (what, grant) = match self.connections.revoke(&claim.tenant, &leaving.connection).await {
            Ok(said) => ("connection.revoked", said),
            Err(fault) => {
                tracing::warn!(connection.id = %leaving.connection, fault.code, fault.detail, "a grant was not ended: {fault}");
                let is_passing = matches!(fault.class, ErrorClass::Retry | ErrorClass::Throttled);
                if is_passing && claim.fence < GRANT_ATTEMPTS {
                    return Ok(Done::Later(self.clock.now() + (FIRST_WAIT_MS << claim.fence.min(8))));
                }
                let why = if is_passing { "Its login did not answer." } else { &fault.message };
                let sentence = format!(
                    "The tool could not be told to end what it granted to Weft, so that may still stand: remove Weft from its connected apps there. {why}"
                );
                ("connection.not-revoked", sentence)
            }
        };
        let event = self.about(leaving, None, what, grant.clone());
        Ok(Done::With(WriteSet::default().put(&Disconnection { grant, ..leaving.clone() }).audit(event)))
    }

    /// Everything that is left, the connection last: until then it can be begun again.
    async fn data(&self, workspace: &WorkspaceId, leaving: &Disconnection, by: &Actor) -> anyhow::Result<WriteSet> {
        let id = &leaving.connection;
        // Somebody may have saved a board or sent a request that they began before the wish.
        self.actions.end_of(workspace, id, &leaving.by).await?;
        self.boards.delete_using(workspace, id, by).await?;
        self.tell_owners(workspace, leaving).await?;
        self.syncs.forget(workspace, id).await?;
        self.connections.erase(workspace, id).await?;
        self.boards.forget(workspace, id);
        let detail = format!("Disconnected {}. {} Boards deleted: {}.", leaving.title, leaving.grant, leaving.boards);
        let write = actions::without_policies(WriteSet::default(), id)
            .delete::<Connection>(id.0.clone())
            .delete::<Disconnection>(leaving.id())
            .audit(self.about(leaving, Some(by.clone()), "connection.disconnected", detail))
            .enqueue(self.gone(leaving, "data"));
        let mut told = vec![&leaving.by];
        if leaving.connected_by != leaving.by {
            told.push(&leaving.connected_by);
        }
        Ok(told
            .into_iter()
            .fold(write, |write, user| write.enqueue(self.sentence(user, leaving, "done", &done(leaving, user)))))
    }

    /// Each owner once: the job that tells them takes the place of what they are to be told.
    async fn tell_owners(&self, workspace: &WorkspaceId, leaving: &Disconnection) -> anyhow::Result<()> {
        for lost in self.boards.lost_with(workspace, &leaving.connection).await? {
            let names = blake3::hash(lost.names.join("\n").as_bytes()).to_hex();
            let told =
                self.sentence(&lost.owner, leaving, &format!("boards/{}", &names[..16]), &farewell(leaving, &lost));
            let write = WriteSet::default().delete::<LostBoards>(lost.id()).enqueue(told);
            self.store.control.commit(workspace, write).await?;
        }
        Ok(())
    }

    fn sentence(&self, user: &UserId, leaving: &Disconnection, about: &str, sentence: &str) -> Job {
        Job {
            id: format!("notify/disconnect/{}/{user}/{about}", leaving.connection),
            kind: JobKind::Notify,
            lane: None,
            due: self.clock.now(),
            payload: serde_json::json!({ "user": user, "sentence": sentence }).to_string().into_bytes(),
        }
    }

    /// Who shows something of it looks again.
    fn gone(&self, leaving: &Disconnection, after: &str) -> Job {
        let Disconnection { connection, title, by, .. } = leaving.clone();
        Job {
            id: format!("notify/disconnect/{connection}/{after}"),
            kind: JobKind::Notify,
            lane: None,
            due: self.clock.now(),
            payload: serde_json::json!({ "gone": Gone { connection, title, by } }).to_string().into_bytes(),
        }
    }

    fn about(&self, leaving: &Disconnection, actor: Option<Actor>, what: &str, detail: String) -> AuditEvent {
        let about = vec![
            ("connection".into(), leaving.connection.0.clone()),
            ("integration".into(), leaving.integration.0.clone()),
        ];
        AuditEvent { actor, what: what.into(), about, detail }
    }
}

/// For an owner of boards that went.
fn farewell(leaving: &Disconnection, lost: &LostBoards) -> String {
    let named: Vec<String> = lost.names.iter().map(|name| format!("“{name}”")).collect();
    let more = lost.count.saturating_sub(named.len());
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let (board, is) = if lost.count == 1 { ("board", "is") } else { ("boards", "are") };
    format!(
        "<@{}> disconnected “{}”. {} {board} of yours used it and {is} deleted for good: {}{more}.",
        leaving.by,
        leaving.title,
        lost.count,
        named.join(", ")
    )
}

/// For who wanted it and who had connected it, at the end.
fn done(leaving: &Disconnection, reader: &UserId) -> String {
    let who = if reader == &leaving.by { "as you asked".to_owned() } else { format!("as <@{}> asked", leaving.by) };
    let boards = match leaving.boards {
        0 => "no board used it".to_owned(),
        1 => "the one board that used it is deleted as well".to_owned(),
        many => format!("{many} boards that used it are deleted as well"),
    };
    format!(
        "“{}” is disconnected, {who}. {} Its data is deleted here, and {boards}. The audit log keeps what was done with it.",
        leaving.title, leaving.grant
    )
}
