//! Who is in which user group: a record for each user of each group.

use super::{group::Group, text};
use serde::Serialize;
use weft_integration::prelude::*;

pub fn object_type() -> ObjectType {
    ObjectType::new("UserGroupMember", "User group member", "User group members")
        .help("A user in a user group.")
        .identified_by("Id", "Id")
        .ordered()
        .with_fields([
            text("Id", "Id").help("The group's id and the user's."),
            text("UserGroupId", "User group id").shown(),
            text("UserId", "User id").shown(),
        ])
        .with_relationships([
            Relationship::to_one("group", "User group", "UserGroup", "UserGroupId", "Id")
                .seen_back_as("members", "Members"),
            Relationship::to_one("user", "User", "User", "UserId", "Id")
                .seen_back_as("memberships", "User group memberships"),
        ])
}

/// A membership as a record.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Record {
    pub id: String,
    user_group_id: String,
    user_id: String,
}

/// The memberships of these groups in order of their key, those after `after` only.
pub fn records(groups: &[Group], after: Option<&str>) -> Vec<Record> {
    let of = |group: &Group| {
        let record = |user: &String| Record {
            id: format!("{}:{user}", group.id),
            user_group_id: group.id.clone(),
            user_id: user.clone(),
        };
        group.users.iter().map(record).collect::<Vec<_>>()
    };
    let mut records: Vec<Record> = groups.iter().flat_map(of).collect();
    records.retain(|record| after.is_none_or(|after| record.id.as_str() > after));
    records.sort_unstable();
    records.dedup();
    records
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn memberships_come_in_order_of_key_and_go_on_after_one() {
        let groups =
            json!([{ "id": "S2", "users": ["U1"] }, { "id": "S1", "users": ["U9", "U2", "U2"] }, { "id": "S3" }]);
        let groups: Vec<Group> = serde_json::from_value(groups).unwrap();
        let ids = |after| records(&groups, after).into_iter().map(|record| record.id).collect::<Vec<_>>();
        assert_eq!(ids(None), ["S1:U2", "S1:U9", "S2:U1"]);
        assert_eq!(ids(Some("S1:U9")), ["S2:U1"]);
    }
}
