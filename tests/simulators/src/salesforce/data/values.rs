//! The fields of the rows that tie people to something, and of their logins, as they follow from the seed.

use super::grants::Grant;
use super::links::{APPS, Link};
use super::logins::{KINDS, Login};
use super::row::Row;
use super::shape::{Facts, mix};
use crate::salesforce::schema::{F, Object};
use crate::salesforce::time::DAY;
use crate::salesforce::value::Value;
use std::borrow::Cow;

/// How long a session lives without a call, in seconds: the default of a new org.
const SESSION_SECONDS: i64 = 7200;
/// Letters of a seeded token.
const TOKEN_LETTERS: usize = 64;
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The value of a field of a row that follows from the seed.
pub fn value(row: &Row<'_>, key: F) -> Value<'static> {
    let (shape, number) = (&row.data.shape, row.number);
    if row.object == Object::LoginHistory {
        return row.data.login(number).map_or(Value::Null, |login| of_login(row, login, key));
    }
    if row.object == Object::PermissionSetAssignment && number < shape.users {
        return of_profile_assignment(row, key);
    }
    let Some(link) = row.data.link(row.object, number) else { return Value::Null };
    if row.object.owner_field() == Some(key) {
        return row.refer(Object::User, link.user);
    }
    match row.object {
        Object::PermissionSetAssignment => of_assignment(row, link, key),
        Object::PermissionSetLicenseAssign => match key {
            F::PermissionSetLicenseId => row.refer(Object::PermissionSetLicense, link.to),
            F::IsDeleted => Value::Bool(false),
            key => stamp(row, key),
        },
        Object::UserPackageLicense => match key {
            F::PackageLicenseId => row.refer(Object::PackageLicense, link.to),
            key => stamp(row, key),
        },
        Object::GroupMember => match key {
            F::GroupId => row.refer(Object::Group, link.to),
            key => stamp(row, key),
        },
        Object::OauthToken => of_token(row, link, key),
        Object::AuthSession => of_session(row, link, key),
        _ => Value::Null,
    }
}

/// When the row was made, by whom, and that it never changed.
fn stamp(row: &Row<'_>, key: F) -> Value<'static> {
    let draw = mix(row.data.shape.seed ^ u64::from(row.number) ^ ((row.object as u64) << 40));
    match key {
        F::CreatedDate | F::LastModifiedDate | F::SystemModstamp => {
            Value::Time(row.data.shape.today - DAY * (1 + (draw % 700) as i64) - ((draw >> 16) % 86_400) as i64 * 1000)
        }
        F::CreatedById | F::LastModifiedById => row.refer(Object::User, row.data.shape.admins().start),
        _ => Value::Null,
    }
}

fn of_profile_assignment(row: &Row<'_>, key: F) -> Value<'static> {
    match key {
        F::AssigneeId => row.refer(Object::User, row.number),
        F::PermissionSetId => row.data.profile_set(row.number),
        key => stamp(row, key),
    }
}

/// A few assignments have run out, and a few will within two months.
fn of_assignment(row: &Row<'_>, link: Link, key: F) -> Value<'static> {
    let grant = Grant::from_code(link.to);
    let place = i64::from(row.number - row.data.shape.users);
    match (key, grant) {
        (F::PermissionSetId, Grant::Set(set)) => row.refer(Object::PermissionSet, set),
        (F::PermissionSetId, Grant::Group(group)) => {
            row.data.set_of_group(group).map_or(Value::Null, |set| row.refer(Object::PermissionSet, set))
        }
        (F::PermissionSetGroupId, Grant::Group(group)) => row.refer(Object::PermissionSetGroup, group),
        (F::ExpirationDate, _) if place % 97 == 5 => Value::Time(row.data.shape.today - DAY * (1 + place % 90)),
        (F::ExpirationDate, _) if place % 61 == 7 => Value::Time(row.data.shape.today + DAY * (2 + place % 58)),
        (key, _) => stamp(row, key),
    }
}

/// One in ten was never used, three in ten not for half a year.
fn of_token(row: &Row<'_>, link: Link, key: F) -> Value<'static> {
    let draw = mix(row.data.shape.seed ^ u64::from(row.number) ^ (7 << 50));
    let days = match draw % 10 {
        0..4 => 181 + (draw >> 8) as i64 % 400,
        _ => (draw >> 8) as i64 % 30,
    };
    let used = row.data.shape.today - DAY * days - ((draw >> 24) % 86_400) as i64 * 1000;
    let unused = draw.is_multiple_of(10);
    match key {
        F::AppName => Value::text(APPS[(link.to & 0xff) as usize]),
        F::CreatedDate => Value::Time(used - DAY * ((draw >> 32) % 300) as i64 - 60_000),
        F::LastUsedDate if unused => Value::Null,
        F::LastUsedDate => Value::Time(used),
        F::UseCount if unused => Value::Int(0),
        F::UseCount => Value::Int(1 + ((draw >> 40) % 900) as i64),
        F::DeleteToken => secret(row, 1),
        F::AccessToken => secret(row, 2),
        _ => Value::Null,
    }
}

fn secret(row: &Row<'_>, salt: u64) -> Value<'static> {
    let mut text = String::with_capacity(TOKEN_LETTERS);
    let mut draw = row.data.shape.seed ^ (u64::from(row.number) << 8) ^ (salt << 56);
    while text.len() < TOKEN_LETTERS {
        draw = mix(draw);
        text.extend((0..8).map(|place| DIGITS[(draw >> (place * 8)) as usize % DIGITS.len()] as char));
    }
    Value::Text(Cow::Owned(text))
}

fn of_session(row: &Row<'_>, link: Link, key: F) -> Value<'static> {
    let last = Facts::of(&row.data.shape, link.user).last_login.unwrap_or(row.data.shape.today);
    match key {
        F::CreatedDate => Value::Time(last),
        F::LastModifiedDate => {
            Value::Time(last.max(row.data.shape.today - 1000 * (i64::from(link.user) % SESSION_SECONDS)))
        }
        F::NumSecondsValid => Value::Int(SESSION_SECONDS),
        F::UserType => Value::text("Standard"),
        F::SourceIp => address(link.user),
        F::LoginType => Value::text("Application"),
        F::SessionType => Value::text("UI"),
        F::SessionSecurityLevel => Value::text("STANDARD"),
        F::IsCurrent => Value::Bool(false),
        _ => Value::Null,
    }
}

fn of_login(row: &Row<'_>, login: Login, key: F) -> Value<'static> {
    let kind = &KINDS[login.kind as usize];
    match key {
        F::UserId => row.refer(Object::User, login.user),
        F::LoginTime => Value::Time(i64::from(login.at) * 1000),
        F::LoginType => Value::text(kind.login_type),
        F::LoginUrl => Value::text("acme.my.salesforce.com"),
        F::Application => Value::text(kind.application),
        F::Browser => Value::text(kind.browser),
        F::Platform => Value::text(kind.platform),
        F::Status => Value::text(kind.status),
        F::ApiType => Value::text(kind.api_type),
        F::ApiVersion => Value::text(kind.api_version),
        F::ClientVersion => Value::text("N/A"),
        F::SourceIp => address(login.user),
        F::CountryIso => Value::text(["GB", "US", "JP", "DE"][Facts::of(&row.data.shape, login.user).region]),
        F::TlsProtocol => Value::text("TLS 1.3"),
        F::CipherSuite => Value::text("TLS_AES_256_GCM_SHA384"),
        F::OptionsIsGet => Value::Bool(false),
        F::OptionsIsPost => Value::Bool(true),
        _ => Value::Null,
    }
}

/// An address of the ranges kept for documentation.
fn address(user: u32) -> Value<'static> {
    let net = ["192.0.2", "198.51.100", "203.0.113"][user as usize % 3];
    Value::Text(Cow::Owned(format!("{net}.{}", 1 + mix(u64::from(user)) % 254)))
}
