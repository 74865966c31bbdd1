//! The small tables of a fresh org: roles in a tree, profiles, licences, groups, permission sets, the organization.

use super::names::{DEPARTMENTS, REGIONS};
use super::shape::{LICENSES, PROFILES};
use super::{Cells, Data};
use crate::salesforce::schema::{F, Object};
use crate::salesforce::time::DAY;
use crate::salesforce::value::Value;
use std::borrow::Cow;

/// Permission sets an admin made: name and label.
pub const ORDINARY_SETS: [(&str, &str); 6] = [
    ("Report_Builder", "Report Builder"),
    ("Contract_Approver", "Contract Approver"),
    ("Export_Reports", "Export Reports"),
    ("Knowledge_Author", "Knowledge Author"),
    ("Api_Access", "API Access"),
    ("Campaign_Manager", "Campaign Manager"),
];
const GROUPS: [(&str, &str, &str); 6] = [
    ("Finance Approvers", "Finance_Approvers", "Regular"),
    ("Deal Desk", "Deal_Desk", "Regular"),
    ("Incident Responders", "Incident_Responders", "Regular"),
    ("New Joiners", "New_Joiners", "Regular"),
    ("Tier 2 Support", "Tier_2_Support", "Queue"),
    ("", "AllInternalUsers", "Organization"),
];

/// Fills the stored tables of a fresh org.
pub fn fill(data: &mut Data) {
    organization(data);
    for (number, (name, key)) in LICENSES.iter().enumerate() {
        data.insert(Object::UserLicense, license(data, number as u32, name, key));
    }
    for (name, license, kind) in PROFILES {
        data.insert(Object::Profile, profile(data, name, license, kind));
    }
    for (number, (name, ..)) in PROFILES.iter().enumerate() {
        let label = format!("X{}", data.id(Object::Profile, number as u32));
        data.insert(Object::PermissionSet, permission_set(data, &label, name, Some(number as u32)));
    }
    for (name, label) in ORDINARY_SETS {
        data.insert(Object::PermissionSet, permission_set(data, name, label, None));
    }
    for number in 0..data.shape.roles {
        data.insert(Object::UserRole, role(data, number));
    }
    for (name, developer, kind) in GROUPS {
        data.insert(Object::Group, group(data, name, developer, kind));
    }
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

fn license(data: &Data, number: u32, name: &'static str, key: &'static str) -> Cells {
    let used = i64::from(data.used(number));
    // The platform licence is the one about to run out; the rest have some room.
    let total = if number == 1 { used + 2 } else { used + (used / 12).max(3) };
    let mut cells = vec![
        (F::LicenseDefinitionKey, Value::text(key)),
        (F::Name, Value::text(name)),
        (F::MasterLabel, Value::text(name)),
        (F::Status, Value::text("Active")),
        (F::TotalLicenses, Value::Int(total)),
        (F::UsedLicensesLastUpdated, Value::Time(data.shape.today)),
    ];
    cells.extend(stamps(data, 60));
    cells
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

fn permission_set(data: &Data, name: &str, label: &'static str, profile: Option<u32>) -> Cells {
    let mut cells = vec![
        (F::Name, owned(name.to_owned())),
        (F::Label, Value::text(label)),
        (F::Type, Value::text(if profile.is_some() { "Profile" } else { "Regular" })),
        (F::IsCustom, Value::Bool(profile.is_none())),
        (F::IsOwnedByProfile, Value::Bool(profile.is_some())),
        (F::HasActivationRequired, Value::Bool(false)),
    ];
    if let Some(profile) = profile {
        cells.push((F::ProfileId, Value::Id(data.id(Object::Profile, profile))));
    }
    cells.extend(stamps(data, 30));
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

fn group(data: &Data, name: &'static str, developer: &'static str, kind: &'static str) -> Cells {
    let mut cells = vec![
        (F::Name, Value::text(name)),
        (F::DeveloperName, Value::text(developer)),
        (F::Type, Value::text(kind)),
        (F::DoesSendEmailToMembers, Value::Bool(false)),
        (F::DoesIncludeBosses, Value::Bool(kind == "Regular")),
    ];
    cells.extend(stamps(data, 10));
    cells
}
