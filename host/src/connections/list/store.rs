//! What is stored of files: the one in use, and the one that waits for a yes.

use super::layout::Layout;
use crate::{
    domain::{ConnectionId, Millis, UserId},
    store::Entity,
};
use serde::{Deserialize, Serialize};

/// A file nobody said yes to is forgotten after this long: people leave, and so would it be wrong by then.
pub const PENDING_LIFE_MS: Millis = 24 * 60 * 60 * 1000;

/// The file in use of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleList {
    pub connection: ConnectionId,
    /// Its id on disk.
    pub file: String,
    /// Bytes of it.
    pub length: u64,
    /// As its owner called it.
    pub name: String,
    pub layout: Layout,
    /// Rows with an address.
    pub people: u64,
}

impl Entity for PeopleList {
    const KIND: &'static str = "people-list";

    fn id(&self) -> String {
        self.connection.0.clone()
    }
}

/// The file that waits for a yes. There is one of a workspace: a newer one takes its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    pub list: PeopleList,
    /// The file it was compared with.
    pub against: Option<String>,
    pub by: UserId,
    pub at: Millis,
}

/// The id of the only one.
pub const PENDING: &str = "pending";

impl Entity for Pending {
    const KIND: &'static str = "people-list-pending";

    fn id(&self) -> String {
        PENDING.to_owned()
    }
}
