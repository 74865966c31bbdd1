//! Public groups and queues, the groups that roles and managers imply, and groups inside groups.

use super::super::{Cells, Data};
use super::stamps;
use crate::salesforce::schema::{F, Object};
use crate::salesforce::value::Value;

/// The first of `GROUPS`, which people are put into.
pub const REGULAR_GROUPS: u32 = 5;
/// Managers for whom somebody once shared something, so that they have groups.
const MANAGERS: u32 = 3;

const GROUPS: [(&str, &str, &str); 8] = [
    ("Finance Approvers", "Finance_Approvers", "Regular"),
    ("Deal Desk", "Deal_Desk", "Regular"),
    ("Incident Responders", "Incident_Responders", "Regular"),
    ("New Joiners", "New_Joiners", "Regular"),
    ("Tier 2 Support", "Tier_2_Support", "Queue"),
    ("", "AllInternalUsers", "Organization"),
    ("All Approvers", "All_Approvers", "Regular"),
    ("Everyone On Call", "Everyone_On_Call", "Regular"),
];
/// Groups that are members of groups: of which, and which. The last is two deep.
const NESTED: [(u32, u32); 4] = [(6, 0), (6, 1), (7, 2), (7, 6)];

/// Fills the tables of groups and of groups inside groups.
pub fn fill(data: &mut Data) {
    for (name, developer, kind) in GROUPS {
        let name = if name.is_empty() { Value::Null } else { Value::text(name) };
        let mut cells = vec![
            (F::Name, name),
            (F::DeveloperName, Value::text(developer)),
            (F::Type, Value::text(kind)),
            (F::DoesSendEmailToMembers, Value::Bool(false)),
            (F::DoesIncludeBosses, Value::Bool(kind == "Regular")),
            (F::OwnerId, Value::Id(data.id(Object::User, data.shape.admins().start))),
        ];
        cells.extend(stamps(data, 10));
        data.insert(Object::Group, cells);
    }
    for role in 0..data.shape.roles {
        groups_of_role(data, role);
    }
    let first = data.shape.admins().start;
    for manager in first..first + MANAGERS {
        for kind in ["Manager", "ManagerAndSubordinatesInternal"] {
            let cells = implied(data, kind, Object::User, manager);
            data.insert(Object::Group, cells);
        }
    }
    let mut members = NESTED.to_vec();
    // The top role with all below it is in the group of those on call.
    members.push((7, GROUPS.len() as u32 + 1));
    for (group, member) in members {
        let mut cells: Cells = vec![
            (F::GroupId, Value::Id(data.id(Object::Group, group))),
            (F::UserOrGroupId, Value::Id(data.id(Object::Group, member))),
        ];
        cells.extend(stamps(data, 10).into_iter().filter(|(key, _)| *key == F::SystemModstamp));
        data.insert(Object::GroupMember, cells);
    }
}

/// Makes the two groups that come with a role.
pub fn groups_of_role(data: &mut Data, role: u32) {
    for kind in ["Role", "RoleAndSubordinates"] {
        let cells = implied(data, kind, Object::UserRole, role);
        data.insert(Object::Group, cells);
    }
}

/// A group that a role or a manager implies: it has no name of its own.
fn implied(data: &Data, kind: &'static str, object: Object, number: u32) -> Cells {
    let mut cells = vec![
        (F::Type, Value::text(kind)),
        (F::RelatedId, Value::Id(data.id(object, number))),
        (F::DoesSendEmailToMembers, Value::Bool(false)),
        (F::DoesIncludeBosses, Value::Bool(false)),
        (F::OwnerId, Value::Id(data.id(Object::User, data.shape.admins().start))),
    ];
    cells.extend(stamps(data, 10));
    cells
}
