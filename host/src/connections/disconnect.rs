//! Disconnecting, as far as it is about the connection itself: the wish, the grant at the tool, and what is stored here. Whoever wires
//! the features together takes the steps one after the other; each may be taken again.

use super::{
    Connection, Connections, Findings, Permissions, Status, attempt::Attempt, pause::leaving, revoke::End, vault,
};
use crate::{
    domain::{Actor, AppError, ConnectionId, ErrorClass, Fault, IntegrationId, Millis, Outcome, UserId, WorkspaceId},
    store::{AuditEvent, CommitError, Entity, Job, Versioned, WriteSet},
};
use serde::{Deserialize, Serialize};

/// A fetch changes a connection with each object: whoever loses against it so often is not losing by chance.
const TRIES: usize = 16;
/// Links to connect that are looked through, or deleted, at once.
const ATTEMPTS_AT_ONCE: usize = 200;

/// A connection that is being disconnected, from the wish until nothing of it is left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disconnection {
    /// Which.
    pub connection: ConnectionId,
    /// As it was called.
    pub title: String,
    /// Of which integration it was.
    pub integration: IntegrationId,
    /// Who wanted it.
    pub by: UserId,
    /// When.
    pub at: Millis,
    /// Who had connected it.
    pub connected_by: UserId,
    /// Boards that were deleted.
    pub boards: usize,
    /// What became of the grant at the tool, as sentences.
    pub grant: String,
}

impl Entity for Disconnection {
    const KIND: &'static str = "disconnection";

    fn id(&self) -> String {
        self.connection.0.clone()
    }
}

/// A connection that is going or gone, for those who show something of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gone {
    /// Which.
    pub connection: ConnectionId,
    /// As it was called.
    pub title: String,
    /// Who disconnected it.
    pub by: UserId,
}

/// What a person should know before they disconnect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Farewell {
    /// As the connection is called: to be typed.
    pub title: String,
    /// What will become of the grant at the tool, a sentence.
    pub grant: String,
}

/// Whether this is the connection's name, as a person types it.
pub fn is_its_name(title: &str, typed: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    !plain(typed).is_empty() && plain(typed) == plain(title)
}

impl Connections {
    /// What to know before disconnecting. Only admins may.
    pub async fn farewell(&self, actor: &Actor, id: &ConnectionId) -> Outcome<Farewell> {
        self.admins_only(actor)?;
        let connection = self.load(&actor.workspace, id).await?.value;
        if connection.status == Status::Disconnecting {
            return Err(leaving(&connection.title));
        }
        let grant = match self.end(&connection) {
            Ok(Some(_)) => format!("{} is told to end what it granted to Weft.", self.name_of(&connection)),
            Ok(None) | Err(_) => self.without_grant(&connection),
        };
        Ok(Farewell { title: connection.title, grant })
    }

    /// Begins to disconnect, once the name was typed. `first` is the first step, committed with the wish. A second wish while the first
    /// one is being done is the same. Answers the connection's name.
    pub async fn begin_disconnect(&self, actor: &Actor, id: &ConnectionId, typed: &str, first: Job) -> Outcome<String> {
        self.admins_only(actor)?;
        for _ in 0..TRIES {
            let Versioned { version, value: found } = self.load(&actor.workspace, id).await?;
            if !is_its_name(&found.title, typed) {
                return Err(AppError::Refused(format!(
                    "“{typed}” is not the name of this connection: it is called “{}”. Nothing was done.",
                    found.title
                )));
            }
            if found.status == Status::Disconnecting {
                return Ok(found.title);
            }
            match self.inner.store.control.commit(&actor.workspace, self.wish(actor, version, &found, &first)).await {
                Ok(()) => return Ok(found.title),
                Err(CommitError::Conflict(_)) => {}
                Err(error) => return Err(AppError::Fault(error.into())),
            }
        }
        Err(AppError::refused("The connection changes all the time just now. Nothing was done; try again."))
    }

    fn wish(&self, actor: &Actor, version: u64, found: &Connection, first: &Job) -> WriteSet {
        let now = self.inner.clock.now();
        let after = Connection { status: Status::Disconnecting, paused: None, next_sync: None, ..found.clone() };
        let disconnection = Disconnection {
            connection: found.id.clone(),
            title: found.title.clone(),
            integration: found.integration.clone(),
            by: actor.user.clone(),
            at: now,
            connected_by: found.connected_by.clone(),
            boards: 0,
            grant: String::new(),
        };
        let event = AuditEvent {
            actor: Some(actor.clone()),
            what: "connection.disconnecting".into(),
            about: vec![("connection".into(), found.id.0.clone())],
            detail: format!("Asked to disconnect {}", found.title),
        };
        let write = found.waiting_sync().into_iter().fold(WriteSet::default(), WriteSet::cancel);
        write
            .update(version, &after)
            .put(&disconnection)
            .audit(event)
            .enqueue(first.clone())
            .enqueue(after.notice("disconnecting", now))
    }

    /// A disconnection that is not over.
    pub async fn disconnection(
        &self,
        workspace: &WorkspaceId,
        id: &ConnectionId,
    ) -> anyhow::Result<Option<Disconnection>> {
        let found = self.inner.store.control.load::<Disconnection>(workspace, id.as_str()).await?;
        Ok(found.map(|found| found.value))
    }

