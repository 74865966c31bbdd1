//! Who administers Weft stands in its configuration, so a change of it is no click: it is found at the start, and recorded then.

use crate::domain::{UserId, WorkspaceId};
use crate::store::{AuditEvent, CommitError, Entity, Store, WriteSet};
use serde::{Deserialize, Serialize};

/// The owner and the admins as of the last start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct KnownRoles {
    /// The owner first.
    administrators: Vec<UserId>,
}

impl KnownRoles {
    const ID: &'static str = "roles";
}

impl Entity for KnownRoles {
    const KIND: &'static str = "audit-roles";

    fn id(&self) -> String {
        Self::ID.to_owned()
    }
}

/// Records who administers the workspace, the owner first, when that is not what it was at the last start.
pub async fn note_roles(
    store: &Store,
    workspace: &WorkspaceId,
    administrators: Vec<UserId>,
) -> Result<(), CommitError> {
    let known = store.control.load::<KnownRoles>(workspace, KnownRoles::ID).await?.map(|known| known.value);
    let now = KnownRoles { administrators };
    if known.as_ref() == Some(&now) {
        return Ok(());
    }
    let detail = match &known {
        None => words(&now),
        Some(before) => format!("{}; before: {}", words(&now), words(before)),
    };
    let event = AuditEvent { actor: None, what: "roles.changed".to_owned(), about: Vec::new(), detail };
    store.control.commit(workspace, WriteSet::default().put(&now).audit(event)).await
}

/// Ids only.
fn words(roles: &KnownRoles) -> String {
    let ids: Vec<&str> = roles.administrators.iter().map(UserId::as_str).collect();
    match ids.split_first() {
        Some((owner, [])) => format!("owner {owner}, no admins"),
        Some((owner, admins)) => format!("owner {owner}, admins {}", admins.join(", ")),
        None => "nobody".to_owned(),
    }
}
