//! How far a fetch is, object by object: in memory, for whoever looks.

use crate::domain::{ConnectionId, ObjectName};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

/// How far one object is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ObjectProgress {
    /// Rows read so far.
    pub rows: u64,
    /// Rows expected, where the tool said so.
    pub total: Option<u64>,
    /// It is whole.
    pub done: bool,
}

/// How far every fetch under way is.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    running: Arc<Mutex<HashMap<ConnectionId, BTreeMap<ObjectName, ObjectProgress>>>>,
}

impl Progress {
    /// The objects of a fetch under way; none when there is none.
    pub fn of(&self, connection: &ConnectionId) -> Option<BTreeMap<ObjectName, ObjectProgress>> {
        self.lock().get(connection).cloned()
    }

    pub(super) fn begin(&self, connection: &ConnectionId, objects: impl Iterator<Item = (ObjectName, Option<u64>)>) {
        let objects = objects.map(|(name, total)| (name, ObjectProgress { total, ..Default::default() })).collect();
        self.lock().insert(connection.clone(), objects);
    }

    pub(super) fn advance(
        &self,
        connection: &ConnectionId,
        object: &ObjectName,
        change: impl FnOnce(&mut ObjectProgress),
    ) {
        if let Some(found) = self.lock().get_mut(connection).and_then(|objects| objects.get_mut(object)) {
            change(found);
        }
    }

    pub(super) fn end(&self, connection: &ConnectionId) {
        self.lock().remove(connection);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<ConnectionId, BTreeMap<ObjectName, ObjectProgress>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
