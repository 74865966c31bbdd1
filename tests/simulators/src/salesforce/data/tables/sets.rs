//! Permission sets: those of the profiles, those an admin made, a managed one, those that ask for a licence, and groups of sets.

use super::super::shape::PROFILES;
use super::super::{Cells, Data};
use super::{owned, stamps};
use crate::salesforce::schema::{F, Object};
use crate::salesforce::value::Value;

/// The first of `SETS`, which anybody may hold.
pub const ORDINARY_SETS: u32 = 7;

/// A permission set that is not hidden.
#[derive(Debug)]
pub struct Set {
    name: &'static str,
    label: &'static str,
    /// Of the package it came with.
    namespace: Option<&'static str>,
    /// The permission set licence its holder needs.
    pub set_license: Option<u32>,
    /// The user licence its holder must have.
    user_license: Option<u32>,
    gives: &'static [F],
}

const fn set(name: &'static str, label: &'static str, gives: &'static [F]) -> Set {
    Set { name, label, namespace: None, set_license: None, user_license: None, gives }
}

/// All of them; they are numbered from the last hidden set of a profile on.
pub const SETS: [Set; 11] = [
    set("Report_Builder", "Report Builder", &[]),
    set("Contract_Approver", "Contract Approver", &[]),
    set("Export_Reports", "Export Reports", &[]),
    set("Knowledge_Author", "Knowledge Author", &[]),
    set("Api_Access", "API Access", &[F::PermissionsApiEnabled]),
    set("Campaign_Manager", "Campaign Manager", &[]),
    set(
        "User_Administration",
        "User Administration",
        &[F::PermissionsManageUsers, F::PermissionsViewSetup, F::PermissionsAssignPermissionSets],
    ),
    Set { namespace: Some("acmequote"), ..set("Quote_Standard_User", "Quote Standard User", &[]) },
    Set { set_license: Some(0), ..set("Analytics_Viewer", "Analytics Viewer", &[]) },
    Set { set_license: Some(1), ..set("Sales_Planner", "Sales Planner", &[]) },
    Set { user_license: Some(1), ..set("Platform_Builder", "Platform Builder", &[]) },
];

/// Groups: name, label, status, and which of `SETS` they are made of. The first two are assigned to people.
const GROUPS: [(&str, &str, &str, &[u32]); 4] = [
    ("Sales_Core", "Sales Core", "Updated", &[0, 5, 2]),
    ("Support_Core", "Support Core", "Updated", &[3, 0]),
    ("Security_Review", "Security Review", "Updated", &[6]),
    ("Legacy_Bundle", "Legacy Bundle", "Failed", &[1, 2, 4]),
];

/// Fills the tables of sets, groups and components.
pub fn fill(data: &mut Data) {
    let profiles = PROFILES.len() as u32;
    for (number, (name, ..)) in (0..).zip(PROFILES) {
        let hidden = format!("X{}", data.id(Object::Profile, number));
        let mut cells = named(owned(hidden), Value::text(name), "Profile");
        cells.push((F::ProfileId, Value::Id(data.id(Object::Profile, number))));
        cells.extend(stamps(data, 30));
        data.insert(Object::PermissionSet, cells);
    }
    for set in &SETS {
        let mut cells = named(Value::text(set.name), Value::text(set.label), "Regular");
        cells.extend(set.gives.iter().map(|key| (*key, Value::Bool(true))));
        cells.extend(set.namespace.map(|namespace| (F::NamespacePrefix, Value::text(namespace))));
        let licenses = [(Object::PermissionSetLicense, set.set_license), (Object::UserLicense, set.user_license)];
        for (object, number) in licenses {
            cells.extend(number.map(|number| (F::LicenseId, Value::Id(data.id(object, number)))));
        }
        cells.extend(stamps(data, 30));
        data.insert(Object::PermissionSet, cells);
    }
    for (name, label, status, sets) in GROUPS {
        let mut cells: Cells = vec![
            (F::IsDeleted, Value::Bool(false)),
            (F::DeveloperName, Value::text(name)),
            (F::Language, Value::text("en_US")),
            (F::MasterLabel, Value::text(label)),
            (F::Status, Value::text(status)),
            (F::HasActivationRequired, Value::Bool(false)),
        ];
        cells.extend(stamps(data, 25));
        let group = data.insert(Object::PermissionSetGroup, cells);
        let hidden = hidden_set(data, group, Value::text(label));
        data.insert(Object::PermissionSet, hidden);
        for set in sets {
            let mut cells: Cells = vec![
                (F::IsDeleted, Value::Bool(false)),
                (F::PermissionSetGroupId, Value::Id(data.id(Object::PermissionSetGroup, group))),
                (F::PermissionSetId, Value::Id(data.id(Object::PermissionSet, profiles + set))),
            ];
            cells.extend(stamps(data, 25));
            data.insert(Object::PermissionSetGroupComponent, cells);
        }
    }
}

fn named(name: Value<'static>, label: Value<'static>, kind: &'static str) -> Cells {
    vec![
        (F::Name, name),
        (F::Label, label),
        (F::Type, Value::text(kind)),
        (F::IsCustom, Value::Bool(kind == "Regular")),
        (F::IsOwnedByProfile, Value::Bool(kind == "Profile")),
        (F::HasActivationRequired, Value::Bool(false)),
    ]
}

/// The set a group owns: nobody sees it in Setup, and assignments of the group point at it.
pub fn hidden_set(data: &Data, group: u32, label: Value<'static>) -> Cells {
    let id = data.id(Object::PermissionSetGroup, group);
    let mut cells = named(owned(format!("X{id}")), label, "Group");
    cells.push((F::PermissionSetGroupId, Value::Id(id)));
    cells.extend(stamps(data, 25));
    cells
}
