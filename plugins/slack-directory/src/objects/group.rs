//! User groups, the disabled ones too.

use super::{filled, flag, moment, text, time};
use serde::{Deserialize, Serialize};
use weft_integration::prelude::*;

/// Groups that Slack keeps by itself.
const KEPT_BY: &[(&str, &str)] = &[("admin", "Workspace admins"), ("owner", "Workspace owners")];

pub fn object_type() -> ObjectType {
    ObjectType::new("UserGroup", "User group", "User groups")
        .help("Groups that people mention by a handle such as @marketing.")
        .identified_by("Id", "Handle")
        .labelled("Name")
        .ordered()
        .with_fields([
            text("Id", "Id"),
            text("Handle", "Handle").shown(),
            text("Name", "Name").shown(),
            text("Description", "Description"),
            flag("IsActive", "Active").shown().help("A disabled group cannot be mentioned any more."),
            flag("IsExternal", "External").help("Comes from another workspace over a shared channel."),
            Field::new("KeptBy", "Kept by Slack", FieldType::Choice)
                .with_choices(KEPT_BY)
                .help("Slack itself keeps who is in it; empty for all others."),
            text("CreatedById", "Created by id"),
            time("Created", "Created").shown(),
            time("Updated", "Updated"),
            time("Disabled", "Disabled"),
        ])
        .with_derived([DerivedField::new("MemberCount", "Members", "members", Aggregate::Count)
            .needing(&["UserGroupMember"])
            .help("Users in the group, the deactivated ones too.")])
        .with_relationships([Relationship::to_one("createdBy", "Created by", "User", "CreatedById", "Id")
            .seen_back_as("createdUserGroups", "User groups created")])
}

/// A user group as Slack writes one, with who is in it where that was asked for.
#[derive(Debug, Deserialize)]
pub struct Group {
    pub id: String,
    handle: Option<String>,
    name: Option<String>,
    description: Option<String>,
    is_external: Option<bool>,
    auto_type: Option<String>,
    created_by: Option<String>,
    date_create: Option<i64>,
    date_update: Option<i64>,
    date_delete: Option<i64>,
    #[serde(default)]
    pub users: Vec<String>,
}

/// A user group as a record.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Record {
    pub id: String,
    handle: Option<String>,
    name: Option<String>,
    description: Option<String>,
    is_active: bool,
    is_external: Option<bool>,
    kept_by: Option<String>,
    created_by_id: Option<String>,
    created: Option<i64>,
    updated: Option<i64>,
    disabled: Option<i64>,
}

impl From<Group> for Record {
    fn from(group: Group) -> Self {
        let disabled = moment(group.date_delete);
        Self {
            id: group.id,
            handle: filled(group.handle),
            name: filled(group.name),
            description: filled(group.description),
            is_active: disabled.is_none(),
            is_external: group.is_external,
            kept_by: filled(group.auto_type),
            created_by_id: filled(group.created_by),
            created: moment(group.date_create),
            updated: moment(group.date_update),
            disabled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_group_is_active_until_it_has_an_end() {
        let group = |end: i64| -> Record {
            let json = json!({ "id": "S1", "handle": "x", "auto_type": null, "date_delete": end });
            serde_json::from_value::<Group>(json).unwrap().into()
        };
        assert!(group(0).is_active && !group(1_700_000_000).is_active);
        assert_eq!((group(0).disabled, group(0).created), (None, None));
    }

    #[test]
    fn every_field_of_the_object_is_in_the_record() {
        let record = Record::from(serde_json::from_value::<Group>(json!({ "id": "S1" })).unwrap());
        let json = serde_json::to_value(record).unwrap();
        let fields = object_type().fields;
        assert!(fields.iter().all(|field| json.get(&field.name).is_some()), "{json}");
        assert_eq!(json.as_object().unwrap().len(), fields.len());
    }
}
