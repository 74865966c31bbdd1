//! Groups: those that are managed in Okta, those that an app or a directory gives, and those of Okta itself.

use super::{Declared, Listing, Need, Shape, choice, count, id, text, time};
use weft_integration::prelude::*;

/// Okta recommends at most 200 on a page (spec, `GET /api/v1/groups`).
pub const LISTING: Listing = Listing { path: "/api/v1/groups", query: &[], limit: 200, finish: None };

pub const DECLARED: Declared = Declared {
    object: "Group",
    describe: object_type,
    shape: Shape::Whole(LISTING),
    need: Need { scope: "okta.groups.read", view: "groups" },
};

/// Spec, `GroupType`: who decides who is a member.
const TYPES: &[(&str, &str)] =
    &[("OKTA_GROUP", "Okta group"), ("APP_GROUP", "Group of an app"), ("BUILT_IN", "Built in")];

fn object_type() -> ObjectType {
    ObjectType::new("Group", "Group", "Groups")
        .identified_by("id", "name")
        .help("Members of Okta groups are managed in Okta, those of app groups where they come from.")
        .linked("{base}/admin/group/{id}")
        .with_fields([
            id(),
            text("name", "Name").at("/profile/name").shown(),
            Field::new("description", "Description", FieldType::LongText).at("/profile/description").shown(),
            choice("type", "Type", TYPES).shown(),
            text("sourceId", "Source application id").at("/source/id"),
            time("created", "Created"),
            time("lastUpdated", "Last changed"),
            time("lastMembershipUpdated", "Members changed").shown(),
        ])
        .with_derived([count("memberCount", "Members", "members", "GroupMember")])
        .with_relationships([Relationship::to_one("source", "Source application", "Application", "sourceId", "id")
            .seen_back_as("groups", "Groups of this application")])
}
