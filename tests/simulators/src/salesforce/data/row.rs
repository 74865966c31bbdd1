//! One record as a reader sees it: what was changed, and for the rest what follows from the seed.

use super::person;
use super::shape::Facts;
use super::{Cells, Data, shape, values};
use crate::salesforce::schema::{F, Object, Permission};
use crate::salesforce::value::Value;
use std::borrow::Cow;

/// A record. Cheap to make: nothing is computed that is not asked for.
#[derive(Debug)]
pub struct Row<'a> {
    pub data: &'a Data,
    pub object: Object,
    pub number: u32,
    /// Fields that were set; all of them for a record that was created or is stored.
    cells: Option<&'a Cells>,
    /// The seeded person, for a user and the login of one.
    facts: Option<Facts>,
}

impl<'a> Row<'a> {
    pub(super) fn new(data: &'a Data, object: Object, number: u32) -> Row<'a> {
        let cells = data.cells(object, number);
        let seeded = matches!(object, Object::User | Object::UserLogin) && number < data.shape.users;
        Row { data, object, number, cells, facts: seeded.then(|| Facts::of(&data.shape, number)) }
    }

    /// The value of a field; null where the object has no such field.
    pub fn get(&self, key: F) -> Value<'a> {
        if key == F::Id {
            let id = self.data.id(self.object, self.number);
            return if self.object.has_ids() { Value::Id(id) } else { Value::Null };
        }
        if key == F::Status
            && let Some(value) = self.data.status_of_group(self.object, self.number)
        {
            return value;
        }
        if let Some(value) = self.cells.and_then(|cells| cells.iter().find(|(known, _)| *known == key)) {
            return value.1.borrow();
        }
        let seeded = self.number < self.data.seeded(self.object);
        match (self.object, &self.facts) {
            (Object::User, _) if key == F::Name => self.full_name(),
            (Object::User, Some(facts)) => person::value(self, facts, key),
            (Object::UserLogin, facts) => person::login(self, facts.as_ref(), key),
            (Object::UserLicense | Object::PermissionSetLicense | Object::PackageLicense, _)
                if key == F::UsedLicenses =>
            {
                Value::Int(i64::from(self.data.used(self.object, self.number)))
            }
            (Object::PermissionSetAssignment, _) if key == F::IsActive => Value::Bool(!self.has_expired()),
            (Object::PermissionSetAssignment, _) if key == F::PermissionSetId && !seeded => {
                let assignee = self.get(F::AssigneeId).id();
                assignee.map_or(Value::Null, |assignee| self.data.profile_set(assignee.number))
            }
            (Object::Profile | Object::PermissionSet | Object::UserPermissionAccess, _) => {
                Permission::of(key).map_or(Value::Null, |permission| Value::Bool(self.gives(permission)))
            }
            _ if seeded => values::value(self, key),
            _ => Value::Null,
        }
    }

    /// A reference to a record.
    pub(super) fn refer(&self, object: Object, number: u32) -> Value<'static> {
        Value::Id(self.data.id(object, number))
    }

    fn has_expired(&self) -> bool {
        matches!(self.get(F::ExpirationDate), Value::Time(at) if at <= self.data.clock.now())
    }

    /// Whether a profile or the set it owns, or the user of this number, has a permission.
    fn gives(&self, permission: Permission) -> bool {
        if self.object == Object::UserPermissionAccess {
            return self.data.permissions_of(self.number).has(permission);
        }
        let profile = if self.object == Object::Profile {
            Some(self.number)
        } else {
            self.get(F::ProfileId).id().map(|profile| profile.number)
        };
        profile.is_some_and(|profile| shape::permissions_of(profile).has(permission))
    }

    fn full_name(&self) -> Value<'a> {
        let Value::Text(last) = self.get(F::LastName) else { return Value::Null };
        match self.get(F::FirstName) {
            Value::Text(first) => {
                let mut name = String::with_capacity(first.len() + last.len() + 1);
                name.push_str(&first);
                name.push(' ');
                name.push_str(&last);
                Value::Text(Cow::Owned(name))
            }
            _ => Value::Text(last),
        }
    }
}
