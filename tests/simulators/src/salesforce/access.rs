//! What the user of a session may see and do.

use super::data::Row;
use super::fail::{Fail, Outcome};
use super::schema::{F, Field, Object, Permissions};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The rights of one user.
#[derive(Clone, Debug)]
pub struct Access {
    /// Number of the user.
    pub user: u32,
    pub permissions: Permissions,
    /// Fields hidden from the user by field-level security.
    pub hidden: Arc<BTreeSet<(Object, F)>>,
}

impl Access {
    /// Whether the object exists as far as this user can tell.
    pub fn sees(&self, object: Object) -> bool {
        self.permissions.has_any(object.needs_to_see())
    }

    /// Whether the user may write rows of the object, as far as it can be written at all.
    pub fn writes(&self, object: Object) -> bool {
        self.permissions.has_any(object.needs_to_write())
    }

    /// Whether the rows of others are there for this user, and not only its own.
    pub fn sees_others(&self, object: Object) -> bool {
        object != Object::UserPermissionAccess && self.permissions.has_any(object.needs_for_others())
    }

    /// Whether this record is there for the user.
    pub fn sees_row(&self, row: &Row<'_>) -> bool {
        self.sees_others(row.object)
            || row.object.owner_field().and_then(|key| row.get(key).id()).is_some_and(|owner| owner.number == self.user)
    }

    /// Whether the field exists as far as this user can tell.
    pub fn reads(&self, object: Object, field: &Field) -> bool {
        field.needs.is_none_or(|permission| self.permissions.has(permission))
            && !self.hidden.contains(&(object, field.key))
    }

    /// The visible field of this name, whatever its case.
    pub fn field(&self, object: Object, name: &str) -> Option<&'static Field> {
        object.field(name).filter(|field| self.reads(object, field))
    }

    /// The visible fields of an object.
    pub fn fields(&self, object: Object) -> impl Iterator<Item = &'static Field> {
        object.fields().iter().filter(move |field| self.reads(object, field))
    }

    /// Refuses (403) who may not write rows of the object.
    pub fn require_write(&self, object: Object) -> Outcome<()> {
        if self.writes(object) {
            return Ok(());
        }
        Err(Fail::new(403, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id"))
    }
}
