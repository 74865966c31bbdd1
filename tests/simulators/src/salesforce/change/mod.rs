//! Creates, changes and deletes records by Salesforce's rules.

mod assignments;
mod groups;
mod input;
mod licenses;
mod refuse;
mod roles;
mod rules;
mod sets;
mod users;

pub use input::id_in;

use super::access::Access;
use super::data::{Cells, Data};
use super::fail::{Fail, Outcome};
use super::id::Id;
use super::schema::{F, Object};
use super::value::Value;
use serde_json::{Map, Value as Json};

/// The members of a record as a caller sends them.
pub type Body = Map<String, Json>;

/// A change to the org: whose, and when.
#[derive(Debug)]
pub struct Change<'a> {
    pub data: &'a mut Data,
    pub access: &'a Access,
    /// Milliseconds since 1970; stamped on what is changed.
    pub now: i64,
}

impl Change<'_> {
    /// Creates a record.
    pub fn create(&mut self, object: Object, body: &Body) -> Outcome<Id> {
        if !object.verbs().create {
            return Err(not_allowed(object, "creation"));
        }
        self.access.require_write(object)?;
        let mut cells = input::cells(self, object, body, true)?;
        input::require(object, &cells)?;
        if object == Object::GroupMember
            && let Some(there) = groups::existing_member(self, &cells)
        {
            return Ok(there);
        }
        rules::before_create(self, object, &mut cells)?;
        self.stamp(object, &mut cells, true);
        let number = self.data.insert(object, cells);
        rules::after_create(self, object, number);
        Ok(self.data.id(object, number))
    }

    /// Changes fields of a record.
    pub fn update(&mut self, object: Object, number: u32, body: &Body) -> Outcome<()> {
        if !object.verbs().update {
            return Err(not_allowed(object, "update"));
        }
        self.access.require_write(object)?;
        self.exists(object, number)?;
        let mut cells = input::cells(self, object, body, false)?;
        rules::before_update(self, object, number, &cells)?;
        self.stamp(object, &mut cells, false);
        self.data.set(object, number, cells);
        rules::after_update(self, object, number);
        Ok(())
    }

    /// Deletes a record.
    pub fn delete(&mut self, object: Object, number: u32) -> Outcome<()> {
        if !object.verbs().delete {
            return Err(not_allowed(object, "deletion"));
        }
        self.access.require_write(object)?;
        self.exists(object, number)?;
        rules::before_delete(self, object, number)?;
        rules::with_delete(self, object, number);
        self.data.remove(object, number);
        Ok(())
    }

    fn exists(&self, object: Object, number: u32) -> Outcome<()> {
        if self.data.is_deleted(object, number) {
            return Err(Fail::new(404, "ENTITY_IS_DELETED", "entity is deleted"));
        }
        if self.data.exists(object, number) { Ok(()) } else { Err(Fail::not_found()) }
    }

    fn stamp(&self, object: Object, cells: &mut Cells, created: bool) {
        let has = |key: F| object.fields().iter().any(|field| field.key == key);
        let who = Value::Id(self.data.id(Object::User, self.access.user));
        let stamps = [
            (F::LastModifiedDate, Value::Time(self.now), true),
            (F::LastModifiedById, who.clone(), true),
            (F::SystemModstamp, Value::Time(self.now), true),
            (F::CreatedDate, Value::Time(self.now), created),
            (F::CreatedById, who, created),
        ];
        cells.extend(
            stamps.into_iter().filter(|(key, _, wanted)| *wanted && has(*key)).map(|(key, value, _)| (key, value)),
        );
    }

    /// The numbers of the rows of an object that point at a record with a field.
    fn pointing_at(&self, object: Object, key: F, target: Object, number: u32) -> Vec<u32> {
        let wanted = Value::Id(self.data.id(target, number));
        self.data.rows(object).filter(|row| row.get(key) == wanted).map(|row| row.number).collect()
    }

    /// The value a field would have after the change.
    fn after(&self, object: Object, number: u32, cells: &Cells, key: F) -> Value<'static> {
        let given = given(cells, key).cloned();
        given.unwrap_or_else(|| self.data.row(object, number).map_or(Value::Null, |row| row.get(key).into_owned()))
    }
}

/// The value the caller gave for a field.
fn given(cells: &Cells, key: F) -> Option<&Value<'static>> {
    cells.iter().find(|(known, _)| *known == key).map(|(_, value)| value)
}

/// Sets a field the caller did not give.
fn default(cells: &mut Cells, key: F, value: Value<'static>) {
    if given(cells, key).is_none() {
        cells.push((key, value));
    }
}

fn not_allowed(object: Object, what: &str) -> Fail {
    let message = format!("entity type {} does not support {what}", object.name());
    Fail::new(400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message)
}
