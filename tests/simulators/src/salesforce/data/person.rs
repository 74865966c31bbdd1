//! The fields of a seeded person and of its login.

use super::names;
use super::row::Row;
use super::shape::{AUTOMATED, Facts, INTEGRATION, PROFILES};
use crate::salesforce::schema::{EMPLOYMENT, F, Object};
use crate::salesforce::value::Value;
use std::borrow::Cow;

/// A field of a seeded person.
pub fn value(row: &Row<'_>, facts: &Facts, key: F) -> Value<'static> {
    match key {
        F::IsActive => Value::Bool(facts.active),
        F::ProfileId => refer(row, Object::Profile, facts.profile),
        F::UserRoleId => refer(row, Object::UserRole, facts.role),
        F::ManagerId => refer(row, Object::User, facts.manager),
        F::Backup_Approver__c => refer(row, Object::User, facts.approver),
        F::UserType => Value::text(facts.profile.map_or("AutomatedProcess", |profile| PROFILES[profile as usize].2)),
        F::CreatedDate => Value::Time(facts.created),
        F::LastLoginDate => facts.last_login.map_or(Value::Null, Value::Time),
        F::LastPasswordChangeDate if row.number == AUTOMATED => Value::Null,
        F::LastPasswordChangeDate => Value::Time(facts.created + 1_800_000),
        F::LastModifiedDate | F::SystemModstamp => Value::Time(facts.last_login.unwrap_or(facts.created)),
        F::CreatedById | F::LastModifiedById => refer(row, Object::User, Some(row.data.shape.admins().start)),
        F::NumberOfFailedLogins => Value::Int(facts.failed_logins),
        F::TimeZoneSidKey => Value::text(["Europe/London", "America/New_York", "Asia/Tokyo", "GMT"][facts.region]),
        F::LocaleSidKey | F::LanguageLocaleKey => Value::text("en_US"),
        F::EmailEncodingKey => Value::text("UTF-8"),
        F::CompanyName => Value::text("Acme"),
        F::Employment_Type__c => Value::text(EMPLOYMENT[facts.employment]),
        F::Seat_Cost__c if !row.number.is_multiple_of(9) => Value::Hundredths(2500 * (1 + i64::from(row.number % 7))),
        F::Contract_End__c => facts.contract_end.map_or(Value::Null, Value::Date),
        _ if row.number == INTEGRATION => integration(key),
        _ if row.number == AUTOMATED => automated(key),
        _ => named(facts, key, row.number),
    }
}

/// A field of the login of a person, who may be one that was created.
pub fn login(row: &Row<'_>, facts: Option<&Facts>, key: F) -> Value<'static> {
    match key {
        F::UserId => refer(row, Object::User, Some(row.number)),
        F::IsFrozen => Value::Bool(facts.is_some_and(|facts| facts.frozen)),
        F::IsPasswordLocked => Value::Bool(facts.is_some_and(|facts| facts.locked)),
        F::LastModifiedDate => Value::Time(facts.map_or(row.data.shape.today, |facts| facts.created)),
        F::LastModifiedById => refer(row, Object::User, Some(row.data.shape.admins().start)),
        _ => Value::Null,
    }
}

fn refer(row: &Row<'_>, object: Object, number: Option<u32>) -> Value<'static> {
    number.map_or(Value::Null, |number| Value::Id(row.data.id(object, number)))
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
