//! Ids as types, so that a board cannot be opened with a connection's id.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! id {
    ($(#[doc = $doc:literal] $name:ident),+ $(,)?) => {$(
        #[doc = $doc]
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    )+};
}

id! {
    #[doc = "The Slack workspace (or Enterprise Grid org) where Weft is installed: the tenant. Slack's `T...` or `E...`."]
    WorkspaceId,
    #[doc = "A Slack user, `U...` or `W...`. The only identity that decisions rest on."]
    UserId,
    #[doc = "An integration's id from its manifest (`salesforce`)."]
    IntegrationId,
    #[doc = "An integration connected to one account of its tool."]
    ConnectionId,
    #[doc = "A type of record, by its stable name (`User`)."]
    ObjectName,
    #[doc = "An action, by its stable name (`deactivate-user`)."]
    ActionName,
    #[doc = "A board."]
    BoardId,
    #[doc = "A request to run an action."]
    RequestId,
}

macro_rules! fresh {
    ($($name:ident),+) => {$(
        impl $name {
            /// A new id that sorts by time of creation.
            pub fn fresh() -> Self {
                Self(uuid::Uuid::now_v7().simple().to_string())
            }
        }
    )+};
}

fresh!(ConnectionId, BoardId, RequestId);

/// An object of a connection: two orgs of one tool each have their own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ObjectRef {
    /// The connection.
    pub connection: ConnectionId,
    /// The object.
    pub object: ObjectName,
}

impl ObjectRef {
    /// The object of this name, of this connection.
    pub fn new(connection: &ConnectionId, object: &ObjectName) -> Self {
        Self { connection: connection.clone(), object: object.clone() }
    }
}

/// A record, wherever it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RecordRef {
    /// The connection it was fetched through.
    pub connection: ConnectionId,
    /// Its object.
    pub object: ObjectName,
    /// Its key.
    pub key: String,
}

/// What a person may do in the workspace as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Builds boards on connections they may use.
    Member,
    /// Manages connections, permissions, groups and approval policies as well.
    Admin,
    /// Installed Weft; names the admins.
    Owner,
}

impl Role {
    /// As people say it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }
}

/// The person on whose behalf something happens, as verified at the door.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Where.
    pub workspace: WorkspaceId,
    /// Who.
    pub user: UserId,
    /// As what.
    pub role: Role,
}

impl Actor {
    /// Admins and the owner.
    pub fn is_admin(&self) -> bool {
        self.role >= Role::Admin
    }
}
