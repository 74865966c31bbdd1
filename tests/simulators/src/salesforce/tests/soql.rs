//! SOQL beyond plain queries: semi-joins, date literals, FIELDS(), groups, references to one of several objects.

use super::{Lab, query_path};
use crate::salesforce::OrgOptions;
use serde_json::{Value as Json, json};

/// 2026-11-24T15:30:00Z.
const NOW: i64 = 1_795_534_200_000;

impl Lab {
    /// How many records a query finds.
    async fn total(&self, soql: &str) -> u64 {
        self.soql(soql).await["totalSize"].as_u64().unwrap()
    }

    async fn refusal_of(&self, soql: &str, code: &str, message: &str) {
        let (found, text) = self.soql_refused(soql).await;
        assert_eq!(found, code, "{soql}: {text}");
        assert!(text.contains(message), "{soql}: {text}");
    }
}

#[tokio::test]
async fn semi_joins_find_what_two_queries_find() {
    let lab = Lab::small().await;
    let inside = lab
        .total("SELECT Id FROM User WHERE Id IN (SELECT AssigneeId FROM PermissionSetAssignment WHERE PermissionSet.IsOwnedByProfile = false)")
        .await;
    let outside = lab
        .total("SELECT Id FROM User WHERE Id NOT IN (SELECT AssigneeId FROM PermissionSetAssignment WHERE PermissionSet.IsOwnedByProfile = false)")
        .await;
    assert!(inside > 10 && inside + outside == 120, "{inside} and {outside}");
    let one = "SELECT Id FROM Profile WHERE Name = 'Sales User'";
    let by_profile = lab.total(&format!("SELECT Id FROM User WHERE IsActive = true AND ProfileId IN ({one})")).await;
    assert_eq!(
        by_profile,
        lab.total("SELECT Id FROM User WHERE IsActive = true AND Profile.Name = 'Sales User'").await
    );
    let set = "SELECT Id FROM PermissionSet WHERE Name = 'Report_Builder'";
    let two = lab
        .total(&format!("SELECT Id FROM PermissionSetAssignment WHERE PermissionSetId IN ({set}) AND AssigneeId NOT IN (SELECT Id FROM User WHERE IsActive = false)"))
        .await;
    assert_eq!(two, lab.total("SELECT Id FROM PermissionSetAssignment WHERE PermissionSet.Name = 'Report_Builder' AND Assignee.IsActive = true").await);
}

#[tokio::test]
async fn semi_joins_have_rules() {
    let lab = Lab::small().await;
    let psa = "SELECT AssigneeId FROM PermissionSetAssignment";
    let malformed = "MALFORMED_QUERY";
    let refusals = [
        (format!("Id IN ({psa}) OR IsActive = true"), malformed, "only allowed at the top level"),
        (format!("NOT Id IN ({psa})"), malformed, "only allowed at the top level"),
        (format!("Id IN ({psa} WHERE AssigneeId IN (SELECT Id FROM UserLogin))"), malformed, "Nesting of semi join"),
        (format!("Id IN ({psa}) AND Id IN ({psa}) AND Id IN ({psa})"), malformed, "Maximum 2 semi join"),
        ("Id IN (SELECT ManagerId FROM User)".into(), malformed, "should not be on the same object type"),
        ("Name IN (SELECT Name FROM Profile)".into(), malformed, "should point to the same object type"),
        ("ProfileId IN (SELECT AssigneeId FROM PermissionSetAssignment)".into(), malformed, "the same object type"),
        ("ProfileId IN (SELECT Id FROM Profile LIMIT 1)".into(), malformed, "can have no ORDER BY, LIMIT"),
        ("ProfileId IN (SELECT COUNT() FROM Profile)".into(), malformed, "must select exactly one field"),
        ("ProfileId IN (SELECT Id, Name FROM Profile)".into(), malformed, "must select exactly one field"),
        (
            "ProfileId IN (SELECT Id FROM Profil)".into(),
            "INVALID_TYPE",
            "\nId FROM Profil\n   ^\nERROR at Row:1:Column:51",
        ),
        ("ProfileId IN (SELECT Id FROM Profile".into(), malformed, "unexpected token: '<EOF>'"),
    ];
    for (condition, code, message) in refusals {
        lab.refusal_of(&format!("SELECT Id FROM User WHERE {condition}"), code, message).await;
    }
}

