//! Who may use a connection: everyone in the workspace, or chosen people. Admins and the person who connected it always may. What is
//! stored is kept in memory as well, since it is asked at every rendering; only this file writes either.

use super::{Connection, Connections, Status, pause::leaving};
use crate::{
    domain::{Actor, AppError, ConnectionId, Outcome, UserId, WorkspaceId},
    store::{AuditEvent, CommitError, Entity, Versioned, WriteSet},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeSet, HashMap},
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

/// People chosen one by one, as many as one select of Slack's holds: for more there is everyone.
pub const MAX_USERS: usize = 100;

/// Who may use a connection besides the admins and the person who connected it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Users {
    /// Everyone in the workspace: so it is until an admin says otherwise.
    #[default]
    Everyone,
    /// These people.
    Only(BTreeSet<UserId>),
}

/// What an admin said of a connection, beside it: a fetch writes the connection all the time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permissions {
    /// Which connection.
    pub connection: ConnectionId,
    /// Who may use it.
    pub users: Users,
}

impl Entity for Permissions {
    const KIND: &'static str = "connection-permissions";

    fn id(&self) -> String {
        self.connection.0.clone()
    }
}

/// Who may use a connection, for those who look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermissionsView {
    /// As people call the connection.
    pub title: String,
    /// May always use it, as admins may.
    pub connected_by: UserId,
    /// Who else may.
    pub users: Users,
}

/// The connections that not everyone may use.
#[derive(Debug, Default)]
pub struct Restricted {
    known: RwLock<HashMap<(WorkspaceId, ConnectionId), PermissionsView>>,
    /// Held while one is changed: memory follows the store in the order of the commits.
    changing: tokio::sync::Mutex<()>,
}

impl Restricted {
    fn read(&self) -> RwLockReadGuard<'_, HashMap<(WorkspaceId, ConnectionId), PermissionsView>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Held while what is stored of one changes.
    pub(super) async fn changing(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.changing.lock().await
    }

