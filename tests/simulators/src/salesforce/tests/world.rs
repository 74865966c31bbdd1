//! What a seeded org looks like, and its page for people.

use super::Lab;
use crate::salesforce::{OrgOptions, Salesforce};
use serde_json::json;
use std::collections::BTreeMap;

#[tokio::test]
async fn the_same_seed_gives_the_same_org_and_another_a_different_one() {
    let org = async |seed: u64| {
        let options = OrgOptions { seed, users: 300, now: Some(1_790_000_000_000), ..OrgOptions::default() };
        let server = Salesforce::start(options).await.unwrap();
        server
            .org()
            .query("SELECT Id, Username, IsActive, ProfileId, UserRoleId, ManagerId, LastLoginDate FROM User")
            .unwrap()
    };
    let (first, again, other) = (org(7).await, org(7).await, org(8).await);
    assert_eq!(first, again);
    assert!(first.iter().zip(&other).all(|(one, two)| one["Id"] != two["Id"]));
}

#[tokio::test]
async fn the_people_are_plausible() {
    let lab = Lab::start(OrgOptions { users: 4000, ..OrgOptions::default() }).await;
    let rows = lab.org.query("SELECT Name, Username, Department, IsActive, LastLoginDate, CreatedDate, UserRole.Name, Manager.Id, Profile.UserLicense.Name FROM User").unwrap();
    let share =
        |wanted: &dyn Fn(&serde_json::Value) -> bool| rows.iter().filter(|row| wanted(row)).count() * 100 / rows.len();
    assert!((10..=14).contains(&share(&|row| row["IsActive"] == false)));
    assert!((7..=11).contains(&share(&|row| row["LastLoginDate"].is_null())));
    assert!((88..=99).contains(&share(&|row| !row["UserRole"].is_null())));
    assert!((90..=99).contains(&share(&|row| !row["Manager"].is_null())));
    assert!(
        rows.iter()
            .all(|row| row["LastLoginDate"].is_null() || row["CreatedDate"].as_str() < row["LastLoginDate"].as_str())
    );
    let mut licenses = BTreeMap::new();
    for row in &rows {
        *licenses.entry(row["Profile"]["UserLicense"]["Name"].as_str().unwrap_or("none")).or_insert(0) += 1;
    }
    assert_eq!(licenses.len(), 6, "five licences, and the process user without one: {licenses:?}");
    let roles = lab.org.query("SELECT Id, Name, ParentRoleId FROM UserRole").unwrap();
    assert_eq!((roles.len(), roles.iter().filter(|role| role["ParentRoleId"].is_null()).count()), (40, 1));
    let names: std::collections::BTreeSet<_> = roles.iter().map(|role| role["Name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 40);
}

#[tokio::test]
async fn a_million_people_are_found_by_id_and_name_without_being_listed() {
    let lab = Lab::start(OrgOptions { users: 1_000_000, ..OrgOptions::default() }).await;
    let page = lab.soql("SELECT Id, Username FROM User ORDER BY Id LIMIT 1 OFFSET 2000").await;
    let id = page["records"][0]["Id"].as_str().unwrap();
    let far = lab.soql(&format!("SELECT Id, Username FROM User WHERE Id > '{id}' ORDER BY Id")).await;
    assert_eq!((far["totalSize"].as_u64(), far["records"].as_array().unwrap().len()), (Some(997_999), 2000));
    let name = far["records"][1999]["Username"].as_str().unwrap();
    let found = lab.soql(&format!("SELECT Id FROM User WHERE Username = '{name}'")).await;
    assert_eq!(found["records"][0]["Id"], far["records"][1999]["Id"]);
}

#[tokio::test]
async fn the_page_shows_what_changed() {
    let lab = Lab::small().await;
    let id = lab.ordinary_user();
    let name = lab.org.field(&id, "Username").unwrap().as_str().unwrap().to_owned();
    let page = async |query: &str| {
        lab.http.get(format!("{}/{query}", lab.server.url())).send().await.unwrap().text().await.unwrap()
    };
    let row = page(&format!("?q={name}")).await;
    assert!(row.contains(&name) && row.contains("<td>yes</td>"), "{row}");
    lab.org.change(&id, &json!({ "IsActive": false, "LastName": "<b>O'Hara</b>" })).unwrap();
    let row = page(&format!("?q={name}")).await;
    assert!(
        row.contains("<td>no</td>") && row.contains("&lt;b&gt;O&#39;Hara&lt;/b&gt;") && !row.contains("<b>O'"),
        "{row}"
    );
    assert_eq!(page("?page=1").await.matches("<tr class").count(), 50);
    assert_eq!(page("?page=3").await.matches("<tr class").count(), 20);
    assert!(page("?page=2").await.contains("Previous") && page("?page=2").await.contains("Next"));
    assert!(page("?page=99999999999999999999").await.contains("Integration User"));
}
