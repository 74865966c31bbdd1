//! Keys of the control database. The tenant leads every key, after a byte for the form of the keys: `1 <tenant> <class> ...`, where texts
//! that others follow carry their length.

use crate::domain::WorkspaceId;

/// The form of the keys: all begin with it.
pub const FORM: u8 = 1;

/// What lies under a key.
#[derive(Clone, Copy)]
#[repr(u8)]
pub enum Class {
    /// `<kind> <id>` -> version, JSON.
    Entity = b'e',
    /// `<seq>` -> the record as JSON.
    Audit = b'a',
    /// `<number>` -> the payload.
    Payload = b'j',
    /// `<number>` -> all of a job but its payload, as JSON.
    Job = b'q',
    /// `<id>` -> when the job was finished.
    Finished = b'd',
}

/// What all keys of the class start with.
pub fn class(tenant: &WorkspaceId, class: Class) -> Vec<u8> {
    let mut key = vec![FORM];
    push_text(&mut key, tenant.as_str());
    key.push(class as u8);
    key
}

/// Before all entities of the kind.
pub fn kind(tenant: &WorkspaceId, kind: &str) -> Vec<u8> {
    let mut key = class(tenant, Class::Entity);
    push_text(&mut key, kind);
    key
}

/// An entity's key.
pub fn entity(tenant: &WorkspaceId, of: &crate::store::EntityKey) -> Vec<u8> {
    let mut key = kind(tenant, of.kind);
    key.extend_from_slice(of.id.as_bytes());
    key
}

/// The key of what is numbered.
pub fn numbered(tenant: &WorkspaceId, class: Class, number: u64) -> Vec<u8> {
    let mut key = self::class(tenant, class);
    key.extend_from_slice(&number.to_be_bytes());
    key
}

/// The key of a finished job.
pub fn finished(tenant: &WorkspaceId, id: &str) -> Vec<u8> {
    let mut key = class(tenant, Class::Finished);
    key.extend_from_slice(id.as_bytes());
    key
}

/// The number at the end of a key.
pub fn number(key: &[u8]) -> Option<u64> {
    key.last_chunk().map(|bytes| u64::from_be_bytes(*bytes))
}

/// Whose key it is.
pub fn tenant(key: &[u8]) -> Option<WorkspaceId> {
    let length = usize::from(*key.get(1)?);
    std::str::from_utf8(key.get(2..2 + length)?).ok().map(WorkspaceId::from)
}

/// After all keys of the tenant.
pub fn past(tenant: &WorkspaceId) -> Vec<u8> {
    let mut key = vec![FORM];
    push_text(&mut key, tenant.as_str());
    key.push(u8::MAX);
    key
}

/// Texts in keys are at most 255 bytes: the limits are checked where they come in.
fn push_text(key: &mut Vec<u8>, text: &str) {
    key.push(text.len().min(255) as u8);
    key.extend_from_slice(text.as_bytes());
}