    /// The connection is gone.
    pub(super) fn forget(&self, workspace: &WorkspaceId, connection: &ConnectionId) {
        self.write().remove(&(workspace.clone(), connection.clone()));
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<(WorkspaceId, ConnectionId), PermissionsView>> {
        self.known.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the person may use a connection.
pub fn may_use(users: &Users, connected_by: &UserId, actor: &Actor) -> bool {
    let is_chosen = match users {
        Users::Everyone => true,
        Users::Only(people) => people.contains(&actor.user),
    };
    is_chosen || actor.is_admin() || &actor.user == connected_by
}

impl Connections {
    /// None when the person may use the connection; else what people call it.
    pub fn barred(&self, actor: &Actor, connection: &ConnectionId) -> Option<String> {
        let known = self.inner.restricted.read();
        let view = known.get(&(actor.workspace.clone(), connection.clone()))?;
        (!may_use(&view.users, &view.connected_by, actor)).then(|| view.title.clone())
    }

    /// Who may use a connection, as it is asked at every use.
    pub fn users(&self, workspace: &WorkspaceId, id: &ConnectionId) -> Users {
        let known = self.inner.restricted.read();
        known.get(&(workspace.clone(), id.clone())).map_or_else(Users::default, |view| view.users.clone())
    }

    /// Who may use a connection, for those who look at it or change it.
    pub async fn permissions(&self, workspace: &WorkspaceId, id: &ConnectionId) -> Outcome<PermissionsView> {
        let connection = self.load(workspace, id).await?.value;
        let found = self.stored_permissions(workspace, id).await?;
        Ok(view(&connection, found.map_or_else(Users::default, |found| found.value.users)))
    }

    /// Says who may use a connection from now on. Only admins may.
    pub async fn permit(&self, actor: &Actor, id: &ConnectionId, users: Users) -> Outcome<PermissionsView> {
        admins_only(actor)?;
        if matches!(&users, Users::Only(people) if people.len() > MAX_USERS) {
            return Err(AppError::refused(format!(
                "At most {MAX_USERS} people can be chosen. Nothing was changed: choose everyone instead."
            )));
        }
        let _turn = self.inner.restricted.changing().await;
        let connection = self.load(&actor.workspace, id).await?.value;
        if connection.status == Status::Disconnecting {
            return Err(leaving(&connection.title));
        }
        let found = self.stored_permissions(&actor.workspace, id).await?;
        let before = found.as_ref().map_or_else(Users::default, |found| found.value.users.clone());
        if before != users {
            let after = Permissions { connection: id.clone(), users };
            let write = match &found {
                Some(found) => WriteSet::default().update(found.version, &after),
                None => WriteSet::default().create(&after),
            };
            let told = format!("permissions-{}", found.map_or(1, |found| found.version + 1));
            let write = write.audit(changed(actor, &connection, &before, &after.users));
            let write = write.enqueue(connection.notice(&told, self.inner.clock.now()));
            let committed = self.inner.store.control.commit(&actor.workspace, write).await;
            // Also after a failure: whether it was stored is then not known here.
            self.follow(&actor.workspace, &connection).await;
            committed.map_err(not_changed)?;
        }
        self.permissions(&actor.workspace, id).await
    }

    /// Reads what was said of all connections of a workspace. Before that, everyone may use every connection.
    pub async fn recall_permissions(&self, workspace: &WorkspaceId) -> Outcome<()> {
        for connection in self.list(workspace).await.map_err(anyhow::Error::from)? {
            self.stored_permissions(workspace, &connection.id).await?;
            self.follow(workspace, &connection).await;
        }
        Ok(())
    }

    /// Memory says what the store says. What cannot be read is closed to all but admins.
    pub(super) async fn follow(&self, workspace: &WorkspaceId, connection: &Connection) {
        let users = match self.stored_permissions(workspace, &connection.id).await {
            Ok(found) => found.map_or_else(Users::default, |found| found.value.users),
            Err(error) => {
                let error = format!("{error:#}");
                tracing::error!(connection.id = %connection.id, error, "Who may use {} cannot be read", connection.id);
                Users::Only(BTreeSet::new())
            }
        };
        let key = (workspace.clone(), connection.id.clone());
        let mut known = self.inner.restricted.write();
        match users {
            Users::Everyone => known.remove(&key),
            only => known.insert(key, view(connection, only)),
        };
    }

    async fn stored_permissions(
        &self,
        workspace: &WorkspaceId,
        id: &ConnectionId,
    ) -> Outcome<Option<Versioned<Permissions>>> {
        let found = self.inner.store.control.load::<Permissions>(workspace, id.as_str()).await;
        Ok(found.map_err(anyhow::Error::from)?)
    }
}

/// Only admins say who may use a connection.
fn admins_only(actor: &Actor) -> Outcome<()> {
    if actor.is_admin() {
        return Ok(());
    }
    Err(AppError::refused("Only admins say who may use a connection. Ask one of them; nothing was changed."))
}

fn view(connection: &Connection, users: Users) -> PermissionsView {
    PermissionsView { title: connection.title.clone(), connected_by: connection.connected_by.clone(), users }
}

fn not_changed(error: CommitError) -> AppError {
    match error {
        CommitError::Conflict(_) => {
            AppError::refused("Somebody else changed this at the same moment. Nothing was changed; look again.")
        }
        other => AppError::Fault(other.into()),
    }
}

/// Ids only.
fn changed(actor: &Actor, connection: &Connection, before: &Users, after: &Users) -> AuditEvent {
    let words = |users: &Users| match users {
        Users::Everyone => "everyone".to_owned(),
        Users::Only(people) if people.is_empty() => "admins only".to_owned(),
        Users::Only(people) => people.iter().map(UserId::as_str).collect::<Vec<_>>().join(", "),
    };
    AuditEvent {
        actor: Some(actor.clone()),
        what: "connection.permitted".into(),
        about: vec![("connection".into(), connection.id.0.clone())],
        detail: format!("{} may be used by {}, before by {}", connection.title, words(after), words(before)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Role;

    #[test]
    fn who_may_use_a_connection() {
        use Role::{Admin, Member, Owner};
        let only = |people: &[&str]| Users::Only(people.iter().map(|user| UserId::from(*user)).collect());
        let rows = [
            // users, who, as what, may
            (Users::Everyone, "U1", Member, true),
            (only(&["U1"]), "U1", Member, true),
            (only(&["U1"]), "U2", Member, false),
            (only(&[]), "U1", Member, false),
            (only(&[]), "U2", Admin, true),
            (only(&[]), "U2", Owner, true),
            // Who connected it, no admin any more.
            (only(&[]), "U9", Member, true),
        ];
        for (users, user, role, expected) in rows {
            let actor = Actor { workspace: "T1".into(), user: user.into(), role };
            assert_eq!(may_use(&users, &"U9".into(), &actor), expected, "{user} as {role:?} of {users:?}");
        }
    }
}
