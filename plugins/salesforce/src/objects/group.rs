//! Groups: public groups and queues, and those that Salesforce makes of roles and managers.

use super::{choice, count, flag, id, long_text, page, stamps, text, to_one};
use crate::reading::{Part, Reading, Source};
use crate::record::Record;
use weft_integration::prelude::*;

pub const READING: Reading = Reading::merged(
    "Group",
    &[Part {
        source: Source::of("Group", "ViewSetup"),
        prefix: "00G",
        title: "groups",
        kind: None,
        columns: &[
            ("Id", "Id"),
            ("Name", "Name"),
            ("DeveloperName", "DeveloperName"),
            ("Description", "Description"),
            ("Type", "Type"),
            ("RelatedId", "RelatedId"),
            ("RelatedName", "Related.Name"),
            ("OwnerId", "OwnerId"),
            ("Email", "Email"),
            ("DoesSendEmailToMembers", "DoesSendEmailToMembers"),
            ("DoesIncludeBosses", "DoesIncludeBosses"),
            ("CreatedDate", "CreatedDate"),
            ("CreatedById", "CreatedById"),
            ("LastModifiedDate", "LastModifiedDate"),
            ("LastModifiedById", "LastModifiedById"),
            ("SystemModstamp", "SystemModstamp"),
        ],
        finish: name,
    }],
);

/// The types, and what is said behind the name of the role or manager that a group is made of.
const TYPES: &[(&str, &str, &str)] = &[
    ("Regular", "Public group", ""),
    ("Queue", "Queue", ""),
    ("Role", "Role", " (role)"),
    ("RoleAndSubordinates", "Role and subordinates", " (role and subordinates)"),
    ("RoleAndSubordinatesInternal", "Role and internal subordinates", " (role and internal subordinates)"),
    ("Organization", "All internal users", ""),
    ("Manager", "Manager", " (manager)"),
    ("ManagerAndSubordinatesInternal", "Manager and subordinates", " (manager and subordinates)"),
    ("Territory", "Territory", " (territory)"),
    ("TerritoryAndSubordinates", "Territory and subordinates", " (territory and subordinates)"),
    ("AllCustomerPortal", "All customer portal users", ""),
    ("PRMOrganization", "All partner users", ""),
    ("CollaborationGroup", "Chatter group", ""),
    ("ChannelProgramGroup", "Channel program group", ""),
    ("Participant", "Participant group", ""),
];

pub fn object_type() -> ObjectType {
    let types: Vec<(&str, &str)> = TYPES.iter().map(|(name, title, _)| (*name, *title)).collect();
    page("Group", "Group", "Groups", "DisplayName")
        .help("Public groups and queues have members; groups of roles and managers are kept by Salesforce itself.")
        .with_fields([
            id(),
            text("DisplayName", "Name").shown().help("Groups of roles and managers are named after these."),
            text("Name", "Own name"),
            text("DeveloperName", "API name").shown(),
            long_text("Description", "Description"),
            choice("Type", "Type", &types).shown(),
            text("RelatedId", "Role or manager id"),
            text("RelatedName", "Role or manager"),
            text("OwnerId", "Owner id"),
            text("Email", "Queue email"),
            flag("DoesSendEmailToMembers", "Emails its members"),
            flag("DoesIncludeBosses", "Grants access to managers"),
        ])
        .with_fields(stamps())
        .with_derived([count("MemberCount", "Direct members", "members", &["GroupMember"])])
        .with_relationships([
            to_one("role", "Role", "UserRole", "RelatedId").seen_back_as("groups", "Groups of this role"),
            to_one("manager", "Manager", "User", "RelatedId").seen_back_as("managerGroups", "Groups of this manager"),
        ])
}

/// What people call the group: its own name; else the role or manager it is made of; else what its type says, with the API name
/// where there are several of that type.
fn name(group: &mut Record<'_>) {
    let text = |name: &str| group.get::<String>(name).filter(|text| !text.trim().is_empty());
    let kind = text("Type");
    let found = TYPES.iter().find(|(name, ..)| Some(*name) == kind.as_deref());
    let display = match (text("Name"), text("RelatedName"), found) {
        (Some(name), ..) => name,
        (None, Some(related), found) => format!("{related}{}", found.map_or("", |(.., suffix)| suffix)),
        (None, None, Some(("Organization", ..))) => "All Internal Users".to_owned(),
        (None, None, found) => {
            let title = found.map(|(_, title, _)| *title).or(kind.as_deref()).unwrap_or("Group");
            match text("DeveloperName").or(text("RelatedId")).or(text("Id")) {
                Some(own) => format!("{title} {own}"),
                None => title.to_owned(),
            }
        }
    };
    group.set("DisplayName", &display);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_group_is_called_as_people_call_it() {
        for (group, called) in [
            (json!({ "Name": "Finance", "Type": "Regular" }), "Finance"),
            (json!({ "Name": "", "Type": "Role", "RelatedName": "CEO" }), "CEO (role)"),
            (json!({ "Name": null, "Type": "RoleAndSubordinates", "RelatedName": "VP" }), "VP (role and subordinates)"),
            (json!({ "Name": null, "Type": "Manager", "RelatedName": "Ada Byron" }), "Ada Byron (manager)"),
            (json!({ "Type": "Organization", "RelatedName": null }), "All Internal Users"),
            (json!({ "Type": "Role", "RelatedId": "00E1" }), "Role 00E1"),
            (json!({ "Type": "Novel", "RelatedName": "X" }), "X"),
            (json!({ "Type": "Novel", "DeveloperName": "N_1" }), "Novel N_1"),
            (json!({ "Id": "00G1" }), "Group 00G1"),
        ] {
            let mut record = Record::of(&group);
            name(&mut record);
            assert_eq!(record.json()["DisplayName"], called, "{group}");
        }
    }
}
