//! Licences of users, permission sets and packages.

use super::super::shape::LICENSES;
use super::super::{Cells, Data};
use super::stamps;
use crate::salesforce::schema::{F, Object};
use crate::salesforce::time::DAY;
use crate::salesforce::value::Value;

/// The permission set licence of integration users.
pub const INTEGRATION_LICENSE: u32 = 3;
/// Most of the platform licences are in use: this many are left.
const PLATFORM_LEFT: i64 = 2;

/// How many licences there are.
enum Seats {
    /// This many more than are in use.
    Left(i64),
    Exactly(i64),
    /// As many as every `.0`th user, and a few: far more than are in use.
    OneIn(u32),
    /// A licence for the whole org.
    Site,
}

/// Licences for permission sets: label, key, status, seats, and in how many days they expire.
const SET_LICENSES: [(&str, &str, &str, Seats, Option<i64>); 5] = [
    ("CRM Analytics Plus", "EinsteinAnalyticsPlusPsl", "Active", Seats::Left(10), None),
    ("Sales Planning", "SalesPlanningPsl", "Active", Seats::Left(5), Some(21)),
    ("Sales Console User", "SalesConsoleUserPsl", "Active", Seats::OneIn(5), Some(400)),
    ("Salesforce API Integration", "SalesforceAPIIntegrationPsl", "Active", Seats::Exactly(5), None),
    ("Identity Connect", "IdentityConnectPsl", "Disabled", Seats::Exactly(0), Some(-40)),
];
/// Licences of packages: namespace, status, seats, and in how many days they expire.
const PACKAGE_LICENSES: [(&str, &str, Seats, Option<i64>); 5] = [
    ("acmequote", "Active", Seats::Left(8), None),
    ("docsign", "Active", Seats::OneIn(4), Some(200)),
    ("fieldmaps", "Trial", Seats::Exactly(25), Some(14)),
    ("gridtools", "Active", Seats::Site, None),
    ("oldsurvey", "Expired", Seats::Exactly(10), Some(-90)),
];

/// Fills the three tables of licences.
pub fn fill(data: &mut Data) {
    for (number, (name, key)) in LICENSES.iter().enumerate() {
        let used = i64::from(data.used(Object::UserLicense, number as u32));
        let total = if number == 1 { used + PLATFORM_LEFT } else { used + (used / 12).max(3) };
        let mut cells = vec![
            (F::LicenseDefinitionKey, Value::text(key)),
            (F::Name, Value::text(name)),
            (F::MasterLabel, Value::text(name)),
            (F::Status, Value::text("Active")),
            (F::TotalLicenses, Value::Int(total)),
            (F::UsedLicensesLastUpdated, Value::Time(data.shape.today)),
        ];
        cells.extend(stamps(data, 60));
        data.insert(Object::UserLicense, cells);
    }
    for (number, (label, key, status, seats, days)) in SET_LICENSES.iter().enumerate() {
        let total = total(data, Object::PermissionSetLicense, number as u32, seats);
        let mut cells: Cells = vec![
            (F::IsDeleted, Value::Bool(false)),
            (F::DeveloperName, Value::text(key)),
            (F::Language, Value::text("en_US")),
            (F::MasterLabel, Value::text(label)),
            (F::PermissionSetLicenseKey, Value::text(key)),
            (F::Status, Value::text(status)),
            (F::TotalLicenses, Value::Int(total)),
            (F::IsAvailableForIntegrations, Value::Bool(number as u32 == INTEGRATION_LICENSE)),
        ];
        cells.extend(days.map(|days| (F::ExpirationDate, Value::Date(data.shape.today / DAY + days))));
        cells.extend(stamps(data, 60));
        data.insert(Object::PermissionSetLicense, cells);
    }
    for (number, (namespace, status, seats, days)) in PACKAGE_LICENSES.iter().enumerate() {
        let total = total(data, Object::PackageLicense, number as u32, seats);
        let mut cells: Cells = vec![
            (F::NamespacePrefix, Value::text(namespace)),
            (F::Status, Value::text(status)),
            (F::IsProvisioned, Value::Bool(*status != "Expired")),
            (F::AllowedLicenses, Value::Int(total)),
            (F::IsAvailableForIntegrations, Value::Bool(false)),
        ];
        cells.extend(days.map(|days| (F::ExpirationDate, Value::Time(data.shape.today + DAY * days))));
        cells.extend(stamps(data, 60));
        data.insert(Object::PackageLicense, cells);
    }
}

fn total(data: &Data, object: Object, number: u32, seats: &Seats) -> i64 {
    match seats {
        Seats::Left(left) => i64::from(data.used(object, number)) + left,
        Seats::Exactly(total) => *total,
        Seats::OneIn(users) => i64::from(data.shape.users / users + 20),
        Seats::Site => -1,
    }
}