#[tokio::test]
async fn date_literals_follow_the_orgs_clock() {
    let lab = Lab::start(OrgOptions { users: 600, now: Some(NOW), ..OrgOptions::default() }).await;
    let pairs = [
        (
            "LastLoginDate = LAST_N_DAYS:30",
            "LastLoginDate >= 2026-10-25T00:00:00Z AND LastLoginDate < 2026-11-25T00:00:00Z",
        ),
        ("LastLoginDate < LAST_N_DAYS:30", "LastLoginDate < 2026-10-25T00:00:00Z"),
        ("LastLoginDate <= YESTERDAY", "LastLoginDate < 2026-11-24T00:00:00Z"),
        ("LastLoginDate > LAST_MONTH", "LastLoginDate >= 2026-11-01T00:00:00Z"),
        ("LastLoginDate >= this_year", "LastLoginDate >= 2026-01-01T00:00:00Z"),
        ("CreatedDate = LAST_YEAR", "CreatedDate >= 2025-01-01T00:00:00Z AND CreatedDate < 2026-01-01T00:00:00Z"),
        ("CreatedDate != LAST_YEAR", "(CreatedDate < 2025-01-01T00:00:00Z OR CreatedDate >= 2026-01-01T00:00:00Z)"),
    ];
    for (literal, moments) in pairs {
        let found = lab.total(&format!("SELECT Id FROM User WHERE {literal}")).await;
        assert_eq!(found, lab.total(&format!("SELECT Id FROM User WHERE {moments}")).await, "{literal}");
        assert!(found > 0, "{literal}");
    }
    lab.refusal_of(
        "SELECT Id FROM User WHERE CreatedDate = LAST_N_DAYS",
        "MALFORMED_QUERY",
        "unexpected token: '<EOF>'",
    )
    .await;
    lab.refusal_of("SELECT Id FROM User WHERE CreatedDate = LAST_N_DAYS:x", "MALFORMED_QUERY", "unexpected token: 'x'")
        .await;
    lab.refusal_of("SELECT Id FROM User WHERE CreatedDate = SOMEDAY", "MALFORMED_QUERY", "unexpected token: 'SOMEDAY'")
        .await;
    lab.refusal_of("SELECT Id FROM User WHERE Name = TODAY", "INVALID_FIELD", "must be of type string").await;
}

#[tokio::test]
async fn fields_stand_for_columns() {
    let lab = Lab::small().await;
    let record = |page: Json| page["records"][0].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let all = record(lab.soql("SELECT FIELDS(ALL) FROM User LIMIT 200").await);
    let standard = record(lab.soql("SELECT FIELDS(STANDARD) FROM User").await);
    let custom = record(lab.soql("SELECT Id, FIELDS(custom) FROM User LIMIT 1").await);
    assert!(custom.contains(&"Backup_Approver__c".to_owned()) && custom.contains(&"Id".to_owned()), "{custom:?}");
    // `attributes` and `Id` are in both.
    assert_eq!(all.len(), standard.len() + custom.len() - 2);
    lab.refusal_of("SELECT FIELDS(ALL) FROM User", "MALFORMED_QUERY", "must have a LIMIT of at most 200").await;
    lab.refusal_of("SELECT FIELDS(CUSTOM) FROM User LIMIT 201", "MALFORMED_QUERY", "LIMIT of at most 200").await;
    lab.refusal_of("SELECT Id, FIELDS(STANDARD) FROM User", "INVALID_FIELD", "duplicate field selected").await;
    lab.refusal_of("SELECT FIELDS(SOME) FROM User", "MALFORMED_QUERY", "unexpected token: 'SOME'").await;
}

