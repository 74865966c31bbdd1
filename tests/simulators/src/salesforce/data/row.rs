//! One record as a reader sees it: what was changed, and for the rest what follows from the seed.

use super::shape::{AUTOMATED, Facts, INTEGRATION, PROFILES, mix};
use super::{Cells, Data, names};
use crate::salesforce::schema::{F, Object};
use crate::salesforce::time::DAY;
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
            return Value::Id(self.data.id(self.object, self.number));
        }
        if let Some(value) = self.cells.and_then(|cells| cells.iter().find(|(known, _)| *known == key)) {
            return value.1.borrow();
        }
        match (self.object, &self.facts) {
            (Object::User, _) if key == F::Name => self.full_name(),
            (Object::User, Some(facts)) => self.person(facts, key),
            (Object::UserLogin, facts) => self.login(facts.as_ref(), key),
            (Object::UserLicense, _) if key == F::UsedLicenses => Value::Int(i64::from(self.data.used(self.number))),
            (Object::PermissionSetAssignment, _) if self.number < self.data.seeded_assignments() => {
                self.assignment(key)
            }
            _ => Value::Null,
        }
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

    fn person(&self, facts: &Facts, key: F) -> Value<'a> {
        match key {
            F::IsActive => Value::Bool(facts.active),
            F::ProfileId => self.reference(Object::Profile, facts.profile),
            F::UserRoleId => self.reference(Object::UserRole, facts.role),
            F::ManagerId => self.reference(Object::User, facts.manager),
            F::Backup_Approver__c => self.reference(Object::User, facts.approver),
            F::UserType => {
                Value::text(facts.profile.map_or("AutomatedProcess", |profile| PROFILES[profile as usize].2))
            }
            F::CreatedDate => Value::Time(facts.created),
            F::LastLoginDate => facts.last_login.map_or(Value::Null, Value::Time),
            F::LastPasswordChangeDate if self.number == AUTOMATED => Value::Null,
            F::LastPasswordChangeDate => Value::Time(facts.created + 1_800_000),
            F::LastModifiedDate | F::SystemModstamp => Value::Time(facts.last_login.unwrap_or(facts.created)),
            F::CreatedById | F::LastModifiedById => self.reference(Object::User, Some(self.data.shape.admins().start)),
            F::NumberOfFailedLogins => Value::Int(facts.failed_logins),
            F::TimeZoneSidKey => Value::text(["Europe/London", "America/New_York", "Asia/Tokyo", "GMT"][facts.region]),
            F::LocaleSidKey | F::LanguageLocaleKey => Value::text("en_US"),
            F::EmailEncodingKey => Value::text("UTF-8"),
            F::CompanyName => Value::text("Acme"),
            _ if self.number == INTEGRATION => integration(key),
            _ if self.number == AUTOMATED => automated(key),
            _ => named(facts, key, self.number),
        }
    }

    fn login(&self, facts: Option<&Facts>, key: F) -> Value<'a> {
        match key {
            F::UserId => self.reference(Object::User, Some(self.number)),
            F::IsFrozen => Value::Bool(facts.is_some_and(|facts| facts.frozen)),
            F::IsPasswordLocked => Value::Bool(facts.is_some_and(|facts| facts.locked)),
            F::LastModifiedDate => Value::Time(facts.map_or(self.data.shape.today, |facts| facts.created)),
            F::LastModifiedById => self.reference(Object::User, Some(self.data.shape.admins().start)),
            _ => Value::Null,
        }
    }

    /// Rows 0..users tie a user to the set of the profile, the rest every second user to an ordinary set.
    fn assignment(&self, key: F) -> Value<'a> {
        let users = self.data.shape.users;
        let user = if self.number < users { self.number } else { (self.number - users) * 2 };
        match key {
            F::AssigneeId => self.reference(Object::User, Some(user)),
            F::PermissionSetId if self.number < users => {
                let profile = self.data.row(Object::User, user).and_then(|row| row.get(F::ProfileId).id());
                self.reference(Object::PermissionSet, profile.map(|profile| profile.number))
            }
            F::PermissionSetId => self.reference(Object::PermissionSet, Some(self.data.ordinary_set(user))),
            F::IsActive => Value::Bool(true),
            F::SystemModstamp => {
                Value::Time(self.data.shape.today - DAY * (1 + (mix(u64::from(self.number)) % 700) as i64))
            }
            _ => Value::Null,
        }
    }

    fn reference(&self, object: Object, number: Option<u32>) -> Value<'a> {
        number.map_or(Value::Null, |number| Value::Id(self.data.id(object, number)))
    }
}

fn named(facts: &Facts, key: F, number: u32) -> Value<'static> {
    let owned = |text: String| Value::Text(Cow::Owned(text));
    match key {
        F::Username | F::Email | F::FederationIdentifier => owned(facts.name.address()),
        F::FirstName => Value::text(facts.name.first()),
        F::LastName => Value::text(facts.name.last()),
        F::Alias => owned(facts.name.alias()),
        F::CommunityNickname => owned(facts.name.nickname()),
        F::Title => Value::text(names::TITLES[facts.department][facts.title]),
        F::Department => Value::text(names::DEPARTMENTS[facts.department]),
        F::Division => Value::text(names::REGIONS[facts.region]),
        F::EmployeeNumber => owned(format!("E{number:06}")),
        _ => Value::Null,
    }
}

fn integration(key: F) -> Value<'static> {
    match key {
        F::Username | F::Email => Value::text("integration@acme.example"),
        F::FirstName => Value::text("Integration"),
        F::LastName => Value::text("User"),
        F::Alias => Value::text("integ"),
        F::CommunityNickname => Value::text("integration"),
        _ => Value::Null,
    }
}

fn automated(key: F) -> Value<'static> {
    match key {
        F::Username => Value::text("autoproc@acme.example"),
        F::Email => Value::text("noreply@acme.example"),
        F::FirstName => Value::text("Automated"),
        F::LastName => Value::text("Process"),
        F::Alias => Value::text("autoproc"),
        F::CommunityNickname => Value::text("autoproc"),
        _ => Value::Null,
    }
}
