//! Who has which application. Okta lists the users of one application at a time.

use super::{Declared, Each, Listing, Need, Shape, application, choice, id, text, time};
use serde_json::Value as Json;
use weft_integration::prelude::*;

/// Applications whose users are read one after the other: few at a time, so that the place fits into a cursor.
const APPLICATIONS: Listing = Listing { limit: 40, ..application::LISTING };

pub const DECLARED: Declared = Declared {
    object: "ApplicationAssignment",
    describe: object_type,
    // At most 500 on a page (spec, parameter `queryAppLimit`); with profiles of applications in them, half of that is a MiB.
    shape: Shape::Each(Each { of: APPLICATIONS, parents: "applications", tail: "users", limit: 200, record }),
    need: Need { scope: "okta.apps.read", view: "applications and who is assigned to them" },
};

/// Spec, `AppUserStatus`.
const STATUSES: &[(&str, &str)] = &[
    ("ACTIVE", "Active"),
    ("APPROVED", "Approved"),
    ("DEPROVISIONED", "Deprovisioned"),
    ("IMPLICIT", "Implicit"),
    ("IMPORTED", "Imported"),
    ("INACTIVE", "Inactive"),
    ("MATCHED", "Matched"),
    ("PENDING", "Pending"),
    ("PROVISIONED", "Provisioned"),
    ("REVOKED", "Revoked"),
    ("STAGED", "Staged"),
    ("SUSPENDED", "Suspended"),
    ("UNASSIGNED", "Unassigned"),
];

fn object_type() -> ObjectType {
    ObjectType::new("ApplicationAssignment", "Application assignment", "Application assignments")
        .identified_by("id", "id")
        .help("A user's account in an application, as Okta knows it.")
        .with_fields([
            id(),
            text("applicationId", "Application id").shown(),
            text("userId", "User id").shown(),
            choice("scope", "Assigned", &[("USER", "Directly"), ("GROUP", "Through a group")]).shown(),
            choice("status", "Status", STATUSES).shown(),
            text("userName", "Username there").at("/credentials/userName").shown(),
            text("externalId", "Id there"),
            Field::new("syncState", "Synchronization", FieldType::Choice),
            time("created", "Assigned"),
            time("statusChanged", "Status changed"),
            time("lastSync", "Last synchronized"),
            time("lastUpdated", "Last changed"),
        ])
        .with_relationships([
            Relationship::to_one("application", "Application", "Application", "applicationId", "id")
                .seen_back_as("assignments", "Users assigned"),
            Relationship::to_one("user", "User", "User", "userId", "id")
                .seen_back_as("applicationAssignments", "Applications assigned"),
        ])
}

/// An assignment as a record: what Okta says of it, without the user's profile in the application. Its `id` is the user's (spec,
/// `AppUser`), so the application's is put before it.
pub fn record(application: &str, assignment: &Json) -> Option<Json> {
    let user = assignment.get("id")?.as_str()?.to_owned();
    let mut record = assignment.as_object()?.clone();
    for other in ["profile", "_links", "_embedded"] {
        record.remove(other);
    }
    record.insert("id".into(), format!("{application}:{user}").into());
    record.insert("applicationId".into(), application.into());
    record.insert("userId".into(), user.into());
    Some(Json::Object(record))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_assignment_is_named_by_both() {
        let assignment = json!({ "id": "00u2", "scope": "USER", "profile": { "salary": 1 }, "_links": {}, "credentials": { "userName": "ada" } });
        let record = record("0oa1", &assignment).unwrap();
        let expected = json!({
            "id": "0oa1:00u2", "applicationId": "0oa1", "userId": "00u2", "scope": "USER", "credentials": { "userName": "ada" }
        });
        assert_eq!(record, expected);
        assert_eq!(super::record("0oa1", &json!({ "scope": "USER" })), None);
    }
}