    /// Ends the grant at the tool, where there is one and a way to. Answers what became of it as a sentence; a fault says why it may
    /// still stand there.
    pub async fn revoke(&self, workspace: &WorkspaceId, id: &ConnectionId) -> Result<String, Fault> {
        let failed = |error: &dyn std::fmt::Display| Fault {
            detail: Some(error.to_string()),
            ..Fault::new(ErrorClass::Retry, "revoke", "The stored grant could not be read.")
        };
        let connection = self.load(workspace, id).await.map_err(|error| failed(&error))?.value;
        let refused = |sentence: String| Fault::new(ErrorClass::Bug, "revoke", sentence);
        let Some(end) = self.end(&connection).map_err(refused)? else { return Ok(self.without_grant(&connection)) };
        let stored = self.inner.store.control.load::<vault::Secret>(workspace, id.as_str()).await;
        let Some(secret) = stored.map_err(|error| failed(&error))? else {
            return Ok("There was no grant left to end.".to_owned());
        };
        let grant = vault::unlock(&self.inner.sealer, workspace, &secret.value).map_err(|error| failed(&error))?;
        let manifest =
            self.integration(&connection.integration).map_err(|error| refused(error.to_string()))?.manifest();
        end.ask(manifest, &grant).await?;
        Ok(format!("{} has ended what it granted to Weft.", manifest.name))
    }

    fn end(&self, connection: &Connection) -> Result<Option<End>, String> {
        let integration = self.integration(&connection.integration).map_err(|error| error.to_string())?;
        let sign_in = self.inner.sign_ins.get(&connection.integration);
        End::new(integration, &connection.sign_in, sign_in, &connection.settings)
    }

    /// As people call its tool.
    pub fn name_of(&self, connection: &Connection) -> String {
        let integration = self.inner.installed.get(&connection.integration);
        integration.map_or_else(|| connection.integration.0.clone(), |one| one.manifest().name.clone())
    }

    fn without_grant(&self, connection: &Connection) -> String {
        let name = self.name_of(connection);
        match self.inner.installed.get(&connection.integration).map(|one| one.manifest()) {
            Some(manifest) if manifest.is_of_workspace() => {
                format!("{name} needs no grant of its own: Weft keeps its bot token, which it talks to you with.")
            }
            Some(manifest) if manifest.is_of_file() => "There is no tool behind it, only the file you gave.".to_owned(),
            _ => format!(
                "Weft cannot end what {name} granted to it: remove Weft from the connected apps there, or change the key it signs in with."
            ),
        }
    }

    /// Deletes what is stored here of a connection but the connection itself: its rows and archives, its sealed grant, what checks
    /// found, who may use it, its file, and links to connect it again.
    pub async fn erase(&self, workspace: &WorkspaceId, id: &ConnectionId) -> Outcome<()> {
        let store = &self.inner.store;
        store.segments.forget(workspace, id).await.map_err(anyhow::Error::from)?;
        Findings::remove(store, workspace, id).await.map_err(anyhow::Error::from)?;
        self.erase_list(workspace, id).await?;
        for some in self.attempts_at(workspace, id).await?.chunks(ATTEMPTS_AT_ONCE) {
            let write = some.iter().fold(WriteSet::default(), |write, attempt| write.delete::<Attempt>(attempt));
            store.control.commit(workspace, write).await.map_err(anyhow::Error::from)?;
        }
        let write = WriteSet::default().delete::<vault::Secret>(id.0.clone()).delete::<Permissions>(id.0.clone());
        {
            let _turn = self.inner.restricted.changing().await;
            store.control.commit(workspace, write).await.map_err(anyhow::Error::from)?;
            self.inner.restricted.forget(workspace, id);
        }
        self.reopen(id).await;
        Ok(())
    }

    /// Links to connect this one again.
    async fn attempts_at(&self, workspace: &WorkspaceId, id: &ConnectionId) -> Outcome<Vec<String>> {
        let (mut ids, mut after): (Vec<String>, Option<String>) = (Vec::new(), None);
        loop {
            let some = self.inner.store.control.list::<Attempt>(workspace, after.as_deref(), ATTEMPTS_AT_ONCE).await;
            let some = some.map_err(anyhow::Error::from)?;
            let Some(last) = some.last() else { return Ok(ids) };
            after = Some(last.value.id.clone());
            let meant = some.into_iter().map(|found| found.value).filter(|one| one.connection.as_ref() == Some(id));
            ids.extend(meant.map(|one| one.id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_its_name;

    #[test]
    fn a_name_is_typed_whole() {
        let rows = [
            ("Acme", "Acme", true),
            ("Acme", "  Acme ", true),
            ("Acme  Corp", "Acme Corp", true),
            ("Acme", "acme", false),
            ("Acme", "Acm", false),
            ("Acme", "", false),
            ("", "", false),
        ];
        for (title, typed, expected) in rows {
            assert_eq!(is_its_name(title, typed), expected, "{title}: {typed}");
        }
    }
}
