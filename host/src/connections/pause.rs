//! Pausing and resuming: a person stops the fetching of a connection, and nothing of it is lost. Whatever is clicked twice happens once.

use super::{Connection, Connections, Status};
use crate::{
    domain::{Actor, AppError, ConnectionId, Outcome, Paused},
    store::{AuditEvent, CommitError, WriteSet},
};

/// A fetch changes a connection with each object: whoever loses against it so often is not losing by chance.
const TRIES: usize = 16;

impl Connections {
    /// Stops the fetching until somebody resumes it. Only admins may. Answers the connection as it is then.
    pub async fn pause(&self, actor: &Actor, id: &ConnectionId) -> Outcome<Connection> {
        let now = self.inner.clock.now();
        self.turn(actor, id, |found| {
            let paused = Paused { by: actor.user.clone(), at: now };
            let after = Connection { status: Status::Paused, paused: Some(paused), next_sync: None, ..found.clone() };
            let write = WriteSet::default()
                .audit(about(actor, found, "connection.paused", "Stopped the fetching of"))
                .enqueue(found.notice("paused", now));
            let write = found.waiting_sync().into_iter().fold(write, WriteSet::cancel);
            (found.status != Status::Paused).then_some((after, write))
        })
        .await
    }

    /// Fetches again, from now on. Only admins may. Answers the connection as it is then.
    pub async fn resume(&self, actor: &Actor, id: &ConnectionId) -> Outcome<Connection> {
        let now = self.inner.clock.now();
        self.turn(actor, id, |found| {
            let after = Connection { status: Status::Syncing, paused: None, next_sync: None, ..found.clone() };
            let write = WriteSet::default()
                .audit(about(actor, found, "connection.resumed", "Resumed the fetching of"))
                .enqueue(found.sync_job(now, false))
                .enqueue(found.notice("resumed", now));
            (found.status == Status::Paused).then_some((after, write))
        })
        .await
    }

    /// Takes a step that is none when it was taken before.
    async fn turn(
        &self,
        actor: &Actor,
        id: &ConnectionId,
        step: impl Fn(&Connection) -> Option<(Connection, WriteSet)>,
    ) -> Outcome<Connection> {
        self.admins_only(actor)?;
        for _ in 0..TRIES {
            let found = self.load(&actor.workspace, id).await?;
            if found.value.status == Status::Disconnecting {
                return Err(leaving(&found.value.title));
            }
            let Some((after, write)) = step(&found.value) else { return Ok(found.value) };
            match self.inner.store.control.commit(&actor.workspace, write.update(found.version, &after)).await {
                Ok(()) => return Ok(after),
                Err(CommitError::Conflict(_)) => {}
                Err(error) => return Err(AppError::Fault(error.into())),
            }
        }
        Err(AppError::refused("The connection changes all the time just now. Nothing was done; try again."))
    }

    /// Only admins pause, resume and disconnect.
    pub(super) fn admins_only(&self, actor: &Actor) -> Outcome<()> {
        if actor.is_admin() {
            return Ok(());
        }
        let people = &self.inner.config.people;
        let admins: Vec<String> =
            std::iter::once(&people.owner).chain(&people.admins).map(|admin| format!("<@{admin}>")).collect();
        Err(AppError::Refused(format!(
            "Only admins pause, resume and disconnect tools: {}. Nothing was done.",
            admins.join(", ")
        )))
    }
}

/// Nothing can be done with a connection that is on its way out.
pub(super) fn leaving(title: &str) -> AppError {
    AppError::Refused(format!(
        "“{title}” is being disconnected. Nothing else was done; it can be connected anew when it is gone."
    ))
}

fn about(actor: &Actor, connection: &Connection, what: &str, done: &str) -> AuditEvent {
    AuditEvent {
        actor: Some(actor.clone()),
        what: what.into(),
        about: vec![("connection".into(), connection.id.0.clone())],
        detail: format!("{done} {}", connection.title),
    }
}