#[tokio::test]
async fn records_are_counted_by_group() {
    let lab = Lab::small().await;
    let page = lab
        .soql("SELECT Profile.Name, IsActive, COUNT(Id) people, MAX(NumberOfFailedLogins) FROM User GROUP BY Profile.Name, IsActive ORDER BY COUNT(Id) DESC, Profile.Name")
        .await;
    let rows = page["records"].as_array().unwrap();
    assert_eq!((&rows[0]["attributes"], page["done"].as_bool()), (&json!({ "type": "AggregateResult" }), Some(true)));
    assert!(
        rows[0]["Name"].is_string() && rows[0]["IsActive"].is_boolean() && rows[0]["expr0"].is_i64(),
        "{}",
        rows[0]
    );
    let counts: Vec<i64> = rows.iter().map(|row| row["people"].as_i64().unwrap()).collect();
    assert_eq!(counts.iter().sum::<i64>(), 120);
    assert!(counts.is_sorted_by(|one, two| one >= two), "{counts:?}");
    let one =
        lab.soql("SELECT COUNT(Id), COUNT(ManagerId), COUNT_DISTINCT(ProfileId) FROM User WHERE IsActive = true").await;
    assert_eq!(
        one["records"][0]["expr0"].as_u64(),
        Some(lab.total("SELECT COUNT() FROM User WHERE IsActive = true").await)
    );
    assert!(one["records"][0]["expr1"].as_u64() < one["records"][0]["expr0"].as_u64());
    assert_eq!(lab.total("SELECT Id, COUNT(Name) FROM User GROUP BY Id LIMIT 7").await, 7);
    lab.refusal_of(
        "SELECT Name, COUNT(Id) FROM User GROUP BY ProfileId",
        "MALFORMED_QUERY",
        "Field must be grouped or aggregated: Name",
    )
    .await;
    lab.refusal_of(
        "SELECT COUNT(Id) FROM User GROUP BY CreatedDate",
        "INVALID_FIELD",
        "'CreatedDate' can not be grouped",
    )
    .await;
    lab.refusal_of("SELECT SUM(Name) FROM User", "MALFORMED_QUERY", "does not support aggregate operator SUM").await;
    lab.refusal_of(
        "SELECT ProfileId, COUNT(Id) FROM User GROUP BY ProfileId ORDER BY Name",
        "MALFORMED_QUERY",
        "Ordered field",
    )
    .await;
    lab.refusal_of(
        "SELECT Id, (SELECT Id FROM PermissionSetAssignments) FROM User",
        "INVALID_TYPE",
        "Didn't understand relationship 'PermissionSetAssignments'",
    )
    .await;
}

#[tokio::test]
async fn groups_have_no_second_page() {
    let lab = Lab::start(OrgOptions { users: 2001, ..OrgOptions::default() }).await;
    lab.refusal_of("SELECT Id, COUNT(Name) FROM User GROUP BY Id", "EXCEEDED_ID_LIMIT", "queryMore()").await;
    assert_eq!(lab.total("SELECT Id, COUNT(Name) FROM User GROUP BY Id LIMIT 2000").await, 2000);
}

#[tokio::test]
async fn a_reference_to_one_of_several_objects_shows_names() {
    let lab = Lab::small().await;
    let page = lab.soql("SELECT Id, Related.Name FROM Group").await;
    assert!(
        page["records"]
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["Related"].is_null() || row["Related"]["attributes"]["type"] == "Name")
    );
    lab.refusal_of(
        "SELECT Related.DeveloperName FROM Group",
        "INVALID_FIELD",
        "No such column 'DeveloperName' on entity 'Name'",
    )
    .await;
    let bare = lab.call("GET", &query_path("SELECT Id FROM User LIMIT 1 OFFSET 2001"), None).await;
    assert_eq!((bare.0, &bare.1[0]["errorCode"]), (400, &json!("NUMBER_OUTSIDE_VALID_RANGE")));
}
