//! How large a stored thing may be, checked at the one place where it comes in.

use super::{StoreError, WriteSet};
use crate::domain::WorkspaceId;

/// One stored value. The engine keeps larger ones as files of their own that it never gives back.
pub(super) const VALUE_BYTES: usize = 64 << 10;
/// An audit event as JSON; its record must fit into a value.
const EVENT_BYTES: usize = 32 << 10;
/// A part of a key: an id, a kind, a name.
pub(super) const ID_BYTES: usize = 255;
/// Entities, audit rows and jobs of one write set: a commit holds the writer for about 30 microseconds each.
const WRITE_ROWS: usize = 1000;

/// Refuses what is over its limit.
pub(super) fn check(what: &'static str, size: usize, limit: usize) -> Result<(), StoreError> {
    if size > limit { Err(StoreError::TooLarge { what, size, limit }) } else { Ok(()) }
}

/// Refuses an id that does not fit into a key.
pub(super) fn check_id(what: &'static str, id: &str) -> Result<(), StoreError> {
    check(what, id.len(), ID_BYTES)
}

/// Refuses a write set of which any part is over its limit.
pub(super) fn check_write(tenant: &WorkspaceId, write: &WriteSet) -> Result<(), StoreError> {
    check_id("the id of a workspace", tenant.as_str())?;
    let rows = write.put.len() + write.delete.len() + write.audit.len() + write.enqueue.len() + write.cancel.len();
    check("the number of rows of one commit", rows, WRITE_ROWS)?;
    for (key, value) in &write.put {
        check_id("the id of an entity", &key.id)?;
        check("an entity", value.len(), VALUE_BYTES)?;
    }
    for event in &write.audit {
        let size = serde_json::to_vec(event).map_or(usize::MAX, |json| json.len());
        check("an audit event", size, EVENT_BYTES)?;
    }
    for job in &write.enqueue {
        check_id("the id of a job", &job.id)?;
        check_id("the lane of a job", job.lane.as_deref().unwrap_or_default())?;
        check("a job", job.payload.len(), VALUE_BYTES)?;
    }
    Ok(())
}
