//! The small tables of a fresh org that are stored row by row: the organization, profiles and roles here, the rest in the files below.

mod groups;
mod licenses;
mod packages;
mod sets;

pub use groups::{REGULAR_GROUPS, groups_of_role};
pub use licenses::INTEGRATION_LICENSE;
pub use sets::{ORDINARY_SETS, SETS, hidden_set};

use super::names::{DEPARTMENTS, REGIONS};
use super::shape::PROFILES;
use super::{Cells, Data};
use crate::salesforce::schema::{F, Object};
use crate::salesforce::time::DAY;
use crate::salesforce::value::Value;
use std::borrow::Cow;

/// Fills the stored tables of a fresh org.
pub fn fill(data: &mut Data) {
    organization(data);
    licenses::fill(data);
    for (name, license, kind) in PROFILES {
        data.insert(Object::Profile, profile(data, name, license, kind));
    }
    sets::fill(data);
    for number in 0..data.shape.roles {
        data.insert(Object::UserRole, role(data, number));
    }
    groups::fill(data);
    packages::fill(data);
}

fn organization(data: &mut Data) {
    let mut cells = vec![
        (F::Name, Value::text("Acme")),
        (F::OrganizationType, Value::text("Enterprise Edition")),
        (F::IsSandbox, Value::Bool(false)),
        (F::InstanceName, Value::text("SIM1")),
        (F::CreatedDate, Value::Time(data.shape.today - DAY * 3000)),
    ];
    cells.push((F::SystemModstamp, Value::Time(data.shape.today - DAY * 3)));
    data.insert(Object::Organization, cells);
}

fn owned(text: String) -> Value<'static> {
    Value::Text(Cow::Owned(text))
}

/// The stamps every stored row carries.
fn stamps(data: &Data, age: i64) -> Cells {
    let admin = Value::Id(data.id(Object::User, data.shape.admins().start));
    vec![
        (F::CreatedDate, Value::Time(data.shape.today - DAY * (age + 400))),
        (F::CreatedById, admin.clone()),
        (F::LastModifiedDate, Value::Time(data.shape.today - DAY * age)),
        (F::LastModifiedById, admin),
        (F::SystemModstamp, Value::Time(data.shape.today - DAY * age)),
    ]
}

fn profile(data: &Data, name: &'static str, license: u32, kind: &'static str) -> Cells {
    let mut cells = vec![
        (F::Name, Value::text(name)),
        (F::UserLicenseId, Value::Id(data.id(Object::UserLicense, license))),
        (F::UserType, Value::text(kind)),
    ];
    cells.extend(stamps(data, 45));
    cells
}

/// Role 0 is at the top, 1..=8 lead the departments, then come directors, and managers and teams by region.
fn role(data: &Data, number: u32) -> Cells {
    let (name, parent) = match number {
        0 => ("CEO".to_owned(), None),
        _ => {
            let level = (number - 1) / 8;
            let department = DEPARTMENTS[((number - 1) % 8) as usize];
            let parent = match level {
                0 => 0,
                1 | 2 => number - 8,
                _ => 1 + (number - 1) % 8 + 8 * (1 + (level - 2) / 2),
            };
            (role_name(level, department), Some(parent))
        }
    };
    let mut cells = vec![
        (F::DeveloperName, owned(name.replace(' ', "_"))),
        (F::RollupDescription, owned(name.clone())),
        (F::Name, owned(name)),
        (F::OpportunityAccessForAccountOwner, Value::text("Edit")),
        (F::CaseAccessForAccountOwner, Value::text("None")),
        (F::ContactAccessForAccountOwner, Value::text("Edit")),
        (F::MayForecastManagerShare, Value::Bool(false)),
        (F::PortalType, Value::text("None")),
    ];
    if let Some(parent) = parent {
        cells.push((F::ParentRoleId, Value::Id(data.id(Object::UserRole, parent))));
    }
    cells.extend(stamps(data, 20).into_iter().filter(|(key, _)| !matches!(key, F::CreatedDate | F::CreatedById)));
    cells
}

fn role_name(level: u32, department: &str) -> String {
    match level {
        0 => format!("VP {department}"),
        1 => format!("Director {department}"),
        _ => {
            let place = level - 2;
            let region = REGIONS[(place % 4) as usize];
            match place / 4 {
                0 => format!("{department} {region}"),
                team => format!("{department} {region} Team {team}"),
            }
        }
    }
}
